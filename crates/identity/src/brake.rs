//! How often something may be tried: wrong passwords of a person, tries from an address, calls in somebody's name.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// A budget of tries per key, refilled evenly (the generic cell rate algorithm). It holds seeded digests, no keys, and a
/// bounded number of them.
#[derive(Debug)]
pub struct Brake {
    /// After how many milliseconds one try comes back.
    interval: i64,
    /// How far ahead of now the tries of one key may reach, in milliseconds.
    most: i64,
    capacity: usize,
    seed: RandomState,
    /// Until when each key's tries reach, in milliseconds since 1970. Who is not in it has the whole budget.
    spent: Mutex<HashMap<u64, i64>>,
}

impl Brake {
    /// `allowed` tries at once, and as many anew during each `per`; for `capacity` keys.
    #[must_use]
    pub fn new(allowed: u32, per: Duration, capacity: usize) -> Self {
        let interval = i64::try_from(per.as_millis()).unwrap_or(i64::MAX) / i64::from(allowed.max(1));
        let most = interval.saturating_mul(i64::from(allowed));
        Self { interval, most, capacity, seed: RandomState::new(), spent: Mutex::default() }
    }

    /// Spends a try of a key.
    ///
    /// # Errors
    /// None is left: how long to wait for the next one.
    pub fn try_now(&self, key: &str, now: Timestamp) -> Result<(), Duration> {
        let (digest, now) = (self.seed.hash_one(key), now.as_millisecond());
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= self.capacity && !spent.contains_key(&digest) {
            forget(&mut spent, now);
        }
        let (until, furthest) = (spent.entry(digest).or_insert(now), now.saturating_add(self.most));
        // A clock that was set back must not lock anybody out.
        *until = (*until).clamp(now, furthest);
        let next = until.saturating_add(self.interval);
        if next > furthest {
            return Err(Duration::from_millis(next.abs_diff(furthest)));
        }
        *until = next;
        Ok(())
    }

    /// Whether a try of a key is left, without spending it.
    ///
    /// # Errors
    /// None is left: how long to wait for the next one.
    pub fn check(&self, key: &str, now: Timestamp) -> Result<(), Duration> {
        let now = now.as_millisecond();
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let until = spent.get(&self.seed.hash_one(key)).map_or(now, |until| *until);
        let over = until.saturating_add(self.interval).saturating_sub(now.saturating_add(self.most));
        if over > 0 { Err(Duration::from_millis(over.min(self.interval).unsigned_abs())) } else { Ok(()) }
    }

    /// Gives a try back that turned out to be none: the password was right.
    pub fn give_back(&self, key: &str) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = spent.get_mut(&self.seed.hash_one(key)) {
            *until = until.saturating_sub(self.interval);
        }
    }
}

/// Makes room: who has the whole budget again goes, or else the half that spent least. So nobody frees a key under attack
/// by trying many others.
fn forget(spent: &mut HashMap<u64, i64>, now: i64) {
    let before = spent.len();
    spent.retain(|_, until| *until > now);
    if spent.len() == before {
        let mut all: Vec<i64> = spent.values().copied().collect();
        let (_, middle, _) = all.select_nth_unstable(before / 2);
        spent.retain(|_, until| *until > *middle);
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn allows_a_burst_and_then_one_at_a_time() {
        let brake = Brake::new(5, 5 * MINUTE, 10);
        assert!((0..5).all(|_| brake.try_now("a", at(0)).is_ok()));
        assert_eq!(brake.try_now("a", at(0)), Err(MINUTE));
        assert_eq!(brake.try_now("a", at(45)), Err(Duration::from_secs(15)));
        assert_eq!(brake.try_now("a", at(60)), Ok(()));
        assert_eq!(brake.try_now("a", at(60)), Err(MINUTE));
        assert!((0..5).all(|_| brake.try_now("a", at(1000)).is_ok()), "all of it comes back");
    }

    #[test]
    fn tells_whether_one_is_left_without_spending_it() {
        let brake = Brake::new(1, MINUTE, 10);
        (0..9).for_each(|_| assert_eq!(brake.check("a", at(0)), Ok(())));
        assert!(brake.try_now("a", at(0)).is_ok());
        assert_eq!((brake.check("a", at(15)), brake.check("b", at(15))), (Err(Duration::from_secs(45)), Ok(())));
        assert_eq!(brake.check("a", at(60)), Ok(()));
    }

    #[test]
    fn keeps_keys_apart_and_gives_back() {
        let brake = Brake::new(1, MINUTE, 10);
        assert!(brake.try_now("a", at(0)).is_ok() && brake.try_now("b", at(0)).is_ok());
        assert!(brake.try_now("a", at(0)).is_err());
        brake.give_back("a");
        assert!(brake.try_now("a", at(0)).is_ok() && brake.try_now("b", at(0)).is_err());
    }

    #[test]
    fn giving_back_never_makes_more_than_the_whole_budget() {
        let brake = Brake::new(2, 2 * MINUTE, 10);
        assert!(brake.try_now("a", at(0)).is_ok());
        (0..9).for_each(|_| brake.give_back("a"));
        assert!(brake.try_now("a", at(0)).is_ok() && brake.try_now("a", at(0)).is_ok());
        assert!(brake.try_now("a", at(0)).is_err());
    }

    #[test]
    fn remembers_who_spent_most_when_it_is_full() {
        let brake = Brake::new(3, 3 * MINUTE, 100);
        (0..3).for_each(|_| assert!(brake.try_now("victim", at(0)).is_ok()));
        for name in 0..10_000 {
            assert!(brake.try_now(&name.to_string(), at(0)).is_ok());
        }
        assert!(brake.spent.lock().is_ok_and(|spent| spent.len() <= 100));
        assert_eq!(brake.try_now("victim", at(0)), Err(MINUTE));
    }

    #[test]
    fn a_clock_that_jumps_back_locks_nobody_out_for_long() {
        let brake = Brake::new(2, 2 * MINUTE, 10);
        assert!(brake.try_now("a", at(100_000)).is_ok());
        assert_eq!(brake.try_now("a", at(0)), Err(MINUTE));
        assert_eq!(brake.try_now("a", at(60)), Ok(()));
    }
}
