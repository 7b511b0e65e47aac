//! Lifetimes changed while running: effective on the next read, on what is already kept too.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use campus::DataSet;
use journal::{Key, Scope, State};
use kinds::Lifetimes;
use serde::{Deserialize, Serialize};

/// A change of lifetimes, in seconds; what is absent stays as declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// No upstream call within this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_for: Option<u64>,
    /// After that, how long an old answer may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_for: Option<u64>,
    /// How long phones keep what they have, up to the `on_device` of the publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<u64>,
}

/// Changes in force, by campus; the narrowest scope comes first.
#[derive(Debug, Default)]
pub(crate) struct Overrides(ArcSwap<HashMap<Arc<str>, Changes>>);

type Changes = Vec<(Scope, Change)>;

/// A longer lifetime than this is a slip of the keyboard.
const LONGEST: u64 = 366 * 24 * 3600;

impl Change {
    /// # Errors
    /// A lifetime that nobody means.
    pub(crate) fn check(&self) -> Result<(), String> {
        match [self.fresh_for, self.stale_for, self.keep].into_iter().flatten().any(|seconds| seconds > LONGEST) {
            true => Err("a lifetime is at most 366 days".to_owned()),
            false => Ok(()),
        }
    }
}

impl Overrides {
    /// The lifetimes of a data set as they are now. What a publication promised of phones, no change exceeds.
    pub(crate) fn of(&self, campus: &str, set: &DataSet) -> Lifetimes {
        let (declared, changes) = (set.lifetimes, self.0.load());
        let Some(changes) = changes.get(campus) else { return declared };
        let change = |part: fn(&Change) -> Option<u64>| {
            let mut fitting =
                changes.iter().filter(|(scope, _)| scope.includes(&set.name, &set.kind.name, &set.source));
            fitting.find_map(|(_, change)| part(change)).map(Duration::from_secs)
        };
        Lifetimes {
            fresh_for: change(|change| change.fresh_for).unwrap_or(declared.fresh_for),
            stale_for: change(|change| change.stale_for).unwrap_or(declared.stale_for),
            on_device: change(|change| change.keep).map_or(declared.on_device, |keep| keep.min(declared.on_device)),
        }
    }

    /// Takes over what is in force for a campus.
    pub(crate) fn load(&self, state: &State, campus: &str) {
        let mut changes: Changes = of_campus(state, campus).into_iter().collect();
        // The order of scopes is from the widest to the narrowest.
        changes.sort_by(|one, other| other.0.cmp(&one.0));
        self.0.rcu(|all| {
            let mut all = HashMap::clone(all);
            match changes.is_empty() {
                true => drop(all.remove(campus)),
                false => drop(all.insert(campus.into(), changes.clone())),
            }
            all
        });
    }
}

/// The changes in force for a campus.
pub(crate) fn of_campus(state: &State, campus: &str) -> BTreeMap<Scope, Change> {
    let change = |(key, value): (Key, journal::InForce)| match key {
        Key::Lifetimes(scope) => Some((scope, serde_json::from_value(value.value).ok()?)),
        _ => None,
    };
    state.values(Some(campus)).into_iter().filter_map(change).collect()
}
