//! Notices: short messages that people must not miss.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("notices", "Avis", "Notices")
        .about(
            "Short messages that people must not miss: a closed site, a strike, a failure of the network, a deadline.",
        )
        .identified_by("The message's number in the system that sends it.")
        .fields([
            Field::text("title").required().means_change().about("The message in one line."),
            Field::html("content").means_change().about("What to know and to do."),
            Field::choice("level", &["information", "warning", "urgent"])
                .means_change()
                .about("How loudly it is shown; `information` without it. `urgent` is for the safety of people."),
            Field::text("category").about("What it concerns: `Transports`, `Numérique`."),
            Field::text("place").about("Where it applies, if not everywhere."),
            Field::url("url").about("Where more is said."),
            Field::instant("published").required().about("When it was issued."),
            Field::instant("expires").means_change().about("After this instant it is no longer shown."),
        ])
        .at("published")
        .newest_first()
        .lifetimes(Lifetimes { fresh_for: minutes(2), stale_for: days(1), on_device: days(7) })
        .sample(json!([
            {
                "id": "avis-318",
                "title": "Bâtiment C évacué : cours de l’après-midi annulés",
                "content": "<p>Une fuite d’eau est en cours de réparation. Ne vous rendez pas au bâtiment C.</p>",
                "level": "urgent",
                "category": "Sécurité",
                "place": "Bâtiment C",
                "published": "2026-11-23T11:40:00+01:00",
                "expires": "2026-11-23T20:00:00+01:00"
            },
            {
                "id": "avis-316",
                "title": "Grève des transports mardi 24 novembre",
                "level": "warning",
                "category": "Transports",
                "url": "https://www.univ-demo.fr/transports",
                "published": "2026-11-22T18:00:00+01:00",
                "expires": "2026-11-25T00:00:00+01:00"
            },
            {
                "id": "avis-309",
                "title": "Réinscription aux examens de seconde session jusqu’au 4 décembre",
                "level": "information",
                "category": "Scolarité",
                "published": "2026-11-16T08:00:00+01:00"
            }
        ]))
}
