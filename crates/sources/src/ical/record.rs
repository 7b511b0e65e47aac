//! A calendar event as a record: the fields that mappings read.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use records::{Object, Shape, Value, Wanted};

use super::event::{Event, Occurrence};
use super::syntax::{Component, Property};
use super::time;

/// `X-` properties and labels kept of one event.
const EXTRAS: usize = 32;

/// Lines kept of a description.
const LINES: usize = 500;

/// Characters kept of an `X-` property's value.
const EXTRA_CHARS: usize = 4_096;

/// What a field is of an event.
pub(super) type Make = for<'e> fn(&'e Event<'_>) -> Value<'e>;

/// Those that differ from occurrence to occurrence are null.
const FIELDS: [(&str, Make); 21] = [
    ("id", |_| Value::Null),
    ("start", |_| Value::Null),
    ("end", |_| Value::Null),
    ("uid", |event| text(event.uid.as_deref())),
    ("recurrence_of", |event| text(event.uid.as_deref().filter(|_| event.recurs()))),
    ("summary", |event| text(event.component.text("SUMMARY"))),
    ("labels", |event| labels(event.component)),
    ("lines", |event| list(lines(event.component))),
    ("description", |event| text(event.component.text("DESCRIPTION"))),
    ("location", |event| text(event.component.text("LOCATION"))),
    ("all_day", |event| Value::Bool(event.all_day())),
    ("cancelled", |event| Value::Bool(event.cancelled)),
    ("status", |event| text(event.component.text("STATUS").map(|status| status.trim().to_lowercase()))),
    ("categories", |event| list(event.component.all("CATEGORIES").flat_map(Property::texts))),
    ("organizer", |event| text(organizer(event.component))),
    ("url", |event| text(event.component.text("URL"))),
    ("sequence", |event| Value::Int(event.sequence)),
    ("dtstamp", |event| stamp(event.component, "DTSTAMP")),
    ("last_modified", |event| stamp(event.component, "LAST-MODIFIED")),
    (PROBLEM, |event| text(Some(event.problems.join("; ")).filter(|problems| !problems.is_empty()))),
    ("x", |event| extras(event.component)),
];

/// The field that tells what is wrong with a record.
pub(super) const PROBLEM: &str = "problem";

/// How records are made of which only some fields are wanted.
pub(super) fn shape(wanted: &Wanted) -> Shape<'_, Make> {
    Shape::new(FIELDS.iter().copied(), wanted)
}

/// What all occurrences of an event have in common.
pub(super) fn common<'e>(event: &'e Event<'_>, shape: &Shape<'e, Make>) -> Value<'e> {
    let Ok(common) = shape.record(|make| Ok::<_, Infallible>(make(event)));
    Value::Object(common)
}

/// Makes the record that of one occurrence. Times are in the campus's zone, and so are ids. Without one it tells of
/// occurrences that are lost: it has a problem and no start, so a mapping rejects it with a reason.
pub(super) fn fill(record: &mut Value<'_>, event: &Event, occurrence: Option<Occurrence>, zone: &TimeZone) {
    set(record, "id", || {
        let uid = event.uid.as_deref()?;
        let original = occurrence.filter(|_| event.recurs()).map(|occurrence| show(occurrence.original, zone));
        Some(original.map_or_else(|| uid.to_owned(), |original| format!("{uid}/{original}")))
    });
    set(record, "start", || Some(show(occurrence?.start, zone)));
    set(record, "end", || Some(show(occurrence?.end?, zone)));
}

/// Sets a field where it is wanted.
fn set(record: &mut Value<'_>, name: &str, value: impl FnOnce() -> Option<String>) {
    if let Value::Object(fields) = record
        && let Some(field) = fields.get_mut(name)
    {
        *field = text(value());
    }
}

/// RFC 3339 with the zone's offset.
fn show(instant: Timestamp, zone: &TimeZone) -> String {
    instant.display_with_offset(zone.to_offset(instant)).to_string()
}

/// The lines of a description that say something.
fn lines<'a>(component: &Component<'a>) -> Vec<Cow<'a, str>> {
    match component.text("DESCRIPTION") {
        Some(Cow::Borrowed(text)) => said(text).map(Cow::Borrowed).collect(),
        Some(Cow::Owned(text)) => said(&text).map(|line| Cow::Owned(line.to_owned())).collect(),
        None => Vec::new(),
    }
}

/// ADE ends each description with the time of the export, which is new each time.
fn said(description: &str) -> impl Iterator<Item = &str> {
    let is_export_note = |line: &str| {
        let note = line.strip_prefix('(').and_then(|line| line.strip_suffix(')'));
        note.is_some_and(|note| ["Export", "Modifi", "Updated"].iter().any(|start| note.starts_with(start)))
    };
    description.lines().map(str::trim).filter(move |line| !line.is_empty() && !is_export_note(line)).take(LINES)
}

/// `Matière : Algorithmique`, as HyperPlanning writes a description. What stands twice is joined by commas.
fn labels<'a>(component: &Component<'a>) -> Value<'a> {
    let mut labels = Object::new();
    for line in lines(component) {
        let Some((label, value)) = line.split_once(':').map(|(label, value)| (label.trim(), value.trim())) else {
            continue;
        };
        // Neither a time of day nor an address.
        let is_label =
            label.starts_with(char::is_alphabetic) && label.chars().count() <= 40 && !value.starts_with("//");
        if !is_label || value.is_empty() {
            continue;
        }
        if let Some(Value::Text(known)) = labels.get_mut(label) {
            known.to_mut().extend([", ", value]);
        } else if labels.len() < EXTRAS {
            labels.insert(label.to_owned(), Value::text(value.to_owned()));
        }
    }
    Value::Object(labels)
}

/// The organizer's name, else the address.
fn organizer<'a>(component: &Component<'a>) -> Option<&'a str> {
    let organizer = component.get("ORGANIZER")?;
    let name = organizer.param("CN").map(str::trim).filter(|name| !name.is_empty());
    let address = organizer.value.trim();
    let mail = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).and_then(|_| address.get(7..));
    Some(name.or(mail).unwrap_or(address)).filter(|organizer| !organizer.is_empty())
}

/// A UTC time of the calendar's own bookkeeping.
fn stamp(component: &Component, name: &str) -> Value<'static> {
    text(component.get(name).and_then(|stamp| time::stamp(stamp.value)))
}

/// What products add of their own, by lower-case name.
fn extras<'a>(component: &Component<'a>) -> Value<'a> {
    let is_extra = |name: &str| name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"));
    let extras = component.properties.iter().filter(|property| is_extra(property.name())).take(EXTRAS);
    extras
        .map(|property| {
            let mut value = property.text();
            if let Some((end, _)) = value.char_indices().nth(EXTRA_CHARS) {
                value.to_mut().truncate(end);
            }
            (property.name().to_lowercase().into(), Value::Text(value))
        })
        .collect()
}

fn text<'a>(text: Option<impl Into<Cow<'a, str>>>) -> Value<'a> {
    text.map_or(Value::Null, Value::text)
}

fn list<'a>(texts: impl IntoIterator<Item = Cow<'a, str>>) -> Value<'a> {
    Value::List(texts.into_iter().map(Value::Text).collect())
}
