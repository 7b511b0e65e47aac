//! What is seen of a request from outside: its root span, its counts, and a line in the log where it was slow.

use std::sync::Arc;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Method};
use tracing::field::Empty;
use tracing::{Instrument, Level, Span};

use crate::steps::{Step, Steps};
use crate::{Gateway, Peer, problem};

/// A request as it came, before anything of it is believed.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// The other end of the connection, where a listener told.
    pub peer: Option<Peer>,
    /// The template of its address, where that is one of the API: `/api/data/{name}`.
    pub route: Option<&'a str>,
}

/// Opens the root span of each request that is to have a trace.
pub type Roots = Arc<dyn Fn(&Seen<'_>) -> Option<Span> + Send + Sync>;

impl Seen<'_> {
    /// A root span, by OpenTelemetry's conventions for servers. Names that a stranger makes up are not in it: the method is
    /// a known one, the route a template, campus and host those of a campus that is here.
    #[must_use]
    pub fn root_span(&self) -> Span {
        let method = method(self.method);
        tracing::info_span!(
            target: "gateway",
            "request",
            otel.kind = "server",
            otel.name = self.route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}")),
            otel.status_code = Empty,
            http.request.method = method,
            http.route = self.route,
            http.response.status_code = Empty,
            url.scheme = if self.peer.is_some_and(|peer| peer.tls) { "https" } else { "http" },
            server.address = Empty,
            error.r#type = Empty,
            preau.campus = Empty,
            preau.data = Empty,
            preau.cache = Empty,
        )
    }
}

/// Keeps an account of each request, whichever way it is answered.
#[derive(Clone)]
pub(crate) struct Observer {
    pub gateway: Arc<Gateway>,
    pub roots: Option<Roots>,
}

impl Observer {
    /// The root span of a request that is to have a trace.
    pub(crate) fn root(&self, seen: &Seen<'_>) -> Span {
        self.roots.as_ref().and_then(|roots| roots(seen)).unwrap_or_else(Span::none)
    }

    /// Keeps the account of a request for a route while `work` answers it.
    pub(crate) async fn over(&self, route: &str, work: impl Future<Output = Response>) -> Response {
        let steps = Steps::begin();
        let _under_way = self.gateway.metrics.under_way();
        let response = steps.around(work).await;
        let took = steps.so_far();
        self.gateway.metrics.responded(route, response.status(), took);
        if tracing::span_enabled!(target: "gateway", Level::DEBUG) {
            tell(&Span::current(), &steps, &response);
        }
        if took >= self.gateway.slow {
            complain(&steps, route, &response);
        }
        response
    }
}

/// The same for a request on its way through the router.
pub(crate) async fn routed(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let peer = request.extensions().get::<Peer>().copied();
    let root = observer.root(&Seen { method: request.method(), headers: request.headers(), peer, route });
    observer.over(route.unwrap_or_default(), next.run(request)).instrument(root).await
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
fn complain(steps: &Steps, route: &str, response: &Response) {
    let millis = |step| steps.millis(step);
    let records = steps.records.get();
    tracing::warn!(
        route,
        campus = steps.campus.get().map(|campus| &**campus),
        data = steps.data.get().map(|data| &**data),
        status = response.status().as_u16(),
        error = error(response),
        cache = steps.data.get().and(steps.origin.get()),
        bytes = response.body().size_hint().exact(),
        received = records.map(|records| records.received),
        mapped = records.map(|records| records.mapped),
        rejected = records.map(|records| records.rejected),
        ms = u64::try_from(steps.so_far().as_millis()).unwrap_or(u64::MAX),
        campus_ms = millis(Step::Campus),
        session_ms = millis(Step::Session),
        kind_ms = millis(Step::Kind),
        cache_ms = millis(Step::Cache),
        source_ms = millis(Step::Source),
        mapping_ms = millis(Step::Mapping),
        response_ms = millis(Step::Response),
        "slow request"
    );
}

fn error(response: &Response) -> Option<&'static str> {
    response.extensions().get::<problem::Slug>().map(|problem::Slug(slug)| *slug)
}

/// A method by its name, or the word that stands for all others.
fn method(method: &Method) -> &'static str {
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
