//! Workbooks (Office Open XML) into values.

use std::io::{Cursor, Read, Write};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::charset::printable;
use crate::payload::brief;
use crate::table::{COLUMNS, Table, too_wide};
use crate::{Limits, Malformed, Value, Wanted};

/// Bytes of XML in a workbook, inflated.
const INFLATED: u64 = 64 * 1024 * 1024;
/// Files in a workbook.
const FILES: usize = 1_000;

/// Records of the named sheet, or of the first, by the names in its first row that is not blank.
pub(crate) fn read(bytes: &[u8], sheet: Option<&str>, limits: &Limits) -> Result<Value<'static>, Malformed> {
    let inflated = inflate(bytes)?;
    // calamine computes with what a sheet declares, and can overflow: `<dimension ref="B2:A1"/>`.
    let records = std::panic::catch_unwind(|| records(inflated, sheet, limits));
    records.unwrap_or_else(|_| Err(malformed("it declares impossible dimensions")))
}

fn malformed(what: impl std::fmt::Display) -> Malformed {
    Malformed { message: format!("not a workbook (XLSX): {}", brief(&what.to_string())) }
}

/// The workbook's XML, stored without compression: neither calamine nor zip bounds what a file inflates to, and what
/// an archive declares can be a lie, so that the bytes are counted as they come.
fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut packed = ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    if packed.len() > FILES {
        return Err(malformed(format_args!("it holds more than {FILES} files")));
    }
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    let mut left = INFLATED;
    for place in 0..packed.len() {
        let file = packed.by_index(place).map_err(malformed)?;
        let name = file.name().map_err(malformed)?.into_owned();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        stored
            .start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
            .map_err(malformed)?;
        let mut content = Vec::new();
        let taken = file.take(left.saturating_add(1)).read_to_end(&mut content).map_err(malformed)?;
        left = u64::try_from(taken).ok().and_then(|taken| left.checked_sub(taken)).ok_or_else(too_large)?;
        stored.write_all(&content).map_err(malformed)?;
    }
    Ok(stored.finish().map_err(malformed)?.into_inner())
}

fn too_large() -> Malformed {
    malformed(format_args!("it inflates to more than {} MiB", INFLATED / 1024 / 1024))
}

/// Cells are read as a stream: calamine's range is a rectangle, which two cells in opposite corners make gigabytes.
fn records(inflated: Vec<u8>, sheet: Option<&str>, limits: &Limits) -> Result<Value<'static>, Malformed> {
    let mut workbook = Xlsx::new(Cursor::new(inflated)).map_err(malformed)?;
    let names = workbook.sheet_names();
    let name = match sheet {
        Some(sheet) => names.iter().find(|name| *name == sheet).ok_or_else(|| Malformed {
            message: format!("the workbook has no sheet {sheet:?}, it has {}", brief(&names.join(", "))),
        })?,
        None => names.first().ok_or_else(|| malformed("it has no sheet"))?,
    };
    let mut cells = workbook.worksheet_cells_reader(name).map_err(malformed)?;
    let (mut table, mut records) = (Table::new(Wanted::all(), limits), Vec::new());
    let (mut at, mut row) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(malformed)? {
        let ((line, column), value) = (cell.get_position(), value(cell.get_value()));
        if line != at {
            records.extend(table.record(&mut row)?);
            at = line;
        }
        if value != Value::Null {
            place(&mut row, column, value)?;
        }
    }
    records.extend(table.record(&mut row)?);
    Ok(Value::List(records))
}

fn place(row: &mut Vec<Value<'static>>, column: u32, value: Value<'static>) -> Result<(), Malformed> {
    let column = usize::try_from(column).ok().filter(|column| *column < COLUMNS).ok_or_else(too_wide)?;
    if row.len() <= column {
        row.resize(column + 1, Value::Null);
    }
    if let Some(cell) = row.get_mut(column) {
        *cell = value;
    }
    Ok(())
}

fn value(cell: &DataRef<'_>) -> Value<'static> {
    match cell {
        DataRef::Empty => Value::Null,
        DataRef::Int(number) => Value::Int(*number),
        DataRef::Float(number) => number_of(*number),
        DataRef::Bool(value) => Value::Bool(*value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text_of(text),
        DataRef::SharedString(text) => text_of(text),
        DataRef::DateTime(time) => Value::text(time_of(time)),
        DataRef::Error(error) => Value::text(error.to_string()),
    }
}

fn text_of(text: &str) -> Value<'static> {
    if text.is_empty() { Value::Null } else { Value::text(printable(text.into())) }
}

/// A sheet knows floats only; one without a fraction was meant as a whole number.
#[expect(clippy::cast_possible_truncation, reason = "whole and within the range in which floats count exactly")]
fn number_of(number: f64) -> Value<'static> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number {
        _ if !number.is_finite() => Value::Null,
        _ if number.fract() == 0.0 && number.abs() <= EXACT => Value::Int(number as i64),
        _ => Value::Float(number),
    }
}

/// `YYYY-MM-DDTHH:MM:SS`; below one day, where a sheet means a time of day or a duration, `HH:MM:SS`.
fn time_of(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.as_f64() < 1.0 {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests;
