//! A template's text into its parts.

use std::ops::Range;

use super::{Part, Place};
use crate::SettingError;

/// Text and places. `{{` and `}}` are braces; in bodies, which are full of braces, anything but `{name}` is itself and
/// `{{name}}` is `{name}`.
pub(super) fn parts(place: Place, key: &str, text: &str, params: &[String]) -> Result<Vec<Part>, Vec<SettingError>> {
    let mut parser = Parser { key, text, params, parts: Vec::new(), errors: Vec::new(), quoted: false, escaped: false };
    match place {
        Place::Json | Place::Text => parser.body(),
        Place::Path | Place::Field | Place::Header => parser.line(),
    }
    if place == Place::Json && parser.errors.is_empty() {
        parser.check_json();
    }
    if parser.errors.is_empty() { Ok(parser.parts) } else { Err(parser.errors) }
}

struct Parser<'a> {
    key: &'a str,
    text: &'a str,
    params: &'a [String],
    parts: Vec<Part>,
    errors: Vec<SettingError>,
    /// Within a JSON text, and right after its `\`.
    quoted: bool,
    escaped: bool,
}

impl Parser<'_> {
    fn line(&mut self) {
        let mut rest = self.text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, found) = rest.split_at(at);
            self.literal(before);
            let start = self.text.len() - found.len();
            rest = if let Some(after) = found.strip_prefix("{{") {
                self.literal("{");
                after
            } else if let Some(after) = found.strip_prefix("}}") {
                self.literal("}");
                after
            } else if let Some(length) = name(found) {
                let (place, after) = found.split_at(length + 2);
                self.param(place, start);
                after
            } else {
                let message = "a brace that is neither a place nor doubled";
                self.error(
                    start..start + 1,
                    message,
                    "write a parameter's place as {name}, a brace as {{ or }}".to_owned(),
                );
                found.get(1..).unwrap_or_default()
            };
        }
        self.literal(rest);
    }

    fn body(&mut self) {
        let mut rest = self.text;
        while let Some(at) = rest.find('{') {
            let (before, found) = rest.split_at(at);
            self.literal(before);
            let inner = found.get(1..).unwrap_or_default();
            rest = if let Some(length) = name(inner)
                && inner.get(length + 2..).is_some_and(|after| after.starts_with('}'))
            {
                let (escaped, after) = inner.split_at(length + 2);
                self.literal(escaped);
                after.get(1..).unwrap_or_default()
            } else if let Some(length) = name(found) {
                let (place, after) = found.split_at(length + 2);
                self.param(place, self.text.len() - found.len());
                after
            } else {
                self.literal("{");
                inner
            };
        }
        self.literal(rest);
    }

    fn literal(&mut self, text: &str) {
        for character in text.chars() {
            self.quoted ^= character == '"' && !self.escaped;
            self.escaped = self.quoted && character == '\\' && !self.escaped;
        }
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    /// A `{name}` that starts at a byte of the text.
    fn param(&mut self, place: &str, start: usize) {
        let name = place.trim_matches(['{', '}']);
        if !self.params.iter().any(|param| param == name) {
            let message = format!("no parameter is named {name:?}");
            self.error(start..start + place.len(), message, self.suggestion(name));
        }
        self.parts.push(Part::Param { name: name.to_owned(), quoted: self.quoted });
    }

    fn suggestion(&self, name: &str) -> String {
        match jq::did_you_mean(name, self.params.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {{{near}}}?"),
            None if self.params.is_empty() => "declare it in the data set's `params`".to_owned(),
            None => format!("the data set knows {{{}}}", self.params.join("}, {")),
        }
    }

    /// With values in its places, the document must be one.
    fn check_json(&mut self) {
        let sample: String =
            self.parts.iter().map(|part| if let Part::Text(text) = part { text } else { "0" }).collect();
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&sample) {
            let help = "write text values within quotes: {\"group\": \"{group}\"}".to_owned();
            self.error(0..self.text.len(), format!("not JSON: {error}"), help);
        }
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: String) {
        let (key, message) = (self.key.to_owned(), message.into());
        self.errors.push(SettingError { key, span: Some(span), message, help: Some(help) });
    }
}

/// The length of the name, where a text starts with `{name}`.
fn name(text: &str) -> Option<usize> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let first = name.starts_with(|character: char| character.is_ascii_alphabetic() || character == '_');
    let rest = name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
    (first && rest).then_some(name.len())
}
