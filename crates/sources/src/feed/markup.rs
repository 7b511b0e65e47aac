//! Markup of feeds as a tree, read leniently: what does not close is closed, what is not open is not closed, a name
//! of no known namespace is what its prefix usually means.

use std::borrow::Cow;
use std::fmt::Write;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use records::Limits;
use url::Url;

use super::html::escape;

/// Elements of a feed.
const ELEMENTS: usize = 200_000;
/// Namespaces declared at a time; further ones are not known.
const NAMESPACES: usize = 64;

/// What a name's namespace means for feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any version, or no namespace.
    Plain,
    /// Atom 0.3 or 1.0.
    Atom,
    /// Dublin Core.
    Dc,
    /// RSS's content module.
    Content,
    /// Media RSS.
    Media,
    /// Apple's podcasts.
    Itunes,
    /// XHTML.
    Html,
    /// Anything else.
    Other,
}

/// An element. Names are in lower case, those of attributes without a prefix, but for `xml:base`.
pub(super) struct Element<'a> {
    pub(super) space: Space,
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    nodes: Vec<Node<'a>>,
}

enum Node<'a> {
    Element(Element<'a>),
    Text(Cow<'a, str>),
}

impl<'a> Element<'a> {
    fn new(space: Space, name: String) -> Self {
        Self { space, name, attributes: Vec::new(), nodes: Vec::new() }
    }

    pub(super) fn children(&self) -> impl Iterator<Item = &Self> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// A child of RSS or Atom.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children().find(|child| child.is(name))
    }

    /// Whether this is RSS's or Atom's element of a name.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self.space, Space::Plain | Space::Atom) && self.name == name
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let value = self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// Its own text, trimmed; `None` where that is blank.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        let mut pieces = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text),
            Node::Element(_) => None,
        });
        let first = pieces.next()?;
        let text = match pieces.next() {
            None => Cow::Borrowed(first.trim()),
            Some(second) => {
                let text: String = [first, second].into_iter().chain(pieces).map(AsRef::as_ref).collect();
                Cow::Owned(text.trim().to_owned())
            }
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// What it holds as HTML: its text as it stands, where it holds no element.
    pub(super) fn html(&self) -> Cow<'_, str> {
        if self.children().next().is_some() { self.markup().into() } else { self.text().unwrap_or_default() }
    }

    /// What it holds as HTML, its text escaped.
    pub(super) fn markup(&self) -> String {
        let mut html = String::new();
        self.nodes.iter().for_each(|node| node.write(&mut html));
        html
    }

    /// Where relative addresses in it start (XML Base), within an element with this base.
    pub(super) fn base(&self, parent: &Url) -> Url {
        let own = self.attribute("xml:base").and_then(|base| parent.join(base).ok());
        own.filter(|base| base.as_str().len() <= LONGEST_BASE).unwrap_or_else(|| parent.clone())
    }
}

/// Characters of a base: each relative link grows by as much.
pub(super) const LONGEST_BASE: usize = 500;

impl Node<'_> {
    fn write(&self, html: &mut String) {
        let element = match self {
            Self::Text(text) => return html.push_str(&escape(text)),
            Self::Element(element) => element,
        };
        let _ = write!(html, "<{}", element.name);
        for (name, value) in &element.attributes {
            let _ = write!(html, " {name}=\"{}\"", escape(value).replace('"', "&quot;"));
        }
        html.push('>');
        // An element that never holds anything, left open, holds what follows it.
        element.nodes.iter().for_each(|node| node.write(html));
        if !matches!(element.name.as_str(), "br" | "img" | "hr" | "col" | "wbr" | "input" | "source") {
            let _ = write!(html, "</{}>", element.name);
        }
    }
}

/// An element without a name that holds the document. Errors say what and in which line.
pub(super) fn parse<'a>(document: &'a str, limits: &'a Limits) -> Result<Element<'a>, String> {
    let mut reader = lenient(document);
    let mut tree = Tree {
        limits,
        elements: 0,
        open: vec![(String::new(), Element::new(Space::Other, String::new()))],
        namespaces: Vec::new(),
    };
    // What is still to be read when the reader began.
    let mut text = document;
    loop {
        let left = rest(text, reader.buffer_position());
        if is_lone(left) {
            tree.text("<".into());
            text = left.get(1..).unwrap_or_default();
            reader = lenient(text);
            continue;
        }
        let step = match reader.read_event() {
            Ok(Event::Eof) => return Ok(tree.finish()),
            Ok(event) => tree.take(event),
            // Cut within an end tag, as some writers do with the last: nothing is lost.
            Err(_) if left.starts_with("</") => return Ok(tree.finish()),
            Err(error) => Err(error.to_string()),
        };
        step.map_err(|what| format!("{what} at line {}", document.lines().count() - left.lines().count() + 1))?;
    }
}

fn lenient(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// Whether a text begins with a `<` that nobody escaped: `1 < 2`, `I <3 you`.
fn is_lone(text: &str) -> bool {
    let tag = text.strip_prefix('<').and_then(|tag| tag.chars().next());
    tag.is_some_and(|first| !first.is_alphabetic() && !matches!(first, '/' | '!' | '?' | '_' | ':'))
}

fn rest(text: &str, at: u64) -> &str {
    usize::try_from(at).ok().and_then(|at| text.get(at..)).unwrap_or_default()
}

struct Tree<'a> {
    limits: &'a Limits,
    elements: usize,
    /// Open elements with their names as written; the first is the document's and never closes.
    open: Vec<(String, Element<'a>)>,
    /// Prefixes, their namespaces, and how deep they were declared.
    namespaces: Vec<(String, Space, usize)>,
}

impl<'a> Tree<'a> {
    fn take(&mut self, event: Event<'a>) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(&tag)?,
            Event::Empty(tag) => {
                self.start(&tag)?;
                self.close();
            }
            Event::End(tag) => self.end(tag.name().as_ref()),
            Event::Text(text) => self.text(text.xml10_content()),
            Event::CData(text) => self.text(text.xml10_content()),
            Event::GeneralRef(name) => {
                self.text(records::entity(&name).unwrap_or_else(|| format!("&{};", &*name).into()));
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        self.elements += 1;
        if self.elements > ELEMENTS {
            return Err(format!("more than {ELEMENTS} elements"));
        }
        if self.open.len() > self.limits.depth {
            return Err(format!("nested deeper than {} levels", self.limits.depth));
        }
        let mut attributes = Vec::new();
        for attribute in tag.html_attributes().with_checks(false).flatten() {
            let name = attribute.key.as_ref().to_ascii_lowercase();
            let value = records::unescape(&attribute.value).into_owned();
            match name.split_once(':') {
                None if name == "xmlns" => self.declare("", &value),
                Some(("xmlns", prefix)) => self.declare(prefix, &value),
                Some(("xml", "base")) | None => attributes.push((name, value)),
                Some((_, local)) => attributes.push((local.to_owned(), value)),
            }
        }
        let written = tag.name().as_ref().to_ascii_lowercase();
        let (prefix, local) = written.split_once(':').unwrap_or(("", &written));
        let element = Element { attributes, ..Element::new(self.space(prefix), local.to_owned()) };
        self.open.push((written, element));
        Ok(())
    }

    /// Closes the innermost element of a name and all within it; nothing where none is open.
    fn end(&mut self, name: &str) {
        let open = self.open.iter().skip(1).rposition(|(written, _)| written.eq_ignore_ascii_case(name));
        if let Some(place) = open {
            while self.open.len() > place + 1 {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let Some((_, element)) = self.open.pop() else { return };
        if let Some((_, parent)) = self.open.last_mut() {
            parent.nodes.push(Node::Element(element));
        }
        self.namespaces.retain(|(_, _, depth)| *depth < self.open.len());
    }

    fn text(&mut self, piece: Cow<'a, str>) {
        let Some((_, element)) = self.open.last_mut() else { return };
        match element.nodes.last_mut() {
            Some(Node::Text(text)) => text.to_mut().push_str(&piece),
            _ => element.nodes.push(Node::Text(piece)),
        }
    }

    fn declare(&mut self, prefix: &str, uri: &str) {
        if self.namespaces.len() < NAMESPACES {
            self.namespaces.push((prefix.to_owned(), known(uri).unwrap_or_else(|| usual(prefix)), self.open.len()));
        }
    }

    fn space(&self, prefix: &str) -> Space {
        let declared = self.namespaces.iter().rev().find(|(known, ..)| known == prefix);
        declared.map_or_else(|| usual(prefix), |(_, space, _)| *space)
    }

    fn finish(mut self) -> Element<'a> {
        while self.open.len() > 1 {
            self.close();
        }
        self.open.pop().map_or_else(|| Element::new(Space::Other, String::new()), |(_, document)| document)
    }
}

fn known(uri: &str) -> Option<Space> {
    const SPACES: [(&str, Space); 13] = [
        ("purl.org/rss/1.0/modules/content", Space::Content),
        ("purl.org/rss/1.0/modules", Space::Other),
        ("purl.org/rss", Space::Plain),
        ("purl.org/net/rss", Space::Plain),
        ("my.netscape.com/rdf", Space::Plain),
        ("channel.netscape.com/rdf", Space::Plain),
        ("backend.userland.com", Space::Plain),
        ("www.w3.org/2005/atom", Space::Atom),
        ("purl.org/atom", Space::Atom),
        ("purl.org/dc/", Space::Dc),
        ("search.yahoo.com/mrss", Space::Media),
        ("www.itunes.com/dtds/podcast", Space::Itunes),
        ("www.w3.org/1999/xhtml", Space::Html),
    ];
    let uri = uri.trim().to_ascii_lowercase();
    let rest = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
    SPACES.iter().find(|(start, _)| rest.starts_with(start)).map(|(_, space)| *space)
}

/// What a prefix means to most writers, whether they declare it or not.
fn usual(prefix: &str) -> Space {
    match prefix {
        "" | "rss" | "rdf" => Space::Plain,
        "atom" => Space::Atom,
        "dc" | "dcterms" => Space::Dc,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        "xhtml" => Space::Html,
        _ => Space::Other,
    }
}
