//! A calendar event as a record: the fields that mappings read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use records::{Object, Value};

use super::event::{Event, Occurrence};
use super::syntax::{Component, Property};
use super::time;

/// `X-` properties and labels kept of one event.
const EXTRAS: usize = 32;

/// Lines kept of a description.
const LINES: usize = 500;

/// Characters kept of an `X-` property's value.
const EXTRA_CHARS: usize = 4_096;

/// What all occurrences of an event have in common; [`occurrence`] fills the places of the rest in a copy.
pub(super) fn common(event: &Event) -> Object<'static> {
    let component = event.component;
    let description = component.text("DESCRIPTION");
    let lines = description.as_deref().map(lines).unwrap_or_default();
    let stamp = |name| text(component.get(name).and_then(|stamp| time::stamp(stamp.value)));
    let fields = [
        ("id", Value::Null),
        ("start", Value::Null),
        ("end", Value::Null),
        ("uid", text(event.uid.clone())),
        ("recurrence_of", text(event.uid.clone().filter(|_| event.recurs()))),
        ("summary", text(component.text("SUMMARY"))),
        ("labels", labels(&lines)),
        ("lines", list(lines)),
        ("description", text(description)),
        ("location", text(component.text("LOCATION"))),
        ("all_day", Value::Bool(event.all_day())),
        ("cancelled", Value::Bool(event.cancelled)),
        ("status", text(component.text("STATUS").map(|status| status.trim().to_lowercase()))),
        ("categories", list(component.all("CATEGORIES").flat_map(Property::texts).collect())),
        ("organizer", text(organizer(component))),
        ("url", text(component.text("URL"))),
        ("sequence", Value::Int(event.sequence)),
        ("dtstamp", stamp("DTSTAMP")),
        ("last_modified", stamp("LAST-MODIFIED")),
        ("problem", text(Some(event.problems.join("; ")).filter(|problems| !problems.is_empty()))),
        ("x", extras(component)),
    ];
    fields.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

/// The record of one occurrence. Times are in the campus's zone, and so are ids.
pub(super) fn occurrence(
    mut common: Object<'static>,
    event: &Event,
    occurrence: Occurrence,
    zone: &TimeZone,
) -> Value<'static> {
    let id = event
        .uid
        .as_ref()
        .map(|uid| if event.recurs() { format!("{uid}/{}", show(occurrence.original, zone)) } else { uid.clone() });
    common.insert("id", text(id));
    common.insert("start", text(Some(show(occurrence.start, zone))));
    common.insert("end", text(occurrence.end.map(|end| show(end, zone))));
    Value::Object(common)
}

/// The record that tells of occurrences lost: it has a problem and no start, so a mapping rejects it with a reason.
pub(super) fn lost(mut common: Object<'static>, event: &Event) -> Value<'static> {
    common.insert("id", text(event.uid.clone()));
    Value::Object(common)
}

/// RFC 3339 with the zone's offset.
fn show(instant: Timestamp, zone: &TimeZone) -> String {
    instant.display_with_offset(zone.to_offset(instant)).to_string()
}

/// Lines that say something. ADE ends each description with the time of the export, which is new each time.
fn lines(description: &str) -> Vec<String> {
    let is_export_note = |line: &str| {
        let note = line.strip_prefix('(').and_then(|line| line.strip_suffix(')'));
        note.is_some_and(|note| ["Export", "Modifi", "Updated"].iter().any(|start| note.starts_with(start)))
    };
    let lines = description.lines().map(str::trim).filter(|line| !line.is_empty() && !is_export_note(line));
    lines.take(LINES).map(str::to_owned).collect()
}

/// `Matière : Algorithmique`, as HyperPlanning writes a description. What stands twice is joined by commas.
fn labels(lines: &[String]) -> Value<'static> {
    let mut labels: Object<'static> = Object::new();
    for line in lines {
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
fn organizer(component: &Component) -> Option<String> {
    let organizer = component.get("ORGANIZER")?;
    let name = organizer.param("CN").map(str::trim).filter(|name| !name.is_empty());
    let address = organizer.value.trim();
    let mail = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).and_then(|_| address.get(7..));
    Some(name.or(mail).unwrap_or(address).to_owned()).filter(|organizer| !organizer.is_empty())
}

/// What products add of their own, by lower-case name.
fn extras(component: &Component) -> Value<'static> {
    let is_extra = |name: &str| name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"));
    let extras = component.properties.iter().filter(|property| is_extra(property.name())).take(EXTRAS);
    extras
        .map(|property| {
            let value: String = property.text().chars().take(EXTRA_CHARS).collect();
            (property.name().to_lowercase().into(), Value::text(value))
        })
        .collect()
}

fn text(text: Option<String>) -> Value<'static> {
    text.map_or(Value::Null, Value::text)
}

fn list(texts: Vec<String>) -> Value<'static> {
    Value::List(texts.into_iter().map(Value::text).collect())
}
