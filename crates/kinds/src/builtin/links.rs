//! Links to other services of the campus.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("links", "Liens utiles", "Links")
        .about(
            "Doors to what the app does not show itself: mail, the learning platform, payment, help in an emergency.",
        )
        .identified_by("Any word of the school's own; the address may change.")
        .fields([
            Field::text("title").required().means_change().about("What the link leads to."),
            Field::url("url").required().means_change().about("Where it leads: a page, `mailto:` or `tel:`."),
            Field::text("summary").about("What one can do there."),
            Field::text("category").about("One heading it stands under: `Urgences`."),
            Field::integer("order").about("Its place under the heading, from 1."),
            Field::url("image").about("An icon."),
        ])
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(7), on_device: days(30) })
        .sample(json!([
            {
                "id": "moodle",
                "title": "Moodle",
                "url": "https://moodle.univ-demo.fr/",
                "summary": "Supports de cours et devoirs.",
                "category": "Études",
                "order": 1,
                "image": "https://www.univ-demo.fr/icones/moodle.png"
            },
            {
                "id": "izly",
                "title": "Recharger mon compte Izly",
                "url": "https://mon-espace.izly.fr/",
                "category": "Vie pratique",
                "order": 1
            },
            { "id": "pc-securite", "title": "PC sécurité", "url": "tel:+33300000018", "category": "Urgences" }
        ]))
}
