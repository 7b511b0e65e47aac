//! One sign-in under way, from the first redirect to the provider's answer. It is kept, sealed, by the browser that began.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Where randomness comes from: fills the slice.
pub type Chance = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// How long a person may take at the provider's pages.
const PATIENCE: SignedDuration = SignedDuration::from_mins(20);

/// One sign-in under way. Everything that ties a provider's answer to it is derived from it, so that no server keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    id: String,
    secret: String,
    started: i64,
}

impl Attempt {
    /// A new one.
    #[must_use]
    pub fn new(chance: &Chance, now: Timestamp) -> Self {
        let random = |bytes: &mut [u8]| {
            chance(bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self { id: random(&mut [0; 16]), secret: random(&mut [0; 32]), started: now.as_second() }
    }

    /// What the provider hands back unchanged: OAuth's `state`, SAML's `RelayState`. 22 characters of base64url.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The verifier of RFC 7636 (PKCE), known to the browser that began and to nobody on the way.
    #[must_use]
    pub fn verifier(&self) -> &str {
        &self.secret
    }

    /// Its `S256` challenge.
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.secret.as_bytes()).as_ref())
    }

    /// `nonce` of OpenID Connect, which the ID token repeats.
    #[must_use]
    pub fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("nonce {}", self.secret).as_bytes()).as_ref())
    }

    /// When it began.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        Timestamp::from_second(self.started).unwrap_or(Timestamp::MIN)
    }

    /// Whether it took too long, or began in the future.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.started());
        age > PATIENCE || age < -SignedDuration::from_mins(1)
    }
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("started", &self.started).finish_non_exhaustive()
    }
}
