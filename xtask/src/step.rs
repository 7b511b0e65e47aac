//! One command of a run: shown before, timed after.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The repository's own folder.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// `cargo` with these words, at the repository's root.
pub fn cargo(words: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split(' ')).current_dir(root());
    command
}

/// Whether a command runs and succeeds; shows nothing of it.
pub fn succeeds(mut command: Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command to its end, its output passed through.
///
/// # Errors
/// One line: what failed, and how.
pub fn run(name: &str, mut command: Command) -> Result<(), String> {
    println!("\n== {name}");
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("{name} did not start: {error}"))?;
    let seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{name} failed after {seconds:.1} s ({status})"));
    }
    println!("== {name}: {seconds:.1} s");
    Ok(())
}
