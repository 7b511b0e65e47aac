//! An entry of a feed of any format, on its way to a record.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::convert::Infallible;

use jiff::tz::TimeZone;
use records::{Shape, Value, Wanted};
use url::Url;

use super::{date, html};

/// What a format tells of an entry: texts plain unless named `html`, HTML clean, addresses absolute, dates as written.
pub(super) struct Entry<'e> {
    pub(super) id: Option<Cow<'e, str>>,
    pub(super) title: Option<String>,
    pub(super) summary_html: Html<'e>,
    pub(super) content_html: Html<'e>,
    pub(super) url: Option<String>,
    pub(super) published: Option<Cow<'e, str>>,
    pub(super) updated: Option<Cow<'e, str>>,
    pub(super) author: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) image: Option<String>,
    pub(super) enclosure: Option<String>,
}

/// HTML that is cleaned once it is asked for: nothing of an entry costs as much.
pub(super) type Html<'e> = LazyCell<Option<String>, Box<dyn FnOnce() -> Option<String> + 'e>>;

/// What a field is of an entry, where dates without a zone are of this one.
pub(super) type Make = for<'e> fn(&'e Entry<'_>, &TimeZone) -> Value<'e>;

const FIELDS: [(&str, Make); 13] = [
    ("id", |entry, zone| Value::Text(entry.id(zone))),
    ("title", |entry, _| text(entry.title())),
    ("url", |entry, _| text(entry.url.as_deref())),
    ("published", |entry, zone| text(instant(entry.published.as_deref(), zone))),
    ("updated", |entry, zone| text(instant(entry.updated.as_deref(), zone))),
    ("summary", |entry, _| text(entry.summary())),
    ("text", |entry, _| text(entry.text())),
    ("content", |entry, _| text(entry.content())),
    ("author", |entry, _| text(entry.author.as_deref())),
    ("image", |entry, _| text(entry.image())),
    ("enclosure", |entry, _| text(entry.enclosure.as_deref())),
    ("categories", |entry, _| Value::List(entry.categories.iter().map(|name| Value::text(name.as_str())).collect())),
    (PROBLEM, |_, _| Value::Null),
];

/// The field that tells what is wrong with a record.
pub(super) const PROBLEM: &str = "problem";

/// How records are made of which only some fields are wanted.
pub(super) fn shape(wanted: &Wanted) -> Shape<'_, Make> {
    Shape::new(FIELDS.iter().copied(), wanted)
}

impl Entry<'_> {
    /// The record. An entry that says next to nothing is one too: the mapping accounts for what it lacks.
    pub(super) fn record<'e>(&'e self, shape: &Shape<'e, Make>, zone: &TimeZone) -> Value<'e> {
        let Ok(record) = shape.record(|make| Ok::<_, Infallible>(make(self, zone)));
        Value::Object(record)
    }

    fn id(&self, zone: &TimeZone) -> Cow<'_, str> {
        let told = self.id.as_deref().filter(|id| !id.is_empty()).or(self.url.as_deref());
        told.map_or_else(|| self.hash(zone).into(), Cow::Borrowed)
    }

    fn hash(&self, zone: &TimeZone) -> String {
        let date = instant(self.published.as_deref(), zone).or_else(|| instant(self.updated.as_deref(), zone));
        let summary = self.title().is_none().then(|| self.summary()).flatten();
        fingerprint([self.title(), date.as_deref(), summary.as_deref()])
    }

    fn title(&self) -> Option<&str> {
        self.title.as_deref().filter(|title| !title.is_empty())
    }

    fn summary_html(&self) -> Option<&str> {
        self.summary_html.as_deref().filter(|html| !html.is_empty())
    }

    /// What carries the article in its summary, as most of RSS does, has markup there.
    fn content(&self) -> Option<&str> {
        let content = self.content_html.as_deref().filter(|html| !html.is_empty());
        content.or_else(|| self.summary_html().filter(|html| html.contains('<')))
    }

    fn text(&self) -> Option<String> {
        self.content().or_else(|| self.summary_html()).map(html::plain).filter(|text| !text.is_empty())
    }

    fn summary(&self) -> Option<String> {
        let summary = self.summary_html().map(html::plain).filter(|text| !text.is_empty());
        summary.or_else(|| self.text()).map(brief)
    }

    fn image(&self) -> Option<Cow<'_, str>> {
        self.image.as_deref().map(Cow::Borrowed).or_else(|| html::picture(self.content()?).map(Cow::Owned))
    }

    /// Adds a category once; what lists more is cut.
    pub(super) fn category(&mut self, name: &str) {
        const MOST: usize = 50;
        let name = html::plain(&html::escape(name));
        if !name.is_empty() && self.categories.len() < MOST && !self.categories.contains(&name) {
            self.categories.push(name);
        }
    }
}

fn instant(date: Option<&str>, zone: &TimeZone) -> Option<String> {
    date::instant(date?, zone).map(|instant| instant.to_string())
}

fn text<'e>(text: Option<impl Into<Cow<'e, str>>>) -> Value<'e> {
    text.map_or(Value::Null, Value::text)
}

/// An absolute address of the web, where the text is one or is relative to one.
pub(super) fn address(text: &str, base: &Url) -> Option<String> {
    const LONGEST: usize = 2_048;
    let text = text.trim();
    let url = if text.is_empty() { None } else { base.join(text).ok() }?;
    (matches!(url.scheme(), "http" | "https") && url.as_str().len() <= LONGEST).then(|| url.into())
}

/// The beginning of a text, for a list.
fn brief(text: String) -> String {
    const LENGTH: usize = 500;
    let Some((end, _)) = text.char_indices().nth(LENGTH) else { return text };
    let cut = text.get(..end).unwrap_or_default();
    let words = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
    format!("{words}…")
}

/// FNV-1a, which is the same in every version of everything: an id must not change with ours.
fn fingerprint<const N: usize>(parts: [Option<&str>; N]) -> String {
    let bytes = parts.iter().flat_map(|part| part.unwrap_or_default().bytes().chain([0]));
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
