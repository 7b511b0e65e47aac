//! The person's courses on the learning platform.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("courses", "Cours", "Courses")
        .about("The courses a person follows, as the learning platform (Moodle …) lists them, each leading there.")
        .identified_by("The course's number on the platform.")
        .fields([
            Field::text("title").required().means_change().about("The course's name."),
            Field::text("code").about("Its code in the records of students: `INF301`."),
            Field::text("summary").about("What it is about, in one or two sentences."),
            Field::text("teacher").means_change().about("Who teaches; several people joined by a comma."),
            Field::text("category").about("The heading it stands under: `Licence 3 Informatique`."),
            Field::text("year").about("The academic year: `2026-2027`."),
            Field::text("term").about("The semester or term: `S5`."),
            Field::date("start").about("Its first day."),
            Field::date("end").about("Its last day; phones put ended courses aside."),
            Field::number("ects").about("Its ECTS credits."),
            Field::number("progress").about("How much of it the person completed, in percent."),
            Field::url("url").about("The course on the platform."),
            Field::url("image").about("Its picture."),
        ])
        .audience(Audience::Personal)
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(1), on_device: days(30) })
        .sample(json!([
            {
                "id": "1182",
                "title": "Algorithmique avancée",
                "code": "INF301",
                "summary": "Graphes, programmation dynamique, complexité.",
                "teacher": "Jean Martin, Élodie Dubois",
                "category": "Licence 3 Informatique",
                "year": "2026-2027",
                "term": "S5",
                "start": "2026-09-07",
                "end": "2026-12-18",
                "ects": 6,
                "progress": 62.5,
                "url": "https://moodle.univ-demo.fr/course/view.php?id=1182"
            },
            {
                "id": "1190",
                "title": "Réseaux",
                "code": "INF302",
                "teacher": "Minh Nguyen",
                "url": "https://moodle.univ-demo.fr/course/view.php?id=1190"
            },
            { "id": "87", "title": "Se former à la bibliothèque", "progress": 0 }
        ]))
}
