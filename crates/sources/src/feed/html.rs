//! HTML of feeds, made safe and made plain.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};
use url::Url;

/// Longer texts are cut: cleaning one with a hundred thousand attributes takes time by their square.
const LONGEST: usize = 512 * 1024;
/// Deeper elements than anybody writes; parsing takes time by the square of it.
const DEEPEST: usize = 256;

/// HTML reduced to an allow-list of elements and attributes, links absolute and without a handle on who opened them.
/// Nothing where it nests deeper than anybody writes.
pub(super) fn clean(html: &str, base: &Url) -> String {
    let html = html.get(..html.floor_char_boundary(LONGEST)).unwrap_or(html);
    if !html.contains(['<', '&']) {
        return html.trim().to_owned();
    }
    if nests_too_deep(html) {
        return String::new();
    }
    let clean = |allowed: &mut Builder| allowed.url_relative(UrlRelative::RewriteWithBase(base.clone())).clean(html);
    let safe = ALLOWED.with_borrow_mut(clean).to_string();
    safe.trim().replace(|c: char| c.is_control() && !c.is_ascii_whitespace(), "")
}

thread_local! {
    /// Made once: its sets take longer than cleaning a paragraph.
    static ALLOWED: RefCell<Builder<'static>> = RefCell::new(allowed());
}

fn allowed() -> Builder<'static> {
    let mut allowed = Builder::empty();
    allowed
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(["script", "style", "noscript", "template", "title", "textarea", "select"]))
        .tag_attributes(HashMap::from(ATTRIBUTES.map(|(tag, names)| (tag, names.iter().copied().collect()))))
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .link_rel(Some("noopener"));
    allowed
}

/// The text of clean HTML: blocks apart by a space, white space as one space.
pub(super) fn plain(clean: &str) -> String {
    let mut text = String::with_capacity(clean.len());
    let mut rest = clean;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, tail) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !INLINE.contains(&name) {
            text.push(' ');
        }
        rest = tail;
    }
    text.push_str(rest);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    records::unescape(&words.join(" ")).trim().to_owned()
}

/// The address of the first picture in clean HTML that is no counting pixel.
pub(super) fn picture(clean: &str) -> Option<String> {
    let tags = clean.split("<img ").skip(1).filter_map(|rest| rest.split('>').next());
    let mut seen = tags.filter(|tag| !["width=\"1\"", "height=\"1\""].iter().any(|pixel| tag.contains(pixel)));
    seen.find_map(|tag| tag.split("src=\"").nth(1)?.split('"').next()).map(|src| records::unescape(src).into_owned())
}

/// Text as HTML.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// How far more of each element is opened than closed, in sum: at least as deep as a parser would nest them.
fn nests_too_deep(html: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0;
    for tag in html.split('<').skip(1) {
        let closes = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || UNNESTED.contains(&name.as_str()) {
            continue;
        }
        let known = open.entry(name).or_default();
        match (closes, *known) {
            (true, 0) => {}
            (true, _) => (*known, depth) = (*known - 1, depth - 1),
            (false, _) => (*known, depth) = (*known + 1, depth + 1),
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

const TAGS: [&str; 53] = [
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

const INLINE: [&str; 23] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "s",
    "small", "span", "strong", "sub", "sup", "u",
];

const ATTRIBUTES: [(&str, &[&str]); 10] = [
    ("a", &["href", "title", "hreflang"]),
    ("abbr", &["title"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("img", &["src", "alt", "title", "width", "height"]),
    ("ol", &["start"]),
    ("q", &["cite"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("colgroup", &["span"]),
];

/// Elements that hold nothing, or end where the next of them starts.
const UNNESTED: [&str; 19] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "param", "source", "track", "wbr",
];

#[cfg(test)]
mod tests;
