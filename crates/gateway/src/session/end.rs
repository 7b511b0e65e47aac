//! `POST /api/session/end`: signing out, of this phone or everywhere.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde_json::json;

use crate::login::{redirect, wants_page};
use crate::origin::{Form, Here};
use crate::reader::{Member, Reader};
use crate::{Gateway, Problem, cookies};

/// Ends the session that asks; with `everywhere=true`, all sessions of the person. The answer says where the browser signs
/// out at the provider too; a form of ours is sent there at once.
pub(crate) async fn end(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Problem> {
    let (campus, now) = (&reader.campus, (gateway.clock)());
    let sign_in = gateway.sign_in(campus)?;
    let token = form.get("refresh_token").map(Cow::from).or_else(|| cookies::read(&headers, cookies::REFRESH));
    let by_refresh = token.and_then(|token| gateway.identity.sessions.refresh(&campus.id, &token, now).ok());
    let by_access = || reader.member().ok().and_then(|member: Member| gateway.whole(&member).ok());
    let session = by_refresh.or_else(by_access);
    let (mut away, mut revoked) = (None, Ok(true));
    if let Some(session) = &session {
        let sessions = &gateway.identity.sessions;
        let mut ended = sessions.end(&campus.id, session, now);
        if form.get("everywhere").is_some_and(|everywhere| everywhere == "true") {
            ended.extend(sessions.end_all(&campus.id, &session.person.user, sign_in.lasting, now));
        }
        revoked = gateway.revoke(ended).await.map(|written| written.replicated);
        gateway.own.copies.forget(campus, session);
        away = sign_in.login.sign_out(&site, &session.tokens, now).await.unwrap_or_default();
    }
    let mut response = match (revoked, wants_page(&headers)) {
        // This browser forgets its tokens all the same.
        (Err(problem), _) => problem.into_response(),
        (Ok(_), true) => redirect(away.as_ref().map_or("/", |away| away.as_str())),
        (Ok(replicated), false) => (
            [(CACHE_CONTROL, "no-store")],
            Json(json!({ "provider": away.as_ref().map(url::Url::as_str), "replicated": replicated })),
        )
            .into_response(),
    };
    for name in [cookies::ACCESS, cookies::REFRESH] {
        cookies::clear(response.headers_mut(), name);
    }
    Ok(response)
}
