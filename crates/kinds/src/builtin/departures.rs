//! The next buses, trams and trains near the campus.

use serde_json::json;

use crate::duration::{hours, minutes, seconds};
use crate::{Field, Kind, Lifetimes};

const MODES: &[&str] = &["bus", "coach", "tram", "metro", "train", "ferry", "cable", "bike", "other"];

pub(super) fn kind() -> Kind {
    Kind::new("departures", "Transports", "Departures")
        .about("The next departures at stops near the campus, timetabled or in real time.")
        .identified_by("The trip, the stop and the day together.")
        .fields([
            Field::text("line").required().about("The line as its signs show it: `C1`."),
            Field::text("colour").about("The line's colour: `#0a7d3c`."),
            Field::choice("mode", MODES).about("What runs."),
            Field::text("destination").required().about("Where it goes."),
            Field::text("stop").about("Where it leaves."),
            Field::text("stop_id").about("The stop's code at the operator."),
            Field::text("platform").means_change().about("The platform or the quay."),
            Field::instant("scheduled")
                .required()
                .about("When it should leave; sources of real time alone give `expected` here."),
            Field::instant("expected").means_change().about("When it is expected to leave, in real time."),
            Field::boolean("cancelled").means_change().about("It does not run."),
            Field::boolean("accessible").about("Whether a wheelchair can board."),
            Field::text("note").means_change().about("What disturbs it."),
        ])
        .at("scheduled")
        .lifetimes(Lifetimes { fresh_for: seconds(30), stale_for: minutes(10), on_device: hours(1) })
        .sample(json!([
            {
                "id": "T18:CAMPUS:2026-11-23",
                "line": "3",
                "colour": "#0a7d3c",
                "mode": "bus",
                "destination": "Gare Viotte",
                "stop": "Campus",
                "stop_id": "CAMPUS",
                "scheduled": "2026-11-23T12:30:00+01:00",
                "expected": "2026-11-23T12:33:20+01:00",
                "accessible": true
            },
            {
                "id": "T1-204:CAMPUS:2026-11-23",
                "line": "T1",
                "mode": "tram",
                "destination": "Hauts du Chazal",
                "stop": "Campus",
                "platform": "B",
                "scheduled": "2026-11-23T12:34:00+01:00"
            },
            {
                "id": "T19:CAMPUS:2026-11-23",
                "line": "3",
                "mode": "bus",
                "destination": "Gare Viotte",
                "scheduled": "2026-11-23T12:45:00+01:00",
                "cancelled": true,
                "note": "Manifestation au centre-ville"
            }
        ]))
}
