//! Exclusive XML Canonicalization 1.0 without comments: the bytes that a signature is made over
//! (<https://www.w3.org/TR/xml-exc-c14n/>).

use super::xml::{Element, Node};

/// The canonical form of an element as it stands in its document. `inclusive` are prefixes that are declared whether they
/// are used or not (the `PrefixList` of `InclusiveNamespaces`), `without` is left out: the signature within.
pub(super) fn canonical(element: &Element, inclusive: &[&str], without: Option<&Element>) -> String {
    let mut writer = Writer { out: String::new(), declared: Vec::new(), inclusive, without };
    writer.element(element);
    writer.out
}

/// A text as it stands between tags.
pub(super) fn escaped(text: &str) -> String {
    escape(text, |character| match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        _ => None,
    })
}

/// A text as it stands in the quotes of an attribute.
pub(super) fn quoted(text: &str) -> String {
    escape(text, |character| match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    })
}

fn escape(text: &str, replacement: fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match replacement(character) {
            Some(replacement) => out.push_str(replacement),
            None => out.push(character),
        }
    }
    out
}

struct Writer<'a> {
    out: String,
    /// Prefixes and namespaces that the open elements of the output declare, the inner ones last.
    declared: Vec<(&'a str, &'a str)>,
    inclusive: &'a [&'a str],
    without: Option<&'a Element>,
}

impl<'a> Writer<'a> {
    fn element(&mut self, element: &'a Element) {
        if self.without.is_some_and(|without| std::ptr::eq(without, element)) {
            return;
        }
        let name = qualified(&element.prefix, &element.local);
        self.out.extend(["<", &name]);
        let outer = self.declared.len();
        self.declare(element);
        let mut attributes: Vec<_> = element.attributes.iter().collect();
        attributes.sort_by_key(|attribute| (&attribute.namespace, &attribute.local));
        for attribute in attributes {
            let name = qualified(&attribute.prefix, &attribute.local);
            self.out.extend([" ", &name, "=\"", &quoted(&attribute.value), "\""]);
        }
        self.out.push('>');
        for node in &element.nodes {
            match node {
                Node::Element(element) => self.element(element),
                Node::Text(text) => self.out.push_str(&escaped(text)),
            }
        }
        self.out.extend(["</", &name, ">"]);
        self.declared.truncate(outer);
    }

    /// Declares the prefixes that the element uses, or that are declared in any case, where they do not mean the same
    /// around it already.
    fn declare(&mut self, element: &'a Element) {
        let used = element.attributes.iter().map(|attribute| attribute.prefix.as_str());
        let used = used.filter(|prefix| !prefix.is_empty()).chain([element.prefix.as_str()]);
        let mut prefixes: Vec<&str> = used.chain(self.inclusive.iter().copied()).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        for prefix in prefixes {
            let (prefix, namespace) = match element.scope.get_key_value(prefix) {
                Some((prefix, namespace)) => (prefix.as_str(), &**namespace),
                None if prefix.is_empty() => ("", ""),
                None => continue,
            };
            let around =
                self.declared.iter().rev().find(|(other, _)| *other == prefix).map(|(_, namespace)| *namespace);
            if around.unwrap_or_default() != namespace {
                self.declared.push((prefix, namespace));
                let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
                self.out.extend([" ", &name, "=\"", &quoted(namespace), "\""]);
            }
        }
    }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}
