//! Rows within the limits of their data set.

use outbound::FailureKind;
use records::{Object, Payload, Value};

use super::failure::Fault;
use super::pool::Question;

/// What a database answered.
pub(super) struct Answer {
    pub(super) page: Payload,
    /// Of all values.
    pub(super) bytes: u64,
}

/// Counts rows while they arrive.
pub(super) struct Account<'q> {
    question: &'q Question,
    rows: usize,
    pub(super) bytes: usize,
}

impl<'q> Account<'q> {
    pub(super) fn new(question: &'q Question) -> Self {
        Self { question, rows: 0, bytes: 0 }
    }

    /// Takes a row, or says which limit it breaks.
    pub(super) fn row(&mut self) -> Result<(), Fault> {
        let limit = self.question.max_rows;
        self.rows += 1;
        if self.rows > limit {
            return Err(malformed(format!(
                "has more than {limit} rows for this query: ask for fewer, or raise `max_rows`"
            )));
        }
        Ok(())
    }

    /// Takes bytes of a value.
    pub(super) fn value(&mut self, bytes: usize) -> Result<(), Fault> {
        let limit = self.question.max_bytes;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > limit {
            return Err(malformed(format!(
                "has more than {limit} bytes for this query: ask for less, or raise `max_bytes`"
            )));
        }
        Ok(())
    }
}

/// A record of a row's values by the names of its columns.
pub(super) fn record<'c>(
    columns: impl Iterator<Item = &'c str>,
    mut value: impl FnMut(usize) -> Result<Value<'static>, Fault>,
) -> Result<Value<'static>, Fault> {
    let mut record = Object::new();
    for (place, name) in columns.enumerate() {
        if record.get(name).is_some() {
            return Err(twice(name));
        }
        record.insert(name.to_owned(), value(place)?);
    }
    Ok(Value::Object(record))
}

/// Two columns of one name: only one of them would be seen.
pub(super) fn twice(column: &str) -> Fault {
    Fault::Other(
        FailureKind::Rejected,
        format!("has two columns `{column}` for this query: name one of them with `as`"),
    )
}

/// A column whose values are no text, number or document.
pub(super) fn unknown(column: &str, kind: &str, remedy: &str) -> Fault {
    let kind = kind.to_ascii_lowercase();
    malformed(format!("has the column `{column}` of type {kind}: {remedy} in the query"))
}

/// A decimal number, exact where it is whole and fits.
pub(super) fn number(text: &str) -> Option<Value<'static>> {
    let float = || text.parse().ok().filter(|float: &f64| float.is_finite()).map(Value::Float);
    text.parse().ok().map(Value::Int).or_else(float)
}

fn malformed(message: String) -> Fault {
    Fault::Other(FailureKind::Malformed, message)
}
