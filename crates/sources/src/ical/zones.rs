//! Which zone a `TZID` means: a name of the tz database wins, then Windows', then what the calendar itself says of it.

use std::collections::HashMap;

use jiff::tz::{Offset, TimeZone};

use super::rule;
use super::syntax::Component;
use super::time;

/// Zones of one calendar by their names in it.
pub(super) struct Zones<'a> {
    campus: &'a TimeZone,
    embedded: HashMap<&'a str, &'a Component<'a>>,
    known: HashMap<&'a str, Option<TimeZone>>,
    /// A name that nothing explained since it was last taken.
    unknown: Option<&'a str>,
}

impl<'a> Zones<'a> {
    pub(super) fn new(campus: &'a TimeZone, calendar: &'a Component<'a>) -> Self {
        let zones = calendar.children.iter().filter(|child| child.is("VTIMEZONE"));
        let embedded = zones.filter_map(|zone| Some((zone.get("TZID")?.value.trim(), zone))).collect();
        Self { campus, embedded, known: HashMap::new(), unknown: None }
    }

    /// The campus's own zone.
    pub(super) fn campus(&self) -> &'a TimeZone {
        self.campus
    }

    /// The zone of a name; the campus's where nothing explains it.
    pub(super) fn find(&mut self, name: &'a str) -> TimeZone {
        let described = || described(self.embedded.get(name)?);
        let zone = self.known.entry(name).or_insert_with(|| named(name).or_else(described));
        if zone.is_none() {
            self.unknown = Some(name);
        }
        zone.as_ref().unwrap_or(self.campus).clone()
    }

    /// The name that [`Self::find`] could not explain, once.
    pub(super) fn take_unknown(&mut self) -> Option<&'a str> {
        self.unknown.take()
    }
}

/// `Europe/Paris`, `Romance Standard Time` or, as Mozilla and libical write them, `/example.org/20050126_1/Europe/Paris`.
fn named(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    let tails = name.match_indices('/').filter_map(|(at, _)| name.get(at + 1..)).take(8);
    let mut names = std::iter::once(name).chain(tails.filter(|tail| tail.contains('/')));
    names.find_map(|name| TimeZone::get(jq::windows_zone(name).unwrap_or(name)).ok())
}

/// What a `VTIMEZONE` says, where it says it in the usual way: the newest standard time and, if it has one without end,
/// daylight saving that begins and ends on the n-th weekday of a month. That is what POSIX zones can say too.
fn described(zone: &Component) -> Option<TimeZone> {
    if let Some(zone) = zone.get("X-LIC-LOCATION").and_then(|location| named(location.value)) {
        return Some(zone);
    }
    let newest = |name: &str, lasting: bool| {
        let rules = zone.children.iter().filter(|child| child.is(name) && (!lasting || lasts(child)));
        rules.max_by_key(|child| child.get("DTSTART").map(|start| start.value))
    };
    let standard = newest("STANDARD", false)?;
    let offset = |child: &Component| time::offset(child.get("TZOFFSETTO")?.value);
    let Some(daylight) = newest("DAYLIGHT", true) else {
        return Some(TimeZone::fixed(Offset::from_seconds(offset(standard)?).ok()?));
    };
    let posix = format!(
        "<STD>{}<DST>{},{},{}",
        posix_offset(offset(standard)?),
        posix_offset(offset(daylight)?),
        posix_onset(daylight)?,
        posix_onset(standard)?
    );
    TimeZone::posix(&posix).ok()
}

fn lasts(child: &Component) -> bool {
    child.get("RRULE").is_some_and(|rule| !rule.value.to_ascii_uppercase().contains("UNTIL="))
}

/// POSIX counts west of Greenwich.
fn posix_offset(seconds: i32) -> String {
    let sign = if seconds > 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `DTSTART:19700329T020000`, `RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3` as `M3.5.0/02:00`.
fn posix_onset(child: &Component) -> Option<String> {
    let rule = child.get("RRULE")?.value.to_ascii_uppercase();
    let part = |name| rule.split(';').find_map(|part| part.trim().strip_prefix(name));
    let month: u8 = part("BYMONTH=")?.parse().ok()?;
    let (ordinal, day) = part("BYDAY=")?.split_at_checked(part("BYDAY=")?.len().checked_sub(2)?)?;
    let week = match ordinal.parse().ok()? {
        n @ 1..=4 => n,
        -1 => 5,
        _ => return None,
    };
    let weekday = rule::day(day)?.to_sunday_zero_offset();
    let clock = child.get("DTSTART")?.value.split_once('T')?.1;
    Some(format!("M{month}.{week}.{weekday}/{}:{}", clock.get(..2)?, clock.get(2..4)?))
}
