//! A document into the records of its entries.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use records::{Limits, Payload, Shape, Value, Visit, Wanted};
use url::Url;

use super::entry::Entry;
use super::{entry, json, markup, xml};
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
    /// Gives the records of a feed's entries, with what is wanted of them. Errors complete the sentence "it answered …".
    pub(super) fn each(&self, bytes: &[u8], wanted: &Wanted, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, String> {
        let text = records::text(bytes, self.charset.as_deref());
        let entries = Entries { reading: self, shape: entry::shape(wanted), visit };
        if text.trim_start().starts_with('{') { self.json(text, entries) } else { self.markup(&text, entries) }
    }

    fn json(&self, text: String, entries: Entries<'_, '_>) -> Result<ControlFlow<()>, String> {
        let feed = Payload::Json(text.into());
        let feed = feed.value(&self.limits).map_err(|error| format!("something that is {error}"))?;
        entries.give(json::entries(&feed, self.base()).ok_or("JSON, not a feed")?)
    }

    fn markup(&self, text: &str, entries: Entries<'_, '_>) -> Result<ControlFlow<()>, String> {
        let document = markup::parse(text, &self.limits);
        // HTML is seldom well-formed: what it is tells more than where it fails.
        let page = is_page(text.as_bytes()).then(|| "an HTML page, not a feed".to_owned());
        let document = document.map_err(|what| page.clone().unwrap_or_else(|| format!("no readable feed: {what}")))?;
        let feed = xml::Feed::new(&document, &self.base());
        let feed = feed.ok_or_else(|| page.unwrap_or_else(|| "neither RSS nor Atom nor JSON Feed".to_owned()))?;
        entries.give(feed.entries())
    }

    /// Where relative links start that a feed says nothing about: the folder of its address, without what may be secret.
    fn base(&self) -> Url {
        let mut base = self.url.join("./").unwrap_or_else(|_| self.url.clone());
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base
    }
}

/// Entries on their way to who visits their records.
struct Entries<'r, 'v> {
    reading: &'r Reading,
    shape: Shape<'r, entry::Make>,
    visit: &'r mut Visit<'v>,
}

impl Entries<'_, '_> {
    /// Gives the records of entries. Those past the limit are one record without an id, which a mapping rejects with its
    /// reason: so that nothing is lost silently.
    fn give<'e>(self, mut entries: impl Iterator<Item = Entry<'e>>) -> Result<ControlFlow<()>, String> {
        let mut size = 0;
        for entry in entries.by_ref().take(ENTRIES) {
            let record = entry.record(&self.shape, &self.reading.zone);
            if let Value::Object(fields) = &record {
                size += fields.iter().filter_map(|(_, value)| value.as_str()).map(str::len).sum::<usize>();
            }
            if size > LARGEST {
                return Err(format!("a feed of more than {} MiB of text", LARGEST >> 20));
            }
            if (self.visit)(&record).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(match entries.count() {
            0 => ControlFlow::Continue(()),
            left => {
                let problem = Value::text(format!("{left} more entries: {ENTRIES} are taken"));
                (self.visit)(&Value::Object([(entry::PROBLEM.into(), problem)].into_iter().collect()))
            }
        })
    }
}
