//! Whether and how a redirect is followed (RFC 9110, 15.4).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::{Failure, FailureKind, Request, site};

/// Whether a status sends us elsewhere.
pub(crate) fn is_redirect(status: StatusCode, headers: &HeaderMap) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) && headers.contains_key(LOCATION)
}

/// The request of the next hop.
pub(crate) fn next(mut request: Request, status: StatusCode, headers: &HeaderMap) -> Result<Request, Failure> {
    let from = site(&request.url);
    let rejected = |what: &str| Failure::new(FailureKind::Rejected, format!("{from} redirects {what}"));
    let location = headers.get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let url = location.and_then(|location| request.url.join(location).ok());
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = url.ok_or_else(|| rejected("to something that is no web address"))?;
    // A redirect has no say in who we are.
    let stripped = url.set_username("").and_then(|()| url.set_password(None));
    stripped.map_err(|()| rejected("to something that is no web address"))?;

    if request.url.scheme() == "https" && url.scheme() == "http" {
        return Err(rejected(
            "from https to plain http, which is not followed: write the address that answers by https",
        ));
    }
    become_get(&mut request, status);
    if url.origin() != request.url.origin() {
        if !request.body.is_empty() {
            let to = site(&url);
            return Err(rejected(&format!("what is posted to {to}, which is not followed: write that address")));
        }
        request.headers = without_credentials(&request.headers);
    }
    request.url = url;
    Ok(request)
}

/// 303 means "look there"; 301 and 302 mean it too where something was posted, as browsers have always taken them.
fn become_get(request: &mut Request, status: StatusCode) {
    let changes = match status {
        StatusCode::SEE_OTHER => request.method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method == Method::POST,
        _ => false,
    };
    if changes {
        request.method = Method::GET;
        request.body = Bytes::new();
        request.headers.remove(CONTENT_TYPE);
        request.headers.remove(CONTENT_ENCODING);
    }
}

/// Whether headers say who we are.
pub(crate) fn has_credentials(headers: &HeaderMap) -> bool {
    headers.iter().any(is_credential)
}

fn without_credentials(headers: &HeaderMap) -> HeaderMap {
    let harmless = headers.iter().filter(|header| !is_credential(*header));
    harmless.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn is_credential((name, value): (&HeaderName, &HeaderValue)) -> bool {
    value.is_sensitive() || *name == AUTHORIZATION || *name == COOKIE
}
