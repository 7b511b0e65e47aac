//! Every check of the repository, in one run that reports all failures at its end.

use std::process::Command;
use std::time::Instant;

use crate::packages;
use crate::step::{self, cargo, succeeds};

/// Installs what the tests need, then runs every check.
///
/// # Errors
/// The checks that failed; within CI also packages that cannot be installed.
pub fn run() -> Result<(), String> {
    let start = Instant::now();
    let ci = std::env::var_os("CI").is_some();
    if let Err(problem) = packages::install(packages::TESTS).and_then(|()| packages::install_servers()) {
        if ci {
            return Err(problem);
        }
        println!("{problem}; the tests that need them are skipped");
    }

    let steps = steps(ci);
    let count = steps.len();
    let failures: Vec<String> =
        steps.into_iter().filter_map(|(name, command)| step::run(name, command).err()).collect();
    let seconds = start.elapsed().as_secs();
    if failures.is_empty() {
        println!("\nall {count} checks passed in {seconds} s");
        return Ok(());
    }
    Err(format!("{} of {count} checks failed, in {seconds} s:\n  {}", failures.len(), failures.join("\n  ")))
}

/// Quick checks first. The tests come last: CI takes the last summary of a test runner for the run's own, and the
/// doctests end with that of a crate that has none.
fn steps(ci: bool) -> Vec<(&'static str, Command)> {
    let mut steps = vec![
        ("format", cargo("fmt --all --check")),
        ("lints", cargo("clippy --workspace --all-targets --locked -- --deny warnings")),
    ];
    let deny = succeeds(cargo("deny --version"));
    if ci && !deny {
        steps.push(("cargo-deny", cargo("install --locked cargo-deny")));
    }
    if ci || deny {
        // What other systems need is looked at too, and is not fetched to build for this one.
        steps.push(("crates of every system", cargo("fetch --locked")));
        // Advisories are left out: their list is on the network, and a run must pass without one.
        steps.push((
            "dependencies",
            cargo("deny --offline --locked check --hide-inclusion-graph licenses bans sources"),
        ));
    } else {
        println!("cargo-deny is not installed: licences and banned crates go unchecked");
    }
    let mut documentation = cargo("doc --workspace --no-deps --locked");
    documentation.env("RUSTDOCFLAGS", "--deny warnings");
    steps.push(("documentation", documentation));
    steps.push(("examples in the documentation", cargo("test --workspace --doc --locked")));
    steps.push(if succeeds(cargo("nextest --version")) {
        ("tests", cargo("nextest run --workspace --locked"))
    } else {
        ("tests", cargo("test --workspace --lib --bins --tests --no-fail-fast --locked"))
    });
    steps
}
