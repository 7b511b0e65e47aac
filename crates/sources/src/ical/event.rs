//! One event of a calendar: when it occurs, which occurrences it leaves out, which one it replaces.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::expand::{OCCURRENCES, Steps, TOO_MANY, expand};
use super::rule::Rule;
use super::syntax::{Component, Property};
use super::time::{self, Moment, brief};
use super::zones::Zones;

/// Problems noted of one event; a million unreadable dates are not a million problems.
const PROBLEMS: usize = 4;

/// Rules read of one event, which should have one (RFC 5545, 3.8.5.3).
const RULES: usize = 4;

/// An event as read. What could not be read is missing and told in `problems`.
pub(super) struct Event<'a> {
    pub component: &'a Component<'a>,
    pub uid: Option<String>,
    pub start: Option<Moment>,
    length: Option<Span>,
    rules: Vec<Rule>,
    /// `RDATE`: more occurrences, some with a length of their own.
    dates: Vec<(Timestamp, Option<Span>)>,
    excluded: Exclusions,
    /// `RECURRENCE-ID`: the occurrence of the event with the same `UID` that this one replaces.
    pub replaces: Option<Original>,
    pub sequence: i64,
    pub cancelled: bool,
    pub problems: Vec<String>,
    /// Whether a problem may have cost an occurrence.
    pub incomplete: bool,
}

/// The occurrence meant by an exception, by its instant or, where only that is said, by its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Original {
    At(Timestamp),
    On(Date),
}

/// Occurrences that are left out.
pub(super) type Exclusions = HashSet<Original>;

/// When an event takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub start: Timestamp,
    pub end: Option<Timestamp>,
}

impl<'a> Event<'a> {
    /// Reads a `VEVENT`, in a calendar that may cancel what it tells of (`METHOD:CANCEL`).
    pub(super) fn read(component: &'a Component<'a>, cancels: bool, zones: &mut Zones<'a>) -> Self {
        let campus = zones.campus();
        let cancelled = component.text("STATUS").is_some_and(|status| status.trim().eq_ignore_ascii_case("CANCELLED"));
        let mut event = Self {
            component,
            uid: component.text("UID").map(|uid| uid.trim().to_owned()),
            start: None,
            length: None,
            rules: Vec::new(),
            dates: Vec::new(),
            excluded: Exclusions::new(),
            replaces: None,
            sequence: component.get("SEQUENCE").and_then(|sequence| sequence.value.trim().parse().ok()).unwrap_or(0),
            cancelled: cancels || cancelled,
            problems: Vec::new(),
            incomplete: false,
        };
        let start = component.get("DTSTART").map(|start| (start, Moment::read(start.value, start, campus, zones)));
        match start {
            Some((_, Some(start))) => event.read_times(start, zones),
            Some((written, None)) => event.lose(|| unreadable("DTSTART", written.value)),
            None => event.lose(|| "DTSTART is missing".to_owned()),
        }
        if let Some(name) = zones.take_unknown() {
            event.problems.push(format!("time zone {} is not known, the campus's is taken", brief(name)));
        }
        event
    }

    /// Everything that hangs on the start: times without a zone are of its zone.
    fn read_times(&mut self, start: Moment, zones: &mut Zones<'a>) {
        match time::length(self.component, &start, zones) {
            Ok(length) => self.length = length,
            Err(problem) => self.problems.push(problem),
        }
        for rule in self.component.all("RRULE").take(RULES) {
            match Rule::parse(rule.value, start.civil, |until| time::until(until, &start)) {
                Ok(rule) => self.rules.push(rule),
                Err(problem) => self.lose(|| problem),
            }
        }
        for property in self.component.all("RDATE") {
            for value in values(property) {
                match self.date(value, property, &start, zones) {
                    Some(date) => self.dates.push(date),
                    None => self.lose(|| unreadable("RDATE", value)),
                }
            }
        }
        for property in self.component.all("EXDATE") {
            for value in values(property) {
                match original(value, property, &start, zones) {
                    Some(original) => drop(self.excluded.insert(original)),
                    None => self.lose(|| unreadable("EXDATE", value)),
                }
            }
        }
        if self.component.get("EXRULE").is_some() {
            self.problems.push("EXRULE is not followed".to_owned());
        }
        if let Some(property) = self.component.get("RECURRENCE-ID") {
            self.replaces = original(property.value, property, &start, zones);
            if self.replaces.is_none() {
                self.lose(|| unreadable("RECURRENCE-ID", property.value));
            }
            if property.param("RANGE").is_some() {
                self.problems.push("RANGE=THISANDFUTURE is taken for this occurrence only".to_owned());
            }
        }
        self.start = Some(start);
    }

    /// A value of `RDATE`: a time, a day, or a period (`start/end` or `start/duration`).
    fn date(
        &self,
        value: &'a str,
        property: &'a Property<'a>,
        start: &Moment,
        zones: &mut Zones<'a>,
    ) -> Option<(Timestamp, Option<Span>)> {
        let (from, to) = value.split_once('/').map_or((value, None), |(from, to)| (from, Some(to)));
        let from = Moment::read(from, property, &start.zone, zones)?.instant()?;
        let length = match to {
            None => None,
            Some(to) if to.starts_with(['P', 'p', '+']) => Some(to.parse().ok()?),
            Some(to) => {
                let to = Moment::read(to, property, &start.zone, zones)?.instant()?;
                Some(Span::new().try_seconds(from.duration_until(to).as_secs()).ok()?)
            }
        };
        Some((from, length))
    }

    /// Notes a problem that may cost an occurrence.
    fn lose(&mut self, problem: impl FnOnce() -> String) {
        self.incomplete = true;
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem());
        }
    }

    /// Whether its occurrences need ids of their own.
    pub(super) fn recurs(&self) -> bool {
        self.replaces.is_some() || !self.rules.is_empty() || !self.dates.is_empty()
    }

    pub(super) fn all_day(&self) -> bool {
        self.start.as_ref().is_some_and(|start| start.all_day)
    }

    /// Its occurrences that touch the window, in order, without those that are left out here or replaced elsewhere.
    pub(super) fn occurrences(
        &mut self,
        window: &Range<Timestamp>,
        replaced: Option<&Exclusions>,
        steps: &mut Steps,
    ) -> Vec<Occurrence> {
        let Some(start) = self.start.clone() else { return Vec::new() };
        let replaced = replaced.filter(|_| self.replaces.is_none());
        let mut occurrences = Vec::new();
        for (at, length) in self.starts(&start, window, steps) {
            let originals = [Original::At(at), Original::On(start.zone.to_datetime(at).date())];
            let left_out = |all: &Exclusions| originals.iter().any(|original| all.contains(original));
            let occurrence = Occurrence { start: at, end: end(at, length, &start.zone) };
            if occurrence.touches(window) && !left_out(&self.excluded) && !replaced.is_some_and(left_out) {
                occurrences.push(occurrence);
            }
        }
        if occurrences.len() > OCCURRENCES {
            occurrences.truncate(OCCURRENCES);
            self.lose(|| TOO_MANY.to_owned());
        }
        occurrences
    }

    /// When it starts, by its rules within the window and by its dates, and how long it lasts then.
    fn starts(
        &mut self,
        start: &Moment,
        window: &Range<Timestamp>,
        steps: &mut Steps,
    ) -> BTreeMap<Timestamp, Option<Span>> {
        let mut starts: BTreeMap<_, _> =
            self.dates.iter().map(|(date, length)| (*date, length.or(self.length))).collect();
        if self.rules.is_empty() || self.replaces.is_some() {
            starts.extend(start.instant().map(|instant| (instant, self.length)));
            return starts;
        }
        let (clock, mut found) = (self.clock(window, &start.zone), BTreeSet::new());
        steps.next_event();
        let expanded = self.rules.iter().map(|rule| expand(rule, start.civil, &clock, steps, &mut found));
        let cuts: Vec<_> = expanded.filter_map(Result::err).collect();
        for cut in cuts {
            self.lose(|| cut.to_owned());
        }
        let instants = found.into_iter().filter_map(|civil| start.zone.to_timestamp(civil).ok());
        for instant in instants {
            starts.entry(instant).or_insert(self.length);
        }
        starts
    }

    /// The window by the event's clock; an occurrence that began before may last into it.
    fn clock(&self, window: &Range<Timestamp>, zone: &TimeZone) -> Range<DateTime> {
        let from = zone.to_datetime(window.start);
        from.saturating_sub(self.length.unwrap_or_default())..zone.to_datetime(window.end)
    }
}

fn unreadable(name: &str, value: &str) -> String {
    format!("{name} cannot be read: {}", brief(value))
}

impl Occurrence {
    fn touches(&self, window: &Range<Timestamp>) -> bool {
        self.start < window.end && (self.start >= window.start || self.end.is_some_and(|end| end > window.start))
    }
}

fn end(start: Timestamp, length: Option<Span>, zone: &TimeZone) -> Option<Timestamp> {
    Some(start.to_zoned_datetime(zone.clone()).checked_add(length?).ok()?.timestamp())
}

/// Which occurrence an `EXDATE` or a `RECURRENCE-ID` means. Some products write a time where the event has days only.
fn original<'a>(value: &'a str, property: &'a Property<'a>, start: &Moment, zones: &mut Zones<'a>) -> Option<Original> {
    let moment = Moment::read(value, property, &start.zone, zones)?;
    if moment.all_day || start.all_day {
        Some(Original::On(moment.civil.date()))
    } else {
        Some(Original::At(moment.instant()?))
    }
}

fn values<'a>(property: &Property<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    property.value.split(',').map(str::trim).filter(|value| !value.is_empty())
}
