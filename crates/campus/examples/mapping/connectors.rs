//! CPU per answer that a connector reads and a mapping makes items of: a calendar, a feed, rows of a database.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mapping::{Budget, Mapping};
use outbound::{Outbound, Rules};
use records::{Limits, Payload};
use serde_json::json;
use sources::{Call, Context, Fetch, Reply};

use crate::{ROUNDS, cpu, mapping};

/// What is read, how many items come of it, and one run.
type Contender = (&'static str, usize, Box<dyn FnMut()>);

pub fn table() {
    println!("\n| answer | items | µs |\n|---|---|---|");
    let mut contenders = contenders();
    let mut costs = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for ((.., run), costs) in contenders.iter_mut().zip(&mut costs) {
            costs.push(cpu::cost(run));
        }
    }
    for ((name, items, _), costs) in contenders.iter().zip(costs) {
        println!("| {name} | {items} | {} |", cpu::Spread::of(costs));
    }
}

pub fn contenders() -> Vec<Contender> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("records.db"), []).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let window = json!({"past": "1d", "ahead": "300d"});
    let calendar = fetch(folder.path(), "ical", &json!({"url": "https://edt.example/"}), &window);
    let again = Arc::clone(&calendar);
    let feed = fetch(folder.path(), "feed", &json!({"url": "https://www.example/feed"}), &json!({}));
    let rows =
        fetch(folder.path(), "sql", &json!({"url": "sqlite:records.db"}), &json!({"query": QUERY, "max_rows": 10_000}));
    let default = |connector: &str, kind: &str| {
        let known = sources::find(connector).unwrap().default_map(kind).unwrap();
        mapping(kind, known.each, known.fields)
    };
    let (often, once, rss) = (ical(100, "RRULE:FREQ=WEEKLY;COUNT=20\r\n"), ical(500, ""), rss());
    vec![
        contender("calendar, 100 events of 20 occurrences", default("ical", "timetable"), move || {
            calendar.sample(often.clone().into()).unwrap().unwrap()
        }),
        contender("calendar, 500 events", default("ical", "timetable"), move || {
            again.sample(once.clone().into()).unwrap().unwrap()
        }),
        contender("feed (RSS)", default("feed", "news"), move || feed.sample(rss.clone().into()).unwrap().unwrap()),
        contender("rows of SQLite", mapping("timetable", ".[]", &ROW), move || {
            let _until_then = &folder;
            let call = Call { params: &BTreeMap::new(), validators: None, person: None, now: Timestamp::UNIX_EPOCH };
            match runtime.block_on(rows.fetch(&call)).unwrap() {
                Reply::Records { pages, .. } => pages,
                Reply::Unchanged(_) => panic!(),
            }
        }),
    ]
}

fn contender(name: &'static str, mapping: Mapping, read: impl Fn() -> Vec<Payload> + 'static) -> Contender {
    let (items, account) = mapping.run(&read(), &Budget::default()).unwrap();
    assert_eq!((items.len() as u64, account.rejected), (account.received, 0), "{:?}", account.complaints.first());
    (name, items.len(), Box::new(move || _ = black_box(mapping.run(&read(), &Budget::default()))))
}

fn fetch(folder: &Path, connector: &str, source: &serde_json::Value, request: &serde_json::Value) -> Arc<dyn Fetch> {
    let context = Context {
        outbound: Outbound::new(&[]).unwrap(),
        rules: Rules::default(),
        folder: folder.to_owned(),
        directories: Vec::new(),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        limits: Limits::default(),
    };
    let source = sources::find(connector).unwrap().source(source.clone(), &context).unwrap_or_else(|_| panic!());
    source.request(request.clone(), &[]).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn ical(events: usize, rule: &str) -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ADE/version 6.0\r\n");
    for number in 0..events {
        let (day, hour) = (1 + number / 20, 8 + number % 10);
        write!(
            text,
            "BEGIN:VEVENT\r\nDTSTAMP:20260103T141130Z\r\nDTSTART;TZID=Europe/Paris:202702{day:02}T{hour:02}1500\r\n\
             DTEND;TZID=Europe/Paris:202702{day:02}T{hour:02}4500\r\n{rule}SUMMARY:CM Algorithmique {number}\r\n\
             LOCATION:Amphi A\\,Amphi B\r\nDESCRIPTION:\\n\\nL3 INFO\\nMARTIN Jean\\n(Exporté le:03/01/2026 15:11)\\n\r\n\
             UID:ADE60554841323032352d323032362d{number:04}2d302d34\r\nSEQUENCE:2142107631\r\nEND:VEVENT\r\n"
        )
        .unwrap();
    }
    text + "END:VCALENDAR\r\n"
}

fn rss() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Actualités</title>");
    for number in 0..200 {
        write!(
            text,
            "<item><title>Portes ouvertes n° {number}</title><link>https://www.example/{number}</link>\
             <guid isPermaLink=\"false\">entry-{number}</guid><pubDate>Mon, 23 Nov 2026 09:15:00 +0100</pubDate>\
             <category>Campus</category><description>&lt;p&gt;La journée commence à 9 h, &lt;b&gt;amphi A&lt;/b&gt;. \
             &lt;a href=\"https://www.example/plan\"&gt;Plan&lt;/a&gt;&lt;/p&gt;</description></item>"
        )
        .unwrap();
    }
    text + "</channel></rss>"
}

const QUERY: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000) \
    select 'C' || i as id, 'Algorithmique avancée' as title, 'B' || (100 + i % 40) as room, 'Élodie' as prenom, \
    'Dubois' as nom, 1795424100 + i * 60 as debut, 1795431300 + i * 60 as fin, 'TD' as forme, i % 50 = 0 as annule from n";

const ROW: [(&str, &str); 8] = [
    ("id", ".id"),
    ("title", ".title"),
    ("start", ".debut | epoch"),
    ("end", ".fin | epoch"),
    ("room", ".room"),
    ("teacher", ".prenom + \" \" + .nom"),
    ("type", ".forme"),
    ("cancelled", ".annule"),
];
