//! The only door out: verified TLS, egress rules, timeouts and sizes for every connection to an upstream.

mod address;
mod body;
mod client;
mod explain;
mod failure;
mod gate;
mod message;
mod names;
mod redirect;
mod resolve;
mod rules;
mod stream;
mod trust;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;

use names::Names;

pub use client::Client;
pub use failure::{Destination, Failure, FailureKind, site};
pub use gate::{Circuit, Gate, Limits, Snapshot};
pub use message::{Request, Response};
pub use rules::{HostPattern, Pace, Rules};
pub use trust::{Tls, TlsSettings};

/// Where the present instant comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The door: one trust store for the whole process, and one gate for each source.
#[derive(Clone)]
pub struct Outbound {
    tls: rustls::ClientConfig,
    roots: rustls::RootCertStore,
    authorities: Arc<[Vec<u8>]>,
    egress: Arc<BTreeMap<String, IpAddr>>,
    names: Arc<Names>,
    gates: Arc<Mutex<Gates>>,
    clock: Clock,
    /// Spreads pauses: another one in each process.
    seed: u64,
}

/// By whose they are.
type Gates = HashMap<(String, Limits), Weak<Gate>>;

impl Outbound {
    /// Opens the door with the machine's trust store and the operator's extra authorities (PEM).
    ///
    /// # Errors
    /// The first authority that cannot be read.
    pub fn new(extra_authorities: &[Vec<u8>]) -> Result<Self, String> {
        let roots = trust::roots(extra_authorities)?;
        let clock: Clock = Arc::new(Timestamp::now);
        Ok(Self {
            tls: trust::config(roots.clone(), None)?,
            roots,
            egress: Arc::default(),
            names: Arc::new(Names::new(Arc::clone(&clock), None)),
            authorities: extra_authorities.into(),
            gates: Arc::default(),
            clock,
            seed: RandomState::new().hash_one(0),
        })
    }

    /// The same under another clock, by which pauses and lifetimes of names end.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { names: Arc::new(Names::new(Arc::clone(&clock), None)), clock, ..self }
    }

    /// The same with another name server than those of the machine.
    #[must_use]
    pub fn with_name_server(self, server: SocketAddr) -> Self {
        Self { names: Arc::new(Names::new(Arc::clone(&self.clock), Some(server))), ..self }
    }

    /// The same with addresses of this machine from which a source may be reached, by the names that the operator gave them.
    #[must_use]
    pub fn with_egress(self, addresses: BTreeMap<String, IpAddr>) -> Self {
        Self { egress: Arc::new(addresses), ..self }
    }

    /// Addresses of this machine from which a source may be reached, by name.
    #[must_use]
    pub fn egress(&self) -> &BTreeMap<String, IpAddr> {
        &self.egress
    }

    /// TLS of one source, besides what is trusted here.
    ///
    /// # Errors
    /// The setting that cannot be right, by its name, and why.
    pub fn tls(&self, settings: TlsSettings) -> Result<Tls, (&'static str, String)> {
        Tls::new(self.roots.clone(), settings)
    }

    /// The gate before the source that is called so, the same one for all who hold it under these limits.
    #[must_use]
    pub fn gate(&self, source: &str, limits: Limits) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (source.to_owned(), limits);
        if let Some(gate) = gates.get(&key).and_then(Weak::upgrade) {
            return gate;
        }
        gates.retain(|_, gate| gate.strong_count() > 0);
        let gate = Arc::new(Gate::new(limits, Arc::clone(&self.clock), self.seed.wrapping_add(gates.len() as u64)));
        gates.insert(key, Arc::downgrade(&gate));
        gate
    }

    /// A client for one source.
    #[must_use]
    pub fn client(&self, rules: Rules) -> Client {
        Client::new(&self.tls, &self.names, rules)
    }

    /// Addresses of a host that the rules allow, for protocols that connect by themselves (SQL).
    ///
    /// # Errors
    /// `Unavailable` where the name does not resolve, `Rejected` where any address of it is not allowed.
    pub async fn resolve(&self, host: &str, port: u16, rules: &Rules) -> Result<Vec<SocketAddr>, Failure> {
        let lookup = resolve::addresses(&self.names, host, port, rules, address::Reach::Allowed);
        let in_time = tokio::time::timeout(rules.connect_timeout, lookup).await;
        in_time.unwrap_or_else(|_| Err(resolve::not_found(host)))
    }

    /// The operator's extra authorities (PEM), for protocols that bring their own TLS (SQL).
    #[must_use]
    pub fn authorities(&self) -> &[Vec<u8>] {
        &self.authorities
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}
