//! `GET /api/me`: who asks, and what they may do.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use serde_json::{Map, Value, json};

use crate::Gateway;
use crate::path::admit;
use crate::reader::{Absent, Reader};

/// Who asks. Anonymous readers learn how they could sign in.
pub(crate) async fn me(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Response {
    let campus = &reader.campus;
    let data: Map<_, _> = campus
        .data
        .values()
        .map(|set| {
            (set.name.to_string(), json!(admit(set, &reader).map_or_else(|problem| problem.slug, |_| "allowed")))
        })
        .collect();
    let login = campus.sign_in.as_ref().map(|sign_in| json!({ "method": sign_in.method, "address": "/api/login" }));
    let person = match reader.member() {
        Err(absent) => json!({ "signed_in": false, "expired": absent == Absent::Expired }),
        Ok(member) => {
            let person = member.person();
            json!({
                "signed_in": true,
                "user": person.user,
                "name": person.name,
                "groups": person.groups,
                "affiliations": person.affiliations,
                "roles": gateway.roles(campus, person),
                "channels": gateway.channels(campus, person),
            })
        }
    };
    let mut answer = json!({ "campus": campus.id, "channel": campus.channel, "login": login, "data": data });
    if let (Value::Object(answer), Value::Object(person)) = (&mut answer, person) {
        answer.extend(person);
    }
    ([(CACHE_CONTROL, "private, no-store")], Json(answer)).into_response()
}
