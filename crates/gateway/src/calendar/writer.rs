//! iCalendar as text (RFC 5545): lines folded at 75 octets, values escaped.

use jiff::Timestamp;
use jiff::civil::Date;

/// Octets of a line at most, without its end (3.1).
const LONGEST: usize = 75;

/// A calendar being written.
pub(super) struct Writer(String);

impl Writer {
    pub(super) fn new() -> Self {
        Self(String::new())
    }

    /// A content line whose value is what it should be already.
    pub(super) fn line(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut rest = line.as_str();
        let mut room = LONGEST;
        while rest.len() > room {
            // Never within a character: some programs unfold after they decode.
            let (part, after) = rest.split_at(rest.floor_char_boundary(room));
            self.0.push_str(part);
            self.0.push_str("\r\n ");
            rest = after;
            room = LONGEST - 1;
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }

    /// A line of text (3.3.11).
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.line(name, &escaped(text));
    }

    /// A line with an instant, in UTC (3.3.5).
    pub(super) fn instant(&mut self, name: &str, at: Timestamp) {
        self.line(name, &at.strftime("%Y%m%dT%H%M%SZ").to_string());
    }

    /// A line with a day (3.3.4).
    pub(super) fn day(&mut self, name: &str, day: Date) {
        self.line(&format!("{name};VALUE=DATE"), &day.strftime("%Y%m%d").to_string());
    }

    /// The time zone in which instants are written. They need none; but a calendar has at least one component (3.6), and
    /// this one shows nowhere.
    pub(super) fn zone(&mut self) {
        let lines = [
            ("BEGIN", "VTIMEZONE"),
            ("TZID", "Etc/UTC"),
            ("BEGIN", "STANDARD"),
            ("DTSTART", "19700101T000000"),
            ("TZOFFSETFROM", "+0000"),
            ("TZOFFSETTO", "+0000"),
            ("END", "STANDARD"),
            ("END", "VTIMEZONE"),
        ];
        lines.into_iter().for_each(|(name, value)| self.line(name, value));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Text with the characters masked that mean something; other control characters are none of a calendar's.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::Writer;

    #[test]
    fn folds_at_75_octets_and_never_within_a_character() {
        for text in ["é".repeat(200), "a☕".repeat(90), "x".repeat(75 - "SUMMARY:".len()), String::new()] {
            let mut writer = Writer::new();
            writer.text("SUMMARY", &text);
            let written = writer.finish();
            assert!(written.ends_with("\r\n"));
            assert!(written.trim_end().split("\r\n").all(|line| line.len() <= 75), "{written}");
            assert_eq!(written.replace("\r\n ", ""), format!("SUMMARY:{text}\r\n"));
        }
    }

    #[test]
    fn no_text_becomes_a_line_of_its_own() {
        let mut writer = Writer::new();
        writer.text("SUMMARY", "a\\b;c,d\ne\r\nEND:VEVENT\u{0}\u{85}f");
        assert_eq!(writer.finish(), "SUMMARY:a\\\\b\\;c\\,d\\ne\\nEND:VEVENTf\r\n");
    }
}
