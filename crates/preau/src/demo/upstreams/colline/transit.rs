//! The funicular, the tram and a bus near the school, in an interface of the operator's own.

use axum::Router;
use axum::routing::get;
use jiff::ZonedDateTime;
use serde_json::{Value, json};

use crate::demo::upstreams::answer;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::passages::{Line, Passage, passages};

const fn line(name: &'static str, mode: &'static str, destination: &'static str, every: i64, offset: i64) -> Line {
    Line { name, mode, colour: "", destination, platform: "", every, offset }
}

const LINES: &[Line] = &[
    Line { colour: "7fbf3f", platform: "1", ..line("F1", "funiculaire", "Place Basse", 6, 2) },
    Line { colour: "d4006a", platform: "Sud", ..line("T2", "tramway", "Gare des Terreaux", 9, 4) },
    Line { colour: "d4006a", platform: "Nord", ..line("T2", "tramway", "Hôpital du Plateau", 9, 7) },
    Line { colour: "1a4f9c", platform: "B", ..line("C13", "bus", "Parc des Mûriers", 15, 5) },
];

pub fn routes(clock: &Clock) -> Router {
    let clock = clock.clone();
    Router::new().route("/temps-reel/arrets/1842", get(move || async move { answer::json(&stop(&clock.now())) }))
}

/// The stop's departures of the next two hours; times are local and carry no zone.
pub fn stop(now: &ZonedDateTime) -> Value {
    let passages: Vec<_> = passages(LINES, now).iter().map(passage).collect();
    json!({
        "arret": { "id": "1842", "nom": "Colline – École" },
        "calcule_le": now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        "passages": passages
    })
}

fn passage(passage: &Passage<'_>) -> Value {
    let line = passage.line;
    let minutes = |at: &ZonedDateTime| at.strftime("%Y-%m-%dT%H:%M:00").to_string();
    json!({
        "course": format!("{}{}{}", line.name, line.platform, passage.trip),
        "ligne": line.name,
        "type": line.mode,
        "couleur": line.colour,
        "direction": line.destination,
        "quai": line.platform,
        "theorique": minutes(&passage.scheduled),
        "reel": minutes(&passage.expected),
        "etat": passage.state(["à l’heure", "retardé", "supprimé"]),
        "pmr": line.mode != "bus"
    })
}
