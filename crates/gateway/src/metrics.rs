//! Counts for operators, in the Prometheus text format. Labels are declared names, templates of addresses and words of
//! ours: their number is bounded, whatever is asked.

mod cell;
mod gates;
mod known;
mod times;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cache::{Origin, Stored};
use campus::Campuses;
use http::StatusCode;
use mapping::Account;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use sources::FailureKind;

use self::gates::Gates;
use self::known::Known;
use self::times::Times;
use crate::problem::word;
use crate::steps;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Read {
    campus: String,
    origin: &'static str,
}

/// By OpenTelemetry's names. A route is empty where an address is none of the API.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    http_route: String,
    status_class: &'static str,
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

/// Classes of statuses; informational ones are no answer.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// Times of a route's answers, by class of status.
pub(crate) struct Route([Times; CLASSES.len()]);

/// Reads of a campus's data, in the order of [`ORIGINS`].
pub(crate) struct Reads([Counter; ORIGINS.len()]);

/// How reads end; the last one is a failure.
const ORIGINS: [Option<Origin>; 5] =
    [Some(Origin::Hit), Some(Origin::Stale), Some(Origin::Miss), Some(Origin::Collapsed), None];

impl Route {
    pub(crate) fn observe(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).checked_sub(2);
        if let Some(times) = class.and_then(|class| self.0.get(class)) {
            times.observe(took);
        }
    }
}

impl Reads {
    pub(crate) fn count(&self, origin: Option<Origin>) {
        let place = ORIGINS.iter().position(|known| *known == origin);
        if let Some(count) = place.and_then(|place| self.0.get(place)) {
            count.inc();
        }
    }
}

/// A request under way; counted until dropped, however it ends.
pub(crate) struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Login {
    campus: String,
    outcome: &'static str,
}

/// The counts of one process.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Times>,
    routes: Known<String, Route>,
    under_way: Gauge,
    responses: Family<Answered, Counter>,
    /// From 100 on, each made when it is first answered.
    statuses: [OnceLock<Counter>; 500],
    reads: Family<Read, Counter>,
    readers: Known<String, Reads>,
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
    /// The gateway's own, those of the campuses' sources, and what others collect.
    pub(crate) fn new(campuses: Arc<Campuses>, collectors: Vec<Box<dyn Collector>>) -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            routes: Known::default(),
            under_way: Gauge::default(),
            responses: Family::default(),
            statuses: [const { OnceLock::new() }; 500],
            reads: Family::default(),
            readers: Known::default(),
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
        collectors.into_iter().for_each(|collector| registry.register_collector(collector));
        registry.register_with_unit(
            "http_server_request_duration",
            "Time from a request's head to its answer's",
            Unit::Seconds,
            metrics.requests.clone(),
        );
        registry.register("http_server_active_requests", "Requests under way", metrics.under_way.clone());
        let registry = registry.sub_registry_with_prefix("preau");
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
        registry.register_collector(Box::new(Gates(campuses)));
        metrics
    }

    /// A request begins.
    pub(crate) fn under_way(&self) -> UnderWay {
        self.under_way.inc();
        UnderWay(self.under_way.clone())
    }

    /// A request was answered at a route: the template of its address, empty where it is none of the API.
    pub(crate) fn responded(&self, route: &str, status: StatusCode, took: Duration) {
        self.route(route).observe(status, took);
        let status = status.as_u16();
        if let Some(count) = self.statuses.get(usize::from(status).saturating_sub(100)) {
            count.get_or_init(|| self.responses.get_or_create_owned(&Answered { status })).inc();
        }
    }

    /// The times of a route, for who keeps them.
    pub(crate) fn route(&self, route: &str) -> Arc<Route> {
        let times =
            |status_class| self.requests.get_or_create_owned(&Request { http_route: route.to_owned(), status_class });
        self.routes.get(route, || Route(CLASSES.map(times)))
    }

    /// What is kept served a read; `None` where there was nothing.
    pub(crate) fn read(&self, campus: &str, origin: Option<Origin>) {
        self.reads(campus).count(origin);
    }

    /// The reads of a campus, for who keeps them.
    pub(crate) fn reads(&self, campus: &str) -> Arc<Reads> {
        let count =
            |origin| self.reads.get_or_create_owned(&Read { campus: campus.to_owned(), origin: steps::word(origin) });
        self.readers.get(campus, || Reads(ORIGINS.map(count)))
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
