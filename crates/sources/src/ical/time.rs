//! Dates, times and durations as calendars write them (RFC 5545, 3.3.4-3.3.6).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use super::syntax::{Component, Property};
use super::zones::Zones;

/// A point of a calendar: what the clock shows, and where.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub civil: DateTime,
    pub zone: TimeZone,
    /// Only the day was said.
    pub all_day: bool,
}

impl Moment {
    /// Reads one of a property's values. A time that names no zone is of `zone`, a day of the campus's.
    pub(super) fn read<'a>(
        value: &str,
        property: &Property<'a>,
        zone: &TimeZone,
        zones: &mut Zones<'a>,
    ) -> Option<Self> {
        let (date, time, utc) = written(value)?;
        let only_date = property.param("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"));
        let time = time.filter(|_| !only_date);
        let zone = match property.param("TZID") {
            _ if time.is_none() => zones.campus().clone(),
            _ if utc => TimeZone::UTC,
            Some(name) => zones.find(name),
            None => zone.clone(),
        };
        Some(Self { civil: date.to_datetime(time.unwrap_or(Time::midnight())), zone, all_day: time.is_none() })
    }

    /// In a gap of the clock the time after it, in a fold the first (RFC 5545, 3.3.5).
    pub(super) fn instant(&self) -> Option<Timestamp> {
        self.zone.to_timestamp(self.civil).ok()
    }
}

/// How long an event lasts: `DTEND` says it in exact time for timed events and in days for others, `DURATION` as written
/// (RFC 5545, 3.8.5.3). A day without either lasts a day, a time without either has no end.
pub(super) fn length<'a>(event: &Component<'a>, start: &Moment, zones: &mut Zones<'a>) -> Result<Option<Span>, String> {
    let length = if let Some(end) = event.get("DTEND") {
        let unreadable = || format!("DTEND cannot be read: {}", brief(end.value));
        let moment = Moment::read(end.value, end, &start.zone, zones).ok_or_else(unreadable)?;
        if start.all_day {
            // Some products end a day on itself; RFC 5545 ends it on the next.
            let days = start.civil.date().duration_until(moment.civil.date()).as_hours() / 24;
            Some(Span::new().try_days(days.max(i64::from(days == 0))))
        } else {
            let (from, to) = start.instant().zip(moment.instant()).ok_or_else(unreadable)?;
            Some(Span::new().try_seconds(from.duration_until(to).as_secs()))
        }
    } else if let Some(duration) = event.get("DURATION") {
        let value = duration.value.trim();
        Some(Ok(value.parse::<Span>().map_err(|_| format!("DURATION cannot be read: {}", brief(value)))?))
    } else {
        start.all_day.then(|| Ok(1.day()))
    };
    match length.transpose() {
        Ok(Some(span)) if span.is_negative() => Err("it ends before it starts".to_owned()),
        Ok(length) => Ok(length),
        Err(_) => Err("it lasts too long".to_owned()),
    }
}

/// `UNTIL` of a rule, as the clock of its event shows it; a day counts to its end.
pub(super) fn until(value: &str, start: &Moment) -> Option<DateTime> {
    let (date, time, utc) = written(value)?;
    let until = date.to_datetime(time.unwrap_or(Time::constant(23, 59, 59, 0)));
    // The end of the year 9999, which some products write, is no instant any more.
    let instant = TimeZone::UTC.to_timestamp(until).ok().filter(|_| utc);
    Some(instant.map_or(until, |instant| start.zone.to_datetime(instant)))
}

/// A UTC time of the calendar's own bookkeeping (`DTSTAMP`), as RFC 3339.
pub(super) fn stamp(value: &str) -> Option<String> {
    let (date, time, _) = written(value)?;
    Some(TimeZone::UTC.to_timestamp(date.to_datetime(time?)).ok()?.to_string())
}

/// `+0100` or `+013015` in seconds.
pub(super) fn offset(value: &str) -> Option<i32> {
    let (sign, digits) = match value.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let time = clock(digits)?;
    let since_midnight = time.duration_since(Time::midnight()).as_secs();
    Some(sign * i32::try_from(since_midnight).ok()?)
}

/// What a message may say of a value.
pub(super) fn brief(value: &str) -> String {
    value.chars().take(60).collect()
}

/// `20261005`, `20261005T080000` or, in UTC, `20261005T080000Z`.
fn written(value: &str) -> Option<(Date, Option<Time>, bool)> {
    // An unquoted `TZID=(UTC+01:00) Paris` leaves its tail before the value.
    let value = value.rsplit(':').next()?.trim();
    let (value, utc) = value.strip_suffix(['Z', 'z']).map_or((value, false), |value| (value, true));
    let (date, time) = value.split_once(['T', 't']).map_or((value, None), |(date, time)| (date, Some(time)));
    if date.len() != 8 {
        return None;
    }
    let date = Date::new(number(date, 0, 4)?, two(date, 4)?, two(date, 6)?).ok()?;
    match time {
        Some(time) => Some((date, Some(clock(time)?), utc)),
        None => Some((date, None, utc)),
    }
}

/// `0800` or `080000`; a leap second is the second before it.
fn clock(text: &str) -> Option<Time> {
    let second = match text.len() {
        4 => 0,
        6 => two(text, 4)?.min(59),
        _ => return None,
    };
    Time::new(two(text, 0)?, two(text, 2)?, second, 0).ok()
}

fn two(text: &str, from: usize) -> Option<i8> {
    number(text, from, 2)?.try_into().ok()
}

fn number(text: &str, from: usize, count: usize) -> Option<i16> {
    let digits = text.get(from..from + count)?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}
