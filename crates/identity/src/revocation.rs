//! Which sessions ended before their time: a short list that expires with the tokens it is about.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// What a session is known by in the list: a keyed digest, which names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub [u8; 16]);

/// The list. This is all that a server remembers about sessions; whoever keeps it may spread it.
pub trait Revocations: Send + Sync {
    /// Ends the sessions of a handle that began until `at`. May be forgotten after `until`, when none of them is good
    /// any more.
    fn revoke(&self, handle: Handle, at: Timestamp, until: Timestamp);

    /// Sessions of this handle that began until this instant are over.
    fn revoked(&self, handle: Handle) -> Option<Timestamp>;
}

/// The list in the memory of one process.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<HashMap<Handle, (i64, i64)>>);

/// Entries at most: what all students of a large region would make by signing out everywhere at once.
const MOST: usize = 1 << 20;

impl Revocations for InMemory {
    fn revoke(&self, handle: Handle, at: Timestamp, until: Timestamp) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() >= MOST {
            list.retain(|_, (_, until)| *until >= at.as_second());
        }
        if list.len() >= MOST && !list.contains_key(&handle) {
            tracing::error!("the list of revocations is full: one is not remembered");
            return;
        }
        let entry = list.entry(handle).or_insert((i64::MIN, i64::MIN));
        *entry = (entry.0.max(at.as_second()), entry.1.max(until.as_second()));
    }

    fn revoked(&self, handle: Handle) -> Option<Timestamp> {
        let list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.get(&handle).and_then(|(at, _)| Timestamp::from_second(*at).ok())
    }
}
