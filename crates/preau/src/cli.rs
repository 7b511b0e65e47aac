//! Commands and flags.

mod cell;
mod drill;
mod publications;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use cell::{Backup, Cell, CellAction, Restore};
pub(crate) use drill::{Drill, DrillAction, LoseCells, Schedules};
pub(crate) use publications::{
    Audit, Conflicts, Diff, Format, History, Promote, Publish, Rollback, SessionKeys, SessionKeysAction, Withdraw,
};

/// The back end of campus mobile apps.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run two demo campuses with their upstream systems in this process
    Demo(Demo),
    /// Serve what is published, and the campuses of a folder
    Serve(Serve),
    /// Check campus folders: every mistake with its place and remedy, and whether the logins' providers are there
    Check(Check),
    /// Fetch a data set once and show what the mapping makes of it
    Try(Try),
    /// Show where a campus's sources and login connect to, and from which addresses, for a school's allow-list
    Egress(Egress),
    /// Sign in at a campus's real provider and show what its claims would mean
    LoginCheck(LoginCheck),
    /// Look into, purge or re-time the cache of a running server
    Cache(Cache),
    /// Show the state of every campus and source of a running server
    Status(Status),
    /// Publish a campus folder on a channel of a running server, and of all cells
    Publish(Publish),
    /// Point a channel at what another one shows
    Promote(Promote),
    /// Point a channel back at what it showed before
    Rollback(Rollback),
    /// Take a campus off a channel
    Withdraw(Withdraw),
    /// Show what differs between two publications, channels or folders
    Diff(Diff),
    /// Show what is published, and what each channel showed
    History(History),
    /// Show or export who changed what, when, before and after
    Audit(Audit),
    /// Show changes of one value that did not see each other
    Conflicts(Conflicts),
    /// Show the keys of sessions, or stop believing one that was stolen
    SessionKeys(SessionKeys),
    /// Set up, join, rebuild and look at this machine's cell
    Cell(Cell),
    /// Copy the journal of one machine to a file, while it runs or not
    Backup(Backup),
    /// Put a copy in the place of the journal of one machine
    Restore(Restore),
    /// Rehearse what fails in data centres, with three cells on this machine
    Drill(Drill),
    /// Write the reference pages, or check that they are fresh
    Reference(Reference),
}

#[derive(Args)]
pub(crate) struct Demo {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Run the schools' systems only, with their files in a folder, and print the variables with which campuses find them
    #[arg(long, value_name = "DIR", conflicts_with = "listen")]
    pub systems: Option<PathBuf>,
    /// Log every step, not only what goes wrong
    #[arg(long)]
    pub verbose: bool,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// A folder that holds one folder per campus; without it, what is published is served
    #[arg(long, value_name = "DIR")]
    pub campuses: Option<PathBuf>,
    /// The settings file (docs/reference/preau.toml documents it)
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Where to listen; wins over the settings
    #[arg(long)]
    pub listen: Option<SocketAddr>,
    /// Where the admin socket is; wins over the settings
    #[arg(long, value_name = "PATH")]
    pub admin_socket: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Check {
    /// Campus folders, or folders of campus folders
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// The settings file, for the directories that it opens and what it allows campuses to reach
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// The campus's address that the login's provider knows, https at its first host without it; nothing is sent there
    #[arg(long, value_name = "URL")]
    pub site: Option<url::Url>,
    /// Contact nobody: whether people can sign in is not tried
    #[arg(long)]
    pub offline: bool,
}

#[derive(Args)]
pub(crate) struct Try {
    /// The campus folder; with --demo, the demo campus's id
    pub campus: PathBuf,
    /// The data set
    pub name: String,
    /// A request parameter; `user` is the person of a personal set
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// The settings file, for what it allows the campus to reach
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Try a demo campus: its upstream systems run while the command does
    #[arg(long)]
    pub demo: bool,
    /// Print one JSON document instead of tables
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Egress {
    /// The campus folder
    pub campus: PathBuf,
    /// The settings file, for this server's addresses
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct LoginCheck {
    /// The campus folder
    pub campus: PathBuf,
    /// Who signs in; asked on the terminal without it
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The file whose first line is the password; without it, asked on the terminal or read from standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The campus's address that the provider knows, https at its first host without it; nothing is sent there
    #[arg(long, value_name = "URL")]
    pub site: Option<url::Url>,
    /// Show the values of claims too
    #[arg(long)]
    pub show_values: bool,
    /// The settings file, for what it allows the campus to reach
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Socket {
    /// The running server's admin socket
    #[arg(long, global = true, value_name = "PATH", default_value = crate::settings::ADMIN_SOCKET)]
    pub admin_socket: PathBuf,
}

#[derive(Args)]
pub(crate) struct Cache {
    #[command(subcommand)]
    pub action: CacheAction,
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Subcommand)]
pub(crate) enum CacheAction {
    /// How much is kept, and which lifetimes are changed
    Show,
    /// Change lifetimes, at once and for what is already kept too; without new ones, back to what is declared
    Lifetimes {
        /// The campus's id
        campus: String,
        #[command(flatten)]
        scope: Scope,
        /// No upstream call within this time, such as 30s or 15m
        #[arg(long)]
        fresh_for: Option<kinds::Lasting>,
        /// After that, how long an old answer may be given
        #[arg(long)]
        stale_for: Option<kinds::Lasting>,
        /// How long phones keep it; never longer than on_device
        #[arg(long)]
        keep: Option<kinds::Lasting>,
    },
    /// Forget what is kept
    Purge {
        /// The campus's id
        campus: String,
        #[command(flatten)]
        scope: Scope,
        /// Phones forget it too
        #[arg(long)]
        devices: bool,
    },
}

/// Which data sets; all of the campus without any.
#[derive(Args, serde::Serialize)]
#[group(multiple = false)]
pub(crate) struct Scope {
    /// This data set only
    pub data: Option<String>,
    /// Data sets of this kind only
    #[arg(long)]
    pub kind: Option<String>,
    /// Data sets of this source only
    #[arg(long)]
    pub source: Option<String>,
}

#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub socket: Socket,
}

#[derive(Args)]
pub(crate) struct Reference {
    /// The folder of the pages
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Write nothing; fail where a page is not what would be written
    #[arg(long)]
    pub check: bool,
}
