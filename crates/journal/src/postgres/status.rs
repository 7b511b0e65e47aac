//! How a cell stands among the others: what `preau cell status` shows, and `preau serve` looks at every few seconds.

mod alarms;
mod look;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::postgres::PgConnection;

use super::address::Address;
use super::cell::{Peer, slot, subscription};
use super::line::Line;
use crate::{Head, Hybrid, Origin, Stream};
use look::{Missing, Own, There};

/// How long a peer may take to answer.
const PEER_PATIENCE: Duration = Duration::from_secs(1);

/// How long the cell's own database may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks at a cell's database and at those of its peers, over connections that it keeps.
pub struct Watch {
    origin: Origin,
    clock: Arc<Hybrid>,
    own: Line,
    peers: Vec<(Origin, Line)>,
    /// Up to which number streams were found to be complete.
    complete: Mutex<HashMap<Stream, u64>>,
}

/// A cell among the others.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// The cell.
    pub origin: Origin,
    /// Why its own database was not asked successfully; nothing where it was.
    pub problem: Option<String>,
    /// The ends of the streams that its database has.
    pub streams: Vec<End>,
    /// The others.
    pub peers: Vec<PeerStatus>,
    /// Entries that arrived under the number of another one, and are kept apart.
    pub conflicts: u64,
    /// What somebody should do something about, in sentences that say what.
    pub alarms: Vec<String>,
}

/// The end of a stream.
#[derive(Debug, Clone, Serialize)]
pub struct End {
    /// The cell that writes it.
    pub origin: Origin,
    /// Which life of it.
    pub incarnation: i64,
    /// The number of its last entry.
    pub seq: u64,
    /// When that was written.
    pub at: Timestamp,
    /// How many entries before it are not here, since replication went past them.
    pub missing: u64,
}

/// Another cell, seen from here.
#[derive(Debug, Clone, Serialize)]
pub struct PeerStatus {
    /// Its name.
    pub origin: Origin,
    /// Why its database was not asked successfully; nothing where it was.
    pub problem: Option<String>,
    /// Whether what it writes is being received.
    pub receiving: bool,
    /// What it wrote and is not here yet. Unknown where it does not answer.
    pub behind: Option<Lag>,
    /// What was written here and is not there yet. Unknown where it does not answer.
    pub ahead: Option<Lag>,
    /// How many entries of this cell it has that are not here any more.
    pub forgotten: u64,
    /// How many entries of cells that do not answer, or are none of the settings' any more, it has that are not here.
    pub only_there: u64,
    /// What is kept here for it.
    pub kept: Option<Kept>,
    /// How far this machine's clock is ahead of that of its database, in milliseconds.
    pub skew_ms: Option<i64>,
}

/// Entries that one cell has and another has not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Lag {
    /// How many.
    pub entries: u64,
    /// How long ago the oldest of them was written.
    pub seconds: u64,
}

/// A replication slot.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    /// Whether the peer is connected.
    pub connected: bool,
    /// Whether it missed more than was kept, so that it has to copy.
    pub lost: bool,
    /// Bytes of the write-ahead log.
    pub bytes: u64,
    /// Bytes at most (`max_slot_wal_keep_size`), if there is a limit.
    pub limit: Option<u64>,
}

impl Watch {
    /// A watch over the cell `origin`, whose database is at `own` for the application's user.
    #[must_use]
    pub fn new(own: &Address, origin: Origin, peers: &[Peer], clock: Arc<Hybrid>) -> Self {
        let line = |peer: &Peer| (peer.origin.clone(), Line::new(&peer.address, 1, PEER_PATIENCE));
        let (own, peers) = (Line::new(own, 1, PATIENCE), peers.iter().map(line).collect());
        Self { origin, clock, own, peers, complete: Mutex::default() }
    }

    /// Looks now, at all peers at once, and tells the clock how it stands to theirs. It takes a few seconds at most.
    pub async fn look(&self) -> Status {
        let ask = async |(name, line): &(Origin, Line)| look::there(line, name, &self.origin, &self.clock).await;
        let there = join_all(self.peers.iter().map(ask)).await;
        // Nobody's clock is known to whoever is alone.
        let skews = there.iter().filter_map(|there| Some(there.as_ref().ok()?.skew));
        self.clock.compared(skews.min().unwrap_or_default());
        // After the peers: what they have of us, we have then.
        let complete = self.complete.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let own = self.own.ask(async |connection: &mut PgConnection| look::own(connection, &complete).await).await;
        let (own, problem) = own.map_or_else(|failure| (Own::default(), Some(failure.to_string())), |own| (own, None));
        let silent: Vec<&Origin> =
            self.peers.iter().zip(&there).filter(|(_, there)| there.is_err()).map(|((name, _), _)| name).collect();
        let asked = self.peers.iter().zip(&there).map(async |((name, line), there)| match there {
            Ok(there) if problem.is_none() => self.answered(name, line, there, &own, &silent).await,
            Ok(there) => PeerStatus { skew_ms: there.skew_ms(), ..PeerStatus::unknown(name, &own) },
            Err(failure) => PeerStatus { problem: Some(failure.to_string()), ..PeerStatus::unknown(name, &own) },
        });
        let peers = join_all(asked).await;
        let streams = own.heads.iter().zip(&own.missing).map(|(head, missing)| End::of(head, *missing)).collect();
        let whole = own.heads.iter().zip(&own.missing).filter(|(_, missing)| **missing == 0);
        let whole = whole.map(|(head, _)| (head.stream.clone(), head.seq)).collect();
        *self.complete.lock().unwrap_or_else(PoisonError::into_inner) = whole;
        let mut status = Status {
            origin: self.origin.clone(),
            problem,
            streams,
            peers,
            conflicts: own.conflicts,
            alarms: Vec::new(),
        };
        status.alarms = alarms::of(&status);
        status
    }

    async fn answered(&self, name: &Origin, line: &Line, there: &There, own: &Own, silent: &[&Origin]) -> PeerStatus {
        let unknown = PeerStatus::unknown(name, own);
        let behind = Missing::between(&there.heads, &own.heads, |origin| origin == name);
        let ahead = Missing::between(&own.heads, &there.heads, |origin| *origin == self.origin);
        let lost = |of: &dyn Fn(&Origin) -> bool| Missing::between(&there.heads, &own.heads, of).entries;
        PeerStatus {
            receiving: unknown.receiving && there.keeps,
            behind: Some(behind.lag(line, &self.clock).await),
            ahead: Some(ahead.lag(&self.own, &self.clock).await),
            forgotten: lost(&|origin| *origin == self.origin),
            only_there: lost(&|origin| {
                let answering = self.peers.iter().any(|(name, _)| name == origin) && !silent.contains(&origin);
                *origin != self.origin && !answering
            }),
            skew_ms: there.skew_ms(),
            ..unknown
        }
    }
}

impl PeerStatus {
    /// Of a peer that did not answer.
    fn unknown(name: &Origin, own: &Own) -> Self {
        Self {
            origin: name.clone(),
            problem: None,
            receiving: own.receiving.contains(&subscription(name)),
            behind: None,
            ahead: None,
            forgotten: 0,
            only_there: 0,
            kept: own.slots.get(&slot(name)).cloned(),
            skew_ms: None,
        }
    }
}

impl End {
    fn of(head: &Head, missing: u64) -> Self {
        let Stream { origin, incarnation } = head.stream.clone();
        Self { origin, incarnation, seq: head.seq, at: head.stamp.instant(), missing }
    }
}
