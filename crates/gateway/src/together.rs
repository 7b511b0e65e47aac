//! Those who want the same thing at the same time wait for one to get it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tracing::Instrument;

/// What is being got, by a digest of what it is. A result is let go of as it arrives, or some time after.
pub(crate) struct Together<T> {
    lingering: SignedDuration,
    under_way: Mutex<UnderWay<T>>,
}

/// Until when each result is given, and where it arrives.
type UnderWay<T> = HashMap<Key, (Timestamp, watch::Receiver<Option<T>>)>;

type Key = [u8; 32];

/// A place among what is under way; given up when dropped, so that something that panics does not hold it for ever.
struct Place<T> {
    all: Arc<Together<T>>,
    key: Key,
    arriving: watch::Receiver<Option<T>>,
}

impl<T: Clone + Send + Sync + 'static> Together<T> {
    /// Results are given to those who come up to `lingering` later too; zero keeps none.
    pub(crate) fn new(lingering: SignedDuration) -> Arc<Self> {
        Arc::new(Self { lingering, under_way: Mutex::default() })
    }

    /// The result of what is named, got by `get` where nobody is getting it already. It goes on to its end even if
    /// everybody stops waiting. `None` where it panicked.
    pub(crate) async fn get<F>(self: &Arc<Self>, name: &str, now: Timestamp, get: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut key = Key::default();
        key.copy_from_slice(digest(&SHA256, name.as_bytes()).as_ref());
        let mut arriving = self.board(key, now, get);
        let arrived = arriving.wait_for(Option::is_some).await;
        arrived.ok()?.clone()
    }

    /// Where the result arrives. Looks at this key only: many may linger.
    fn board<F>(self: &Arc<Self>, key: Key, now: Timestamp, get: impl FnOnce() -> F) -> watch::Receiver<Option<T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut under_way = self.hold();
        let good = |until: Timestamp, result: &watch::Receiver<Option<T>>| match *result.borrow() {
            Some(_) => until >= now,
            None => result.has_changed().is_ok(),
        };
        if let Some((_, arriving)) = under_way.get(&key).filter(|(until, result)| good(*until, result)) {
            return arriving.clone();
        }
        let getting = get();
        let (tell, arriving) = watch::channel(None);
        under_way.insert(key, (now + self.lingering, arriving.clone()));
        drop(under_way);
        let place = Place { all: Arc::clone(self), key, arriving: arriving.clone() };
        let lingering = self.lingering.unsigned_abs();
        let task = async move {
            let result = getting.await;
            // What does not linger is gone when it arrives.
            let place = (!lingering.is_zero()).then_some(place);
            let _ = tell.send(Some(result));
            // A result may be about a person: it goes even if nobody ever comes again.
            if place.is_some() {
                tokio::time::sleep(lingering).await;
            }
        };
        tokio::spawn(task.in_current_span());
        arriving
    }

    fn hold(&self) -> MutexGuard<'_, UnderWay<T>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        let mut under_way = self.all.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have come after it was over, and got it anew.
        if under_way.get(&self.key).is_some_and(|(_, arriving)| arriving.same_channel(&self.arriving)) {
            under_way.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn gets(together: &Arc<Together<u32>>, calls: &Arc<AtomicU32>, now: i64) -> Option<u32> {
        let (calls, now) = (Arc::clone(calls), Timestamp::UNIX_EPOCH + SignedDuration::from_secs(now));
        together.get("a", now, || async move { calls.fetch_add(1, Ordering::SeqCst) }).await
    }

    #[tokio::test]
    async fn keeps_nothing_that_has_arrived_unless_it_lingers() {
        let (passing, calls) = (Together::new(SignedDuration::ZERO), Arc::default());
        assert_eq!((gets(&passing, &calls, 0).await, gets(&passing, &calls, 0).await), (Some(0), Some(1)));
        assert!(passing.hold().is_empty());
        let (lingering, calls) = (Together::new(SignedDuration::from_mins(2)), Arc::default());
        for (now, result) in [(0, 0), (120, 0), (121, 1), (121, 1)] {
            assert_eq!(gets(&lingering, &calls, now).await, Some(result), "{now}");
        }
        assert_eq!(lingering.hold().len(), 1);
    }

    #[tokio::test]
    async fn what_panics_gives_its_place_up() {
        let (together, calls) = (Together::new(SignedDuration::from_mins(2)), Arc::default());
        let broken =
            together.get("a", Timestamp::UNIX_EPOCH, || async { std::panic::resume_unwind(Box::new("broken")) });
        assert_eq!(broken.await, None);
        assert_eq!(gets(&together, &calls, 0).await, Some(0));
    }
}
