//! HTML to plain text, for places that show text only. It makes nothing safe to insert into a page: it leaves no markup.

use super::{Function, Make, text_of};
use crate::Fuel;
use crate::flow::{Flow, Output};

mod entities;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    usage: "html_text",
    doc: "The text of an HTML fragment: no tags, scripts or styles; entities decoded, blocks on lines of their own; null stays null. Not in jq.",
    example: [
        "html_text",
        r#""<p>Jeudi&nbsp;: <b>R&amp;D</b></p><ul><li>salle B</li></ul>""#,
        r#""Jeudi : R&D\nsalle B""#,
    ],
    make: Make::Plain(html_text),
}];

/// Elements that begin and end a line.
const BLOCKS: [&str; 26] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "section",
    "tr",
    "ul",
];
/// Elements whose content is no text for readers.
const HIDDEN: [&str; 5] = ["script", "style", "head", "template", "noscript"];

fn html_text<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == records::Value::Null {
        return Ok(Some(value));
    }
    let html = text_of(&value, "html_text")?;
    fuel.steps(html.len() / 4)?;
    fuel.create(html.len())?;
    Ok(Some(Output::text(plain(&html))))
}

/// The text of HTML: tags dropped, entities decoded, blocks on lines of their own.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut text = Tidy::default();
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '<' => markup(rest, &mut text),
            '&' => entities::decode(rest, |char| text.push(char)),
            other => {
                text.push(other);
                rest.get(other.len_utf8()..).unwrap_or_default()
            }
        };
    }
    text.out
}

/// A tag, a comment or a mere `<` at the beginning; gives what follows.
fn markup<'h>(html: &'h str, text: &mut Tidy) -> &'h str {
    if let Some(comment) = html.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, after)| after);
    }
    let inner = html.strip_prefix('<').unwrap_or(html);
    let closing = inner.starts_with('/');
    let name = inner.strip_prefix('/').unwrap_or(inner);
    if !name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '!' || char == '?') {
        text.push('<');
        return inner;
    }
    let name = name.split(|char: char| !char.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
    let after = behind_tag(inner);
    if BLOCKS.contains(&name.as_str()) {
        text.line();
    } else if name == "td" || name == "th" {
        text.push(' ');
    }
    if !closing && HIDDEN.contains(&name.as_str()) {
        return behind_element(after, &name);
    }
    after
}

/// Behind the `>` that ends a tag; one within a quoted attribute does not.
fn behind_tag(html: &str) -> &str {
    let mut quote = None;
    for (place, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return html.get(place + 1..).unwrap_or_default(),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    ""
}

/// Behind the closing tag of an element that has no markup within.
fn behind_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return behind_tag(after);
        }
        rest = after;
    }
    ""
}

/// Text with single blanks, single line breaks, and neither at its ends.
#[derive(Default)]
struct Tidy {
    out: String,
    /// What stands between the last character and the next one.
    gap: Option<char>,
}

impl Tidy {
    fn push(&mut self, char: char) {
        if char.is_whitespace() {
            self.gap = self.gap.or(Some(' '));
        } else if !char.is_control() {
            if let Some(gap) = self.gap.take().filter(|_| !self.out.is_empty()) {
                self.out.push(gap);
            }
            self.out.push(char);
        }
    }

    fn line(&mut self) {
        self.gap = Some('\n');
    }
}
