//! The journal of one machine: a SQLite file in which what was acknowledged is on the disk.

mod append;
mod file;
mod trouble;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::watch;

use crate::{Ack, Durability, Entry, Failure, Head, Hybrid, Journal, Origin, Queue, Record, Stream, Work};
use trouble::Trouble;

/// How often whoever follows looks anyway: another process may have appended to the file.
const TICK: Duration = Duration::from_secs(2);

/// A journal in a SQLite file. Its stream goes on for as long as the file does; a file that comes from
/// [`Self::backup`] goes on with another one. Nothing of it is ever `replicated`: there is nobody else.
pub struct SqliteJournal {
    path: PathBuf,
    clock: Arc<Hybrid>,
    reader: Arc<Mutex<Connection>>,
    queue: Queue,
    wake: Arc<watch::Sender<()>>,
}

struct Writer {
    path: PathBuf,
    clock: Arc<Hybrid>,
    stream: Stream,
    connection: Arc<Mutex<Connection>>,
    wake: Arc<watch::Sender<()>>,
}

impl SqliteJournal {
    /// Opens a file, which is made where there is none, and verifies its last entries. It takes milliseconds, and a
    /// Tokio runtime around it. A process opens a file once: SQLite's locks are the process's.
    ///
    /// # Errors
    /// [`Failure::Unavailable`], with the file and what to do.
    pub fn open(path: &Path, origin: Origin, clock: Arc<Hybrid>) -> Result<Self, Failure> {
        let open = || {
            let (writer, stream) = file::open(path, origin, &clock)?;
            Ok((writer, stream, file::second(path)?))
        };
        let (writer, stream, reader) = open().map_err(|trouble: Trouble| trouble.of(path))?;
        Ok(Self::over(path.to_owned(), share(writer), share(reader), stream, clock))
    }

    /// A journal that lasts as long as this value, for tests and tools.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub fn in_memory(origin: Origin, clock: Arc<Hybrid>) -> Result<Self, Failure> {
        let path = Path::new(":memory:");
        let (only, stream) = file::in_memory(origin, &clock).map_err(|trouble| trouble.of(path))?;
        let only = share(only);
        Ok(Self::over(path.to_owned(), Arc::clone(&only), only, stream, clock))
    }

    fn over(
        path: PathBuf,
        writer: Arc<Mutex<Connection>>,
        reader: Arc<Mutex<Connection>>,
        stream: Stream,
        clock: Arc<Hybrid>,
    ) -> Self {
        let wake = Arc::new(watch::Sender::new(()));
        let ticks = Arc::downgrade(&wake);
        tokio::spawn(async move {
            while let Some(wake) = ticks.upgrade() {
                wake.send_replace(());
                drop(wake);
                tokio::time::sleep(TICK).await;
            }
        });
        let writer = Arc::new(Writer {
            path: path.clone(),
            clock: Arc::clone(&clock),
            stream,
            connection: writer,
            wake: Arc::clone(&wake),
        });
        let queue = Queue::new(move |group: Vec<Work>| {
            let (writer, count) = (Arc::clone(&writer), group.len());
            async move {
                let outcomes = tokio::task::spawn_blocking(move || writer.commit(group)).await;
                outcomes.unwrap_or_else(|_| vec![Err(closing()); count])
            }
        });
        Self { path, clock, reader, queue, wake }
    }

    /// Copies the journal, as it is at one moment, to a file; appends go on meanwhile. The copy can be put in the
    /// place of the journal's file when no process has that one open: a journal opened from it begins a new
    /// incarnation, since this one may have gone on after the copy.
    ///
    /// # Errors
    /// [`Failure::Unavailable`]: the copy cannot be written, and what stood at its place still does; or this journal has
    /// no file.
    pub async fn backup(&self, to: &Path) -> Result<(), Failure> {
        let (path, to) = (self.path.clone(), to.to_owned());
        let copy = move || {
            // Over a connection of its own: whoever reads does not wait for it.
            let source = file::second(&path).map_err(|trouble| trouble.of(&path))?;
            file::copy(&source, &to).map_err(|trouble| trouble.of(&to))
        };
        tokio::task::spawn_blocking(copy).await.unwrap_or_else(|_| Err(closing()))
    }

    async fn reading<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let reader = Arc::clone(&self.reader);
        match tokio::task::spawn_blocking(move || query(&hold(&reader))).await {
            Ok(outcome) => outcome.map_err(|error| Trouble::from(error).of(&self.path)),
            Err(_) => Err(closing()),
        }
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn append(&self, records: Vec<Record>, _: Durability) -> Result<Vec<Ack>, Failure> {
        match self.clock.too_far_ahead() {
            Some(ahead) => Err(Failure::ClockAhead(ahead)),
            None => self.queue.append(records).await,
        }
    }

    async fn read(&self, stream: &Stream, after: u64, max: usize) -> Result<Vec<Entry>, Failure> {
        let stream = stream.clone();
        self.reading(move |connection| file::entries(connection, &stream, after, max)).await
    }

    async fn heads(&self) -> Result<Vec<Head>, Failure> {
        self.reading(file::heads).await
    }

    fn wake(&self) -> watch::Receiver<()> {
        self.wake.subscribe()
    }
}

impl Writer {
    fn commit(&self, group: Vec<Work>) -> Vec<Result<Vec<Ack>, Failure>> {
        let count = group.len();
        let outcomes = append::commit(&mut hold(&self.connection), &self.stream, &self.clock, group);
        self.wake.send_replace(());
        outcomes.unwrap_or_else(|error| vec![Err(Trouble::from(error).of(&self.path)); count])
    }
}

fn share(connection: Connection) -> Arc<Mutex<Connection>> {
    Arc::new(Mutex::new(connection))
}

fn hold(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn closing() -> Failure {
    Failure::Unavailable("it is being closed".to_owned())
}
