//! `ical`: calendars (RFC 5545) of timetabling products, learning platforms and calendar servers, one record per occurrence.
//!
//! The records of a data set cover whole days, from `past` before today to `ahead` after it. A former answer is therefore
//! good for its day only: its validators carry the window for which it was read, and on another day the question is asked
//! without condition.
//!
//! A record has `id` (of one that recurs: `UID/start`, which stays when it moves), `uid`, `recurrence_of`, `summary`,
//! `description`, its `lines` that say something (no export date), its `labels` (`Matière : …` as `.labels["Matière"]`),
//! `location`, `start` and `end` (RFC 3339 in the campus's zone), `all_day`, `status`, `cancelled`, `categories`,
//! `organizer`, `url`, `sequence`, `dtstamp`, `last_modified` (new at each export: never changes), `problem`, and `x`, the
//! product's own properties (`.x["x-alt-desc"]`). One that may miss occurrences is followed by a record without `start`.
//!
//! What is left out: calendars that are not Gregorian (RFC 7529), and of an embedded `VTIMEZONE` all that a POSIX zone
//! cannot say. Records tell it in `problem`.

mod event;
mod expand;
mod reading;
mod record;
mod rule;
mod syntax;
mod time;
mod zones;

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header::ACCEPT};
use jiff::Timestamp;
use outbound::{Client, Destination, Failure, FailureKind, Rules, site};
use records::{Malformed, Payload, Records, Visit, Wanted};
use url::Url;

use self::reading::Reading;
use crate::address::malformed;
use crate::get::{Got, get};
use crate::template::{Place, Template};
use crate::{
    Call, Connector, Context, DefaultMap, Fetch, Lasting, Params, Reply, Secret, SettingError, Source, Validators,
};
use settings::{read, wrong};

/// The connector.
pub(crate) struct Ical;

/// `[sources.NAME]` with `connector = "ical"`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The calendar's address, or what the addresses of all its calendars begin with. `{name}` stands for a request
    /// parameter after the host. Whoever knows the address of a calendar can often read it: keep it as a secret.
    url: Secret,
    /// Whether plain-text `http:` is right for an upstream that has no TLS and nothing to hide.
    #[serde(default)]
    plain_http: bool,
}

/// The keys of `[data.NAME]` for an `ical` source.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// What follows the source's address: `groups/{group}.ics`. `{name}` stands for a request parameter.
    #[serde(default)]
    path: Option<String>,
    /// Query fields after those of the source's address: `{ resources = "{group}" }`. A field is left out when its
    /// parameter has no value.
    #[serde(default)]
    query: BTreeMap<String, String>,
    /// How far back, from the beginning of today.
    #[serde(default = "default_past")]
    past: Lasting,
    /// How far ahead, from the end of today.
    #[serde(default = "default_ahead")]
    ahead: Lasting,
}

fn default_past() -> Lasting {
    Lasting(Duration::from_hours(14 * 24))
}

fn default_ahead() -> Lasting {
    Lasting(Duration::from_hours(120 * 24))
}

impl Connector for Ical {
    fn name(&self) -> &'static str {
        "ical"
    }

    fn about(&self) -> &'static str {
        "Calendars (iCalendar, `.ics`) over HTTP: recurring events unrolled, one record per occurrence."
    }

    fn source_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn request_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Question)
    }

    fn source(&self, settings: serde_json::Value, context: &Context) -> Result<Arc<dyn Source>, Vec<SettingError>> {
        let settings: Settings = read(settings)?;
        // `webcal:` is what calendar programs are offered; it means the same address.
        let url = settings.url.expose().trim().replacen("webcal://", "https://", 1);
        check_address(&url).map_err(|message| vec![wrong("url", message)])?;
        let plain_http = settings.plain_http || context.rules.plain_http;
        let client = context.outbound.client(Rules { plain_http, ..context.rules.clone() });
        Ok(Arc::new(Calendars { url, client, context: context.clone() }))
    }

    fn default_map(&self, kind: &str) -> Option<DefaultMap> {
        let fields: &[_] = match kind {
            "timetable" => &[
                ("id", ".id"),
                ("title", ".summary"),
                ("start", ".start"),
                ("end", ".end"),
                ("all_day", ".all_day"),
                ("room", ".location"),
                ("note", r#".lines | join("\n")"#),
                ("url", ".url"),
                ("cancelled", ".cancelled"),
            ],
            "events" => &[
                ("id", ".id"),
                ("title", ".summary"),
                ("start", ".start"),
                ("end", ".end"),
                ("all_day", ".all_day"),
                ("place", ".location"),
                ("summary", r#".lines | join("\n")"#),
                ("category", ".categories[0]"),
                ("organizer", ".organizer"),
                ("url", ".url"),
                ("cancelled", ".cancelled"),
            ],
            _ => return None,
        };
        Some(DefaultMap { each: ".[]", fields })
    }
}

/// Whether a text with places can become an address, whatever their values.
fn check_address(url: &str) -> Result<(), &'static str> {
    let authority = url.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    if authority.is_some_and(|authority| authority.contains(['{', '}'])) {
        return Err("a parameter may not stand in the host");
    }
    let parsed = Url::parse(url).map_err(|_| "this is no absolute address")?;
    if matches!(parsed.scheme(), "https" | "http") { Ok(()) } else { Err("the address is neither https: nor http:") }
}

/// One calendar or many under one address.
struct Calendars {
    url: String,
    client: Client,
    context: Context,
}

impl Source for Calendars {
    fn destinations(&self) -> Vec<Destination> {
        Url::parse(&self.url).ok().as_ref().and_then(Destination::of).into_iter().collect()
    }

    fn request(&self, settings: serde_json::Value, params: &[String]) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
        let question: Question = read(settings)?;
        let mut errors = Vec::new();
        let mut compile = |place, key: &str, text: &str| match Template::compile(place, key, text, params) {
            Ok(template) => Some(template),
            Err(wrong) => {
                errors.extend(wrong);
                None
            }
        };
        let url = compile(Place::Path, "url", &self.url);
        let path = question.path.and_then(|path| compile(Place::Path, "path", &path));
        let query = question.query.into_iter();
        let query =
            query.filter_map(|(name, text)| Some((compile(Place::Field, &format!("query.{name}"), &text)?, name)));
        let query = query.collect();
        let Some(url) = url.filter(|_| errors.is_empty()) else { return Err(errors) };
        let Context { zone, limits, .. } = self.context.clone();
        let reading = Reading { past: question.past, ahead: question.ahead, zone, limits };
        Ok(Arc::new(Calendar { url, path, query, reading, client: self.client.clone() }))
    }
}

/// One question: a calendar for a while around today.
struct Calendar {
    url: Template,
    path: Option<Template>,
    /// Values and names.
    query: Vec<(Template, String)>,
    reading: Reading,
    client: Client,
}

#[async_trait]
impl Fetch for Calendar {
    async fn fetch(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        let address = self.address(call.params)?;
        let window = self.reading.window(call.now);
        let mark = format!("{}/{} ", window.start, window.end);
        let known = call.validators.and_then(|validators| unmarked(validators, &mark));
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/calendar, */*;q=0.8"))]);
        let (bytes, charset, url, validators) = match get(&self.client, &address, headers, known.as_ref()).await? {
            Got::Unchanged(now) => return Ok(Reply::Unchanged(now.map(|now| marked(now, &mark)))),
            Got::Body { bytes, charset, url, validators, .. } => (bytes, charset, url, validators),
        };
        let (size, reading, site) = (bytes.len(), self.reading.clone(), site(&url));
        let answer = Answer { bytes, charset, site, window: Some(window), reading };
        let validators = validators.map(|validators| marked(validators, &mark));
        Ok(Reply::Records { pages: vec![Payload::Records(Arc::new(answer))], validators, bytes: size as u64 })
    }

    /// A sample is of some past day: its window is that of its first event's day.
    fn sample(&self, reply: Bytes) -> Option<Result<Vec<Payload>, Failure>> {
        let (reading, site) = (self.reading.clone(), "the sample".to_owned());
        let answer = Answer { bytes: reply, charset: None, site, window: None, reading };
        Some(Ok(vec![Payload::Records(Arc::new(answer))]))
    }
}

impl Calendar {
    /// Where to ask. What `path` says of a query replaces that of the source.
    fn address(&self, params: &Params) -> Result<Url, Failure> {
        let rejected = |_| Failure::new(FailureKind::Rejected, "the parameters do not make an address");
        let mut url = Url::parse(&self.url.fill_whole(params)?).map_err(rejected)?;
        if let Some(path) = &self.path {
            let path = path.fill_whole(params)?;
            let (path, query) = path.split_once('?').map_or((path.as_str(), None), |(path, query)| (path, Some(query)));
            url.set_path(&format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/')));
            if query.is_some() {
                url.set_query(query);
            }
        }
        for (value, name) in &self.query {
            if let Some(value) = value.fill(params)? {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        Ok(url)
    }
}

/// What a site answered, and for when it is read.
struct Answer {
    bytes: Bytes,
    charset: Option<String>,
    site: String,
    window: Option<Range<Timestamp>>,
    reading: Reading,
}

impl Records for Answer {
    fn each(&self, wanted: &Wanted, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Malformed> {
        let read = self.reading.each(&self.bytes, self.charset.as_deref(), self.window.clone(), wanted, visit);
        read.map_err(|what| Malformed { message: malformed(&self.site, what).message })
    }

    fn problem(&self) -> Option<&'static str> {
        Some(record::PROBLEM)
    }
}

/// Validators that say for which window the answer was read.
fn marked(validators: Validators, mark: &str) -> Validators {
    let with_mark = |value: Option<String>| value.map(|value| format!("{mark}{value}"));
    Validators { etag: with_mark(validators.etag), last_modified: with_mark(validators.last_modified) }
}

/// The upstream's own validators, where the former answer was read for the same window.
fn unmarked(validators: &Validators, mark: &str) -> Option<Validators> {
    let own = |value: &Option<String>| value.as_deref().and_then(|value| value.strip_prefix(mark)).map(str::to_owned);
    let validators = Validators { etag: own(&validators.etag), last_modified: own(&validators.last_modified) };
    (validators != Validators::default()).then_some(validators)
}

#[cfg(test)]
mod tests;
