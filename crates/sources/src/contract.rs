//! The connector contract: a protocol reads its settings, a source is one upstream system, a fetch is one question to it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::{Timestamp, tz::TimeZone};
use outbound::{Destination, Failure, Outbound, Rules};
use records::{Limits, Payload};
use settings::{Secret, SettingError};

/// A protocol that Préau speaks. Stateless: one value per protocol, listed in [`CONNECTORS`].
pub trait Connector: Send + Sync {
    /// Its name in campus.toml: `feed`.
    fn name(&self) -> &'static str;

    /// One sentence for the reference page.
    fn about(&self) -> &'static str;

    /// JSON Schema of `[sources.NAME]`, without `connector` itself; unknown keys are refused by it.
    fn source_schema(&self) -> schemars::Schema;

    /// JSON Schema of this connector's own keys in `[data.NAME]`.
    fn request_schema(&self) -> schemars::Schema;

    /// Builds a source from settings that passed the schema. Nothing is contacted.
    ///
    /// # Errors
    /// Every setting that cannot be right, by its key.
    fn source(&self, settings: serde_json::Value, context: &Context) -> Result<Arc<dyn Source>, Vec<SettingError>>;

    /// What stands in for a secret that is not there where a declaration is only checked, by its key.
    fn placeholder(&self, key: &str) -> &'static str {
        match key {
            "path" => ".",
            key if key.ends_with("url") => "https://missing.invalid/",
            _ => "missing",
        }
    }

    /// The mapping of this connector's own records into a kind, where it knows one (a feed's entries into news).
    fn default_map(&self, _kind: &str) -> Option<DefaultMap> {
        None
    }
}

/// One upstream system of a campus; owns its connections.
pub trait Source: Send + Sync {
    /// Builds the question of one data set from its settings, which passed the schema. Nothing is contacted.
    ///
    /// # Errors
    /// Every setting that cannot be right, by its key.
    fn request(&self, settings: serde_json::Value, params: &[String]) -> Result<Arc<dyn Fetch>, Vec<SettingError>>;

    /// With what of the person's session it is asked ([`Call::person`]), where it is, so that its answers are personal.
    fn asks_with(&self) -> Option<Credential> {
        None
    }

    /// Where it connects to; nowhere for a file of this machine.
    fn destinations(&self) -> Vec<Destination> {
        Vec::new()
    }
}

/// What a person's session may carry for sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The access token that the identity provider gave.
    Token,
    /// A proxy ticket of a CAS server.
    Ticket,
}

/// One question to a source.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Asks it.
    ///
    /// # Errors
    /// [`Failure`], typed by whose fault it is.
    async fn fetch(&self, call: &Call<'_>) -> Result<Reply, Failure>;

    /// Decodes a recorded answer as [`Self::fetch`] would, for samples beside a mapping; `None` where the answer is a
    /// document of a format that its file name tells.
    fn sample(&self, _reply: bytes::Bytes) -> Option<Result<Vec<Payload>, Failure>> {
        None
    }
}

/// What a source is built with.
#[derive(Clone)]
pub struct Context {
    /// The door out.
    pub outbound: Outbound,
    /// What the operator allows this campus to reach; connectors adjust times and sizes in it.
    pub rules: Rules,
    /// The campus folder: relative paths start here, and `file` and `sql` (SQLite) read nothing outside of it and
    /// of `directories`.
    pub folder: PathBuf,
    /// Other directories that the operator opened for local files.
    pub directories: Vec<PathBuf>,
    /// The campus's zone, for times that carry none.
    pub zone: TimeZone,
    /// What a decoded document may cost.
    pub limits: Limits,
}

/// One call's circumstances.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Values of the request parameters that the data set declares, checked against their declaration.
    pub params: &'a Params,
    /// What the former answer to the same question was known by.
    pub validators: Option<&'a Validators>,
    /// In whose name it is asked, where the data set is personal.
    pub person: Option<&'a Person>,
    /// The present instant (calendars expand a window around it).
    pub now: Timestamp,
}

/// What of a person's session a source may be asked with. It has no `Debug`, so that no log can hold it.
#[derive(Default)]
pub struct Person {
    /// The access token that the identity provider gave for them.
    pub access_token: Option<Secret>,
    /// Where single-use tickets for an upstream come from (CAS proxy tickets).
    pub tickets: Option<Box<dyn Tickets>>,
}

/// A source of single-use tickets in a person's name.
#[async_trait]
pub trait Tickets: Send + Sync {
    /// A ticket for the upstream at this address.
    ///
    /// # Errors
    /// The provider gives none.
    async fn ticket(&self, service: &url::Url) -> Result<Secret, Failure>;
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a person)")
    }
}

/// Request parameters by name.
pub type Params = BTreeMap<String, String>;

/// What an upstream answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// As before (304); what the upstream says of it now, where it says anything.
    Unchanged(Option<Validators>),
    /// Documents, one per page.
    Records {
        /// In order; each is decoded by itself.
        pages: Vec<Payload>,
        /// For the next conditional request, where the upstream gave any and there was one page.
        validators: Option<Validators>,
        /// Bytes received, decompressed.
        bytes: u64,
    },
}

/// HTTP validators (RFC 9110, 8.8), or a file's time and size put into the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Validators {
    /// `ETag`, as received.
    pub etag: Option<String>,
    /// `Last-Modified`, as received.
    pub last_modified: Option<String>,
}

impl Validators {
    /// With what a 304 says anew (RFC 9111, 4.3.4: its fields take the place of those that are kept).
    #[must_use]
    pub fn freshened(&self, by: Self) -> Self {
        let Self { etag, last_modified } = by;
        Self {
            etag: etag.or_else(|| self.etag.clone()),
            last_modified: last_modified.or_else(|| self.last_modified.clone()),
        }
    }
}

/// A mapping that a connector knows for its own records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultMap {
    /// Finds the records.
    pub each: &'static str,
    /// Field and expression.
    pub fields: &'static [(&'static str, &'static str)],
}

/// All connectors. Adding one is a folder and a line here.
pub const CONNECTORS: &[&dyn Connector] =
    &[&crate::feed::Feed, &crate::file::File, &crate::http::Http, &crate::ical::Ical, &crate::sql::Sql];

/// The connector of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Connector> {
    CONNECTORS.iter().copied().find(|connector| connector.name() == name)
}
