//! Lifetimes as people write and read them: `15m`, `24h`, `7d`.

use std::time::Duration;

/// Longer than any lifetime that makes sense, and short enough to be added to a date.
const LONGEST: Duration = days(3660);

/// Reads a duration: a whole number followed by `s`, `m`, `h` or `d` (24 hours).
///
/// # Errors
/// What is wrong and what to write instead, where the text is no such duration or is longer than ten years.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "\"{}\" is not a duration; write a whole number and a unit: \"30s\", \"15m\", \"24h\", \"7d\"",
            start(text)
        )
    };
    let (place, unit) = text.char_indices().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(wrong()),
    };
    let number =
        text.get(..place).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| format!("\"{}\" is longer than ten years", start(text)))
}

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

/// Enough of a text to recognise it in a message.
fn start(text: &str) -> String {
    text.chars().take(20).collect()
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
    fn reads_each_unit() {
        assert_eq!(parse_duration("30s"), Ok(seconds(30)));
        assert_eq!(parse_duration("15m"), Ok(minutes(15)));
        assert_eq!(parse_duration("24h"), Ok(hours(24)));
        assert_eq!(parse_duration("7d"), Ok(days(7)));
    }

    #[test]
    fn refuses_what_is_not_a_number_and_a_unit() {
        for text in ["", "15", "m", "15 m", "-1d", "+1d", "1.5h", "15min", "7j", "1h30m", "é"] {
            assert!(parse_duration(text).is_err_and(|message| message.contains("is not a duration")), "{text}");
        }
    }

    #[test]
    fn refuses_what_overflows_or_outlives_everybody() {
        assert_eq!(parse_duration("9999d"), Err("\"9999d\" is longer than ten years".to_owned()));
        assert!(parse_duration("18446744073709551615d").is_err());
        assert!(parse_duration("99999999999999999999999d").is_err_and(|message| message.len() < 150));
    }

    #[test]
    fn shows_the_largest_unit_that_divides() {
        let shown = [seconds(0), seconds(90), minutes(15), hours(36), days(7)].map(show_duration);
        assert_eq!(shown, ["0 s", "90 s", "15 min", "36 h", "7 d"]);
    }
}
