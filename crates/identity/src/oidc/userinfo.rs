//! The userinfo endpoint: what else the provider says of a person (OpenID Connect Core 1.0, 5.3).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;

use super::provider::Provider;
use super::token::Expected;
use crate::{Failure, FailureKind};

/// What an ID token says besides the person.
const PROTOCOL: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "typ",
    "ver",
];

/// Whether an ID token says nothing about the person.
pub(super) fn is_needed(claims: &Map<String, Value>) -> bool {
    claims.keys().all(|name| PROTOCOL.contains(&name.as_str()))
}

/// Asks what the provider says of the subject of an ID token, and adds what that did not say.
pub(super) async fn add(
    claims: &mut Map<String, Value>,
    provider: &Provider,
    endpoint: &Url,
    access: &str,
    expected: &Expected<'_>,
) -> Result<(), Failure> {
    let wrong =
        |what| Failure::new(FailureKind::Misconfigured, format!("the userinfo endpoint of {} {what}", provider.host()));
    let bearer = HeaderValue::try_from(format!("Bearer {access}"));
    let mut bearer = bearer.map_err(|_| wrong("needs a token that fits no header"))?;
    bearer.set_sensitive(true);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
    let answer = provider.send(Method::GET, endpoint.clone(), headers, Bytes::new()).await?.check()?;
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let more = if kind.starts_with("application/jwt") {
        let token = str::from_utf8(&answer.body).unwrap_or_default();
        let signed = provider.verify(token, "userinfo", expected.now).await?;
        expected.issued(&signed).map_err(|why| provider.invalid("userinfo", why))?;
        signed.claims
    } else {
        serde_json::from_slice(&answer.body).map_err(|_| wrong("answers no JSON object"))?
    };
    // An access token that was swapped would bring another person's claims (5.3.2).
    if more.get("sub").is_none_or(|subject| Some(subject) != claims.get("sub")) {
        return Err(provider.invalid("userinfo", "is about somebody else than the ID token"));
    }
    for (name, value) in more {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}
