//! What the admin socket tells and does about the node itself: its cell, its read model, and copies of its journal.

use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use journal::{Projection, SqliteJournal};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::node::{Member, Node};

/// What is asked about.
#[derive(Clone)]
struct Asked {
    embedded: Option<Arc<SqliteJournal>>,
    cell: Option<Arc<Member>>,
    state: Arc<journal::State>,
}

/// A refusal, of which the commands print the detail.
type Refusal = (StatusCode, Json<Value>);

/// `GET /cell`, `GET /state` and `POST /backup`.
pub(crate) fn router(node: &Node) -> Router {
    let asked = Asked { embedded: node.embedded.clone(), cell: node.cell.clone(), state: Arc::clone(&node.state) };
    Router::new().route("/cell", get(cell)).route("/state", get(state)).route("/backup", post(backup)).with_state(asked)
}

async fn cell(State(asked): State<Asked>) -> Result<Json<Value>, Refusal> {
    let cell = asked.cell.ok_or_else(|| refusal("this server is of no cell: its settings have no [cell]"))?;
    Ok(Json(json!(cell.look().await)))
}

/// A digest of the read model, by which nodes that know the same are told from others, and what is wrong.
async fn state(State(asked): State<Asked>) -> Result<Json<Value>, Refusal> {
    let dump = asked.state.look(Projection::dump).map_err(|failure| refusal(&failure.to_string()))?;
    let digest: String = digest(&SHA256, dump.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let alarms: Vec<_> = asked.state.alarms().iter().map(ToString::to_string).collect();
    Ok(Json(json!({ "digest": digest, "alarms": alarms })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backup {
    file: PathBuf,
}

async fn backup(State(asked): State<Asked>, Json(Backup { file }): Json<Backup>) -> Result<Json<Value>, Refusal> {
    let journal = asked.embedded.ok_or_else(|| refusal("this server's journal is that of its cell's PostgreSQL"))?;
    journal.backup(&file).await.map_err(|failure| refusal(&failure.to_string()))?;
    Ok(Json(json!({})))
}

fn refusal(detail: &str) -> Refusal {
    (StatusCode::CONFLICT, Json(json!({ "detail": detail })))
}
