//! What a node remembers: its journal followed into its read model, written through it, looked at in memory.

mod follow;
mod view;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use crate::{Ack, Change, Durability, Fact, Failure, Hybrid, Journal, Key, News, Projection, Record, Stream, Version};

pub use follow::Alarm;
pub use view::Value as InForce;
use view::View;

/// The state of a node. Reads are answered from its own read model, so they go on when the journal is not available.
pub struct State {
    journal: Arc<dyn Journal>,
    projection: Mutex<Projection>,
    clock: Arc<Hybrid>,
    view: View,
    /// Up to which entry of each stream everything is in force and told.
    followed: watch::Sender<BTreeMap<Stream, u64>>,
    listeners: Mutex<Vec<Listener>>,
    alarms: Mutex<Vec<Alarm>>,
    /// Whether entries that an earlier version did not know were looked at again.
    looked_back: AtomicBool,
}

type Listener = Box<dyn Fn(&News) + Send>;

/// A write that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The version of its last fact.
    pub version: Version,
    /// Whether another cell has it on its disk. `false`: this cell alone has; it reaches the others when it can.
    pub replicated: bool,
    /// Whether it had been written before, with the same idempotency key.
    pub repeated: bool,
}

/// How long a write waits for its own entries in the read model.
const PATIENCE: Duration = Duration::from_secs(5);

impl State {
    /// The state over a journal, its read model in a file, or in memory without one.
    ///
    /// # Errors
    /// The read model cannot be opened.
    pub fn open(journal: Arc<dyn Journal>, path: Option<&Path>, clock: Arc<Hybrid>) -> Result<Arc<Self>, Failure> {
        let projection = path.map_or_else(Projection::in_memory, Projection::open)?;
        let state = Self {
            journal,
            view: View::default(),
            projection: Mutex::new(projection),
            clock,
            followed: watch::Sender::default(),
            listeners: Mutex::default(),
            alarms: Mutex::default(),
            looked_back: AtomicBool::new(false),
        };
        match (state.load(), path) {
            (Err(failure), Some(path)) => {
                tracing::warn!(%failure, "the read model {} is damaged: made anew", path.display());
                *lock(&state.projection) = Projection::anew(path)?;
                state.load()?;
            }
            (loaded, _) => loaded?,
        }
        Ok(Arc::new(state))
    }

    /// Writes facts as one, and returns when this node's own read model has them. Who asks again with the same
    /// idempotency key is given the first answer.
    ///
    /// # Errors
    /// What the journal says. Nothing was written, except perhaps after [`Failure::Unavailable`].
    pub async fn write(&self, facts: &[Fact], idempotency: Option<&str>, want: Durability) -> Result<Written, Failure> {
        let acks = match self.journal.append(records(facts, idempotency), want).await {
            // Over another base it is the same write all the same: whoever repeats it has seen its effect.
            Err(Failure::KeyReused(used)) => {
                let before = self.as_before(facts, idempotency).ok_or(Failure::KeyReused(used))?;
                self.journal.append(records(&before, idempotency), want).await?
            }
            acks => acks?,
        };
        let Some(last) = acks.last() else { return Err(Failure::Unavailable("nothing was to be written".to_owned())) };
        self.wait_for(last).await;
        Ok(Written {
            version: Version { stamp: last.stamp, origin: last.stream.origin.clone() },
            replicated: acks.iter().all(|ack| ack.replicated),
            repeated: last.repeated,
        })
    }

    /// Sets a value, over the version that this node knows.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn set(
        &self,
        campus: Option<&str>,
        key: Key,
        value: Value,
        by: &str,
        idempotency: Option<&str>,
        want: Durability,
    ) -> Result<Written, Failure> {
        self.write(&[Fact::Change(self.change(campus, key, value, by))], idempotency, want).await
    }

    /// The change that sets a value over the version that this node knows.
    #[must_use]
    pub fn change(&self, campus: Option<&str>, key: Key, value: Value, by: &str) -> Change {
        let base = self.view.value(campus, &key).map(|value| value.version);
        Change { campus: campus.map(ToOwned::to_owned), key, value, base, by: by.to_owned() }
    }

    /// The value of a key; `None` where there is none, or where it was taken away.
    #[must_use]
    pub fn value(&self, campus: Option<&str>, key: &Key) -> Option<InForce> {
        self.view.value(campus, key).filter(|value| !value.value.is_null())
    }

    /// All values of a campus, or of the installation, by their keys.
    #[must_use]
    pub fn values(&self, campus: Option<&str>) -> Vec<(Key, InForce)> {
        self.view.values(campus)
    }

    /// The campuses that have any value.
    #[must_use]
    pub fn campuses(&self) -> Vec<String> {
        self.view.campuses()
    }

    /// Until when sessions of a handle have to have begun to be over.
    #[must_use]
    pub fn revoked(&self, handle: [u8; 16]) -> Option<Timestamp> {
        self.view.revoked(handle)
    }

    /// Calls `listener` with what each further batch of entries brings, before any write of it is acknowledged.
    pub fn listen(&self, listener: impl Fn(&News) + Send + 'static) {
        lock(&self.listeners).push(Box::new(listener));
    }

    /// Looks into the read model.
    ///
    /// # Errors
    /// Its tables cannot be read.
    pub fn look<T>(&self, question: impl FnOnce(&Projection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        question(&lock(&self.projection)).map_err(|error| Failure::Unavailable(format!("the read model: {error}")))
    }

    /// What an operator has to know.
    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        lock(&self.alarms).clone()
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// The clock that stamps.
    #[must_use]
    pub fn clock(&self) -> &Arc<Hybrid> {
        &self.clock
    }

    /// The changes among facts, over the bases that they had when they were first written.
    fn as_before(&self, facts: &[Fact], idempotency: Option<&str>) -> Option<Vec<Fact>> {
        let changes = facts.iter().filter_map(|fact| match fact {
            Fact::Change(change) => Some(change),
            _ => None,
        });
        let before = |(place, change): (usize, &Change)| {
            let key = key(idempotency?, place);
            let known = self.look(|tables| tables.written_with(change.campus.as_deref(), &key)).ok()??;
            Some(Fact::Change(Change { base: known.base, ..change.clone() }))
        };
        changes.enumerate().map(before).collect()
    }

    async fn wait_for(&self, ack: &Ack) {
        let mut followed = self.followed.subscribe();
        let reached = followed.wait_for(|told| told.get(&ack.stream).is_some_and(|seq| *seq >= ack.seq));
        if tokio::time::timeout(PATIENCE, reached).await.is_err() {
            tracing::warn!(stream = %ack.stream, seq = ack.seq, "written, and not in this node's read model yet");
        }
    }
}

/// Facts as they are appended. Publications and revocations are the same however often they come; changes have keys.
fn records(facts: &[Fact], idempotency: Option<&str>) -> Vec<Record> {
    let mut changes = 0..;
    let record = |fact: &Fact| {
        let place = matches!(fact, Fact::Change(_)).then(|| changes.next()).flatten();
        fact.record(place.and_then(|place| Some(key(idempotency?, place))))
    };
    facts.iter().map(record).collect()
}

/// The key of one of the changes that are written with one idempotency key.
fn key(idempotency: &str, place: usize) -> String {
    if place == 0 { idempotency.to_owned() } else { format!("{idempotency}/{place}") }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
