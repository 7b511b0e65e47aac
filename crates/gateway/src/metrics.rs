//! Counts for operators, in the Prometheus text format. Labels are declared names only: their number is bounded.

mod cell;

use std::sync::Arc;
use std::time::Duration;

use cache::{Origin, Stored};
use mapping::Account;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use sources::FailureKind;

use crate::problem::word;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Read {
    campus: String,
    origin: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Fetch {
    campus: String,
    source: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Source {
    campus: String,
    source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Fate {
    campus: String,
    data: String,
    fate: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Login {
    campus: String,
    outcome: &'static str,
}

/// The counts of one process.
pub(crate) struct Metrics {
    registry: Registry,
    responses: Family<Answered, Counter>,
    reads: Family<Read, Counter>,
    fetches: Family<Fetch, Counter>,
    seconds: Family<Source, Histogram>,
    records: Family<Fate, Counter>,
    logins: Family<Login, Counter>,
    cache_bytes: Gauge,
    cache_entries: Gauge,
    disk_bytes: Gauge,
    disk_entries: Gauge,
    disk_failing: Gauge,
    alarms: Gauge,
    cell: cell::Cell,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("preau"),
            responses: Family::default(),
            reads: Family::default(),
            fetches: Family::default(),
            seconds: Family::new_with_constructor(|| {
                Histogram::new([0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0])
            }),
            records: Family::default(),
            logins: Family::default(),
            cache_bytes: Gauge::default(),
            cache_entries: Gauge::default(),
            disk_bytes: Gauge::default(),
            disk_entries: Gauge::default(),
            disk_failing: Gauge::default(),
            alarms: Gauge::default(),
            cell: cell::Cell::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("responses", "Responses by status", metrics.responses.clone());
        registry.register("cache_reads", "Reads of the level-2 cache by how they were answered", metrics.reads.clone());
        registry.register("upstream_fetches", "Upstream fetches by outcome", metrics.fetches.clone());
        registry.register(
            "upstream_fetch_seconds",
            "Time of an upstream fetch, mapping included",
            metrics.seconds.clone(),
        );
        registry.register("records", "Upstream records by what became of them", metrics.records.clone());
        registry.register("sign_ins", "Sign-ins by outcome", metrics.logins.clone());
        registry.register("cache_bytes", "Bytes in the level-2 cache", metrics.cache_bytes.clone());
        registry.register("cache_entries", "Entries in the level-2 cache", metrics.cache_entries.clone());
        registry.register("cache_disk_bytes", "Bytes of the level-2 cache on disk", metrics.disk_bytes.clone());
        registry.register("cache_disk_entries", "Entries of the level-2 cache on disk", metrics.disk_entries.clone());
        registry.register("cache_disk_failing", "1 while nothing can be kept on disk", metrics.disk_failing.clone());
        registry.register("state_alarms", "What `preau status` tells to do something about", metrics.alarms.clone());
        metrics.cell.register(registry);
        metrics
    }

    pub(crate) fn responded(&self, status: u16) {
        self.responses.get_or_create(&Answered { status }).inc();
    }

    pub(crate) fn read(&self, campus: &str, origin: Option<Origin>) {
        let origin = match origin {
            Some(Origin::Hit) => "hit",
            Some(Origin::Stale) => "stale",
            Some(Origin::Miss) => "miss",
            Some(Origin::Collapsed) => "collapsed",
            None => "failed",
        };
        self.reads.get_or_create(&Read { campus: campus.to_owned(), origin }).inc();
    }

    pub(crate) fn fetched(&self, campus: &str, source: &str, failure: Option<FailureKind>, took: Duration) {
        let outcome = failure.map_or("ok", word);
        self.fetches.get_or_create(&Fetch { campus: campus.to_owned(), source: source.to_owned(), outcome }).inc();
        self.seconds
            .get_or_create(&Source { campus: campus.to_owned(), source: source.to_owned() })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn mapped(&self, campus: &Arc<str>, data: &Arc<str>, account: &Account) {
        for (fate, count) in [("mapped", account.mapped), ("rejected", account.rejected)] {
            self.records
                .get_or_create(&Fate { campus: campus.to_string(), data: data.to_string(), fate })
                .inc_by(count);
        }
    }

    pub(crate) fn login(&self, campus: &str, failure: Option<identity::FailureKind>) {
        let outcome = match failure {
            None => "ok",
            Some(identity::FailureKind::Unavailable) => "unavailable",
            Some(identity::FailureKind::Denied) => "denied",
            Some(identity::FailureKind::Invalid) => "invalid",
            Some(identity::FailureKind::Stale) => "stale",
            Some(identity::FailureKind::Misconfigured) => "misconfigured",
            Some(identity::FailureKind::TooMany) => "too_many",
        };
        self.logins.get_or_create(&Login { campus: campus.to_owned(), outcome }).inc();
    }

    pub(crate) fn render(&self, stored: &Stored, alarms: usize) -> String {
        self.alarms.set(alarms.try_into().unwrap_or(i64::MAX));
        let sizes = [
            (&self.cache_bytes, stored.bytes),
            (&self.cache_entries, stored.entries),
            (&self.disk_bytes, stored.disk_bytes),
            (&self.disk_entries, stored.disk_entries),
            (&self.disk_failing, u64::from(stored.disk_failure.is_some())),
        ];
        for (gauge, size) in sizes {
            gauge.set(size.try_into().unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        // Writing to memory has no way to fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}
