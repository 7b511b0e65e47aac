//! Random schedules of faults from fixed seeds, one after another on the same three cells.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::Report;
use super::cells::Cells;
use super::dice::Dice;
use super::fault::{Fault, Forgotten};
use super::node::faketime;
use super::traffic::{Ledger, Traffic};
use crate::cli;

/// What became of a schedule.
struct Outcome {
    faults: Vec<Fault>,
    written: usize,
    /// Acknowledged by a cell alone whose disk was put back after it.
    unpromised: usize,
    converged: Duration,
    done: Vec<String>,
}

pub(super) async fn run(arguments: &cli::Schedules, report: &Report) -> Result<bool, String> {
    let begin = async || {
        let mut cells = Cells::create(arguments.folder.as_deref(), true).await?;
        cells.publish().await?;
        Ok::<_, String>(cells)
    };
    let mut cells = begin().await?;
    report.say("three PostgreSQL servers and three nodes run on this machine");
    if cells.disk.is_none() {
        report.say("left out: full disks, since nothing may be mounted here");
    }
    if faketime().is_none() {
        report.say("left out: clocks that are wrong, since the package faketime is not installed");
    }
    let ledger = Arc::new(Ledger::default());
    let (mut failed, mut slowest, mut forgotten) = (Vec::new(), Duration::ZERO, Vec::new());
    let mut kept = 0;
    for seed in arguments.seeds.clone() {
        match schedule(seed, &mut cells, &ledger, kept, &mut forgotten).await {
            Ok(outcome) => {
                slowest = slowest.max(outcome.converged);
                report.say(&format!("seed {seed}: {outcome}"));
            }
            Err(why) => {
                report.say(&format!("seed {seed}: FAILED: {why}"));
                for node in &cells.nodes {
                    say!("        {}", node.log());
                }
                failed.push(seed);
                // What is not as it should be would be found again and again.
                drop(cells);
                cells = begin().await?;
                kept = ledger.count();
            }
        }
    }
    let schedules = arguments.seeds.clone().count();
    let lost = ledger.written().iter().filter(|write| forgotten.iter().any(|part: &Forgotten| part.has(write))).count();
    report.say(&format!(
        "{schedules} schedules, {} failed {failed:?}; {} writes acknowledged, {lost} of them by one cell alone whose disk was put back \
         after; slowest to converge: {:.1} s",
        failed.len(),
        ledger.count(),
        slowest.as_secs_f64(),
    ));
    Ok(failed.is_empty())
}

/// One schedule: faults while traffic goes on, then all is mended, and everything looked for. Writes before `kept` were on
/// cells that are no more.
async fn schedule(
    seed: u64,
    cells: &mut Cells,
    ledger: &Arc<Ledger>,
    kept: usize,
    forgotten: &mut Vec<Forgotten>,
) -> Result<Outcome, String> {
    let (mut dice, before) = (Dice(seed), ledger.count());
    let addresses: Vec<_> = cells.nodes.iter().map(|node| node.address.clone()).collect();
    let traffic = Traffic::start(ledger, &addresses);
    let (mut faults, mut open) = (Vec::new(), Vec::new());
    for _ in 0..2 + dice.below(3) {
        let fault = Fault::any(&mut dice, cells);
        let again = faults.contains(&fault);
        let pause = Duration::from_millis(200 + dice.below(800) as u64);
        let lasts = dice.coin() || fault.is_last();
        if again {
            continue;
        }
        let begun = fault.begin(cells).await.map_err(|why| format!("{faults:?} {fault}: {why}"))?;
        faults.push(fault);
        open.push((fault, begun));
        sleep(pause).await;
        if !lasts {
            open.pop();
            fault.end(cells, begun, &mut dice).await.map_err(|why| format!("{faults:?} {fault}: {why}"))?;
        }
    }
    // Stable: of each kind in the order in which they happened.
    open.sort_by_key(|(fault, _)| fault.is_last());
    for (fault, begun) in open {
        let ended = fault.end(cells, begun, &mut dice).await;
        forgotten.extend(ended.map_err(|why| format!("{} {fault}: {why}", list(&faults)))?);
    }
    traffic.stop().await;
    if ledger.count() == before {
        return Err(format!("{}: no write was acknowledged", list(&faults)));
    }
    let mended = Instant::now();
    let wrong = |why: String| format!("{}: {why}", list(&faults));
    let (_, done) = cells.converge().await.map_err(wrong)?;
    let converged = mended.elapsed();
    let written = ledger.written();
    let promised = written.iter().skip(kept).filter(|write| !forgotten.iter().any(|part| part.has(write)));
    let promised: Vec<_> = promised.copied().collect();
    cells.find(&promised).await.map_err(wrong)?;
    let own = written.get(before..).unwrap_or_default();
    let unpromised = own.iter().filter(|write| forgotten.iter().any(|part| part.has(write))).count();
    Ok(Outcome { faults, written: own.len(), unpromised, converged, done })
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { faults, written, unpromised, converged, done } = self;
        write!(f, "{}; {written} writes acknowledged; the same in {:.1} s", list(faults), converged.as_secs_f64())?;
        if *unpromised > 0 {
            write!(f, "; {unpromised} may be forgotten")?;
        }
        if done.is_empty() { Ok(()) } else { write!(f, "; by {}", done.join(", ")) }
    }
}
