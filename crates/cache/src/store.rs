//! The store: bounded by bytes, read by key, filled by flights.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use kinds::{Lifetimes, Public};
use tokio::sync::watch;
use tracing::Instrument;

use crate::entry::{Entry, Failed, Good, Worth};
use crate::flight::{Flights, Landed};
use crate::{Answer, Key, Origin, Trouble, Weigh};

/// Where the present instant comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The level-2 cache of one process.
pub struct Cache<T, E> {
    entries: moka::sync::Cache<Key, Arc<Entry<T, E>>>,
    flights: Flights<Result<Good<T>, E>>,
    number: AtomicU64,
    clock: Clock,
}

/// What the cache holds, for operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Keys.
    pub entries: u64,
    /// Bytes.
    pub bytes: u64,
}

/// What is known of a key.
pub struct Known<T, E> {
    /// The last good value, and as of when.
    pub value: Option<(Arc<Public<T>>, Timestamp)>,
    /// Why the last fetch failed, and until when the upstream is left alone.
    pub trouble: Option<(E, Timestamp)>,
}

impl<T: Weigh + Send + Sync + 'static, E: Trouble> Cache<T, E> {
    /// An empty cache that holds at most `capacity` bytes.
    #[must_use]
    pub fn new(capacity: u64, clock: Clock) -> Arc<Self> {
        let entries = moka::sync::Cache::builder()
            .max_capacity(capacity)
            .weigher(|key: &Key, entry: &Arc<Entry<T, E>>| {
                let value = entry.good.as_ref().map_or(0, |good| good.value.get().weight());
                u32::try_from(key.weight() + value + size_of::<Entry<T, E>>()).unwrap_or(u32::MAX)
            })
            .build();
        Arc::new(Self { entries, flights: Flights::new(), number: AtomicU64::new(0), clock })
    }

    /// Answers from what is known under lifetimes as they are now, or through `fetch`, which is given the former value
    /// and the instant as of which its own will be, and runs at most once at a time per key, to its end even if its
    /// readers go away.
    ///
    /// # Errors
    /// The failure of the fetch, where nothing is known that may still be answered with.
    pub async fn read<F, Fut>(self: &Arc<Self>, key: &Key, lifetimes: &Lifetimes, fetch: F) -> Result<Answer<T, E>, E>
    where
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut,
        Fut: Future<Output = Result<Public<T>, E>> + Send + 'static,
    {
        let now = (self.clock)();
        let entry = self.entries.get(key);
        let good = entry.as_ref().and_then(|entry| entry.good.as_ref());
        let trouble = entry.as_ref().and_then(|entry| entry.trouble.as_ref());
        let paused = trouble.filter(|failed| failed.pauses(now));
        let worth = good.map_or(Worth::Nothing, |good| good.worth(now, lifetimes));
        match (worth, good, paused) {
            (Worth::Fresh, Some(good), _) => Ok(good.answer(Origin::Hit, None)),
            (Worth::Stale, Some(good), paused) => {
                if paused.is_none() {
                    self.board(key, good.as_of.into(), fetch);
                }
                Ok(good.answer(Origin::Stale, trouble.map(|failed| failed.failure.clone())))
            }
            (_, _, Some(failed)) => Err(failed.failure.clone()),
            // Its future is large, and rarely made.
            (_, good, None) => Box::pin(self.wait(key, good.map(|good| good.as_of), fetch)).await,
        }
    }

    /// What is known of a key, without asking anybody.
    #[must_use]
    pub fn known(&self, key: &Key) -> Known<T, E> {
        let entry = self.entries.get(key);
        let good = entry.as_ref().and_then(|entry| entry.good.clone());
        let failed = entry.as_ref().and_then(|entry| entry.trouble.clone());
        Known {
            value: good.map(|good| (good.value, good.as_of)),
            trouble: failed.map(|failed| (failed.failure, failed.retry_at)),
        }
    }

    /// Forgets what `matches`, flights under way included: their readers are answered, but nothing of them is kept.
    pub fn purge(&self, matches: impl Fn(&Key) -> bool) -> usize {
        let mut flights = self.flights.hold();
        flights.retain(|key, _| !matches(key));
        let keys: Vec<_> = self.entries.iter().filter(|(key, _)| matches(key)).map(|(key, _)| key).collect();
        for key in &keys {
            self.entries.invalidate(&**key);
        }
        keys.len()
    }

    /// How much is held.
    #[must_use]
    pub fn stored(&self) -> Stored {
        self.entries.run_pending_tasks();
        Stored { entries: self.entries.entry_count(), bytes: self.entries.weighted_size() }
    }

    async fn wait<F, Fut>(self: &Arc<Self>, key: &Key, seen: Option<Timestamp>, fetch: F) -> Result<Answer<T, E>, E>
    where
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut,
        Fut: Future<Output = Result<Public<T>, E>> + Send + 'static,
    {
        let (mut landed, origin) = match self.board(key, seen, fetch) {
            Boarded::Landed(outcome) => return outcome.map(|good| good.answer(Origin::Collapsed, None)),
            Boarded::Flight(landed, origin) => (landed, origin),
        };
        let outcome = landed.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or_else(|| Err(E::abandoned())).map(|good| good.answer(origin, None))
    }

    /// Takes a place on the flight of this key, starting it if there is none. `seen` is as of when what the reader saw in
    /// the store was: where a flight has landed since, another is not needed.
    fn board<F, Fut>(self: &Arc<Self>, key: &Key, seen: Option<Timestamp>, fetch: F) -> Boarded<T, E>
    where
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut,
        Fut: Future<Output = Result<Public<T>, E>> + Send + 'static,
    {
        let mut flights = self.flights.hold();
        if let Some((_, landed)) = flights.get(key) {
            return Boarded::Flight(landed.clone(), Origin::Collapsed);
        }
        let before = self.entries.get(key);
        let good = before.as_ref().and_then(|entry| entry.good.clone());
        if let Some(good) = good.as_ref().filter(|good| Some(good.as_of) != seen) {
            return Boarded::Landed(Ok(good.clone()));
        }
        let started = (self.clock)();
        let trouble = before.as_ref().and_then(|entry| entry.trouble.as_ref());
        if let Some(failed) = trouble.filter(|failed| failed.pauses(started)) {
            return Boarded::Landed(Err(failed.failure.clone()));
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let (tell, landed) = watch::channel(None);
        flights.insert(key.clone(), (number, landed.clone()));
        drop(flights);
        let flight = Flight { cache: Arc::clone(self), key: key.clone(), number, started };
        let fetching = fetch(good.as_ref().map(|good| Arc::clone(&good.value)), started);
        let task = async move {
            let outcome = fetching.await;
            let _ = tell.send(Some(flight.land(outcome, before.as_deref())));
        };
        tokio::spawn(task.in_current_span());
        Boarded::Flight(landed, Origin::Miss)
    }
}

enum Boarded<T, E> {
    Landed(Result<Good<T>, E>),
    Flight(Landed<Result<Good<T>, E>>, Origin),
}

/// A fetch under way; leaves the board when dropped, so that a fetch that panics does not block its key.
struct Flight<T, E> {
    cache: Arc<Cache<T, E>>,
    key: Key,
    number: u64,
    started: Timestamp,
}

impl<T: Weigh + Send + Sync + 'static, E: Trouble> Flight<T, E> {
    fn land(&self, outcome: Result<Public<T>, E>, before: Option<&Entry<T, E>>) -> Result<Good<T>, E> {
        let (result, entry) = match outcome {
            Ok(value) => {
                let good = Good { value: Arc::new(value), as_of: self.started };
                (Ok(good.clone()), Entry { good: Some(good), trouble: None })
            }
            Err(failure) => {
                let trouble = before.and_then(|entry| entry.trouble.as_ref());
                let failed = Failed::after(trouble, failure.clone(), (self.cache.clock)(), self.key.seed());
                (Err(failure), Entry { good: before.and_then(|entry| entry.good.clone()), trouble: Some(failed) })
            }
        };
        // Purged meanwhile: another flight, or none, stands on the board, and this one's result is not kept.
        let flights = self.cache.flights.hold();
        if flights.get(&self.key).is_some_and(|(flying, _)| *flying == self.number) {
            self.cache.entries.insert(self.key.clone(), Arc::new(entry));
        }
        result
    }
}

impl<T, E> Drop for Flight<T, E> {
    fn drop(&mut self) {
        self.cache.flights.remove(&self.key, self.number);
    }
}

impl<T> Good<T> {
    fn answer<E>(&self, origin: Origin, trouble: Option<E>) -> Answer<T, E> {
        Answer { value: Arc::clone(&self.value), as_of: self.as_of, origin, trouble }
    }
}

#[cfg(test)]
mod tests;
