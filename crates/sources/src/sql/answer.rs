//! Rows within the limits of their data set.

use std::ops::ControlFlow;
use std::sync::Arc;

use futures_util::{Stream, TryStreamExt};
use outbound::FailureKind;
use records::{Malformed, Payload, Records, Shape, Value, Visit, Wanted};
use sqlx::{Column, Row};

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

/// Rows as they came, whose values are read where they are wanted.
struct Rows<R> {
    site: String,
    columns: Vec<String>,
    rows: Vec<R>,
    value: ReadValue<R>,
}

/// Reads the value of a row's column.
pub(super) type ReadValue<R> = for<'r> fn(&'r R, usize) -> Result<Value<'r>, Fault>;

impl<R: Send + Sync> Records for Rows<R> {
    fn each(&self, wanted: &Wanted, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Malformed> {
        let columns = self.columns.iter().enumerate();
        let shape = Shape::new(columns.map(|(place, name)| (name.as_str(), place)), wanted);
        for row in &self.rows {
            let record = shape.record(|place| (self.value)(row, *place));
            let record = record.map_err(|fault| Malformed { message: fault.at(&self.site).message })?;
            if visit(&Value::Object(record)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Takes rows while they arrive, within the limits of the question.
pub(super) async fn rows<R: Row + Sync>(
    mut arriving: impl Stream<Item = Result<R, sqlx::Error>> + Unpin,
    question: &Question,
    site: String,
    size: fn(&R, usize) -> Result<usize, sqlx::Error>,
    value: ReadValue<R>,
) -> Result<Answer, Fault> {
    let (mut account, mut rows) = (Account::new(question), Vec::new());
    while let Some(row) = arriving.try_next().await? {
        account.row()?;
        for place in 0..row.len() {
            account.value(size(&row, place)?)?;
        }
        rows.push(row);
    }
    let columns = rows.first().map(|row| names(row.columns())).transpose()?.unwrap_or_default();
    let bytes = account.bytes as u64;
    Ok(Answer { page: Payload::Records(Arc::new(Rows { site, columns, rows, value })), bytes })
}

/// The names of columns. Of two columns of one name, only one would be seen.
pub(super) fn names(columns: &[impl Column]) -> Result<Vec<String>, Fault> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for name in columns.iter().map(Column::name) {
        if names.iter().any(|known| known == name) {
            let message = format!("has two columns `{name}` for this query: name one of them with `as`");
            return Err(Fault::Other(FailureKind::Rejected, message));
        }
        names.push(name.to_owned());
    }
    Ok(names)
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
