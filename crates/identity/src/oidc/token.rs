//! What a signed token must say before it is believed (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725).

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::issuer::Issuer;
use crate::jws::Signed;

/// By how many seconds clocks may differ.
const SKEW: i64 = 60;

/// How long after it was made a logout token is taken, in seconds.
pub(super) const NOTICE_AGE: i64 = 300;

/// A `sub` or a `sid`, in bytes at most (OpenID Connect Core 1.0, 2).
const LONGEST: usize = 255;

/// The event of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4).
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whose token it must be, for whom, and when.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) client: &'a str,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// Checks an ID token: its type, issuer, audience, times, subject and, where one is expected, nonce.
    ///
    /// # Errors
    /// What is wrong, to follow on "the ID token".
    pub(super) fn id_token(&self, token: &Signed, nonce: Option<&str>) -> Result<(), &'static str> {
        if token.typ.as_ref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err("is a token for another use (`typ`)");
        }
        self.issued(token)?;
        self.times(&token.claims, true)?;
        text(&token.claims, "sub").ok_or("does not say whom it is about (`sub`)")?;
        if nonce.is_some_and(|nonce| token.claims.get("nonce") != Some(&Value::from(nonce))) {
            return Err("belongs to another sign-in (`nonce`)");
        }
        Ok(())
    }

    /// Checks a logout token, and gives the identifier that may be used once.
    ///
    /// # Errors
    /// What is wrong, to follow on "the logout token".
    pub(super) fn logout<'t>(&self, token: &'t Signed) -> Result<&'t str, &'static str> {
        let claims = &token.claims;
        // Providers that predate the type of their own write "JWT".
        if token
            .typ
            .as_ref()
            .is_some_and(|typ| !["logout+jwt", "JWT"].iter().any(|known| typ.eq_ignore_ascii_case(known)))
        {
            return Err("is a token for another use (`typ`)");
        }
        self.issued(token)?;
        self.times(claims, false)?;
        let made = time(claims, "iat")?.unwrap_or_default();
        if made.saturating_add(NOTICE_AGE) < self.now.as_second() {
            return Err("is too old");
        }
        if claims.get("events").and_then(|events| events.get(LOGOUT)).is_none_or(|event| !event.is_object()) {
            return Err("is about another event");
        }
        if claims.contains_key("nonce") {
            return Err("has a `nonce`, which only ID tokens have");
        }
        text(claims, "jti").ok_or("has no identifier of its own (`jti`)")
    }

    /// Checks issuer and audience.
    ///
    /// # Errors
    /// What is wrong, to follow on "the token".
    pub(super) fn issued(&self, token: &Signed) -> Result<(), &'static str> {
        let claims = &token.claims;
        let issuer = text(claims, "iss").ok_or("does not say whose it is (`iss`)")?;
        if !self.issuer.signs(issuer, text(claims, "tid"), token.key_issuer.as_deref()) {
            return Err("is of another issuer (`iss`)");
        }
        let (ours, others) = match claims.get("aud") {
            Some(Value::String(one)) => (one == self.client, false),
            Some(Value::Array(several)) => (several.iter().any(|one| one == self.client), several.len() > 1),
            _ => (false, false),
        };
        let presenter = claims.get("azp");
        if !ours || presenter.is_some_and(|presenter| presenter != self.client) || (others && presenter.is_none()) {
            return Err("is for another application (`aud`, `azp`): is `client_id` of [login] right?");
        }
        Ok(())
    }

    fn times(&self, claims: &Map<String, Value>, ends: bool) -> Result<(), &'static str> {
        let now = self.now.as_second();
        match time(claims, "exp")? {
            Some(end) if end.saturating_add(SKEW) <= now => return Err("has expired: are both clocks right?"),
            None if ends => return Err("does not say when it ends (`exp`)"),
            _ => {}
        }
        let made = time(claims, "iat")?.ok_or("does not say when it was made (`iat`)")?;
        let begin = time(claims, "nbf")?.unwrap_or(made).max(made);
        if begin.saturating_sub(SKEW) > now {
            return Err("is not valid yet: are both clocks right?");
        }
        Ok(())
    }
}

/// Whether an ID token that names an access token names this one (`at_hash`; OpenID Connect Core 1.0, 3.1.3.6).
pub(super) fn names(id_token: &Signed, access: &str) -> bool {
    let hash = match id_token.algorithm {
        Algorithm::RS384 | Algorithm::PS384 | Algorithm::ES384 => &SHA384,
        Algorithm::RS512 | Algorithm::PS512 | Algorithm::EdDSA => &SHA512,
        _ => &SHA256,
    };
    let whole = digest(hash, access.as_bytes());
    let half: Vec<u8> = whole.as_ref().iter().take(whole.as_ref().len() / 2).copied().collect();
    let half = URL_SAFE_NO_PAD.encode(half);
    id_token.claims.get("at_hash").is_none_or(|hash| hash.as_str() == Some(&half))
}

/// A claim that is a text of a bearable length.
pub(super) fn text<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims.get(name)?.as_str().filter(|text| !text.is_empty() && text.len() <= LONGEST)
}

/// A claim that is an instant, in seconds since 1970, possibly with a fraction (RFC 7519, 2).
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, &'static str> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64));
    seconds.map(Some).ok_or("has a time that is no number")
}
