//! Any appends, in any groups, do what a table of keys says.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use journal::{Ack, Durability, Failure, Hybrid, Journal, SqliteJournal, Stamp, Stream};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::contract::{NOW, all, record};

/// A key, if any, and a body.
type Written = (Option<u8>, u8);

#[derive(Debug, Clone)]
enum Step {
    /// Appends that are made at the same moment.
    Group(Vec<Vec<Written>>),
    /// The wall clock jumps, by seconds.
    Jump(i64),
    /// The wall clock is found to be this many seconds ahead of every peer.
    Ahead(i64),
    /// The journal is closed and opened again.
    Reopen,
}

/// What a journal is, on the back of an envelope.
#[derive(Default)]
struct Model {
    bodies: Vec<Written>,
    keys: HashMap<u8, (u8, u64)>,
    ahead: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let append = vec((proptest::option::of(0..8u8), 0..3u8), 1..4);
    let step = prop_oneof![
        8 => vec(append, 1..8).prop_map(Step::Group),
        1 => (-100_000..100_000i64).prop_map(Step::Jump),
        1 => (-90..90i64).prop_map(Step::Ahead),
        1 => Just(Step::Reopen),
    ];
    vec(step, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_appends_do_what_a_table_of_keys_says(steps in steps()) {
        // On one thread, what is spawned together waits together: that is a group.
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(run(steps));
    }
}

async fn run(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let wall = Arc::new(AtomicI64::new(NOW));
    let open = || {
        let wall = Arc::clone(&wall);
        let clock = Hybrid::new(Arc::new(move || Timestamp::from_second(wall.load(Ordering::SeqCst)).unwrap()));
        let path = folder.path().join("journal.db");
        let journal = SqliteJournal::open(&path, "dc1".parse().unwrap(), Arc::clone(&clock)).unwrap();
        (Arc::new(journal), clock)
    };
    let (mut journal, mut clock) = open();
    let mut model = Model::default();
    let mut stream = None;
    for step in steps {
        match step {
            Step::Jump(seconds) => {
                wall.fetch_add(seconds, Ordering::SeqCst);
            }
            Step::Ahead(seconds) => {
                clock.compared(SignedDuration::from_secs(seconds));
                model.ahead = seconds > 60;
            }
            Step::Reopen => {
                drop(journal);
                (journal, clock) = open();
                model.ahead = false;
            }
            Step::Group(group) => {
                let asked: Vec<_> = group.iter().map(|append| tokio::spawn(write(&journal, append))).collect();
                for (append, asked) in group.iter().zip(asked) {
                    let outcome = asked.await.unwrap();
                    let told = outcome.map(|acks| {
                        stream = acks.first().map(|ack| ack.stream.clone());
                        acks.into_iter().map(|ack| (ack.seq, ack.repeated)).collect()
                    });
                    assert_eq!(told.map_err(|failure| shape(&failure)), model.append(append), "{append:?}");
                }
            }
        }
    }
    if let Some(stream) = stream {
        agrees(&journal, &stream, &model).await;
    }
}

fn write(
    journal: &Arc<SqliteJournal>,
    append: &[Written],
) -> impl Future<Output = Result<Vec<Ack>, Failure>> + Send + 'static {
    let journal = Arc::clone(journal);
    let records = append.iter().map(|(key, body)| record(key.map(name).as_deref(), &body.to_string())).collect();
    async move { journal.append(records, Durability::Local).await }
}

async fn agrees(journal: &SqliteJournal, stream: &Stream, model: &Model) {
    let entries = all(journal, stream).await;
    let records = entries.iter().map(|entry| entry.record.clone());
    assert!(records.eq(model.bodies.iter().map(|(key, body)| record(key.map(name).as_deref(), &body.to_string()))));
    let stamps: Vec<Stamp> = entries.iter().map(|entry| entry.stamp).collect();
    assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
    let heads = journal.heads().await.unwrap();
    assert_eq!(heads.len(), 1);
    assert_eq!((heads[0].seq, heads[0].hash), (entries.len() as u64, entries.last().unwrap().hash));
}

fn name(key: u8) -> String {
    format!("key {key}")
}

fn shape(failure: &Failure) -> String {
    match failure {
        Failure::KeyReused(key) => key.clone(),
        Failure::ClockAhead(_) => "ahead".to_owned(),
        other => panic!("{other}"),
    }
}

impl Model {
    fn append(&mut self, append: &[Written]) -> Result<Vec<(u64, bool)>, String> {
        if self.ahead {
            return Err("ahead".to_owned());
        }
        let known = |(key, body): &Written| {
            let (first, seq) = self.keys.get(key.as_ref()?)?;
            (first == body).then_some((*seq, true))
        };
        if let Some(acks) = append.iter().map(known).collect() {
            return Ok(acks);
        }
        let mut own = Vec::new();
        for key in append.iter().filter_map(|(key, _)| *key) {
            if self.keys.contains_key(&key) || own.contains(&key) {
                return Err(name(key));
            }
            own.push(key);
        }
        let add = |written: &Written| {
            self.bodies.push(*written);
            let seq = self.bodies.len() as u64;
            if let (Some(key), body) = *written {
                self.keys.insert(key, (body, seq));
            }
            (seq, false)
        };
        Ok(append.iter().map(add).collect())
    }
}
