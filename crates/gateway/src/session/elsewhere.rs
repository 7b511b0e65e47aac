//! `POST /api/session/elsewhere` and `/here`: who signed in at one cell is signed in at the campus's others. Cookies are a
//! host's own: a sealed code carries the session over.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use identity::Tokens;
use jiff::SignedDuration;
use serde_json::json;

use crate::login::too_large;
use crate::origin::Form;
use crate::reader::Reader;
use crate::{Gateway, Problem, cookies};

/// A code is good for a minute; it is remembered for two, for the clocks of cells differ.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(2);

/// A code for the session of the web app that asks; a native app has its tokens itself.
pub(crate) async fn elsewhere(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (campus, now) = (&reader.campus, (gateway.clock)());
    let sessions = &gateway.identity.sessions;
    let over = || Problem::new("sign-in-required", "the session is over, or was never here: sign in");
    let token = cookies::read(&headers, cookies::REFRESH).ok_or_else(over)?;
    let session = sessions.refresh(&campus.id, &token, now).map_err(|_| over())?;
    if session.key.is_some() {
        return Err(over());
    }
    // The provider may take a second use of what renews its tokens for a theft: one cell renews them.
    let tokens = Tokens { refresh: None, ..session.tokens.clone() };
    let code = sessions.elsewhere(&campus.id, &session.renewed(None, tokens), now);
    let code = code.ok_or_else(|| gateway.login_problem(campus, &too_large()))?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(json!({ "code": code }))).into_response())
}

/// The session of a code, in this host's cookies.
pub(crate) async fn here(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Form(form): Form,
) -> Result<Response, Problem> {
    let (campus, now) = (&reader.campus, (gateway.clock)());
    gateway.sign_in(campus)?;
    let refused = || Problem::new("sign-in-refused", "the code does not hold: ask POST /api/session/elsewhere for one");
    let code = form.get("code").ok_or_else(refused)?;
    let session = gateway.identity.sessions.arrived(&campus.id, code, now).map_err(|_| refused())?;
    if !gateway.used.first(code, now + REMEMBERED, now) {
        return Err(refused());
    }
    let mut response = ([(CACHE_CONTROL, "no-store")], Json(json!({ "signed_in": true }))).into_response();
    let given = gateway.give_cookies(campus, &session, response.headers_mut());
    given.map_err(|failure| gateway.login_problem(campus, &failure))?;
    Ok(response)
}
