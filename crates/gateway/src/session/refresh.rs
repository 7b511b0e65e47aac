//! `POST /api/session/refresh`: tokens anew, until the session's absolute end. A refresh token may be used again: a lost
//! answer signs nobody out.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::{Campus, SignIn};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use identity::{ACCESS, FailureKind, Session, Tokens};
use jiff::SignedDuration;

use crate::origin::{Form, Here};
use crate::reader::Reader;
use crate::{Gateway, Problem, cookies};

/// The web app's refresh token is its cookie; a native app sends `refresh_token` and a proof of its key.
pub(crate) async fn refresh(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Problem> {
    let (campus, now) = (&reader.campus, (gateway.clock)());
    let sign_in = gateway.sign_in(campus)?;
    let sent = form.get("refresh_token").map(Cow::from);
    let native = sent.is_some();
    let token = sent.or_else(|| cookies::read(&headers, cookies::REFRESH));
    let over = || Problem::new("sign-in-required", "the session is over, or was never here: sign in");
    let session = gateway.identity.sessions.refresh(&campus.id, &token.ok_or_else(over)?, now).map_err(|_| over())?;
    // A token of the web app is good in its cookie only, one of a native app with its key only.
    match (&session.key, native) {
        (Some(key), true) => {
            if gateway.proven(campus, &site, "/api/session/refresh", &headers)? != *key {
                return Err(Problem::new("proof-required", "the proof is by another key than the session's"));
            }
        }
        (None, false) => {}
        _ => return Err(over()),
    }
    let session = gateway.renewed(campus, &sign_in, session).await;
    if native {
        return gateway.give_tokens(campus, &session);
    }
    let mut response = (StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store")]).into_response();
    let given = gateway.give_cookies(campus, &session, response.headers_mut());
    given.map_err(|failure| gateway.login_problem(campus, &failure))?;
    Ok(response)
}

/// How long a session goes on whose grant the provider says is over.
const LAST_DAY: SignedDuration = SignedDuration::from_hours(24);

impl Gateway {
    /// The session with the provider's tokens and claims anew, where it has given a refresh token and the present access
    /// token will not last as long as ours. A provider that does not answer ends no session. One that says that the grant is over
    /// may mean that the account is blocked, or that an earlier answer with a rotated token was lost: the session
    /// goes on for a day without the provider's tokens (docs/decisions/0006).
    async fn renewed(&self, campus: &Arc<Campus>, sign_in: &Arc<SignIn>, session: Session) -> Session {
        let now = (self.clock)();
        let soon = now.as_second().saturating_add(ACCESS.as_secs());
        let Some(token) = session.tokens.refresh.clone() else { return session };
        if session.tokens.access_until.is_some_and(|until| until > soon) {
            return session;
        }
        let (tokens, sign_in) = (session.tokens.clone(), Arc::clone(sign_in));
        let renewing = Arc::clone(&sign_in);
        let name = format!("{}\n{token}", campus.id);
        let proof = self.renewals.0.get(&name, now, || async move { renewing.login.renew(&tokens, now).await }).await;
        match proof {
            Some(Ok(Some(mut proof))) => {
                if !sign_in.passes_tokens {
                    proof.tokens.access = None;
                }
                match sign_in.claims.person(&proof.claims) {
                    // Somebody else's claims come with somebody else's tokens: nobody's renewal.
                    Ok(person) if person.user != session.person.user => session,
                    person => session.renewed(person.ok(), proof.tokens),
                }
            }
            Some(Err(failure)) if failure.kind == FailureKind::Denied => {
                session.renewed(None, Tokens::default()).ending(now + LAST_DAY)
            }
            _ => session,
        }
    }
}
