//! A source's answer as received, and its decoding.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Records, Value, Wanted, charset, delimited, json, sheet, xml};

/// How the bytes of an answer are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 8259.
    Json,
    /// XML 1.0; no entity beyond the predefined and HTML's named ones is expanded, a DTD with declarations is refused.
    /// An element with text alone is that text, any other an object of `@attribute`, child and `#text`.
    Xml,
    /// Delimited text with a first line of names.
    Csv,
    /// The first sheet (or the named one) of an Office Open XML workbook, with a first row of names.
    Xlsx,
}

/// What a document may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Nesting of lists and objects, or of elements.
    pub depth: usize,
    /// Values in all: an object's, list's and scalar's count one each.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 64, values: 2_000_000 }
    }
}

/// What a declaration says of the text, where it says anything.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What stands between the fields of CSV; guessed from the first line without it.
    pub delimiter: Option<u8>,
    /// Which sheet of a workbook; the first without it.
    pub sheet: Option<String>,
}

/// The document is not what it was said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// What is wrong and where, for the school's staff: `not JSON: expected value at line 1 column 1`.
    pub message: String,
}

impl Malformed {
    /// `not XML: it ends within <a> at line 1 column 4`, for a byte offset into the text.
    pub(crate) fn at(text: &str, offset: usize, format: &str, what: &str) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        Self { message: format!("not {format}: {} at line {line} column {column}", brief(what)) }
    }
}

/// A message that repeats something of a document, without all of it.
pub(crate) fn brief(what: &str) -> &str {
    const LONGEST: usize = 200;
    what.get(..what.floor_char_boundary(LONGEST)).unwrap_or(what)
}

/// An answer, not yet decoded: text in UTF-8, or what a connector makes records of; and values that are decoded.
#[derive(Debug, Clone)]
pub enum Payload {
    /// JSON text.
    Json(Bytes),
    /// XML text.
    Xml(String),
    /// Delimited text.
    Csv {
        /// The text, names first.
        text: String,
        /// What stands between fields.
        delimiter: u8,
    },
    /// Rows, calendar entries, feed entries: a connector makes records of them.
    Records(Arc<dyn Records>),
    /// The rows of a sheet.
    Values(Value<'static>),
}

impl Payload {
    /// Reads bytes as a format. `charset` is what HTTP declared; a byte order mark wins over it, it wins over what the
    /// document says of itself, and without any the charset is detected.
    ///
    /// # Errors
    /// [`Malformed`] where a workbook cannot be opened or exceeds `limits`; text formats fail later, in [`Self::value`].
    pub fn new(
        format: Format,
        bytes: Bytes,
        charset: Option<&str>,
        options: &Options,
        limits: &Limits,
    ) -> Result<Self, Malformed> {
        Ok(match format {
            Format::Json => Self::Json(charset::utf8(bytes, charset)),
            Format::Xml => Self::Xml(charset::text(&bytes, charset)),
            Format::Csv => {
                let text = charset::text(&bytes, charset);
                let delimiter = options.delimiter.unwrap_or_else(|| delimited::guess(&text));
                Self::Csv { text, delimiter }
            }
            Format::Xlsx => Self::Values(sheet::read(&bytes, options.sheet.as_deref(), limits)?),
        })
    }

    /// Decodes, borrowing text from the payload.
    ///
    /// # Errors
    /// [`Malformed`] where the text is not of its format, is nested deeper or holds more values than `limits` allow.
    pub fn value(&self, limits: &Limits) -> Result<Cow<'_, Value<'_>>, Malformed> {
        self.wanted(Wanted::all(), limits)
    }

    /// Decodes what is wanted; the rest is checked and counted all the same.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn wanted<'a>(&'a self, wanted: &'a Wanted, limits: &Limits) -> Result<Cow<'a, Value<'a>>, Malformed> {
        match self {
            Self::Json(bytes) => json::decode(bytes, wanted, limits).map(Cow::Owned),
            Self::Xml(text) => xml::decode(text, wanted, limits).map(Cow::Owned),
            Self::Csv { text, delimiter } => delimited::decode(text, *delimiter, wanted, limits).map(Cow::Owned),
            Self::Records(records) => listed(&**records, wanted).map(Cow::Owned),
            Self::Values(value) => Ok(Cow::Borrowed(value)),
        }
    }

    /// The field in which a connector tells what is wrong with a record.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Records(records) => records.problem(),
            _ => None,
        }
    }

    /// Gives the elements of the list at the end of a path of names to `visit`, one by one and with what is `wanted` of
    /// them, without making the list where the format allows it.
    ///
    /// # Errors
    /// As [`Self::value`], at the end of what is well-formed: what was visited until then is to be forgotten.
    pub fn each(
        &self,
        path: &[String],
        wanted: &Wanted,
        limits: &Limits,
        visit: &mut Visit<'_>,
    ) -> Result<Listed, Malformed> {
        match self {
            Self::Json(bytes) => json::each(bytes, path, wanted, limits, visit),
            Self::Xml(text) if path.len() > 1 => xml::each(text, path, wanted, limits, visit),
            Self::Csv { text, delimiter } if path.is_empty() => {
                delimited::each(text, *delimiter, wanted, limits, visit)
            }
            Self::Records(records) if path.is_empty() => given(&**records, wanted, visit).map(Listed::from),
            Self::Values(value) => Ok(visited(value, path, visit)),
            Self::Xml(_) | Self::Csv { .. } | Self::Records(_) => Ok(Listed::Otherwise),
        }
    }
}

/// Takes one element of a list; to break is to want no more.
pub type Visit<'k> = dyn FnMut(&Value<'_>) -> ControlFlow<()> + 'k;

/// How the elements of a list were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// All of them, and the document is well-formed.
    All,
    /// Until no more were wanted.
    Enough,
    /// The path leads to no list, or it cannot be followed in passing: the document is to be decoded, and what was
    /// visited to be forgotten.
    Otherwise,
}

impl From<ControlFlow<()>> for Listed {
    fn from(flow: ControlFlow<()>) -> Self {
        if flow.is_continue() { Self::All } else { Self::Enough }
    }
}

fn visited(value: &Value<'_>, path: &[String], visit: &mut Visit<'_>) -> Listed {
    match path.iter().try_fold(value, |value, name| value.get(name)) {
        Some(Value::List(values)) => values.iter().try_for_each(visit).into(),
        _ => Listed::Otherwise,
    }
}

fn given(records: &dyn Records, wanted: &Wanted, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Malformed> {
    let wanted = records.problem().map_or(Cow::Borrowed(wanted), |problem| wanted.with(problem));
    records.each(&wanted, visit)
}

fn listed(records: &dyn Records, wanted: &Wanted) -> Result<Value<'static>, Malformed> {
    let mut list = Vec::new();
    let wanted = wanted.of_elements().unwrap_or_else(|| Wanted::type_only());
    let _ = given(records, wanted, &mut |record| {
        list.push(record.clone().into_owned());
        ControlFlow::Continue(())
    })?;
    Ok(Value::List(list))
}
