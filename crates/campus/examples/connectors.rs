//! CPU per answer that a connector reads and a mapping makes items of: a calendar, a feed, rows of a database.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mapping::{Budget, Declared, Mapping};
use outbound::{Outbound, Rules};
use records::{Limits, Payload};
use serde_json::json;
use sources::{Call, Context, Fetch, Reply};

const ROUNDS: usize = 7;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("records.db"), []).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let window = json!({"past": "1d", "ahead": "300d"});
    let calendar = fetch(folder.path(), "ical", &json!({"url": "https://edt.example/"}), &window);
    let feed = fetch(folder.path(), "feed", &json!({"url": "https://www.example/feed"}), &json!({}));
    let rows =
        fetch(folder.path(), "sql", &json!({"url": "sqlite:records.db"}), &json!({"query": QUERY, "max_rows": 10_000}));
    let (ics, rss) = (ical(), rss());

    println!("| answer | items | read, µs | mapped, µs |\n|---|---|---|---|");
    let default = |connector: &str, kind: &str| {
        let known = sources::find(connector).unwrap().default_map(kind).unwrap();
        mapping(kind, known.each, known.fields)
    };
    row("calendar, 100 events of 20 occurrences", &default("ical", "timetable"), || {
        calendar.sample(ics.clone().into()).unwrap().unwrap()
    });
    row("feed (RSS)", &default("feed", "news"), || feed.sample(rss.clone().into()).unwrap().unwrap());
    row("rows of SQLite", &mapping("timetable", ".[]", &ROW), || {
        let call = Call { params: &BTreeMap::new(), validators: None, person: None, now: Timestamp::UNIX_EPOCH };
        match runtime.block_on(rows.fetch(&call)).unwrap() {
            Reply::Records { pages, .. } => pages,
            Reply::Unchanged(_) => panic!(),
        }
    });
}

/// Reading and mapping are measured by turns.
fn row(name: &str, mapping: &Mapping, read: impl Fn() -> Vec<Payload>) {
    let pages = read();
    let (items, account) = mapping.run(&pages, &Budget::default()).unwrap();
    assert_eq!((items.len() as u64, account.rejected), (account.received, 0), "{:?}", account.complaints.first());
    let (mut reading, mut mapped) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        reading.push(cost(&read));
        mapped.push(cost(|| mapping.run(&pages, &Budget::default()).unwrap()));
    }
    println!("| {name} | {} | {} | {} |", items.len(), spread(reading), spread(mapped));
}

fn spread(mut costs: Vec<f64>) -> String {
    costs.sort_by(f64::total_cmp);
    format!("{:.0} ({:.0} to {:.0})", costs[costs.len() / 2], costs[0], costs[costs.len() - 1])
}

/// Microseconds of this process's CPU per run: the database's threads work for it.
fn cost<T>(run: impl Fn() -> T) -> f64 {
    const SECONDS: f64 = 0.5;
    let (start, mut runs) = (cpu(), 0.0);
    loop {
        run();
        runs += 1.0;
        let spent = cpu() - start;
        if spent > SECONDS {
            return spent / runs * 1e6;
        }
    }
}

/// Seconds of CPU that the threads of this process had.
fn cpu() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let stats = threads.filter_map(|thread| std::fs::read_to_string(thread.unwrap().path().join("schedstat")).ok());
    stats.map(|stat| stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9).sum()
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

fn mapping(kind: &str, each: &str, fields: &[(&str, &str)]) -> Mapping {
    let kind = Arc::clone(kinds::find(kind).unwrap());
    let scope = jq::Scope { zone: TimeZone::get("Europe/Paris").unwrap(), tables: BTreeMap::new() };
    Mapping::compile(&Declared { each, fields: fields.to_vec() }, kind, &scope).unwrap()
}

fn ical() -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ADE/version 6.0\r\n");
    for number in 0..100 {
        let (day, hour) = (1 + number % 5, 8 + number % 10);
        write!(
            text,
            "BEGIN:VEVENT\r\nDTSTAMP:20260103T141130Z\r\nDTSTART;TZID=Europe/Paris:202702{day:02}T{hour:02}1500\r\n\
             DTEND;TZID=Europe/Paris:202702{day:02}T{hour:02}4500\r\nRRULE:FREQ=WEEKLY;COUNT=20\r\nSUMMARY:CM Algorithmique {number}\r\n\
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
