//! What every journal keeps to, whatever keeps it: `contract!(name, place)` makes a test of each law.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use journal::{Ack, Durability, Entry, Failure, Hash, Hybrid, Journal, MAX_BATCH, MAX_BODY, Record, Stamp, Stream};
use tokio::task::JoinSet;

/// Where a journal is kept: empty at first, and for one test alone.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens the journal of the cell `dc1`, for the first time or, with the former one dropped, once more.
    async fn open(&self, clock: Arc<Hybrid>) -> Arc<dyn Journal>;
}

/// Makes a module of tests: one of each law, in a place of its own. Further laws are those that not every journal keeps.
macro_rules! contract {
    ($name:ident, $place:expr $(, $more:ident)*) => {
        contract!(@ $name, $place, [
            numbers_have_no_gaps_however_many_write,
            each_entry_continues_the_chain,
            reads_after_a_number_and_no_more_than_asked,
            reads_a_bounded_number_of_bytes,
            what_is_unknown_is_empty,
            a_batch_stands_together,
            a_repeated_key_is_acknowledged_as_the_first_time,
            a_repeated_batch_is_acknowledged_as_the_first_time,
            many_who_write_with_one_key_write_once,
            refuses_a_key_that_was_used_for_something_else,
            refuses_a_batch_of_which_a_part_is_known,
            a_refused_write_leaves_those_beside_it_alone,
            stamps_rise_and_follow_what_was_seen,
            heads_are_what_is_read,
            wakes_who_follows,
            keeps_what_it_does_not_know,
            keeps_the_largest_body_and_refuses_a_larger_one,
            keeps_every_letter,
            refuses_to_write_while_the_clock_is_ahead
            $(, $more)*
        ]);
    };
    (@ $name:ident, $place:expr, [$($law:ident),*]) => {
        mod $name {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $law() {
                    $crate::contract::$law(&$place).await;
                }
            )*
        }
    };
}

/// A second in 2026, at which the clocks of these tests stand.
pub const NOW: i64 = 1_790_000_000;

/// A clock that stands still.
pub fn clock() -> Arc<Hybrid> {
    Hybrid::new(Arc::new(|| Timestamp::from_second(NOW).unwrap()))
}

pub fn record(key: Option<&str>, body: &str) -> Record {
    let key = key.map(str::to_owned);
    Record { campus: Some("rivage".to_owned()), kind: "change".to_owned(), version: 1, key, body: body.to_owned() }
}

/// Appends one record.
pub async fn append(journal: &dyn Journal, record: Record) -> Result<Ack, Failure> {
    let mut acks = journal.append(vec![record], Durability::Local).await?;
    assert_eq!(acks.len(), 1);
    Ok(acks.remove(0))
}

/// All of a stream, a few entries at a time, its chain verified.
pub async fn all(journal: &dyn Journal, stream: &Stream) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.len() as u64;
        let page = journal.read(stream, after, 100).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        for entry in page {
            let before = entries.last().map_or(Hash::default(), |last| last.hash);
            assert_eq!((entry.seq, entry.before), (entries.len() as u64 + 1, before));
            assert!(entry.is_whole() && entry.stream == *stream, "{entry:?}");
            entries.push(entry);
        }
    }
}

pub async fn numbers_have_no_gaps_however_many_write(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let mut writers = JoinSet::new();
    for writer in 0..32 {
        let journal = Arc::clone(&journal);
        writers.spawn(async move {
            let mut numbers = Vec::new();
            for number in 0..10 {
                let body = format!("[{writer},{number}]");
                numbers.push((append(&*journal, record(None, &body)).await.unwrap(), body));
            }
            numbers
        });
    }
    let acks = writers.join_all().await.concat();
    let numbers: BTreeSet<u64> = acks.iter().map(|(ack, _)| ack.seq).collect();
    assert!(numbers.into_iter().eq(1..=320));
    let entries = all(&*journal, &acks[0].0.stream).await;
    assert_eq!(entries.len(), 320);
    for (ack, body) in acks {
        let entry = &entries[ack.seq as usize - 1];
        assert_eq!((&entry.record.body, entry.stamp), (&body, ack.stamp));
    }
}

pub async fn each_entry_continues_the_chain(place: &dyn Place) {
    let journal = place.open(clock()).await;
    for _ in 0..3 {
        append(&*journal, record(None, "{}")).await.unwrap();
    }
    let stream = journal.heads().await.unwrap().remove(0).stream;
    // `all` verifies each; the same content has another hash at each place.
    let hashes: BTreeSet<Hash> = all(&*journal, &stream).await.iter().map(|entry| entry.hash).collect();
    assert_eq!(hashes.len(), 3);
}

pub async fn reads_after_a_number_and_no_more_than_asked(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let acks = journal.append(vec![record(None, "{}"); 10], Durability::Local).await.unwrap();
    let stream = &acks[0].stream;
    for (after, max, expected) in [(0, 3, 1..=3), (3, 4, 4..=7), (8, 100, 9..=10)] {
        let numbers = journal.read(stream, after, max).await.unwrap().into_iter().map(|entry| entry.seq);
        assert!(numbers.eq(expected), "after {after}");
    }
    for (after, max) in [(10, 5), (u64::MAX, usize::MAX), (0, 0)] {
        assert!(journal.read(stream, after, max).await.unwrap().is_empty(), "after {after}");
    }
}

pub async fn reads_a_bounded_number_of_bytes(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let large = record(None, &format!("\"{}\"", "x".repeat(3 << 20)));
    for _ in 0..5 {
        append(&*journal, large.clone()).await.unwrap();
    }
    let stream = journal.heads().await.unwrap().remove(0).stream;
    let first = journal.read(&stream, 0, 100).await.unwrap().len();
    assert!((2..=4).contains(&first), "{first} of 3 MiB each at once");
    assert_eq!(all(&*journal, &stream).await.len(), 5);
}

pub async fn what_is_unknown_is_empty(place: &dyn Place) {
    let journal = place.open(clock()).await;
    assert!(journal.heads().await.unwrap().is_empty());
    let stream = Stream { origin: "dc9".parse().unwrap(), incarnation: 1 };
    assert!(journal.read(&stream, 0, 10).await.unwrap().is_empty());
    assert!(journal.append(Vec::new(), Durability::Local).await.unwrap().is_empty());
}

pub async fn a_batch_stands_together(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let journal = Arc::clone(&journal);
        let batch: Vec<Record> = (0..5).map(|number| record(None, &format!("[{writer},{number}]"))).collect();
        writers.spawn(async move { journal.append(batch, Durability::Local).await.unwrap() });
    }
    for acks in writers.join_all().await {
        assert!(acks.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "{acks:?}");
    }
    let too_many = vec![record(None, "{}"); MAX_BATCH + 1];
    assert!(matches!(journal.append(too_many, Durability::Local).await, Err(Failure::TooLarge(_))));
    assert_eq!(journal.heads().await.unwrap()[0].seq, 40);
}

pub async fn a_repeated_key_is_acknowledged_as_the_first_time(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let first = append(&*journal, record(Some("a"), "1")).await.unwrap();
    append(&*journal, record(Some("b"), "1")).await.unwrap();
    let again = append(&*journal, record(Some("a"), "1")).await.unwrap();
    assert!(!first.repeated);
    assert_eq!(again, Ack { repeated: true, ..first });
    assert_eq!(journal.heads().await.unwrap()[0].seq, 2);
}

pub async fn a_repeated_batch_is_acknowledged_as_the_first_time(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let batch = vec![record(Some("a"), "1"), record(Some("b"), "2")];
    let first = journal.append(batch.clone(), Durability::Local).await.unwrap();
    let again = journal.append(batch, Durability::Local).await.unwrap();
    let expected: Vec<Ack> = first.into_iter().map(|ack| Ack { repeated: true, ..ack }).collect();
    assert_eq!(again, expected);
    assert_eq!(journal.heads().await.unwrap()[0].seq, 2);
}

pub async fn many_who_write_with_one_key_write_once(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let journal = Arc::clone(&journal);
        writers.spawn(async move { append(&*journal, record(Some("one"), "1")).await.unwrap() });
    }
    let acks = writers.join_all().await;
    assert!(acks.iter().all(|ack| ack.seq == 1));
    assert_eq!(acks.iter().filter(|ack| !ack.repeated).count(), 1);
}

pub async fn refuses_a_key_that_was_used_for_something_else(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let first = record(Some("a"), "1");
    append(&*journal, first.clone()).await.unwrap();
    let others = [
        record(Some("a"), "2"),
        Record { campus: None, ..first.clone() },
        Record { kind: "publication".to_owned(), ..first.clone() },
        Record { version: 2, ..first.clone() },
    ];
    for other in others {
        assert_eq!(append(&*journal, other).await, Err(Failure::KeyReused("a".to_owned())));
    }
    assert_eq!(journal.heads().await.unwrap()[0].seq, 1);
}

pub async fn refuses_a_batch_of_which_a_part_is_known(place: &dyn Place) {
    let journal = place.open(clock()).await;
    append(&*journal, record(Some("a"), "1")).await.unwrap();
    let batches = [
        (vec![record(Some("b"), "2"), record(Some("a"), "1")], "a"),
        (vec![record(Some("a"), "1"), record(None, "2")], "a"),
        (vec![record(Some("c"), "3"), record(Some("c"), "3")], "c"),
    ];
    for (batch, key) in batches {
        let refused = journal.append(batch, Durability::Local).await;
        assert_eq!(refused, Err(Failure::KeyReused(key.to_owned())));
    }
    let after = append(&*journal, record(Some("b"), "3")).await.unwrap();
    assert_eq!((after.seq, after.repeated), (2, false));
}

pub async fn a_refused_write_leaves_those_beside_it_alone(place: &dyn Place) {
    let journal = place.open(clock()).await;
    append(&*journal, record(Some("used"), "1")).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..20 {
        let journal = Arc::clone(&journal);
        let key = if writer % 2 == 0 { "used".to_owned() } else { format!("own {writer}") };
        writers.spawn(async move { (writer, append(&*journal, record(Some(&key), "2")).await) });
    }
    for (writer, outcome) in writers.join_all().await {
        assert_eq!(outcome.is_ok(), writer % 2 == 1, "{outcome:?}");
    }
    assert_eq!(journal.heads().await.unwrap()[0].seq, 11);
}

pub async fn stamps_rise_and_follow_what_was_seen(place: &dyn Place) {
    let wall = Arc::new(AtomicI64::new(NOW));
    let now = Arc::clone(&wall);
    let clock = Hybrid::new(Arc::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap()));
    let journal = place.open(Arc::clone(&clock)).await;
    let mut stamps = vec![append(&*journal, record(None, "1")).await.unwrap().stamp];
    stamps.push(append(&*journal, record(None, "2")).await.unwrap().stamp);
    let seen = Stamp((NOW + 30) * 1_000_000);
    clock.saw(seen);
    stamps.push(append(&*journal, record(None, "3")).await.unwrap().stamp);
    assert!(stamps[2] > seen);
    wall.store(NOW - 3600, Ordering::SeqCst);
    stamps.push(append(&*journal, record(None, "4")).await.unwrap().stamp);
    wall.store(NOW + 3600, Ordering::SeqCst);
    stamps.push(append(&*journal, record(None, "5")).await.unwrap().stamp);
    assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
    assert_eq!(stamps[4].instant(), clock.wall());
}

pub async fn heads_are_what_is_read(place: &dyn Place) {
    let journal = place.open(clock()).await;
    for number in 1..=5 {
        let ack = append(&*journal, record(None, "{}")).await.unwrap();
        let heads = journal.heads().await.unwrap();
        assert_eq!(heads.len(), 1);
        let entry = all(&*journal, &ack.stream).await.pop().unwrap();
        let head = &heads[0];
        assert_eq!((head.seq, &head.stream, head.hash, head.stamp), (number, &entry.stream, entry.hash, entry.stamp));
        assert_eq!((ack.seq, ack.stamp), (number, entry.stamp));
    }
}

pub async fn wakes_who_follows(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let mut wake = journal.wake();
    let follower = {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            while journal.heads().await.unwrap().first().is_none_or(|head| head.seq < 3) {
                wake.changed().await.unwrap();
            }
        })
    };
    for _ in 0..3 {
        append(&*journal, record(None, "{}")).await.unwrap();
    }
    follower.await.unwrap();
    // Also where nothing happens.
    journal.wake().changed().await.unwrap();
}

pub async fn keeps_what_it_does_not_know(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let unknown = Record { kind: "of tomorrow".to_owned(), version: u16::MAX, ..record(None, "no JSON at all") };
    let ack = append(&*journal, unknown.clone()).await.unwrap();
    assert_eq!(all(&*journal, &ack.stream).await[0].record, unknown);
}

pub async fn keeps_the_largest_body_and_refuses_a_larger_one(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let largest = record(Some("largest"), &"x".repeat(MAX_BODY));
    let larger = record(Some("larger"), &"x".repeat(MAX_BODY + 1));
    let ack = append(&*journal, largest.clone()).await.unwrap();
    assert_eq!(append(&*journal, larger).await, Err(Failure::TooLarge(MAX_BODY + 1)));
    assert!(append(&*journal, largest.clone()).await.unwrap().repeated);
    let entries = all(&*journal, &ack.stream).await;
    assert_eq!(entries.len(), 1);
    assert!(entries[0].record == largest);
}

pub async fn keeps_every_letter(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let letters = "é, e\u{301}, ﷽, 🧑‍🏫, \u{202e}, \u{feff}, ' OR 1=1; --, \\, \", %s, $1, \t, \r\n, \u{1}";
    let records = vec![
        Record { campus: Some(letters.to_owned()), kind: letters.to_owned(), ..record(Some(letters), letters) },
        // JSON writes a NUL as an escape, which is six ordinary letters to a journal.
        record(Some("\\u0000"), r#"{"nul":"\u0000","half":"\ud83e"}"#),
        // Other letters are another key, even where they look the same; none is not an empty one.
        record(Some("é"), "1"),
        record(Some("e\u{301}"), "2"),
        Record { campus: None, ..record(Some(""), "3") },
        Record { campus: Some(String::new()), ..record(None, "") },
    ];
    let acks = journal.append(records.clone(), Durability::Local).await.unwrap();
    let read: Vec<Record> = all(&*journal, &acks[0].stream).await.into_iter().map(|entry| entry.record).collect();
    assert_eq!(read, records);
}

pub async fn refuses_to_write_while_the_clock_is_ahead(place: &dyn Place) {
    let clock = clock();
    let journal = place.open(Arc::clone(&clock)).await;
    clock.compared(SignedDuration::from_hours(1));
    let refused = append(&*journal, record(None, "1")).await;
    assert_eq!(refused, Err(Failure::ClockAhead(SignedDuration::from_hours(1))));
    clock.compared(SignedDuration::from_secs(-3));
    assert_eq!(append(&*journal, record(None, "1")).await.unwrap().seq, 1);
}

/// For journals that outlive their process.
pub async fn goes_on_after_it_was_opened_again(place: &dyn Place) {
    let journal = place.open(clock()).await;
    let ahead = clock();
    ahead.saw(Stamp((NOW + 50) * 1_000_000));
    drop(journal);
    let journal = place.open(ahead).await;
    let first = append(&*journal, record(Some("a"), "1")).await.unwrap();
    let before = all(&*journal, &first.stream).await;
    drop(journal);
    let journal = place.open(clock()).await;
    assert_eq!(all(&*journal, &first.stream).await, before);
    assert!(append(&*journal, record(Some("a"), "1")).await.unwrap().repeated);
    let next = append(&*journal, record(Some("b"), "2")).await.unwrap();
    assert_eq!((&next.stream, next.seq), (&first.stream, 2));
    assert!(next.stamp > first.stamp, "a clock that went back is behind what was written");
    assert_eq!(all(&*journal, &first.stream).await.len(), 2);
}
