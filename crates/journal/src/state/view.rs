//! What requests look at: the values in force and the sessions that ended, in memory.

use std::cmp::Ordering::{Equal, Less};
use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;

use crate::{Key, Past, Revocation, Version};

/// A value in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub value: serde_json::Value,
    /// Its version.
    pub version: Version,
    /// Who set it.
    pub by: String,
}

#[derive(Default)]
pub(super) struct View {
    values: RwLock<Values>,
    revoked: RwLock<HashMap<[u8; 16], (Timestamp, Timestamp)>>,
}

/// By campus (`None` is the installation), then by key.
type Values = BTreeMap<Option<String>, BTreeMap<Key, Value>>;

impl View {
    pub(super) fn value(&self, campus: Option<&str>, key: &Key) -> Option<Value> {
        read(&self.values).get(&campus.map(ToOwned::to_owned))?.get(key).cloned()
    }

    pub(super) fn values(&self, campus: Option<&str>) -> Vec<(Key, Value)> {
        let values = read(&self.values);
        let values = values.get(&campus.map(ToOwned::to_owned)).into_iter().flatten();
        values.filter(|(_, value)| !value.value.is_null()).map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    pub(super) fn campuses(&self) -> Vec<String> {
        read(&self.values).keys().flatten().cloned().collect()
    }

    pub(super) fn revoked(&self, handle: [u8; 16]) -> Option<Timestamp> {
        read(&self.revoked).get(&handle).map(|(at, _)| *at)
    }

    /// Puts everything in the place of what was there.
    pub(super) fn replace(&self, values: Vec<Past>, revoked: Vec<([u8; 16], Timestamp, Timestamp)>) {
        *write(&self.values) = Values::new();
        values.into_iter().for_each(|past| self.set(past));
        *write(&self.revoked) = revoked.into_iter().map(|(handle, at, until)| (handle, (at, until))).collect();
    }

    pub(super) fn set(&self, past: Past) {
        let Past { campus, key, value, version, by, .. } = past;
        write(&self.values).entry(campus).or_default().insert(key, Value { value, version, by });
    }

    pub(super) fn remove(&self, campus: &Option<String>, key: &Key) {
        write(&self.values).get_mut(campus).map(|values| values.remove(key));
    }

    /// Puts a value in force unless a later one is; `false` where the two cannot be told apart.
    pub(super) fn advance(&self, campus: &Option<String>, key: &Key, new: &Value) -> bool {
        let mut values = write(&self.values);
        let values = values.entry(campus.clone()).or_default();
        let order = values.get(key).map_or(Less, |last| last.version.cmp(&new.version));
        if order == Less {
            values.insert(key.clone(), new.clone());
        }
        order != Equal
    }

    /// Adds to the sessions that ended; those that are over anyway go when there are many.
    pub(super) fn revoke(&self, revocation: &Revocation, now: Timestamp) {
        let mut revoked = write(&self.revoked);
        if revoked.len() == revoked.capacity() {
            revoked.retain(|_, (_, until)| *until >= now);
        }
        let ended = revoked.entry(revocation.handle).or_insert((revocation.at, revocation.until));
        *ended = (ended.0.max(revocation.at), ended.1.max(revocation.until));
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
