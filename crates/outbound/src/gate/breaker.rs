//! A source that fails is left alone for a while; then one request finds out whether it answers again.

use std::time::Duration;

use jiff::Timestamp;

use super::Circuit;
use super::tries::Chance;

/// What is known of a source by its last answers.
pub(super) struct Breaker {
    /// The last 32 outcomes, the newest in the lowest bit; a failure is 1.
    recent: u32,
    /// Failures since the last success, and when the first of them was.
    failing: Option<(u32, Timestamp)>,
    paused: Option<Paused>,
    /// Whether a request is under way that finds out.
    probing: bool,
    chance: Chance,
}

/// A pause, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paused {
    pub(super) at: Timestamp,
    pub(super) until: Timestamp,
    pub(super) failures: u32,
    pub(super) since: Timestamp,
    /// The last failure, in words.
    pub(super) what: String,
    /// Pauses in a row.
    times: u32,
}

/// Failures one after the other that begin a pause.
const IN_A_ROW: u32 = 5;

/// Failures among the last 32 that begin a pause, whatever stands between them.
const AMONG: u32 = 16;

/// The first pause, doubled by each request that finds the source as it was; and the longest that it does not ask for itself.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(120);

impl Breaker {
    pub(super) fn new(seed: u64) -> Self {
        Self { recent: 0, failing: None, paused: None, probing: false, chance: Chance::new(seed) }
    }

    /// Why nothing may be sent now.
    pub(super) fn look(&self, now: Timestamp) -> Result<(), Paused> {
        match &self.paused {
            // Not before it began: a clock set back would make it the longest of all.
            Some(paused) if self.probing || (paused.at..paused.until).contains(&now) => Err(paused.clone()),
            _ => Ok(()),
        }
    }

    /// How it stands.
    pub(super) fn circuit(&self, now: Timestamp) -> Circuit {
        match &self.paused {
            None => Circuit::Closed,
            Some(paused) if (paused.at..paused.until).contains(&now) => Circuit::Open,
            Some(_) => Circuit::HalfOpen,
        }
    }

    /// The same as `look`, for a request that is sent next: whether it is the one that finds out.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<bool, Paused> {
        self.look(now)?;
        self.probing = self.paused.is_some();
        Ok(self.probing)
    }

    pub(super) fn good(&mut self, probe: bool) {
        if probe {
            (self.recent, self.paused, self.probing) = (0, None, false);
        }
        self.recent <<= 1;
        self.failing = None;
    }

    pub(super) fn bad(&mut self, what: &str, now: Timestamp, probe: bool) {
        self.recent = (self.recent << 1) | 1;
        let (failures, since) = self.failed(now);
        let before = self.paused.as_ref().map(|paused| paused.times);
        let times = match before {
            // Answers to what was sent before the pause change nothing.
            Some(_) if !probe => return,
            Some(times) => times.saturating_add(1),
            None if self.recent.trailing_ones() >= IN_A_ROW || self.recent.count_ones() >= AMONG => 0,
            None => return,
        };
        let pause = FIRST.saturating_mul(1 << times.min(10)).min(LONGEST);
        // A quarter either way: the servers of all cells do not return in the same instant.
        let pause = pause.mul_f64(0.75 + self.chance.next() / 2.0);
        self.pause(Paused { at: now, until: after(now, pause), failures, since, what: what.to_owned(), times });
    }

    /// It has asked to be left alone.
    pub(super) fn busy(&mut self, what: &str, pause: Duration, now: Timestamp) {
        self.recent = (self.recent << 1) | 1;
        let (failures, since) = self.failed(now);
        let (times, until) = self.paused.as_ref().map_or((0, now), |paused| (paused.times, paused.until));
        let until = after(now, pause).max(until);
        self.pause(Paused { at: now, until, failures, since, what: what.to_owned(), times });
    }

    /// The request that should have found out did not.
    pub(super) fn unknown(&mut self) {
        self.probing = false;
    }

    fn failed(&mut self, now: Timestamp) -> (u32, Timestamp) {
        let (failures, since) = self.failing.unwrap_or((0, now));
        *self.failing.insert((failures.saturating_add(1), since))
    }

    fn pause(&mut self, paused: Paused) {
        (self.paused, self.probing) = (Some(paused), false);
    }
}

fn after(now: Timestamp, pause: Duration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn broken(at_second: i64) -> Breaker {
        let mut breaker = Breaker::new(1);
        (0..5).for_each(|_| breaker.bad("it answered 500", at(at_second), false));
        breaker
    }

    #[test]
    fn five_failures_in_a_row_begin_a_pause_and_four_do_not() {
        let mut breaker = Breaker::new(1);
        for second in 0..4 {
            breaker.bad("it answered 500", at(second), false);
        }
        assert_eq!(breaker.admit(at(4)), Ok(false));
        breaker.bad("it did not answer", at(4), false);
        let paused = breaker.admit(at(4)).unwrap_err();
        assert_eq!((paused.failures, paused.since, paused.what.as_str()), (5, at(0), "it did not answer"));
        assert!((at(7)..=at(11)).contains(&paused.until), "{paused:?}");
    }

    #[test]
    fn every_second_one_of_many_begins_a_pause_too() {
        let mut breaker = Breaker::new(1);
        for second in 0..15 {
            breaker.bad("it answered 500", at(second), false);
            breaker.good(false);
        }
        assert!(breaker.look(at(15)).is_ok());
        breaker.bad("it answered 500", at(15), false);
        assert_eq!(breaker.look(at(15)).unwrap_err().failures, 1);
    }

    #[test]
    fn one_request_finds_out_and_the_others_wait_for_it() {
        let mut breaker = broken(0);
        assert_eq!(breaker.admit(at(10)), Ok(true));
        assert!(breaker.admit(at(10)).is_err());
        breaker.good(true);
        assert_eq!([breaker.admit(at(10)), breaker.admit(at(10))], [Ok(false), Ok(false)]);
    }

    #[test]
    fn each_vain_try_doubles_the_pause_up_to_two_minutes() {
        let mut breaker = broken(0);
        let mut now = at(0);
        for around in [5, 10, 20, 40, 80, 120, 120_i64] {
            let until = breaker.look(now).unwrap_err().until;
            let pause = until.duration_since(now).as_secs_f64();
            assert!((0.75..=1.25).contains(&(pause / around as f64)), "{pause} is not around {around}");
            now = until;
            assert_eq!(breaker.admit(now), Ok(true));
            breaker.bad("it answered 500", now, true);
        }
    }

    #[test]
    fn a_try_that_ends_without_an_outcome_leaves_the_next_one_to_find_out() {
        let mut breaker = broken(0);
        assert_eq!(breaker.admit(at(10)), Ok(true));
        breaker.unknown();
        assert_eq!(breaker.admit(at(10)), Ok(true));
    }

    #[test]
    fn what_it_asks_for_is_granted_from_the_first_time() {
        let mut breaker = Breaker::new(1);
        breaker.busy("it is asked too often", Duration::from_secs(86_400), at(0));
        assert_eq!(breaker.look(at(86_399)).unwrap_err().until, at(86_400));
        breaker.busy("it is asked too often", Duration::from_secs(1), at(1));
        assert_eq!(breaker.look(at(10)).unwrap_err().until, at(86_400), "a later answer does not shorten it");
        assert_eq!(breaker.admit(at(86_400)), Ok(true));
    }

    #[test]
    fn late_answers_to_what_was_sent_before_change_nothing() {
        let mut breaker = broken(0);
        let until = breaker.look(at(0)).unwrap_err().until;
        breaker.bad("it answered 500", at(1), false);
        breaker.good(false);
        assert_eq!(breaker.look(at(1)).unwrap_err().until, until);
    }

    #[test]
    fn a_clock_set_back_ends_the_pause() {
        assert_eq!(broken(0).admit(at(-3600)), Ok(true));
    }
}
