//! The load: `wrk` with 64 connections from one thread, as both servers have one.

use std::path::Path;
use std::process::Command;

use super::answer::HOST;

/// Who reads.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// Somebody.
    Anybody,
    /// One person after the other: those of a file of tokens, each sent in a header behind some text. Without a header,
    /// nobody; the load is made in the same way, so that the server is as busy.
    People { script: &'a Path, tokens: &'a Path, header: Option<[&'a str; 2]> },
}

/// Reads an address for some seconds; how many requests were answered.
///
/// # Errors
/// Also where any answer was an error, since errors are cheap.
pub fn run(url: &str, header: Option<&str>, by: By<'_>, seconds: u32) -> Result<u32, String> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", "64", "--timeout", "10s", "--duration", &format!("{seconds}s")]);
    wrk.args(["--header", &format!("Host: {HOST}")]);
    if let Some(header) = header {
        wrk.args(["--header", header]);
    }
    wrk.arg(url);
    if let By::People { script, tokens, header } = by {
        wrk.arg("--script").arg(script).arg("--").arg(tokens).args(header.into_iter().flatten());
    }
    let output = wrk.output().map_err(|error| format!("wrk did not start: {error}"))?;
    let report = String::from_utf8_lossy(&output.stdout);
    requests(&report).ok_or_else(|| format!("{url} under load: {report}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The number in `  123456 requests in 5.00s, 1.20GB read`.
fn requests(report: &str) -> Option<u32> {
    if report.contains("Non-2xx") || report.contains("Socket errors") {
        return None;
    }
    let line = report.lines().find(|line| line.contains(" requests in "))?;
    line.split_whitespace().next()?.parse().ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::requests;

    #[test]
    fn counts_requests_only_where_all_were_answered() {
        let report = "  2 threads\n  123456 requests in 5.00s, 1.20GB read\nRequests/sec:  24691.20\n";
        assert_eq!(requests(report), Some(123_456));
        assert_eq!(requests(&format!("{report}  Non-2xx or 3xx responses: 1\n")), None);
        assert_eq!(
            requests("  Socket errors: connect 64, read 0, write 0, timeout 0\n  0 requests in 5.00s, 0B read"),
            None
        );
    }
}
