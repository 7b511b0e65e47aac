//! Préau: the back end of campus mobile apps. The binary: commands, settings, listeners; the only one that reads the
//! environment.

/// `println!` for what may be piped: a reader that went away (`preau check … | head`) is no error of ours.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($text)*)));
    }};
}

mod admin;
mod cli;
mod commands;
mod demo;
mod drill;
mod environment;
mod keys;
mod listener;
mod log;
mod node;
mod process;
mod server;
mod settings;
mod telemetry;
mod tls;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    // The one provider of cryptography, for both directions; a second call would be a mistake of ours.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return ExitCode::FAILURE;
    }
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Check(arguments) => block_on(commands::check::run(arguments)),
        Command::Reference(arguments) => commands::reference::run(&arguments),
        Command::Demo(arguments) => block_on(commands::demo::run(arguments)),
        Command::Serve(arguments) => block_on(commands::serve::run(arguments)),
        Command::Try(arguments) => block_on(commands::attempt::run(arguments)),
        Command::Egress(arguments) => commands::egress::run(&arguments),
        Command::LoginCheck(arguments) => block_on(commands::login_check::run(arguments)),
        Command::Cache(arguments) => block_on(commands::cache::run(arguments)),
        Command::Status(arguments) => block_on(commands::status::run(arguments)),
        Command::Publish(arguments) => block_on(commands::publications::publish(arguments)),
        Command::Promote(arguments) => block_on(commands::publications::promote(arguments)),
        Command::Rollback(arguments) => block_on(commands::publications::roll_back(arguments)),
        Command::Withdraw(arguments) => block_on(commands::publications::withdraw(arguments)),
        Command::Diff(arguments) => block_on(commands::publications::diff(arguments)),
        Command::History(arguments) => block_on(commands::publications::history(arguments)),
        Command::Audit(arguments) => block_on(commands::audit::audit(arguments)),
        Command::Conflicts(arguments) => block_on(commands::audit::conflicts(arguments)),
        Command::SessionKeys(arguments) => block_on(commands::audit::session_keys(arguments)),
        Command::Cell(arguments) => block_on(commands::cell::run(arguments)),
        Command::Backup(arguments) => block_on(commands::backup::run(arguments)),
        Command::Drill(arguments) => block_on(drill::run(arguments)),
        Command::Restore(arguments) => block_on(commands::restore::run(arguments)),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("preau: {message}");
        ExitCode::FAILURE
    })
}

/// What a command ends with: an exit code, or one line that says what went wrong and what to do.
pub(crate) type Outcome = Result<ExitCode, String>;

fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| format!("no runtime: {error}"))?.block_on(work)
}
