//! The person's marks and results.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("grades", "Notes", "Grades")
        .about(
            "Marks and results, flat: the tree of year, term, unit, course and exam is rebuilt from the fields of \
             these names. Map published marks only: the school's own flag decides, not the presence of a mark.",
        )
        .identified_by("The exam's or the result's key together with its session.")
        .fields([
            Field::text("title").required().means_change().about("What was marked: `Partiel`, `Moyenne du semestre`."),
            Field::number("value")
                .means_change()
                .about("The mark; absent while unmarked, or where only `result` says it."),
            Field::number("out_of").means_change().about("The best possible mark: 20."),
            Field::text("result")
                .means_change()
                .about("What stands beside or instead of a number: `ADM`, `B`, `Validé`."),
            Field::choice("status", &["published", "pending", "absent", "excused", "exempt"])
                .means_change()
                .about("`published` without it; `excused` is an accepted absence, `exempt` a mark that is not due."),
            Field::choice("level", &["exam", "course", "unit", "term", "year"])
                .about("What the mark sums up; `exam` without it."),
            Field::number("coefficient").about("Its weight among the marks beside it."),
            Field::number("ects").about("ECTS credits earned with it."),
            Field::date("date").about("The day of the exam, or of the result."),
            Field::integer("session").about("1, or 2 for a resit."),
            Field::text("year").about("The academic year: `2026-2027`."),
            Field::text("term").about("The semester or term: `S5`."),
            Field::text("unit").about("The teaching unit: `UE51 Informatique`."),
            Field::text("course").about("The course's name or code, as in the timetable where possible."),
            Field::number("class_average").about("The average of the class, out of the same `out_of`."),
            Field::number("min").about("The lowest mark of the class."),
            Field::number("max").about("The highest mark of the class."),
            Field::integer("rank").about("The place within the class, where the school tells it."),
            Field::text("comment").about("What the examiner wrote."),
        ])
        .at("date")
        .newest_first()
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: minutes(15), stale_for: days(1), on_device: days(30) })
        .sample(json!([
            {
                "id": "INF302-tp2-1",
                "title": "TP noté",
                "status": "pending",
                "date": "2026-11-18",
                "year": "2026-2027",
                "term": "S5",
                "course": "Réseaux"
            },
            {
                "id": "INF301-partiel-1",
                "title": "Partiel",
                "value": 14.5,
                "out_of": 20,
                "status": "published",
                "level": "exam",
                "coefficient": 2,
                "date": "2026-11-12",
                "session": 1,
                "year": "2026-2027",
                "term": "S5",
                "unit": "UE51 Informatique",
                "course": "Algorithmique avancée",
                "class_average": 11.8,
                "min": 4,
                "max": 18.5,
                "comment": "Démonstrations claires."
            },
            {
                "id": "2025-2026-S4",
                "title": "Semestre 4",
                "value": 12.75,
                "out_of": 20,
                "result": "ADM",
                "level": "term",
                "ects": 30,
                "date": "2026-06-19",
                "year": "2025-2026",
                "term": "S4"
            }
        ]))
}
