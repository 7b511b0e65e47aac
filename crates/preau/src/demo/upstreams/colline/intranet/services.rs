//! The school's library, workshops and services: hours by days of the week, how full they are.

use jiff::ZonedDateTime;
use jiff::civil::{Weekday, time};
use serde_json::{Value, json};

use crate::demo::upstreams::venues::{Period, Venue, WEEK};

const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

const VENUES: &[Venue] = &[
    Venue {
        id: "mediatheque",
        name: "Médiathèque et matériauthèque",
        category: "Bibliothèques",
        place: "2e étage",
        phone: "+33 4 65 71 20 40",
        capacity: Some(90),
        hours: &[
            Period { days: WEEK, opens: time(8, 30, 0, 0), closes: time(20, 0, 0, 0) },
            Period { days: &[Weekday::Saturday], opens: time(10, 0, 0, 0), closes: time(17, 0, 0, 0) },
        ],
    },
    Venue {
        id: "atelier-bois",
        name: "Atelier Bois",
        category: "Ateliers",
        place: "Rez-de-jardin",
        phone: "+33 4 65 71 20 42",
        capacity: Some(24),
        hours: &[Period { days: WEEK, opens: time(9, 0, 0, 0), closes: time(18, 0, 0, 0) }],
    },
    Venue {
        id: "labo-numerique",
        name: "Labo numérique",
        category: "Ateliers",
        place: "3e étage",
        phone: "+33 4 65 71 20 20",
        capacity: Some(40),
        hours: &[Period { days: WEEK, opens: time(8, 30, 0, 0), closes: time(21, 0, 0, 0) }],
    },
    Venue {
        id: "scolarite",
        name: "Scolarité",
        category: "Services",
        place: "Bureau 104",
        phone: "+33 4 65 71 20 10",
        capacity: None,
        hours: &[
            Period { days: WEEK, opens: time(9, 0, 0, 0), closes: time(12, 0, 0, 0) },
            Period { days: WEEK, opens: time(14, 0, 0, 0), closes: time(16, 30, 0, 0) },
        ],
    },
];

/// All of them; hours as people write them, `8h30`.
pub fn services(now: &ZonedDateTime) -> Value {
    let services = VENUES.iter().map(|venue| {
        let hours = venue.hours.iter().map(|period| {
            let days = DAYS.iter().zip([1, 2, 3, 4, 5, 6, 7]);
            let days = days.filter(|(_, number)| period.days.iter().any(|day| day.to_monday_one_offset() == *number));
            let hour = |time: jiff::civil::Time| time.strftime("%-Hh%M").to_string();
            json!({
                "jours": days.map(|(day, _)| *day).collect::<Vec<_>>(),
                "de": hour(period.opens),
                "a": hour(period.closes)
            })
        });
        json!({
            "code": venue.id,
            "libelle": venue.name,
            "rubrique": venue.category,
            "lieu": venue.place,
            "telephone": venue.phone,
            "horaires": hours.collect::<Vec<_>>(),
            "places": venue.capacity,
            "occupation": venue.occupancy(now),
            "releve": now.timestamp().as_second()
        })
    });
    services.collect::<Vec<_>>().into()
}
