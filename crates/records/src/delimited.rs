//! Delimited text (RFC 4180 and what spreadsheets make of it) into values.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::payload::{Listed, Visit};
use crate::table::{COLUMNS, Table, too_wide};
use crate::{Limits, Malformed, Value, Wanted};

/// What most often stands between the names, outside of quotes; a comma where nothing does.
pub(crate) fn guess(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let bare: String = line.split('"').step_by(2).collect();
    let count = |delimiter: &u8| bare.bytes().filter(|byte| byte == delimiter).count();
    // Of equals `max_by_key` takes the last.
    *b"|\t;,".iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}

/// Records by the names in the first line. Cells are texts, untrimmed; an empty one is null. Read here and not by a
/// library, because cells are then borrowed from the text, and a quote that is never closed is an error with its line
/// instead of one cell with the rest of the file.
pub(crate) fn decode<'a>(
    text: &'a str,
    delimiter: u8,
    wanted: &'a Wanted,
    limits: &Limits,
) -> Result<Value<'a>, Malformed> {
    let mut records = Vec::new();
    read(text, delimiter, wanted.of_elements().unwrap_or(Wanted::type_only()), limits, |record| {
        records.push(record);
        ControlFlow::Continue(())
    })?;
    Ok(Value::List(records))
}

/// The same records one by one.
pub(crate) fn each(
    text: &str,
    delimiter: u8,
    wanted: &Wanted,
    limits: &Limits,
    visit: &mut Visit<'_>,
) -> Result<Listed, Malformed> {
    read(text, delimiter, wanted, limits, |record| visit(&record))
}

fn read<'a>(
    text: &'a str,
    delimiter: u8,
    wanted: &'a Wanted,
    limits: &Limits,
    mut visit: impl FnMut(Value<'a>) -> ControlFlow<()>,
) -> Result<Listed, Malformed> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if !delimiter.is_ascii() {
        return Err(Malformed { message: format!("the delimiter, byte {delimiter}, is no ASCII character") });
    }
    let mut rows = Rows { text, rest: text, delimiter };
    let (mut table, mut row) = (Table::new(wanted, limits), Vec::new());
    while !rows.rest.is_empty() {
        rows.row(&mut row)?;
        if table.record(&mut row)?.is_some_and(|record| visit(record).is_break()) {
            return Ok(Listed::Enough);
        }
    }
    Ok(Listed::All)
}

struct Rows<'a> {
    text: &'a str,
    rest: &'a str,
    /// ASCII, so that what it ends is whole characters.
    delimiter: u8,
}

impl<'a> Rows<'a> {
    fn row(&mut self, row: &mut Vec<Value<'a>>) -> Result<(), Malformed> {
        loop {
            let cell = self.cell()?;
            row.push(if cell.is_empty() { Value::Null } else { Value::Text(cell) });
            if let Some(rest) = self.rest.strip_prefix(char::from(self.delimiter)) {
                self.rest = rest;
            } else {
                self.rest = ["\r\n", "\n", "\r"].iter().find_map(|end| self.rest.strip_prefix(end)).unwrap_or_default();
                return Ok(());
            }
            if row.len() >= COLUMNS {
                return Err(too_wide());
            }
        }
    }

    fn cell(&mut self) -> Result<Cow<'a, str>, Malformed> {
        let Some(inside) = self.rest.strip_prefix('"') else { return Ok(Cow::Borrowed(self.bare())) };
        let opened = self.text.len() - self.rest.len();
        let unclosed = || Malformed::at(self.text, opened, "delimited text", "a quote is opened and never closed");
        let (first, rest) = inside.split_once('"').ok_or_else(unclosed)?;
        let mut cell = Cow::Borrowed(first);
        self.rest = rest;
        while let Some(escaped) = self.rest.strip_prefix('"') {
            let (more, rest) = escaped.split_once('"').ok_or_else(unclosed)?;
            cell.to_mut().push('"');
            cell.to_mut().push_str(more);
            self.rest = rest;
        }
        // Sloppy writers go on behind the closing quote.
        let tail = self.bare();
        if !tail.is_empty() {
            cell.to_mut().push_str(tail);
        }
        Ok(cell)
    }

    fn bare(&mut self) -> &'a str {
        let ends = |byte: u8| byte == self.delimiter || matches!(byte, b'\n' | b'\r');
        let end = self.rest.bytes().position(ends).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell
    }
}

#[cfg(test)]
mod tests;
