//! Any HTTP interface that answers JSON, XML or CSV: paths with parameters, credentials, pages, errors in disguise.

mod answer;
mod ask;
mod auth;
mod check;
mod expression;
mod pages;
mod settings;
mod token;

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use outbound::{Client, Destination};
use records::Limits;
use schemars::{Schema, schema_for};
use url::Url;

use self::expression::Disguise;
use crate::{Connector, Context, Credential, Fetch, SettingError, Source};
use ::settings::read;
use ask::Question;
use auth::Credentials;
use settings::{RequestSettings, SourceSettings};

/// The connector.
pub(crate) struct Http;

impl Connector for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn about(&self) -> &'static str {
        "Asks an HTTP interface that answers JSON, XML or CSV, with parameters, credentials and pages."
    }

    fn source_schema(&self) -> Schema {
        schema_for!(SourceSettings)
    }

    fn request_schema(&self) -> Schema {
        schema_for!(RequestSettings)
    }

    fn source(&self, settings: serde_json::Value, context: &Context) -> Result<Arc<dyn Source>, Vec<SettingError>> {
        let settings: SourceSettings = read(settings)?;
        Ok(Arc::new(check::source(settings, context)?))
    }
}

/// One interface of a campus.
#[derive(Clone)]
struct Api {
    client: Client,
    base: Url,
    credentials: Arc<Credentials>,
    disguise: Option<Disguise>,
    zone: TimeZone,
    limits: Limits,
    /// All pages of an answer together, in bytes.
    max_bytes: usize,
    /// All pages of an answer together.
    timeout: Duration,
}

impl Source for Api {
    fn request(&self, settings: serde_json::Value, params: &[String]) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
        let settings: RequestSettings = read(settings)?;
        let question: Question = check::question(settings, params, self)?;
        Ok(Arc::new(question))
    }

    fn asks_with(&self) -> Option<Credential> {
        self.credentials.asks_with()
    }

    fn destinations(&self) -> Vec<Destination> {
        [Some(&self.base), self.credentials.token_url()].into_iter().flatten().filter_map(Destination::of).collect()
    }
}
