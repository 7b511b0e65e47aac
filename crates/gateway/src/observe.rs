//! What is seen of a request from outside: its root span, its counts, and a line in the log where it was slow.

use std::borrow::Cow;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use tracing::field::Empty;
use tracing::{Level, Span};

use crate::steps::{self, Fetch, Step, Steps};
use crate::{Gateway, Peer, problem};

/// The root span of a request, by OpenTelemetry's conventions for servers. Names that a stranger makes up are not in it:
/// the method is a known one, the route a template, campus and host those of a campus that is here.
#[must_use]
pub fn root_span(method: &Method, peer: Peer) -> Span {
    tracing::info_span!(
        target: "gateway",
        "request",
        otel.kind = "server",
        otel.name = word(method),
        otel.status_code = Empty,
        http.request.method = word(method),
        http.route = Empty,
        http.response.status_code = Empty,
        url.scheme = if peer.tls { "https" } else { "http" },
        server.address = Empty,
        error.r#type = Empty,
        preau.campus = Empty,
        preau.data = Empty,
        preau.cache = Empty,
    )
}

/// Answers a request and keeps its account.
pub(crate) async fn observed(gateway: &Gateway, answering: impl Future<Output = Response>) -> Response {
    let _under_way = gateway.metrics.under_way();
    let look = |steps: &Steps, response: &Response| {
        let took = steps.so_far();
        gateway.metrics.responded(steps.route(), response.status(), took);
        if tracing::span_enabled!(target: "gateway", Level::DEBUG) {
            tell(&Span::current(), steps, response);
        }
        if took >= gateway.slow {
            complain(steps, response, took);
        }
    };
    steps::accounted(answering, look).await
}

/// Takes note of the route that the router found.
pub(crate) async fn matched(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    if let Some(route) = route {
        routed(request.method(), Cow::Owned(route.as_str().to_owned()));
    }
    next.run(request).await
}

/// A request took the route of this template. A span has its last name when the first one within it begins.
pub(crate) fn routed(method: &Method, route: Cow<'static, str>) {
    if tracing::span_enabled!(target: "gateway", Level::DEBUG) {
        Span::current().record("otel.name", format!("{} {route}", word(method))).record("http.route", &*route);
    }
    steps::routed(route);
}

fn tell(root: &Span, steps: &Steps, response: &Response) {
    let status = response.status();
    root.record("http.response.status_code", status.as_u16());
    root.record("preau.campus", steps.campus.get().map(|campus| &**campus));
    if let Some(data) = steps.data.get() {
        root.record("preau.data", &**data);
        root.record("preau.cache", steps.origin.get());
    }
    root.record("error.type", error(response));
    if status.is_server_error() {
        root.record("otel.status_code", "ERROR");
    }
}

/// One line that says where the time went. Not who asked, nor what for beyond the names that the campus declares.
fn complain(steps: &Steps, response: &Response, took: Duration) {
    let millis = |step| steps.millis(step);
    let fetch = |millis: fn(&Fetch) -> &AtomicU64| steps.fetch().map_or(0, |fetch| millis(fetch).load(Relaxed));
    let records = steps.fetch().and_then(|fetch| fetch.records.get());
    tracing::warn!(
        route = steps.route(),
        campus = steps.campus.get().map(|campus| &**campus),
        data = steps.data.get().map(|data| &**data),
        status = response.status().as_u16(),
        error = error(response),
        cache = steps.data.get().and(steps.origin.get()),
        bytes = response.body().size_hint().exact(),
        received = records.map(|records| records.received),
        mapped = records.map(|records| records.mapped),
        rejected = records.map(|records| records.rejected),
        ms = steps::millis(took),
        campus_ms = millis(Step::Campus),
        session_ms = millis(Step::Session),
        kind_ms = millis(Step::Kind),
        cache_ms = millis(Step::Cache),
        source_ms = fetch(|fetch| &fetch.source),
        mapping_ms = fetch(|fetch| &fetch.mapping),
        response_ms = millis(Step::Response),
        "slow request"
    );
}

fn error(response: &Response) -> Option<&'static str> {
    response.extensions().get::<problem::Slug>().map(|problem::Slug(slug)| *slug)
}

/// A method by its name, or the word that stands for all others.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "_OTHER",
    }
}
