//! What an append costs: how long one takes, and how many there are in a second.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use journal::{Change, Durability, Fact, Journal, Record};
use serde_json::json;
use tokio::task::JoinSet;

use crate::figures::{hundredth, spread};
use crate::{Plan, replay};

/// Clients that append at the same time, and records of each append.
const LOADS: [(usize, usize); 4] = [(1, 1), (8, 1), (1, 50), (1, 500)];

/// Bytes of a value, with which a body has 300.
const VALUE: usize = 220;

/// What is acknowledged when it is on this cell's disk.
pub const LOCAL: Durability = Durability::Local;

/// What is acknowledged when it is on another cell's disk too.
pub const REMOTE: Durability = Durability::AnyRemote(Duration::from_secs(5));

/// One round: appends of a load, and how long each took.
struct Round {
    seconds: f64,
    times: Vec<Duration>,
}

/// The head of the table, and what the disk itself does: a page appended to a file, again and again.
pub fn disk(plan: &Plan) {
    println!("\n| append | clients | records each | records/s | p50, ms | p99, ms |\n|---|---|---|---|---|---|");
    let round = |_| {
        let mut file = File::create(plan.dir.join("disk")).unwrap();
        let (start, mut times) = (Instant::now(), Vec::new());
        while start.elapsed() < plan.seconds {
            let begun = Instant::now();
            file.write_all(&[1; 4096]).unwrap();
            file.sync_data().unwrap();
            times.push(begun.elapsed());
        }
        Round { seconds: start.elapsed().as_secs_f64(), times }
    };
    row("none: 4 KiB written and synced", (1, 1), &(0..plan.rounds).map(round).collect::<Vec<_>>());
}

/// The rows of a journal.
pub async fn table(name: &str, journal: &Arc<dyn Journal>, wants: &[Durability], plan: &Plan) {
    for want in wants {
        let name = if *want == LOCAL { name.to_owned() } else { format!("{name}, on another's disk") };
        for load in LOADS {
            let mut rounds = Vec::new();
            for _ in 0..plan.rounds {
                rounds.push(round(journal, load, *want, plan.seconds).await);
            }
            row(&name, load, &rounds);
        }
    }
}

async fn round(
    journal: &Arc<dyn Journal>,
    (clients, records): (usize, usize),
    want: Durability,
    seconds: Duration,
) -> Round {
    let start = Instant::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let journal = Arc::clone(journal);
        running.spawn(async move {
            let mut times = Vec::new();
            while start.elapsed() < seconds {
                let batch = batch(client, times.len()..times.len() + records);
                let begun = Instant::now();
                let acks = journal.append(batch, want).await.unwrap();
                times.push(begun.elapsed());
                assert!(want == LOCAL || acks.iter().all(|ack| ack.replicated), "the peers are well");
            }
            times
        });
    }
    let times = running.join_all().await.concat();
    Round { seconds: start.elapsed().as_secs_f64(), times }
}

fn batch(client: usize, numbers: Range<usize>) -> Vec<Record> {
    let now = Timestamp::now().as_nanosecond();
    let record = |number: usize| {
        let (campus, by) = (Some("rivage".to_owned()), "user:jmartin".to_owned());
        let value = json!("x".repeat(VALUE));
        let change = Change { campus, key: replay::key(number % 10), value, base: None, by };
        Fact::Change(change).record(Some(format!("{now}-{client}-{number}")))
    };
    numbers.map(record).collect()
}

fn row(name: &str, (clients, records): (usize, usize), rounds: &[Round]) {
    let of = |digits, measure: &dyn Fn(&Round) -> f64| spread(digits, rounds.iter().map(measure).collect());
    let rate = of(0, &|round| (round.times.len() * records) as f64 / round.seconds);
    let (half, all) = (of(2, &|round| hundredth(&round.times, 50)), of(2, &|round| hundredth(&round.times, 99)));
    println!("| {name} | {clients} | {records} | {rate} | {half} | {all} |");
}
