//! Request in, response out: the data's path on one screen, and the phone's HTTP API around it.

mod admin;
mod compress;
mod data;
mod explain;
mod filter;
mod health;
mod held;
mod lifetimes;
mod manifest;
mod metrics;
pub mod openapi;
pub mod page;
mod path;
mod problem;
mod routes;
mod signature;
mod status;

use std::sync::Arc;

use cache::{Cache, Clock};
use campus::Campuses;

pub use admin::router as admin_router;
pub use lifetimes::Change;
pub use problem::{PROBLEMS, Problem};
pub use routes::{PeerAddress, router};
pub use signature::SigningKey;

use crate::health::Health;
use crate::held::Held;
use crate::lifetimes::Overrides;
use crate::manifest::Signed;
use crate::metrics::Metrics;
use crate::path::Trouble;

/// Everything that answers requests, shared by all of them.
pub struct Gateway {
    campuses: Arc<Campuses>,
    cache: Arc<Cache<Held, Trouble>>,
    overrides: Overrides,
    health: Health,
    metrics: Metrics,
    manifests: Signed,
    clock: Clock,
}

impl Gateway {
    /// A gateway for these campuses, with a cache of at most `capacity` bytes.
    #[must_use]
    pub fn new(campuses: Arc<Campuses>, capacity: u64, signing_key: SigningKey, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            campuses,
            cache: Cache::new(capacity, Arc::clone(&clock)),
            overrides: Overrides::default(),
            health: Health::default(),
            metrics: Metrics::new(),
            manifests: Signed::new(signing_key),
            clock,
        })
    }
}
