//! Commands and flags of drills.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args)]
pub(crate) struct Drill {
    #[command(subcommand)]
    pub action: DrillAction,
}

#[derive(Subcommand)]
pub(crate) enum DrillAction {
    /// Kill two cells of three, then the third, and bring all back, while phones read and operators write
    LoseCells(LoseCells),
    /// Random faults from fixed seeds: kills, partitions, full disks, wrong clocks, disks that are put back
    Schedules(Schedules),
}

#[derive(Args)]
pub(crate) struct LoseCells {
    /// Which cell survives: 0, 1 or 2
    #[arg(long, default_value_t = 2)]
    pub seed: u64,
    /// Writes of each act, at least
    #[arg(long, default_value_t = 100)]
    pub writes: usize,
    /// Where its files go while it runs; other users need to get there
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Schedules {
    /// Which: the same seed gives the same faults
    #[arg(long, value_name = "FIRST-LAST", default_value = "1-100", value_parser = seeds)]
    pub seeds: RangeInclusive<u64>,
    /// Where its files go while it runs; other users need to get there
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number =
        |text: &str| text.parse().map_err(|_| "write a seed, or the first and the last, as in 1-100".to_owned());
    Ok(number(first)?..=number(last)?)
}
