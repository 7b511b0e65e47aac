//! Request in, response out: the data's path on one screen, and the phone's HTTP API around it.

mod admin;
mod app;
mod audit;
mod calendar;
mod cells;
mod changes;
mod channel;
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
mod observe;
pub mod openapi;
mod origin;
mod own;
pub mod page;
mod path;
mod problem;
mod publications;
mod reader;
mod routes;
mod session;
mod shrunk;
mod signature;
mod staff;
mod status;
mod steps;
mod together;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cache::{Cache, Clock, Disk};
use campus::Campuses;
use identity::{Brake, Chance, Keyring, Once, Sessions, Staff};
use journal::State;
use prometheus_client::collector::Collector;
use web::Web;

pub use admin::router as admin_router;
pub use changes::Revoked;
pub use lifetimes::Change;
pub use observe::root_span;
pub use problem::{PROBLEMS, Problem};
pub use routes::{Api, Peer};
pub use signature::SigningKey;

use crate::app::Looks;
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

/// What a gateway is made of.
pub struct Parts {
    /// The campuses that it serves.
    pub campuses: Arc<Campuses>,
    /// Bytes that its cache holds at most.
    pub capacity: u64,
    /// The file in which what the cache knows outlives the process, and its bytes at most.
    pub disk: Option<(PathBuf, u64)>,
    /// What signs manifests.
    pub signing_key: SigningKey,
    /// How people are told apart.
    pub identity: Identity,
    /// What servers remember. Who follows its journal is up to the caller.
    pub state: Arc<State>,
    /// Where publications are unpacked.
    pub publications: PathBuf,
    /// The cell of several that this node is of.
    pub cell: Option<Cell>,
    /// The student app.
    pub web: Web,
    /// Requests that take at least this long are told in the log, with where the time went.
    pub slow: Duration,
    /// What others than the gateway count: its metrics show it too.
    pub collectors: Vec<Box<dyn Collector>>,
    /// Where the present instant comes from.
    pub clock: Clock,
}

/// A cell, as phones know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its name.
    pub name: String,
    /// Where phones reach campuses in it: an address with one of [`Self::HOLES`] in its host name.
    pub url: String,
}

impl Cell {
    /// What stands in a cell's address for a campus's id, and for the first of its host names.
    pub const HOLES: [&str; 2] = ["{campus}", "{host}"];

    /// What stands in a host name of this cell's own in place of a hole.
    fn named<'h>(&self, hole: &str, host: &'h str) -> Option<&'h str> {
        let (_, authority) = self.url.split_once("://")?;
        let pattern = authority.split(['/', ':']).next()?;
        let (before, after) = pattern.split_once(hole)?;
        host.strip_prefix(before)?.strip_suffix(after)
    }
}

/// Everything that answers requests, shared by all of them.
pub struct Gateway {
    campuses: Arc<Campuses>,
    state: Arc<State>,
    publications: PathBuf,
    cell: Option<Cell>,
    /// Whether this node is about to stop, and load balancers should send requests elsewhere.
    draining: AtomicBool,
    cache: Arc<Cache<Held, Trouble>>,
    overrides: Overrides,
    health: Health,
    metrics: Metrics,
    slow: Duration,
    manifests: Signed,
    looks: Looks,
    identity: Identity,
    own: Own,
    renewals: Renewals,
    /// Reads of one calendar's address.
    calendars: Brake,
    /// Proofs and codes that were used.
    used: Once,
    clock: Clock,
}

/// Proofs and codes in memory at most: those of a minute or two.
const MOST_USED: usize = 200_000;

impl Gateway {
    /// A gateway of these parts. It shows what is published, and goes on to show what the state brings.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts {
            campuses,
            capacity,
            disk,
            signing_key,
            identity,
            state,
            publications,
            cell,
            web,
            slow,
            collectors,
            clock,
        } = parts;
        let epoch = changes::epoch(&state, &campuses);
        let disk = disk.map(|(path, max_bytes)| Disk { path, max_bytes, epoch });
        let metrics = Metrics::new(Arc::clone(&campuses), collectors);
        let gateway = Arc::new(Self {
            campuses,
            cache: Cache::new(capacity, disk, Arc::clone(&clock)),
            overrides: Overrides::default(),
            health: Health::default(),
            metrics,
            slow,
            manifests: Signed::new(signing_key),
            looks: Looks::new(web),
            identity,
            own: Own::default(),
            renewals: Renewals::default(),
            calendars: calendar::brake(),
            used: Once::new(MOST_USED),
            state,
            publications,
            cell,
            draining: AtomicBool::new(false),
            clock,
        });
        gateway.follow_state();
        gateway
    }

    /// Tells load balancers to send requests elsewhere; those that come all the same are answered.
    pub fn drain(&self) {
        self.draining.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Goes on with other keys for sessions.
    pub fn rotate(&self, keys: Keyring) {
        self.identity.sessions.rotate(keys);
    }
}
