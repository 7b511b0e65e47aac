//! Where a request came to and where it came from: the site's own address, forms within bounds, writes of this site only.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{COOKIE, HOST, ORIGIN};
use http::request::Parts;
use http_body_util::LengthLimitError;
use identity::Site;
use url::{Url, form_urlencoded};

use crate::routes::Peer;
use crate::{Gateway, Problem};

/// The site that a request came to: the scheme that the browser used, the host and port that it named.
pub(crate) struct Here(pub Site);

impl<S: Sync> FromRequestParts<S> for Here {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        here(parts).map(Self).ok_or_else(|| Problem::unknown_campus(""))
    }
}

/// TLS ends here, or at a proxy on this machine: only names of the machine itself are reached in plain text.
fn here(parts: &Parts) -> Option<Site> {
    let named = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    let authority = named.or_else(|| Some(parts.headers.get(HOST)?.to_str().ok()?.to_owned()))?;
    let tls = parts.extensions.get::<Peer>().is_some_and(|peer| peer.tls);
    let url = Url::parse(&format!("https://{authority}/")).ok()?;
    let host = url.host_str()?;
    let local = host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]";
    let scheme = if tls || !local { "https" } else { "http" };
    Site::new(&Url::parse(&format!("{scheme}://{authority}/")).ok()?).ok()
}

/// Who slows down whoever guesses: the address that a request came from. A proxy on this machine says for whom it asks at the end of
/// `X-Forwarded-For`; nobody else is believed.
pub(crate) struct From(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.address.to_canonical());
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let last = forwarded.and_then(|list| list.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(peer.map(|peer| last.filter(|_| peer.is_loopback()).unwrap_or(peer))))
    }
}

/// Fields of a posted form, each given once.
pub(crate) struct Form(pub BTreeMap<String, String>);

/// A form's bytes: the largest SAML response that is read, in base64 and percent-encoded.
const LARGEST: usize = 1 << 20;

/// Fields at most.
const MOST: usize = 64;

/// A form is sent at once.
const PATIENCE: Duration = Duration::from_secs(10);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let reading = tokio::time::timeout(PATIENCE, axum::body::to_bytes(request.into_body(), LARGEST)).await;
        let body = match reading {
            Err(_) => return Err(Problem::new("too-slow", format!("a form is sent within {} s", PATIENCE.as_secs()))),
            Ok(Err(error)) if error.source().is_some_and(<dyn Error>::is::<LengthLimitError>) => {
                return Err(Problem::new("too-large", format!("a form has at most {} KiB", LARGEST >> 10)));
            }
            Ok(Err(_)) => {
                return Err(Problem::bad_parameter("the form is not framed as HTTP frames it, or was cut off"));
            }
            Ok(Ok(body)) => body,
        };
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(&body) {
            if fields.len() == MOST || fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Problem::bad_parameter(format!("a form has up to {MOST} fields, each once")));
            }
        }
        Ok(Self(fields))
    }
}

/// Lets no other site's page change anything in the name of who looks at it: what browsers say of where a request comes
/// from (`Sec-Fetch-Site`, `Origin`) must be this site, or the campus's at another cell. A request that says nothing and has
/// no cookie is no browser's.
pub(crate) async fn same_origin(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // What browsers say once and somebody said twice tells nothing.
    let text = |name: &str| match &*parts.headers.get_all(name).iter().collect::<Vec<_>>() {
        [] => None,
        [value] => Some(value.to_str().unwrap_or_default()),
        _ => Some(""),
    };
    let ours = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) if site != "same-origin" => false,
        (_, Some(origin)) => here(&parts).is_some_and(|site| site.to_string() == origin),
        (Some(_), None) => true,
        (None, None) => !parts.headers.contains_key(COOKIE),
    };
    if ours || gateway.other_cell(&parts).is_some() {
        next.run(Request::from_parts(parts, body)).await
    } else {
        Problem::new("cross-site", "only pages of this site may do this").into_response()
    }
}
