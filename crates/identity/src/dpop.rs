//! Proofs of possession (RFC 9449): a native app's refresh token is worth nothing without the app's own key.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::{Keyring, Once};

/// Algorithms of proofs: what phones' key stores make, and nothing symmetric.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::ES256, Algorithm::EdDSA];

/// A proof's age at most, either way.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// A nonce is good in its own span of time and the next one.
const SPAN: i64 = 300;

/// A proof is short.
const LONGEST: usize = 4 << 10;

/// What a proof has to be about.
pub struct Expected<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The request's address, without query and fragment.
    pub url: &'a Url,
    /// The campus, whose nonces it must carry.
    pub campus: &'a str,
    /// The present instant.
    pub now: Timestamp,
}

/// Why a proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is none, or it does not hold.
    Invalid(&'static str),
    /// It lacks a present nonce: the answer carries one, with which to try again (`use_dpop_nonce`).
    Nonce,
}

#[derive(Deserialize)]
struct Claims {
    htm: String,
    htu: String,
    iat: i64,
    jti: String,
    nonce: Option<String>,
}

/// Checks a proof and gives the thumbprint of its key (RFC 7638, SHA-256).
///
/// # Errors
/// [`Refusal`].
pub fn check(proof: &str, expected: &Expected<'_>, ring: &Keyring, used: &Once) -> Result<String, Refusal> {
    let invalid = Refusal::Invalid;
    if proof.len() > LONGEST {
        return Err(invalid("the proof is too long"));
    }
    let key = key(proof)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.algorithms = ALGORITHMS.to_vec();
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let decoding = DecodingKey::from_jwk(&key).map_err(|_| invalid("its key is of no use"))?;
    validation.algorithms.retain(|algorithm| algorithm.family() == decoding.family());
    let claims = jsonwebtoken::decode::<Claims>(proof, &decoding, &validation);
    let claims = claims.map_err(|_| invalid("its signature does not hold"))?.claims;
    if claims.htm != expected.method {
        return Err(invalid("it is for another method"));
    }
    if !Url::parse(&claims.htu).is_ok_and(|url| same(&url, expected.url)) {
        return Err(invalid("it is for another address"));
    }
    let age = expected.now.as_second().saturating_sub(claims.iat);
    if age.saturating_abs() > FRESH.as_secs() {
        return Err(invalid("it is too old, or from the future"));
    }
    let present = [0, 1].into_iter().any(|ago| {
        let nonce = nonce_of(ring, expected.campus, expected.now.as_second().div_euclid(SPAN) - ago);
        nonce.is_some() && nonce == claims.nonce
    });
    if !present {
        return Err(Refusal::Nonce);
    }
    let thumbprint = key.thumbprint(ThumbprintHash::SHA256).map_err(|_| invalid("its key is of no use"))?;
    let until = expected.now + FRESH + FRESH;
    match used.first(&format!("{thumbprint} {}", claims.jti), until, expected.now) {
        true => Ok(thumbprint),
        false => Err(invalid("it was used before")),
    }
}

/// The nonce that proofs for a campus carry now: the same in all cells, good for five to ten minutes.
#[must_use]
pub fn nonce(ring: &Keyring, campus: &str, now: Timestamp) -> Option<String> {
    nonce_of(ring, campus, now.as_second().div_euclid(SPAN))
}

fn nonce_of(ring: &Keyring, campus: &str, span: i64) -> Option<String> {
    let keys = ring.all(campus);
    let tag = hmac::sign(&keys.first()?.names, format!("nonce\n{span}").as_bytes());
    tag.as_ref().get(..16).map(|tag| URL_SAFE_NO_PAD.encode(tag))
}

/// The public key that a proof's header carries.
fn key(proof: &str) -> Result<Jwk, Refusal> {
    let head = proof.split('.').next().and_then(|head| URL_SAFE_NO_PAD.decode(head).ok());
    let head: Option<Value> = head.and_then(|head| serde_json::from_slice(&head).ok());
    let head = head.ok_or(Refusal::Invalid("it is no JWT"))?;
    if head.get("typ").and_then(Value::as_str) != Some("dpop+jwt") || head.get("crit").is_some() {
        return Err(Refusal::Invalid("its typ is not dpop+jwt, or it has critical headers"));
    }
    let key = head.get("jwk").filter(|key| ["d", "k"].iter().all(|private| key.get(private).is_none()));
    key.and_then(|key| serde_json::from_value(key.clone()).ok()).ok_or(Refusal::Invalid("it carries no public key"))
}

fn same(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin() && one.path() == other.path()
}

#[cfg(test)]
mod tests;
