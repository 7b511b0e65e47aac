//! A body of calendars into records: one per occurrence in the window.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use records::{Limits, Value, Visit, Wanted};

use super::event::{Event, Exclusions, Original};
use super::expand::Steps;
use super::record;
use super::syntax;
use super::zones::Zones;
use crate::Lasting;

/// Records of one body.
const RECORDS: usize = 50_000;

/// How often an event may change for all its future.
const PARTS: usize = 100;

/// Bytes of events, as written, that their occurrences may repeat.
const TEXT: usize = 32 * 1024 * 1024;

/// How a data set's calendars are read.
#[derive(Clone)]
pub(super) struct Reading {
    pub past: Lasting,
    pub ahead: Lasting,
    /// The campus's zone.
    pub zone: TimeZone,
    pub limits: Limits,
}

impl Reading {
    /// What is asked for around an instant: whole days of the campus's zone, so that the same calendar means the same
    /// records all day.
    pub(super) fn window(&self, now: Timestamp) -> Range<Timestamp> {
        let today = now.to_zoned_datetime(self.zone.clone()).start_of_day();
        let tomorrow = today.as_ref().ok().and_then(|today| today.checked_add(1.day()).ok());
        let from = today.map_or(now, |today| today.timestamp());
        let to = tomorrow.map_or(now, |tomorrow| tomorrow.timestamp());
        let from = from.checked_sub(self.past.0).unwrap_or(Timestamp::MIN);
        from..to.checked_add(self.ahead.0).unwrap_or(Timestamp::MAX)
    }

    /// Reads calendars. What of an event cannot be read is missing in its record, and told there. Without a window it is
    /// that of the day on which the first event starts.
    ///
    /// # Errors
    /// What was answered instead of calendars, or which limit they exceed.
    pub(super) fn each(
        &self,
        bytes: &[u8],
        charset: Option<&str>,
        window: Option<Range<Timestamp>>,
        wanted: &Wanted,
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<()>, String> {
        let text = syntax::text(bytes, charset);
        let calendars = syntax::calendars(&text)?;
        let mut events = Vec::new();
        for calendar in &calendars {
            let cancels = calendar.text("METHOD").is_some_and(|method| method.trim().eq_ignore_ascii_case("CANCEL"));
            let mut zones = Zones::new(&self.zone, calendar);
            let components = calendar.children.iter().filter(|child| child.is("VEVENT"));
            events.extend(components.map(|component| Event::read(component, cancels, &mut zones)));
        }
        let first = || events.iter().filter_map(|event| event.start.as_ref()?.instant()).min();
        let window = window.unwrap_or_else(|| self.window(first().unwrap_or_default()));
        let replaced = drop_outdated(&mut events);
        divide(&mut events);
        let (shape, mut steps, mut left) = (record::shape(wanted), Steps::new(), Left::new(&self.limits));
        for event in &mut events {
            let replaced = event.uid.as_deref().and_then(|uid| replaced.get(uid));
            let occurrences = event.occurrences(&window, replaced, &mut steps);
            if occurrences.is_empty() && !event.incomplete {
                continue;
            }
            let mut record = record::common(event, &shape);
            let cost = (weight(&record), event.component.bytes());
            let lost = event.incomplete.then_some(None);
            for occurrence in occurrences.into_iter().map(Some).chain(lost) {
                left.take(cost)?;
                record::fill(&mut record, event, occurrence, &self.zone);
                if visit(&record).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// What an event replaces: one occurrence, and perhaps all after it.
type Replaced = (Original, bool);

/// Keeps the newest of several replacements of one occurrence, and tells which occurrences of which event are replaced
/// by themselves.
fn drop_outdated<'a>(events: &mut Vec<Event<'a>>) -> HashMap<Cow<'a, str>, Exclusions> {
    let mut newest: HashMap<Cow<'a, str>, HashMap<Replaced, (i64, usize)>> = HashMap::new();
    for (place, event) in events.iter().enumerate() {
        if let (Some(uid), Some(original)) = (&event.uid, event.replaces) {
            let this = (event.sequence, place);
            let known = newest.entry(uid.clone()).or_default().entry((original, event.and_future)).or_insert(this);
            *known = this.max(*known);
        }
    }
    let mut places = 0..events.len();
    events.retain(|event| {
        let place = places.next();
        let meant = |original| newest.get(event.uid.as_ref()?)?.get(&(original, event.and_future));
        let newest = event.replaces.and_then(meant);
        newest.is_none_or(|(_, newest)| Some(*newest) == place)
    });
    let single = |originals: HashMap<Replaced, _>| {
        originals.into_keys().filter(|(_, and_future)| !and_future).map(|(original, _)| original).collect()
    };
    newest.into_iter().map(|(uid, originals)| (uid, single(originals))).collect()
}

/// Gives each event that replaces an occurrence and all after it its part of them, up to the next such event.
fn divide(events: &mut [Event]) {
    let mut parts: HashMap<Cow<'_, str>, (Option<usize>, Vec<usize>)> = HashMap::new();
    for (place, event) in events.iter().enumerate().filter(|(_, event)| event.and_future) {
        parts.entry(event.uid.clone().unwrap_or_default()).or_default().1.push(place);
    }
    if parts.is_empty() {
        return;
    }
    for (place, event) in events.iter().enumerate().filter(|(_, event)| event.series().is_some()) {
        if let Some((series, _)) = event.uid.as_ref().and_then(|uid| parts.get_mut(uid)) {
            series.get_or_insert(place);
        }
    }
    for (series, later) in parts.into_values() {
        let found = series.and_then(|place| Some((place, events.get(place)?.series()?)));
        let Some((place, series)) = found.filter(|_| later.len() <= PARTS) else {
            for place in later {
                if let Some(event) = events.get_mut(place) {
                    event.lose(|| "RANGE=THISANDFUTURE is taken for this occurrence only".to_owned());
                }
            }
            continue;
        };
        let at = |place: usize| Some((events.get(place)?.replaced_at(&series.start)?, place));
        let mut later: Vec<_> = later.into_iter().filter_map(at).collect();
        later.sort_unstable();
        let mut end = Timestamp::MAX;
        for (at, place) in later.into_iter().rev() {
            if let Some(event) = events.get_mut(place) {
                event.take_part(&series, at..end);
            }
            end = at;
        }
        if let Some(event) = events.get_mut(place) {
            event.end_before(end);
        }
    }
}

/// What more may come.
struct Left {
    records: usize,
    values: usize,
    text: usize,
}

impl Left {
    fn new(limits: &Limits) -> Self {
        Self { records: RECORDS, values: limits.values, text: TEXT }
    }

    /// Takes a record of so many values that repeats so many bytes.
    fn take(&mut self, (values, text): (usize, usize)) -> Result<(), String> {
        let too_many = |what: &str| format!("a calendar with more than {what} in the window: a shorter `ahead` helps");
        self.records = self.records.checked_sub(1).ok_or_else(|| too_many("50,000 occurrences"))?;
        self.values = self.values.checked_sub(values).ok_or_else(|| too_many("the allowed number of values"))?;
        self.text = self.text.checked_sub(text).ok_or_else(|| too_many("32 MiB of text"))?;
        Ok(())
    }
}

/// How many values a record holds: itself, its fields and theirs.
fn weight(record: &Value<'_>) -> usize {
    match record {
        Value::List(values) => 1 + values.iter().map(weight).sum::<usize>(),
        Value::Object(object) => 1 + object.iter().map(|(_, value)| weight(value)).sum::<usize>(),
        _ => 1,
    }
}
