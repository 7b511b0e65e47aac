//! The loss of two data centres of three, and of the third for a moment.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Report;
use super::cells::{CELLS, Cells, name};
use super::traffic::{Ledger, Traffic, more};
use crate::cli;

/// A lone survivor writes again within this.
const AGAIN: Duration = Duration::from_secs(10);

/// The cell that survives is another one with another seed.
pub(super) async fn run(arguments: &cli::LoseCells, report: &Report) -> Result<bool, String> {
    report.say("three PostgreSQL servers start on this machine, and a node of Préau at each");
    let mut cells = Cells::create(arguments.folder.as_deref(), false).await?;
    cells.publish().await?;
    let survivor = usize::try_from(arguments.seed).unwrap_or_default() % CELLS;
    let lost: Vec<usize> = (0..CELLS).filter(|cell| *cell != survivor).collect();
    let (lone, gone) = (name(survivor), super::traffic::told_of(&lost));
    report.say("dc1, dc2 and dc3 are set up and joined, and serve what was published at dc1");

    let ledger = Arc::new(Ledger::default());
    let addresses: Vec<_> = cells.nodes.iter().map(|node| node.address.clone()).collect();
    let traffic = Traffic::start(&ledger, &addresses);
    more(&ledger, arguments.writes).await?;
    report.say(&format!("together: {}", so_far(&ledger)));

    for cell in &lost {
        cells.database(*cell)?.kill();
        cells.node(*cell)?.kill();
    }
    report.say(&format!("{gone} are killed: databases and nodes, with SIGKILL"));
    more(&ledger, arguments.writes).await?;
    report.say(&format!("{lone} alone: {}", so_far(&ledger)));
    traffic.stop().await;
    let failed = ledger.failed.load(Ordering::SeqCst);

    cells.database(survivor)?.kill();
    cells.node(survivor)?.kill();
    report.say(&format!("{lone} is killed too: nothing runs; it is started again, alone"));
    let begun = Instant::now();
    cells.database(survivor)?.start().await?;
    cells.node(survivor)?.start(0).await?;
    let only = addresses.get(survivor).map(|address| (survivor, address.clone()));
    let only = only.as_slice();
    while !ledger.read(only).await && begun.elapsed() < AGAIN {}
    let reads = begun.elapsed();
    while !ledger.write(only).await && begun.elapsed() < AGAIN {}
    let writes = begun.elapsed();
    report.say(&format!(
        "it reads again after {:.1} s and writes again after {:.1} s",
        reads.as_secs_f64(),
        writes.as_secs_f64()
    ));
    // Whoever asked while it started was told to come again.
    ledger.failed.store(failed, Ordering::SeqCst);
    let traffic = Traffic::start(&ledger, &addresses);
    more(&ledger, arguments.writes).await?;
    report.say(&format!("{lone} alone again: {}", so_far(&ledger)));

    let back = Instant::now();
    for cell in &lost {
        cells.database(*cell)?.start().await?;
        cells.node(*cell)?.start(0).await?;
        cells.ready(*cell).await?;
    }
    traffic.stop().await;
    report.say(&format!("{gone} are back"));
    let (entries, done) = cells.converge().await?;
    let converged = back.elapsed();
    report.say(&format!(
        "all three hold the same {entries} entries and the same read model; commands it took: {}",
        done.len()
    ));
    let written = ledger.written();
    let found = cells.find(&written).await;
    let (found, missing) = found.map_or_else(|error| (0, Some(error)), |found| (found, None));
    missing.into_iter().for_each(|error| report.say(&error));
    report.say(&format!(
        "requests: {} served, {} failed; writes: {} acknowledged, {found} found in all three; alone it wrote again in {:.1} s, \
         and all converged in {:.1} s",
        ledger.served.load(Ordering::SeqCst),
        ledger.failed.load(Ordering::SeqCst),
        written.len(),
        writes.as_secs_f64(),
        converged.as_secs_f64(),
    ));
    Ok(found == written.len() && writes < AGAIN)
}

fn so_far(ledger: &Ledger) -> String {
    let (served, failed) = (ledger.served.load(Ordering::SeqCst), ledger.failed.load(Ordering::SeqCst));
    format!("{served} requests served and {failed} failed so far, {} writes acknowledged", ledger.count())
}
