//! XML as SAML writes it, read strictly into a small tree: no document type, no processing instruction, every prefix
//! declared, no id twice, sizes bounded. Comments are dropped, and the text around them is one text.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Namespaces by their prefix, the default one by `""`.
type Scope = BTreeMap<String, Arc<str>>;

/// Elements within elements.
const DEPTH: usize = 64;

/// Attributes of one element, and prefixes known to it.
pub(super) const WIDTH: usize = 64;

/// Bytes allowed for each element. Real documents have more than 100; trees of tiny elements cost much memory.
const BYTES: usize = 64;

/// The namespace of the prefix `xml`, which is never declared.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// An element.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) namespace: Arc<str>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) scope: Arc<Scope>,
    pub(super) nodes: Vec<Node>,
}

/// An attribute that declares no namespace.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) namespace: Arc<str>,
    pub(super) value: String,
}

/// What stands in an element.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// Reads a document of at most `most` bytes.
    pub(super) fn parse(text: &str, most: usize) -> Result<Self, String> {
        if text.len() > most {
            return Err(format!("the XML is larger than {} KiB", most >> 10));
        }
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut document = Document { left: most / BYTES, ..Document::default() };
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return document.end_of_file(),
                Ok(event) => document.take(event)?,
                Err(_) => return Err("it is not well-formed XML".to_owned()),
            }
        }
    }

    /// Whether it has this name.
    pub(super) fn is(&self, namespace: &str, local: &str) -> bool {
        *self.namespace == *namespace && self.local == local
    }

    /// The value of an attribute without a prefix.
    pub(super) fn attribute(&self, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.prefix.is_empty() && attribute.local == local);
        found.map(|attribute| attribute.value.as_str())
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of a name in it.
    pub(super) fn all<'a>(&'a self, namespace: &'a str, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |element| element.is(namespace, local))
    }

    /// The element of a name in it, which may be missing, but not come twice.
    pub(super) fn at_most_one(&self, namespace: &str, local: &str) -> Result<Option<&Self>, String> {
        let mut found = self.elements().filter(|element| element.is(namespace, local));
        match (found.next(), found.next()) {
            (found, None) => Ok(found),
            _ => Err(format!("it has more than one {local}")),
        }
    }

    /// The one element of a name in it.
    pub(super) fn one(&self, namespace: &str, local: &str) -> Result<&Self, String> {
        self.at_most_one(namespace, local)?.ok_or_else(|| format!("it has no {local}"))
    }

    /// Its own text, trimmed.
    pub(super) fn text(&self) -> String {
        let texts = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect::<String>().trim().to_owned()
    }
}

#[derive(Default)]
struct Document {
    open: Vec<Element>,
    root: Option<Element>,
    ids: HashSet<String>,
    /// Elements that may still come.
    left: usize,
}

impl Document {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten().map(String::from);
                let known = || quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                self.text(&character.or_else(known).ok_or("it has an entity of its own, which is refused")?)
            }
            Event::Decl(declaration) => match declaration.encoding() {
                None => Ok(()),
                Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
                Some(_) => Err("it is not in UTF-8".to_owned()),
            },
            Event::Comment(_) | Event::Eof => Ok(()),
            Event::DocType(_) => Err("it has a document type, which is refused".to_owned()),
            Event::PI(_) => Err("it has a processing instruction, which is refused".to_owned()),
            Event::Empty(_) => Err("an empty element was not expanded".to_owned()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.root.is_some() {
            return Err("it has a second root element".to_owned());
        }
        if self.open.len() >= DEPTH {
            return Err(format!("it is nested deeper than {DEPTH} levels"));
        }
        self.left = self.left.checked_sub(1).ok_or("it has too many elements")?;
        let mut scope = self.open.last().map_or_else(Arc::default, |parent| Arc::clone(&parent.scope));
        let mut plain = Vec::new();
        for attribute in tag.attributes() {
            let malformed = |_| "it has a malformed attribute".to_owned();
            let attribute = attribute.map_err(|_| "it has a malformed attribute")?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(malformed)?.into_owned();
            let (prefix, local) = split(attribute.key.as_ref())?;
            match (prefix, local) {
                ("", "xmlns") => drop(Arc::make_mut(&mut scope).insert(String::new(), value.into())),
                ("xmlns", "xml" | "xmlns") => return Err("it redeclares a prefix of XML itself".to_owned()),
                ("xmlns", _) if value.is_empty() => return Err("it takes a prefix away".to_owned()),
                ("xmlns", local) => drop(Arc::make_mut(&mut scope).insert(local.to_owned(), value.into())),
                _ => plain.push((prefix.to_owned(), local.to_owned(), value)),
            }
            if plain.len() > WIDTH || scope.len() > WIDTH {
                return Err(format!("an element has more than {WIDTH} attributes"));
            }
        }
        let mut attributes: Vec<Attribute> = Vec::new();
        for (prefix, local, value) in plain {
            let namespace = if prefix.is_empty() { Arc::default() } else { resolve(&scope, &prefix)? };
            if attributes.iter().any(|other| other.local == local && other.namespace == namespace) {
                return Err("an element has an attribute twice".to_owned());
            }
            if local.eq_ignore_ascii_case("id") && !self.ids.insert(value.clone()) {
                return Err("it has the same id twice".to_owned());
            }
            attributes.push(Attribute { prefix, local, namespace, value });
        }
        let (prefix, local) = split(tag.name().into_inner())?;
        let namespace = resolve(&scope, prefix)?;
        let (prefix, local) = (prefix.to_owned(), local.to_owned());
        self.open.push(Element { prefix, local, namespace, attributes, scope, nodes: Vec::new() });
        Ok(())
    }

    fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.nodes.push(Node::Element(element)),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, piece: &str) -> Result<(), String> {
        if piece.chars().any(|character| character.is_control() && !matches!(character, '\t' | '\n' | '\r')) {
            return Err("it has a control character".to_owned());
        }
        match self.open.last_mut().map(|element| &mut element.nodes) {
            Some(nodes) => match nodes.last_mut() {
                Some(Node::Text(text)) => text.push_str(piece),
                _ => nodes.push(Node::Text(piece.to_owned())),
            },
            None if piece.trim().is_empty() => {}
            None => return Err("it has text outside of its root element".to_owned()),
        }
        Ok(())
    }

    fn end_of_file(self) -> Result<Element, String> {
        self.root.filter(|_| self.open.is_empty()).ok_or_else(|| "it is not a whole XML document".to_owned())
    }
}

fn split(name: &str) -> Result<(&str, &str), String> {
    match name.split_once(':') {
        None => Ok(("", name)),
        Some((prefix, local)) if !prefix.is_empty() && !local.is_empty() && !local.contains(':') => Ok((prefix, local)),
        Some(_) => Err("it has a malformed name".to_owned()),
    }
}

fn resolve(scope: &Scope, prefix: &str) -> Result<Arc<str>, String> {
    match (scope.get(prefix), prefix) {
        (Some(namespace), _) => Ok(Arc::clone(namespace)),
        (None, "") => Ok(Arc::default()),
        (None, "xml") => Ok(XML.into()),
        (None, _) => Err("it uses a prefix that it does not declare".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Element, String> {
        Element::parse(text, 1 << 20)
    }

    #[test]
    fn a_comment_does_not_cut_a_text_in_two() {
        let name = parse("<a>admin@univ.fr<!-- x -->.evil<![CDATA[.org]]>&amp;&#65;</a>").unwrap();
        assert_eq!(name.text(), "admin@univ.fr.evil.org&A");
    }

    #[test]
    fn refuses_what_could_mean_two_things_or_cost_much() {
        let deep = "<a>".repeat(DEPTH + 1) + &"</a>".repeat(DEPTH + 1);
        let wide = format!("<a {}/>", (0..=WIDTH).map(|n| format!("b{n}=''")).collect::<String>());
        for hostile in [
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<!DOCTYPE a><a/>",
            "<a>&x;</a>",
            "<?xml-stylesheet href='x'?><a/>",
            "<a/><b/>",
            "<a/>text",
            "<a>",
            "<a></b>",
            "",
            "<p:a/>",
            "<a p:b=''/>",
            "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>",
            "<a xmlns:p=''/>",
            "<a xmlns:xml='u'/>",
            "<a ID='1'><b Id='1'/></a>",
            "<a b='1' b='2'/>",
            "<a>\u{1}</a>",
            "<a>&#1;</a>",
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
            &deep,
            &wide,
        ] {
            assert!(parse(hostile).is_err(), "{hostile}");
        }
        assert!(Element::parse("<a>0123456789</a>", 10).is_err());
        assert!(Element::parse("<a><b/><b/></a>", 2 * BYTES).is_err());
    }
}
