//! Exclusive XML Canonicalization 1.0 without comments: the bytes that a signature is made over
//! (<https://www.w3.org/TR/xml-exc-c14n/>).

use super::xml::{Element, Node};

/// The canonical form of an element as it stands in its document, of at most `most` bytes: namespaces that are declared once
/// may be written many times. `inclusive` are prefixes that are declared whether they are used or not (the `PrefixList` of
/// `InclusiveNamespaces`), `without` is left out: the signature within.
pub(super) fn canonical(
    element: &Element,
    inclusive: &[&str],
    without: Option<&Element>,
    most: usize,
) -> Result<String, String> {
    let mut writer = Writer { out: String::new(), declared: Vec::new(), inclusive, without, most };
    writer.element(element)?;
    Ok(writer.out)
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
    most: usize,
}

impl<'a> Writer<'a> {
    fn element(&mut self, element: &'a Element) -> Result<(), String> {
        if self.without.is_some_and(|without| std::ptr::eq(without, element)) {
            return Ok(());
        }
        if self.out.len() > self.most {
            return Err(format!("its canonical form is larger than {} KiB", self.most >> 10));
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
                Node::Element(element) => self.element(element)?,
                Node::Text(text) => self.out.push_str(&escaped(text)),
            }
        }
        self.out.extend(["</", &name, ">"]);
        self.declared.truncate(outer);
        Ok(())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_from_a_canonical_form_has_the_same_canonical_form() {
        for document in [
            "<a:b xmlns:a='u' xmlns='v' z='2' a:y='1'><c xmlns=''/>&#13;&amp;<![CDATA[<]]><!-- x --></a:b>",
            "<b xmlns='u' xml:lang='fr' c='&#10;&quot;&#9;&#13;&lt;'>\r\n<a:c xmlns:a='u'><d xmlns:a='w' a:e=''/></a:c></b>",
            "<b><c xmlns:unused='u'/></b>",
        ] {
            let first = canonical(&Element::parse(document, 1 << 10).unwrap(), &[], None, 1 << 10).unwrap();
            let again = canonical(&Element::parse(&first, 1 << 10).unwrap(), &[], None, 1 << 10).unwrap();
            assert_eq!(first, again);
        }
        let unused = Element::parse("<b><c xmlns:unused='u'/></b>", 1 << 10).unwrap();
        assert_eq!(canonical(&unused, &[], None, 1 << 10).unwrap(), "<b><c></c></b>");
        assert_eq!(
            canonical(&unused, &["unused", "absent", ""], None, 1 << 10).unwrap(),
            "<b><c xmlns:unused=\"u\"></c></b>"
        );
    }

    #[test]
    fn a_form_that_grows_beyond_its_document_is_refused() {
        let many = format!("<b xmlns:a='{}'>{}</b>", "u".repeat(1 << 10), "<a:c/>".repeat(1000));
        let element = Element::parse(&many, 1 << 20).unwrap();
        assert!(canonical(&element, &[], None, 1000 << 10).is_err());
        assert!(canonical(&element, &[], None, 2 << 20).is_ok());
    }
}
