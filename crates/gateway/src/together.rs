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
type UnderWay<T> = HashMap<[u8; 32], (Timestamp, watch::Receiver<Option<T>>)>;

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
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, name.as_bytes()).as_ref());
        let mut arriving = {
            let mut under_way = self.hold();
            under_way.retain(|_, (until, result)| {
                *until >= now || result.borrow().is_none() && result.has_changed().is_ok()
            });
            match under_way.get(&key) {
                Some((_, arriving)) => arriving.clone(),
                None => {
                    let (tell, arriving) = watch::channel(None);
                    under_way.insert(key, (now + self.lingering, arriving.clone()));
                    let (all, getting) = (Arc::clone(self), get());
                    let task = async move {
                        let result = getting.await;
                        if all.lingering.is_zero() {
                            all.hold().remove(&key);
                        }
                        let _ = tell.send(Some(result));
                        // A result may be about a person: it goes even if nobody ever comes again.
                        if !all.lingering.is_zero() {
                            tokio::time::sleep(all.lingering.unsigned_abs()).await;
                            all.hold().remove(&key);
                        }
                    };
                    tokio::spawn(task.in_current_span());
                    arriving
                }
            }
        };
        let arrived = arriving.wait_for(Option::is_some).await;
        arrived.ok()?.clone()
    }

    fn hold(&self) -> MutexGuard<'_, UnderWay<T>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
