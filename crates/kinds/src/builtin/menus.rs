//! What restaurants serve.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("menus", "Restaurants", "Menus")
        .about("What is served: one item per restaurant, day and meal. A day without an item is a day without news.")
        .identified_by("The restaurant, the day and the meal together.")
        .fields([
            Field::text("place").about("The restaurant's name."),
            Field::text("place_id").about("Its code, as in `places` and `opening`."),
            Field::date("date").required().about("The day."),
            Field::choice("meal", &["breakfast", "lunch", "dinner"]).about("`lunch` without it."),
            Field::boolean("closed").means_change().about("Nothing is served that day."),
            Field::object(
                "sections",
                [
                    Field::text("name").about("The heading: `Entrées`."),
                    Field::text("dishes")
                        .list()
                        .required()
                        .about("Dishes in order, with their allergens or labels in words."),
                ],
            )
            .list()
            .means_change()
            .about("The menu, in the order of the board."),
            Field::text("price").about("What it costs, in words: `3,30 €, 1 € pour les boursiers`."),
            Field::text("note").about("What to know: `Sous réserve`."),
            Field::url("url").about("The restaurant's page."),
        ])
        .at("date")
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(1), on_device: days(2) })
        .sample(json!([
            {
                "id": "r135-2026-11-23-lunch",
                "place": "RU Lumière",
                "place_id": "r135",
                "date": "2026-11-23",
                "meal": "lunch",
                "sections": [
                    { "name": "Entrées", "dishes": ["Carottes râpées", "Velouté de potimarron"] },
                    { "name": "Plats", "dishes": ["Curry de légumes (végétarien)", "Poisson du jour, riz"] },
                    { "name": "Desserts", "dishes": ["Fromage blanc", "Pomme"] }
                ],
                "price": "3,30 €, 1 € pour les boursiers"
            },
            {
                "id": "r135-2026-11-23-dinner",
                "place": "RU Lumière",
                "place_id": "r135",
                "date": "2026-11-23",
                "meal": "dinner",
                "sections": [{ "dishes": ["Gratin dauphinois", "Salade verte"] }],
                "note": "Sous réserve"
            },
            {
                "id": "r142-2026-11-24-lunch",
                "place": "Cafétéria Droit",
                "place_id": "r142",
                "date": "2026-11-24",
                "meal": "lunch",
                "closed": true
            }
        ]))
}
