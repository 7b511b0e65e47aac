//! XML into values.
//!
//! A document is an object with its root element's name. An element with attributes or children is an object: `@name`
//! for an attribute, the name for a child, `#text` for text of its own that is not blank. An element with text alone
//! is that text, trimmed; one with nothing is null. A child or attribute that comes again makes a list. Prefixes are
//! dropped, and with them the declarations of namespaces:
//!
//! `<list><room id="1">A</room><room>B</room><note/></list>` is
//! `{"list": {"room": [{"@id": "1", "#text": "A"}, "B"], "note": null}}`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

use quick_xml::Reader;
use quick_xml::events::attributes::{Attribute, Attributes};
use quick_xml::events::{BytesStart, Event};

use crate::entities::{entity, unescape};
use crate::{Limits, Malformed, Value, Wanted};

pub(crate) fn decode<'a>(text: &'a str, _wanted: &'a Wanted, limits: &Limits) -> Result<Value<'a>, Malformed> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut document = Document { text, limits, left: limits.values, open: Vec::new(), root: None };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (at, step) = match reader.read_event() {
            Ok(Event::Eof) => return document.finish().map_err(|what| Malformed::at(text, at, "XML", &what)),
            Ok(event) => (at, document.take(at, event)),
            Err(error) => (usize::try_from(reader.error_position()).unwrap_or(at), Err(error.to_string())),
        };
        step.map_err(|what| Malformed::at(text, at, "XML", &what))?;
    }
}

struct Document<'a, 'l> {
    text: &'a str,
    limits: &'l Limits,
    left: usize,
    open: Vec<Element<'a>>,
    root: Option<(Cow<'a, str>, Value<'a>)>,
}

/// An element until its end: attributes and children by name, and its own text.
struct Element<'a> {
    name: Cow<'a, str>,
    pairs: Vec<(Cow<'a, str>, Value<'a>)>,
    text: Cow<'a, str>,
}

impl<'a> Document<'a, '_> {
    fn take(&mut self, at: usize, event: Event<'a>) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(at, &tag),
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(text.xml10_content()),
            Event::CData(text) => self.text(text.xml10_content()),
            Event::GeneralRef(name) => {
                let name = name.into_inner();
                self.text(entity(&name).unwrap_or_else(|| Cow::Owned(format!("&{name};"))))
            }
            Event::DocType(declaration) if declaration.contains('[') => {
                Err("a document type with declarations of its own is refused".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Opens an element. Events lend names for their own life only: the tag is read again where it stands.
    fn start(&mut self, at: usize, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.open.is_empty() && self.root.is_some() {
            return Err("a second root element".to_owned());
        }
        if self.open.len() >= self.limits.depth {
            return Err(format!("nested deeper than {} levels", self.limits.depth));
        }
        self.count()?;
        let name = tag.name().as_ref().len();
        let tag = self.text.get(at + 1..).and_then(|rest| rest.get(..tag.len())).unwrap_or_default();
        let mut pairs = Vec::new();
        for attribute in Attributes::new(tag, name) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if attribute.key.as_namespace_binding().is_none() {
                self.count()?;
                pairs.push((Cow::Owned(format!("@{}", attribute.key.local_name().as_ref())), value(attribute)));
            }
        }
        self.open.push(Element {
            name: Cow::Borrowed(local(tag.get(..name).unwrap_or_default())),
            pairs,
            text: Cow::Borrowed(""),
        });
        Ok(())
    }

    fn end(&mut self) {
        let Some(mut element) = self.open.pop() else { return };
        let text = trim(element.text);
        let value = match (element.pairs.is_empty(), text.is_empty()) {
            (true, true) => Value::Null,
            (true, false) => Value::Text(text),
            (false, blank) => {
                if !blank {
                    element.pairs.push((Cow::Borrowed("#text"), Value::Text(text)));
                }
                group(element.pairs)
            }
        };
        match self.open.last_mut() {
            Some(parent) => parent.pairs.push((element.name, value)),
            None => self.root = Some((element.name, value)),
        }
    }

    fn text(&mut self, piece: Cow<'a, str>) -> Result<(), String> {
        let blank = piece.trim().is_empty();
        match self.open.last_mut() {
            // What is blank before the first word would be trimmed anyway.
            Some(element) if element.text.trim_start().is_empty() => element.text = piece,
            Some(element) => element.text.to_mut().push_str(&piece),
            None if blank => {}
            None => return Err("text outside of the root element".to_owned()),
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), String> {
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("more than {} values", self.limits.values))?;
        Ok(())
    }

    fn finish(self) -> Result<Value<'a>, String> {
        match (self.open.last(), self.root) {
            (Some(element), _) => Err(format!("it ends within <{}>", element.name)),
            (None, None) => Err("it has no element".to_owned()),
            (None, Some(root)) => Ok([root].into_iter().collect()),
        }
    }
}

fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

fn value(attribute: Attribute<'_>) -> Value<'_> {
    Value::Text(match attribute.value {
        Cow::Borrowed(raw) => unescape(raw),
        Cow::Owned(raw) => Cow::Owned(unescape(&raw).into_owned()),
    })
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Names that come again make a list, where the first of them stood.
fn group<'a>(pairs: Vec<(Cow<'a, str>, Value<'a>)>) -> Value<'a> {
    let mut places = HashMap::with_capacity(pairs.len());
    let mut grouped: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
    for (name, value) in pairs {
        let place = *places.entry(name.clone()).or_insert(grouped.len());
        match grouped.get_mut(place) {
            Some((_, Value::List(values))) => values.push(value),
            Some((_, first)) => *first = Value::List(vec![mem::replace(first, Value::Null), value]),
            None => grouped.push((name, value)),
        }
    }
    grouped.into_iter().collect()
}

#[cfg(test)]
mod tests;
