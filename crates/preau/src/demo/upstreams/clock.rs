//! The demo's time: the instant it was started at, running on.

use std::io;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, ZonedDateTime};
use tokio::time::Instant;

/// The present at both schools, which stand in one zone; to the second.
#[derive(Debug, Clone)]
pub struct Clock {
    start: ZonedDateTime,
    since: Instant,
}

impl Clock {
    pub fn new(now: Timestamp) -> io::Result<Self> {
        let zone = TimeZone::get("Europe/Paris").map_err(io::Error::other)?;
        let now = Timestamp::from_second(now.as_second()).map_err(io::Error::other)?;
        Ok(Self { start: now.to_zoned_datetime(zone), since: Instant::now() })
    }

    /// The instant the demo was started at: documents are dated around it.
    pub fn start(&self) -> &ZonedDateTime {
        &self.start
    }

    /// The present instant: departures and occupancy follow it.
    pub fn now(&self) -> ZonedDateTime {
        let elapsed = i64::try_from(self.since.elapsed().as_secs()).unwrap_or(i64::MAX);
        self.start.saturating_add(SignedDuration::from_secs(elapsed))
    }

    /// A time of day so many days from the start.
    pub fn day(&self, days: i32, time: Time) -> io::Result<ZonedDateTime> {
        local(&self.start, self.start.date().saturating_add(days.days()), time)
    }

    /// The same, or the Monday after where that is a weekend.
    pub fn working_day(&self, days: i32, time: Time) -> io::Result<ZonedDateTime> {
        let weekday = self.start.date().saturating_add(days.days()).weekday().to_monday_zero_offset();
        self.day(days + (7 - i32::from(weekday)) % 7 * i32::from(weekday >= 5), time)
    }

    /// When something was published: at a time of day so many days before the last morning, never in the future.
    pub fn published(&self, days_ago: i32, time: Time) -> io::Result<ZonedDateTime> {
        let yesterday = i32::from(self.start.time() < time);
        self.day(-days_ago.max(yesterday), time)
    }

    /// Monday of the week so many weeks from the start.
    pub fn monday(&self, weeks: i32) -> Date {
        let start = self.start.date();
        start.saturating_add((7 * weeks - i32::from(start.weekday().to_monday_zero_offset())).days())
    }
}

/// A time of day on a date, in the zone of `near`.
pub fn local(near: &ZonedDateTime, date: Date, time: Time) -> io::Result<ZonedDateTime> {
    date.to_datetime(time).to_zoned_datetime(near.time_zone().clone()).map_err(io::Error::other)
}

/// The year in which the academic year of a date began; it changes on the first of August.
pub fn academic_year(date: Date) -> i16 {
    if date.month() >= 8 { date.year() } else { date.year() - 1 }
}
