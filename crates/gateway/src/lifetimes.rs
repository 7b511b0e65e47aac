//! Lifetimes changed while running: effective on the next read, on what is already kept too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use campus::DataSet;
use kinds::Lifetimes;
use serde::{Deserialize, Serialize};

/// A change of a data set's level-2 lifetimes, in seconds; what is absent stays as declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// No upstream call within this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_for: Option<u64>,
    /// After that, how long an old answer may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_for: Option<u64>,
}

/// Changes in force.
#[derive(Debug, Default)]
pub(crate) struct Overrides(ArcSwap<Changes>);

/// By campus and data set.
type Changes = BTreeMap<(Arc<str>, Arc<str>), Change>;

/// A longer lifetime than this is a slip of the keyboard.
const LONGEST: u64 = 366 * 24 * 3600;

impl Overrides {
    /// The lifetimes of a data set as they are now.
    pub(crate) fn of(&self, campus: &Arc<str>, set: &DataSet) -> Lifetimes {
        let changes = self.0.load();
        if changes.is_empty() {
            return set.lifetimes;
        }
        let change = changes.get(&(Arc::clone(campus), Arc::clone(&set.name))).copied().unwrap_or_default();
        Lifetimes {
            fresh_for: change.fresh_for.map_or(set.lifetimes.fresh_for, Duration::from_secs),
            stale_for: change.stale_for.map_or(set.lifetimes.stale_for, Duration::from_secs),
            on_device: set.lifetimes.on_device,
        }
    }

    /// Puts a change in force; an empty one goes back to what is declared.
    ///
    /// # Errors
    /// A lifetime that nobody means.
    pub(crate) fn set(&self, campus: &Arc<str>, set: &Arc<str>, change: Change) -> Result<(), String> {
        if [change.fresh_for, change.stale_for].into_iter().flatten().any(|seconds| seconds > LONGEST) {
            return Err("a lifetime is at most 366 days".to_owned());
        }
        let key = (Arc::clone(campus), Arc::clone(set));
        self.0.rcu(|changes| {
            let mut next = Changes::clone(changes);
            if change == Change::default() {
                next.remove(&key);
            } else {
                next.insert(key.clone(), change);
            }
            next
        });
        Ok(())
    }

    /// All changes in force.
    pub(crate) fn all(&self) -> Arc<Changes> {
        self.0.load_full()
    }
}
