//! A student's year of 500 classes, as JSON, XML, CSV and rows, and the mapping of each.

use std::fmt::Write;

use records::{Payload, Value};

pub const EVENTS: usize = 500;
pub const ROWS: usize = 10_000;

pub const EACH: &str = r#".events[] | select(.status != "draft")"#;
pub const FIELDS: [(&str, &str); 10] = [
    ("id", ".id"),
    ("title", ".subject.label"),
    ("start", ".start"),
    ("end", ".end"),
    ("room", r#"[.rooms[].name] | join(", ")"#),
    ("teacher", r#""\(.teacher.first) \(.teacher.last)""#),
    ("groups", ".groups"),
    ("type", ".type"),
    ("course", ".subject.code"),
    ("cancelled", r#".status == "cancelled""#),
];

pub const XML_EACH: &str = r#".timetable.event[] | select(.["@status"] != "draft")"#;
pub const XML_FIELDS: [(&str, &str); 10] = [
    ("id", r#".["@id"]"#),
    ("title", ".subject[\"#text\"]"),
    ("start", ".start"),
    ("end", ".end"),
    ("room", r#"[.room | as_list | .[].name] | join(", ")"#),
    ("teacher", r#""\(.teacher.first) \(.teacher.last)""#),
    ("groups", ".group | as_list"),
    ("type", ".type"),
    ("course", r#".subject["@code"]"#),
    ("cancelled", r#".["@status"] == "cancelled""#),
];

pub const CSV_EACH: &str = r#".[] | select(.status != "draft")"#;
pub const CSV_FIELDS: [(&str, &str); 10] = [
    ("id", ".id"),
    ("title", ".subject"),
    ("start", ".start"),
    ("end", ".end"),
    ("room", ".rooms"),
    ("teacher", r#".first + " " + .last"#),
    ("groups", ".groups | split(\"|\")"),
    ("type", ".type"),
    ("course", ".code"),
    ("cancelled", r#".status == "cancelled""#),
];

struct Event {
    id: String,
    status: &'static str,
    start: String,
    end: String,
    code: String,
    label: &'static str,
    kind: &'static str,
    rooms: Vec<String>,
    first: &'static str,
    last: &'static str,
    groups: [String; 2],
    seats: usize,
}

fn events(count: usize) -> impl Iterator<Item = Event> {
    const LABELS: [&str; 5] =
        ["Algorithmique avancée", "Réseaux", "Anglais de spécialité", "Systèmes d'exploitation", "Bases de données"];
    const PEOPLE: [(&str, &str); 4] =
        [("Élodie", "Dubois"), ("Minh", "Nguyen"), ("Jean-Baptiste", "Lefèvre"), ("Anne", "Martin")];
    (0..count).map(|number| {
        let (day, hour) = (number / 4, 7 + number % 4 * 2);
        let date = format!("2027-{:02}-{:02}", 1 + day / 28 % 12, 1 + day % 28);
        let (first, last) = PEOPLE[number % 4];
        Event {
            id: format!("ADE6055484132303236-{number}"),
            status: ["confirmed", "confirmed", "moved", "cancelled", "confirmed", "draft"][number % 6],
            start: format!("{date}T{hour:02}:15:00Z"),
            end: format!("{date}T{:02}:00:00Z", hour + 2),
            code: format!("INF{}", 300 + number % 50),
            label: LABELS[number % 5],
            kind: ["CM", "TD", "TP"][number % 3],
            rooms: (0..1 + number % 2).map(|room| format!("B{}", 100 + (number + room) % 40)).collect(),
            first,
            last,
            groups: ["L3 INFO".to_owned(), format!("TD {}", number % 6)],
            seats: 20 + number % 30,
        }
    })
}

pub fn json() -> String {
    let mut out = String::from(r#"{"version":3,"generated":"2026-11-20T08:00:00Z","events":["#);
    for (place, event) in events(EVENTS).enumerate() {
        let Event { id, status, start, end, code, label, kind, rooms, first, last, groups: [year, class], seats } =
            event;
        let rooms: Vec<_> = rooms.iter().map(|room| format!(r#"{{"name":"{room}","seats":{seats}}}"#)).collect();
        let comma = if place == 0 { "" } else { "," };
        write!(
            out,
            r##"{comma}{{"id":"{id}","status":"{status}","start":"{start}","end":"{end}","subject":{{"code":"{code}","label":"{label}","ects":6}},"type":"{kind}","rooms":[{}],"teacher":{{"first":"{first}","last":"{last}"}},"groups":["{year}","{class}"],"colour":"#a0c4ff"}}"##,
            rooms.join(","),
        )
        .unwrap();
    }
    out + "]}"
}

pub fn xml() -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<timetable version=\"3\">\n");
    for event in events(EVENTS) {
        let Event { id, status, start, end, code, label, kind, rooms, first, last, groups: [year, class], seats } =
            event;
        let rooms: String =
            rooms.iter().map(|room| format!("<room><name>{room}</name><seats>{seats}</seats></room>")).collect();
        writeln!(
            out,
            r##"<event id="{id}" status="{status}"><start>{start}</start><end>{end}</end><subject code="{code}" ects="6">{label}</subject><type>{kind}</type>{rooms}<teacher><first>{first}</first><last>{last}</last></teacher><group>{year}</group><group>{class}</group><colour>#a0c4ff</colour></event>"##
        )
        .unwrap();
    }
    out + "</timetable>"
}

const COLUMNS: &str = "id,status,start,end,code,subject,ects,type,rooms,seats,first,last,groups,colour";

fn cells(event: Event) -> [String; 14] {
    let Event { id, status, start, end, code, label, kind, rooms, first, last, groups, seats } = event;
    let [status, label, kind, first, last] = [status, label, kind, first, last].map(str::to_owned);
    let (rooms, groups, seats) = (rooms.join(", "), groups.join("|"), seats.to_string());
    [id, status, start, end, code, label, "6".into(), kind, rooms, seats, first, last, groups, "#a0c4ff".into()]
}

pub fn csv() -> String {
    let mut out = format!("{COLUMNS}\r\n");
    for event in events(EVENTS) {
        let quoted = cells(event).map(|cell| if cell.contains(',') { format!("\"{cell}\"") } else { cell });
        write!(out, "{}\r\n", quoted.join(",")).unwrap();
    }
    out
}

/// As the `sql` connector makes them.
pub fn rows() -> [Payload; 1] {
    let row = |event: Event| COLUMNS.split(',').map(Into::into).zip(cells(event).map(Value::text)).collect();
    [Payload::Values(Value::List(
        events(ROWS * 6 / 5).filter(|event| event.status != "draft").take(ROWS).map(row).collect(),
    ))]
}
