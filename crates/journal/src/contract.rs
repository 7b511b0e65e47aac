//! What a journal does, whatever keeps it: `sqlite` on one machine, `postgres` beyond.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::watch;

use crate::{Entry, Hash, Record, Stamp, Stream};

/// The append-only record of what servers must remember. A cell appends to its own streams only; those of other cells
/// arrive by the database's own replication.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Appends records as one: all of them are durable here when this returns, or none is. A record whose key this cell
    /// knows is not appended again: its acknowledgement is the first one's.
    ///
    /// # Errors
    /// [`Failure`]. Only after [`Failure::Unavailable`] may the records have been appended all the same: whoever
    /// writes again does so with the same keys.
    async fn append(&self, records: Vec<Record>, want: Durability) -> Result<Vec<Ack>, Failure>;

    /// Entries of a stream after a number, in order, without gaps, at most `max` and about 8 MiB, at least one where there is any.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    async fn read(&self, stream: &Stream, after: u64, max: usize) -> Result<Vec<Entry>, Failure>;

    /// The last entry of every stream that is known here.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    async fn heads(&self) -> Result<Vec<Head>, Failure>;

    /// Changes whenever there may be something new to read, from here or from elsewhere, and every few seconds besides.
    fn wake(&self) -> watch::Receiver<()>;
}

/// How durable an entry has to be before it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On this cell's disk.
    Local,
    /// On another cell's disk too, if one says so within this time; else here.
    AnyRemote(Duration),
}

/// An appended entry, and what the acknowledgement is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Where it stands.
    pub stream: Stream,
    /// Its number there.
    pub seq: u64,
    /// Its stamp.
    pub stamp: Stamp,
    /// Whether another cell has it on its disk.
    pub replicated: bool,
    /// Whether it had been appended before, under the same key.
    pub repeated: bool,
}

/// The last entry of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream: Stream,
    /// The number of its last entry.
    pub seq: u64,
    /// That entry's hash.
    pub hash: Hash,
    /// Its stamp.
    pub stamp: Stamp,
}

/// Why a journal did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The database does not answer, or refuses; the message says what to look at.
    #[error("the journal is not available: {0}")]
    Unavailable(String),
    /// A key was used before for something else.
    #[error("the idempotency key \"{0}\" was used for another write: choose a new one for each")]
    KeyReused(String),
    /// A body or a batch is too large.
    #[error("a record is too large: {0} bytes; {max} at most", max = crate::MAX_BODY)]
    TooLarge(usize),
    /// A part of a record is no text that every database keeps.
    #[error("a record's {0} holds the character U+0000: leave it out")]
    NotText(&'static str),
    /// This cell's clock is ahead of every peer's: its writes would win over later ones of others.
    #[error(
        "this cell's clock is {0:#} ahead of every other cell's: set it right (chronyc tracking), then write again"
    )]
    ClockAhead(SignedDuration),
}
