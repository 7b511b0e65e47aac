//! A process that appends is killed again and again, and everything that it was told to be durable is there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use jiff::Timestamp;
use journal::{Durability, Hash, Hybrid, Journal, Record, SqliteJournal, Stream};

use crate::{alone, contract, this_program};

/// How often the process is killed.
const LIVES: u64 = 200;

/// Of one process, as many as append at a time.
const WRITERS: u64 = 6;

/// Numbers that follow from a seed (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
struct Chance(u64);

/// What is known of the file, life after life.
struct Known {
    /// Keys that were acknowledged and not yet looked for, by their numbers.
    acknowledged: BTreeMap<u64, String>,
    /// How far the file was read, and the hash there.
    seq: u64,
    hash: Hash,
    stream: Option<Stream>,
    /// Entries of the batch that is being read which are still to come.
    missing: u64,
}

#[test]
fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut chance = Chance(20_261_124);
    let mut known = Known { acknowledged: BTreeMap::new(), seq: 0, hash: Hash::default(), stream: None, missing: 0 };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for life in 1..=LIVES {
        live(&path, life, &mut chance, &mut known.acknowledged);
        // In between the process finds the file as the one before left it, its log growing.
        if chance.below(3) == 0 || life == LIVES {
            runtime.block_on(known.check(&path));
        }
    }
    println!("{} entries in {LIVES} lives", known.seq);
    assert!(known.seq > LIVES, "only {} entries in {LIVES} lives", known.seq);
    let stream = known.stream.unwrap();
    assert_eq!(runtime.block_on(async { contract::all(&open(&path), &stream).await.len() }) as u64, known.seq);
}

/// Starts a process, takes note of what it is told to be durable, and kills it at some moment: while it opens the file, or a
/// while after its first acknowledgement.
fn live(path: &Path, life: u64, chance: &mut Chance, acknowledged: &mut BTreeMap<u64, String>) {
    let mut command = Command::new(this_program());
    alone("killed::appends_until_it_is_killed", &mut command);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(process.stdin.take().unwrap(), "{life}\n{}", path.display()).unwrap();
    let output = BufReader::new(process.stdout.take().unwrap());
    let (sender, acks) = channel();
    let reader = std::thread::spawn(move || {
        for line in output.lines() {
            if let Some((seq, key)) = line.unwrap().strip_prefix("ack ").and_then(|ack| ack.split_once(' ')) {
                sender.send((seq.parse::<u64>().unwrap(), key.to_owned())).unwrap();
            }
        }
    });
    if chance.below(5) > 0 {
        let (seq, key) = acks.recv_timeout(Duration::from_secs(60)).expect("an acknowledgement");
        acknowledged.insert(seq, key);
    }
    // Not to wait for anything: this is the moment, from the seed.
    std::thread::sleep(Duration::from_micros(chance.below(40_000)));
    process.kill().unwrap();
    process.wait().unwrap();
    reader.join().unwrap();
    acknowledged.extend(acks);
}

impl Known {
    /// Reads what is new in the file and holds it against what was acknowledged.
    async fn check(&mut self, path: &Path) {
        let journal = open(path);
        let heads = journal.heads().await.unwrap();
        assert!(heads.len() <= 1, "a life does not begin another stream: {heads:?}");
        let Some(head) = heads.into_iter().next() else { return assert!(self.acknowledged.is_empty()) };
        assert_eq!(*self.stream.get_or_insert(head.stream.clone()), head.stream);
        let mut last = None;
        while self.seq < head.seq {
            for entry in journal.read(&head.stream, self.seq, 1000).await.unwrap() {
                assert_eq!((entry.seq, entry.before), (self.seq + 1, self.hash));
                assert!(entry.is_whole(), "{entry:?}");
                let (at, count, _): (u64, u64, String) = serde_json::from_str(&entry.record.body).unwrap();
                assert_eq!(at, if self.missing == 0 { 0 } else { count - self.missing }, "a torn batch: {entry:?}");
                self.missing = count - at - 1;
                (self.seq, self.hash) = (entry.seq, entry.hash);
                if let Some(key) = self.acknowledged.remove(&entry.seq) {
                    assert_eq!(entry.record.key.as_ref(), Some(&key));
                    last = Some(entry);
                }
            }
        }
        assert!(self.acknowledged.is_empty(), "lost: {:?}", self.acknowledged);
        assert_eq!(self.missing, 0, "the last batch is torn");
        if let Some(entry) = last {
            // Who did not hear the acknowledgement writes again.
            let ack = contract::append(&journal, entry.record).await.unwrap();
            assert_eq!((ack.seq, ack.repeated), (entry.seq, true));
        }
    }
}

fn open(path: &Path) -> SqliteJournal {
    SqliteJournal::open(path, "dc1".parse().unwrap(), Hybrid::new(Arc::new(Timestamp::now))).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started and killed by two_hundred_kills_lose_nothing_that_was_acknowledged"]
async fn appends_until_it_is_killed() {
    let input: Vec<String> = std::io::stdin().lines().map(Result::unwrap).collect();
    let [life, path] = &input[..] else { panic!("{input:?} is no life and path") };
    let life: u64 = life.parse().unwrap();
    let journal = Arc::new(open(Path::new(path)));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(Arc::clone(&journal), life, writer));
    }
    writers.join_all().await;
}

/// Appends batches and prints what was acknowledged, for ever.
async fn write(journal: Arc<SqliteJournal>, life: u64, writer: u64) {
    let mut chance = Chance(life * WRITERS + writer);
    for number in 0_u64.. {
        let count = 1 + chance.below(4);
        let batch = (0..count).map(|at| {
            // Now and then one that fills the log, so that it is written back to the file.
            let length = if chance.below(16) == 0 { 200_000 } else { chance.below(2_000) };
            let body = serde_json::to_string(&(at, count, "x".repeat(length as usize))).unwrap();
            let key = Some(format!("{life}/{writer}/{number}/{at}"));
            Record { campus: None, kind: "change".to_owned(), version: 1, key, body }
        });
        let batch: Vec<Record> = batch.collect();
        let acks = journal.append(batch.clone(), Durability::Local).await.unwrap();
        let lines = acks.iter().zip(&batch).map(|(ack, record)| {
            assert!(!ack.repeated);
            format!("ack {} {}\n", ack.seq, record.key.as_deref().unwrap())
        });
        let lines: String = lines.collect();
        std::io::stdout().lock().write_all(lines.as_bytes()).unwrap();
    }
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
