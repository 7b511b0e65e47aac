//! What staff do for people: sign out a phone that was lost.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use identity::Role;
use serde_json::{Value, json};

use crate::login::sign_in;
use crate::origin::Form;
use crate::reader::{Duty, Staff};
use crate::{Gateway, Problem};

/// Helping people.
pub(crate) struct Helping;

impl Duty for Helping {
    const ROLES: &'static [Role] = &[Role::Support, Role::Admin, Role::Operator];
}

/// `POST /api/staff/sign-out`: ends all sessions of the person whom `user` names, at the staff's own campus.
pub(crate) async fn sign_out(
    State(gateway): State<Arc<Gateway>>,
    staff: Staff<Helping>,
    Form(form): Form,
) -> Result<Json<Value>, Problem> {
    let campus = &staff.member.campus;
    let user = form.get("user").filter(|user| !user.is_empty());
    let user = user.ok_or_else(|| Problem::bad_parameter("user is the id of a person"))?;
    let lasting = sign_in(campus)?.lasting;
    gateway.identity.sessions.end_all(&campus.id, user, lasting, (gateway.clock)());
    tracing::info!(campus = %campus.id, "staff signed somebody out everywhere");
    Ok(Json(json!({ "signed_out": true })))
}
