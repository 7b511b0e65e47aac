//! Pages of a campus at one cell, or at the school's own name, ask its other cells too (Fetch, 3.2): those origins may read,
//! and write as pages of the site itself do; no other may.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use crate::Gateway;
use crate::routes::Host;

/// What scripts of another cell's page may read, besides what every script may.
const SHOWN: &str =
    "etag, age, date, cache-status, content-digest, signature, signature-input, preau-channel, retry-after";

/// What they may send, and how long a browser remembers that in seconds: two hours, the most that browsers do.
const METHODS: &str = "GET, POST";
const SENT: &str = "content-type, idempotency-key, if-none-match, preau-channel";
const REMEMBERED: &str = "7200";

/// Answers a page of another cell of the campus so that its browser hands the answer over.
pub(crate) async fn cross_origin(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let origin = gateway.other_cell(&parts);
    let asks_first =
        parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &origin {
        Some(_) if asks_first => preflight(),
        _ => next.run(Request::from_parts(parts, body)).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SHOWN));
    }
    response
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
        let campus = self.campus(&Host::of(parts).0).ok()?;
        let known = self.origins(&campus);
        known.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }
}
