//! How long a cell takes that was away, from the start of its database until its read model has what it missed.

use std::sync::Arc;
use std::time::Instant;

use journal::{Durability, Journal, State};

use crate::cells::{Cells, clock, until};
use crate::figures::spread;
use crate::{Plan, replay};

/// Entries that are written meanwhile, and how many of them at once.
const MISSED: u64 = 20_000;
const BATCH: u64 = 500;

/// Prints how long the third cell takes.
pub async fn table(cells: &mut Cells, plan: &Plan) {
    let (writer, journal) = (cells.journal(0), Arc::new(cells.journal(2)));
    let state = State::open(journal, Some(&plan.dir.join("catch-up.db")), clock()).unwrap();
    tokio::spawn(Arc::clone(&state).follow());
    let (mut ready, mut whole) = (Vec::new(), Vec::new());
    let mut facts = replay::Facts::default();
    for _ in 0..plan.rounds {
        cells.servers[2].kill();
        let mut last = None;
        for _ in 0..MISSED / BATCH {
            let records = (0..BATCH).map(|_| facts.next().record(None)).collect();
            last = writer.append(records, Durability::Local).await.unwrap().pop();
        }
        let last = last.unwrap();
        let begun = Instant::now();
        cells.servers[2].start();
        ready.push(begun.elapsed().as_secs_f64());
        let applied = || state.look(|tables| Ok(tables.applied().get(&last.stream).copied())).unwrap();
        until("all is there", async || applied().is_some_and(|applied| applied.seq >= last.seq)).await;
        whole.push(begun.elapsed().as_secs_f64());
    }
    let rate = whole.iter().map(|seconds| MISSED as f64 / seconds).collect();
    println!(
        "\n| missed entries | database answers after, s | read model has all after, s | entries/s |\n|---|---|---|---|"
    );
    println!("| {MISSED} | {} | {} | {} |", spread(2, ready), spread(2, whole), spread(0, rate));
}
