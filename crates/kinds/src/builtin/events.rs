//! Events of campus life.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("events", "Événements", "Events")
        .about("What happens on campus and is open to whoever reads it: lectures, concerts, fairs, open days.")
        .identified_by("A calendar's `UID`; where one event has several dates, the event's id and the date together.")
        .fields([
            Field::text("title").required().means_change().about("What happens."),
            Field::instant("start").required().means_change().about("When it begins."),
            Field::instant("end").means_change().about("When it ends; of whole days, the midnight after the last."),
            Field::boolean("all_day").means_change().about("Whole days count, the times of `start` and `end` do not."),
            Field::text("place").means_change().about("Where: a hall, a building, `En ligne`."),
            Field::text("address").about("How to find the place: street and town."),
            Field::text("summary").about("One or two sentences for the list."),
            Field::html("content").about("The whole announcement."),
            Field::url("url").about("The event's page, or where to sign up."),
            Field::url("image").about("A picture or a poster."),
            Field::text("category").about("One heading by which readers filter: `Conférence`."),
            Field::text("price").about("What it costs, in words: `Gratuit`, `5 € / 3 €`."),
            Field::text("organizer").about("Who runs it."),
            Field::boolean("cancelled").means_change().about("It does not take place but is still announced."),
        ])
        .lasting("start", "end")
        .lifetimes(Lifetimes { fresh_for: minutes(30), stale_for: days(2), on_device: days(14) })
        .sample(json!([
            {
                "id": "evt-2087@agenda.univ-demo.fr",
                "title": "Forum des stages et de l’alternance",
                "start": "2026-11-26T09:00:00+01:00",
                "end": "2026-11-26T17:00:00+01:00",
                "place": "Maison de l’étudiant",
                "address": "12 avenue de l’Observatoire, 25000 Besançon",
                "summary": "Soixante entreprises, relecture de CV et simulations d’entretien.",
                "url": "https://www.univ-demo.fr/forum-stages",
                "category": "Insertion",
                "price": "Gratuit",
                "organizer": "Bureau d’aide à l’insertion"
            },
            {
                "id": "evt-2091@agenda.univ-demo.fr",
                "title": "Orchestre universitaire : concert d’automne",
                "start": "2026-11-28T20:30:00+01:00",
                "place": "Amphithéâtre Curie",
                "category": "Culture",
                "price": "5 € / 3 €",
                "cancelled": true
            },
            {
                "id": "evt-2102@agenda.univ-demo.fr",
                "title": "Vacances de fin d’année",
                "start": "2026-12-19T00:00:00+01:00",
                "end": "2027-01-04T00:00:00+01:00",
                "all_day": true
            }
        ]))
}
