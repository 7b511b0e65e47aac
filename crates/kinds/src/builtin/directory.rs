//! The directory: whom to reach, and how.

use serde_json::json;

use crate::duration::{days, hours};
use crate::{Audience, Field, Kind, Lifetimes};

pub(super) fn kind() -> Kind {
    Kind::new("directory", "Annuaire", "Directory")
        .about("People and services that one may need to reach. Leave out who asked not to be listed.")
        .identified_by("The directory's `uid` or `supannEmpId`; an e-mail address changes with a name.")
        .fields([
            Field::text("name").required().means_change().about("What is shown: first and last name, or the service."),
            Field::text("first_name").about("First name of a person."),
            Field::text("last_name").about("Last name of a person, by which lists are ordered."),
            Field::text("category").about("One heading by which readers filter: `Enseignants`, `Services`."),
            Field::text("role").means_change().about("What they do: `Maîtresse de conférences`."),
            Field::text("service").means_change().about("Where they belong: `UFR Informatique`."),
            Field::text("email").means_change().about("E-mail address."),
            Field::text("phone")
                .means_change()
                .about("Telephone number, with the country's prefix if it may be called from abroad."),
            Field::text("office").means_change().about("Where to find them: building and room."),
            Field::text("hours").about("When to find them, in words."),
            Field::url("url").about("Their page."),
            Field::url("photo").about("Their picture."),
        ])
        .audience(Audience::Members)
        .lifetimes(Lifetimes { fresh_for: hours(1), stale_for: days(7), on_device: days(7) })
        .sample(json!([
            {
                "id": "edubois",
                "name": "Élodie Dubois",
                "first_name": "Élodie",
                "last_name": "Dubois",
                "category": "Enseignants",
                "role": "Maîtresse de conférences",
                "service": "UFR Informatique",
                "email": "elodie.dubois@univ-demo.fr",
                "phone": "+33 3 00 00 00 12",
                "office": "Bâtiment B, bureau 312",
                "url": "https://www.univ-demo.fr/annuaire/edubois"
            },
            {
                "id": "jmartin",
                "name": "Jean Martin",
                "last_name": "Martin",
                "category": "Enseignants",
                "service": "UFR Informatique",
                "email": "jean.martin@univ-demo.fr"
            },
            {
                "id": "scolarite-sciences",
                "name": "Scolarité Sciences",
                "category": "Services",
                "phone": "+33 3 00 00 00 40",
                "office": "Bâtiment A, rez-de-chaussée",
                "hours": "Du lundi au vendredi, 9 h – 12 h et 13 h 30 – 16 h"
            }
        ]))
}
