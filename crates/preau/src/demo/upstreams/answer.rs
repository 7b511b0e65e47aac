//! How the demo's servers answer: documents with validators, JSON made per request.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, StatusCode, Uri};
use jiff::ZonedDateTime;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::Value;

/// A file as a web server gives it out.
#[derive(Debug, Clone)]
pub struct Document {
    content_type: &'static str,
    body: Bytes,
    etag: String,
    modified: String,
}

impl Document {
    pub fn new(content_type: &'static str, body: impl Into<Bytes>, modified: &ZonedDateTime) -> io::Result<Self> {
        let body = body.into();
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let etag = format!("\"{:016x}\"", hasher.finish());
        let modified =
            DateTimePrinter::new().timestamp_to_rfc9110_string(&modified.timestamp()).map_err(io::Error::other)?;
        Ok(Self { content_type, body, etag, modified })
    }

    /// A page of a website.
    pub fn page(site: &str, title: &str, html: &str, modified: &ZonedDateTime) -> io::Result<Self> {
        let page = format!(
            "<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{title} – {site}</title></head>\
             <body><h1>{title}</h1>{html}</body></html>"
        );
        Self::new("text/html; charset=utf-8", page, modified)
    }

    /// The route of the document.
    pub fn route(self) -> MethodRouter {
        get(move |headers: HeaderMap| async move { self.answer(&headers) })
    }

    /// The document, or 304 to whoever has it already.
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let validators = [(ETAG, self.etag.clone()), (LAST_MODIFIED, self.modified.clone())];
        if self.is_known(headers) {
            return (StatusCode::NOT_MODIFIED, validators).into_response();
        }
        (validators, [(CONTENT_TYPE, self.content_type)], self.body.clone()).into_response()
    }

    /// `If-None-Match` beats `If-Modified-Since` (RFC 9110, 13.2.2); the latter by equality, as many servers do.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        match text(IF_NONE_MATCH) {
            Some(tags) => tags
                .split(',')
                .any(|tag| matches!(tag.trim().trim_start_matches("W/"), tag if tag == self.etag || tag == "*")),
            None => text(IF_MODIFIED_SINCE) == Some(self.modified.as_str()),
        }
    }
}

/// JSON that is another the next time.
pub fn json(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8"), (CACHE_CONTROL, "no-store")], value.to_string())
        .into_response()
}

/// A JSON answer with another status than 200.
pub fn refusal(status: StatusCode, value: &Value) -> Response {
    (status, json(value)).into_response()
}

/// A parameter of the query as it stands there: the demo's values need no escapes but that of the comma.
pub fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.replace("%2C", ","))
}

/// The same as a number; `default` where it is absent or none.
pub fn number(uri: &Uri, name: &str, default: usize) -> usize {
    parameter(uri, name).and_then(|value| value.parse().ok()).unwrap_or(default)
}
