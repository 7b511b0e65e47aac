//! Traces to a collector: which requests have one, and the way out through the operator's rules.

mod exporter;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gateway::Peer;
use http::{HeaderMap, Request};
use ipnet::IpNet;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::instrument::Instrumented;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Instrument, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::registry::LookupSpan;

use self::exporter::Exporter;
use crate::settings::Settings;

/// What is left in the process when it ends is sent within this time.
const FAREWELL: Duration = Duration::from_secs(3);

/// Crates whose spans are the path's.
const OURS: [&str; 2] = ["gateway", "outbound"];

/// Traces of a share of the requests.
pub(crate) struct Telemetry {
    provider: SdkTracerProvider,
    choice: Arc<Choice>,
}

impl Telemetry {
    /// What the settings say; `None` where they say nothing. Needs the runtime.
    ///
    /// # Errors
    /// The setting that cannot be right.
    pub(crate) fn open(settings: &Settings) -> Result<Option<Self>, String> {
        let Some(telemetry) = &settings.telemetry else { return Ok(None) };
        if !(0.0..=1.0).contains(&telemetry.sampling) {
            return Err(format!("telemetry.sampling: {} is no share: write 0.0 to 1.0", telemetry.sampling));
        }
        let mut attributes = vec![
            KeyValue::new("service.name", telemetry.service.clone()),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ];
        let cell = settings.cell.as_ref().map(|cell| KeyValue::new("preau.cell", cell.name.to_string()));
        attributes.extend(cell);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::AlwaysOn)
            .with_resource(Resource::builder_empty().with_attributes(attributes).build())
            .with_batch_exporter(Exporter::new(settings, telemetry)?)
            .build();
        let choice = Choice { share: telemetry.sampling, asked: AtomicU64::new(0), trusted: telemetry.trusted.clone() };
        Ok(Some(Self { provider, choice: Arc::new(choice) }))
    }

    /// What turns spans into those of a trace. A request that has no root span has none at all, and costs nothing more
    /// than the question.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let filter = DynFilterFn::new(|metadata, context| {
            is_ours(metadata) && (metadata.name() == "request" || context.lookup_current().is_some())
        });
        let filter = filter
            .with_max_level_hint(LevelFilter::DEBUG)
            .with_callsite_filter(|metadata| if is_ours(metadata) { Interest::sometimes() } else { Interest::never() });
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer("preau"));
        // A span says what its step declares, and no places or threads of the program.
        let layer = layer.with_location(false).with_threads(false).with_target(false).with_level(false);
        layer.with_tracked_inactivity(false).with_context_activation(false).with_filter(filter)
    }

    /// Sends what is left.
    pub(crate) async fn close(self) {
        // It waits for a thread which waits for this runtime.
        let _ = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FAREWELL)).await;
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    let part = metadata.target().split("::").next().unwrap_or_default();
    metadata.is_span() && OURS.contains(&part)
}

/// Opens the root span of each request that has a trace.
pub(crate) fn around<A, B, F>(
    telemetry: Option<&Telemetry>,
    answer: A,
) -> impl Fn(Request<B>, Peer) -> Instrumented<F> + use<A, B, F>
where
    A: Fn(Request<B>, Peer) -> F,
    F: Future,
{
    let choice = telemetry.map(|telemetry| Arc::clone(&telemetry.choice));
    move |request, peer| {
        let root = choice.as_ref().map_or_else(Span::none, |choice| choice.root(&request, peer));
        answer(request, peer).instrument(root)
    }
}

/// Which requests have a trace.
struct Choice {
    share: f64,
    asked: AtomicU64,
    trusted: Vec<IpNet>,
}

impl Choice {
    fn root<B>(&self, request: &Request<B>, peer: Peer) -> Span {
        let Some(parent) = self.traced(peer, request.headers()) else { return Span::none() };
        let root = gateway::root_span(request.method(), peer);
        // It fails where no trace is made at all.
        let _ = root.set_parent(parent);
        root
    }

    /// Whether a request has a trace, and within which one of a trusted proxy. What strangers send
    /// (<https://www.w3.org/TR/trace-context/>) is not looked at: their flag would decide what we pay, and their number
    /// what is found together.
    fn traced(&self, peer: Peer, headers: &HeaderMap) -> Option<Context> {
        let parent = self.trusts(peer.address.to_canonical()).then(|| parent(headers)).flatten();
        match parent {
            Some(parent) => parent.span().span_context().is_sampled().then_some(parent),
            None => self.chosen().then(Context::new),
        }
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|range| range.contains(&peer))
    }

    /// Spread evenly: multiples of the golden ratio have their fractions everywhere, and never twice the same.
    fn chosen(&self) -> bool {
        let number = self.asked.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.share > (number >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The span that a request's sender has opened for it.
fn parent(headers: &HeaderMap) -> Option<Context> {
    struct Headers<'a>(&'a HeaderMap);
    impl Extractor for Headers<'_> {
        fn get(&self, key: &str) -> Option<&str> {
            self.0.get(key)?.to_str().ok()
        }

        fn keys(&self) -> Vec<&str> {
            self.0.keys().map(http::HeaderName::as_str).collect()
        }
    }
    let found = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
    found.span().span_context().is_valid().then_some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
