//! Instants: read in the forms that products write, written as RFC 3339 with the campus's offset.

use std::cell::RefCell;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneTransition};

/// A zone that remembers the offsets it was asked for: the instants of one answer are mostly of one year.
#[derive(Debug)]
pub(crate) struct Zone {
    zone: TimeZone,
    /// Offsets, and the seconds since the epoch within which they hold.
    known: RefCell<Vec<(Range<i64>, Offset)>>,
}

impl Zone {
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self { zone, known: RefCell::default() }
    }

    pub(crate) fn midnight(&self, day: Date) -> Option<Timestamp> {
        self.zone.to_timestamp(day.to_datetime(Time::midnight())).ok()
    }

    fn offset(&self, at: Timestamp) -> Offset {
        const MOST: usize = 4;
        let second = at.as_second();
        let mut known = self.known.borrow_mut();
        if let Some((_, offset)) = known.iter().find(|(range, _)| range.contains(&second)) {
            return *offset;
        }
        let offset = self.zone.to_offset(at);
        if known.len() < MOST {
            let when = |change: TimeZoneTransition<'_>| change.timestamp().as_second();
            let next = Timestamp::from_second(second.saturating_add(1)).unwrap_or(at);
            let from = self.zone.preceding(next).next().map_or(i64::MIN, when);
            let until = self.zone.following(at).next().map_or(i64::MAX, when);
            known.push((from..until, offset));
        }
        offset
    }
}

/// An instant as the campus's clocks show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    pub(super) timestamp: Timestamp,
    pub(super) local: DateTime,
    offset: Offset,
}

impl Instant {
    fn new(timestamp: Timestamp, zone: &Zone) -> Self {
        let offset = zone.offset(timestamp);
        Self { timestamp, local: offset.to_datetime(timestamp), offset }
    }

    /// RFC 3339, ISO 8601 without offset (then in the zone), a day alone (its midnight), RFC 2822.
    pub(super) fn read(text: &str, zone: &Zone) -> Option<Self> {
        let instant = Self::read_plain(text.as_bytes(), zone).or_else(|| Self::read_any(text, zone))?;
        // RFC 3339 has no years before 0.
        (instant.local.year() >= 0).then_some(instant)
    }

    fn read_any(text: &str, zone: &Zone) -> Option<Self> {
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Self::new(timestamp, zone));
        }
        if let Ok(local) = text.parse::<DateTime>() {
            return Self::local(local, zone);
        }
        jiff::fmt::rfc2822::parse(text).ok().map(|instant| Self::new(instant.timestamp(), zone))
    }

    fn local(local: DateTime, zone: &Zone) -> Option<Self> {
        zone.zone.to_timestamp(local).ok().map(|timestamp| Self::new(timestamp, zone))
    }

    /// The most common forms, many times faster: `2026-11-23T10:15:00`, alone or with `Z` or `+01:00`.
    fn read_plain(text: &[u8], zone: &Zone) -> Option<Self> {
        let (stamp, offset) = text.split_first_chunk::<19>()?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = *stamp else {
            return None;
        };
        let year = i16::from(two([y1, y2])?) * 100 + i16::from(two([y3, y4])?);
        let (month, day) = (two([m1, m2])?, two([d1, d2])?);
        let (hour, minute, second) = (two([h1, h2])?, two([n1, n2])?, two([s1, s2])?);
        let local = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        let seconds = match *offset {
            [] => return Self::local(local, zone),
            [b'Z'] => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (hours, minutes) = (two([h1, h2]).filter(|hours| *hours < 24)?, two([m1, m2]).filter(|m| *m < 60)?);
                let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
                if sign == b'-' { -seconds } else { seconds }
            }
            _ => return None,
        };
        Some(Self::new(Offset::from_seconds(seconds).ok()?.to_timestamp(local).ok()?, zone))
    }

    /// Without fractions of a second. A zoned time's own text ends in the zone's name (RFC 9557), which phones' parsers
    /// refuse.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let (year, seconds) = (self.local.year(), self.offset.seconds());
        // Offsets of old times have seconds, which RFC 3339 has not.
        if !(0..=9999).contains(&year) || seconds % 60 != 0 {
            out.extend_from_slice(format!("{:.0}", self.timestamp.display_with_offset(self.offset)).as_bytes());
            return;
        }
        date(out, self.local.date());
        let parts = [(b'T', self.local.hour()), (b':', self.local.minute()), (b':', self.local.second())];
        for (before, number) in parts {
            out.push(before);
            digits(out, number);
        }
        let minutes = seconds.abs() / 60;
        out.push(if seconds < 0 { b'-' } else { b'+' });
        digits(out, small(minutes / 60));
        out.push(b':');
        digits(out, small(minutes % 60));
    }
}

/// `YYYY-MM-DD`, of a year that has four digits.
pub(super) fn date(out: &mut Vec<u8>, date: Date) {
    digits(out, small(i32::from(date.year() / 100)));
    digits(out, small(i32::from(date.year() % 100)));
    out.push(b'-');
    digits(out, date.month());
    out.push(b'-');
    digits(out, date.day());
}

/// `HH:MM`.
pub(super) fn time_of_day(out: &mut Vec<u8>, hour: i8, minute: i8) {
    digits(out, hour);
    out.push(b':');
    digits(out, minute);
}

fn small(number: i32) -> i8 {
    i8::try_from(number).unwrap_or_default()
}

/// Two digits of a number below 100.
fn digits(out: &mut Vec<u8>, number: i8) {
    let number = number.unsigned_abs();
    out.extend_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

fn two([tens, ones]: [u8; 2]) -> Option<i8> {
    let digit = |byte: u8| byte.checked_sub(b'0').filter(|digit| *digit < 10);
    i8::try_from(digit(tens)? * 10 + digit(ones)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    /// Texts near to the plain form.
    fn text() -> impl Strategy<Value = String> {
        let form = "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-6][0-9])?";
        prop_oneof![
            8 => form.prop_map(String::from),
            1 => (form, 0_usize..26, any::<char>()).prop_map(|(text, place, char)| {
                let mut chars: Vec<char> = text.chars().collect();
                let place = place.min(chars.len() - 1);
                chars[place] = char;
                chars.into_iter().collect()
            }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_fast_way_reads_what_the_general_one_reads(text in text(), zone in "(Europe/Paris|America/Cayenne|UTC|Asia/Kolkata)") {
            let zone = Zone::new(TimeZone::get(&zone).unwrap());
            if let Some(instant) = Instant::read_plain(text.as_bytes(), &zone) {
                prop_assert_eq!(Some(instant), Instant::read_any(&text, &zone), "{}", text);
            }
        }

        #[test]
        fn a_zone_remembers_what_it_would_say_again(seconds in proptest::collection::vec(1_700_000_000_i64..1_900_000_000, 1..20)) {
            let plain = TimeZone::get("Europe/Paris").unwrap();
            let zone = Zone::new(plain.clone());
            let changes = plain.following(Timestamp::UNIX_EPOCH).take(120).map(|change| change.timestamp().as_second());
            for second in seconds.into_iter().chain(changes.flat_map(|change| [change, change - 1, change + 1])) {
                let at = Timestamp::from_second(second).unwrap();
                prop_assert_eq!(zone.offset(at), plain.to_offset(at));
            }
        }

        #[test]
        fn an_instant_is_written_as_the_library_writes_it(second in -62_167_000_000_i64..253_402_000_000, zone in "(Europe/Paris|America/Cayenne|UTC|Asia/Kolkata)") {
            let instant = Instant::new(Timestamp::from_second(second).unwrap(), &Zone::new(TimeZone::get(&zone).unwrap()));
            let mut out = Vec::new();
            instant.write(&mut out);
            let expected = format!("{:.0}", instant.timestamp.display_with_offset(instant.offset));
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
