//! Fuzz targets: what libFuzzer thinks of, given to every reader of what comes from outside.

use std::process::Command;

use crate::step::{self, cargo, root, succeeds};

/// The targets of `fuzz/`, and folders besides those of `fuzz/seeds` that hold inputs for them.
const TARGETS: [(&str, Option<&str>); 7] = [
    ("mapping", None),
    ("feed", None),
    ("ical", None),
    ("csv", None),
    ("xml", None),
    ("json", None),
    ("campus", Some("crates/campus/tests/it/broken")),
];

/// Runs the target that is named, or all, for so many seconds each. What is found is kept in `target/fuzz/corpus`, what
/// fails in `fuzz/artifacts`.
///
/// # Errors
/// What is missing, or the targets that found something.
pub fn run(options: &[&str]) -> Result<(), String> {
    let (named, seconds) = match options {
        [] => (None, "60"),
        ["--seconds", seconds] => (None, *seconds),
        [target] => (Some(*target), "60"),
        [target, "--seconds", seconds] => (Some(*target), *seconds),
        _ => return Err("write: cargo xtask fuzz [TARGET] [--seconds N]".to_owned()),
    };
    let seconds: u32 = seconds.parse().map_err(|_| format!("\"{seconds}\" is no number of seconds"))?;
    if let Some(named) = named.filter(|named| TARGETS.iter().all(|(target, _)| target != named)) {
        let names = TARGETS.map(|(target, _)| target).join(", ");
        return Err(format!("there is no target \"{named}\": there are {names}"));
    }
    install()?;
    let wanted = steps(seconds)?.into_iter().filter(|(target, _)| named.is_none_or(|named| target.ends_with(named)));
    let failures: Vec<String> = wanted.filter_map(|(name, command)| step::run(name, command).err()).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n  ")) }
}

/// A command per target.
///
/// # Errors
/// The folder for what is found cannot be made.
pub fn steps(seconds: u32) -> Result<Vec<(&'static str, Command)>, String> {
    TARGETS.iter().map(|(target, more)| Ok((*target, command(target, *more, seconds)?))).collect()
}

fn command(target: &str, more: Option<&str>, seconds: u32) -> Result<Command, String> {
    let corpus = root().join("target/fuzz/corpus").join(target);
    std::fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    let mut command = nightly(CARGO_FUZZ);
    // Coverage without a sanitizer: there is no unsafe code to watch.
    command.args(["run", "--sanitizer", "none", "--target-dir", "target/fuzz", target]).arg(corpus);
    command.arg(format!("fuzz/seeds/{target}")).args(more);
    command.args(["--", "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192", "-verbosity=0"]);
    command.arg(format!("-max_total_time={seconds}"));
    Ok(command)
}

const CARGO_FUZZ: &str = "target/tools/bin/cargo-fuzz";

/// Finds cargo-fuzz or installs it, where nightly Rust is there to build with.
///
/// # Errors
/// One line: what is missing, and how to get it.
pub fn install() -> Result<(), String> {
    if !succeeds(nightly("rustc")) {
        return Err("fuzzing needs nightly Rust (rustup toolchain install nightly --profile minimal)".to_owned());
    }
    if root().join(CARGO_FUZZ).is_file() {
        return Ok(());
    }
    step::run("cargo-fuzz", cargo("install --locked --quiet cargo-fuzz@0.13.1 --root target/tools"))
}

/// A program that uses nightly Rust, at the repository's root.
fn nightly(program: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", program]).current_dir(root()).env_remove("CARGO");
    command
}
