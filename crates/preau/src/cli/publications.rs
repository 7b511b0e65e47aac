//! Flags of the commands about publications, and about who changed what.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Socket;

#[derive(Args)]
pub(crate) struct Publish {
    /// The campus folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The campus's id; the folder's name without it
    #[arg(long, value_name = "ID")]
    pub campus: Option<String>,
    /// The channel
    #[arg(long, default_value = "beta")]
    pub channel: String,
    /// What it is for, to be read in the history
    #[arg(long, default_value = "")]
    pub note: String,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct Promote {
    /// The campus's id
    pub campus: String,
    /// The channel to take from
    pub from: String,
    /// The channel to point
    #[arg(default_value = campus::PRODUCTION)]
    pub to: String,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct Rollback {
    /// The campus's id
    pub campus: String,
    /// The channel
    #[arg(default_value = campus::PRODUCTION)]
    pub channel: String,
    /// A publication, by its number or the beginning of its digest; without it, the one before
    #[arg(long, value_name = "PUBLICATION")]
    pub to: Option<String>,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct Withdraw {
    /// The campus's id
    pub campus: String,
    /// The channel; from `production`, nobody is served any more
    pub channel: String,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct Diff {
    /// The campus's id
    pub campus: String,
    /// A channel, a publication's number or digest, or a folder (with a / in it)
    pub from: String,
    /// Another one
    pub to: String,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct History {
    /// The campus's id; all without it
    pub campus: Option<String>,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct Audit {
    /// Of this campus only
    #[arg(long, value_name = "ID")]
    pub campus: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[command(flatten)]
    pub socket: Socket,
}

/// How lines of the audit trail are written.
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// One JSON document a line
    Json,
    /// For a spreadsheet
    Csv,
}

#[derive(Args)]
pub(crate) struct Conflicts {
    /// Of this campus only
    #[arg(long, value_name = "ID")]
    pub campus: Option<String>,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct SessionKeys {
    #[command(subcommand)]
    pub action: Option<SessionKeysAction>,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Subcommand)]
pub(crate) enum SessionKeysAction {
    /// Believe no session under a key any more, in any cell
    Revoke {
        /// The key's id, as the list shows it
        id: String,
    },
}
