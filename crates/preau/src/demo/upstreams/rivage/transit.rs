//! The town's buses and boats in real time, as SIRI Lite; each fifth answer is a failure, as operators have them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use jiff::ZonedDateTime;
use serde_json::{Value, json};

use crate::demo::upstreams::answer;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::passages::{Line, Passage, passages};

const STOP: &str = "Campus Bernaches";

const fn line(name: &'static str, colour: &'static str, destination: &'static str, every: i64, offset: i64) -> Line {
    Line { name, mode: "bus", colour, destination, platform: "A", every, offset }
}

const LINES: &[Line] = &[
    line("C1", "#0a7d3c", "Gare de Rivage", 8, 3),
    Line { platform: "B", ..line("C1", "#0a7d3c", "Les Minimes-Plage", 8, 6) },
    line("52", "#8a1c7c", "Cité administrative", 20, 11),
    Line { platform: "B", ..line("52", "#8a1c7c", "Zone technopolitaine", 20, 4) },
    Line { mode: "ferry", platform: "Ponton", ..line("Passeur", "#0062a3", "Vieux-Port", 30, 15) },
];

/// One request in so many is answered 503.
const FAILING: u32 = 5;

pub fn routes(clock: &Clock) -> Router {
    let clock = clock.clone();
    let asked = Arc::new(AtomicU32::new(0));
    let answer = move || async move {
        if asked.fetch_add(1, Ordering::Relaxed) % FAILING == FAILING - 1 {
            return unavailable();
        }
        answer::json(&stop_monitoring(&clock.now()))
    };
    Router::new().route("/siri/2.0/stop-monitoring.json", get(answer))
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [("Retry-After", "2")], "Service temporairement indisponible").into_response()
}

/// The stop's departures of the next two hours.
pub fn stop_monitoring(now: &ZonedDateTime) -> Value {
    let visits: Vec<_> = passages(LINES, now).iter().map(visit).collect();
    let response = now.timestamp().to_string();
    json!({ "Siri": { "ServiceDelivery": {
        "ResponseTimestamp": response,
        "ProducerRef": "RIVAGE-MOBILITES",
        "StopMonitoringDelivery": [{ "version": "2.0", "ResponseTimestamp": response, "MonitoredStopVisit": visits }]
    } } })
}

fn visit(passage: &Passage<'_>) -> Value {
    let line = passage.line;
    json!({
        "MonitoringRef": { "value": "RIV:StopPoint:BERNACHES:" },
        "MonitoredVehicleJourney": {
            "LineRef": { "value": format!("RIV:Line:{}:LOC", line.name) },
            "FramedVehicleJourneyRef": {
                "DataFrameRef": { "value": passage.scheduled.date().to_string() },
                "DatedVehicleJourneyRef": format!("{}-{}-{}", line.name, line.platform, passage.trip)
            },
            "PublishedLineName": [{ "value": line.name }],
            "VehicleMode": [line.mode],
            "DestinationName": [{ "value": line.destination }],
            "MonitoredCall": {
                "StopPointName": [{ "value": STOP }],
                "DeparturePlatformName": { "value": line.platform },
                "AimedDepartureTime": passage.scheduled.timestamp().to_string(),
                "ExpectedDepartureTime": passage.expected.timestamp().to_string(),
                "DepartureStatus": passage.state(["onTime", "delayed", "cancelled"])
            }
        }
    })
}
