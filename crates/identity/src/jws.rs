//! Signed tokens (JWS, RFC 7515) checked with the keys that their issuer publishes (JWK Set, RFC 7517), and with no others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A token, in bytes at most.
const LARGEST: usize = 64 << 10;

/// Keys of one issuer at most: a token without `kid` is tried with each.
const MOST: usize = 100;

/// Asymmetric algorithms only: whoever can check a signature must not be able to make one.
const RSA: &[Algorithm] =
    &[Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

/// Moduli below 2048 bits are refused by the cryptography anyway; here they do not count as keys.
const SMALLEST_RSA: usize = 256;

/// The public keys that an issuer signs with.
pub(crate) struct Keys(Vec<Key>);

struct Key {
    id: Option<String>,
    /// What it may be used with: its own `alg`, or all that fit its type.
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
    issuer: Option<String>,
}

/// A token whose signature holds. What it says is not checked yet.
#[derive(Debug)]
pub(crate) struct Signed {
    /// `typ` of its header.
    pub(crate) typ: Option<String>,
    /// What it is signed with.
    pub(crate) algorithm: Algorithm,
    /// What it says.
    pub(crate) claims: Map<String, Value>,
    /// The only issuer that the key signs for, where the issuer's keys say so (Entra ID shares keys among tenants).
    pub(crate) key_issuer: Option<String>,
}

/// Why a token is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No key is known by which it could be checked: there may be newer ones.
    UnknownKey,
    /// It is none, or somebody made it up: what follows on "the token".
    Invalid(&'static str),
}

impl Keys {
    /// Reads a JWK Set, leaving out keys that sign nothing we accept.
    ///
    /// # Errors
    /// What is wrong with it, to follow on the name of its place.
    pub(crate) fn read(document: &[u8]) -> Result<Self, &'static str> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(document).map_err(|_| "is no set of keys (JWK Set)")?;
        if set.keys.len() > MOST {
            return Err("has more than 100 keys");
        }
        let keys: Vec<Key> = set.keys.into_iter().filter_map(Key::read).collect();
        if keys.is_empty() { Err("has no key that signs with RSA, P-256, P-384 or Ed25519") } else { Ok(Self(keys)) }
    }

    /// Checks a token's signature. Keys or addresses of keys in its own header are not looked at.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) fn verify(&self, token: &str) -> Result<Signed, Refused> {
        if token.len() > LARGEST {
            return Err(Refused::Invalid("is larger than 64 KiB"));
        }
        let parts =
            token.rsplit_once('.').and_then(|(signed, signature)| Some((signed, signed.split_once('.')?, signature)));
        let (signed, (head, body), signature) = parts.ok_or(Refused::Invalid("is no signed token"))?;
        let header: Header = decode(head).ok_or(Refused::Invalid("has no header that can be read"))?;
        if header.crit.is_some() {
            return Err(Refused::Invalid("wants something of us that we do not know (`crit`)"));
        }
        let algorithm = header.alg.parse().ok().filter(is_accepted);
        let algorithm = algorithm.ok_or(Refused::Invalid("is signed with an algorithm that is not accepted"))?;
        let holds =
            |key: &&Key| crypto::verify(signature, signed.as_bytes(), &key.key, algorithm).is_ok_and(|holds| holds);
        let mut candidates = self.0.iter().filter(|key| key.may_have_signed(&header, algorithm)).peekable();
        if candidates.peek().is_none() {
            return Err(Refused::UnknownKey);
        }
        let key = candidates.find(holds).ok_or(match header.kid {
            Some(_) => Refused::Invalid("has a signature that does not hold"),
            None => Refused::UnknownKey,
        })?;
        let claims = decode(body).ok_or(Refused::Invalid("is signed, but no JSON object"))?;
        Ok(Signed { typ: header.typ, algorithm, claims, key_issuer: key.issuer.clone() })
    }

    /// How many keys, and what for: `2 keys (RS256, ES256)`, for the person at the terminal.
    pub(crate) fn describe(&self) -> String {
        let mut names: Vec<String> =
            self.0.iter().filter_map(|key| key.algorithms.first()).map(|algorithm| format!("{algorithm:?}")).collect();
        names.sort();
        names.dedup();
        let noun = if self.0.len() == 1 { "key" } else { "keys" };
        format!("{} {noun} ({})", self.0.len(), names.join(", "))
    }
}

/// Whether tokens signed so are taken.
pub(crate) fn is_accepted(algorithm: &Algorithm) -> bool {
    RSA.contains(algorithm) || matches!(algorithm, Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA)
}

/// What a token says, unchecked: only for what was checked before and came back sealed.
pub(crate) fn claims_of_checked(token: &str) -> Option<Map<String, Value>> {
    decode(token.split('.').nth(1)?)
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    issuer: Option<String>,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
}

impl Key {
    fn read(jwk: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(jwk).ok()?;
        let (key, fitting) = match (jwk.kty.as_str(), jwk.crv.as_str()) {
            ("RSA", _) => (DecodingKey::from_rsa_components(&jwk.n, &jwk.e), RSA),
            ("EC", "P-256") => (DecodingKey::from_ec_components(&jwk.x, &jwk.y), &[Algorithm::ES256][..]),
            ("EC", "P-384") => (DecodingKey::from_ec_components(&jwk.x, &jwk.y), &[Algorithm::ES384][..]),
            ("OKP", "Ed25519") => (DecodingKey::from_ed_components(&jwk.x), &[Algorithm::EdDSA][..]),
            _ => return None,
        };
        let signs = jwk.usage.is_none_or(|usage| usage == "sig")
            && jwk.key_ops.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
        let large = jwk.kty != "RSA" || URL_SAFE_NO_PAD.decode(&jwk.n).is_ok_and(|n| n.len() >= SMALLEST_RSA);
        let named = |algorithm: &&Algorithm| jwk.alg.as_ref().is_none_or(|alg| *alg == format!("{algorithm:?}"));
        let algorithms: Vec<_> = fitting.iter().filter(named).copied().collect();
        (signs && large && !algorithms.is_empty()).then_some(Self {
            id: jwk.kid,
            algorithms,
            key: key.ok()?,
            issuer: jwk.issuer,
        })
    }

    fn may_have_signed(&self, header: &Header, algorithm: Algorithm) -> bool {
        let same = match (&self.id, &header.kid) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        };
        same && self.algorithms.contains(&algorithm)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// The key of RFC 8037, A.2.
    fn keys() -> Keys {
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        Keys::read(json!({ "keys": [key] }).to_string().as_bytes()).unwrap()
    }

    proptest! {
        #[test]
        fn refuses_any_text_that_the_issuer_did_not_sign(
            alg in "EdDSA|none|HS256|RS256|[a-zA-Z0-9]{0,8}",
            body in "[ -~]{0,60}",
            signature in proptest::collection::vec(any::<u8>(), 0..80),
            token in "[A-Za-z0-9_.-]{0,120}",
        ) {
            let head = URL_SAFE_NO_PAD.encode(json!({ "alg": alg }).to_string());
            let signature = URL_SAFE_NO_PAD.encode(signature);
            let made = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(body));
            prop_assert!(keys().verify(&made).is_err());
            prop_assert!(keys().verify(&token).is_err());
        }

        #[test]
        fn reads_or_refuses_any_set_of_keys(
            kty in "RSA|EC|OKP|oct|[a-z]{0,4}", crv in "P-256|P-384|Ed25519|[a-z]{0,4}",
            [x, y, n, e] in proptest::array::uniform4("[A-Za-z0-9_-]{0,60}"),
        ) {
            let key = json!({ "kty": kty, "crv": crv, "x": x, "y": y, "n": n, "e": e });
            let _ = Keys::read(json!({ "keys": [key] }).to_string().as_bytes());
            let _ = Keys::read(x.as_bytes());
        }
    }
}
