//! Commands and flags of drills.

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
