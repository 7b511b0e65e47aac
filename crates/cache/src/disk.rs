//! What is kept on disk beside the memory, so that a restart knows what was known: written behind, never waited for.

mod file;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};

use jiff::Timestamp;
use kinds::Marked;
use tokio::sync::oneshot;

use crate::entry::{Entry, Good};
use crate::{Clock, Key, Trouble};
use writer::Writer;

/// How a value is written to disk, and read back. The cache hands over public values only: a personal one never gets here.
pub trait Keep: Sized {
    /// The version of what is written. A file of another one is begun anew.
    const VERSION: u32;

    /// What is written.
    fn write(&self) -> Written;

    /// What that makes again; `None` where it makes nothing.
    fn read(written: Written) -> Option<Self>;
}

/// A value as bytes, in two parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// What every fetch may change: small.
    pub head: Vec<u8>,
    /// What most fetches leave as it was: not written again then.
    pub content: Vec<u8>,
}

/// A number that changes whenever what is kept under a key is purged. What was asked for under another one is not read
/// back, whatever a crash left on the disk.
pub type Epoch = Arc<dyn Fn(&Key) -> i64 + Send + Sync>;

/// Where to keep what is known, and how much of it.
pub struct Disk {
    /// The file. It is this process's alone, and made where there is none.
    pub path: PathBuf,
    /// Bytes that it takes at most, besides a log of some MiB.
    pub max_bytes: u64,
    /// Which purges there were.
    pub epoch: Epoch,
}

/// The disk's side of a cache.
pub(crate) struct Beside {
    works: Option<Sender<Work>>,
    writer: Option<JoinHandle<()>>,
    /// Keys that wait to be written.
    waiting: Arc<AtomicUsize>,
    epoch: Epoch,
    pub size: Arc<Size>,
}

/// How much is on the disk.
#[derive(Debug, Default)]
pub(crate) struct Size {
    pub entries: AtomicU64,
    pub bytes: AtomicU64,
    /// Why nothing can be kept now.
    pub failure: RwLock<Option<String>>,
}

impl Size {
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What the writer is asked to do, in this order.
enum Work {
    /// What memory has of a key is written.
    Keep(Key),
    /// The key is still asked for.
    Touch(Key),
    /// What is known of a key is read.
    Recall(Key, oneshot::Sender<Kept>),
    /// What matches is removed.
    Purge(Box<dyn Fn(&Key) -> bool + Send>),
}

/// What was on the disk, whole.
struct Kept {
    as_of: i64,
    epoch: i64,
    written: Written,
}

/// Keys that wait at most; what does not fit is written when it is fetched again.
const MOST_WAITING: usize = 1 << 16;

impl Beside {
    /// Begins to keep what `entries` have.
    pub(crate) fn start<T: Keep + Send + Sync + 'static, E: Trouble>(
        disk: Disk,
        entries: moka::sync::Cache<Key, Arc<Entry<T, E>>>,
        clock: Clock,
    ) -> Self {
        let Disk { path, max_bytes, epoch } = disk;
        let (works, asked) = channel();
        let (waiting, size) = (Arc::<AtomicUsize>::default(), Arc::<Size>::default());
        let writer = Writer {
            path,
            max_bytes,
            entries,
            clock,
            waiting: Arc::clone(&waiting),
            size: Arc::clone(&size),
            file: None,
        };
        let writer = Builder::new().name("cache-disk".to_owned()).spawn(move || writer.run(&asked));
        let writer = writer.map_err(|error| tracing::error!("nothing is kept on disk: no thread for it: {error}")).ok();
        Self { works: Some(works), writer, waiting, epoch, size }
    }

    /// The epoch of a key now.
    pub(crate) fn epoch(&self, key: &Key) -> i64 {
        (self.epoch)(key)
    }

    /// Has what memory holds of a key written.
    pub(crate) fn keep(&self, key: &Key) {
        if self.waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING {
            self.ask(Work::Keep(key.clone()));
        } else {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Lets a key outlive those that nobody asks for.
    pub(crate) fn touch(&self, key: &Key) {
        self.ask(Work::Touch(key.clone()));
    }

    /// Removes what matches.
    pub(crate) fn purge(&self, matches: impl Fn(&Key) -> bool + Send + 'static) {
        self.ask(Work::Purge(Box::new(matches)));
    }

    /// What was last known of a key under its epoch.
    pub(crate) async fn recall<T: Keep + Send + Sync + 'static>(&self, key: &Key) -> Option<Good<T>> {
        let (answer, kept) = oneshot::channel();
        let epoch = self.epoch(key);
        self.ask(Work::Recall(key.clone(), answer));
        let kept = kept.await.ok().filter(|kept| kept.epoch == epoch)?;
        let as_of = Timestamp::from_nanosecond(kept.as_of.into()).ok()?;
        // It may have to be compressed: not on a thread that serves requests.
        let value = tokio::task::spawn_blocking(move || T::read(kept.written)).await.ok()??;
        match key.audience.mark(value) {
            Marked::Public(value) => Some(Good { value: Arc::new(value), as_of, epoch }),
            Marked::Personal(_) => None,
        }
    }

    fn ask(&self, work: Work) {
        // Without a writer nothing is kept: it said so.
        let _ = self.works.as_ref().map(|works| works.send(work));
    }
}

impl Drop for Beside {
    /// What waits is written.
    fn drop(&mut self) {
        drop(self.works.take());
        let _ = self.writer.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests;
