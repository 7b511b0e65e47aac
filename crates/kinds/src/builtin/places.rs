//! Places of the campus, for search and the map.

use serde_json::json;

use crate::duration::days;
use crate::{Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("places", "Lieux", "Places")
        .about("Buildings, lecture halls, restaurants, services: what people look for on a map.")
        .identified_by("The code by which other data sets name the place.")
        .fields([
            Field::text("name").required().means_change().about("What signs and timetables call it."),
            Field::text("category").about("One heading by which readers filter: `Amphithéâtres`."),
            Field::text("summary").about("What it is for, in one or two sentences."),
            Field::html("content").about("All there is to know."),
            Field::text("site").about("Which campus it is on."),
            Field::text("building").about("Which building it is in."),
            Field::text("floor").about("Which floor, as signs show it: `RDC`."),
            Field::text("address").means_change().about("Street and town."),
            Field::number("latitude").about("Degrees north (WGS 84)."),
            Field::number("longitude").about("Degrees east (WGS 84)."),
            Field::integer("capacity").about("How many people it holds."),
            Field::text("accessibility")
                .means_change()
                .about("How to get in with a wheelchair, a loop for hearing aids … in words."),
            Field::text("phone").about("Telephone number."),
            Field::text("email").about("E-mail address."),
            Field::url("url").about("Its page."),
            Field::url("image").about("A picture."),
        ])
        .lifetimes(Lifetimes { fresh_for: days(1), stale_for: days(30), on_device: days(30) })
        .sample(json!([
            {
                "id": "amphi-curie",
                "name": "Amphi Curie",
                "category": "Amphithéâtres",
                "site": "Campus Lumière",
                "building": "Bâtiment A",
                "floor": "RDC",
                "latitude": 47.2472,
                "longitude": 5.9896,
                "capacity": 350,
                "accessibility": "Entrée de plain-pied côté parc ; boucle magnétique."
            },
            {
                "id": "r135",
                "name": "RU Lumière",
                "category": "Restaurants",
                "summary": "Restaurant universitaire, près de la BU.",
                "address": "1 rue du Campus, 25000 Besançon",
                "latitude": 47.24,
                "longitude": 5.99
            },
            { "id": "fablab", "name": "Fablab", "building": "Bâtiment C", "url": "https://fablab.univ-demo.fr/" }
        ]))
}
