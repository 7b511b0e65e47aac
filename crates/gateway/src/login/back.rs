//! The browser is back with the provider's answer: it is checked, and becomes a session.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use campus::{Campus, SignIn};
use http::HeaderMap;
use identity::{Answer, Failure, FailureKind, Form as Fields, Proof, Purpose, Session, Site};
use url::Url;

use super::{Native, Pending, View, redirect};
use crate::cookies::{self, SameSite};
use crate::origin::{Form, From, Here};
use crate::reader::Reader;
use crate::routes::Query;
use crate::{Gateway, Problem};

/// `GET /api/login/callback`: a redirect brought it back.
pub(crate) async fn callback(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    Query(query): Query,
    From(peer): From,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let came = Came { site, query, form: Fields::new(), peer, headers };
    gateway.came_back(&reader.campus, &came).await
}

/// `POST /api/login/callback`: a page of the provider's brought it back (SAML), or the provider itself tells who signed out
/// (CAS).
pub(crate) async fn posted(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    Query(query): Query,
    From(peer): From,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Problem> {
    if let Some(told) = gateway.noticed(&reader.campus, &site, &form).await? {
        return Ok(told);
    }
    let came = Came { site, query, form, peer, headers };
    gateway.came_back(&reader.campus, &came).await
}

/// What came back, and from where.
pub(super) struct Came {
    pub site: Site,
    pub query: Fields,
    pub form: Fields,
    pub peer: Option<IpAddr>,
    pub headers: HeaderMap,
}

impl Gateway {
    async fn came_back(&self, campus: &Arc<Campus>, came: &Came) -> Result<Response, Problem> {
        let (sign_in, view) = (self.sign_in(campus)?, View::of(campus, &came.headers));
        let named = came.query.get("state").or_else(|| came.form.get("RelayState"));
        let pending = self
            .pending(campus, &came.headers)
            .filter(|pending| named.is_some_and(|named| named == pending.attempt.id()));
        let Some(pending) = pending else {
            let failure = Failure::new(FailureKind::Stale, "an answer came for no sign-in that this browser began");
            self.note_login(campus, Some(&failure));
            return Ok(view.failed(&failure, "/"));
        };
        let arrived = self.finish(campus, &sign_in, &pending, came).await;
        Ok(arrived.unwrap_or_else(|failure| self.not_arrived(&view, &failure, &pending)))
    }

    /// The sign-in that this browser began and has not taken too long over.
    pub(super) fn pending(&self, campus: &Campus, headers: &HeaderMap) -> Option<Pending> {
        let sealed = cookies::read(headers, cookies::ATTEMPT)?;
        let pending: Pending = self.identity.sessions.ring().open(&campus.id, Purpose::Attempt, &sealed)?;
        (!pending.attempt.is_stale((self.clock)())).then_some(pending)
    }

    /// Checks an answer, makes a session of it and sends the browser on.
    pub(super) async fn finish(
        &self,
        campus: &Campus,
        sign_in: &SignIn,
        pending: &Pending,
        came: &Came,
    ) -> Result<Response, Failure> {
        let answer = Answer {
            site: &came.site,
            attempt: Some(&pending.attempt),
            query: &came.query,
            form: &came.form,
            peer: came.peer,
            now: (self.clock)(),
        };
        let proof = sign_in.login.finish(&answer).await;
        let session = proof.and_then(|proof| self.begin_session(sign_in, proof, None));
        let arrived = session.and_then(|session| self.arrived(campus, &session, pending));
        self.note_login(campus, arrived.as_ref().err());
        arrived
    }

    /// A session for who was proven to be somebody.
    pub(crate) fn begin_session(
        &self,
        sign_in: &SignIn,
        mut proof: Proof,
        key: Option<String>,
    ) -> Result<Session, Failure> {
        let person = sign_in.claims.person(&proof.claims)?;
        if !sign_in.passes_tokens {
            // Nobody asks with them: a phone need not carry them.
            (proof.tokens.access, proof.tokens.granting) = (None, None);
        }
        Ok(self.identity.sessions.begin(person, &proof, key, sign_in.lasting, (self.clock)()))
    }

    /// Sends a browser on with its session, or to its native app with a code for one.
    fn arrived(&self, campus: &Campus, session: &Session, pending: &Pending) -> Result<Response, Failure> {
        let mut response = match &pending.native {
            Some(native) => {
                let code = self.identity.sessions.code(&campus.id, &(session, native), (self.clock)());
                let code = code.ok_or_else(too_large)?;
                redirect(&answer_to(native, &[("code", &code)]))
            }
            None => {
                let mut response = redirect(&pending.back);
                self.give_cookies(campus, session, response.headers_mut())?;
                response
            }
        };
        cookies::clear(response.headers_mut(), cookies::ATTEMPT);
        Ok(response)
    }

    /// Gives a browser the tokens of its session.
    pub(crate) fn give_cookies(
        &self,
        campus: &Campus,
        session: &Session,
        headers: &mut HeaderMap,
    ) -> Result<(), Failure> {
        let now = (self.clock)();
        let issued = self.identity.sessions.issue(&campus.id, session, now).ok_or_else(too_large)?;
        // The access cookie outlives its token: a browser that threw it away could not be told that it expired.
        let lasting = issued.refresh_until.duration_since(now);
        for (name, token) in [(cookies::ACCESS, issued.access), (cookies::REFRESH, issued.refresh)] {
            cookies::set(headers, name, &token, lasting, SameSite::Lax);
        }
        Ok(())
    }

    pub(super) fn not_arrived(&self, view: &View<'_>, failure: &Failure, pending: &Pending) -> Response {
        let mut response = match &pending.native {
            Some(native) => {
                let error = match failure.kind {
                    FailureKind::Denied | FailureKind::TooMany => "access_denied",
                    FailureKind::Unavailable => "temporarily_unavailable",
                    _ => "server_error",
                };
                redirect(&answer_to(native, &[("error", error)]))
            }
            None => view.failed(failure, &pending.back),
        };
        cookies::clear(response.headers_mut(), cookies::ATTEMPT);
        response
    }
}

/// Claims that do not fit into what a phone carries.
pub(crate) fn too_large() -> Failure {
    let message = "the claims of a person are too large for a session: narrow `groups` and `attributes` in [login]";
    Failure::new(FailureKind::Misconfigured, message)
}

/// The address of a native app with what it waits for.
fn answer_to(native: &Native, parts: &[(&str, &str)]) -> String {
    let state = native.state.iter().map(|state| ("state", state.as_str()));
    let pairs: Vec<_> = parts.iter().copied().chain(state).collect();
    match Url::parse(&native.redirect) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(pairs);
            url.to_string()
        }
        Err(_) => "/".to_owned(),
    }
}
