//! The admin socket's API: what an operator on the machine may see and change while it runs.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use campus::Campus;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Change, Gateway, Problem};

/// The routes of the admin socket. Whoever can open the socket may use them all.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/status", get(status))
        .route("/metrics", get(metrics))
        .route("/cache", get(cache))
        .route("/cache/lifetimes", put(lifetimes))
        .route("/cache/purge", post(purge))
        .fallback(async || {
            Problem::new(
                "not-found",
                "the admin socket has /status, /metrics, /cache, /cache/lifetimes and /cache/purge",
            )
        })
        .method_not_allowed_fallback(async || {
            Problem::new("method-not-allowed", "read with GET, change /cache/lifetimes with PUT, POST to /cache/purge")
        })
        .with_state(gateway)
}

async fn status(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let campuses: Vec<_> = gateway.campuses.all().iter().map(|campus| gateway.status(campus, true)).collect();
    let served: Vec<_> = gateway.campuses.all().iter().map(|campus| campus.id.to_string()).collect();
    let broken = gateway.campuses.all_broken().into_iter().filter(|id| !served.contains(id)).filter_map(|id| {
        let problems =
            gateway.campuses.broken(&id)?.problems.iter().map(|problem| problem.render(false)).collect::<Vec<_>>();
        Some(json!({ "campus": id, "newest_declaration": "refused", "problems": problems }))
    });
    Json(json!({ "campuses": campuses.into_iter().chain(broken).collect::<Vec<_>>() }))
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    gateway.render_metrics()
}

async fn cache(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let stored = gateway.cache.stored();
    let changes = gateway.overrides.all();
    let changes: Vec<_> = changes
        .iter()
        .map(|((campus, data), change)| json!({ "campus": campus, "data": data, "change": change }))
        .collect();
    Json(json!({ "entries": stored.entries, "bytes": stored.bytes, "changes": changes }))
}

/// A question's document, or what is wrong with it.
type Asked<T> = Result<Json<T>, JsonRejection>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lifetimes {
    campus: String,
    data: String,
    #[serde(default)]
    change: Change,
}

async fn lifetimes(State(gateway): State<Arc<Gateway>>, asked: Asked<Lifetimes>) -> Result<Json<Value>, Problem> {
    let Json(asked) = asked.map_err(|error| Problem::bad_parameter(error.body_text()))?;
    let campus = gateway.by_id(&asked.campus)?;
    let set = crate::path::find(&campus, &asked.data)?;
    gateway.overrides.set(&campus.id, &set.name, asked.change).map_err(Problem::bad_parameter)?;
    tracing::info!(campus = %campus.id, data = %set.name, change = ?asked.change, "lifetimes changed");
    let now = gateway.overrides.of(&campus.id, &set);
    Ok(Json(json!({ "fresh_for": now.fresh_for.as_secs(), "stale_for": now.stale_for.as_secs() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Purge {
    campus: String,
    data: Option<String>,
    source: Option<String>,
}

async fn purge(State(gateway): State<Arc<Gateway>>, asked: Asked<Purge>) -> Result<Json<Value>, Problem> {
    let Json(asked) = asked.map_err(|error| Problem::bad_parameter(error.body_text()))?;
    let campus = gateway.by_id(&asked.campus)?;
    if let Some(name) = &asked.data {
        crate::path::find(&campus, name)?;
    }
    if let Some(source) = &asked.source
        && !campus.data.values().any(|set| *set.source == **source)
    {
        return Err(Problem::bad_parameter(format!(
            "no data set of \"{}\" comes from a source \"{source}\"",
            campus.id
        )));
    }
    let of_source = |set: &str| {
        asked.source.as_deref().is_none_or(|source| campus.data.get(set).is_some_and(|set| &*set.source == source))
    };
    let purged = gateway.cache.purge(|key| {
        key.campus == campus.id && asked.data.as_deref().is_none_or(|name| &*key.set == name) && of_source(&key.set)
    });
    tracing::info!(campus = %campus.id, data = asked.data, source = asked.source, purged, "cache purged");
    Ok(Json(json!({ "purged": purged })))
}

impl Gateway {
    fn by_id(&self, id: &str) -> Result<Arc<Campus>, Problem> {
        self.campuses.get(id).ok_or_else(|| {
            let known = self.campuses.all();
            let known: Vec<_> = known.iter().map(|campus| &*campus.id).collect();
            Problem::new("unknown-campus", format!("no campus \"{id}\": there are {}", known.join(", ")))
        })
    }
}
