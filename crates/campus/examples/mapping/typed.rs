//! The same mapping as somebody would write it by hand for this one upstream: typed, borrowed, nothing done twice.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize, Serializer};

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    events: Vec<Event<'a>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    start: Timestamp,
    end: Timestamp,
    #[serde(borrow)]
    subject: Subject<'a>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    rooms: Vec<Room<'a>>,
    #[serde(borrow)]
    teacher: Teacher<'a>,
    #[serde(borrow)]
    groups: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Subject<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    label: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Room<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Teacher<'a> {
    #[serde(borrow)]
    first: Cow<'a, str>,
    #[serde(borrow)]
    last: Cow<'a, str>,
}

#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(serialize_with = "local")]
    start: Local<'a>,
    #[serde(serialize_with = "local")]
    end: Local<'a>,
    room: Cow<'a, str>,
    teacher: String,
    groups: &'a [Text<'a>],
    #[serde(rename = "type")]
    kind: &'a str,
    course: &'a str,
    cancelled: bool,
}

type Local<'a> = (Timestamp, &'a TimeZone);

fn local<S: Serializer>((instant, zone): &Local<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&instant.display_with_offset(zone.to_offset(*instant)))
}

/// The items, in order of time, each id once.
pub fn map(json: &str) -> String {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let answer: Answer<'_> = serde_json::from_str(json).unwrap();
    let mut known = HashSet::new();
    let kept = answer.events.iter().filter(|event| event.status != "draft" && known.insert(&*event.id));
    let mut items: Vec<_> = kept.map(|event| item(event, &zone)).collect();
    items.sort_by_key(|item| item.start.0);
    serde_json::to_string(&items).unwrap()
}

fn item<'a>(event: &'a Event<'a>, zone: &'a TimeZone) -> Item<'a> {
    let room = match event.rooms.as_slice() {
        [room] => Cow::Borrowed(&*room.name),
        rooms => Cow::Owned(rooms.iter().map(|room| &*room.name).collect::<Vec<_>>().join(", ")),
    };
    Item {
        id: &event.id,
        title: &event.subject.label,
        start: (event.start, zone),
        end: (event.end, zone),
        room,
        teacher: format!("{} {}", event.teacher.first, event.teacher.last),
        groups: &event.groups,
        kind: &event.kind,
        course: &event.subject.code,
        cancelled: event.status == "cancelled",
    }
}
