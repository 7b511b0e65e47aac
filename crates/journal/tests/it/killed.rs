//! A process that writes is killed again and again: everything that it was told to be durable is there, and its read model
//! is what some first part of the journal gives.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use jiff::Timestamp;
use journal::{
    Durability, Fact, Hash, Hybrid, Journal, Key, Projection, Revocation, Scope, SqliteJournal, State, Stream,
};
use serde_json::json;

use crate::{alone, contract, this_program};

/// How often the process is killed.
const LIVES: u64 = 200;

/// Of one process, as many as write at a time.
const WRITERS: u64 = 6;

/// Numbers that follow from a seed (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
struct Chance(u64);

/// What is known of the files, life after life.
struct Known {
    /// Keys that were acknowledged and not yet looked for.
    acknowledged: BTreeSet<String>,
    /// How far the journal was read, and the hash there.
    seq: u64,
    hash: Hash,
    stream: Option<Stream>,
    /// Entries of the batch that is being read which are still to come.
    missing: u64,
    /// All that was read, applied; and how far the read model had come that the process left behind.
    tables: Projection,
    applied: u64,
}

#[test]
fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut chance = Chance(20_261_124);
    let (acknowledged, tables) = (BTreeSet::new(), Projection::in_memory().unwrap());
    let mut known = Known { acknowledged, seq: 0, hash: Hash::default(), stream: None, missing: 0, tables, applied: 0 };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for life in 1..=LIVES {
        live(&path, life, &mut chance, &mut known.acknowledged);
        // In between the process finds the files as the one before left them, their logs growing.
        if chance.below(3) == 0 || life == LIVES {
            runtime.block_on(known.check(&path));
        }
    }
    println!("{} entries in {LIVES} lives", known.seq);
    assert!(known.seq > LIVES, "only {} entries in {LIVES} lives", known.seq);
    let entries = runtime.block_on(async { contract::all(&open(&path), &known.stream.unwrap()).await });
    assert_eq!(entries.len() as u64, known.seq);
    let mut replayed = Projection::in_memory().unwrap();
    replayed.apply(&entries).unwrap();
    assert_eq!(replayed.dump().unwrap(), known.tables.dump().unwrap());
}

/// Starts a process, takes note of what it is told to be durable, and kills it at some moment: while it opens the file, or a
/// while after its first acknowledgement.
fn live(path: &Path, life: u64, chance: &mut Chance, acknowledged: &mut BTreeSet<String>) {
    let mut command = Command::new(this_program());
    alone("killed::writes_until_it_is_killed", &mut command);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(process.stdin.take().unwrap(), "{life}\n{}", path.display()).unwrap();
    let output = BufReader::new(process.stdout.take().unwrap());
    let (sender, acks) = channel();
    let reader = std::thread::spawn(move || {
        for line in output.lines() {
            if let Some(key) = line.unwrap().strip_prefix("ack ") {
                sender.send(key.to_owned()).unwrap();
            }
        }
    });
    if chance.below(5) > 0 {
        acknowledged.insert(acks.recv_timeout(Duration::from_secs(60)).expect("an acknowledgement"));
    }
    // Not to wait for anything: this is the moment, from the seed.
    std::thread::sleep(Duration::from_micros(chance.below(40_000)));
    process.kill().unwrap();
    process.wait().unwrap();
    reader.join().unwrap();
    acknowledged.extend(acks);
}

impl Known {
    /// Reads what is new in the journal, holds it against what was acknowledged, and the read model against it.
    async fn check(&mut self, path: &Path) {
        let journal = Arc::new(open(path));
        let heads = journal.heads().await.unwrap();
        assert!(heads.len() <= 1, "a life does not begin another stream: {heads:?}");
        let Some(head) = heads.into_iter().next() else { return assert!(self.acknowledged.is_empty()) };
        let stream = self.stream.get_or_insert(head.stream.clone()).clone();
        assert_eq!(stream, head.stream);
        let left = left(path, &stream);
        assert!((self.applied..=head.seq).contains(&left.0), "read model at {}, journal at {}", left.0, head.seq);
        self.applied = left.0;
        if left.0 <= self.seq {
            let mut tables = Projection::in_memory().unwrap();
            let entries = contract::all(&*journal, &stream).await;
            tables.apply(&entries[..usize::try_from(left.0).unwrap()]).unwrap();
            assert_eq!(tables.dump().unwrap(), left.1, "a torn read model");
        }
        let mut last = None;
        while self.seq < head.seq {
            // Until where the process had applied it, and on.
            let most = if self.seq < left.0 { left.0 - self.seq } else { u64::MAX };
            let entries = journal.read(&stream, self.seq, usize::try_from(most.min(1000)).unwrap()).await.unwrap();
            for entry in &entries {
                assert_eq!((entry.seq, entry.before), (self.seq + 1, self.hash));
                assert!(entry.is_whole(), "{entry:?}");
                let (at, count) = place(entry.record.key.as_ref().unwrap());
                assert_eq!(at, if self.missing == 0 { 0 } else { count - self.missing }, "a torn batch: {entry:?}");
                self.missing = count - at - 1;
                (self.seq, self.hash) = (entry.seq, entry.hash);
                if self.acknowledged.remove(entry.record.key.as_ref().unwrap()) {
                    last = Some(entry.clone());
                }
            }
            self.tables.apply(&entries).unwrap();
            if self.seq == left.0 {
                assert_eq!(self.tables.dump().unwrap(), left.1, "a torn read model");
            }
        }
        assert!(self.acknowledged.is_empty(), "lost: {:?}", self.acknowledged);
        assert_eq!(self.missing, 0, "the last batch is torn");
        let followed: Arc<dyn Journal> = Arc::<SqliteJournal>::clone(&journal);
        let state = State::open(followed, Some(&read_model(path)), clock()).unwrap();
        state.catch_up().await.unwrap();
        self.applied = head.seq;
        assert_eq!(state.look(Projection::dump).unwrap(), self.tables.dump().unwrap());
        for past in self.tables.in_force().unwrap() {
            assert_eq!(state.value(past.campus.as_deref(), &past.key).unwrap().version, past.version);
        }
        if let Some(entry) = last {
            // Who did not hear the acknowledgement writes again.
            let ack = contract::append(&*journal, entry.record).await.unwrap();
            assert_eq!((ack.seq, ack.repeated), (entry.seq, true));
        }
    }
}

/// How far the read model had come that a process left behind, and what it holds.
fn left(path: &Path, stream: &Stream) -> (u64, String) {
    let tables = Projection::open(&read_model(path)).unwrap();
    (tables.applied().get(stream).map_or(0, |applied| applied.seq), tables.dump().unwrap())
}

/// Where an entry stands in its batch, and of how many: what follows the colon of its key.
fn place(key: &str) -> (u64, u64) {
    let batch = key.split_once(':').unwrap().1;
    let (count, at) = batch.split_once('/').unwrap_or((batch, "0"));
    (at.parse().unwrap(), count.parse().unwrap())
}

fn read_model(path: &Path) -> PathBuf {
    path.with_file_name("state.db")
}

fn clock() -> Arc<Hybrid> {
    Hybrid::new(Arc::new(Timestamp::now))
}

fn open(path: &Path) -> SqliteJournal {
    SqliteJournal::open(path, "dc1".parse().unwrap(), clock()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started and killed by two_hundred_kills_lose_nothing_that_was_acknowledged"]
async fn writes_until_it_is_killed() {
    let input: Vec<String> = std::io::stdin().lines().map(Result::unwrap).collect();
    let [life, path] = &input[..] else { panic!("{input:?} is no life and path") };
    let (life, path): (u64, &Path) = (life.parse().unwrap(), Path::new(path));
    let state = State::open(Arc::new(open(path)), Some(&read_model(path)), clock()).unwrap();
    tokio::spawn(Arc::clone(&state).follow());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(Arc::clone(&state), life, writer));
    }
    writers.join_all().await;
}

/// Writes batches and prints what was acknowledged, for ever.
async fn write(state: Arc<State>, life: u64, writer: u64) {
    let mut chance = Chance(life * WRITERS + writer);
    for number in 0_u64.. {
        let count = 1 + chance.below(4);
        let facts: Vec<Fact> = (0..count).map(|_| fact(&state, &mut chance)).collect();
        let key = format!("{life}/{writer}/{number}:{count}");
        let written = state.write(&facts, Some(&key), Durability::Local).await.unwrap();
        assert!(!written.repeated);
        let lines: String = (1..count).map(|at| format!("ack {key}/{at}\n")).collect();
        std::io::stdout().lock().write_all(format!("ack {key}\n{lines}").as_bytes()).unwrap();
    }
}

/// A value of one of a few keys, or sessions that end.
fn fact(state: &State, chance: &mut Chance) -> Fact {
    if chance.below(8) == 0 {
        let instant = |second| Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
        let handle = [u8::try_from(chance.below(50)).unwrap(); 16];
        let (at, until) = (instant(chance.below(1_000_000)), instant(contract::NOW.cast_unsigned() * 2));
        return Fact::Revocation(Revocation { handle, at, until });
    }
    // Now and then one that fills the logs, so that they are written back to the files.
    let length = if chance.below(64) == 0 { 20_000 } else { chance.below(100) };
    let key = Key::Lifetimes(Scope::Data(chance.below(5).to_string()));
    let campus = format!("campus-{}", chance.below(5));
    Fact::Change(state.change(Some(&campus), key, json!("x".repeat(length as usize)), "user:a"))
}

impl Chance {
    /// A number from 0, less than `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}
