//! What servers remember, and what that costs: appending, hearing of it in other cells, replaying, starting again.
//!
//! ```text
//! cargo run --release -p journal --example bench -- [append] [cells] [replay] [--seconds 3] [--rounds 3] [--dir DIR]
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod append;
mod catch_up;
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/postgres/cells.rs"]
mod cells;
mod figures;
mod lag;
mod replay;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use journal::{Hybrid, Journal, SqliteJournal};

use cells::Cells;

/// How long each load lasts, how often everything is repeated, and on which disk.
struct Plan {
    seconds: Duration,
    rounds: usize,
    dir: PathBuf,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["alone", what, dir] = words[..] {
        return replay::alone(what, Path::new(dir)).await;
    }
    let of = |name: &str| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1)).copied();
    let number = |name: &str| of(name).map_or(3, |text| text.parse().unwrap());
    // The folder is gone with the run; a given one says on which disk it is.
    let folder = of("--dir").map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
    let plan = Plan {
        seconds: Duration::from_secs(number("--seconds")),
        rounds: number("--rounds") as usize,
        dir: folder.path().to_owned(),
    };
    let parts = ["append", "cells", "replay"];
    let wanted = |part: &str| words.contains(&part) || !parts.iter().any(|part| words.contains(part));
    if wanted("append") {
        append::disk(&plan);
        append::table("SQLite", &sqlite(&plan.dir.join("append.db")), &[append::LOCAL], &plan).await;
    }
    if wanted("cells") {
        // As durable as in production, and with what `preau cell init` asks for.
        let settings = ["fsync=on", "wal_retrieve_retry_interval=500ms"];
        let Some(mut cells) = Cells::joined(3, &settings).await else {
            return println!("\nPostgreSQL is not installed: nothing about cells.");
        };
        let journal: Arc<dyn Journal> = Arc::new(cells.journal(0));
        append::table("PostgreSQL, two peers", &journal, &[append::LOCAL, append::REMOTE], &plan).await;
        lag::table(&cells, &plan).await;
        catch_up::table(&mut cells, &plan).await;
    }
    if wanted("replay") {
        replay::table(&plan).await;
    }
}

fn sqlite(path: &Path) -> Arc<dyn Journal> {
    Arc::new(SqliteJournal::open(path, "dc1".parse().unwrap(), clock()).unwrap())
}

fn clock() -> Arc<Hybrid> {
    Hybrid::new(Arc::new(Timestamp::now))
}
