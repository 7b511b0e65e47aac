//! An entry of a feed of any format, on its way to a record.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use records::Value;
use url::Url;

use super::{date, html};

/// What a format tells of an entry: texts plain unless named `html`, HTML clean, addresses absolute, dates as written.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) summary_html: Option<String>,
    pub(super) content_html: Option<String>,
    pub(super) url: Option<String>,
    pub(super) published: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) author: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) image: Option<String>,
    pub(super) enclosure: Option<String>,
}

impl Entry {
    /// The record. An entry that says next to nothing is one too: the mapping accounts for what it lacks.
    pub(super) fn record(self, zone: &TimeZone) -> Value<'static> {
        let instant = |date: Option<String>| date::instant(&date?, zone).map(|instant| instant.to_string());
        let (published, updated) = (instant(self.published), instant(self.updated));
        let summary_html = self.summary_html.filter(|html| !html.is_empty());
        // What carries the article in its summary, as most of RSS does, has markup there.
        let content = self.content_html.filter(|html| !html.is_empty());
        let content = content.or_else(|| summary_html.clone().filter(|html| html.contains('<')));
        let text = content.as_deref().or(summary_html.as_deref()).map(html::plain).filter(|text| !text.is_empty());
        let summary = summary_html
            .as_deref()
            .map(html::plain)
            .filter(|text| !text.is_empty())
            .or_else(|| text.clone())
            .map(brief);
        let image = self.image.or_else(|| html::picture(content.as_deref()?));
        let title = self.title.filter(|title| !title.is_empty());
        let date = published.as_deref().or(updated.as_deref());
        let hash = || fingerprint([title.as_deref(), date, summary.as_deref().filter(|_| title.is_none())]);
        let id = self.id.filter(|id| !id.is_empty()).or_else(|| self.url.clone()).unwrap_or_else(hash);
        let categories = Value::List(self.categories.into_iter().map(Value::text).collect());
        let fields = [
            ("id", Some(id)),
            ("title", title),
            ("url", self.url),
            ("published", published),
            ("updated", updated),
            ("summary", summary),
            ("text", text),
            ("content", content),
            ("author", self.author),
            ("image", image),
            ("enclosure", self.enclosure),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((Cow::Borrowed(name), Value::text(value?))));
        fields.chain([(Cow::Borrowed("categories"), categories)]).collect()
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
