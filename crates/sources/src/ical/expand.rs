//! A rule's occurrences within a window, by the event's clock. Work is counted in steps, not in time.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::rule::{Frequency, Rule};

/// Occurrences of one event.
pub(super) const OCCURRENCES: usize = 1_000;

/// Steps for one event: a period looked at, a day of it tried, or a moment passed over, each some 20 ns.
const STEPS: u32 = 100_000;

/// Steps for all events of a body.
const ALL_STEPS: u32 = 5_000_000;

pub(super) const TOO_MANY: Cut = "it occurs more than 1,000 times";

/// What expansion may still cost.
pub(super) struct Steps {
    event: u32,
    all: u32,
}

/// Why expansion ended early, for the school's staff.
pub(super) type Cut = &'static str;

impl Steps {
    pub(super) fn new() -> Self {
        Self { event: STEPS, all: ALL_STEPS }
    }

    /// Another event may take its share.
    pub(super) fn next_event(&mut self) {
        self.event = STEPS.min(self.all);
    }

    fn take(&mut self, steps: usize) -> Result<(), Cut> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let Some(left) = self.event.checked_sub(steps) else {
            return Err("its rule takes too long to follow");
        };
        self.event = left;
        self.all = self.all.saturating_sub(steps);
        Ok(())
    }
}

/// Adds to `found` when the rule lets an event occur that starts at `start`. A start that its own rule does not allow is
/// no occurrence (RFC 5545 leaves that open).
///
/// # Errors
/// Why there may be more than was found.
pub(super) fn expand(
    rule: &Rule,
    start: DateTime,
    window: &Range<DateTime>,
    steps: &mut Steps,
    found: &mut BTreeSet<DateTime>,
) -> Result<(), Cut> {
    let units = Units { frequency: rule.frequency, week_start: rule.week_start.to_monday_zero_offset().into() };
    let first = units.of(start);
    let last = units.of(rule.until.unwrap_or(DateTime::MAX).min(window.end));
    // Without a count the past need not be walked through.
    let past = if rule.count.is_none() { (units.of(window.start) - first).max(0) } else { 0 };
    let mut unit = first + past / rule.interval * rule.interval;
    let mut left = rule.count.unwrap_or(u64::MAX);
    while unit <= last && left > 0 {
        steps.take(1)?;
        if let Some(next) = units.beyond(unit, rule) {
            unit = first + (next - first + rule.interval - 1) / rule.interval * rule.interval;
            continue;
        }
        if !Period::new(unit, units, rule, steps)?.collect(rule, start, window, &mut left, steps, found)? {
            break;
        }
        unit += rule.interval;
    }
    Ok(())
}

/// Years are counted from year 0, months from its January, all else from 1970.
#[derive(Clone, Copy)]
struct Units {
    frequency: Frequency,
    week_start: i64,
}

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// 1970 began three days after a Monday.
const AFTER_MONDAY: i64 = 3;

impl Units {
    fn of(self, at: DateTime) -> i64 {
        let day = Date::constant(1970, 1, 1).duration_until(at.date()).as_hours() / 24;
        match self.frequency {
            Frequency::Yearly => i64::from(at.year()),
            Frequency::Monthly => i64::from(at.year()) * 12 + i64::from(at.month()) - 1,
            Frequency::Weekly => (day + AFTER_MONDAY - self.week_start).div_euclid(7),
            _ => day * (DAY / self.seconds()) + at.time().duration_since(Time::midnight()).as_secs() / self.seconds(),
        }
    }

    /// Seconds of a unit up to a day.
    fn seconds(self) -> i64 {
        match self.frequency {
            Frequency::Hourly => 60 * 60,
            Frequency::Minutely => 60,
            Frequency::Secondly => 1,
            _ => DAY,
        }
    }

    /// The first and the last day of a unit.
    fn days(self, unit: i64) -> Option<(Date, Date)> {
        match self.frequency {
            Frequency::Yearly => {
                let first = Date::new(unit.try_into().ok()?, 1, 1).ok()?;
                Some((first, first.last_of_year()))
            }
            Frequency::Monthly => {
                let month = unit.rem_euclid(12) + 1;
                let first = Date::new(unit.div_euclid(12).try_into().ok()?, month.try_into().ok()?, 1).ok()?;
                Some((first, first.last_of_month()))
            }
            Frequency::Weekly => {
                let first = unit * 7 - AFTER_MONDAY + self.week_start;
                date(first).zip(date(first + 6))
            }
            _ => date(unit.div_euclid(DAY / self.seconds())).map(|date| (date, date)),
        }
    }

    /// Second of its day at which a unit of less than a day begins.
    fn second(self, unit: i64) -> i64 {
        unit.rem_euclid(DAY / self.seconds()) * self.seconds()
    }

    /// Where to go on when the rule forbids the whole day, hour, minute or second of a unit shorter than a day.
    fn beyond(self, unit: i64, rule: &Rule) -> Option<i64> {
        if self.frequency < Frequency::Hourly {
            return None;
        }
        let second = self.second(unit);
        let forbids = |part: &[i16], n: i64| !part.is_empty() && !part.iter().any(|allowed| i64::from(*allowed) == n);
        let skipped = if !self.days(unit).is_some_and(|(day, _)| rule.allows(day)) {
            DAY
        } else if forbids(&rule.hours, second / 3600) {
            3600
        } else if self.frequency > Frequency::Hourly && forbids(&rule.minutes, second / 60 % 60) {
            60
        } else if self.frequency > Frequency::Minutely && forbids(&rule.seconds, second % 60) {
            1
        } else {
            return None;
        };
        let units = skipped / self.seconds();
        Some((unit.div_euclid(units) + 1) * units)
    }
}

fn date(day: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(SignedDuration::from_hours(day * 24)).ok()
}

/// The moments of one unit: each of its days at each time. They are counted through and never listed: a year of seconds
/// would not fit.
struct Period<'r> {
    days: Vec<Date>,
    hours: Cow<'r, [i16]>,
    minutes: Cow<'r, [i16]>,
    seconds: Cow<'r, [i16]>,
}

impl<'r> Period<'r> {
    fn new(unit: i64, units: Units, rule: &'r Rule, steps: &mut Steps) -> Result<Self, Cut> {
        let second = units.second(unit);
        let part = |finest, list: &'r [i16], n: i64| {
            if units.frequency < finest {
                Cow::Borrowed(list)
            } else {
                Cow::Owned(vec![i16::try_from(n).unwrap_or_default()])
            }
        };
        Ok(Self {
            days: allowed_days(unit, units, rule, steps)?,
            hours: part(Frequency::Hourly, &rule.hours, second / 3600),
            minutes: part(Frequency::Minutely, &rule.minutes, second / 60 % 60),
            seconds: part(Frequency::Secondly, &rule.seconds, second % 60),
        })
    }

    /// Adds what lies in the window. False when nothing can come after.
    fn collect(
        &self,
        rule: &Rule,
        start: DateTime,
        window: &Range<DateTime>,
        left: &mut u64,
        steps: &mut Steps,
        found: &mut BTreeSet<DateTime>,
    ) -> Result<bool, Cut> {
        for place in self.places(rule, window.start.date()) {
            steps.take(1)?;
            let Some(at) = self.moment(place).filter(|at| *at >= start) else { continue };
            if *left == 0 || at >= window.end || rule.until.is_some_and(|until| at > until) {
                return Ok(false);
            }
            *left -= 1;
            if at >= window.start {
                if found.len() >= OCCURRENCES {
                    return Err(TOO_MANY);
                }
                found.insert(at);
            }
        }
        Ok(true)
    }

    /// Which moments count: all, or those that `BYSETPOS` picks. Days before `from` are left out where none is counted.
    fn places(&self, rule: &Rule, from: Date) -> Box<dyn Iterator<Item = usize>> {
        let times = self.hours.len() * self.minutes.len() * self.seconds.len();
        let total = self.days.len() * times;
        if rule.positions.is_empty() {
            let past = if rule.count.is_none() { self.days.partition_point(|day| *day < from) } else { 0 };
            return Box::new(past * times..total);
        }
        let place = |position: &i16| {
            let distance = usize::from(position.unsigned_abs());
            if *position > 0 { Some(distance - 1).filter(|place| *place < total) } else { total.checked_sub(distance) }
        };
        let places: BTreeSet<_> = rule.positions.iter().filter_map(place).collect();
        Box::new(places.into_iter())
    }

    fn moment(&self, place: usize) -> Option<DateTime> {
        let pick =
            |part: &[i16], place: usize| Some((i8::try_from(*part.get(place % part.len())?).ok()?, place / part.len()));
        let (second, place) = pick(&self.seconds, place)?;
        let (minute, place) = pick(&self.minutes, place)?;
        let (hour, place) = pick(&self.hours, place)?;
        // `BYSECOND=60` is a leap second: the one before it.
        Some(self.days.get(place)?.to_datetime(Time::new(hour, minute, second.min(59), 0).ok()?))
    }
}

fn allowed_days(unit: i64, units: Units, rule: &Rule, steps: &mut Steps) -> Result<Vec<Date>, Cut> {
    let mut days = Vec::new();
    let Some((first, last)) = units.days(unit) else { return Ok(days) };
    let mut next = Some(first);
    while let Some(day) = next.filter(|day| *day <= last) {
        steps.take(1)?;
        if rule.allows(day) {
            days.push(day);
        }
        let passed = if rule.allows_month(day) { day } else { day.last_of_month() };
        next = passed.tomorrow().ok();
    }
    Ok(days)
}
