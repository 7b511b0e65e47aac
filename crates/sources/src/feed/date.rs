//! Dates as feeds write them: RFC 822 in its broken forms, ISO 8601 and its profiles.

use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The instant that a text tells, in `zone` where it tells none of its own. A day alone is its first moment.
pub(super) fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.get(..text.floor_char_boundary(LONGEST))?;
    if let Some(instant) = since_1970(text) {
        return Some(instant);
    }
    let parts = iso(text).or_else(|| words(text))?;
    let (year, month, day) = parts.date?;
    let (hour, minute, second) = parts.time.unwrap_or_default();
    // A leap second and the midnight at a day's end are beyond what a clock shows.
    let (hour, later) = if hour == 24 { (0, SignedDuration::from_hours(24)) } else { (hour, SignedDuration::ZERO) };
    let civil = DateTime::new(year, month, day, hour, minute, second.min(59), 0).ok()?.checked_add(later).ok()?;
    match parts.offset {
        Some(offset) => offset.to_timestamp(civil).ok(),
        None => zone.to_timestamp(civil).ok(),
    }
}

/// No date is longer; what is, is cut.
const LONGEST: usize = 100;

#[derive(Default)]
struct Parts {
    date: Option<(i16, i8, i8)>,
    time: Option<(i8, i8, i8)>,
    offset: Option<Offset>,
}

/// Seconds or milliseconds, as programmers write dates.
fn since_1970(text: &str) -> Option<Timestamp> {
    match (text.len(), number::<i64>(text)) {
        (10, Some(seconds)) => Timestamp::from_second(seconds).ok(),
        (13, Some(milliseconds)) => Timestamp::from_millisecond(milliseconds).ok(),
        _ => None,
    }
}

/// `2026-01-31T08:00:00+01:00` and what leaves parts of it out, down to the year; ordinal and week dates too.
fn iso(text: &str) -> Option<Parts> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some(parts) => parts,
        None if text.len() >= "20260131080000".len() => text.split_at_checked("20260131".len())?,
        None => text.split_at_checked(text.find(['Z', 'z']).unwrap_or(text.len()))?,
    };
    let mut fields = date.split(['-', '/', '.']);
    let (first, second, third) = (fields.next()?, fields.next(), fields.next());
    let week = second.and_then(|second| second.strip_prefix(['W', 'w']));
    let date = match (first.len(), second.map(str::len)) {
        (4, _) if week.is_some() => {
            let weekday = Weekday::from_monday_one_offset(field(third)?).ok()?;
            parts_of(ISOWeekDate::new(number(first)?, number(week?)?, weekday).ok()?.date())
        }
        (4, Some(3)) => day_of_year(first, second?)?,
        (4, _) => (number(first)?, field(second)?, field(third)?),
        (7, None) => day_of_year(first.get(..4)?, first.get(4..)?)?,
        (8, None) => (number(first.get(..4)?)?, number(first.get(4..6)?)?, number(first.get(6..)?)?),
        _ => return None,
    };
    let mut parts = Parts { date: Some(date), ..Parts::default() };
    clock(time, &mut parts);
    Some(parts)
}

fn day_of_year(year: &str, day: &str) -> Option<(i16, i8, i8)> {
    let day = Date::new(number(year)?, 1, 1).ok()?.with().day_of_year(number(day)?).build().ok()?;
    Some(parts_of(day))
}

fn parts_of(date: Date) -> (i16, i8, i8) {
    (date.year(), date.month(), date.day())
}

/// `Sat, 31 Jan 2026 08:00:00 +0100` with its words in any order, in the languages of [`MONTHS`], and what leaves
/// some out.
fn words(text: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    let (mut day, mut month, mut year) = (None, None, None);
    for word in text.split([' ', ',', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        let hours = in_hours(word);
        let word = hours.as_deref().unwrap_or(word);
        let numbers: Vec<&str> = word.split(['-', '/', '.']).filter(|part| !part.is_empty()).collect();
        match numbers.as_slice() {
            _ if word.contains(':') || (parts.time.is_some() && word.starts_with(['+', '-'])) => {
                clock(word, &mut parts);
            }
            [one] if day.is_none() && nth(one).is_some() => day = nth(one),
            [one] => match number::<i16>(one) {
                Some(number) => year = Some(full(one, number)),
                None => match named_month(one) {
                    // The last: `mar.` is a French Tuesday too, and stands before the month.
                    Some(named) => month = Some(named),
                    None => zone(one, &mut parts),
                },
            },
            [first, second, third] => {
                let (first, third) = if first.len() == 4 { (third, first) } else { (first, third) };
                day = number(first);
                month = named_month(second).or_else(|| number(second));
                year = number(third).map(|number| full(third, number));
                // `01/31/2026`: only of some days can one tell that it is meant the American way.
                if month > Some(12) {
                    std::mem::swap(&mut day, &mut month);
                }
            }
            _ => {}
        }
    }
    parts.date = Some((year?, month?, day?));
    Some(parts)
}

/// `8h30` and `8h30m15s` with colons.
fn in_hours(word: &str) -> Option<String> {
    let is_time = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(['h', 'H']);
    is_time.then(|| word.trim_end_matches(['s', 'm']).replace(['h', 'H', 'm'], ":"))
}

/// A day of the month: `31`, `31st`, `1er`.
fn nth(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(digits.len()..)?.to_ascii_lowercase();
    let is_nth = ["", "st", "nd", "rd", "th", "er"].contains(&ending.as_str()) && (1..=2).contains(&digits.len());
    is_nth.then(|| number(digits)).flatten()
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A field of a date that may be left out.
fn field(digits: Option<&str>) -> Option<i8> {
    digits.map_or(Some(1), number)
}

/// A year of two digits is of this century or of the end of the last.
fn full(digits: &str, year: i16) -> i16 {
    match (digits.len(), year) {
        (2, 70..) => year + 1900,
        (2, _) => year + 2000,
        _ => year,
    }
}

fn named_month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    // French has two months that begin alike.
    if word.starts_with("juil") {
        return Some(7);
    }
    let month = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    i8::try_from(month + 1).ok()
}

/// What the names of months begin with in English, French, German, Spanish and Italian.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fev", "fév"],
    &["mar", "mär"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag"],
    &["jun", "jui", "giu"],
    &["jul", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott"],
    &["nov"],
    &["dec", "déc", "dez", "dic"],
];

/// `08:00:00.5+01:00`, `8:00 PM`, `+0100`: a time of day, a zone, or both.
fn clock(text: &str, parts: &mut Parts) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    let whole = time.split(['.', ',']).next().unwrap_or_default();
    let packed = (!whole.contains(':') && whole.len() >= 4).then(|| [whole.get(..2), whole.get(2..4), whole.get(4..6)]);
    let mut fields = packed.map_or_else(|| whole.splitn(3, ':').map(Some).collect(), Vec::from).into_iter().flatten();
    if let Some(hour) = fields.next().filter(|hour| !hour.is_empty()).and_then(number) {
        let mut rest = || fields.next().and_then(number).unwrap_or(0);
        parts.time = Some((hour, rest(), rest()));
    }
    zone(rest, parts);
}

/// `Z`, `+01:00`, `-0500`, `GMT+1`, `CET`; and `PM`, which stands where a zone does.
fn zone(text: &str, parts: &mut Parts) {
    let text = text.trim().to_ascii_uppercase();
    let (name, offset) = text.split_at(text.find(['+', '-']).unwrap_or(text.len()));
    match (name.trim(), &mut parts.time) {
        ("PM", Some((hour, ..))) if *hour < 12 => *hour += 12,
        ("AM", Some((hour, ..))) if *hour == 12 => *hour = 0,
        _ => {}
    }
    let named = ZONES.iter().find(|(known, _)| *known == name).map(|(_, hours)| Offset::constant(*hours));
    parts.offset = signed(offset).or(named).or(parts.offset);
}

/// RFC 822's zones, and those of Europe.
const ZONES: [(&str, i8); 20] = [
    ("Z", 0),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("BST", 1),
    ("WEST", 1),
    ("CET", 1),
    ("MET", 1),
    ("CEST", 2),
    ("MEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("PST", -8),
    ("PDT", -7),
];

/// `+01:00`, `+0100`, `+1`.
fn signed(text: &str) -> Option<Offset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
    let (hours, minutes) = match digits.len() {
        0 => return None,
        1 | 2 => (digits.as_str(), "0"),
        length => digits.split_at(length - 2),
    };
    let seconds = number::<i32>(hours)? * 3600 + number::<i32>(minutes)? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests;
