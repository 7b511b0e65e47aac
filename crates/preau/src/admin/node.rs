//! What the admin socket tells and does about the node itself: its cell, and copies of its journal.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use journal::SqliteJournal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::node::{Member, Node};

/// What is asked about.
#[derive(Clone)]
struct Asked {
    embedded: Option<Arc<SqliteJournal>>,
    cell: Option<Arc<Member>>,
}

/// A refusal, of which the commands print the detail.
type Refusal = (StatusCode, Json<Value>);

/// `GET /cell` and `POST /backup`.
pub(crate) fn router(node: &Node) -> Router {
    let asked = Asked { embedded: node.embedded.clone(), cell: node.cell.clone() };
    Router::new().route("/cell", get(cell)).route("/backup", post(backup)).with_state(asked)
}

async fn cell(State(asked): State<Asked>) -> Result<Json<Value>, Refusal> {
    let cell = asked.cell.ok_or_else(|| refusal("this server is of no cell: its settings have no [cell]"))?;
    Ok(Json(json!(cell.look().await)))
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
