//! Entries of JSON Feed 1 and 1.1.

use std::borrow::Cow;
use std::cell::LazyCell;

use records::Value;
use url::Url;

use super::entry::{Entry, address};
use super::html;

/// Entries of a feed from `url`; `None` where the document is no JSON Feed.
pub(super) fn entries<'a>(feed: &'a Value<'a>, url: Url) -> Option<impl Iterator<Item = Entry<'a>>> {
    text(feed, "version").filter(|version| version.contains("jsonfeed.org/version/"))?;
    let Some(Value::List(items)) = feed.get("items") else { return None };
    let home = text(feed, "home_page_url").and_then(|home| url.join(home).ok());
    let base = home.unwrap_or(url);
    let author = authors(feed);
    Some(items.iter().map(move |item| entry(item, &base, author.clone())))
}

fn entry<'a>(item: &'a Value<'a>, base: &Url, author: Option<String>) -> Entry<'a> {
    let address = |name| address(text(item, name)?, base);
    let plain = |name| text(item, name).map(html::escape);
    let from = base.clone();
    let mut entry = Entry {
        id: text(item, "id").map(Cow::Borrowed).or_else(|| number(item, "id").map(Cow::Owned)),
        title: plain("title").as_deref().map(html::plain),
        summary_html: LazyCell::new(Box::new(move || {
            plain("summary").or_else(|| plain("content_text")).map(Cow::into_owned)
        })),
        content_html: LazyCell::new(Box::new(move || Some(html::clean(text(item, "content_html")?, &from)))),
        url: address("url").or_else(|| address("external_url")),
        published: text(item, "date_published").map(Cow::Borrowed),
        updated: text(item, "date_modified").map(Cow::Borrowed),
        author: authors(item).or(author),
        image: address("image").or_else(|| address("banner_image")),
        enclosure: list(item, "attachments").find_map(|file| super::entry::address(text(file, "url")?, base)),
        categories: Vec::new(),
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
