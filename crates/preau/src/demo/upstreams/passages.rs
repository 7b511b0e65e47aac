//! Buses, trams and boats near a school: a timetable that never ends, with the small delays of real life.

use jiff::{SignedDuration, Timestamp, ToSpan, ZonedDateTime};

/// A line in one direction, every so many minutes around the clock.
#[derive(Debug)]
pub struct Line {
    pub name: &'static str,
    pub mode: &'static str,
    pub colour: &'static str,
    pub destination: &'static str,
    pub platform: &'static str,
    /// Minutes between two departures.
    pub every: i64,
    /// Minutes by which the first departure of each interval is shifted.
    pub offset: i64,
}

/// A departure.
#[derive(Debug)]
pub struct Passage<'l> {
    pub line: &'l Line,
    /// The trip's number, other than that of all other trips of the line.
    pub trip: i64,
    pub scheduled: ZonedDateTime,
    pub expected: ZonedDateTime,
    pub cancelled: bool,
}

impl Passage<'_> {
    /// The operator's word for on time, for late, for cancelled.
    pub fn state(&self, [on_time, late, cancelled]: [&'static str; 3]) -> &'static str {
        match self.cancelled {
            true => cancelled,
            false if self.expected > self.scheduled => late,
            false => on_time,
        }
    }
}

/// Minutes of delay, trip after trip.
const DELAYS: [i64; 7] = [0, 0, 1, 0, 3, 0, 2];

/// Every so many trips, one does not run.
const CANCELLED: i64 = 17;

/// What still leaves within two hours, soonest first.
pub fn passages<'l>(lines: &'l [Line], now: &ZonedDateTime) -> Vec<Passage<'l>> {
    let mut passages: Vec<_> = lines.iter().flat_map(|line| departures(line, now)).collect();
    passages.sort_by(|one, other| one.scheduled.cmp(&other.scheduled));
    passages
}

fn departures<'l>(line: &'l Line, now: &ZonedDateTime) -> impl Iterator<Item = Passage<'l>> {
    let first = (now.timestamp().as_second() / 60 - line.offset).div_euclid(line.every);
    let horizon = now.saturating_add(2.hours());
    let zone = now.time_zone().clone();
    let trip = move |trip: i64| {
        let scheduled =
            Timestamp::from_second((trip * line.every + line.offset) * 60).ok()?.to_zoned_datetime(zone.clone());
        let delay =
            usize::try_from(trip.rem_euclid(7)).ok().and_then(|place| DELAYS.get(place)).copied().unwrap_or_default();
        let expected = scheduled.saturating_add(SignedDuration::from_mins(delay));
        Some(Passage { line, trip, scheduled, expected, cancelled: trip % CANCELLED == 0 })
    };
    let present = now.clone();
    (first..)
        .map_while(trip)
        .filter(move |passage| passage.expected >= present)
        .take_while(move |passage| passage.scheduled <= horizon)
}
