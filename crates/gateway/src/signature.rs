//! HTTP message signatures (RFC 9421) with ECDSA P-256 over a body's digest (RFC 9530): a phone can tell a manifest of its
//! school from any other, offline too (docs/decisions/0013).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The key that signs manifests.
pub struct SigningKey {
    pair: EcdsaKeyPair,
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
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        pair.map(Self::of).map_err(|_| "no randomness for a key".to_owned())
    }

    /// A key from its PKCS#8 file (RFC 5915, RFC 5958).
    ///
    /// # Errors
    /// The bytes are no P-256 key. One of an earlier version is not replaced by itself: each cell would make its own.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, String> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map(Self::of).map_err(|error| {
            match Ed25519KeyPair::from_pkcs8(bytes) {
                Ok(_) => {
                    "an Ed25519 key of an earlier version, which not all phones can check: remove the file, start \
                          once to have a P-256 key made, and copy that to the other cells"
                        .to_owned()
                }
                Err(_) => format!("not a P-256 key in PKCS#8: {error}"),
            }
        })
    }

    /// The key as PKCS#8, to keep.
    ///
    /// # Errors
    /// It cannot be serialised.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, String> {
        self.pair.to_pkcs8v1().map(|bytes| bytes.as_ref().to_vec()).map_err(|error| error.to_string())
    }

    fn of(pair: EcdsaKeyPair) -> Self {
        // The key's thumbprint (RFC 7638): the same key has the same id everywhere.
        let [x, y] = coordinates(&pair);
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let id = URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()).as_ref());
        Self { pair, id }
    }

    /// The public key as a JWK set (RFC 7517, RFC 7518 6.2.1).
    pub(crate) fn jwks(&self) -> Value {
        let [x, y] = coordinates(&self.pair);
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y }] })
    }

    /// # Errors
    /// The machine gives no randomness.
    pub(crate) fn sign(&self, body: &[u8], created: Timestamp) -> Result<SignedHeaders, String> {
        let content_digest = format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body).as_ref()));
        let (created, id) = (created.as_second(), &self.id);
        let params = format!(r#"("content-digest");created={created};keyid="{id}";alg="ecdsa-p256-sha256""#);
        let base = format!("\"content-digest\": {content_digest}\n\"@signature-params\": {params}");
        let signature = self.pair.sign(&SystemRandom::new(), base.as_bytes());
        let signature = STANDARD.encode(signature.map_err(|_| "no randomness for a signature")?.as_ref());
        Ok(SignedHeaders {
            content_digest,
            signature_input: format!("preau={params}"),
            signature: format!("preau=:{signature}:"),
        })
    }
}

/// The coordinates of the public point, which is an octet 4, x and y (SEC 1, 2.3.3).
fn coordinates(pair: &EcdsaKeyPair) -> [String; 2] {
    let (x, y) = pair.public_key().as_ref().split_at_checked(33).unwrap_or_default();
    [x.get(1..).unwrap_or_default(), y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate))
}
