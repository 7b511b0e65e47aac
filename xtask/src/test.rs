//! Every check of the repository, in one run that reports all failures at its end.

use std::process::Command;
use std::time::Instant;

use crate::step::{self, cargo, root, succeeds};
use crate::web::{self, Node};
use crate::{fuzz, packages};

/// Installs what the tests need, then runs every check.
///
/// # Errors
/// The checks that failed; within CI also packages that cannot be installed.
pub fn run() -> Result<(), String> {
    let start = Instant::now();
    let ci = std::env::var_os("CI").is_some();
    required(ci, packages::install(packages::TESTS).and_then(|()| packages::install_servers()))?;
    required(false, packages::install(packages::WEBKIT))?;
    let node = required(ci, Node::find_or_fetch())?;
    // Before any step of cargo, which embeds what is built.
    let built = node.as_ref().map_or(Ok(()), web::build);

    let fuzzing = required(false, fuzz::install().and_then(|()| fuzz::steps(FUZZING)))?;
    let steps = steps(ci, node.as_ref(), fuzzing.unwrap_or_default());
    let count = steps.len() + 1;
    let ran = steps.into_iter().map(|(name, command)| step::run(name, command));
    let failures: Vec<String> = std::iter::once(built).chain(ran).filter_map(Result::err).collect();
    let seconds = start.elapsed().as_secs();
    if failures.is_empty() {
        println!("\nall {count} checks passed in {seconds} s");
        return Ok(());
    }
    Err(format!("{} of {count} checks failed, in {seconds} s:\n  {}", failures.len(), failures.join("\n  ")))
}

/// Seconds for each fuzz target: enough to run all seeds and some of their children.
const FUZZING: u32 = 5;

/// What is there; what is not is an error within CI, elsewhere a line.
fn required<T>(ci: bool, found: Result<T, String>) -> Result<Option<T>, String> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(problem) if ci => Err(problem),
        Err(problem) => {
            println!("{problem}; the tests that need it are skipped");
            Ok(None)
        }
    }
}

/// Quick checks first. The tests come last: CI takes the last summary of a test runner for the run's own, and the
/// doctests end with that of a crate that has none.
fn steps(ci: bool, node: Option<&Node>, fuzzing: Vec<(&'static str, Command)>) -> Vec<(&'static str, Command)> {
    let mut steps = vec![("format", cargo("fmt --all --check"))];
    if let Some(node) = node {
        steps.push(("web checks", node.npm("run --silent check")));
        steps.push(("web tests", node.npm("test --silent")));
    }
    steps.push(("lints", cargo("clippy --workspace --all-targets --locked -- --deny warnings")));
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
    let tests = if succeeds(cargo("nextest --version")) {
        "nextest run --workspace --locked"
    } else {
        "test --workspace --lib --bins --tests --no-fail-fast --locked"
    };
    match (node, packages::find("chromium")) {
        (Some(node), Some(chromium)) => {
            let mut browser = node.npm("run --silent e2e");
            browser.env("PREAU", root().join("target/debug/preau")).env("CHROMIUM", chromium);
            // With the features that the tests build it with, so that it is built once.
            steps.push(("binary for the browser tests", cargo(&format!("{tests} --no-run"))));
            steps.push(("browser tests", browser));
        }
        _ => println!("no Node.js or no Chromium: the browser tests are skipped"),
    }
    steps.extend(fuzzing);
    steps.push(("tests", cargo(tests)));
    steps
}
