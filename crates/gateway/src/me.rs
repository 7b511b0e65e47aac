//! `GET /api/me`: who asks, and what they may do; and the page of a campus until the app is there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use kinds::Audience;
use serde_json::{Map, Value, json};
use sources::Params;

use crate::login::View;
use crate::path::admit;
use crate::reader::{Absent, Reader};
use crate::{Gateway, Problem, page};

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

/// `GET /`: who is signed in, and what there is to read.
pub(crate) async fn home(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = View::of(&reader.campus, &headers);
    let named = |set: &campus::DataSet| {
        let title = view.language.of(&set.kind.title.fr, &set.kind.title.en);
        let title = if *set.name == set.kind.name { title.clone() } else { format!("{title} ({})", set.name) };
        (title, format!("/api/data/{}", set.name))
    };
    let shown = reader.campus.screens.iter().flat_map(|screen| &screen.data);
    let mut sets: Vec<_> = shown.filter_map(|name| reader.campus.data.get(name)).collect();
    // What is the person's own comes first.
    sets.sort_by_key(|set| set.audience != Audience::Personal);
    let readable = sets.into_iter().filter(|set| admit(set, &reader).is_ok() && set.params(&Params::new()).is_ok());
    let links: Vec<_> = readable.map(|set| named(set.as_ref())).collect();
    let links: Vec<_> = links.iter().map(|(title, href)| page::Link { title, href }).collect();
    let page = match reader.member() {
        Ok(member) => {
            let person = member.person();
            page::signed_in(
                view.school(),
                view.language,
                person.name.as_deref().unwrap_or(&person.user),
                &links,
                &gateway.channels(&reader.campus, person),
            )
        }
        Err(_) => page::signed_out(view.school(), view.language, &links),
    };
    Ok(page.into_response())
}
