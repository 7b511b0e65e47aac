//! What an append costs, in one table of any journal:
//!
//! ```text
//! cargo run --release -p journal --example bench -- --dir DIR --seconds 3 --rounds 3 --postgres URL
//! ```
//!
//! `--postgres` is the database of a cell `dc1` that `preau cell init` set up, for the application's user.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use journal::postgres::{Address, PostgresJournal};
use journal::{Durability, Hybrid, Journal, Record, SqliteJournal};
use tokio::task::JoinSet;

/// Clients that append at the same time, and records of each append.
const LOADS: [(usize, usize); 4] = [(1, 1), (8, 1), (1, 50), (1, 500)];

/// Bytes of a body: those of a changed setting.
const BODY: usize = 300;

/// One round: appends of a load, and how long each took.
struct Round {
    seconds: f64,
    times: Vec<Duration>,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let of = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, usual: u64| of(name).map_or(usual, |text| text.parse().unwrap());
    let (seconds, rounds) = (Duration::from_secs(number("--seconds", 3)), number("--rounds", 3));
    let own = tempfile::tempdir().unwrap();
    let dir = of("--dir").map_or(own.path(), Path::new);

    println!("| append | clients | records each | records/s | p50, ms | p99, ms |\n|---|---|---|---|---|---|");
    let disk = (0..rounds).map(|_| disk(&dir.join("bench.disk"), seconds)).collect();
    row("none: 4 KiB written and synced", (1, 1), disk);
    let path = dir.join("bench.db");
    let clock = Hybrid::new(Arc::new(Timestamp::now));
    let journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&path, "dc1".parse().unwrap(), clock).unwrap());
    table("SQLite", &journal, seconds, rounds).await;
    drop(journal);
    if let Some(url) = of("--postgres") {
        let address = Address::parse(url, Vec::new()).unwrap();
        let clock = Hybrid::new(Arc::new(Timestamp::now));
        let journal: Arc<dyn Journal> = Arc::new(PostgresJournal::open(&address, "dc1".parse().unwrap(), clock));
        table("PostgreSQL", &journal, seconds, rounds).await;
    }
    for file in ["bench.disk", "bench.db", "bench.db-wal", "bench.db-shm"] {
        // The last one to close the file removes the log.
        let _ = std::fs::remove_file(dir.join(file));
    }
}

/// The rows of a journal.
async fn table(name: &str, journal: &Arc<dyn Journal>, seconds: Duration, rounds: u64) {
    for load in LOADS {
        let mut measured = Vec::new();
        for _ in 0..rounds {
            measured.push(round(journal, load, seconds).await);
        }
        row(name, load, measured);
    }
}

async fn round(journal: &Arc<dyn Journal>, (clients, records): (usize, usize), seconds: Duration) -> Round {
    let start = Instant::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let journal = Arc::clone(journal);
        running.spawn(async move {
            let mut times = Vec::new();
            while start.elapsed() < seconds {
                let batch = batch(client, times.len()..times.len() + records);
                let begun = Instant::now();
                journal.append(batch, Durability::Local).await.unwrap();
                times.push(begun.elapsed());
            }
            times
        });
    }
    let times = running.join_all().await.concat();
    Round { seconds: start.elapsed().as_secs_f64(), times }
}

fn batch(client: usize, numbers: Range<usize>) -> Vec<Record> {
    let now = Timestamp::now().as_nanosecond();
    let record = |number: usize| Record {
        campus: Some("rivage".to_owned()),
        kind: "change".to_owned(),
        version: 1,
        key: Some(format!("{now}-{client}-{number}")),
        body: format!("\"{}\"", "x".repeat(BODY - 2)),
    };
    numbers.map(record).collect()
}

/// What the disk itself does: a page appended to a file, again and again.
fn disk(path: &Path, seconds: Duration) -> Round {
    let mut file = File::create(path).unwrap();
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed() < seconds {
        let begun = Instant::now();
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
        times.push(begun.elapsed());
    }
    Round { seconds: start.elapsed().as_secs_f64(), times }
}

/// The median round, with the lowest and the highest in brackets.
fn row(name: &str, (clients, records): (usize, usize), mut rounds: Vec<Round>) {
    rounds.iter_mut().for_each(|round| round.times.sort_unstable());
    let of = |digits: usize, measure: &dyn Fn(&Round) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(measure).collect();
        figures.sort_by(f64::total_cmp);
        let (median, last) = (figures[figures.len() / 2], figures[figures.len() - 1]);
        format!("{median:.digits$} ({:.digits$} to {last:.digits$})", figures[0])
    };
    let rate = of(0, &|round| (round.times.len() * records) as f64 / round.seconds);
    let hundredth =
        |at: usize| of(2, &move |round: &Round| round.times[round.times.len() * at / 100].as_secs_f64() * 1000.0);
    println!("| {name} | {clients} | {records} | {rate} | {} | {} |", hundredth(50), hundredth(99));
}
