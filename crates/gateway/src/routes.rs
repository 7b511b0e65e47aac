//! Which address leads where, and what every handler is given.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{FromRequestParts, Path, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Request};
use identity::Site;
use tower::ServiceExt;

use crate::cells::Page;
use crate::{
    Gateway, Problem, app, calendar, channel, data, explain, login, manifest, me, observe, openapi, origin, session,
    staff, status,
};

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Whether TLS ended here.
    pub tls: bool,
}

/// The phone's API: what answers requests.
#[derive(Clone)]
pub struct Api {
    gateway: Arc<Gateway>,
    router: Router,
}

impl Api {
    /// The API of a gateway.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>) -> Self {
        Self { router: router(Arc::clone(&gateway)), gateway }
    }

    /// Answers a request. A read of one data set, which is most of what phones ask, goes to its handler without the router:
    /// on the way through that, half of our own share of a cached read would be spent.
    pub async fn answer<B>(self, request: Request<B>, peer: Option<Peer>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
    {
        let gateway = Arc::clone(&self.gateway);
        observe::observed(&gateway, self.respond(request, peer)).await
    }

    async fn respond<B>(self, request: Request<B>, peer: Option<Peer>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
    {
        let (mut parts, body) = request.into_parts();
        let page = Page::of(&self.gateway, &parts);
        let mut response = if let Some(preflight) = page.preflight(&parts) {
            preflight
        } else if let Some(name) = data::plainly(&parts) {
            observe::routed(&parts.method, Cow::Borrowed("/api/data/{name}"));
            data::one(&self.gateway, &parts, name).await.unwrap_or_else(IntoResponse::into_response)
        } else {
            if let Some(peer) = peer {
                parts.extensions.insert(peer);
            }
            let Ok(response) = self.router.oneshot(Request::from_parts(parts, Body::new(body))).await;
            response
        };
        page.let_read(response.headers_mut());
        finish(response.headers_mut());
        response
    }
}

fn router(gateway: Arc<Gateway>) -> Router {
    // The provider and its pages post to /api/login/callback and /api/login/notice: what they bring proves itself.
    let writes = Router::new()
        .route("/api/login", post(login::submitted))
        .route("/api/session/token", post(session::token))
        .route("/api/session/refresh", post(session::refresh))
        .route("/api/session/elsewhere", post(session::elsewhere))
        .route("/api/session/here", post(session::here))
        .route("/api/session/end", post(session::end))
        .route("/api/channel", post(channel::choose))
        .route("/api/calendar", post(calendar::subscribe))
        .route("/api/calendar/revoke", post(calendar::revoke))
        .route("/api/staff/sign-out", post(staff::sign_out))
        .route("/api/staff/lifetimes", post(staff::lifetimes))
        .route("/api/staff/purge", post(staff::purge))
        .route("/api/staff/promote", post(staff::promote))
        .route("/api/staff/rollback", post(staff::roll_back))
        .route_layer(from_fn_with_state(Arc::clone(&gateway), origin::same_origin));
    Router::new()
        .merge(writes)
        .merge(app::router())
        .route("/api/me", get(me::me))
        .route("/api/login", get(login::begin))
        .route(Site::CALLBACK, get(login::callback).post(login::posted))
        .route(Site::NOTICE, post(login::notice))
        .route(Site::METADATA, get(login::metadata))
        .route(Site::PROXY, get(login::proxy))
        .route("/api/manifest", get(manifest::manifest))
        .route("/api/keys", get(manifest::keys))
        .route("/api/staff/channels", get(staff::channels))
        .route("/api/staff/audit", get(staff::audit))
        .route("/api/staff/conflicts", get(staff::conflicts))
        .route("/api/data", get(data::several))
        .route("/api/data/{name}", get(data::routed))
        .route("/api/calendar/{file}", get(calendar::read))
        .route("/api/explain/{name}", get(explain::explain))
        .route("/api/status", get(status::status))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(openapi::document))
        .fallback(app::anywhere)
        .method_not_allowed_fallback(async || {
            Problem::new("method-not-allowed", "this address is read with GET or posted to: /openapi.json says which")
        })
        .layer(from_fn(observe::matched))
        .with_state(gateway)
}

/// The headers that all responses have.
fn finish(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages with forms say more, so that browsers tell where a form comes from.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
}

/// Metrics name campuses and sources: they are for the machine itself; a collector elsewhere reads the admin socket.
/// What a proxy on this machine passes on for somebody else is not from the machine itself.
async fn metrics(State(gateway): State<Arc<Gateway>>, request: axum::http::Request<Body>) -> Response {
    let local = request.extensions().get::<Peer>().is_some_and(|peer| peer.address.to_canonical().is_loopback());
    let passed_on =
        ["forwarded", "via", "x-forwarded-for", "x-real-ip"].iter().any(|name| request.headers().contains_key(*name));
    if local && !passed_on {
        gateway.render_metrics()
    } else {
        Problem::new("not-found", "metrics are read from the server itself").into_response()
    }
}

impl Gateway {
    pub(crate) fn render_metrics(&self) -> Response {
        let text = self.metrics.render(&self.cache.stored(), self.state.alarms().len());
        ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
    }
}

/// The host a request is for: lower case, without port. Only `Host` (or `:authority`) tells it; what a proxy adds
/// (`X-Forwarded-Host`, `Forwarded`) is not believed.
pub(crate) struct Host(pub String);

impl<S: Sync> FromRequestParts<S> for Host {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Self::of(parts).into_owned()))
    }
}

impl Host {
    pub(crate) fn of(parts: &Parts) -> Cow<'_, str> {
        // Of two `Host` headers, somebody on the way may have believed the other one (RFC 9112, 3.2).
        let mut told = parts.headers.get_all(header::HOST).iter();
        let only = told.next().filter(|_| told.next().is_none()).and_then(|host| host.to_str().ok());
        let named = match parts.uri.authority() {
            // A user before the host lets one pass for another (RFC 9110, 4.2.4).
            Some(authority) if authority.as_str().contains('@') => "",
            Some(authority) => authority.host(),
            None => only.unwrap_or_default(),
        };
        let host = match named.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => named,
        };
        let host = host.trim_end_matches('.');
        match host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(host.to_ascii_lowercase()),
            false => Cow::Borrowed(host),
        }
    }
}

/// A name in a path: of a data set, a file.
pub(crate) struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(Path(name)) = Path::from_request_parts(parts, state).await else {
            return Err(Problem::bad_parameter("names in an address are text in UTF-8"));
        };
        Ok(Self(name))
    }
}

/// A request's query parameters, each given once.
pub(crate) struct Query(pub BTreeMap<String, String>);

/// More parameters than this are nobody's.
const MOST_PARAMETERS: usize = 32;

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(parts)
    }
}

impl Query {
    pub(crate) fn of(parts: &Parts) -> Result<Self, Problem> {
        let mut query = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if query.len() == MOST_PARAMETERS {
                return Err(Problem::bad_parameter(format!("more than {MOST_PARAMETERS} parameters")));
            }
            if query.insert(name.to_string(), value.into_owned()).is_some() {
                let name: String = name.chars().take(80).collect();
                return Err(Problem::bad_parameter(format!("the parameter \"{name}\" is given twice")));
            }
        }
        Ok(Self(query))
    }
}
