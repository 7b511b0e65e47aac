//! What a node takes to read a journal of a million entries for the first time, and to start again when it has.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use journal::{Change, Durability, Fact, Journal, Key, Revocation, Scope, State, Version};
use serde_json::{Value, json};

use crate::figures::{cpu, memory, size, spread};
use crate::{Plan, clock, sqlite};

/// Entries of the journal, and what it has in addition when the node starts again.
const ENTRIES: usize = 1_000_000;
const TAIL: usize = 1_000;
const BATCH: usize = 1_000;

const CAMPUSES: usize = 1_000;
const KEYS: usize = 10;

/// Figures of a process that does one thing: seconds, those of a processor, MiB of its memory at most, and at the end.
type Figures = [f64; 4];

/// Prints both.
pub async fn table(plan: &Plan) {
    let mut facts = Facts::default();
    let journal = plan.dir.join("journal.db");
    let (begun, writer) = (Instant::now(), sqlite(&journal));
    write(&writer, &mut facts, ENTRIES).await;
    drop(writer);
    eprintln!("{ENTRIES} entries written in {:.0} s", begun.elapsed().as_secs_f64());
    let state = plan.dir.join("state.db");
    let (mut replays, mut restarts, mut currents) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        journal::Projection::remove(&state);
        replays.push(run("replay", plan));
        currents.push(run("restart", plan));
        let writer = sqlite(&journal);
        write(&writer, &mut facts, TAIL).await;
        drop(writer);
        restarts.push(run("restart", plan));
    }
    println!("\n| | s | entries/s | CPU, s | memory at most, MiB | in use, MiB |\n|---|---|---|---|---|---|");
    let row = |name: &str, count: usize, rounds: Vec<Figures>| {
        let of = |place: usize| rounds.iter().map(|figures| figures[place]).collect::<Vec<_>>();
        let rate = of(0).into_iter().map(|seconds| count as f64 / seconds).collect();
        let rate = if count > TAIL { spread(0, rate) } else { String::new() };
        let [seconds, cpu, most, end] =
            [(2, 0), (2, 1), (0, 2), (0, 3)].map(|(digits, place)| spread(digits, of(place)));
        println!("| {name} | {seconds} | {rate} | {cpu} | {most} | {end} |");
    };
    row("replay of 1,000,000 entries into an empty read model", ENTRIES, replays);
    row("restart, the read model current", 0, currents);
    row("restart, 1,000 entries of tail", TAIL, restarts);
    println!("\nJournal: {:.0} MiB. Read model: {:.0} MiB.", size(&journal), size(&state));
}

/// Opens the state and catches up, in a process that does nothing else.
fn run(what: &str, plan: &Plan) -> Figures {
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this).args(["alone", what]).arg(&plan.dir).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    eprintln!("{what}: {}", text.trim());
    let figures: Vec<f64> = text.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
    figures.try_into().expect("four figures")
}

/// That process: prints its [`Figures`].
pub async fn alone(_: &str, dir: &Path) {
    let journal = sqlite(&dir.join("journal.db"));
    let begun = Instant::now();
    let state = State::open(journal, Some(&dir.join("state.db")), clock()).unwrap();
    state.catch_up().await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{seconds} {} {} {}", cpu(), memory("VmHWM"), memory("VmRSS"));
}

async fn write(journal: &Arc<dyn Journal>, facts: &mut Facts, count: usize) {
    for _ in 0..count / BATCH {
        let batch: Vec<Fact> = (0..BATCH).map(|_| facts.next()).collect();
        let first = facts.count - BATCH;
        let key = |place: usize| Some(format!("01926f4e-{:012x}", first + place));
        let records = batch.iter().enumerate().map(|(place, fact)| fact.record(key(place))).collect();
        let acks = journal.append(records, Durability::Local).await.unwrap();
        for (fact, ack) in batch.into_iter().zip(acks) {
            facts.written(&fact, Version { stamp: ack.stamp, origin: ack.stream.origin });
        }
    }
}

/// Of twenty facts, sixteen changes of ten keys of a thousand campuses, three revocations and a purge.
#[derive(Default)]
pub struct Facts {
    count: usize,
    last: std::collections::HashMap<(Option<String>, Key), Version>,
}

impl Facts {
    /// The next one.
    pub fn next(&mut self) -> Fact {
        let number = self.count;
        self.count += 1;
        // A step that shares no factor with how many there are meets all of them, in no order.
        let place = number * 7_919 % (CAMPUSES * KEYS);
        match number % 20 {
            0..16 => {
                let value =
                    json!({ "fresh_for": 60 + number % 600, "stale_for": 86_400, "note": "the week of enrolment" });
                self.change(place / KEYS, key(place % KEYS), value)
            }
            16..19 => Fact::Revocation(revocation(number)),
            _ => self.change(place / KEYS, Key::Purge(Scope::Kind("news".to_owned())), json!({})),
        }
    }

    fn written(&mut self, fact: &Fact, version: Version) {
        if let Fact::Change(change) = fact {
            self.last.insert((change.campus.clone(), change.key.clone()), version);
        }
    }

    fn change(&self, campus: usize, key: Key, value: Value) -> Fact {
        let campus = Some(format!("campus-{campus}"));
        let place = (campus, key);
        let base = self.last.get(&place).cloned();
        let (campus, key) = place;
        Fact::Change(Change { campus, key, value, base, by: "user:jmartin".to_owned() })
    }
}

/// One of a campus's keys.
pub fn key(number: usize) -> Key {
    Key::Lifetimes(Scope::Data(format!("timetable-{number}")))
}

fn revocation(number: usize) -> Revocation {
    let mut handle = [0; 16];
    handle[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let at = Timestamp::now();
    Revocation { handle, at, until: at + jiff::SignedDuration::from_hours(24 * 90) }
}
