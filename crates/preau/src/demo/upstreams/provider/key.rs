//! The key that signs ID tokens: ES256 (RFC 7518, 3.4), made when the provider starts.

use std::io;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub struct Key {
    pair: EcdsaKeyPair,
    /// Its public point.
    x: String,
    y: String,
    /// Its thumbprint (RFC 7638).
    id: String,
}

impl Key {
    pub fn generate() -> io::Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(io::Error::other)?;
        // An uncompressed point: a byte 4, then both coordinates.
        let (x, y) = pair.public_key().as_ref().get(1..).unwrap_or_default().split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let id = URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()).as_ref());
        Ok(Self { pair, x, y, id })
    }

    /// The public key as a JWK set (RFC 7517).
    pub fn jwks(&self) -> Value {
        let Self { x, y, id, .. } = self;
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id, "x": x, "y": y }] })
    }

    /// Claims as a signed token (RFC 7515, compact).
    pub fn sign(&self, claims: &Value) -> io::Result<String> {
        let head = json!({ "alg": "ES256", "typ": "JWT", "kid": self.id });
        let text = [head.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).map_err(io::Error::other)?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}
