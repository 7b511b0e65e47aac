//! Entries of JSON Feed 1 and 1.1.

use records::Value;
use url::Url;

use super::entry::{Entry, address};
use super::html;

/// Entries of a feed from `url`; `None` where the document is no JSON Feed.
pub(super) fn entries(feed: &Value<'_>, url: Url) -> Option<impl Iterator<Item = Entry>> {
    text(feed, "version").filter(|version| version.contains("jsonfeed.org/version/"))?;
    let Some(Value::List(items)) = feed.get("items") else { return None };
    let home = text(feed, "home_page_url").and_then(|home| url.join(home).ok());
    let base = home.unwrap_or(url);
    let author = authors(feed);
    Some(items.iter().map(move |item| entry(item, &base, author.clone())))
}

fn entry(item: &Value<'_>, base: &Url, author: Option<String>) -> Entry {
    let address = |name| address(text(item, name)?, base);
    let html = text(item, "content_html").map(|html| html::clean(html, base));
    let plain = |name| text(item, name).map(|text| html::escape(text).into_owned());
    let mut entry = Entry {
        id: text(item, "id").map(str::to_owned).or_else(|| number(item, "id")),
        title: plain("title").as_deref().map(html::plain),
        summary_html: plain("summary").or_else(|| plain("content_text")),
        content_html: html,
        url: address("url").or_else(|| address("external_url")),
        published: text(item, "date_published").map(str::to_owned),
        updated: text(item, "date_modified").map(str::to_owned),
        author: authors(item).or(author),
        image: address("image").or_else(|| address("banner_image")),
        enclosure: list(item, "attachments").find_map(|file| super::entry::address(text(file, "url")?, base)),
        ..Entry::default()
    };
    list(item, "tags").filter_map(Value::as_str).for_each(|tag| entry.category(tag));
    entry
}

fn text<'v>(value: &'v Value<'_>, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

/// Version 1 asked to take numbers as ids.
fn number(value: &Value<'_>, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

fn list<'v, 'a>(value: &'v Value<'a>, name: &str) -> impl Iterator<Item = &'v Value<'a>> {
    let values = match value.get(name) {
        Some(Value::List(values)) => values.as_slice(),
        _ => &[],
    };
    values.iter()
}

/// Version 1.1 has a list, version 1 one author.
fn authors(value: &Value<'_>) -> Option<String> {
    let names: Vec<&str> =
        list(value, "authors").chain(value.get("author")).filter_map(|author| text(author, "name")).collect();
    (!names.is_empty()).then(|| html::plain(&html::escape(&names.join(", "))))
}
