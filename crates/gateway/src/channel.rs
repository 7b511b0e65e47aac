//! Channels: testers see another version of their campus in the same app, fed by another environment of the school.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::{Campus, PRODUCTION};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderName, HeaderValue};
use identity::Person;
use jiff::SignedDuration;
use serde_json::json;

use crate::cookies::{self, SameSite};
use crate::login::{redirect, wants_page};
use crate::origin::Form;
use crate::reader::Member;
use crate::{Gateway, Problem};

/// How a native app says which channel it wants.
const CHANNEL: HeaderName = HeaderName::from_static("preau-channel");

/// How long a browser remembers.
const LASTING: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The channel that a request asks for.
pub(crate) fn chosen(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let named = headers.get(CHANNEL).and_then(|name| name.to_str().ok()).map(Cow::Borrowed);
    named.or_else(|| cookies::read(headers, cookies::CHANNEL)).filter(|name| name != PRODUCTION)
}

/// `POST /api/channel`: goes over to `channel`, or back to `production`.
pub(crate) async fn choose(
    State(gateway): State<Arc<Gateway>>,
    member: Member,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Problem> {
    let wanted = form.get("channel").map_or(PRODUCTION, String::as_str);
    let campus = &member.campus;
    if wanted != PRODUCTION && gateway.tested(campus, wanted, member.person()).is_none() {
        let mine = gateway.channels(campus, member.person()).join(", ");
        return Err(Problem::new("not-allowed", format!("this person may choose among: {mine}")));
    }
    let mut response =
        if wants_page(&headers) { redirect("/") } else { Json(json!({ "channel": wanted })).into_response() };
    match wanted {
        PRODUCTION => cookies::clear(response.headers_mut(), cookies::CHANNEL),
        _ => cookies::set(response.headers_mut(), cookies::CHANNEL, wanted, LASTING, SameSite::Lax),
    }
    Ok(response)
}

impl Gateway {
    /// A campus on another channel, for a person who may test there now.
    pub(crate) fn tested(&self, campus: &Campus, channel: &str, person: &Person) -> Option<Arc<Campus>> {
        let there = self.campuses.on(&campus.id, channel)?;
        let testers = there.channels.get(channel)?;
        testers.includes(person, (self.clock)()).then_some(there)
    }

    /// The channels that a person may choose, the one for everybody first.
    pub(crate) fn channels(&self, campus: &Campus, person: &Person) -> Vec<String> {
        let served = self.campuses.channels(&campus.id);
        let others = served.into_keys().filter(|channel| self.tested(campus, channel, person).is_some());
        std::iter::once(PRODUCTION.to_owned()).chain(others.map(|channel| channel.to_string())).collect()
    }
}

/// An answer that only testers may see says so, and no shared cache keeps it.
pub(crate) fn marked(mut answer: Response, campus: &Campus) -> Response {
    if *campus.channel != *PRODUCTION {
        let headers = answer.headers_mut();
        headers.extend(HeaderValue::from_str(&campus.channel).map(|channel| (CHANNEL, channel)));
        let control = headers.get(CACHE_CONTROL).and_then(|control| control.to_str().ok()).unwrap_or("no-cache");
        if !control.starts_with("private") {
            let control = HeaderValue::from_str(&format!("private, {}", control.trim_start_matches("public, ")));
            headers.insert(CACHE_CONTROL, control.unwrap_or(HeaderValue::from_static("no-store")));
        }
    }
    answer
}
