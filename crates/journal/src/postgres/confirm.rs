//! Whether another cell has on its disk what was appended here: what its subscription told our server.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::line::Line;

/// Between two looks, while somebody waits.
const PAUSE: Duration = Duration::from_millis(2);

/// Subscriptions of peers are called `preau_…` once their first copy is complete; `flushed` is how far each has come.
const PEERS: &str = r"
    select pid, (flush_lsn - '0/0')::bigint as flushed, flush_lsn <= pg_current_wal_lsn() as credible,
           (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint as life
    from pg_stat_replication where application_name like 'preau\_%' and flush_lsn is not null";

const POSITION: &str = "select (pg_current_wal_flush_lsn() - '0/0')::bigint";

/// What peers confirm, for whoever waits for it.
pub(super) struct Confirmations {
    line: Arc<Line>,
    seen: watch::Sender<Vec<Peer>>,
    wanted: Notify,
}

/// A connection of a peer, in one life of our server.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Connected {
    life: i64,
    pid: i32,
}

#[derive(Clone)]
struct Peer {
    connected: Connected,
    /// As far as the write-ahead log of our server reached when we looked, or the peer speaks of another past.
    credible: bool,
    flushed: i64,
}

/// Who can confirm an append that is about to be made.
pub(super) struct Witnesses(Vec<Connected>);

impl Confirmations {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line, seen: watch::Sender::new(Vec::new()), wanted: Notify::new() }
    }

    /// Peers whose word counts for what is appended from now on. A server that was put back to an earlier state is told
    /// by its peers that they have everything for a long while to come: what they say they have must not be ahead of us now.
    pub(super) async fn witnesses(&self) -> Witnesses {
        let peers = self.look().await;
        Witnesses(peers.into_iter().filter(|peer| peer.credible).map(|peer| peer.connected).collect())
    }

    /// Whether a witness confirms within a time all that is committed now. Without any witness left, nobody waits.
    pub(super) async fn wait(&self, witnesses: &Witnesses, time: Duration) -> bool {
        if witnesses.0.is_empty() {
            return false;
        }
        let wait = async {
            let position = async |connection: &mut PgConnection| {
                Ok(sqlx::query_scalar::<_, i64>(POSITION).fetch_one(connection).await?)
            };
            let position = self.line.ask(position).await.ok()?;
            let mut seen = self.seen.subscribe();
            // What was seen before is of no interest: it may be of long ago.
            seen.mark_unchanged();
            self.wanted.notify_one();
            loop {
                seen.changed().await.ok()?;
                let peers = seen.borrow_and_update();
                let mut left = peers.iter().filter(|peer| witnesses.0.contains(&peer.connected)).peekable();
                left.peek()?;
                if left.any(|peer| peer.flushed >= position) {
                    return Some(());
                }
            }
        };
        timeout(time, wait).await.is_ok_and(|confirmed| confirmed.is_some())
    }

    /// Looks, again and again, as long as somebody waits.
    pub(super) async fn keep_looking(&self) {
        loop {
            self.wanted.notified().await;
            while self.seen.receiver_count() > 0 {
                self.seen.send_replace(self.look().await);
                sleep(PAUSE).await;
            }
        }
    }

    /// The peers that are connected. Without an answer nobody is; whether the database is there is for appends to say.
    async fn look(&self) -> Vec<Peer> {
        let peer = |row: &PgRow| {
            let connected = Connected { life: row.try_get("life")?, pid: row.try_get("pid")? };
            Ok(Peer { connected, credible: row.try_get("credible")?, flushed: row.try_get("flushed")? })
        };
        let look = async |connection: &mut PgConnection| {
            let rows = sqlx::query(PEERS).fetch_all(connection).await?;
            Ok(rows.iter().map(peer).collect::<Result<_, sqlx::Error>>()?)
        };
        self.line.ask(look).await.unwrap_or_default()
    }
}
