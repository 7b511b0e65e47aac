//! `GET /api/status`, `/healthz`, `/readyz`: what works, as real traffic saw it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::Campus;
use http::StatusCode;
use journal::Alarm;
use serde_json::{Value, json};

use crate::held::second;
use crate::login::LOGIN;
use crate::problem::word;
use crate::routes::Host;
use crate::{Gateway, Problem};

/// The state of each source of a campus.
pub(crate) async fn status(State(gateway): State<Arc<Gateway>>, Host(host): Host) -> Result<Json<Value>, Problem> {
    let campus = gateway.campus(&host)?;
    Ok(Json(gateway.status(&campus, false)))
}

/// The process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether a load balancer should send requests here: at least one campus is served, and the node is not about to stop. A
/// journal that is away takes no node out of service: it goes on to answer, from what it remembers.
pub(crate) async fn readyz(State(gateway): State<Arc<Gateway>>) -> Response {
    let served = gateway.campuses.all().len();
    let broken = gateway.campuses.all_broken();
    let draining = gateway.draining.load(Ordering::Relaxed);
    let writes = !gateway.state.alarms().iter().any(|alarm| matches!(alarm, Alarm::JournalUnavailable { .. }));
    let ready = served > 0 && !draining;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": ready, "draining": draining, "writes": writes, "campuses": served, "broken": broken.len() }))).into_response()
}

impl Gateway {
    /// The status of a campus; for operators with the messages, which may name hosts of the school.
    pub(crate) fn status(&self, campus: &Campus, for_operators: bool) -> Value {
        let sources: BTreeMap<_, _> = campus
            .data
            .values()
            .map(|set| &set.source)
            .map(|source| (source, self.source(campus, source, for_operators)))
            .collect();
        let broken = self.campuses.broken(&campus.id);
        let problems = broken
            .as_ref()
            .filter(|_| for_operators)
            .map(|broken| broken.problems.iter().map(|problem| problem.render(false)).collect::<Vec<_>>());
        json!({
            "campus": campus.id,
            "version": campus.version,
            "publication": campus.publication,
            "newest_declaration": if broken.is_some() { "refused" } else { "in service" },
            "problems": problems,
            "login": self.login(campus, for_operators),
            "sources": sources,
        })
    }

    /// How people sign in, and how their identity provider fared.
    pub(crate) fn login(&self, campus: &Campus, for_operators: bool) -> Value {
        campus.sign_in.as_ref().map_or(Value::Null, |sign_in| {
            let mut login = self.source(campus, &LOGIN.into(), for_operators);
            if let Some(login) = login.as_object_mut() {
                login.insert("method".to_owned(), sign_in.method.into());
            }
            login
        })
    }

    fn source(&self, campus: &Campus, source: &Arc<str>, for_operators: bool) -> Value {
        let seen = self.health.of(&campus.id, source);
        json!({
            "state": seen.state(),
            "failing": seen.failing,
            "last_success": seen.last_success.map(second),
            "last_failure": seen.last_failure.as_ref().map(|(at, kind, message)| json!({
                "at": second(*at),
                "kind": word(*kind),
                "message": for_operators.then_some(message),
            })),
        })
    }
}
