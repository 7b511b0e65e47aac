//! `POST /api/session/token`: a native app gets its first tokens, for the code that its sign-in ended with, or for a CAS
//! ticket that it got by itself.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use identity::{Answer, Form as Fields, Session};
use jiff::SignedDuration;

use crate::login::Native;
use crate::origin::{Form, From, Here};
use crate::reader::Reader;
use crate::{Gateway, Problem};

/// A code is good for a minute; it is remembered for two.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(2);

/// `grant_type` is `authorization_code` (with `code`, `code_verifier`, `redirect_uri`) or `cas_ticket` (with `ticket`).
pub(crate) async fn token(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    From(peer): From,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Problem> {
    let (campus, sign_in) = (&reader.campus, gateway.sign_in(&reader.campus)?);
    let session = match form.get("grant_type").map(String::as_str) {
        Some("authorization_code") => {
            // Only who holds a code makes us remember a proof.
            let session = gateway.by_code(campus, &form)?;
            session.bound_to(gateway.proven(campus, &site, "/api/session/token", &headers)?)
        }
        Some("cas_ticket") => {
            let key = gateway.proven(campus, &site, "/api/session/token", &headers)?;
            // A ticket in a form: a redirect could bring anybody's.
            let query = Fields::new();
            let answer =
                Answer { site: &site, attempt: None, query: &query, form: &form, peer, now: (gateway.clock)() };
            let proof = sign_in.login.finish(&answer).await;
            let session = proof.and_then(|proof| gateway.begin_session(&sign_in, proof, Some(key)));
            let session = session.map_err(|failure| gateway.login_problem(campus, &failure))?;
            gateway.note_login(campus, None);
            session
        }
        _ => return Err(Problem::bad_parameter("grant_type is authorization_code or cas_ticket")),
    };
    let (now, refused) =
        ((gateway.clock)(), Problem::new("sign-in-refused", "the code was used before: sign in again"));
    match form.get("code").is_none_or(|code| gateway.used.first(code, now + REMEMBERED, now)) {
        true => gateway.give_tokens(campus, &session),
        false => Err(refused),
    }
}

impl Gateway {
    /// The session that a code holds, for the app that began.
    fn by_code(&self, campus: &campus::Campus, form: &Fields) -> Result<Session, Problem> {
        let refused = || Problem::new("sign-in-refused", "the code does not hold: sign in again");
        let (code, now) = (form.get("code").ok_or_else(refused)?, (self.clock)());
        let (session, native): (Session, Native) =
            self.identity.sessions.redeem(&campus.id, code, now).map_err(|_| refused())?;
        let verifier = form.get("code_verifier").filter(|verifier| (43..=128).contains(&verifier.len()));
        let challenge = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref()));
        let right = challenge.is_some_and(|challenge| challenge == native.challenge)
            && form.get("redirect_uri") == Some(&native.redirect);
        if right { Ok(session) } else { Err(refused()) }
    }
}
