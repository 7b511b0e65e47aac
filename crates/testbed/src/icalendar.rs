//! icalendar: a parser of calendars from PyPI, which knows nothing of ours.

use std::io::Write;
use std::process::{Command, Stdio};

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/testbed/python/bin/python");
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/read_calendar.py");

/// What it reads in a calendar, as JSON: `{"calendar": …, "events": […]}`, properties by name. `None` where it is not
/// installed.
///
/// # Panics
/// It refuses the calendar, or notes an error in it.
#[must_use]
pub fn read_calendar(text: &str) -> Option<String> {
    if !Command::new(PYTHON).args(["-c", "import icalendar"]).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    {
        return crate::not_fetched("icalendar");
    }
    let mut program = Command::new(PYTHON)
        .arg(PROGRAM)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python");
    program.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = program.wait_with_output().expect("python");
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("JSON"))
}
