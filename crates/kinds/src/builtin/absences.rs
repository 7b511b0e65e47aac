//! The person's absences and late arrivals.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("absences", "Absences", "Absences")
        .about("Classes that a person missed or came late to, and whether the school accepts the reason.")
        .identified_by("The absence's key in the records of students.")
        .fields([
            Field::text("title").required().means_change().about("What was missed: the subject, `Journée entière`."),
            Field::instant("start").required().means_change().about("When the absence began."),
            Field::instant("end").means_change().about("When it ended; of whole days, the midnight after the last."),
            Field::boolean("all_day").means_change().about("Whole days count, the times of `start` and `end` do not."),
            Field::choice("type", &["absence", "lateness", "exclusion"]).about("`absence` without it."),
            Field::integer("minutes").about("How long the person was missing, in minutes."),
            Field::boolean("justified")
                .means_change()
                .about("Whether the school accepts the reason; absent while it has not decided."),
            Field::text("reason").about("The reason given: `Maladie`."),
            Field::date("justify_by").means_change().about("The last day to hand in a reason."),
            Field::text("course").about("The code of the course: `INF301`."),
            Field::text("teacher").about("Who noted it."),
            Field::text("note").about("What the school adds."),
            Field::url("url").about("Where to hand in a reason."),
        ])
        .lasting("start", "end")
        .newest_first()
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: minutes(15), stale_for: days(1), on_device: days(30) })
        .sample(json!([
            {
                "id": "abs-5530",
                "title": "TP Réseaux",
                "start": "2026-11-17T14:00:00+01:00",
                "end": "2026-11-17T17:00:00+01:00",
                "type": "absence",
                "minutes": 180,
                "justify_by": "2026-11-24",
                "course": "INF302",
                "teacher": "Minh Nguyen",
                "url": "https://scolarite.univ-demo.fr/absences/5530"
            },
            {
                "id": "abs-5502",
                "title": "Anglais",
                "start": "2026-11-04T09:00:00+01:00",
                "type": "lateness",
                "minutes": 20,
                "justified": false
            },
            {
                "id": "abs-5417",
                "title": "Journée entière",
                "start": "2026-10-14T00:00:00+02:00",
                "end": "2026-10-15T00:00:00+02:00",
                "all_day": true,
                "justified": true,
                "reason": "Maladie"
            }
        ]))
}
