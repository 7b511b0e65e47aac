//! Libraries and services: when they are open, and how full they are.

use jiff::ZonedDateTime;
use jiff::civil::{Date, Time, Weekday};

/// A library or a service.
#[derive(Debug)]
pub struct Venue {
    pub id: &'static str,
    pub name: &'static str,
    pub category: &'static str,
    pub place: &'static str,
    pub phone: &'static str,
    /// Seats, where somebody counts them.
    pub capacity: Option<i64>,
    pub hours: &'static [Period],
}

/// Opening hours on some days of the week.
#[derive(Debug)]
pub struct Period {
    pub days: &'static [Weekday],
    pub opens: Time,
    pub closes: Time,
}

/// Monday to Friday.
pub const WEEK: &[Weekday] =
    &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

impl Venue {
    /// Hours of a day.
    pub fn on(&self, date: Date) -> impl Iterator<Item = &Period> {
        self.hours.iter().filter(move |period| period.days.contains(&date.weekday()))
    }

    /// The period within which an instant falls.
    pub fn open_at(&self, now: &ZonedDateTime) -> Option<&Period> {
        self.on(now.date()).find(|period| (period.opens..period.closes).contains(&now.time()))
    }

    /// Percent of the seats taken: fullest half-way between opening and closing, and never quite still.
    pub fn occupancy(&self, now: &ZonedDateTime) -> Option<i64> {
        let period = self.open_at(now).filter(|_| self.capacity.is_some())?;
        let since = now.time().duration_since(period.opens).as_mins();
        let until = period.closes.duration_since(now.time()).as_mins();
        let ripple = i64::from(now.minute()) / 5 % 4 * 3;
        Some((since.min(until) * 170 / (since + until).max(1) + ripple).min(100))
    }
}
