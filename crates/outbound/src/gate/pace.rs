//! Requests a second, as a token bucket told by one instant: when the next token is due (GCRA).

use std::time::Duration;

use tokio::time::Instant;

pub(super) struct Pace {
    /// Between two requests.
    gap: Duration,
    /// When the next request is due, had all come evenly; none yet.
    due: Option<Instant>,
}

/// A bucket holds a second's worth.
const BURST: Duration = Duration::from_secs(1);

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        Self { gap: BURST / per_second.max(1), due: None }
    }

    /// When a request may go; `None` where that is later than `latest`, and then nothing is reserved.
    pub(super) fn reserve(&mut self, now: Instant, latest: Instant) -> Option<Instant> {
        let due = self.due.map_or(now, |due| due.max(now));
        let at = (due + self.gap).checked_sub(BURST).map_or(now, |at| at.max(now));
        if at > latest.max(now) {
            return None;
        }
        self.due = Some(due + self.gap);
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seconds_worth_goes_at_once_and_the_rest_evenly() {
        let (mut pace, now) = (Pace::new(10), Instant::now());
        let mut waits = || pace.reserve(now, now + BURST).map(|at| (at - now).as_millis());
        assert_eq!((0..10).map(|_| waits()).collect::<Vec<_>>(), [Some(0); 10]);
        assert_eq!([waits(), waits(), waits()], [Some(100), Some(200), Some(300)]);
    }

    #[test]
    fn what_would_come_too_late_takes_no_place() {
        let (mut pace, now) = (Pace::new(1), Instant::now());
        assert_eq!(pace.reserve(now, now), Some(now));
        for _ in 0..100 {
            assert_eq!(pace.reserve(now, now + Duration::from_millis(500)), None);
        }
        assert_eq!(pace.reserve(now, now + BURST), Some(now + BURST));
        let later = now + Duration::from_secs(60);
        assert_eq!(pace.reserve(later, later), Some(later), "what was not used is not saved up beyond a second");
        assert_eq!(pace.reserve(later, later), None);
    }
}
