//! An item as an event of a calendar: which of its fields say what, when and where.

use jiff::Timestamp;
use jiff::civil::Date;
use kinds::{Kind, Time, Type};
use serde_json::{Map, Value};

use super::writer::Writer;
use crate::page::Language;

/// An item of a kind with a time.
pub(super) type Item = Map<String, Value>;

/// Fields that say what an item is called, and where it is: the first that there is, and all of them.
const NAMES: [&str; 3] = ["title", "name", "text"];
const PLACES: [&str; 7] = ["room", "place", "stop", "site", "address", "library", "location"];

/// What tells items of one calendar from those of all others.
pub(super) struct Origin<'a> {
    pub campus: &'a str,
    pub set: &'a str,
    pub kind: &'a Kind,
    pub language: Language,
    pub as_of: Timestamp,
}

/// When an event is.
enum When {
    Instants(Timestamp, Option<Timestamp>),
    /// From the first day to the one after the last.
    Days(Date, Option<Date>),
}

impl Origin<'_> {
    /// Writes an item, and says whether it did: one without a time is in no calendar.
    pub(super) fn write(&self, item: &Item, writer: &mut Writer) -> bool {
        let Some(when) = self.kind.time.as_ref().and_then(|time| when(item, time)) else { return false };
        writer.line("BEGIN", "VEVENT");
        let id = text(item, "id").unwrap_or_default();
        writer.text("UID", &format!("{id}@{}.{}", self.set, self.campus));
        writer.instant("DTSTAMP", self.as_of);
        match when {
            When::Instants(start, end) => {
                writer.instant("DTSTART", start);
                // An end at or before the start is no end (3.8.2.2).
                end.filter(|end| *end > start).into_iter().for_each(|end| writer.instant("DTEND", end));
            }
            When::Days(start, end) => {
                writer.day("DTSTART", start);
                end.filter(|end| *end > start).into_iter().for_each(|end| writer.day("DTEND", end));
            }
        }
        let cancelled = item.get("cancelled") == Some(&Value::Bool(true));
        writer.text("SUMMARY", self.name(item));
        let places: Vec<_> = PLACES.iter().filter_map(|name| text(item, name)).collect();
        if !places.is_empty() {
            writer.text("LOCATION", &places.join(", "));
        }
        let said = self.said(item);
        if !said.is_empty() {
            writer.text("DESCRIPTION", &said.join("\n"));
        }
        if let Some(category) = text(item, "category").or_else(|| text(item, "type")) {
            writer.text("CATEGORIES", category);
        }
        if let Some(url) = text(item, "url") {
            writer.line("URL", url);
        }
        writer.line("STATUS", if cancelled { "CANCELLED" } else { "CONFIRMED" });
        writer.line("END", "VEVENT");
        true
    }

    fn name<'i>(&'i self, item: &'i Item) -> &'i str {
        let named = NAMES.iter().find_map(|name| text(item, name));
        named.unwrap_or_else(|| self.language.of(&self.kind.title.fr, &self.kind.title.en))
    }

    /// The rest of what an item says to people, a line for each field. Fields of own kinds come with their titles.
    fn said(&self, item: &Item) -> Vec<String> {
        let own = kinds::find(&self.kind.name).is_none();
        let time = self.kind.time.as_ref();
        let told = |name: &str| {
            name == "id"
                || name == "category"
                || NAMES.contains(&name)
                || PLACES.contains(&name)
                || time.is_some_and(|time| time.start == name || time.end.as_deref() == Some(name))
        };
        let fields = self.kind.fields.iter().filter(|field| !told(&field.name));
        let line = |field: &kinds::Field| {
            let of = match &field.ty {
                Type::List(of) => of,
                of => of,
            };
            let shown = match of {
                Type::Text => true,
                Type::Number | Type::Integer | Type::Choice(_) | Type::Date | Type::TimeOfDay => own,
                _ => false,
            };
            let value = item.get(&field.name).filter(|_| shown).and_then(spoken)?;
            let title = field.title.as_ref().filter(|_| own).map(|title| self.language.of(&title.fr, &title.en));
            Some(match title {
                Some(title) => format!("{title}: {value}"),
                None => value,
            })
        };
        fields.filter_map(line).collect()
    }
}

fn text<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn spoken(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => {
            let spoken: Vec<_> = values.iter().filter_map(spoken).collect();
            (!spoken.is_empty()).then(|| spoken.join(", "))
        }
        _ => None,
    }
}

/// Instants end when they say; of whole days, an instant's end is the midnight after the last, a day's the last itself.
fn when(item: &Item, time: &Time) -> Option<When> {
    let start = text(item, &time.start)?;
    let end = time.end.as_ref().and_then(|name| text(item, name));
    if let Ok(day) = start.parse::<Date>()
        && start.len() == "2026-11-23".len()
    {
        let last = end.and_then(|end| end.parse::<Date>().ok());
        return Some(When::Days(day, last.and_then(|last| last.tomorrow().ok())));
    }
    if item.get("all_day") == Some(&Value::Bool(true)) {
        // In the campus's own zone, as the item has them.
        let day = |text: &str| text.get(..10).and_then(|day| day.parse::<Date>().ok());
        return Some(When::Days(day(start)?, end.and_then(day)));
    }
    Some(When::Instants(start.parse().ok()?, end.and_then(|end| end.parse().ok())))
}
