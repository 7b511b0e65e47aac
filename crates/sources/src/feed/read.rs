//! A document into the records of its entries.

use jiff::tz::TimeZone;
use records::{Limits, Payload, Value};
use url::Url;

use super::entry::Entry;
use super::{json, markup, xml};
use crate::page::is_page;

/// Entries of a feed; those beyond are the oldest.
const ENTRIES: usize = 1_000;
/// Bytes of text in all records: sanitising and absolute links make a document longer, but not without end.
const LARGEST: usize = 64 << 20;

/// What a feed's text is to be read with.
pub(super) struct Reading {
    /// What HTTP said of the charset.
    pub(super) charset: Option<String>,
    /// Where it came from.
    pub(super) url: Url,
    /// The zone of dates that carry none.
    pub(super) zone: TimeZone,
    pub(super) limits: Limits,
}

impl Reading {
    /// The records of a feed's entries. Errors complete the sentence "it answered …".
    pub(super) fn records(&self, bytes: &[u8]) -> Result<Value<'static>, String> {
        let text = records::text(bytes, self.charset.as_deref());
        if text.trim_start().starts_with('{') { self.json(text) } else { self.markup(&text) }
    }

    fn json(&self, text: String) -> Result<Value<'static>, String> {
        let feed = Payload::Json(text.into());
        let feed = feed.value(&self.limits).map_err(|error| format!("something that is {error}"))?;
        let entries = json::entries(&feed, self.base()).ok_or("JSON, not a feed")?;
        self.collect(entries)
    }

    fn markup(&self, text: &str) -> Result<Value<'static>, String> {
        let document = markup::parse(text, &self.limits);
        // HTML is seldom well-formed: what it is tells more than where it fails.
        let page = is_page(text.as_bytes()).then(|| "an HTML page, not a feed".to_owned());
        let document = document.map_err(|what| page.clone().unwrap_or_else(|| format!("no readable feed: {what}")))?;
        let feed = xml::Feed::new(&document, &self.base());
        let feed = feed.ok_or_else(|| page.unwrap_or_else(|| "neither RSS nor Atom nor JSON Feed".to_owned()))?;
        self.collect(feed.entries())
    }

    /// Where relative links start that a feed says nothing about: the folder of its address, without what may be secret.
    fn base(&self) -> Url {
        let mut base = self.url.join("./").unwrap_or_else(|_| self.url.clone());
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base
    }

    /// The records of entries. Those past the limit are one record without an id, which a mapping rejects with its reason:
    /// so that nothing is lost silently.
    fn collect(&self, mut entries: impl Iterator<Item = Entry>) -> Result<Value<'static>, String> {
        let mut size = 0;
        let mut records = Vec::new();
        for entry in entries.by_ref().take(ENTRIES) {
            let record = entry.record(&self.zone);
            if let Value::Object(fields) = &record {
                size += fields.iter().filter_map(|(_, value)| value.as_str()).map(str::len).sum::<usize>();
            }
            if size > LARGEST {
                return Err(format!("a feed of more than {} MiB of text", LARGEST >> 20));
            }
            records.push(record);
        }
        let left = entries.count();
        if left > 0 {
            let problem = format!("{left} more entries: {ENTRIES} are taken");
            records.push(Value::Object([("problem".into(), Value::text(problem))].into_iter().collect()));
        }
        Ok(Value::List(records))
    }
}
