//! A request as it goes out: our own headers, none of the connection's, credentials out of the address.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{Failure, FailureKind, Request, site};

const AGENT: HeaderValue = HeaderValue::from_static(concat!("Preau/", env!("CARGO_PKG_VERSION")));

pub(super) fn first_hop(mut request: Request) -> Result<Request, Failure> {
    let (url, authorization) = without_user(&request.url).ok_or_else(|| {
        Failure::new(FailureKind::Rejected, format!("{} is not addressed by https", site(&request.url)))
    })?;
    request.url = url;
    drop_connection_headers(&mut request.headers);
    request.headers.extend(authorization.map(|value| (AUTHORIZATION, value)));
    request.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    request.headers.entry(USER_AGENT).or_insert(AGENT);
    Ok(request)
}

/// Those that only hold for one connection (RFC 9110, 7.6.1), and those that the client sets or has used up.
pub(super) fn drop_connection_headers(headers: &mut HeaderMap) {
    let keep_alive = HeaderName::from_static("keep-alive");
    for name in
        [CONNECTION, keep_alive, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, HOST, CONTENT_LENGTH, CONTENT_ENCODING]
    {
        headers.remove(name);
    }
}

/// A web address without `user:password@`, and that as basic authentication (RFC 7617).
fn without_user(url: &Url) -> Option<(Url, Option<HeaderValue>)> {
    let mut bare = url.clone();
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    bare.set_username("").ok()?;
    bare.set_password(None).ok()?;
    if bare == *url {
        return Some((bare, None));
    }
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some((bare, Some(value)))
}
