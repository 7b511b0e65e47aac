//! The one thread that reads and writes the file, in the order in which it is asked.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};

use rusqlite::{Error, ErrorCode};

use super::file::{self, File};
use super::{Keep, Kept, Size, Work};
use crate::entry::Entry;
use crate::{Clock, Key, Trouble};

pub(super) struct Writer<T, E> {
    pub path: PathBuf,
    pub max_bytes: u64,
    pub entries: moka::sync::Cache<Key, Arc<Entry<T, E>>>,
    pub clock: Clock,
    pub waiting: Arc<AtomicUsize>,
    pub size: Arc<Size>,
    pub file: Option<File>,
}

/// What one transaction holds at most: a crash loses it, and the log grows by it.
const MOST_WORKS: usize = 256;
const MOST_BYTES: usize = 4 << 20;

impl<T: Keep + Send + Sync + 'static, E: Trouble> Writer<T, E> {
    /// Works until nobody asks any more.
    pub(super) fn run(mut self, works: &Receiver<Work>) {
        // Before the first question: what is on the disk is known to operators from the start.
        self.note(None);
        let opened = self.open().map(drop);
        self.note(opened.err());
        while let Ok(first) = works.recv() {
            let done = self.transaction(first, works);
            self.note(done.err());
        }
    }

    fn open(&mut self) -> Result<&mut File, Error> {
        match &mut self.file {
            Some(file) => Ok(file),
            file => Ok(file.insert(File::open(&self.path, T::VERSION, self.max_bytes)?)),
        }
    }

    fn transaction(&mut self, first: Work, works: &Receiver<Work>) -> Result<(), Error> {
        let now = (self.clock)().as_second();
        let (entries, waiting) = (self.entries.clone(), Arc::clone(&self.waiting));
        let keeps = |work: &Work| matches!(work, Work::Keep(_));
        if keeps(&first) {
            waiting.fetch_sub(1, Ordering::Relaxed);
        }
        let file = self.open()?;
        file.begin()?;
        let (mut work, mut count, mut bytes) = (Some(first), 0, 0);
        while let Some(next) = work {
            // Whoever waits for an answer ends it: what was written until then is on the file when the next is asked.
            let last = matches!(next, Work::Recall(..));
            match next {
                Work::Keep(key) => {
                    // Purged or pushed out meanwhile: then there is nothing to keep.
                    if let Some(good) = entries.get(&key).as_ref().and_then(|entry| entry.good.as_ref()) {
                        let written = good.value.get().write();
                        bytes += written.content.len();
                        let as_of = i64::try_from(good.as_of.as_nanosecond()).unwrap_or_default();
                        file.put(&file::name(&key), &Kept { as_of, epoch: good.epoch, written }, now)?;
                    }
                }
                Work::Touch(key) => file.touch(&file::name(&key), now)?,
                Work::Recall(key, answer) => {
                    if let Some(kept) = file.get(&file::name(&key))? {
                        file.touch(&file::name(&key), now)?;
                        // A reader that went away needs no answer.
                        let _ = answer.send(kept);
                    }
                }
                Work::Purge(matches) => file.remove(&*matches)?,
            }
            count += 1;
            let more = !last && count < MOST_WORKS && bytes < MOST_BYTES;
            work = more.then(|| works.try_recv().ok()).flatten();
            if work.as_ref().is_some_and(keeps) {
                waiting.fetch_sub(1, Ordering::Relaxed);
            }
        }
        file.commit()
    }

    /// Tells operators how much there is, and once that something is wrong, or right again.
    fn note(&mut self, failure: Option<Error>) {
        if let Some(error) = &failure {
            self.file = None;
            if is_damage(error) {
                file::destroy(&self.path);
            }
        }
        let (entries, bytes) = self.file.as_ref().map_or((0, 0), File::size);
        self.size.entries.store(entries, Ordering::Relaxed);
        self.size.bytes.store(bytes, Ordering::Relaxed);
        let path = self.path.display();
        let mut known = self.size.failure.write().unwrap_or_else(PoisonError::into_inner);
        match (&failure, &*known) {
            (Some(error), _) if is_damage(error) => {
                tracing::warn!("{path} is damaged ({error}): begun anew, answers are fetched again");
                return;
            }
            (Some(error), None) => tracing::error!(
                "answers are not kept on disk, a restart would not know them: {path}: {error}; see whether it can be \
                 written and the disk has room"
            ),
            (None, Some(_)) => tracing::info!("answers are kept on disk again: {path}"),
            _ => {}
        }
        *known = failure.map(|error| format!("{path}: {error}"));
    }
}

fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(failure, _) => {
            matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        }
        // Of another type than the tables have.
        Error::InvalidColumnType(..) | Error::FromSqlConversionFailure(..) | Error::IntegralValueOutOfRange(..) => true,
        _ => false,
    }
}
