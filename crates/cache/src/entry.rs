//! What is kept under a key, and what a reader gets of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kinds::{Lifetimes, Public};

use crate::Key;

/// What a value takes in memory.
pub trait Weigh {
    /// Bytes that it takes, itself and all that it alone holds, [`ROUNDING`] for each piece of memory included.
    fn weight(&self) -> usize;
}

/// What the system's allocator adds to a piece of memory: a header, and half of its rounding.
pub const ROUNDING: usize = 16;

/// Why a fetch failed.
pub trait Trouble: Clone + Send + Sync + 'static {
    /// The failure of a fetch that ended without a result.
    fn abandoned() -> Self;

    /// How long the upstream asked to be left alone.
    fn retry_after(&self) -> Option<Duration>;
}

/// A reader's answer.
#[derive(Debug, Clone)]
pub struct Answer<T, E> {
    /// The items.
    pub value: Arc<Public<T>>,
    /// When the upstream was last known to say this.
    pub as_of: Timestamp,
    /// How the answer was had.
    pub origin: Origin,
    /// Why it is no fresher, where the last try to refresh it failed.
    pub trouble: Option<E>,
}

/// How an answer was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was known and fresh.
    Hit,
    /// It was known, is past its freshness, and is being refreshed or cannot be.
    Stale,
    /// The upstream was asked.
    Miss,
    /// The upstream was asked for another reader at the same time.
    Collapsed,
}

/// The state of a key: the last good value, and the trouble since, where there is any.
#[derive(Debug)]
pub(crate) struct Entry<T, E> {
    pub good: Option<Good<T>>,
    pub trouble: Option<Failed<E>>,
}

#[derive(Debug)]
pub(crate) struct Good<T> {
    pub value: Arc<Public<T>>,
    pub as_of: Timestamp,
    /// The [`Epoch`](crate::Epoch) under which it was asked for.
    pub epoch: i64,
}

/// A failure, remembered so that a failing upstream is left alone for a while.
#[derive(Debug, Clone)]
pub(crate) struct Failed<E> {
    pub failure: E,
    pub attempts: u32,
    pub at: Timestamp,
    pub retry_at: Timestamp,
}

/// What an entry is worth to a reader at some instant under some lifetimes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    Fresh,
    Stale,
    Nothing,
}

impl<T: Weigh, E> Entry<T, E> {
    /// What moka takes for an entry: its nodes in the map and in two queues (moka 0.12; measured by a test).
    const NODES: usize = 288;

    /// Bytes that the entry takes under this key.
    pub(crate) fn weight(&self, key: &Key) -> usize {
        // Both it and its value are behind an `Arc`: two counts.
        let shared = 2 * size_of::<usize>() + ROUNDING;
        let value = self.good.as_ref().map_or(0, |good| good.value.get().weight() + shared);
        Self::NODES + key.weight() + size_of::<Self>() + shared + value
    }
}

impl<T, E> Entry<T, E> {
    /// Nothing is known.
    pub(crate) const NOTHING: Self = Self { good: None, trouble: None };
}

impl<T, E: Clone> Clone for Entry<T, E> {
    fn clone(&self) -> Self {
        Self { good: self.good.clone(), trouble: self.trouble.clone() }
    }
}

impl<T> Clone for Good<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), ..*self }
    }
}

impl<T> Good<T> {
    pub(crate) fn worth(&self, now: Timestamp, lifetimes: &Lifetimes) -> Worth {
        let age = now.duration_since(self.as_of);
        // An entry from the future: the clock was set back, and the entry's age is anybody's guess.
        let Ok(age) = Duration::try_from(age) else { return Worth::Stale };
        if age < lifetimes.fresh_for {
            Worth::Fresh
        } else if age < lifetimes.fresh_for.saturating_add(lifetimes.stale_for) {
            Worth::Stale
        } else {
            Worth::Nothing
        }
    }
}

impl<E: Trouble> Failed<E> {
    /// The first pause after a failure; doubled by each further one.
    const FIRST_PAUSE: Duration = Duration::from_secs(2);
    /// The longest pause that an upstream does not ask for itself.
    const LONGEST_PAUSE: Duration = Duration::from_secs(120);
    /// The longest pause that an upstream may ask for.
    const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

    /// Remembers a failure after `before`; the pause is spread by a quarter either way, so that many keys of one
    /// upstream do not return to it in the same instant.
    pub(crate) fn after(before: Option<&Self>, failure: E, now: Timestamp, seed: u64) -> Self {
        let attempts = before.map_or(0, |failed| failed.attempts).saturating_add(1);
        let doubled = Self::FIRST_PAUSE.saturating_mul(1 << (attempts - 1).min(10)).min(Self::LONGEST_PAUSE);
        let spread = seed.wrapping_mul(u64::from(attempts)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
        #[expect(clippy::cast_precision_loss, reason = "16 bits")]
        let pause = doubled.mul_f64(0.75 + spread as f64 / 131_072.0);
        let pause = failure.retry_after().map_or(pause, |asked| asked.min(Self::LONGEST_ASKED).max(pause));
        let retry_at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        Self { failure, attempts, at: now, retry_at }
    }

    /// Whether the upstream is left alone at this instant; not before the failure, which a clock set back would make
    /// the longest pause of all.
    pub(crate) fn pauses(&self, now: Timestamp) -> bool {
        (self.at..self.retry_at).contains(&now)
    }
}
