//! The only door out: verified TLS, egress rules, timeouts and sizes for every connection to an upstream.

mod address;
mod body;
mod client;
mod explain;
mod failure;
mod message;
mod redirect;
mod resolve;
mod rules;
mod stream;
mod trust;

use std::net::SocketAddr;
use std::sync::Arc;

pub use client::Client;
pub use failure::{Failure, FailureKind, site};
pub use message::{Request, Response};
pub use rules::{HostPattern, Pace, Rules};

/// The door: one trust store for the whole process.
#[derive(Debug, Clone)]
pub struct Outbound {
    tls: rustls::ClientConfig,
    authorities: Arc<[Vec<u8>]>,
}

impl Outbound {
    /// Opens the door with the machine's trust store and the operator's extra authorities (PEM).
    ///
    /// # Errors
    /// The first authority that cannot be read.
    pub fn new(extra_authorities: &[Vec<u8>]) -> Result<Self, String> {
        Ok(Self { tls: trust::tls(extra_authorities)?, authorities: extra_authorities.into() })
    }

    /// A client for one source.
    #[must_use]
    pub fn client(&self, rules: Rules) -> Client {
        Client::new(&self.tls, rules)
    }

    /// Addresses of a host that the rules allow, for protocols that connect by themselves (SQL).
    ///
    /// # Errors
    /// `Unavailable` where the name does not resolve, `Rejected` where any address of it is not allowed.
    pub async fn resolve(&self, host: &str, port: u16, rules: &Rules) -> Result<Vec<SocketAddr>, Failure> {
        let lookup = resolve::addresses(host, port, rules, address::Reach::Allowed);
        let in_time = tokio::time::timeout(rules.connect_timeout, lookup).await;
        in_time.unwrap_or_else(|_| Err(resolve::not_found(host)))
    }

    /// The operator's extra authorities (PEM), for protocols that bring their own TLS (SQL).
    #[must_use]
    pub fn authorities(&self) -> &[Vec<u8>] {
        &self.authorities
    }
}
