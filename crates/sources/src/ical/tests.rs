//! Calendars in the shapes that schools get them, and some that nobody should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod hostile;
mod oracle;
mod recurring;
mod settings;
mod shapes;
mod zoned;

use std::ops::{ControlFlow, Range};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use records::{Limits, Value, Wanted};

use super::reading::Reading;
use crate::Lasting;

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

/// A year around the examples.
fn year() -> Range<Timestamp> {
    "2026-01-01T00:00:00+01:00".parse().unwrap().."2027-01-01T00:00:00+01:00".parse().unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<Value<'static>>, String> {
    let day = Lasting(Duration::from_hours(24));
    let reading = Reading { past: day, ahead: day, zone: paris(), limits: Limits::default() };
    let mut records = Vec::new();
    let _ = reading.each(bytes, None, Some(year()), Wanted::all(), &mut |record| {
        records.push(record.clone().into_owned());
        ControlFlow::Continue(())
    })?;
    Ok(records)
}

/// The records of events, given by their lines.
fn events(lines: &str) -> Vec<Value<'static>> {
    read(format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n", lines.trim()).as_bytes()).unwrap()
}

/// The records of one event, given by its lines.
fn event(lines: &str) -> Vec<Value<'static>> {
    events(&format!("BEGIN:VEVENT\nUID:e\n{}\nEND:VEVENT", lines.trim()))
}

/// A text of each record; what has none is empty.
fn each<'a>(records: &'a [Value<'static>], name: &str) -> Vec<&'a str> {
    records.iter().map(|record| text(record, name)).collect()
}

fn text<'a>(record: &'a Value<'static>, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Object(object) => object.iter().map(|(name, value)| (name.to_owned(), json(value))).collect(),
    }
}
