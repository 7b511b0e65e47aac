//! icalendar and dateutil: readers of calendars and of their rules from PyPI, which know nothing of ours.

use std::io::Write;
use std::process::{Command, Stdio};

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/testbed/python/bin/python");
const SERVERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/");

/// What icalendar reads in a calendar, as JSON: `{"calendar": …, "events": […]}`, properties by name. `None` where it is
/// not installed.
///
/// # Panics
/// It refuses the calendar, or notes an error in it.
#[must_use]
pub fn read_calendar(text: &str) -> Option<String> {
    answer("icalendar", "read_calendar.py", &[], text)
}

/// When dateutil lets rules recur between two times, as JSON: one list of instants per rule. Rules are lines of a start
/// and a rule; times are UTC, as `2026-01-05T08:00:00`. `None` where it is not installed.
///
/// # Panics
/// It refuses a rule.
#[must_use]
pub fn expand_rules(rules: &str, from: &str, to: &str) -> Option<String> {
    answer("dateutil", "expand_rules.py", &[from, to], rules)
}

/// What a program that needs a module prints for an input.
fn answer(module: &str, program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let import = format!("import {module}");
    if !Command::new(PYTHON).args(["-c", &import]).stderr(Stdio::null()).status().is_ok_and(|s| s.success()) {
        return crate::not_fetched(module);
    }
    let mut program = Command::new(PYTHON)
        .arg(format!("{SERVERS}{program}"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python");
    // One that refuses what it reads ends before: what it says of it tells more.
    let _ = program.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = program.wait_with_output().expect("python");
    assert!(output.status.success(), "{}\n{input}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("JSON"))
}
