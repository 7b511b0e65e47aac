//! Medians, percentiles, and what the system says about a process.

use std::path::Path;
use std::time::Duration;

/// The median of the rounds, with the lowest and the highest in brackets.
pub fn spread(digits: usize, mut rounds: Vec<f64>) -> String {
    rounds.sort_by(f64::total_cmp);
    let (median, last) = (rounds[rounds.len() / 2], rounds[rounds.len() - 1]);
    format!("{median:.digits$} ({:.digits$} to {last:.digits$})", rounds[0])
}

/// The time that so many of a hundred are below, in milliseconds.
pub fn hundredth(times: &[Duration], at: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() * at / 100].as_secs_f64() * 1000.0
}

/// MiB of this process's memory: `VmRSS` now, `VmHWM` at most (proc(5)).
pub fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// Seconds of a processor that this process took, user and system.
pub fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    // Linux reports hundredths of a second, whatever its own clock.
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// MiB of a file and of its log.
pub fn size(path: &Path) -> f64 {
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    (bytes(path) + bytes(&path.with_extension("db-wal"))) as f64 / f64::from(1 << 20)
}
