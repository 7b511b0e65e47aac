//! Durations as people read them: `15 min`, `7 d`.

use std::time::Duration;

/// A duration for people, in the largest unit that divides it: `15 min`, `7 d`.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "0 s".to_owned(),
        seconds if seconds % 86400 == 0 => format!("{} d", seconds / 86400),
        seconds if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

pub(crate) const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

pub(crate) const fn minutes(number: u64) -> Duration {
    Duration::from_mins(number)
}

pub(crate) const fn hours(number: u64) -> Duration {
    Duration::from_hours(number)
}

pub(crate) const fn days(number: u64) -> Duration {
    Duration::from_hours(24 * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_largest_unit_that_divides() {
        let shown = [seconds(0), seconds(90), minutes(15), hours(36), days(7)].map(show_duration);
        assert_eq!(shown, ["0 s", "90 s", "15 min", "36 h", "7 d"]);
    }
}
