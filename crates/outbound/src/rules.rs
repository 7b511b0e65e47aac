//! What one source may cost and reach.

use std::time::Duration;

use ipnet::IpNet;

/// What one source may cost and reach. Defaults in `Default`.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Private, loopback and link-local ranges that the operator opened for this campus.
    pub private: Vec<IpNet>,
    /// Plain-text HTTP to hosts outside of `private`, declared by the source for open data that has no TLS. Credentials
    /// are refused on it.
    pub plain_http: bool,
    /// To connect, TLS included.
    pub connect_timeout: Duration,
    /// From the request to the head of the answer.
    pub first_byte_timeout: Duration,
    /// The whole exchange, redirects included.
    pub total_timeout: Duration,
    /// The body, decompressed, in bytes.
    pub max_body: usize,
    /// Redirects followed; never to a lower scheme, and credentials never to another origin.
    pub max_redirects: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            private: Vec::new(),
            plain_http: false,
            connect_timeout: Duration::from_secs(2),
            first_byte_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(20),
            max_body: 16 << 20,
            max_redirects: 3,
        }
    }
}
