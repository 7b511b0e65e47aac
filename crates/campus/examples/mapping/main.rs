//! CPU per document of a mapping: ours, a hand-written typed program, jaq and jq, by turns in one run; then of answers
//! that connectors read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs)]

mod connectors;
mod cpu;
mod events;
mod peers;
mod typed;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jq::Scope;
use mapping::{Budget, Declared, Mapping};
use records::{Format, Limits, Options, Payload};

/// How many measurements each contender has.
const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            table();
            connectors::table();
        }
        // For counting instructions: one contender, so many times.
        ["once", name, times] => {
            let mut contenders = contenders();
            contenders.extend(connectors::contenders().into_iter().map(|(name, _, run)| (name, 0, run)));
            let (_, _, run) = contenders.iter_mut().find(|(known, ..)| known == name).unwrap();
            (0..times.parse().unwrap()).for_each(|_| run());
        }
        _ => panic!("mapping [once CONTENDER TIMES]"),
    }
}

/// What is run, the bytes it is given, and one run.
type Contender = (&'static str, usize, Box<dyn FnMut()>);

fn contenders() -> Vec<Contender> {
    let json = events::json();
    let ours = |format, text: &str, each: &str, fields: &[(&str, &str)]| -> Box<dyn FnMut()> {
        let mapping = mapping("timetable", each, fields);
        let limits = Limits::default();
        let payload = Payload::new(format, text.to_owned().into(), None, &Options::default(), &limits).unwrap();
        let pages = [payload];
        let (items, _) = mapping.run(&pages, &Budget::default()).unwrap();
        assert_eq!(str::from_utf8(items.json()).unwrap(), typed::map(&json), "{each}");
        Box::new(move || _ = black_box(mapping.run(black_box(&pages), &Budget::default())))
    };
    let (xml, csv) = (events::xml(), events::csv());
    let mut contenders: Vec<Contender> = vec![
        ("typed serde", json.len(), {
            let json = json.clone();
            Box::new(move || _ = black_box(typed::map(black_box(&json))))
        }),
        ("JSON", json.len(), ours(Format::Json, &json, events::EACH, &events::FIELDS)),
        ("XML", xml.len(), ours(Format::Xml, &xml, events::XML_EACH, &events::XML_FIELDS)),
        ("CSV", csv.len(), ours(Format::Csv, &csv, events::CSV_EACH, &events::CSV_FIELDS)),
        ("jaq", json.len(), peers::jaq(&json)),
    ];
    let rows = events::rows();
    let by_rows = mapping("timetable", events::CSV_EACH, &events::CSV_FIELDS);
    let (items, account) = by_rows.run(&rows, &Budget::default()).unwrap();
    assert_eq!((items.len() as u64, account.received), (account.mapped, events::ROWS as u64));
    contenders.push(("10,000 rows", 0, Box::new(move || _ = black_box(by_rows.run(&rows, &Budget::default())))));
    contenders
}

fn mapping(kind: &str, each: &str, fields: &[(&str, &str)]) -> Mapping {
    let kind = Arc::clone(kinds::find(kind).unwrap());
    let scope = Scope { zone: TimeZone::get("Europe/Paris").unwrap(), tables: BTreeMap::new() };
    Mapping::compile(&Declared { each, fields: fields.to_vec() }, kind, &scope).unwrap()
}

fn table() {
    let mut contenders = contenders();
    let mut costs = vec![Vec::new(); contenders.len() + 1];
    for _ in 0..ROUNDS {
        for ((_, _, run), costs) in contenders.iter_mut().zip(&mut costs) {
            costs.push(cpu::cost(run));
        }
        costs.last_mut().unwrap().extend(peers::jq(&events::json()));
    }
    let typed = cpu::Spread::of(costs[0].clone()).median;
    println!(
        "CPU microseconds per document of {} events: median of {ROUNDS} rounds (lowest to highest)\n",
        events::EVENTS
    );
    println!("| mapping | bytes | µs | / typed serde |\n|---|---|---|---|");
    let named = contenders.iter().map(|(name, bytes, _)| (*name, *bytes)).chain([("jq", events::json().len())]);
    for ((name, bytes), costs) in named.zip(costs) {
        if costs.is_empty() {
            println!("| {name} | {bytes} | not installed | |");
            continue;
        }
        let spread = cpu::Spread::of(costs);
        println!("| {name} | {bytes} | {spread} | {:.2} |", spread.median / typed);
    }
}
