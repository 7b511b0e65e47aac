//! When libraries and services are open, and how full they are.

use serde_json::json;

use crate::duration::{days, minutes};
use crate::{Field, Kind, Lifetimes};

const DAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) fn kind() -> Kind {
    Kind::new("opening", "Horaires et affluence", "Opening hours")
        .about(
            "Opening hours of libraries and services, with their occupancy where it is counted. Hours beat a ready \
             answer: a phone says from them, offline too, whether a place is open and until when.",
        )
        .identified_by("The place's code, as in `places` where both exist.")
        .fields([
            Field::text("name").required().means_change().about("The library or the service."),
            Field::text("category").about("One heading by which readers filter: `Bibliothèques`."),
            Field::object(
                "hours",
                [
                    Field::choice("day", DAYS).about("The day of the week, for hours of each week."),
                    Field::date("date").about("One day, whose hours replace those of its day of the week."),
                    Field::time_of_day("opens").required().about("Opening time."),
                    Field::time_of_day("closes").required().about("Closing time, the next day's where before `opens`."),
                    Field::text("note").about("What these hours are for: `Sur rendez-vous`."),
                ],
            )
            .list()
            .means_change()
            .about("Each period of opening, by `day` or by `date`; a day may have several, and is closed without any."),
            Field::object(
                "closures",
                [
                    Field::date("from").required().about("The first day closed."),
                    Field::date("to").required().about("The last day closed."),
                    Field::text("reason").about("Why: `Vacances de fin d’année`."),
                ],
            )
            .list()
            .means_change()
            .about("Exceptional closures; they beat `hours`."),
            Field::boolean("open_now").about("Whether it is open at `updated`, from sources that know no hours."),
            Field::text("status").means_change().about("What to know today, in words: `Ferme à 17 h`."),
            Field::number("occupancy").about("How full it is, in percent."),
            Field::integer("capacity").about("How many seats it has."),
            Field::instant("updated").about("When occupancy was counted."),
            Field::text("place").about("Where it is."),
            Field::text("phone").about("Telephone number."),
            Field::text("email").about("E-mail address."),
            Field::url("url").about("Its page, or where to book a seat."),
            Field::url("image").about("A picture."),
        ])
        .lifetimes(Lifetimes { fresh_for: minutes(5), stale_for: days(7), on_device: days(30) })
        .sample(json!([
            {
                "id": "bu-sciences",
                "name": "BU Sciences",
                "category": "Bibliothèques",
                "hours": [
                    { "day": "monday", "opens": "08:00", "closes": "22:00" },
                    { "day": "saturday", "opens": "10:00", "closes": "18:00" },
                    { "date": "2026-12-18", "opens": "08:00", "closes": "17:00", "note": "Dernier jour" }
                ],
                "closures": [{ "from": "2026-12-19", "to": "2027-01-03", "reason": "Vacances de fin d’année" }],
                "occupancy": 64,
                "capacity": 420,
                "updated": "2026-11-23T14:05:00+01:00",
                "place": "Campus Lumière",
                "url": "https://bu.univ-demo.fr/sciences"
            },
            {
                "id": "sante",
                "name": "Service de santé étudiante",
                "category": "Services",
                "hours": [
                    { "day": "tuesday", "opens": "09:00", "closes": "12:00" },
                    { "day": "tuesday", "opens": "13:30", "closes": "17:00", "note": "Sur rendez-vous" }
                ],
                "phone": "+33 3 00 00 00 60"
            },
            {
                "id": "learning-centre",
                "name": "Learning centre",
                "open_now": true,
                "status": "Espace silence complet",
                "occupancy": 97.5,
                "updated": "2026-11-23T14:10:00+01:00"
            }
        ]))
}
