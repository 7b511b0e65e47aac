//! What staff do while their campus is served: help people, change lifetimes, purge, publish, look at who did what.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use identity::Role;
use journal::{Key, Scope};
use kinds::Lasting;
use serde_json::{Value, json};

use crate::audit::{self, Trail};
use crate::changes::{Author, Once, written};
use crate::lifetimes::Change;
use crate::origin::Form;
use crate::reader::{Duty, Staff};
use crate::routes::Query;
use crate::{Gateway, Problem, changes};

/// Helping people.
pub(crate) struct Helping;

impl Duty for Helping {
    const ROLES: &'static [Role] = &[Role::Support, Role::Admin, Role::Operator];
}

/// Running the campus.
pub(crate) struct Running;

impl Duty for Running {
    const ROLES: &'static [Role] = &[Role::Admin, Role::Operator];
}

type Answer = Result<Json<Value>, Problem>;

/// `POST /api/staff/sign-out`: ends all sessions of the person whom `user` names, at the staff's own campus.
pub(crate) async fn sign_out(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Helping>,
    once: Once,
    Form(form): Form,
) -> Answer {
    let campus = &staff.member.campus;
    let user = form.get("user").filter(|user| !user.is_empty());
    let user = user.ok_or_else(|| Problem::bad_parameter("user is the id of a person"))?;
    let lasting = gateway.sign_in(campus)?.lasting;
    let ended = gateway.identity.sessions.end_all(&campus.id, user, lasting, (gateway.clock)());
    let ended = gateway.revoke(ended).await?;
    // Who did it is remembered; whom it was about, no server knows.
    let author = Author::staff(&staff.member.person().user, once);
    let noted = gateway.write(&[gateway.change(&campus.id, Key::SignOut, json!({}), &author)], &author).await?;
    let replicated = ended.replicated && noted.replicated;
    Ok(Json(json!({ "signed_out": true, "replicated": replicated })))
}

/// `POST /api/staff/lifetimes`: changes `fresh_for`, `stale_for` and `keep` of a scope; none of them goes back to what is
/// declared.
pub(crate) async fn lifetimes(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Running>,
    once: Once,
    Form(form): Form,
) -> Answer {
    let seconds = |name: &str| {
        let given = form.get(name).map(|text| text.parse::<Lasting>().map(|lasting| lasting.0.as_secs()));
        given.transpose().map_err(|error| Problem::bad_parameter(format!("{name}: {error}")))
    };
    let change = Change { fresh_for: seconds("fresh_for")?, stale_for: seconds("stale_for")?, keep: seconds("keep")? };
    let (scope, author) = (scope(&form)?, Author::staff(&staff.member.person().user, once));
    let done = gateway.change_lifetimes(&staff.member.campus, scope.clone(), change, &author).await?;
    Ok(written(&done, json!({ "scope": scope.to_string(), "change": change })))
}

/// `POST /api/staff/purge`: forgets what is kept of a scope; with `devices=true`, on phones too.
pub(crate) async fn purge(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Running>,
    once: Once,
    Form(form): Form,
) -> Answer {
    let devices = form.get("devices").is_some_and(|devices| devices == "true");
    let (scope, author) = (scope(&form)?, Author::staff(&staff.member.person().user, once));
    let done = gateway.purge(&staff.member.campus, scope.clone(), devices, &author).await?;
    Ok(written(&done, json!({ "scope": scope.to_string(), "devices": devices })))
}

/// `POST /api/staff/promote`: points the channel `to` at what `from` shows.
pub(crate) async fn promote(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Running>,
    once: Once,
    Form(form): Form,
) -> Answer {
    let name = |name: &str| form.get(name).map(String::as_str);
    let (Some(from), Some(to)) = (name("from"), name("to")) else {
        return Err(Problem::bad_parameter("from and to are channels"));
    };
    let author = Author::staff(&staff.member.person().user, once);
    let (pointer, done) = gateway.promote(&staff.member.campus.id, (from, to), &author).await?;
    Ok(written(&done, json!({ "channel": to, "publication": pointer })))
}

/// `POST /api/staff/rollback`: points `channel` back at what it showed before, or at the publication `to`.
pub(crate) async fn roll_back(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Running>,
    once: Once,
    Form(form): Form,
) -> Answer {
    let channel = form.get("channel").map_or(campus::PRODUCTION, String::as_str);
    let to = form.get("to").map(String::as_str);
    let author = Author::staff(&staff.member.person().user, once);
    let (pointer, done) = gateway.roll_back(&staff.member.campus.id, channel, to, &author).await?;
    Ok(written(&done, json!({ "channel": channel, "publication": pointer })))
}

/// `GET /api/staff/channels`: what is published, and where each channel points.
pub(crate) async fn channels(State(gateway): State<Arc<Gateway>>, staff: Staff<Running>) -> Answer {
    gateway.channels_of(&staff.member.campus.id).map(Json)
}

/// `GET /api/staff/audit`: who changed what, when, before and after; JSON, or CSV where that is asked for.
pub(crate) async fn audit(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Running>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let trail = Trail::asked(Some(&staff.member.campus.id), &query)?;
    gateway.audit(&trail).map(|past| audit::respond(&past, &headers))
}

/// `GET /api/staff/conflicts`: changes that did not see each other.
pub(crate) async fn conflicts(State(gateway): State<Arc<Gateway>>, staff: Staff<Running>) -> Answer {
    let conflicts = gateway.conflicts(Some(&staff.member.campus.id))?;
    Ok(Json(json!({ "conflicts": conflicts })))
}

/// The scope that a form names.
fn scope(form: &BTreeMap<String, String>) -> Result<Scope, Problem> {
    let given = |name: &str| form.get(name).filter(|name| !name.is_empty()).cloned();
    changes::scope(given("data"), given("kind"), given("source"))
}
