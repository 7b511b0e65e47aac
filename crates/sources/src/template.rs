//! Texts with `{parameter}` places, filled by the rules of where they stand (path, query, header, JSON, form).

mod parse;

use outbound::{Failure, FailureKind};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Params, SettingError};

/// Where a text goes, and so what a value may do to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A path: a value is one segment or a part of one, whatever it holds.
    Path,
    /// The value of a query or form field, which whoever writes the field encodes.
    Field,
    /// The value of a header: a value has no line ends.
    Header,
    /// A JSON document: within quotes a value is text, outside of them a number, `true`, `false` or a text.
    Json,
    /// Any other text, as it is.
    Text,
}

/// A checked text with places.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    place: Place,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Param {
        name: String,
        /// Within the quotes of a JSON text.
        quoted: bool,
    },
}

impl Template {
    /// Checks a text against the declared parameters. `key` is the setting that holds it.
    pub(crate) fn compile(place: Place, key: &str, text: &str, params: &[String]) -> Result<Self, Vec<SettingError>> {
        let parts = parse::parts(place, key, text, params)?;
        Ok(Self { place, parts })
    }

    /// The text with its values; `None` where a parameter has none.
    pub(crate) fn fill(&self, params: &Params) -> Result<Option<String>, Failure> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Param { name, quoted } => match params.get(name) {
                    Some(value) => filled.push_str(&self.encode(name, value, *quoted)?),
                    None => return Ok(None),
                },
            }
        }
        // Percent-encoding does not help: to a web address `%2e%2e` is `..` too.
        if self.place == Place::Path && filled.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(rejected("a parameter is \".\" or \"..\", which leads out of its path"));
        }
        Ok(Some(filled))
    }

    /// The text with its values, all of which it needs.
    pub(crate) fn fill_whole(&self, params: &Params) -> Result<String, Failure> {
        self.fill(params)?.ok_or_else(|| {
            let missing = self.params().find(|name| !params.contains_key(*name)).unwrap_or_default();
            rejected(format!("the parameter {missing:?} has no value, and the request needs one"))
        })
    }

    fn params(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Param { name, .. } => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    fn encode(&self, name: &str, value: &str, quoted: bool) -> Result<String, Failure> {
        match self.place {
            Place::Path if value.is_empty() => {
                Err(rejected(format!("the parameter {name:?} is empty, and stands in a path")))
            }
            Place::Path => Ok(utf8_percent_encode(value, SEGMENT).to_string()),
            Place::Header if value.chars().any(char::is_control) => Err(rejected(format!(
                "the parameter {name:?} has a line end or control character, and stands in a header"
            ))),
            Place::Json => Ok(json(value, quoted)),
            Place::Field | Place::Header | Place::Text => Ok(value.to_owned()),
        }
    }
}

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn json(value: &str, quoted: bool) -> String {
    let text = serde_json::Value::from(value).to_string();
    if quoted {
        // One quote at either end: a value's own, escaped, may stand right beside it.
        return text.get(1..text.len() - 1).unwrap_or_default().to_owned();
    }
    match serde_json::from_str(value) {
        Ok(serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => value.trim().to_owned(),
        _ => text,
    }
}

fn rejected(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Rejected, message)
}

#[cfg(test)]
mod tests;
