//! One event of a calendar: when it occurs, which occurrences it leaves out, which one it replaces.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::rc::Rc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::expand::{OCCURRENCES, Steps, TOO_MANY, expand};
use super::rule::Rule;
use super::syntax::{Component, Property, trimmed};
use super::time::{self, Moment, brief};
use super::zones::Zones;

/// Problems noted of one event; a million unreadable dates are not a million problems.
const PROBLEMS: usize = 4;

/// Rules read of one event, which should have one (RFC 5545, 3.8.5.3).
const RULES: usize = 4;

/// An event as read. What could not be read is missing and told in `problems`.
pub(super) struct Event<'a> {
    pub component: &'a Component<'a>,
    pub uid: Option<Cow<'a, str>>,
    pub start: Option<Moment>,
    length: Option<Span>,
    recurrence: Rc<Recurrence>,
    /// `RECURRENCE-ID`: the occurrence of the event with the same `UID` that this one replaces.
    pub replaces: Option<Original>,
    /// `RANGE=THISANDFUTURE`: it replaces all after that one too.
    pub and_future: bool,
    /// The part of a recurrence that is this event's.
    part: Range<Timestamp>,
    /// The event of which this one is a later part, and by how much its clock differs.
    moved: Option<(Moment, SignedDuration)>,
    pub sequence: i64,
    pub cancelled: bool,
    pub problems: Vec<String>,
    /// Whether a problem may have cost an occurrence.
    pub incomplete: bool,
}

/// What makes an event come again, and what does not.
#[derive(Default)]
struct Recurrence {
    rules: Vec<Rule>,
    /// `EXRULE` (RFC 2445, 4.8.5.2): what the rules and dates leave out.
    exceptions: Vec<Rule>,
    /// `RDATE`: more occurrences, some with a length of their own.
    dates: Vec<(Timestamp, Option<Span>)>,
    excluded: Exclusions,
}

impl Recurrence {
    fn is_none(&self) -> bool {
        self.rules.is_empty() && self.dates.is_empty()
    }
}

/// When an event comes again, for its later parts.
pub(super) struct Series {
    pub start: Moment,
    recurrence: Rc<Recurrence>,
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
    /// When it started before it was moved.
    pub original: Timestamp,
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
            uid: component.text("UID").map(trimmed),
            start: None,
            length: None,
            recurrence: Rc::default(),
            replaces: None,
            and_future: false,
            part: Timestamp::MIN..Timestamp::MAX,
            moved: None,
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
        let mut recurrence = Recurrence::default();
        for name in ["RRULE", "EXRULE"] {
            for rule in self.component.all(name).take(RULES) {
                match Rule::parse(rule.value, start.civil, |until| time::until(until, &start)) {
                    Ok(rule) if name == "RRULE" => recurrence.rules.push(rule),
                    Ok(rule) => recurrence.exceptions.push(rule),
                    Err(problem) => self.lose(|| format!("{name} {problem}")),
                }
            }
        }
        for property in self.component.all("RDATE") {
            for value in values(property) {
                match self.date(value, property, &start, zones) {
                    Some(date) => recurrence.dates.push(date),
                    None => self.lose(|| unreadable("RDATE", value)),
                }
            }
        }
        for property in self.component.all("EXDATE") {
            for value in values(property) {
                match original(value, property, &start, zones) {
                    Some(original) => drop(recurrence.excluded.insert(original)),
                    None => self.lose(|| unreadable("EXDATE", value)),
                }
            }
        }
        if let Some(property) = self.component.get("RECURRENCE-ID") {
            self.replaces = original(property.value, property, &start, zones);
            if self.replaces.is_none() {
                self.lose(|| unreadable("RECURRENCE-ID", property.value));
            }
            self.and_future = property.param("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        }
        self.recurrence = Rc::new(recurrence);
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
    pub(super) fn lose(&mut self, problem: impl FnOnce() -> String) {
        self.incomplete = true;
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem());
        }
    }

    /// Whether its occurrences need ids of their own.
    pub(super) fn recurs(&self) -> bool {
        self.replaces.is_some() || !self.recurrence.is_none()
    }

    pub(super) fn all_day(&self) -> bool {
        self.start.as_ref().is_some_and(|start| start.all_day)
    }

    /// Leaves to this event, of all occurrences of `series`, those that take place in `part`.
    pub(super) fn take_part(&mut self, series: &Series, part: Range<Timestamp>) {
        if let Some(own) = self.start.as_ref().and_then(Moment::instant) {
            let clock = |instant| series.start.zone.to_datetime(instant);
            self.moved = Some((series.start.clone(), clock(own).duration_since(clock(part.start))));
            self.recurrence = Rc::clone(&series.recurrence);
            self.part = part;
        }
    }

    /// Leaves to other events what takes place from `instant` on.
    pub(super) fn end_before(&mut self, instant: Timestamp) {
        self.part.end = instant;
    }

    /// When the occurrence that it replaces takes place, by the clock of the event of which that is one.
    pub(super) fn replaced_at(&self, series: &Moment) -> Option<Timestamp> {
        match self.replaces? {
            Original::At(instant) => Some(instant),
            Original::On(date) => series.zone.to_timestamp(date.into()).ok(),
        }
    }

    /// What others of its `UID` replace occurrences of.
    pub(super) fn series(&self) -> Option<Series> {
        let start = self.start.clone().filter(|_| self.replaces.is_none() && !self.recurrence.is_none())?;
        Some(Series { start, recurrence: Rc::clone(&self.recurrence) })
    }

    /// Its occurrences that touch the window, in order, without those that are left out here or replaced elsewhere.
    pub(super) fn occurrences(
        &mut self,
        window: &Range<Timestamp>,
        replaced: Option<&Exclusions>,
        steps: &mut Steps,
    ) -> Vec<Occurrence> {
        let Some(own) = self.start.clone() else { return Vec::new() };
        let single = self.replaces.is_some() && self.moved.is_none();
        let replaced = replaced.filter(|_| !single);
        let (start, shift) = self.moved.clone().unwrap_or((own, SignedDuration::ZERO));
        let clock = |at: Timestamp| start.zone.to_datetime(at).saturating_add(shift);
        let starts = if single { self.only(&start) } else { self.starts(&start, shift, window, steps) };
        let mut occurrences = Vec::new();
        for (original, length) in starts {
            let originals = [Original::At(original), Original::On(start.zone.to_datetime(original).date())];
            let left_out = |all: &Exclusions| originals.iter().any(|original| all.contains(original));
            let at = if shift.is_zero() { Some(original) } else { start.zone.to_timestamp(clock(original)).ok() };
            let Some(at) = at.filter(|_| single || self.part.contains(&original)) else { continue };
            let original = if single { self.replaced_at(&start).unwrap_or(at) } else { original };
            let occurrence = Occurrence { original, start: at, end: end(at, length, &start.zone) };
            let left_out = left_out(&self.recurrence.excluded) || replaced.is_some_and(left_out);
            if occurrence.touches(window) && !left_out {
                occurrences.push(occurrence);
            }
        }
        if occurrences.len() > OCCURRENCES {
            occurrences.truncate(OCCURRENCES);
            self.lose(|| TOO_MANY.to_owned());
        }
        occurrences
    }

    /// The one time at which it starts that comes not again.
    fn only(&self, start: &Moment) -> BTreeMap<Timestamp, Option<Span>> {
        start.instant().map(|instant| (instant, self.length)).into_iter().collect()
    }

    /// When it starts, by its rules within the window and by its dates, and how long it lasts then. By a clock that is
    /// `shift` behind that of the event.
    fn starts(
        &mut self,
        start: &Moment,
        shift: SignedDuration,
        window: &Range<Timestamp>,
        steps: &mut Steps,
    ) -> BTreeMap<Timestamp, Option<Span>> {
        let recurrence = Rc::clone(&self.recurrence);
        let dates = recurrence.dates.iter().filter(|(date, _)| self.part.contains(date));
        let mut starts: BTreeMap<_, _> = dates.map(|(date, length)| (*date, length.or(self.length))).collect();
        if recurrence.rules.is_empty() {
            starts.extend(self.only(start));
            return starts;
        }
        let clock = self.clock(window, &start.zone);
        let clock = clock.start.saturating_sub(shift)..clock.end.saturating_sub(shift);
        steps.next_event();
        let mut follow = |rules: &[Rule]| {
            let mut found = BTreeSet::new();
            for rule in rules {
                if let Err(cut) = expand(rule, start.civil, &clock, steps, &mut found) {
                    self.lose(|| cut.to_owned());
                }
            }
            found.into_iter().filter_map(|civil| start.zone.to_timestamp(civil).ok()).collect::<BTreeSet<_>>()
        };
        let (found, exceptions) = (follow(&recurrence.rules), follow(&recurrence.exceptions));
        for instant in found {
            starts.entry(instant).or_insert(self.length);
        }
        starts.retain(|instant, _| !exceptions.contains(instant));
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
