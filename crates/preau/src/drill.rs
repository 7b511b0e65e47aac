//! Drills: three cells on this machine, real servers, real traffic, and what fails in data centres.

mod cells;
mod database;
mod dice;
mod disk;
mod fault;
mod guard;
mod link;
mod lose_cells;
mod node;
mod schedules;
mod traffic;
mod verify;

use std::process::ExitCode;
use std::time::Instant;

use crate::Outcome;
use crate::cli::{self, DrillAction};
use crate::server::Stop;

/// What is printed while it works.
struct Report(Instant);

impl Report {
    fn say(&self, line: &str) {
        say!("{:6.1} s  {line}", self.0.elapsed().as_secs_f64());
    }
}

pub(crate) async fn run(arguments: cli::Drill) -> Outcome {
    let mut stop = Stop::listen()?;
    let report = Report(Instant::now());
    let work = async {
        match &arguments.action {
            DrillAction::LoseCells(arguments) => lose_cells::run(arguments, &report).await,
            DrillAction::Schedules(arguments) => schedules::run(arguments, &report).await,
        }
    };
    // Dropped in the middle, it stops whatever it started.
    let passed = tokio::select! {
        passed = work => passed?,
        () = stop.ordered() => return Err("the drill was stopped".to_owned()),
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
