//! Single flight: one fetch per key at a time, whoever asks.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::Key;

/// What a flight tells its passengers when it lands.
pub(crate) type Landed<R> = watch::Receiver<Option<R>>;

/// Fetches under way, by key.
#[derive(Debug)]
pub(crate) struct Flights<R>(Mutex<HashMap<Key, (u64, Landed<R>)>>);

impl<R> Flights<R> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// The flights, held still; whoever departs looks at the store again under this lock.
    pub(crate) fn hold(&self) -> MutexGuard<'_, HashMap<Key, (u64, Landed<R>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a flight off the board, unless a newer one of the same key took its place.
    pub(crate) fn remove(&self, key: &Key, number: u64) {
        let mut flights = self.hold();
        if flights.get(key).is_some_and(|(flying, _)| *flying == number) {
            flights.remove(key);
        }
    }
}
