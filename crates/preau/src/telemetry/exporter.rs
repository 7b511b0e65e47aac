//! Batches of spans as OTLP (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>), through the door that all connections
//! take.

use std::sync::atomic::{AtomicBool, Ordering};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use outbound::{Client, Outbound, Request, Rules};
use prost::Message;
use tokio::runtime::Handle;
use url::Url;

use crate::environment;
use crate::settings::{Settings, Telemetry};

/// The way to the collector. The thread that collects batches is no runtime's: the runtime sends.
#[derive(Debug)]
pub(super) struct Exporter {
    client: Client,
    endpoint: Url,
    headers: HeaderMap,
    resource: ResourceAttributesWithSchema,
    runtime: Handle,
    /// Whether the log says already that nothing arrives.
    told: AtomicBool,
}

impl Exporter {
    pub(super) fn new(settings: &Settings, telemetry: &Telemetry) -> Result<Self, String> {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"))]);
        for (name, value) in &telemetry.headers {
            let key = format!("telemetry.headers.{name}");
            let value = HeaderValue::try_from(value.find(&key)?);
            let mut value = value.map_err(|_| format!("{key}: what it says cannot be in a header"))?;
            value.set_sensitive(true);
            let name = HeaderName::try_from(name).map_err(|_| format!("{key}: this is no name of a header"))?;
            headers.insert(name, value);
        }
        let endpoint = telemetry.endpoint.parse().map_err(|error| {
            format!("telemetry.endpoint: {error}: write an address such as https://otel.preau.example/v1/traces")
        })?;
        let rules =
            Rules { hosts: environment::hosts(settings)?, private: telemetry.private.clone(), ..Rules::default() };
        Ok(Self {
            client: Outbound::new(&environment::authorities(settings)?)?.client(rules),
            endpoint,
            headers,
            resource: ResourceAttributesWithSchema::default(),
            runtime: Handle::current(),
            told: AtomicBool::new(false),
        })
    }

    fn request(&self, batch: Vec<SpanData>) -> Request {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        Request {
            method: Method::POST,
            url: self.endpoint.clone(),
            headers: self.headers.clone(),
            body: ExportTraceServiceRequest { resource_spans }.encode_to_vec().into(),
        }
    }
}

impl SpanExporter for Exporter {
    /// A batch that does not arrive is lost: a trace is worth no memory and no second try.
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let (client, request) = (self.client.clone(), self.request(batch));
        let sending = self.runtime.spawn(async move { client.send(request).await.and_then(outbound::Response::check) });
        let sent = sending.await.map_err(|error| error.to_string());
        match sent.and_then(|answer| answer.map_err(|failure| failure.to_string())) {
            Ok(_) => {
                self.told.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(why) => {
                if !self.told.swap(true, Ordering::Relaxed) {
                    tracing::warn!("traces are lost until the collector takes them again: {why}");
                }
                Err(OTelSdkError::InternalFailure(why))
            }
        }
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
