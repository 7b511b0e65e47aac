//! HTTP message signatures (RFC 9421) with Ed25519 over a body's digest (RFC 9530): a phone can tell a manifest of its
//! school from any other, offline too.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The key that signs manifests.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    id: String,
}

/// The headers of a signed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedHeaders {
    pub content_digest: String,
    pub signature_input: String,
    pub signature: String,
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn generate() -> Result<Self, String> {
        Ed25519KeyPair::generate().map(Self::of).map_err(|_| "no randomness for a key".to_owned())
    }

    /// A key from its PKCS#8 file (RFC 8410).
    ///
    /// # Errors
    /// The bytes are no Ed25519 key.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, String> {
        Ed25519KeyPair::from_pkcs8(bytes)
            .map(Self::of)
            .map_err(|error| format!("not an Ed25519 key in PKCS#8: {error}"))
    }

    /// The key as PKCS#8, to keep.
    ///
    /// # Errors
    /// It cannot be serialised.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, String> {
        self.pair.to_pkcs8().map(|bytes| bytes.as_ref().to_vec()).map_err(|error| error.to_string())
    }

    fn of(pair: Ed25519KeyPair) -> Self {
        // The key's thumbprint (RFC 7638): the same key has the same id everywhere.
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let id = URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()).as_ref());
        Self { pair, id }
    }

    /// The public key as a JWK set (RFC 7517, RFC 8037).
    pub(crate) fn jwks(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.id, "x": x }] })
    }

    pub(crate) fn sign(&self, body: &[u8], created: Timestamp) -> SignedHeaders {
        let content_digest = format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body).as_ref()));
        let params = format!(r#"("content-digest");created={};keyid="{}";alg="ed25519""#, created.as_second(), self.id);
        let base = format!("\"content-digest\": {content_digest}\n\"@signature-params\": {params}");
        let signature = STANDARD.encode(self.pair.sign(base.as_bytes()).as_ref());
        SignedHeaders {
            content_digest,
            signature_input: format!("preau={params}"),
            signature: format!("preau=:{signature}:"),
        }
    }
}
