//! The admin socket's API: what an operator on the machine may see and change while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use campus::Campus;
use http::HeaderMap;
use journal::{Fact, Key};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::audit::{Trail, respond};
use crate::changes::{Author, Once, scope, written};
use crate::lifetimes::of_campus;
use crate::routes::Query;
use crate::{Change, Gateway, Problem};

/// The largest body: a campus's files, in base64.
const LARGEST: usize = 32 << 20;

/// The routes of the admin socket. Whoever can open the socket may use them all.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/status", get(status))
        .route("/metrics", get(metrics))
        .route("/cache", get(cache))
        .route("/cache/lifetimes", put(lifetimes))
        .route("/cache/purge", post(purge))
        .route("/publications", get(publications).post(publish))
        .route("/publications/promote", post(promote))
        .route("/publications/rollback", post(roll_back))
        .route("/publications/withdraw", post(withdraw))
        .route("/publications/files", get(files))
        .route("/audit", get(audit))
        .route("/conflicts", get(conflicts))
        .route("/session-keys", get(session_keys))
        .route("/session-keys/revoke", post(revoke_session_key))
        .layer(DefaultBodyLimit::max(LARGEST))
        .fallback(async || Problem::new("not-found", "the admin socket has no such address: use the commands of preau"))
        .method_not_allowed_fallback(async || {
            Problem::new("method-not-allowed", "the admin socket is not used so: use the commands of preau")
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
    let unkept = gateway.cache.stored().disk_failure;
    let unkept =
        unkept.map(|failure| format!("answers are not kept on disk, a restart would not know them: {failure}"));
    let alarms: Vec<_> = gateway.state.alarms().iter().map(ToString::to_string).chain(unkept).collect();
    Json(json!({ "campuses": campuses.into_iter().chain(broken).collect::<Vec<_>>(), "alarms": alarms }))
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    gateway.render_metrics()
}

async fn cache(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let stored = gateway.cache.stored();
    let campuses = gateway.state.campuses();
    let changes = campuses.iter().flat_map(|campus| {
        let changes = of_campus(&gateway.state, campus).into_iter();
        changes.map(move |(scope, change)| json!({ "campus": campus, "scope": scope.to_string(), "change": change }))
    });
    let disk = json!({ "entries": stored.disk_entries, "bytes": stored.disk_bytes, "failure": stored.disk_failure });
    let changes: Vec<_> = changes.collect();
    Json(json!({ "entries": stored.entries, "bytes": stored.bytes, "disk": disk, "changes": changes }))
}

/// A question's document, or what is wrong with it.
type Asked<T> = Result<Json<T>, JsonRejection>;

type Answer = Result<Json<Value>, Problem>;

fn read<T>(asked: Asked<T>) -> Result<T, Problem> {
    asked.map(|Json(asked)| asked).map_err(|error| Problem::bad_parameter(error.body_text()))
}

/// Whoever can open the socket says who they are.
fn author(by: &str, Once(once): Once) -> Author {
    let who: String = by.chars().filter(|c| !c.is_control()).take(80).collect();
    Author { by: format!("socket:{who}"), once }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lifetimes {
    campus: String,
    data: Option<String>,
    kind: Option<String>,
    source: Option<String>,
    #[serde(default)]
    change: Change,
    #[serde(default)]
    by: String,
}

async fn lifetimes(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<Lifetimes>) -> Answer {
    let Lifetimes { campus, data, kind, source, change, by } = read(asked)?;
    let (campus, scope) = (gateway.by_id(&campus)?, scope(data, kind, source)?);
    let done = gateway.change_lifetimes(&campus, scope.clone(), change, &author(&by, once)).await?;
    let within = campus.data.values().filter(|set| scope.includes(&set.name, &set.kind.name, &set.source));
    let now = within.map(|set| {
        let now = gateway.overrides.of(&campus.id, set);
        let [fresh_for, stale_for, keep] = [now.fresh_for, now.stale_for, now.on_device].map(|time| time.as_secs());
        let seconds = json!({ "fresh_for": fresh_for, "stale_for": stale_for, "keep": keep });
        (set.name.to_string(), seconds)
    });
    let now: serde_json::Map<_, _> = now.collect();
    Ok(written(&done, json!({ "lifetimes": now })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Purge {
    campus: String,
    data: Option<String>,
    kind: Option<String>,
    source: Option<String>,
    #[serde(default)]
    devices: bool,
    #[serde(default)]
    by: String,
}

async fn purge(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<Purge>) -> Answer {
    let Purge { campus, data, kind, source, devices, by } = read(asked)?;
    let (campus, scope) = (gateway.by_id(&campus)?, scope(data, kind, source)?);
    let done = gateway.purge(&campus, scope.clone(), devices, &author(&by, once)).await?;
    Ok(written(&done, json!({ "scope": scope.to_string(), "devices": devices })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    campus: String,
    channel: String,
    files: BTreeMap<String, String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    by: String,
}

async fn publish(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<Publish>) -> Answer {
    let Publish { campus, channel, files, note, by } = read(asked)?;
    let decode = |(path, text): (String, String)| Ok((path, STANDARD.decode(text)?));
    let files = files.into_iter().map(decode).collect::<Result<_, base64::DecodeError>>();
    let files = files.map_err(|_| Problem::bad_parameter("files are in base64"))?;
    let note: String = note.chars().take(1000).collect();
    let (pointer, done) = gateway.publish((&campus, &channel), files, note, &author(&by, once)).await?;
    Ok(written(&done, json!({ "channel": channel, "publication": pointer })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promote {
    campus: String,
    from: String,
    to: String,
    #[serde(default)]
    by: String,
}

async fn promote(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<Promote>) -> Answer {
    let Promote { campus, from, to, by } = read(asked)?;
    let (pointer, done) = gateway.promote(&campus, (&from, &to), &author(&by, once)).await?;
    Ok(written(&done, json!({ "channel": to, "publication": pointer })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RollBack {
    campus: String,
    channel: String,
    to: Option<String>,
    #[serde(default)]
    by: String,
}

async fn roll_back(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<RollBack>) -> Answer {
    let RollBack { campus, channel, to, by } = read(asked)?;
    let (pointer, done) = gateway.roll_back(&campus, &channel, to.as_deref(), &author(&by, once)).await?;
    Ok(written(&done, json!({ "channel": channel, "publication": pointer })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdraw {
    campus: String,
    channel: String,
    #[serde(default)]
    by: String,
}

async fn withdraw(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<Withdraw>) -> Answer {
    let Withdraw { campus, channel, by } = read(asked)?;
    let done = gateway.withdraw(&campus, &channel, &author(&by, once)).await?;
    Ok(written(&done, json!({ "channel": channel })))
}

/// What is published of a campus, or of all.
async fn publications(State(gateway): State<Arc<Gateway>>, Query(query): Query) -> Answer {
    let campuses = query.get("campus").map_or_else(|| gateway.state.campuses(), |campus| vec![campus.clone()]);
    let campuses = campuses.iter().map(|campus| gateway.channels_of(campus)).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(json!({ "campuses": campuses })))
}

/// The files of a publication, by channel, number or digest.
async fn files(State(gateway): State<Arc<Gateway>>, Query(query): Query) -> Answer {
    let (Some(campus), Some(name)) = (query.get("campus"), query.get("name")) else {
        return Err(Problem::bad_parameter("campus and name say which publication"));
    };
    let (pointer, package) = gateway.files(campus, name)?;
    let files: serde_json::Map<_, _> =
        package.files().iter().map(|(path, bytes)| (path.clone(), STANDARD.encode(bytes).into())).collect();
    Ok(Json(json!({ "publication": pointer, "files": files })))
}

async fn audit(
    State(gateway): State<Arc<Gateway>>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let trail = Trail::asked(query.get("campus").map(String::as_str), &query)?;
    gateway.audit(&trail).map(|past| respond(&past, &headers))
}

async fn conflicts(State(gateway): State<Arc<Gateway>>, Query(query): Query) -> Answer {
    Ok(Json(json!({ "conflicts": gateway.conflicts(query.get("campus").map(String::as_str))? })))
}

/// The ids of the keys that sessions are sealed under, the sealing one first, and of those that are not believed any more.
async fn session_keys(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    Json(json!({ "trusted": gateway.identity.sessions.ring().ids(), "revoked": gateway.distrusted() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionKey {
    id: String,
    #[serde(default)]
    by: String,
}

async fn revoke_session_key(State(gateway): State<Arc<Gateway>>, once: Once, asked: Asked<SessionKey>) -> Answer {
    let SessionKey { id, by } = read(asked)?;
    let ids = gateway.identity.sessions.ring().ids();
    if !ids.contains(&id) {
        return Err(Problem::bad_parameter(format!("no key \"{id}\": there are {}", ids.join(", "))));
    }
    let author = author(&by, once);
    let key = Fact::Change(gateway.state.change(None, Key::SessionKey(id), json!({}), &author.by));
    let done = gateway.write(&[key], &author).await?;
    Ok(written(&done, json!({ "trusted": gateway.identity.sessions.ring().ids() })))
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
