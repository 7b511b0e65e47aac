//! Rows of cells beneath a row of names: what delimited text and sheets share.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::{Limits, Malformed, Value};

/// Columns a table may have.
pub(crate) const COLUMNS: usize = 1_000;

/// Records by the names of the first row that is not blank. A column without a name, or with the name of a former
/// one, is `column_N`, counted from 1; so are cells beyond the names. Cells missing at the end of a row are absent.
pub(crate) struct Table<'a, 'l> {
    limits: &'l Limits,
    left: usize,
    names: Vec<Cow<'a, str>>,
    records: Vec<Value<'a>>,
}

impl<'a, 'l> Table<'a, 'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self { limits, left: limits.values, names: Vec::new(), records: Vec::new() }
    }

    /// Takes the next row; one in which all cells are null is skipped.
    pub(crate) fn push(&mut self, mut row: Vec<Value<'a>>) -> Result<(), Malformed> {
        let Some(last) = row.iter().rposition(|cell| *cell != Value::Null) else { return Ok(()) };
        if self.names.is_empty() {
            row.truncate(last + 1);
            self.names = names(row);
            return Ok(());
        }
        row.truncate(self.names.len().max(last + 1));
        let left = self.left.checked_sub(row.len() + 1);
        let too_many = || Malformed { message: format!("the table has more than {} values", self.limits.values) };
        self.left = left.ok_or_else(too_many)?;
        let name = |at: usize| self.names.get(at).cloned().unwrap_or_else(|| column(at));
        self.records.push(row.into_iter().enumerate().map(|(at, cell)| (name(at), cell)).collect());
        Ok(())
    }

    pub(crate) fn finish(self) -> Value<'a> {
        Value::List(self.records)
    }
}

pub(crate) fn too_wide() -> Malformed {
    Malformed { message: format!("the table has more than {COLUMNS} columns") }
}

fn names(row: Vec<Value<'_>>) -> Vec<Cow<'_, str>> {
    let mut known = HashSet::new();
    let mut named = |(at, cell)| {
        let name = match cell {
            Value::Text(Cow::Borrowed(name)) => Cow::Borrowed(name.trim()),
            Value::Text(Cow::Owned(name)) => Cow::Owned(name.trim().to_owned()),
            Value::Int(number) => Cow::Owned(number.to_string()),
            Value::Float(number) => Cow::Owned(number.to_string()),
            _ => Cow::Borrowed(""),
        };
        let name = if name.is_empty() || known.contains(&name) { column(at) } else { name };
        known.insert(name.clone());
        name
    };
    row.into_iter().enumerate().map(&mut named).collect()
}

fn column(at: usize) -> Cow<'static, str> {
    Cow::Owned(format!("column_{}", at + 1))
}
