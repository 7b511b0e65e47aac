//! How the gates before schools' systems stand, read when it is asked: a source that is gone has no series.

use std::collections::BTreeSet;
use std::fmt::{Debug, Error, Formatter};
use std::sync::Arc;

use campus::Campuses;
use outbound::Snapshot;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use super::Source;

/// Those of the sources that are declared now.
pub(super) struct Gates(pub(super) Arc<Campuses>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Requests {
    campus: String,
    source: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Shed {
    campus: String,
    source: String,
    reason: &'static str,
}

/// A source that channels declare differently has a gate for each: the worst circuit and the sums are told.
#[derive(Default)]
struct Series {
    circuit: Family<Source, Gauge>,
    requests: Family<Requests, Gauge>,
    shed: Family<Shed, Counter>,
}

impl Series {
    fn add(&self, campus: &str, source: &str, stands: Snapshot) {
        let names = || (campus.to_owned(), source.to_owned());
        let (campus, source) = names();
        let circuit = self.circuit.get_or_create_owned(&Source { campus, source });
        circuit.set(circuit.get().max(stands.circuit as i64));
        for (state, number) in [("under_way", stands.under_way), ("waiting", stands.waiting)] {
            let (campus, source) = names();
            let number = number.try_into().unwrap_or(i64::MAX);
            self.requests.get_or_create(&Requests { campus, source, state }).inc_by(number);
        }
        for (reason, number) in [("busy", stands.busy), ("paused", stands.paused)] {
            let (campus, source) = names();
            self.shed.get_or_create(&Shed { campus, source, reason }).inc_by(number);
        }
    }
}

impl Collector for Gates {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let series = Series::default();
        for campus in self.0.all() {
            let mut told = BTreeSet::new();
            let channels = self.0.channels(&campus.id);
            for (source, upstream) in channels.values().flat_map(|channel| &channel.upstreams) {
                if told.insert(Arc::as_ptr(&upstream.gate)) {
                    series.add(&campus.id, source, upstream.gate.snapshot());
                }
            }
        }
        let mut write = |name, help, metric: &dyn EncodeMetric| {
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
        };
        write("upstream_circuit", "0: asked, 1: the next request finds out, 2: left alone", &series.circuit)?;
        write("upstream_requests", "Requests to a source, under way or waiting for their turn", &series.requests)?;
        write("upstream_shed", "Requests to a source that were not sent", &series.shed)
    }
}

impl Debug for Gates {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gates").finish_non_exhaustive()
    }
}
