//! Why an upstream gave nothing usable, and the words for it.

use std::time::Duration;

use url::Url;

/// Why an upstream gave nothing usable. Messages name the host and what happened; never a full address, a body or a
/// secret (calendar addresses are bearer secrets, some products take passwords in the query).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of failure, and so whose.
    pub kind: FailureKind,
    /// For the school's staff: `edt.univ-demo.fr did not answer within 5 s`.
    pub message: String,
    /// How long the upstream asked to be left alone (`Retry-After`), a day at most.
    pub retry_after: Option<Duration>,
    /// Whether the connection failed or broke before any answer, without using up much time: what changes nothing may be
    /// sent once more.
    pub passing: bool,
}

/// The four ways in which an upstream fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// It cannot be reached, is too slow, or answers 5xx or 429: the upstream's fault, worth another try later.
    Unavailable,
    /// It refuses us: 401, 403, a login refused: our credentials or rights are wrong.
    Refused,
    /// It, or one of our own egress rules, rejects the request: other 4xx, an error told with status 200, an address
    /// that is not allowed, a redirect that is not followed: the declaration is wrong.
    Rejected,
    /// It answers something else than declared: not JSON, too large.
    Malformed,
}

impl Failure {
    /// A failure without `Retry-After`.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None, passing: false }
    }
}

/// Where connections go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    /// A name, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Destination {
    /// The destination of a web address; nothing else of it, which may be a secret.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { host, port: url.port_or_known_default()? })
    }
}

/// What messages call an address: its host, and its port where it is not the scheme's own. The rest of an address may
/// be a secret.
#[must_use]
pub fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or("an address without a host");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// `16 MiB`, `512 KiB`, `100 bytes`.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0 => "0 bytes".to_owned(),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

/// `5 s`, `0.2 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}
