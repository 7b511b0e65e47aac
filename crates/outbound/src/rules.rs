//! What one source may cost and reach.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use crate::{Failure, FailureKind, Gate, Tls};

/// What one source may cost and reach. Defaults in `Default`.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Hosts that may be reached, by the operator's list of the zone; any where the list is empty.
    pub hosts: Vec<HostPattern>,
    /// Private, loopback and link-local ranges that the operator opened for this campus.
    pub private: Vec<IpNet>,
    /// Plain-text HTTP to hosts outside of `private`, declared by the source for open data that has no TLS. Credentials
    /// are refused on it.
    pub plain_http: bool,
    /// To connect, TLS included.
    pub connect_timeout: Duration,
    /// From the request to the head of the answer.
    pub first_byte_timeout: Duration,
    /// Between two pieces of the body.
    pub between_bytes_timeout: Duration,
    /// The slowest body taken.
    pub slowest: Pace,
    /// The whole exchange, redirects included.
    pub total_timeout: Duration,
    /// The body, decompressed, in bytes.
    pub max_body: usize,
    /// Redirects followed; never to a lower scheme, and credentials never to another origin.
    pub max_redirects: u8,
    /// Whom TLS trusts and who we are by it, where that is not as for all.
    pub tls: Option<Tls>,
    /// The address of this machine to connect from; any without it.
    pub local_address: Option<IpAddr>,
    /// The gate that each request passes, redirects included; without one, none waits or is refused, and none is tried
    /// twice.
    pub gate: Option<Arc<Gate>>,
}

/// A speed that a body has to keep, as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes a second, on average since the head.
    pub bytes_per_second: u32,
    /// From when on it counts: short bodies are not judged.
    pub after: Duration,
}

/// A host's name or address, or `*.` and the domain in which all names are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern(String);

impl HostPattern {
    fn includes(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        match self.0.strip_prefix('*') {
            // Of the domain, its dot is a part.
            Some(domain) => host.len() > domain.len() && host.ends_with(domain),
            None => host == self.0,
        }
    }
}

impl FromStr for HostPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix("*.").unwrap_or(text);
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let labels = name.split('.').all(|label| !label.is_empty() && label.chars().all(known));
        if labels || text.parse::<std::net::IpAddr>().is_ok() {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(format!("\"{text}\" is no host: write \"sso.univ-demo.fr\", or \"*.univ-demo.fr\" for all names below it"))
    }
}

impl Rules {
    /// Refuses a host that is not on the list, before anybody is asked for its address.
    pub(crate) fn admit(&self, host: &str) -> Result<(), Failure> {
        if self.hosts.is_empty() || self.hosts.iter().any(|pattern| pattern.includes(host)) {
            return Ok(());
        }
        let message =
            format!("{host} is no host of this zone: the operator can add it in preau.toml, [outbound.zones]");
        Err(Failure::new(FailureKind::Rejected, message))
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            private: Vec::new(),
            plain_http: false,
            connect_timeout: Duration::from_secs(2),
            first_byte_timeout: Duration::from_secs(5),
            between_bytes_timeout: Duration::from_secs(5),
            slowest: Pace { bytes_per_second: 1_000, after: Duration::from_secs(10) },
            total_timeout: Duration::from_secs(20),
            max_body: 16 << 20,
            max_redirects: 3,
            tls: None,
            local_address: None,
            gate: None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_a_host_or_all_below_a_domain() {
        let includes = |pattern: &str, host: &str| pattern.parse::<HostPattern>().unwrap().includes(host);
        for host in ["www.univ-demo.fr", "A.B.UNIV-DEMO.FR", "www.univ-demo.fr."] {
            assert!(includes("*.Univ-Demo.fr", host), "{host}");
        }
        for host in ["univ-demo.fr", ".univ-demo.fr", "evil-univ-demo.fr", "www.univ-demo.fr.evil.example", ""] {
            assert!(!includes("*.univ-demo.fr", host), "{host}");
        }
        assert!(includes("univ-demo.fr", "Univ-Demo.fr") && !includes("univ-demo.fr", "www.univ-demo.fr"));
        assert!(includes("10.2.0.5", "10.2.0.5") && includes("fd00::5", "[fd00::5]"));
    }

    #[test]
    fn what_is_no_host_is_no_pattern() {
        for text in
            ["", "*", "*.", "https://univ-demo.fr", "univ-demo.fr:443", "univ-demo.fr/", "a..b", "*.*.fr", "sso.*"]
        {
            assert!(text.parse::<HostPattern>().unwrap_err().contains("*.univ-demo.fr"), "{text}");
        }
    }
}
