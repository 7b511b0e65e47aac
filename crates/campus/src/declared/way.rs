//! How a source is reached, whatever its connector: its limits, its TLS, the address that it sees.

use kinds::Lasting;
use schemars::JsonSchema;
use serde::Deserialize;
use settings::Secret;

/// What a source may take, and how long.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredLimits {
    /// Requests under way to it; 16 without it.
    #[schemars(range(min = 1, max = 256))]
    pub at_once: Option<u32>,
    /// Requests begun in a second, of which a second's worth may come at once; 50 without it.
    #[schemars(range(min = 1, max = 10_000))]
    pub per_second: Option<u32>,
    /// Requests that wait for their turn; further ones are refused at once, as are those that would come too late. 200
    /// without it.
    #[schemars(range(min = 0, max = 10_000))]
    pub queue: Option<u32>,
    /// To connect, TLS included; `2s` without it, `30s` at most.
    pub connect: Option<Lasting>,
    /// From a request to the head of its answer; `5s` without it, `5m` at most.
    pub first_byte: Option<Lasting>,
    /// Between two pieces of an answer; `5s` without it, `1m` at most. After 10 seconds, an answer keeps 1,000 bytes a second.
    pub between_bytes: Option<Lasting>,
    /// The whole exchange: waiting for a turn, redirects, second tries and all pages of one answer included; `20s` without it,
    /// `5m` at most.
    pub total: Option<Lasting>,
    /// The largest answer or file taken, decompressed, all pages together, in bytes; 16 MiB without it, 256 MiB at most.
    #[schemars(range(min = 1, max = 268_435_456))]
    pub max_bytes: Option<usize>,
}

/// Whom a source's TLS trusts, and how the source knows us by it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredTls {
    /// The school's own certificate authorities, PEM: `{ file = "ca.pem" }`. They are trusted besides those of the machine and
    /// of the operator.
    #[schemars(extend("x-public" = true))]
    pub authority: Option<Secret>,
    /// Trust these and no others.
    #[serde(default)]
    pub authority_only: bool,
    /// The certificate by which the source knows us and those that lead to its authority, PEM.
    #[schemars(extend("x-public" = true))]
    pub certificate: Option<Secret>,
    /// The key of that certificate, PEM.
    pub key: Option<Secret>,
}
