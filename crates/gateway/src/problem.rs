//! Errors as problem details (RFC 9457): the one place where a failure becomes an HTTP status.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use campus::{Campus, DataSet};
use http::{HeaderName, HeaderValue, StatusCode, header};
use identity::FailureKind as FailureOfLogin;
use jiff::SignedDuration;
use serde_json::json;
use sources::FailureKind;

/// A problem: its stable type, and what it is about this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The last part of its `type`, after `urn:preau:problem:`.
    pub slug: &'static str,
    /// What is wrong and what to do, for the developer of a client.
    pub detail: String,
    /// Seconds after which to try again.
    pub retry_after: Option<u64>,
    /// The nonce that a proof of possession needs (RFC 9449, 8).
    pub nonce: Option<String>,
}

/// Which problem a response tells, for who observes it: an extension of the response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slug(pub &'static str);

/// Where a nonce for proofs of possession stands.
pub(crate) const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Every problem: slug, status, title.
pub const PROBLEMS: &[(&str, StatusCode, &str)] = &[
    ("unknown-campus", StatusCode::NOT_FOUND, "No campus at this host"),
    ("unknown-data", StatusCode::NOT_FOUND, "No data set of this name"),
    ("not-found", StatusCode::NOT_FOUND, "Nothing at this address"),
    ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
    ("bad-parameter", StatusCode::BAD_REQUEST, "A parameter is wrong"),
    ("cursor-expired", StatusCode::GONE, "The list changed: start again without cursor"),
    ("calendar-over", StatusCode::GONE, "This calendar's address is not good any more"),
    ("sign-in-required", StatusCode::UNAUTHORIZED, "Sign in to read this"),
    ("session-expired", StatusCode::UNAUTHORIZED, "The session is over: refresh it, or sign in again"),
    ("proof-required", StatusCode::UNAUTHORIZED, "A proof of possession of the app's key is needed"),
    ("nonce-required", StatusCode::UNAUTHORIZED, "The proof of possession needs the nonce of this answer"),
    ("not-allowed", StatusCode::FORBIDDEN, "This is for others"),
    ("cross-site", StatusCode::FORBIDDEN, "Another site may not change anything here"),
    ("no-sign-in", StatusCode::NOT_FOUND, "Nobody signs in at this campus"),
    ("sign-in-refused", StatusCode::FORBIDDEN, "The sign-in does not hold"),
    ("sign-in-unavailable", StatusCode::SERVICE_UNAVAILABLE, "The school's identity provider does not answer"),
    ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "Asked too often: wait"),
    ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "What was sent is too large"),
    ("too-slow", StatusCode::REQUEST_TIMEOUT, "What was sent came too slowly"),
    ("source-unavailable", StatusCode::SERVICE_UNAVAILABLE, "The school's system does not answer"),
    ("source-refused", StatusCode::BAD_GATEWAY, "The school's system refuses access"),
    ("source-rejected", StatusCode::BAD_GATEWAY, "The school's system rejects the question"),
    ("source-malformed", StatusCode::BAD_GATEWAY, "The school's system answers something else than declared"),
    ("declaration-refused", StatusCode::UNPROCESSABLE_ENTITY, "The declaration has errors"),
    ("key-reused", StatusCode::UNPROCESSABLE_ENTITY, "The idempotency key was used for another write"),
    ("journal-unavailable", StatusCode::SERVICE_UNAVAILABLE, "Nothing can be changed at this moment"),
    ("clock-ahead", StatusCode::SERVICE_UNAVAILABLE, "This cell's clock is wrong: nothing can be changed here"),
    ("internal", StatusCode::INTERNAL_SERVER_ERROR, "An error of ours"),
];

impl Problem {
    pub(crate) fn new(slug: &'static str, detail: impl Into<String>) -> Self {
        Self { slug, detail: detail.into(), retry_after: None, nonce: None }
    }

    pub(crate) fn unknown_campus(host: &str) -> Self {
        let host: String = host.chars().take(80).filter(|c| !c.is_control()).collect();
        Self::new(
            "unknown-campus",
            format!("no campus answers at \"{host}\": use one of its `hosts`, or ID.localhost on the server itself"),
        )
    }

    pub(crate) fn unknown_data(name: &str, campus: &Campus) -> Self {
        let near = jq::did_you_mean(name, campus.data.keys().map(AsRef::as_ref));
        let help =
            near.map_or_else(|| "GET /api/manifest lists them".to_owned(), |near| format!("did you mean \"{near}\"?"));
        let name: String = name.chars().take(80).filter(|c| !c.is_control()).collect();
        Self::new("unknown-data", format!("this campus has no data set \"{name}\": {help}"))
    }

    pub(crate) fn bad_parameter(detail: impl Into<String>) -> Self {
        Self::new("bad-parameter", detail)
    }

    pub(crate) fn sign_in_required(set: &DataSet) -> Self {
        Self::new("sign-in-required", format!("\"{}\" is for {}: it needs a session", set.name, readers(&set.audience)))
    }

    pub(crate) fn not_allowed(set: &DataSet) -> Self {
        Self::new("not-allowed", format!("\"{}\" is for {}", set.name, readers(&set.audience)))
    }

    pub(crate) fn session_expired() -> Self {
        Self::new("session-expired", "POST /api/session/refresh gives a new access token, where the session goes on")
    }

    pub(crate) fn too_many(wait: Duration, detail: &str) -> Self {
        // Rounded up: who comes back then is not refused once more.
        let seconds = wait.as_millis().div_ceil(1000).clamp(1, 3600);
        Self { retry_after: u64::try_from(seconds).ok(), ..Self::new("too-many-requests", detail) }
    }

    /// Why somebody could not sign in, for who asked by the API.
    pub(crate) fn sign_in(failure: &identity::Failure) -> Self {
        let (slug, detail) = match failure.kind {
            FailureOfLogin::Unavailable => ("sign-in-unavailable", "try again later"),
            FailureOfLogin::TooMany => ("too-many-requests", "too many tries: wait"),
            FailureOfLogin::Denied => ("sign-in-refused", "the identity provider says no"),
            FailureOfLogin::Invalid | FailureOfLogin::Stale => ("sign-in-refused", "start again"),
            FailureOfLogin::Misconfigured => ("sign-in-unavailable", "the school has to correct its settings"),
        };
        Self { retry_after: failure.retry_after.map(|pause| pause.as_secs().max(1)), ..Self::new(slug, detail) }
    }

    /// A source that gave nothing, and after how long it is asked again, where that is known.
    pub(crate) fn upstream(source: &str, kind: FailureKind, pause: Option<SignedDuration>) -> Self {
        let retry_after = pause.map_or(5, |pause| pause.as_secs().clamp(1, 3600)).unsigned_abs();
        let detail = format!(
            "the source \"{source}\" gave nothing usable and no earlier answer is kept; /api/explain says more"
        );
        Self { retry_after: Some(retry_after), ..Self::new(failing(kind), detail) }
    }

    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.row().1
    }

    fn row(&self) -> (&'static str, StatusCode, &'static str) {
        let known = PROBLEMS.iter().find(|(slug, ..)| *slug == self.slug).copied();
        known.unwrap_or(("internal", StatusCode::INTERNAL_SERVER_ERROR, "An error of ours"))
    }

    /// The document of RFC 9457.
    pub(crate) fn document(&self) -> serde_json::Value {
        let (slug, status, title) = self.row();
        json!({ "type": format!("urn:preau:problem:{slug}"), "title": title, "status": status.as_u16(), "detail": self.detail })
    }
}

/// Whom an audience is made of.
fn readers(audience: &kinds::Audience) -> String {
    match audience {
        kinds::Audience::Public => "everybody".to_owned(),
        kinds::Audience::Members => "members of the campus".to_owned(),
        kinds::Audience::Group(group) => format!("the group \"{group}\""),
        kinds::Audience::Personal => "the person alone".to_owned(),
    }
}

/// The problem that a source's failure is.
pub(crate) fn failing(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Unavailable => "source-unavailable",
        FailureKind::Refused => "source-refused",
        FailureKind::Rejected => "source-rejected",
        FailureKind::Malformed => "source-malformed",
    }
}

/// The same in one word: `unavailable`.
pub(crate) fn word(kind: FailureKind) -> &'static str {
    failing(kind).trim_start_matches("source-")
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.document().to_string()).into_response();
        response.extensions_mut().insert(Slug(self.slug));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let challenge = match self.slug {
            "proof-required" => Some("DPoP error=\"invalid_dpop_proof\", algs=\"ES256 EdDSA\""),
            "nonce-required" => Some("DPoP error=\"use_dpop_nonce\", algs=\"ES256 EdDSA\""),
            _ => (self.status() == StatusCode::UNAUTHORIZED).then_some("Bearer"),
        };
        headers.extend(challenge.map(|challenge| (header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))));
        let nonce = self.nonce.and_then(|nonce| HeaderValue::from_str(&nonce).ok());
        headers.extend(nonce.map(|nonce| (DPOP_NONCE, nonce)));
        response
    }
}
