//! A recurrence rule (RFC 5545, 3.3.10) as written, completed with what it takes from the event's start.

use jiff::civil::{Date, DateTime, Weekday};

use super::time::brief;

/// A day of the week, from Monday (0): jiff's `Weekday` has no order.
type Day = i8;

/// The unit that a rule counts in. Coarse before fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
    Secondly,
}

/// A rule. Lists are in order and without repetition; an empty one allows everything.
#[derive(Debug)]
pub(super) struct Rule {
    pub frequency: Frequency,
    pub interval: i64,
    pub count: Option<u64>,
    /// The last moment that counts, by the event's clock.
    pub until: Option<DateTime>,
    pub months: Vec<i16>,
    pub weeks: Vec<i16>,
    pub year_days: Vec<i16>,
    pub month_days: Vec<i16>,
    /// Days of the week, each the n-th of its month or year, or every one (0).
    pub days: Vec<(i16, Day)>,
    pub hours: Vec<i16>,
    pub minutes: Vec<i16>,
    pub seconds: Vec<i16>,
    pub positions: Vec<i16>,
    pub week_start: Weekday,
}

impl Rule {
    /// Reads a rule for an event that starts at `start`; `until` reads the value of `UNTIL`.
    ///
    /// # Errors
    /// What is wrong with it, behind its name.
    pub(super) fn parse(text: &str, start: DateTime, until: impl Fn(&str) -> Option<DateTime>) -> Result<Self, String> {
        let mut frequency = None;
        let mut rule = Self::every_year();
        for part in text.trim().split(';').filter(|part| !part.trim().is_empty()) {
            let read = part.split_once('=').and_then(|(name, value)| {
                let value = value.trim();
                match name.trim().to_ascii_uppercase().as_str() {
                    "FREQ" => frequency = Some(Frequency::parse(value)?),
                    "INTERVAL" => {
                        rule.interval = value.parse().ok().filter(|interval| (1..=MAX_INTERVAL).contains(interval))?;
                    }
                    "COUNT" => rule.count = Some(value.parse().ok()?),
                    "UNTIL" => rule.until = Some(until(value)?),
                    "BYMONTH" => rule.months = numbers(value, 1, 12)?,
                    "BYWEEKNO" => rule.weeks = numbers(value, -53, 53)?,
                    "BYYEARDAY" => rule.year_days = numbers(value, -366, 366)?,
                    "BYMONTHDAY" => rule.month_days = numbers(value, -31, 31)?,
                    "BYDAY" => rule.days = list(value, numbered_day)?,
                    "BYHOUR" => rule.hours = numbers(value, 0, 23)?,
                    "BYMINUTE" => rule.minutes = numbers(value, 0, 59)?,
                    "BYSECOND" => rule.seconds = numbers(value, 0, 60)?,
                    "BYSETPOS" => rule.positions = numbers(value, -366, 366)?,
                    "WKST" => rule.week_start = day(value)?,
                    // RFC 7529; these are what goes without saying.
                    "RSCALE" if value.eq_ignore_ascii_case("GREGORIAN") => {}
                    "SKIP" if value.eq_ignore_ascii_case("OMIT") => {}
                    name if name.starts_with("X-") => {}
                    _ => return None,
                }
                Some(())
            });
            read.ok_or_else(|| format!("cannot be read: {}", brief(part)))?;
        }
        rule.frequency = frequency.ok_or("has no FREQ")?;
        rule.complete(start);
        Ok(rule)
    }

    fn every_year() -> Self {
        Self {
            frequency: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Monday,
        }
    }

    /// Takes from the start what the rule leaves open.
    fn complete(&mut self, start: DateTime) {
        let names_days = [&self.weeks, &self.year_days, &self.month_days].iter().any(|list| !list.is_empty())
            || !self.days.is_empty();
        match self.frequency {
            Frequency::Yearly if !names_days => {
                if self.months.is_empty() {
                    self.months.push(i16::from(start.month()));
                }
                self.month_days.push(i16::from(start.day()));
            }
            Frequency::Monthly if !names_days => self.month_days.push(i16::from(start.day())),
            Frequency::Weekly if !names_days => self.days.push((0, start.weekday().to_monday_zero_offset())),
            _ => {}
        }
        // "The second Monday" has a meaning in a month or a year only.
        if self.frequency > Frequency::Monthly || !self.weeks.is_empty() {
            self.days.iter_mut().for_each(|(ordinal, _)| *ordinal = 0);
        }
        let times = [
            (&mut self.hours, Frequency::Hourly, start.hour()),
            (&mut self.minutes, Frequency::Minutely, start.minute()),
            (&mut self.seconds, Frequency::Secondly, start.second()),
        ];
        for (list, unit, value) in times {
            if list.is_empty() && self.frequency < unit {
                list.push(i16::from(value));
            }
        }
    }

    /// Whether the rule allows the month of a day.
    pub(super) fn allows_month(&self, date: Date) -> bool {
        self.months.is_empty() || self.months.contains(&i16::from(date.month()))
    }

    /// Whether the rule allows a day.
    pub(super) fn allows(&self, date: Date) -> bool {
        self.allows_month(date)
            && listed(&self.month_days, i16::from(date.day()), i16::from(date.days_in_month()))
            && listed(&self.year_days, date.day_of_year(), date.days_in_year())
            && (self.weeks.is_empty() || self.allows_week(date))
            && (self.days.is_empty() || self.allows_weekday(date))
    }

    fn allows_weekday(&self, date: Date) -> bool {
        let today = date.weekday().to_monday_zero_offset();
        self.days.iter().any(|&(n, day)| day == today && self.is_nth(n, date))
    }

    fn is_nth(&self, n: i16, date: Date) -> bool {
        let (place, size) = if self.frequency == Frequency::Monthly || !self.months.is_empty() {
            (i16::from(date.day()), i16::from(date.days_in_month()))
        } else {
            (date.day_of_year(), date.days_in_year())
        };
        n == 0 || n == (place - 1) / 7 + 1 || n == -((size - place) / 7 + 1)
    }

    /// The week that counts for a year is the one with at least four days in it.
    fn allows_week(&self, date: Date) -> bool {
        let into_week = self.week_start.until(date.weekday());
        let Ok(fourth) = date.checked_add(jiff::SignedDuration::from_hours(24 * (3 - i64::from(into_week)))) else {
            return false;
        };
        let week = (fourth.day_of_year() - 1) / 7 + 1;
        let weeks = week + (fourth.days_in_year() - fourth.day_of_year()) / 7;
        listed(&self.weeks, week, weeks)
    }
}

/// Nobody repeats an event each billion seconds.
const MAX_INTERVAL: i64 = 1_000_000_000;

impl Frequency {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_uppercase().as_str() {
            "YEARLY" => Self::Yearly,
            "MONTHLY" => Self::Monthly,
            "WEEKLY" => Self::Weekly,
            "DAILY" => Self::Daily,
            "HOURLY" => Self::Hourly,
            "MINUTELY" => Self::Minutely,
            "SECONDLY" => Self::Secondly,
            _ => return None,
        })
    }
}

/// Whether a list names the n-th of `size`, from the front or, negative, from the back.
fn listed(list: &[i16], n: i16, size: i16) -> bool {
    list.is_empty() || list.contains(&n) || list.contains(&(n - size - 1))
}

/// Numbers within bounds; where they may be negative, none is 0.
fn numbers(text: &str, min: i16, max: i16) -> Option<Vec<i16>> {
    list(text, |item| item.parse().ok().filter(|n| (min..=max).contains(n) && (min >= 0 || *n != 0)))
}

fn list<T: Ord + Copy>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut items = text.split(',').map(|item| read(item.trim())).collect::<Option<Vec<_>>>()?;
    items.sort_unstable();
    items.dedup();
    Some(items)
}

/// `MO`, `2MO`, `-1SU`.
fn numbered_day(text: &str) -> Option<(i16, Day)> {
    let (ordinal, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ordinal =
        if ordinal.is_empty() { 0 } else { ordinal.parse().ok().filter(|n| (-53..=53).contains(n) && *n != 0)? };
    Some((ordinal, day(name)?.to_monday_zero_offset()))
}

pub(super) fn day(name: &str) -> Option<Weekday> {
    Some(match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}
