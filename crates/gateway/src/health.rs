//! The state of each source as real traffic saw it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use sources::{Failure, FailureKind};

/// What traffic saw of every source.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Sources>);

/// By campus and source.
type Sources = BTreeMap<(Arc<str>, Arc<str>), Seen>;

/// What traffic saw of one source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub last_success: Option<Timestamp>,
    pub last_failure: Option<(Timestamp, FailureKind, String)>,
    /// Failures since the last success.
    pub failing: u32,
}

impl Health {
    pub(crate) fn note(&self, campus: &Arc<str>, source: &Arc<str>, failure: Option<&Failure>, now: Timestamp) {
        let mut all = self.lock();
        let seen = all.entry((Arc::clone(campus), Arc::clone(source))).or_default();
        match failure {
            None => {
                seen.last_success = Some(now);
                seen.failing = 0;
            }
            Some(failure) => {
                seen.last_failure = Some((now, failure.kind, failure.message.clone()));
                seen.failing = seen.failing.saturating_add(1);
            }
        }
    }

    pub(crate) fn of(&self, campus: &Arc<str>, source: &Arc<str>) -> Seen {
        self.lock().get(&(Arc::clone(campus), Arc::clone(source))).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Sources> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// `unknown` before the first call, then `ok` or `failing`.
    pub(crate) fn state(&self) -> &'static str {
        match (self.failing, self.last_success) {
            (0, None) => "unknown",
            (0, Some(_)) => "ok",
            _ => "failing",
        }
    }
}
