//! How long after a write the read models of the other cells have it.

use std::sync::Arc;
use std::time::Instant;

use journal::{Durability, Journal, State};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::cells::{Cells, clock};
use crate::figures::{hundredth, spread};
use crate::{Plan, replay};

/// Writes of a round, one after another.
const WRITES: u64 = 500;

/// Prints the lag of two cells behind a third.
pub async fn table(cells: &Cells, plan: &Plan) {
    let first = followed(cells, 0, plan).0;
    let mut others = [1, 2].map(|cell| followed(cells, cell, plan));
    for (state, _) in &others {
        state.catch_up().await.unwrap();
    }
    let mut lags = [(); 2].map(|()| (Vec::new(), Vec::new(), Vec::new()));
    for _ in 0..plan.rounds {
        let mut times = [(); 2].map(|()| (Vec::new(), Vec::new()));
        for number in 0..WRITES {
            others.iter_mut().for_each(|(_, heard)| while heard.try_recv().is_ok() {});
            let begun = Instant::now();
            let set = first.set(Some("rivage"), replay::key(0), json!(number), "user:a", None, Durability::Local);
            set.await.unwrap();
            let acknowledged = Instant::now();
            for ((_, heard), times) in others.iter_mut().zip(&mut times) {
                let told = heard.recv().await.unwrap();
                times.0.push(told - begun);
                times.1.push(told.saturating_duration_since(acknowledged));
            }
        }
        for (lags, (begun, acknowledged)) in lags.iter_mut().zip(&times) {
            lags.0.push(hundredth(begun, 50));
            lags.1.push(hundredth(begun, 99));
            lags.2.push(hundredth(acknowledged, 50));
        }
    }
    println!(
        "\n| written at dc1, in force at | p50, ms | p99, ms | p50 after the acknowledgement, ms |\n|---|---|---|---|"
    );
    for (cell, (half, all, after)) in lags.into_iter().enumerate() {
        println!("| dc{} | {} | {} | {} |", cell + 2, spread(2, half), spread(2, all), spread(2, after));
    }
}

/// A cell's state, its read model in a file; and when it tells of news.
fn followed(cells: &Cells, cell: usize, plan: &Plan) -> (Arc<State>, UnboundedReceiver<Instant>) {
    let journal: Arc<dyn Journal> = Arc::new(cells.journal(cell));
    let state = State::open(journal, Some(&plan.dir.join(format!("lag-{cell}.db"))), clock()).unwrap();
    let (tell, heard) = unbounded_channel();
    state.listen(move |_| {
        let _ = tell.send(Instant::now());
    });
    tokio::spawn(Arc::clone(&state).follow());
    (state, heard)
}
