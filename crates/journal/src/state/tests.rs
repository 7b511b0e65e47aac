//! Writes that are in force, told and acknowledged, in this order.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::*;
use crate::{Record, Scope, SqliteJournal};

fn clock() -> Arc<Hybrid> {
    Hybrid::new(Arc::new(|| "2026-10-05T08:00:00Z".parse().unwrap()))
}

fn journal(clock: &Arc<Hybrid>) -> Arc<dyn Journal> {
    Arc::new(SqliteJournal::in_memory("dc1".parse().unwrap(), Arc::clone(clock)).unwrap())
}

fn followed(journal: &Arc<dyn Journal>, clock: &Arc<Hybrid>) -> Arc<State> {
    let state = State::open(Arc::clone(journal), None, Arc::clone(clock)).unwrap();
    tokio::spawn(Arc::clone(&state).follow());
    state
}

fn lifetimes() -> Key {
    Key::Lifetimes(Scope::Data("news".to_owned()))
}

#[tokio::test]
async fn a_write_is_in_force_and_told_before_it_is_acknowledged() {
    let clock = clock();
    let state = followed(&journal(&clock), &clock);
    let told = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&told);
    state.listen(move |news| {
        heard.fetch_add(news.changed.len(), Ordering::SeqCst);
    });
    let set = |value| state.set(Some("rivage"), lifetimes(), value, "user:a", None, Durability::Local);
    let first = set(json!({ "fresh_for": 30 })).await.unwrap();
    assert_eq!(state.value(Some("rivage"), &lifetimes()).unwrap().version, first.version);
    assert_eq!((told.load(Ordering::SeqCst), first.replicated), (1, false));
    set(json!(null)).await.unwrap();
    assert_eq!(state.value(Some("rivage"), &lifetimes()), None);
    let trail = state.look(|tables| tables.audit(None, None, 10)).unwrap();
    assert_eq!((&trail[1].before, &trail[1].base), (&json!({ "fresh_for": 30 }), &Some(first.version)));
}

#[tokio::test]
async fn who_repeats_a_write_is_given_the_first_answer_and_another_write_is_refused() {
    let clock = clock();
    let state = followed(&journal(&clock), &clock);
    let set = |value, key| state.set(Some("rivage"), lifetimes(), value, "user:a", Some(key), Durability::Local);
    let first = set(json!(1), "k").await.unwrap();
    let other = set(json!(2), "l").await.unwrap();
    let again = set(json!(1), "k").await.unwrap();
    assert_eq!((again.version, again.repeated), (first.version, true));
    assert_eq!(state.value(Some("rivage"), &lifetimes()).unwrap().version, other.version);
    assert_eq!(set(json!(3), "k").await, Err(Failure::KeyReused("k".to_owned())));
}

#[tokio::test]
async fn another_node_of_the_same_journal_sees_it_too() {
    let clock = clock();
    let journal = journal(&clock);
    let (one, two) = (followed(&journal, &clock), State::open(Arc::clone(&journal), None, clock).unwrap());
    one.set(None, lifetimes(), json!(1), "user:a", None, Durability::Local).await.unwrap();
    two.catch_up().await.unwrap();
    assert_eq!(two.value(None, &lifetimes()), one.value(None, &lifetimes()));
}

#[tokio::test]
async fn a_damaged_read_model_is_made_anew() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let (journal, path) = (journal(&clock), folder.path().join("state.db"));
    let open = || State::open(Arc::clone(&journal), Some(&path), Arc::clone(&clock)).unwrap();
    let state = open();
    let fact = |place: usize| {
        let key = Key::Lifetimes(Scope::Data(place.to_string()));
        Fact::Change(state.change(Some("rivage"), key, json!("x".repeat(200)), "user:a"))
    };
    let records = (0..200).map(|place| fact(place).record(None)).collect();
    journal.append(records, Durability::Local).await.unwrap();
    state.catch_up().await.unwrap();
    assert_eq!(state.values(Some("rivage")).len(), 200);
    drop(state);
    // The pages of its schema and of its positions are whole.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[3 * 4096..].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let state = open();
    assert!(state.values(Some("rivage")).is_empty());
    state.catch_up().await.unwrap();
    assert_eq!(state.values(Some("rivage")).len(), 200);
}

#[tokio::test]
async fn what_is_of_a_later_version_raises_an_alarm() {
    let clock = clock();
    let journal = journal(&clock);
    let state = State::open(Arc::clone(&journal), None, clock).unwrap();
    let record = Record { campus: None, kind: "campaign".to_owned(), version: 3, key: None, body: "{}".to_owned() };
    journal.append(vec![record], Durability::Local).await.unwrap();
    state.catch_up().await.unwrap();
    let unknown = Alarm::UnknownEntries { kind: "campaign".to_owned(), version: 3, count: 1 };
    assert_eq!(state.alarms(), [unknown]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_is_acknowledged_while_somebody_has_not_been_told() {
    let clock = clock();
    let state = followed(&journal(&clock), &clock);
    let (entered, told) = tokio::sync::oneshot::channel();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (entered, held) = (Mutex::new(Some(entered)), Mutex::new(held));
    state.listen(move |_| {
        lock(&entered).take().map(|entered| entered.send(()));
        let _ = lock(&held).recv();
    });
    let writer = Arc::clone(&state);
    let writing = tokio::spawn(async move {
        writer.set(None, lifetimes(), json!(1), "user:a", None, Durability::Local).await.unwrap()
    });
    told.await.unwrap();
    for _ in 0..200 {
        tokio::task::yield_now().await;
        assert!(!writing.is_finished());
    }
    drop(release);
    writing.await.unwrap();
}

/// A journal that goes on while it is read: its heads are those of before the last append.
struct Growing(Arc<dyn Journal>);

#[async_trait::async_trait]
impl Journal for Growing {
    async fn append(&self, records: Vec<Record>, want: Durability) -> Result<Vec<Ack>, Failure> {
        self.0.append(records, want).await
    }

    async fn read(&self, stream: &crate::Stream, after: u64, max: usize) -> Result<Vec<crate::Entry>, Failure> {
        self.0.read(stream, after, max).await
    }

    async fn heads(&self) -> Result<Vec<crate::Head>, Failure> {
        let heads = self.0.heads().await;
        let change = Change { campus: None, key: Key::SignOut, value: json!({}), base: None, by: String::new() };
        self.0.append(vec![Fact::Change(change).record(None)], Durability::Local).await?;
        heads
    }

    fn wake(&self) -> watch::Receiver<()> {
        self.0.wake()
    }
}

#[tokio::test]
async fn a_journal_that_goes_on_while_it_is_followed_is_no_alarm() {
    let clock = clock();
    let journal: Arc<dyn Journal> = Arc::new(Growing(journal(&clock)));
    let state = State::open(journal, None, clock).unwrap();
    for _ in 0..3 {
        state.catch_up().await.unwrap();
        assert_eq!(state.alarms(), []);
    }
    assert_eq!(state.look(|tables| tables.audit(None, None, 10)).unwrap().len(), 2);
}

#[tokio::test]
async fn what_an_earlier_version_did_not_know_is_applied_by_the_one_that_does() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let (journal, path) = (journal(&clock), folder.path().join("state.sqlite"));
    followed(&journal, &clock).set(None, lifetimes(), json!(1), "user:a", None, Durability::Local).await.unwrap();
    let open = || State::open(Arc::clone(&journal), Some(&path), Arc::clone(&clock)).unwrap();
    open().catch_up().await.unwrap();
    // As the earlier version left it.
    let forget = "insert into unknown select origin, incarnation, seq, 'change', 1 from changes; delete from changes;";
    Projection::open(&path).unwrap().tables.execute_batch(forget).unwrap();
    let state = open();
    assert_eq!(state.value(None, &lifetimes()), None);
    state.catch_up().await.unwrap();
    assert_eq!(state.value(None, &lifetimes()).unwrap().value, json!(1));
    assert_eq!(state.alarms(), []);
}
