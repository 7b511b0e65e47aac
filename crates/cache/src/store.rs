//! The store: bounded by bytes, read by key, filled by flights.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use kinds::{Lifetimes, Public};
use tokio::sync::watch;
use tracing::Instrument;

use crate::disk::Beside;
use crate::entry::{Entry, Failed, Good, Worth};
use crate::flight::{Flights, Landed};
use crate::{Answer, Disk, Keep, Key, Origin, Trouble, Weigh};

/// Where the present instant comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The level-2 cache of one process.
pub struct Cache<T, E> {
    entries: moka::sync::Cache<Key, Arc<Entry<T, E>>>,
    flights: Flights<Outcome<T, E>>,
    number: AtomicU64,
    clock: Clock,
    disk: Option<Beside>,
}

/// What the cache holds, for operators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Keys.
    pub entries: u64,
    /// Bytes.
    pub bytes: u64,
    /// Keys on disk.
    pub disk_entries: u64,
    /// Bytes on disk.
    pub disk_bytes: u64,
    /// Why nothing can be kept on disk now.
    pub disk_failure: Option<String>,
}

/// What is known of a key.
pub struct Known<T, E> {
    /// The last good value, and as of when.
    pub value: Option<(Arc<Public<T>>, Timestamp)>,
    /// Why the last fetch failed, and until when the upstream is left alone.
    pub trouble: Option<(E, Timestamp)>,
}

impl<T: Weigh + Keep + Send + Sync + 'static, E: Trouble> Cache<T, E> {
    /// An empty cache that holds at most `capacity` bytes in memory. What it knows is kept on disk too, where there is one:
    /// what was known before is read back key by key, when it is asked for.
    #[must_use]
    pub fn new(capacity: u64, disk: Option<Disk>, clock: Clock) -> Arc<Self> {
        let entries = moka::sync::Cache::builder()
            .max_capacity(capacity)
            .weigher(|key: &Key, entry: &Arc<Entry<T, E>>| u32::try_from(entry.weight(key)).unwrap_or(u32::MAX))
            .build();
        let disk = disk.map(|disk| Beside::start(disk, entries.clone(), Arc::clone(&clock)));
        Arc::new(Self { entries, flights: Flights::new(), number: AtomicU64::new(0), clock, disk })
    }

    /// Answers from what is known under lifetimes as they are now, or through the fetch that `depart` makes where one is
    /// needed. It is given the former value and the instant as of which its own will be, and runs at most once at a time per
    /// key, to its end even if its readers go away.
    ///
    /// # Errors
    /// The failure of the fetch, where nothing is known that may still be answered with.
    pub async fn read<D, F, Fut>(
        self: &Arc<Self>,
        key: &Key,
        lifetimes: &Lifetimes,
        depart: D,
    ) -> Result<Answer<T, E>, E>
    where
        D: FnOnce() -> F,
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut + Send + 'static,
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
                    self.board(key, lifetimes, good.as_of.into(), depart);
                }
                Ok(good.answer(Origin::Stale, trouble.map(|failed| failed.failure.clone())))
            }
            (_, _, Some(failed)) => Err(failed.failure.clone()),
            // Its future is large, and rarely made.
            (_, good, None) => Box::pin(self.wait(key, lifetimes, good.map(|good| good.as_of), depart)).await,
        }
    }

    /// What is known of a key, without asking anybody.
    pub async fn known(&self, key: &Key) -> Known<T, E> {
        let entry = self.entries.get(key);
        let mut good = entry.as_ref().and_then(|entry| entry.good.clone());
        if let (None, Some(disk)) = (&good, &self.disk) {
            good = disk.recall(key).await;
        }
        let failed = entry.as_ref().and_then(|entry| entry.trouble.clone());
        Known {
            value: good.map(|good| (good.value, good.as_of)),
            trouble: failed.map(|failed| (failed.failure, failed.retry_at)),
        }
    }

    /// Until when the upstream is left alone, where the last fetch failed.
    #[must_use]
    pub fn retry_at(&self, key: &Key) -> Option<Timestamp> {
        self.entries.get(key)?.trouble.as_ref().map(|failed| failed.retry_at)
    }

    /// Forgets what `matches`, flights under way included: their readers are answered, but nothing of them is kept.
    pub fn purge(&self, matches: impl Fn(&Key) -> bool + Send + 'static) -> usize {
        let mut flights = self.flights.hold();
        flights.retain(|key, _| !matches(key));
        let keys: Vec<_> = self.entries.iter().filter(|(key, _)| matches(key)).map(|(key, _)| key).collect();
        for key in &keys {
            self.entries.invalidate(&**key);
        }
        // After the memory: the disk is behind it, and would be given what is purged again.
        if let Some(disk) = &self.disk {
            disk.purge(matches);
        }
        keys.len()
    }

    /// How much is held.
    #[must_use]
    pub fn stored(&self) -> Stored {
        self.entries.run_pending_tasks();
        let memory =
            Stored { entries: self.entries.entry_count(), bytes: self.entries.weighted_size(), ..Stored::default() };
        self.disk.as_ref().map_or(memory.clone(), |disk| Stored {
            disk_entries: disk.size.entries.load(Ordering::Relaxed),
            disk_bytes: disk.size.bytes.load(Ordering::Relaxed),
            disk_failure: disk.size.failure(),
            ..memory
        })
    }

    async fn wait<D, F, Fut>(
        self: &Arc<Self>,
        key: &Key,
        lifetimes: &Lifetimes,
        seen: Option<Timestamp>,
        depart: D,
    ) -> Result<Answer<T, E>, E>
    where
        D: FnOnce() -> F,
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Public<T>, E>> + Send + 'static,
    {
        let (mut landed, origin) = match self.board(key, lifetimes, seen, depart) {
            Boarded::Landed(outcome) => return outcome.map(|good| good.answer(Origin::Collapsed, None)),
            Boarded::Flight(landed, origin) => (landed, origin),
        };
        let outcome = landed.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        let outcome = outcome.unwrap_or_else(|| Err(E::abandoned()));
        outcome.map(|arrived| arrived.good.answer(arrived.recalled.unwrap_or(origin), None))
    }

    /// Takes a place on the flight of this key, starting it if there is none. `seen` is as of when what the reader saw in
    /// the store was: where a flight has landed since, another is not needed.
    fn board<D, F, Fut>(
        self: &Arc<Self>,
        key: &Key,
        lifetimes: &Lifetimes,
        seen: Option<Timestamp>,
        depart: D,
    ) -> Boarded<T, E>
    where
        D: FnOnce() -> F,
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Public<T>, E>> + Send + 'static,
    {
        let mut flights = self.flights.hold();
        if let Some((_, landed)) = flights.get(key) {
            return Boarded::Flight(landed.clone(), Origin::Collapsed);
        }
        let before = self.entries.get(key);
        let good = before.as_ref().and_then(|entry| entry.good.as_ref());
        if let Some(good) = good.filter(|good| Some(good.as_of) != seen) {
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
        let epoch = self.disk.as_ref().map_or(0, |disk| disk.epoch(key));
        let flight = Flight { cache: Arc::clone(self), key: key.clone(), number, started, epoch };
        let before = before.map_or(Entry::NOTHING, |entry| Entry::clone(&entry));
        tokio::spawn(flight.fly(before, *lifetimes, depart(), tell).in_current_span());
        Boarded::Flight(landed, Origin::Miss)
    }
}

enum Boarded<T, E> {
    Landed(Result<Good<T>, E>),
    Flight(Landed<Outcome<T, E>>, Origin),
}

/// What a flight tells its passengers.
type Outcome<T, E> = Result<Arrived<T>, E>;

struct Arrived<T> {
    good: Good<T>,
    /// How it was had, where the upstream was not asked for it.
    recalled: Option<Origin>,
}

impl<T> Clone for Arrived<T> {
    fn clone(&self) -> Self {
        Self { good: self.good.clone(), ..*self }
    }
}

/// A fetch under way; leaves the board when dropped, so that a fetch that panics does not block its key.
struct Flight<T, E> {
    cache: Arc<Cache<T, E>>,
    key: Key,
    number: u64,
    started: Timestamp,
    /// The epoch of its key when it started.
    epoch: i64,
}

impl<T: Weigh + Keep + Send + Sync + 'static, E: Trouble> Flight<T, E> {
    /// Looks on the disk where memory has nothing, then asks the upstream where that was not enough.
    async fn fly<F, Fut>(
        self,
        mut before: Entry<T, E>,
        lifetimes: Lifetimes,
        fetch: F,
        tell: watch::Sender<Option<Outcome<T, E>>>,
    ) where
        F: FnOnce(Option<Arc<Public<T>>>, Timestamp) -> Fut,
        Fut: Future<Output = Result<Public<T>, E>>,
    {
        let mut tell = Some(tell);
        if let (None, Some(disk)) = (&before.good, &self.cache.disk) {
            before.good = disk.recall(&self.key).await;
            if let Some(good) = &before.good {
                self.keep(before.clone());
                let recalled = match good.worth(self.started, &lifetimes) {
                    Worth::Fresh => Some(Origin::Hit),
                    Worth::Stale => Some(Origin::Stale),
                    Worth::Nothing => None,
                };
                // Told once: what follows is for the next readers.
                if let Some(tell) = tell.take_if(|_| recalled.is_some()) {
                    let _ = tell.send(Some(Ok(Arrived { good: good.clone(), recalled })));
                }
                if recalled == Some(Origin::Hit) {
                    return;
                }
            }
        }
        let former = before.good.as_ref().map(|good| Arc::clone(&good.value));
        let outcome = fetch(former, self.started).await;
        let landed = self.land(outcome, &before);
        let _ = tell.map(|tell| tell.send(Some(landed)));
    }

    fn land(&self, outcome: Result<Public<T>, E>, before: &Entry<T, E>) -> Outcome<T, E> {
        match outcome {
            Ok(value) => {
                let good = Good { value: Arc::new(value), as_of: self.started, epoch: self.epoch };
                if self.keep(Entry { good: Some(good.clone()), trouble: None })
                    && let Some(disk) = &self.cache.disk
                {
                    disk.keep(&self.key);
                }
                Ok(Arrived { good, recalled: None })
            }
            Err(failure) => {
                let failed =
                    Failed::after(before.trouble.as_ref(), failure.clone(), (self.cache.clock)(), self.key.seed());
                self.keep(Entry { good: before.good.clone(), trouble: Some(failed) });
                if let (Some(_), Some(disk)) = (&before.good, &self.cache.disk) {
                    disk.touch(&self.key);
                }
                Err(failure)
            }
        }
    }

    /// Puts an entry into the store; `false` where the key was purged meanwhile: another flight, or none, stands on the
    /// board then, and what this one brought is not kept.
    fn keep(&self, entry: Entry<T, E>) -> bool {
        let flights = self.cache.flights.hold();
        let flying = flights.get(&self.key).is_some_and(|(flying, _)| *flying == self.number);
        if flying {
            self.cache.entries.insert(self.key.clone(), Arc::new(entry));
        }
        flying
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
pub(crate) mod tests;
