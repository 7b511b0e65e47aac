//! iCalendar as text (RFC 5545): escaped values, lines folded at 75 octets.

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

/// A calendar being written.
#[derive(Debug)]
pub struct Calendar(String);

/// Octets of a line at most, its end not counted (RFC 5545, 3.1).
const LINE: usize = 75;

impl Calendar {
    /// A calendar with the lines that stand before its first component.
    pub fn new(head: &[&str]) -> Self {
        let mut calendar = Self(String::new());
        calendar.line("BEGIN:VCALENDAR");
        head.iter().for_each(|line| calendar.line(line));
        calendar
    }

    /// A line whose value needs no escapes.
    pub fn line(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A line whose value is text; `\n` in it is a line break of the value.
    pub fn text(&mut self, name: &str, value: &str) {
        let escaped = value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
        self.line(&format!("{name}:{escaped}"));
    }

    /// A line whose value is an instant, in UTC.
    pub fn instant(&mut self, name: &str, value: &ZonedDateTime) {
        self.line(&format!("{name}:{}", value.with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ")));
    }

    /// The calendar.
    pub fn end(mut self) -> String {
        self.line("END:VCALENDAR");
        self.0
    }
}
