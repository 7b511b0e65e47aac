//! Request in, response out: the data's path on one screen, and the phone's HTTP API around it.

mod admin;
mod compress;
mod cookies;
mod copies;
mod data;
mod explain;
mod filter;
mod health;
mod held;
mod lifetimes;
mod login;
mod manifest;
mod me;
mod metrics;
pub mod openapi;
mod origin;
mod own;
pub mod page;
mod path;
mod problem;
mod reader;
mod routes;
mod session;
mod signature;
mod staff;
mod status;
mod together;

use std::collections::BTreeMap;
use std::sync::Arc;

use cache::{Cache, Clock};
use campus::Campuses;
use identity::{Chance, Keyring, Once, Sessions, Staff};

pub use admin::router as admin_router;
pub use lifetimes::Change;
pub use problem::{PROBLEMS, Problem};
pub use routes::{Peer, router};
pub use signature::SigningKey;

use crate::health::Health;
use crate::held::Held;
use crate::lifetimes::Overrides;
use crate::manifest::Signed;
use crate::metrics::Metrics;
use crate::own::Own;
use crate::path::Trouble;
use crate::session::Renewals;

/// How people are told apart: their sessions, and who of them is staff.
pub struct Identity {
    /// Issues and opens tokens.
    pub sessions: Sessions,
    /// Who is staff by the operator's own file, by campus.
    pub staff: BTreeMap<String, Staff>,
    /// Where randomness comes from.
    pub chance: Chance,
}

/// Everything that answers requests, shared by all of them.
pub struct Gateway {
    campuses: Arc<Campuses>,
    cache: Arc<Cache<Held, Trouble>>,
    overrides: Overrides,
    health: Health,
    metrics: Metrics,
    manifests: Signed,
    identity: Identity,
    own: Own,
    renewals: Renewals,
    /// Proofs and codes that were used.
    used: Once,
    clock: Clock,
}

/// Proofs and codes in memory at most: those of a minute or two.
const MOST_USED: usize = 200_000;

impl Gateway {
    /// A gateway for these campuses, with a cache of at most `capacity` bytes.
    #[must_use]
    pub fn new(
        campuses: Arc<Campuses>,
        capacity: u64,
        signing_key: SigningKey,
        identity: Identity,
        clock: Clock,
    ) -> Arc<Self> {
        Arc::new(Self {
            campuses,
            cache: Cache::new(capacity, Arc::clone(&clock)),
            overrides: Overrides::default(),
            health: Health::default(),
            metrics: Metrics::new(),
            manifests: Signed::new(signing_key),
            identity,
            own: Own::default(),
            renewals: Renewals::default(),
            used: Once::new(MOST_USED),
            clock,
        })
    }

    /// Goes on with other keys for sessions.
    pub fn rotate(&self, keys: Keyring) {
        self.identity.sessions.rotate(keys);
    }
}
