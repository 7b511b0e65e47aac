//! `feed`: entries of RSS, Atom and JSON Feed, whatever version and however well-formed.
//!
//! A record has `id`, `title`, `url`, `published`, `updated` (RFC 3339), `summary` (plain, some 500 characters), `text`
//! (plain, all of it), `content` (HTML reduced to an allow-list, links absolute), `author`, `categories` (a list),
//! `image` and `enclosure` (addresses); what a feed does not say is null. Of a feed with more than 1,000 entries the
//! first 1,000 are read.

mod date;
mod entry;
mod html;
mod json;
mod markup;
mod read;
mod xml;

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header::ACCEPT};
use jiff::tz::TimeZone;
use outbound::{Client, Destination, Failure, Rules, site};
use records::{Limits, Malformed, Payload, Records, Visit, Wanted};

use self::read::Reading;
use crate::address::{Address, malformed};
use crate::get::{Got, get};
use crate::{Call, Connector, Context, DefaultMap, Fetch, Reply, Secret, SettingError, Source};
use settings::read;

/// The connector.
pub(crate) struct Feed;

/// `[sources.NAME]` with `connector = "feed"`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The feed's address, or that of the site, where data sets give a `path`.
    url: Secret,
    /// Allow `http:` to another host than this machine, for a site that has no TLS.
    #[serde(default)]
    plain_http: bool,
}

/// The keys of `[data.NAME]` for a `feed` source.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// What follows the source's address: `category/{category}/feed/`. `{name}` stands for a request parameter.
    #[serde(default)]
    path: Option<String>,
}

impl Connector for Feed {
    fn name(&self) -> &'static str {
        "feed"
    }

    fn about(&self) -> &'static str {
        "Entries of an RSS, Atom or JSON feed, with their HTML made safe."
    }

    fn source_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn request_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Question)
    }

    fn source(&self, settings: serde_json::Value, context: &Context) -> Result<Arc<dyn Source>, Vec<SettingError>> {
        let settings: Settings = read(settings)?;
        let address = Address::new(&settings.url)?;
        let plain_http = settings.plain_http || context.rules.plain_http;
        let client = context.outbound.client(Rules { plain_http, ..context.rules.clone() });
        Ok(Arc::new(Site { client, address, zone: context.zone.clone(), limits: context.limits }))
    }

    fn default_map(&self, kind: &str) -> Option<DefaultMap> {
        let fields: &[(&str, &str)] = match kind {
            "news" => &[
                ("id", ".id"),
                ("title", ".title // .summary"),
                ("summary", ".summary"),
                ("content", ".content"),
                ("url", ".url"),
                ("image", ".image"),
                ("author", ".author"),
                ("category", ".categories[0]"),
                ("published", ".published // .updated"),
                ("updated", ".updated"),
            ],
            "posts" => &[
                ("id", ".id"),
                ("text", ".text // .title"),
                ("author", ".author"),
                ("url", ".url"),
                ("image", ".image"),
                ("published", ".published // .updated"),
            ],
            _ => return None,
        };
        Some(DefaultMap { each: ".[]", fields })
    }
}

/// A site with one feed or several; as a question, one of them.
#[derive(Clone)]
struct Site {
    client: Client,
    address: Address,
    zone: TimeZone,
    limits: Limits,
}

impl Source for Site {
    fn request(&self, settings: serde_json::Value, params: &[String]) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
        let question: Question = read(settings)?;
        let address = self.address.below(question.path.as_deref(), params)?;
        Ok(Arc::new(Self { address, ..self.clone() }))
    }

    fn destinations(&self) -> Vec<Destination> {
        Destination::of(self.address.source()).into_iter().collect()
    }
}

const ACCEPTED: &str =
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8";

#[async_trait]
impl Fetch for Site {
    async fn fetch(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        let address = self.address.url(call.params)?;
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED))]);
        let (bytes, charset, url, validators) = match get(&self.client, &address, headers, call.validators).await? {
            Got::Unchanged(validators) => return Ok(Reply::Unchanged(validators)),
            Got::Body { bytes, charset, url, validators, .. } => (bytes, charset, url, validators),
        };
        let (size, site) = (bytes.len(), site(&url));
        let reading = Reading { charset, url, zone: self.zone.clone(), limits: self.limits };
        let pages = vec![Payload::Records(Arc::new(Answer { bytes, site, reading }))];
        Ok(Reply::Records { pages, validators, bytes: size as u64 })
    }

    fn sample(&self, reply: Bytes) -> Option<Result<Vec<Payload>, Failure>> {
        let url = self.address.source().clone();
        let reading = Reading { charset: None, url, zone: self.zone.clone(), limits: self.limits };
        let answer = Answer { bytes: reply, site: "the sample".to_owned(), reading };
        Some(Ok(vec![Payload::Records(Arc::new(answer))]))
    }
}

/// What a site answered, and how it is read.
struct Answer {
    bytes: Bytes,
    site: String,
    reading: Reading,
}

impl Records for Answer {
    fn each(&self, wanted: &Wanted, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Malformed> {
        let read = self.reading.each(&self.bytes, wanted, visit);
        read.map_err(|what| Malformed { message: malformed(&self.site, what).message })
    }

    fn problem(&self) -> Option<&'static str> {
        Some(entry::PROBLEM)
    }
}

#[cfg(test)]
mod tests;
