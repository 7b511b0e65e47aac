//! A document of the provider, kept while it is fresh and, where the provider is down, for a day more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::Failure;

/// How old a document may become before the provider is asked for a newer one.
pub(super) const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// How old a document must be before a token that does not fit it may cause another request.
pub(super) const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// How long a failure stands where nothing else is known.
const PAUSE_WITHOUT: SignedDuration = SignedDuration::from_secs(10);

/// For how long a document serves where no newer one can be had.
const LAST: SignedDuration = SignedDuration::from_hours(24);

/// One document. All who need a newer one wait for the same request.
pub(super) struct Kept<T> {
    state: Mutex<State<T>>,
    flight: tokio::sync::Mutex<()>,
}

struct State<T> {
    good: Option<(Arc<T>, Timestamp)>,
    tried: Option<Timestamp>,
    failed: Option<Failure>,
}

impl<T> Kept<T> {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State { good: None, tried: None, failed: None }), flight: tokio::sync::Mutex::new(()) }
    }

    /// The document, at most `oldest` old where that can be had.
    pub(super) async fn get(
        &self,
        now: Timestamp,
        oldest: SignedDuration,
        fetch: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Arc<T>, Failure> {
        let young = self.state().good(now, oldest);
        if let Some(document) = young {
            return Ok(document);
        }
        let _flight = self.flight.lock().await;
        let known = self.state().without_asking(now, oldest);
        if let Some(known) = known {
            return known;
        }
        self.state().tried = Some(now);
        let outcome = fetch.await.map(Arc::new);
        let mut state = self.state();
        match outcome {
            Ok(document) => {
                state.good = Some((Arc::clone(&document), now));
                state.failed = None;
                Ok(document)
            }
            Err(failure) => {
                state.failed = Some(failure.clone());
                state.good(now, LAST).ok_or(failure)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn good(&self, now: Timestamp, oldest: SignedDuration) -> Option<Arc<T>> {
        let (document, since) = self.good.as_ref()?;
        within(*since, now, oldest).then(|| Arc::clone(document))
    }

    fn without_asking(&self, now: Timestamp, oldest: SignedDuration) -> Option<Result<Arc<T>, Failure>> {
        if let Some(document) = self.good(now, oldest) {
            return Some(Ok(document));
        }
        let tried = |pause| self.tried.is_some_and(|tried| within(tried, now, pause));
        match (self.good(now, LAST), &self.failed) {
            (Some(document), _) => tried(PAUSE).then_some(Ok(document)),
            (None, Some(failure)) => tried(PAUSE_WITHOUT).then(|| Err(failure.clone())),
            (None, None) => None,
        }
    }
}

/// Whether `now` is within `time` after an instant. A clock that was set back makes nothing younger.
fn within(since: Timestamp, now: Timestamp, time: SignedDuration) -> bool {
    let age = now.duration_since(since);
    age < time && age > -PAUSE
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::FailureKind;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    async fn ask(kept: &Kept<u8>, seconds: i64, oldest: SignedDuration, answer: Option<u8>) -> (Option<u8>, bool) {
        let mut asked = false;
        let fetch = async {
            asked = true;
            answer.ok_or_else(|| Failure::new(FailureKind::Unavailable, "down"))
        };
        let document = kept.get(at(seconds), oldest, fetch).await.ok().map(|document| *document);
        (document, asked)
    }

    #[tokio::test]
    async fn is_asked_for_once_an_hour_and_serves_a_day_where_the_provider_is_down() {
        let kept = Kept::new();
        assert_eq!(ask(&kept, 0, FRESH, Some(1)).await, (Some(1), true));
        assert_eq!(ask(&kept, 3599, FRESH, Some(2)).await, (Some(1), false));
        assert_eq!(ask(&kept, 3600, FRESH, None).await, (Some(1), true));
        assert_eq!(ask(&kept, 3659, FRESH, Some(2)).await, (Some(1), false), "a provider that is down is left alone");
        assert_eq!(ask(&kept, 86_399, FRESH, None).await, (Some(1), true));
        assert_eq!(ask(&kept, 86_460, FRESH, None).await, (None, true));
        assert_eq!(ask(&kept, 86_469, FRESH, Some(3)).await, (None, false));
        assert_eq!(ask(&kept, 86_470, FRESH, Some(3)).await, (Some(3), true));
    }

    #[tokio::test]
    async fn is_asked_for_once_a_minute_by_those_whom_it_does_not_fit() {
        let kept = Kept::new();
        assert_eq!(ask(&kept, 0, FRESH, Some(1)).await, (Some(1), true));
        assert_eq!(ask(&kept, 59, PAUSE, Some(2)).await, (Some(1), false));
        assert_eq!(ask(&kept, 60, PAUSE, None).await, (Some(1), true));
        assert_eq!(ask(&kept, 61, PAUSE, Some(2)).await, (Some(1), false));
        assert_eq!(ask(&kept, 120, PAUSE, Some(2)).await, (Some(2), true));
    }

    #[tokio::test]
    async fn does_not_trust_a_document_from_the_future() {
        let kept = Kept::new();
        assert_eq!(ask(&kept, 4000, FRESH, Some(1)).await, (Some(1), true));
        assert_eq!(ask(&kept, 0, FRESH, Some(2)).await, (Some(2), true));
    }
}
