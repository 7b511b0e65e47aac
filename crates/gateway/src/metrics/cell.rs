//! How the cell stands among the others. Labels are names of cells and of ways: their number is bounded.

use journal::postgres::{Lag, Status};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::Gateway;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Peer {
    peer: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    peer: String,
    /// `in`: what it wrote and is not here; `out`: what was written here and is not there.
    way: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Origin {
    origin: String,
}

/// What is known of a peer that answers only is absent while it does not.
#[derive(Debug, Default)]
pub(super) struct Cell {
    alarms: Gauge,
    conflicts: Gauge,
    answers: Family<Peer, Gauge>,
    lag_entries: Family<Way, Gauge>,
    lag_seconds: Family<Way, Gauge>,
    kept_bytes: Family<Peer, Gauge>,
    skew: Family<Peer, Gauge>,
    heads: Family<Origin, Gauge>,
}

impl Cell {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("cell_alarms", "What `preau cell status` tells to do something about", self.alarms.clone());
        registry.register("cell_conflicts", "Entries that arrived under another one's number", self.conflicts.clone());
        registry.register("cell_peer_answers", "Whether a peer's database answers", self.answers.clone());
        registry.register("cell_lag_entries", "Entries that one has and the other has not", self.lag_entries.clone());
        registry.register("cell_lag_seconds", "Age of the oldest of these entries", self.lag_seconds.clone());
        registry.register("cell_kept_bytes", "Write-ahead log that is kept for a peer", self.kept_bytes.clone());
        registry.register("cell_clock_skew_ms", "How far this clock is ahead of a peer's database", self.skew.clone());
        registry.register("cell_journal_entries", "Entries of a cell that are here", self.heads.clone());
    }

    fn note(&self, status: &Status) {
        self.alarms.set(gauge(status.alarms.len() as u64));
        self.conflicts.set(gauge(status.conflicts));
        for (lags, value) in [
            (&self.lag_entries, (|lag: Lag| lag.entries) as fn(Lag) -> u64),
            (&self.lag_seconds, |lag: Lag| lag.seconds),
        ] {
            lags.clear();
            for peer in &status.peers {
                for (way, lag) in [("in", peer.behind), ("out", peer.ahead)] {
                    let label = Way { peer: peer.origin.to_string(), way };
                    lag.into_iter().for_each(|lag| {
                        lags.get_or_create(&label).set(gauge(value(lag)));
                    });
                }
            }
        }
        [&self.answers, &self.kept_bytes, &self.skew].into_iter().for_each(Family::clear);
        for peer in &status.peers {
            let label = Peer { peer: peer.origin.to_string() };
            self.answers.get_or_create(&label).set(i64::from(peer.problem.is_none()));
            peer.kept.iter().for_each(|kept| {
                self.kept_bytes.get_or_create(&label).set(gauge(kept.bytes));
            });
            peer.skew_ms.iter().for_each(|skew| {
                self.skew.get_or_create(&label).set(*skew);
            });
        }
        self.heads.clear();
        for end in &status.streams {
            self.heads.get_or_create(&Origin { origin: end.origin.to_string() }).inc_by(gauge(end.seq));
        }
    }
}

impl Gateway {
    /// Takes note of how the cell stands, for the metrics.
    pub fn note_cell(&self, status: &Status) {
        self.metrics.cell.note(status);
    }
}

fn gauge(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
