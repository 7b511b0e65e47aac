//! Commands and flags of what servers remember: a cell, and copies of one machine's journal.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use journal::Origin;

#[derive(Args)]
pub(crate) struct Cell {
    #[command(subcommand)]
    pub action: CellAction,
    /// The settings file, whose `[cell]` says which one this is
    #[arg(long, global = true, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// A superuser's address at the cell's PostgreSQL
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "postgres://postgres@%2Fvar%2Frun%2Fpostgresql/postgres"
    )]
    pub admin_url: String,
}

#[derive(Subcommand)]
pub(crate) enum CellAction {
    /// Set up the cell's database, and look at its server's settings; safe to repeat
    Init {
        /// Set those that need no restart
        #[arg(long)]
        tune: bool,
    },
    /// Receive what the others write, and again where that cannot go on; safe to repeat
    Join,
    /// Get back from the others what this cell forgot: its disk was lost, or put back
    Recover,
    /// End replication with a cell that left for good
    Forget {
        /// Its name
        name: Origin,
    },
    /// Show how this cell stands among the others, and what to do about it
    Status {
        /// Print one JSON document instead of tables
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(crate) struct Backup {
    /// Where the copy goes; what is there is replaced once the copy is whole
    pub file: PathBuf,
    /// The settings file, which says where the state is
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The copy
    pub file: PathBuf,
    /// The settings file, which says where the state is
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}
