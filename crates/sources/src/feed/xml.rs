//! Entries of RSS 0.9 to 2.0, Atom 0.3 and 1.0, read by what an element is called more than by what the feed calls
//! itself: feeds mix their vocabularies.

use std::borrow::Cow;
use std::cell::LazyCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::entry::{Entry, address};
use super::html;
use super::markup::Space::{self, Content, Dc, Html, Itunes, Media, Plain};
use super::markup::{Element, LONGEST_BASE};

/// A feed: its root, what stands beside its entries, and where its relative links start.
pub(super) struct Feed<'a> {
    root: &'a Element<'a>,
    channel: &'a Element<'a>,
    base: Url,
    author: Option<String>,
}

impl<'a> Feed<'a> {
    /// The feed in a document from `url`; `None` where there is none in it.
    pub(super) fn new(document: &'a Element<'a>, url: &Url) -> Option<Self> {
        let root =
            document.children().find(|element| matches!(element.name.as_str(), "rss" | "rdf" | "feed" | "channel"))?;
        let channel = root.child("channel").unwrap_or(root);
        let based = channel.base(&root.base(url));
        let site = if based == *url { link(channel, &based).and_then(|link| Url::parse(&link).ok()) } else { None };
        let base = site.filter(|site| site.as_str().len() <= LONGEST_BASE).unwrap_or(based);
        Some(Self { root, channel, base, author: author(channel) })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        // RSS 1.0 has its items beside the channel; where the channel is the root, they are met once.
        let beside = (!std::ptr::eq(self.root, self.channel)).then_some(self.root);
        let all = [Some(self.channel), beside].into_iter().flatten().flat_map(Element::children);
        all.filter(|element| element.is("item") || element.is("entry")).map(|element| self.entry(element))
    }

    fn entry(&self, element: &'a Element<'a>) -> Entry<'a> {
        let base = element.base(&self.base);
        let text = |names: &[Name]| names.iter().find_map(|name| find(element, name)?.text());
        let (from, based) = (base.clone(), base.clone());
        let mut entry = Entry {
            id: text(IDS).or_else(|| element.attribute("about").map(Cow::Borrowed)),
            title: clean(element, TITLES, &base).as_deref().map(html::plain),
            summary_html: LazyCell::new(Box::new(move || {
                clean(element, SUMMARIES, &from).or_else(|| described(element, &from))
            })),
            content_html: LazyCell::new(Box::new(move || clean(element, CONTENTS, &based))),
            url: link(element, &base),
            published: text(PUBLISHED),
            updated: text(UPDATED),
            author: author(element).or_else(|| self.author.clone()),
            image: image(element, &base),
            enclosure: enclosures(element).find_map(|(_, found)| address(found, &base)),
            categories: Vec::new(),
        };
        for child in element.children() {
            if child.is("category") || (matches!(child.space, Media | Itunes) && child.name == "category") {
                let name = ["label", "term", "text"].into_iter().find_map(|name| child.attribute(name));
                entry.category(&name.map(Cow::Borrowed).or_else(|| child.text()).unwrap_or_default());
            }
            match (child.space, child.name.as_str()) {
                (Dc, "subject") => entry.category(child.text().as_deref().unwrap_or_default()),
                (Media | Itunes, "keywords") => {
                    child.text().iter().flat_map(|words| words.split(',')).for_each(|word| entry.category(word));
                }
                _ => {}
            }
        }
        entry
    }
}

/// What an element is called; RSS and Atom are one.
type Name = (Space, &'static str);

const IDS: &[Name] = &[(Plain, "guid"), (Plain, "id"), (Dc, "identifier")];
const TITLES: &[Name] = &[(Plain, "title"), (Dc, "title"), (Media, "title")];
const SUMMARIES: &[Name] = &[
    (Plain, "description"),
    (Plain, "summary"),
    (Dc, "description"),
    (Itunes, "summary"),
    (Itunes, "subtitle"),
    (Plain, "abstract"),
];
const CONTENTS: &[Name] =
    &[(Content, "encoded"), (Plain, "content"), (Plain, "body"), (Html, "body"), (Html, "div"), (Plain, "fullitem")];
const PUBLISHED: &[Name] = &[
    (Plain, "pubdate"),
    (Plain, "published"),
    (Plain, "issued"),
    (Plain, "created"),
    (Dc, "date"),
    (Dc, "issued"),
    (Dc, "created"),
];
const UPDATED: &[Name] = &[(Plain, "updated"), (Plain, "modified"), (Dc, "modified")];

fn find<'a>(element: &'a Element<'a>, (space, name): &Name) -> Option<&'a Element<'a>> {
    match space {
        Plain => element.child(name),
        _ => element.children().find(|child| child.space == *space && child.name == *name),
    }
}

/// The first element of these names, as clean HTML.
fn clean(element: &Element, names: &[Name], base: &Url) -> Option<String> {
    construct(names.iter().find_map(|name| find(element, name))?, base)
}

/// A text with or without markup, as clean HTML. What RSS says is HTML, whatever it is; Atom tells.
fn construct(element: &Element, base: &Url) -> Option<String> {
    let base = element.base(base);
    let mode = element.attribute("mode").unwrap_or_default();
    let told =
        element.attribute("type").map(|told| told.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let atom = element.space == Space::Atom || !mode.is_empty();
    let html = match told.as_deref().unwrap_or(if atom { "text" } else { "html" }) {
        _ if mode == "base64" => unpacked(element)?.into(),
        "html" | "text/html" => element.html(),
        "xhtml" | "application/xhtml+xml" => element.markup().into(),
        kind if kind == "text" || kind.starts_with("text/") => element.markup().into(),
        // What is neither is in base64 (RFC 4287, 4.1.3.3), or XML.
        kind if atom && (kind.ends_with("/xml") || kind.ends_with("+xml")) => return None,
        _ if atom => unpacked(element)?.into(),
        _ => element.html(),
    };
    Some(html::clean(&html, &base)).filter(|html| !html.is_empty())
}

/// HTML that came in base64; nothing where that is something else.
fn unpacked(element: &Element) -> Option<String> {
    let packed: String = element.text()?.split_whitespace().collect();
    let bytes = STANDARD.decode(packed).ok()?;
    (!bytes.contains(&0)).then(|| records::text(&bytes, None))
}

/// Where a person reads it: `<link>` of RSS, Atom's link to the alternate, else a guid that is an address.
fn link(element: &Element, base: &Url) -> Option<String> {
    let links = || element.children().filter(|child| child.is("link"));
    let alternate = |link: &&Element| link.attribute("rel").is_none_or(|rel| rel == "alternate");
    let page = |link: &&Element| link.attribute("type").is_none_or(|kind| kind.contains("html"));
    let href = |link: &Element| address(link.attribute("href")?, &link.base(base));
    let written = |link: &Element| address(&link.text()?, &link.base(base));
    let guid = || element.child("guid").filter(|guid| guid.attribute("ispermalink") != Some("false"));
    links()
        .find_map(written)
        .or_else(|| links().filter(alternate).filter(page).find_map(href))
        .or_else(|| links().filter(alternate).find_map(href))
        .or_else(|| address(element.attribute("href")?, base))
        .or_else(|| guid()?.text().filter(|guid| guid.starts_with("http")).and_then(|guid| address(&guid, base)))
}

/// Names of who wrote it: Atom's persons, Dublin Core's creators, RSS's `mail (name)`.
fn author(element: &Element) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for child in element.children() {
        let name = match (child.space, child.name.as_str()) {
            (Plain | Space::Atom, "author") if child.child("name").is_some() => {
                child.child("name").and_then(Element::text)
            }
            (Plain | Space::Atom | Itunes, "author") | (Dc, "creator" | "author") => child.text(),
            _ => None,
        };
        let name = name.map(|name| html::plain(&html::escape(without_mail(&name))));
        names.extend(name.filter(|name| !name.is_empty() && !names.contains(name)));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// `Anne Martin` of `anne@univ-demo.fr (Anne Martin)`, of `Anne Martin (anne@univ-demo.fr)` and of
/// `Anne Martin <anne@univ-demo.fr>`.
fn without_mail(name: &str) -> &str {
    let inner = name.split_once(" (").and_then(|(mail, rest)| mail.contains('@').then(|| rest.trim_end_matches(')')));
    let outer = name.split_once(['<', '(']).filter(|(_, mail)| mail.contains('@')).map(|(name, _)| name.trim());
    inner.or(outer).filter(|name| !name.is_empty()).unwrap_or(name)
}

/// Attached files, with what they are.
fn enclosures<'a>(element: &'a Element<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    element.children().filter_map(|child| {
        let kind = child.attribute("type").unwrap_or_default();
        match child.attribute("rel") {
            Some("enclosure") if child.is("link") => Some((kind, child.attribute("href")?)),
            _ if child.is("enclosure") => Some((kind, child.attribute("url").or(child.attribute("href"))?)),
            _ => None,
        }
    })
}

/// A picture that the entry names as such, the largest kind first.
fn image(element: &Element, base: &Url) -> Option<String> {
    let media = |name: &'static str| media(element).into_iter().filter(move |found| found.name == name);
    let pictures = media("content").filter(|found| {
        let kind = found.attribute("type").unwrap_or_default();
        found.attribute("medium") == Some("image")
            || kind.starts_with("image/")
            || (kind.is_empty() && found.attribute("url").is_some_and(is_picture))
    });
    let own = element.child("image");
    let plain = own.and_then(|own| own.child("url").and_then(Element::text).or_else(|| own.text()));
    let named = pictures.chain(media("thumbnail")).find_map(|found| address(found.attribute("url")?, base));
    named
        .or_else(|| {
            enclosures(element)
                .filter(|(kind, url)| kind.starts_with("image/") || is_picture(url))
                .find_map(|(_, url)| address(url, base))
        })
        .or_else(|| address(find(element, &(Itunes, "image"))?.attribute("href")?, base))
        .or_else(|| address(&plain?, base))
}

/// Media RSS elements of an entry, those in groups included.
fn media<'a>(element: &'a Element<'a>) -> Vec<&'a Element<'a>> {
    let mut found = Vec::new();
    for child in element.children().filter(|child| child.space == Media) {
        found.push(child);
        found.extend(media(child));
    }
    found
}

/// What Media RSS says of an entry, where nobody else does.
fn described(element: &Element, base: &Url) -> Option<String> {
    media(element).into_iter().find(|found| found.name == "description").and_then(|found| construct(found, base))
}

fn is_picture(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"].iter().any(|ending| path.ends_with(ending))
}
