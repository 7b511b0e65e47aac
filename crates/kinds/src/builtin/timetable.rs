//! The person's timetable: classes, exams, bookings.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("timetable", "Emploi du temps", "Timetable")
        .about("Classes and exams in time. A group's timetable is the same kind in a data set of its own, for all.")
        .identified_by(
            "A calendar's `UID`, which stays when a class moves; rebuilt ids (Celcat) give way to start and course.",
        )
        .fields([
            Field::text("title").required().means_change().about("What is shown first: the subject."),
            Field::instant("start").required().means_change().about("When it begins."),
            Field::instant("end").means_change().about("When it ends; of whole days, the midnight after the last."),
            Field::boolean("all_day").means_change().about("Whole days count, the times of `start` and `end` do not."),
            Field::text("room").means_change().about("Where; several rooms joined by a comma."),
            Field::text("site").about("Which campus or building, where the room's name does not say."),
            Field::text("teacher").means_change().about("Who teaches; several people joined by a comma."),
            Field::text("groups").list().about("Who attends: `L3 INFO`, `TD 2`."),
            Field::text("type")
                .means_change()
                .about("The form of teaching in the school's words: `CM`, `TD`, `Examen`."),
            Field::text("course").about("The code of the course: `INF301`."),
            Field::url("url").about("The online class, or the course's page."),
            Field::text("note").means_change().about("What to bring or to know, without the export's own dates."),
            Field::boolean("cancelled").means_change().about("It does not take place but is still shown."),
        ])
        .lasting("start", "end")
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: minutes(15), stale_for: days(1), on_device: days(14) })
        .sample(json!([
            {
                "id": "ADE60554841323032362d323032372d393932322d302d34",
                "title": "Algorithmique avancée",
                "start": "2026-11-23T10:15:00+01:00",
                "end": "2026-11-23T12:15:00+01:00",
                "room": "B204",
                "site": "Campus Lumière",
                "teacher": "Élodie Dubois",
                "groups": ["L3 INFO", "TD 2"],
                "type": "TD",
                "course": "INF301",
                "note": "Apporter un ordinateur portable."
            },
            {
                "id": "ADE60554841323032362d323032372d393933312d302d31",
                "title": "Réseaux",
                "start": "2026-11-23T14:00:00+01:00",
                "end": "2026-11-23T17:00:00+01:00",
                "room": "Salle info 3, Salle info 4",
                "teacher": "Minh Nguyen",
                "type": "TP",
                "cancelled": true
            },
            {
                "id": "ADE60554841323032362d323032372d393934302d302d30",
                "title": "Anglais",
                "start": "2026-11-24T09:00:00+01:00",
                "end": "2026-11-24T11:00:00+01:00",
                "room": "Amphi Curie",
                "type": "Examen",
                "course": "ANG31"
            }
        ]))
}
