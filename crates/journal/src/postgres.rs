//! The journal of a cell: a PostgreSQL database with one partition per cell, which replication carries to the others.

mod address;
mod append;
mod cell;
mod confirm;
mod line;
mod read;
mod status;
mod trouble;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::PgConnection;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{Ack, Durability, Entry, Failure, Head, Hybrid, Journal, Origin, Queue, Record, Stream, Work};
pub use address::Address;
pub use cell::{Cell, Login, Peer};
use confirm::Confirmations;
use line::{Line, MANNERS};
pub use status::{End, Kept, Lag, PeerStatus, Status, Watch};

/// How long a piece of work at the database may take, from connecting to the answer.
const PATIENCE: Duration = Duration::from_secs(6);

/// Connections of a process for reading, besides one that appends and one that listens.
const READERS: usize = 4;

/// A journal in a cell's PostgreSQL, which several processes may share. It needs no connection to be opened, and
/// connects again by itself for as long as it is used.
pub struct PostgresJournal {
    origin: Origin,
    clock: Arc<Hybrid>,
    queue: Queue,
    readers: Arc<Line>,
    confirmations: Arc<Confirmations>,
    wake: watch::Sender<()>,
    /// Listening and looking, which end with the journal.
    _tasks: JoinSet<()>,
}

impl PostgresJournal {
    /// The journal of the cell `origin` at an address; its user is the application's, not an administrator. It takes a
    /// Tokio runtime around it.
    #[must_use]
    pub fn open(address: &Address, origin: Origin, clock: Arc<Hybrid>) -> Self {
        let writer = Arc::new(Line::new(address, 1, PATIENCE));
        let readers = Arc::new(Line::new(address, READERS, PATIENCE));
        let confirmations = Arc::new(Confirmations::new(Arc::clone(&readers)));
        let wake = watch::Sender::new(());
        let mut tasks = JoinSet::new();
        tasks.spawn(wake::listen(address.options(&MANNERS), wake.clone()));
        let looking = Arc::clone(&confirmations);
        tasks.spawn(async move { looking.keep_looking().await });
        let (by, stamps) = (origin.clone(), Arc::clone(&clock));
        let queue = Queue::new(move |group: Vec<Work>| {
            let (writer, origin, clock, count) = (Arc::clone(&writer), by.clone(), Arc::clone(&stamps), group.len());
            async move {
                let append =
                    async |connection: &mut PgConnection| append::commit(connection, &origin, &clock, group).await;
                writer.ask(append).await.unwrap_or_else(|failure| vec![Err(failure); count])
            }
        });
        Self { origin, clock, queue, readers, confirmations, wake, _tasks: tasks }
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn append(&self, records: Vec<Record>, want: Durability) -> Result<Vec<Ack>, Failure> {
        if let Some(ahead) = self.clock.too_far_ahead() {
            return Err(Failure::ClockAhead(ahead));
        }
        let Durability::AnyRemote(time) = want else { return self.queue.append(records).await };
        let witnesses = self.confirmations.witnesses().await;
        let acks = self.queue.append(records).await?;
        let elsewhere = |ack: &Ack| ack.stream.origin != self.origin;
        let confirmed = !acks.iter().all(elsewhere) && self.confirmations.wait(&witnesses, time).await;
        // An entry that came from another cell is on that one's disk.
        Ok(acks.into_iter().map(|ack| Ack { replicated: confirmed || elsewhere(&ack), ..ack }).collect())
    }

    async fn read(&self, stream: &Stream, after: u64, max: usize) -> Result<Vec<Entry>, Failure> {
        let read = async |connection: &mut PgConnection| Ok(read::entries(connection, stream, after, max).await?);
        self.readers.ask(read).await
    }

    async fn heads(&self) -> Result<Vec<Head>, Failure> {
        self.readers.ask(async |connection: &mut PgConnection| Ok(read::heads(connection).await?)).await
    }

    fn wake(&self) -> watch::Receiver<()> {
        self.wake.subscribe()
    }
}
