//! Rows of cells beneath a row of names: what delimited text and sheets share.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::{Limits, Malformed, Object, Value, Wanted};

/// Columns a table may have.
pub(crate) const COLUMNS: usize = 1_000;

/// Records by the names of the first row that is not blank. A column without a name, or with the name of a former
/// one, is `column_N`, counted from 1; so are cells beyond the names. Cells missing at the end of a row are absent.
pub(crate) struct Table<'a, 'l> {
    limits: &'l Limits,
    left: usize,
    names: Vec<Cow<'a, str>>,
    /// What is wanted of a record.
    wanted: &'a Wanted,
    /// Which of the wanted names each column is.
    places: Vec<Option<usize>>,
}

impl<'a, 'l> Table<'a, 'l> {
    pub(crate) fn new(wanted: &'a Wanted, limits: &'l Limits) -> Self {
        Self { limits, left: limits.values, names: Vec::new(), wanted, places: Vec::new() }
    }

    /// The record that the next row is, which is emptied; a row in which all cells are null is none, nor is the first.
    pub(crate) fn record(&mut self, row: &mut Vec<Value<'a>>) -> Result<Option<Value<'a>>, Malformed> {
        let last = row.iter().rposition(|cell| *cell != Value::Null);
        let Some(last) = last else {
            row.clear();
            return Ok(None);
        };
        if self.names.is_empty() {
            row.truncate(last + 1);
            self.names = names(row.drain(..));
            self.places = self.names.iter().map(|name| self.wanted.place(name, 0)).collect();
            return Ok(None);
        }
        row.truncate(self.names.len().max(last + 1));
        let left = self.left.checked_sub(row.len() + 1);
        let too_many = || Malformed { message: format!("the table has more than {} values", self.limits.values) };
        self.left = left.ok_or_else(too_many)?;
        let cells = row.drain(..).enumerate();
        if self.wanted.of_values().is_some() {
            let name = |at: usize| self.names.get(at).cloned().unwrap_or_else(|| column(at));
            return Ok(Some(cells.map(|(at, cell)| (name(at), cell)).collect()));
        }
        let mut record = Object::of(self.wanted);
        for (at, cell) in cells {
            let place = self.places.get(at).copied().unwrap_or_else(|| self.wanted.place(&column(at), 0));
            if let Some(value) = place.and_then(|place| record.at_mut(place)) {
                *value = cell;
            }
        }
        Ok(Some(Value::Object(record)))
    }
}

pub(crate) fn too_wide() -> Malformed {
    Malformed { message: format!("the table has more than {COLUMNS} columns") }
}

fn names<'a>(row: impl Iterator<Item = Value<'a>>) -> Vec<Cow<'a, str>> {
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
    row.enumerate().map(&mut named).collect()
}

fn column(at: usize) -> Cow<'static, str> {
    Cow::Owned(format!("column_{}", at + 1))
}
