//! A small XML document as a tree, within bounds: what a CAS server answers, or posts when somebody signs out.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

/// A document, in bytes. Groups of a person make the largest ones.
pub(super) const LARGEST: usize = 256 << 10;

/// Elements within each other. CAS needs four.
const DEEPEST: usize = 16;

/// Elements in all.
const MOST: usize = 10_000;

/// Attributes of an element. Each is compared with each.
const MOST_ATTRIBUTES: usize = 32;

const ILL_FORMED: &str = "XML that is not well-formed";

/// An element. Names are without their prefix.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// Whether it is of the namespace that was asked for.
    pub(super) ours: bool,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    text: String,
}

/// Reads a document whose elements of `namespace` count. What is wrong is told without a word of it: it is about a person.
pub(super) fn read(text: &str, namespace: &str) -> Result<Element, &'static str> {
    if text.len() > LARGEST {
        return Err("more XML than is taken");
    }
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    // LemonLDAP::NG writes values as they are: `R & D`.
    config.allow_dangling_amp = true;
    let (mut open, mut root, mut left) = (Vec::<Element>::new(), None, MOST);
    loop {
        let (space, event) = reader.read_resolved_event().map_err(|_| ILL_FORMED)?;
        let text = match event {
            Event::Start(tag) => {
                let ours = space == ResolveResult::Bound(Namespace(namespace));
                let element = Element::open(&tag, ours)?;
                left = left.checked_sub(1).ok_or("too many XML elements")?;
                if open.len() >= DEEPEST {
                    return Err("XML that is nested too deeply");
                }
                open.push(element);
                continue;
            }
            Event::End(_) => {
                let element = open.pop().ok_or(ILL_FORMED)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None if root.is_none() => root = Some(element),
                    None => return Err(ILL_FORMED),
                }
                continue;
            }
            Event::Text(text) => text.xml10_content(),
            Event::CData(text) => text.xml10_content(),
            Event::GeneralRef(name) => {
                records::entity(&name).unwrap_or_else(|| format!("&{};", name.as_ref() as &str).into())
            }
            Event::DocType(_) => return Err("XML with a document type, which is refused"),
            Event::Eof if open.is_empty() => return root.ok_or("no XML"),
            Event::Eof => return Err(ILL_FORMED),
            _ => continue,
        };
        match open.last_mut() {
            Some(element) => element.text.push_str(&text),
            None if text.trim().is_empty() => {}
            None => return Err(ILL_FORMED),
        }
    }
}

impl Element {
    fn open(tag: &BytesStart<'_>, ours: bool) -> Result<Self, &'static str> {
        let mut attributes = Vec::new();
        for (number, attribute) in tag.attributes().enumerate() {
            let attribute = attribute.map_err(|_| ILL_FORMED)?;
            if number >= MOST_ATTRIBUTES {
                return Err("too many XML attributes");
            }
            if attribute.key.as_namespace_binding().is_none() {
                let value = records::unescape(&attribute.value).into_owned();
                attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
            }
        }
        let name = tag.local_name().as_ref().to_owned();
        Ok(Self { name, ours, attributes, children: Vec::new(), text: String::new() })
    }

    /// Whether it has this name in our namespace.
    pub(super) fn is(&self, name: &str) -> bool {
        self.ours && self.name == name
    }

    /// All its own text, trimmed: servers indent it. Comments do not end it.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The child of this name in our namespace, where there is one.
    ///
    /// # Errors
    /// There are several: which of them is meant is nothing to guess.
    pub(super) fn child(&self, name: &str) -> Result<Option<&Self>, &'static str> {
        let mut found = self.children.iter().filter(|child| child.is(name));
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            _ => Err("XML with an element twice that can be there once"),
        }
    }
}
