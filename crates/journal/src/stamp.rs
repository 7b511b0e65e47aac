//! Hybrid logical time: the wall clock where it is right, and always after everything that was seen.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Origin;

/// Where the present instant comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Microseconds since 1970 of a hybrid logical clock: what was seen before another entry was written has a smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub i64);

/// The version of a value: of two, the greater was written last, in every cell's eyes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// When.
    pub stamp: Stamp,
    /// Where; it decides between equal stamps.
    pub origin: Origin,
}

/// The hybrid logical clock of a process. Journals stamp with it; whoever applies entries lets it [`Self::saw`] them.
pub struct Hybrid {
    wall: Clock,
    last: AtomicI64,
    /// How far the wall clock is ahead of every peer that answered last, in microseconds.
    ahead: AtomicI64,
}

impl Hybrid {
    /// Further ahead of all its peers than this, a cell's clock is wrong, and its stamps would outlive everybody's.
    pub const FURTHEST: SignedDuration = SignedDuration::from_secs(60);

    /// A clock over the wall clock.
    #[must_use]
    pub fn new(wall: Clock) -> Arc<Self> {
        Arc::new(Self { wall, last: AtomicI64::new(0), ahead: AtomicI64::new(0) })
    }

    /// The wall clock's present instant.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        (self.wall)()
    }

    /// A stamp after all that were given or seen.
    pub fn next(&self) -> Stamp {
        let wall = self.wall().as_microsecond();
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(wall.max(last + 1)));
        Stamp(wall.max(last.unwrap_or_default() + 1))
    }

    /// Takes note of somebody's stamp.
    pub fn saw(&self, stamp: Stamp) {
        self.last.fetch_max(stamp.0, Ordering::SeqCst);
    }

    /// Takes note of how far the wall clock is ahead of every peer that answers; negative where some peer is ahead of it.
    pub fn compared(&self, ahead: SignedDuration) {
        self.ahead.store(i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// How far the wall clock is ahead of every peer, where that is too far for writing.
    #[must_use]
    pub fn too_far_ahead(&self) -> Option<SignedDuration> {
        let ahead = SignedDuration::from_micros(self.ahead.load(Ordering::SeqCst));
        (ahead > Self::FURTHEST).then_some(ahead)
    }
}

impl Stamp {
    /// The wall-clock instant that it stands for.
    #[must_use]
    pub fn instant(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.stamp.0, self.origin)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('@').and_then(|(stamp, origin)| Some((stamp.parse().ok()?, origin.parse().ok()?)));
        let (stamp, origin) = parts.ok_or_else(|| format!("\"{text}\" is no version: it looks like 1764…@dc1"))?;
        Ok(Self { stamp: Stamp(stamp), origin })
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(second: i64) -> Arc<Hybrid> {
        Hybrid::new(Arc::new(move || Timestamp::from_second(second).unwrap()))
    }

    #[test]
    fn stamps_rise_while_the_wall_clock_stands_still() {
        let clock = at(1000);
        let stamps = [clock.next(), clock.next(), clock.next()];
        assert_eq!(stamps, [Stamp(1_000_000_000), Stamp(1_000_000_001), Stamp(1_000_000_002)]);
    }

    #[test]
    fn what_was_seen_is_before_what_is_written() {
        let clock = at(1000);
        clock.saw(Stamp(5_000_000_000));
        assert_eq!(clock.next(), Stamp(5_000_000_001));
    }

    #[test]
    fn a_clock_a_minute_ahead_of_all_peers_is_told() {
        let clock = at(1000);
        clock.compared(SignedDuration::from_secs(60));
        assert_eq!(clock.too_far_ahead(), None);
        clock.compared(SignedDuration::from_hours(1));
        assert_eq!(clock.too_far_ahead(), Some(SignedDuration::from_hours(1)));
    }

    #[test]
    fn versions_are_ordered_by_time_then_place() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("2@dc1") > version("1@dc3") && version("1@dc3") > version("1@dc1"));
        assert_eq!(version("12@dc1").to_string(), "12@dc1");
        assert!("12".parse::<Version>().is_err());
    }
}
