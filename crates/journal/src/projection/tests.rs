//! The fold: the last writer wins, whatever the order in which streams arrive.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Change, Fact, Key, Publication, Record, Revocation, Scope, Version};

/// A stream in the making.
struct Writer {
    stream: Stream,
    entries: Vec<Entry>,
}

impl Writer {
    fn new(origin: &str) -> Self {
        Self { stream: Stream { origin: origin.parse().unwrap(), incarnation: 1 }, entries: Vec::new() }
    }

    fn append(&mut self, stamp: i64, record: Record) -> Version {
        let (seq, before) = self.entries.last().map_or((1, Hash::default()), |last| (last.seq + 1, last.hash));
        self.entries.push(Entry::next(&self.stream, seq, Stamp(stamp), before, record));
        Version { stamp: Stamp(stamp), origin: self.stream.origin.clone() }
    }
}

fn change(key: Key, value: u32, base: Option<Version>) -> Fact {
    let (campus, by) = (Some("rivage".to_owned()), "user:jmartin".to_owned());
    Fact::Change(Change { campus, key, value: json!(value), base, by })
}

fn beta() -> Key {
    Key::Channel("beta".to_owned())
}

fn value(tables: &Projection, key: &Key) -> serde_json::Value {
    tables.history(Some("rivage"), key, 1).unwrap()[0].value.clone()
}

#[test]
fn the_last_writer_wins_and_who_did_not_see_the_other_is_told() {
    let (mut one, mut two) = (Writer::new("dc1"), Writer::new("dc2"));
    let first = one.append(10, change(beta(), 1, None).record(None));
    one.append(30, change(beta(), 2, Some(first.clone())).record(None));
    two.append(40, change(beta(), 3, Some(first)).record(None));
    let mut tables = Projection::in_memory().unwrap();
    tables.apply(&two.entries).unwrap();
    tables.apply(&one.entries).unwrap();
    assert_eq!(value(&tables, &beta()), 3);
    let conflicts = tables.conflicts(None, 10).unwrap();
    let told: Vec<_> = conflicts[0].changes.iter().map(|past| (past.value.clone(), past.before.clone())).collect();
    assert_eq!((told, conflicts[0].open), (vec![(json!(2), json!(1)), (json!(3), json!(1))], true));
    let seen = "40@dc2".parse().unwrap();
    one.append(50, change(beta(), 4, Some(seen)).record(None));
    tables.apply(&one.entries).unwrap();
    assert!(!tables.conflicts(Some("rivage"), 10).unwrap()[0].open, "somebody decided");
}

#[test]
fn a_write_that_two_cells_accepted_counts_once_and_from_the_first() {
    let (mut one, mut two) = (Writer::new("dc1"), Writer::new("dc2"));
    one.append(10, change(beta(), 1, None).record(Some("k".to_owned())));
    one.append(20, change(beta(), 2, None).record(None));
    two.append(30, change(beta(), 1, None).record(Some("k".to_owned())));
    for order in [[&one, &two], [&two, &one]] {
        let mut tables = Projection::in_memory().unwrap();
        order.iter().for_each(|writer| drop(tables.apply(&writer.entries).unwrap()));
        assert_eq!(value(&tables, &beta()), 2);
        assert_eq!(tables.audit(None, None, 10).unwrap().len(), 2);
    }
}

#[test]
fn what_does_not_continue_a_stream_changes_nothing() {
    let mut writer = Writer::new("dc1");
    (1..=3).for_each(|stamp| drop(writer.append(stamp, change(beta(), 1, None).record(None))));
    let mut tables = Projection::in_memory().unwrap();
    tables.apply(&writer.entries[..1]).unwrap();
    let before = tables.dump().unwrap();
    let stream = writer.stream.clone();
    let torn = Entry { stamp: Stamp(9), ..writer.entries[1].clone() };
    for (entries, seq) in [(&writer.entries[2..], 3), (&[torn][..], 2)] {
        assert_eq!(tables.apply(entries).unwrap_err(), Unfit::Broken { stream: stream.clone(), seq });
        assert_eq!(tables.dump().unwrap(), before);
    }
    tables.apply(&writer.entries[..2]).unwrap();
    assert_eq!(tables.applied()[&stream].seq, 2);
}

#[test]
fn what_this_version_does_not_know_is_passed_over_and_counted() {
    let mut writer = Writer::new("dc1");
    let record = Record { version: 2, ..change(beta(), 1, None).record(None) };
    writer.append(1, record);
    writer.append(2, change(beta(), 5, None).record(None));
    let mut tables = Projection::in_memory().unwrap();
    assert_eq!(tables.apply(&writer.entries).unwrap().unknown, 1);
    assert_eq!(tables.unknown().unwrap(), [("change".to_owned(), 2, 1)]);
    assert_eq!(value(&tables, &beta()), 5);
}

#[test]
fn a_file_is_where_it_was_when_it_is_opened_again_and_anew_when_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.sqlite");
    let mut writer = Writer::new("dc1");
    writer.append(1, change(beta(), 5, None).record(None));
    let mut tables = Projection::open(&path).unwrap();
    tables.apply(&writer.entries).unwrap();
    drop(tables);
    let mut tables = Projection::open(&path).unwrap();
    assert!(tables.applied().is_empty(), "it was still being filled");
    tables.apply(&writer.entries).unwrap();
    tables.settle().unwrap();
    let (dump, applied) = (tables.dump().unwrap(), tables.applied().clone());
    drop(tables);
    let tables = Projection::open(&path).unwrap();
    assert_eq!((tables.dump().unwrap(), tables.applied()), (dump, &applied));
    drop(tables);
    std::fs::write(&path, b"SQLite format 3\0 and then nothing of the kind").unwrap();
    assert!(Projection::open(&path).unwrap().applied().is_empty());
}

/// A fact among few keys, so that writers meet.
fn fact() -> impl Strategy<Value = (Fact, Option<String>)> {
    let key = prop_oneof![
        Just(beta()),
        Just(Key::Lifetimes(Scope::Kind("news".to_owned()))),
        Just(Key::Purge(Scope::Campus)),
        Just(Key::SignOut),
    ];
    let base =
        prop_oneof![Just(None), (0..40_i64, 1..=3).prop_map(|(stamp, cell)| format!("{stamp}@dc{cell}").parse().ok())];
    let changes = (key, 0..5_u32, base).prop_map(|(key, value, base)| change(key, value, base));
    let publications = (0..3_u32, 1..4_u32).prop_map(|(content, number)| {
        let files = BTreeMap::from([("campus.toml".to_owned(), content.to_string().into_bytes())]);
        let campus = "rivage".to_owned();
        Fact::Publication(Publication {
            campus,
            number,
            digest: content.to_string(),
            files,
            note: String::new(),
            by: "socket:root".to_owned(),
        })
    });
    let instant = |second: i64| jiff::Timestamp::from_second(second).unwrap();
    let revocations = (0..3_u8, 0..50_i64, 0..50_i64).prop_map(move |(handle, at, until)| {
        Fact::Revocation(Revocation { handle: [handle; 16], at: instant(at), until: instant(until) })
    });
    let facts = prop_oneof![4 => changes, 1 => publications, 1 => revocations];
    (facts, proptest::option::weighted(0.2, "[a-c]"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_interleaving_of_three_origins_gives_the_same_tables(
        facts in proptest::collection::vec((0..3_usize, fact()), 0..40),
        seeds in proptest::collection::vec(proptest::collection::vec((0..3_usize, 1..6_usize), 0..60), 3),
    ) {
        let mut writers = ["dc1", "dc2", "dc3"].map(Writer::new);
        for (place, (writer, (fact, key))) in facts.into_iter().enumerate() {
            writers[writer].append(i64::try_from(place).unwrap() / 2, fact.record(key));
        }
        let mut seen: Option<(String, usize)> = None;
        for seed in seeds {
            let mut tables = Projection::in_memory().unwrap();
            let mut shown = BTreeMap::new();
            let mut rest = writers.iter().map(|writer| &writer.entries[..]).collect::<Vec<_>>();
            let ends = (0..3).map(|writer| (writer, usize::MAX));
            for (writer, count) in seed.into_iter().chain(ends) {
                let (now, later) = rest[writer].split_at(count.min(rest[writer].len()));
                for ((campus, key), new) in tables.apply(now).unwrap().changed {
                    let last = tables.history(campus.as_deref(), &key, 1).unwrap().pop().map(|past| past.version);
                    let place = shown.entry((campus, key)).or_insert(None);
                    *place = new.map_or(last.clone(), |new| place.take().max(Some(new.version)));
                    prop_assert_eq!(&*place, &last);
                }
                rest[writer] = later;
            }
            let in_force = tables.in_force().unwrap();
            shown.retain(|_, version| version.is_some());
            let in_force = in_force.into_iter().map(|past| ((past.campus, past.key), Some(past.version)));
            prop_assert_eq!(&shown, &in_force.collect());
            let now = (tables.dump().unwrap(), tables.conflicts(None, 100).unwrap().len());
            prop_assert_eq!(seen.get_or_insert(now.clone()), &now);
        }
    }
}
