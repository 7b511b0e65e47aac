//! Pages of a campus at one cell, or at the school's own name, ask its other cells too (Fetch, 3.2): those origins may read,
//! and write as pages of the site itself do; no other may.

use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::Gateway;
use crate::routes::Host;

/// What scripts of another cell's page may read, besides what every script may.
const SHOWN: &str =
    "etag, age, date, cache-status, content-digest, signature, signature-input, preau-channel, retry-after";

/// What they may send, and how long a browser remembers that in seconds: two hours, the most that browsers do.
const METHODS: &str = "GET, POST";
const SENT: &str = "content-type, idempotency-key, if-none-match, preau-channel";
const REMEMBERED: &str = "7200";

/// Where a request's page is.
pub(crate) enum Page {
    /// Anywhere, and what is asked for is no part of the API.
    Any,
    /// Here, or nowhere that may read.
    Here,
    /// At another cell of the campus, whose origin this is.
    There(HeaderValue),
}

impl Page {
    pub(crate) fn of(gateway: &Gateway, parts: &Parts) -> Self {
        if !parts.uri.path().starts_with("/api/") {
            return Self::Any;
        }
        gateway.other_cell(parts).map_or(Self::Here, Self::There)
    }

    /// The answer to a browser that asks whether it may ask.
    pub(crate) fn preflight(&self, parts: &Parts) -> Option<Response> {
        let asks_first =
            parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        (asks_first && matches!(self, Self::There(_))).then(preflight)
    }

    /// Has the page's browser hand the answer over, where the page may read it.
    pub(crate) fn let_read(self, headers: &mut HeaderMap) {
        if !matches!(self, Self::Any) {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Self::There(origin) = self {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SHOWN));
        }
    }
}

fn preflight() -> Response {
    let allowed: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
    ];
    (StatusCode::NO_CONTENT, allowed).into_response()
}

impl Gateway {
    /// The origin of a request, where that is a page of the campus at a cell's address or at the campus's own.
    pub(crate) fn other_cell(&self, parts: &Parts) -> Option<HeaderValue> {
        let mut origins = parts.headers.get_all(header::ORIGIN).iter();
        let origin = origins.next().filter(|_| origins.next().is_none())?;
        let campus = self.campus(&Host::of(parts)).ok()?;
        let known = self.origins(&campus);
        known.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }
}
