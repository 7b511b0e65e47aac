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
use crate::{Limits, Listed, Malformed, Object, Value, Visit, Wanted};

pub(crate) fn decode<'a>(text: &'a str, wanted: &'a Wanted, limits: &Limits) -> Result<Value<'a>, Malformed> {
    // A document is an object of its root element: that is no list, and neither is the root.
    let part = View::of(&[wanted], false);
    match read(text, &part, limits, None)?.value() {
        Some(value) => Ok(value),
        // What was taken for a list is an element, of which all values are wanted.
        None => Ok(read(text, &View::ALL, limits, None)?.value().unwrap_or_default()),
    }
}

/// Gives the elements at the end of a path of names to `visit`, where there are several in one place.
pub(crate) fn each(
    text: &str,
    path: &[String],
    wanted: &Wanted,
    limits: &Limits,
    visit: &mut Visit<'_>,
) -> Result<Listed, Malformed> {
    let outer = |inner, name| View { all: false, listed: false, names: vec![(name, inner)] };
    let view = path.iter().map(String::as_str).rev().fold(View::of(&[wanted], false), outer);
    let passing = Passing { depth: path.len(), opened: 0, first: None, given: 0, visit, over: None };
    let document = read(text, &view, limits, Some(passing))?;
    Ok(match &document.passing {
        Some(Passing { over: Some(over), .. }) => *over,
        Some(Passing { given: 2.., .. }) if !document.misjudged => Listed::All,
        _ => Listed::Otherwise,
    })
}

/// Elements that are given away as they end.
struct Passing<'a, 'v, 'k> {
    /// How deep they stand.
    depth: usize,
    /// How many of those around them have begun: each may once, or they are in several places.
    opened: usize,
    /// The first is no list as long as it is alone.
    first: Option<Value<'a>>,
    given: usize,
    visit: &'v mut Visit<'k>,
    over: Option<Listed>,
}

impl<'a> Passing<'a, '_, '_> {
    fn opens(&mut self, depth: usize) {
        if depth < self.depth {
            self.over = (depth <= self.opened).then_some(Listed::Otherwise);
            self.opened = depth;
        }
    }

    fn give(&mut self, value: Value<'a>) {
        self.given += 1;
        if self.given == 1 {
            self.first = Some(value);
        } else if self.first.take().iter().chain([&value]).try_for_each(&mut *self.visit).is_break() {
            self.over = Some(Listed::Enough);
        }
    }
}

/// The document to its end, or until what is passing is over.
fn read<'a, 'v, 'k>(
    text: &'a str,
    view: &'v View<'a>,
    limits: &'v Limits,
    passing: Option<Passing<'a, 'v, 'k>>,
) -> Result<Document<'a, 'v, 'k>, Malformed> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut document =
        Document { text, view, limits, left: limits.values, open: Vec::new(), root: None, misjudged: false, passing };
    while document.passing.as_ref().is_none_or(|passing| passing.over.is_none()) {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (at, step) = match reader.read_event() {
            Ok(Event::Eof) => {
                document.ends().map_err(|what| Malformed::at(text, at, "XML", &what))?;
                break;
            }
            Ok(event) => (at, document.take(at, event)),
            Err(error) => (usize::try_from(reader.error_position()).unwrap_or(at), Err(error.to_string())),
        };
        step.map_err(|what| Malformed::at(text, at, "XML", &what))?;
    }
    Ok(document)
}

/// What is wanted of an element, whether it is one of several, which its end does not know yet, or alone.
#[derive(Debug)]
struct View<'a> {
    all: bool,
    /// It is taken for one of several: were it alone, more of it would be wanted.
    listed: bool,
    names: Vec<(&'a str, View<'a>)>,
}

impl<'a> View<'a> {
    const ALL: View<'static> = View { all: true, listed: false, names: Vec::new() };

    /// Of what is wanted of one element.
    fn of(alone: &[&'a Wanted], may_repeat: bool) -> Self {
        let listed: Vec<&Wanted> = alone.iter().filter_map(|wanted| wanted.elements.as_deref()).collect();
        let values = |wanted: &&Wanted| wanted.values.is_some();
        let both = || alone.iter().chain(&listed).copied();
        if both().any(|wanted| wanted.all) || listed.iter().any(values) || (!may_repeat && alone.iter().any(values)) {
            return Self::ALL;
        }
        let mut names: Vec<(&str, Vec<&Wanted>)> = Vec::new();
        for (name, wanted) in both().flat_map(|wanted| &wanted.names) {
            match names.iter_mut().find(|(known, _)| known == name) {
                Some((_, parts)) => parts.push(wanted),
                None => names.push((name, vec![wanted])),
            }
        }
        let names = names.into_iter().map(|(name, parts)| (name, Self::of(&parts, true))).collect();
        Self { all: false, listed: alone.iter().any(values), names }
    }

    /// The name, and what is wanted of its value; `None` where nothing is.
    fn part(&self, name: &str) -> Option<&(&'a str, Self)> {
        self.names.iter().find(|(known, _)| *known == name)
    }
}

struct Document<'a, 'v, 'k> {
    text: &'a str,
    view: &'v View<'a>,
    limits: &'v Limits,
    left: usize,
    open: Vec<Element<'a, 'v>>,
    root: Option<(Cow<'a, str>, Value<'a>)>,
    misjudged: bool,
    passing: Option<Passing<'a, 'v, 'k>>,
}

/// An element until its end: attributes and children by name, and its own text.
struct Element<'a, 'v> {
    name: Cow<'a, str>,
    /// `None` where nothing is wanted.
    view: Option<&'v View<'a>>,
    pairs: Vec<(Cow<'a, str>, Value<'a>)>,
    /// It has attributes or children, wanted or not.
    is_object: bool,
    text: Cow<'a, str>,
}

impl<'a, 'v> Document<'a, 'v, '_> {
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
        let length = tag.name().as_ref().len();
        let tag = self.text.get(at + 1..).and_then(|rest| rest.get(..tag.len())).unwrap_or_default();
        let name = local(tag.get(..length).unwrap_or_default());
        let mut element = Element {
            name: Cow::Borrowed(name),
            view: self.view_of(name),
            pairs: Vec::new(),
            is_object: false,
            text: Cow::Borrowed(""),
        };
        for attribute in Attributes::new(tag, length) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if attribute.key.as_namespace_binding().is_none() {
                self.count()?;
                element.attribute(attribute);
            }
        }
        if let (Some(passing), Some(_)) = (&mut self.passing, element.view) {
            passing.opens(self.open.len() + 1);
        }
        self.open.push(element);
        Ok(())
    }

    /// What is wanted of an element of this name that opens here.
    fn view_of(&self, name: &str) -> Option<&'v View<'a>> {
        let outer = match self.open.last() {
            Some(parent) => parent.view?,
            None => self.view,
        };
        if outer.all { Some(outer) } else { outer.part(name).map(|(_, view)| view) }
    }

    fn end(&mut self) {
        let depth = self.open.len();
        let Some(element) = self.open.pop() else { return };
        let outer = self.open.last_mut();
        let Some(view) = element.view else {
            outer.into_iter().for_each(|parent| parent.is_object = true);
            // Of the root nothing is wanted but that it is there.
            if self.open.is_empty() {
                self.root = Some((element.name, Value::Null));
            }
            return;
        };
        let (name, value) = (element.name.clone(), element.value(view, &mut self.misjudged));
        match (outer, &mut self.passing) {
            (_, Some(passing)) if passing.depth == depth => passing.give(value),
            (Some(parent), _) => {
                parent.is_object = true;
                parent.pairs.push((name, value));
            }
            (None, _) => {
                self.misjudged |= view.listed && matches!(value, Value::Object(_));
                self.root = Some((name, value));
            }
        }
    }

    fn text(&mut self, piece: Cow<'a, str>) -> Result<(), String> {
        match self.open.last_mut() {
            Some(Element { view: None, .. }) => {}
            // What is blank before the first word would be trimmed anyway.
            Some(element) if element.text.trim_start().is_empty() => element.text = piece,
            Some(element) => element.text.to_mut().push_str(&piece),
            None if piece.trim().is_empty() => {}
            None => return Err("text outside of the root element".to_owned()),
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), String> {
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("more than {} values", self.limits.values))?;
        Ok(())
    }

    fn ends(&self) -> Result<(), String> {
        match (self.open.last(), &self.root) {
            (Some(element), _) => Err(format!("it ends within <{}>", element.name)),
            (None, None) => Err("it has no element".to_owned()),
            (None, Some(_)) => Ok(()),
        }
    }

    /// `None` where an element stands alone that the view takes for one of several.
    fn value(self) -> Option<Value<'a>> {
        self.root.filter(|_| !self.misjudged).map(|root| [root].into_iter().collect())
    }
}

impl<'a> Element<'a, '_> {
    fn attribute(&mut self, attribute: Attribute<'a>) {
        self.is_object = true;
        let name = attribute.key.local_name();
        let name = match self.view {
            None => return,
            Some(view) if view.all => Cow::Owned(format!("@{}", name.as_ref())),
            Some(view) => {
                let is = |(known, _): &&(&'a str, View<'a>)| known.strip_prefix('@') == Some(name.as_ref());
                let Some((known, _)) = view.names.iter().find(is) else { return };
                Cow::Borrowed(*known)
            }
        };
        self.pairs.push((name, value(attribute)));
    }

    fn value(mut self, view: &View<'a>, misjudged: &mut bool) -> Value<'a> {
        let text = trim(self.text);
        if !self.is_object {
            return if text.is_empty() { Value::Null } else { Value::Text(text) };
        }
        if !text.is_empty() {
            self.pairs.push((Cow::Borrowed("#text"), Value::Text(text)));
        }
        let object = group(self.pairs);
        // Of scalars all is there.
        let alone = |value: &Value<'_>| matches!(value, Value::Object(_));
        *misjudged |= view.names.iter().any(|(name, part)| part.listed && object.get(name).is_some_and(alone));
        Value::Object(object)
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
fn group<'a>(pairs: Vec<(Cow<'a, str>, Value<'a>)>) -> Object<'a> {
    // Below this many, comparing is cheaper than hashing; and the same name mostly comes in a row.
    const SMALL: usize = 32;
    let mut places = HashMap::new();
    let mut grouped: Vec<(Cow<'a, str>, Value<'a>)> = Vec::with_capacity(pairs.len().min(SMALL));
    let mut former = 0;
    for (name, value) in pairs {
        let known = match grouped.get(former) {
            Some((known, _)) if *known == name => Some(former),
            _ if grouped.len() <= SMALL => grouped.iter().position(|(known, _)| *known == name),
            _ => {
                if places.len() < grouped.len() {
                    places.extend(grouped.iter().enumerate().map(|(place, (name, _))| (name.clone(), place)));
                }
                places.get(&name).copied()
            }
        };
        former = known.unwrap_or(grouped.len());
        match grouped.get_mut(former) {
            Some((_, Value::List(values))) => values.push(value),
            Some((_, first)) => *first = Value::List(vec![mem::replace(first, Value::Null), value]),
            None => {
                if !places.is_empty() {
                    places.insert(name.clone(), former);
                }
                grouped.push((name, value));
            }
        }
    }
    Object::distinct(grouped)
}

#[cfg(test)]
mod tests;
