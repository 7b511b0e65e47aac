//! The university's libraries and services: hours of the week, and how full they are; slow, as counting systems are.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use jiff::civil::{Weekday, time};
use jiff::{ToSpan, ZonedDateTime};
use serde_json::{Value, json};

use crate::demo::upstreams::answer;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::venues::{Period, Venue, WEEK};

/// What counting the people at the doors takes.
const COUNTING: Duration = Duration::from_millis(1500);

const VENUES: &[Venue] = &[
    Venue {
        id: "bu-le-phare",
        name: "Bibliothèque Le Phare",
        category: "Bibliothèques",
        place: "Campus des Bernaches, bâtiment D",
        phone: "+33 5 36 49 10 20",
        capacity: Some(640),
        hours: &[
            Period { days: WEEK, opens: time(8, 0, 0, 0), closes: time(22, 0, 0, 0) },
            Period { days: &[Weekday::Saturday], opens: time(9, 0, 0, 0), closes: time(18, 0, 0, 0) },
            Period { days: &[Weekday::Sunday], opens: time(13, 0, 0, 0), closes: time(18, 0, 0, 0) },
        ],
    },
    Venue {
        id: "bu-ancre",
        name: "Bibliothèque L’Ancre (sciences)",
        category: "Bibliothèques",
        place: "Campus de la Pointe, bâtiment B",
        phone: "+33 5 36 49 10 24",
        capacity: Some(180),
        hours: &[Period { days: WEEK, opens: time(8, 30, 0, 0), closes: time(19, 0, 0, 0) }],
    },
    Venue {
        id: "sante",
        name: "Service de santé étudiante",
        category: "Services",
        place: "Maison de l’étudiant, 1er étage",
        phone: "+33 5 36 49 10 60",
        capacity: None,
        hours: &[
            Period { days: WEEK, opens: time(9, 0, 0, 0), closes: time(12, 30, 0, 0) },
            Period { days: WEEK, opens: time(13, 30, 0, 0), closes: time(17, 0, 0, 0) },
        ],
    },
    Venue {
        id: "guichet-numerique",
        name: "Guichet numérique",
        category: "Services",
        place: "Le Phare, rez-de-chaussée",
        phone: "+33 5 36 49 10 70",
        capacity: None,
        hours: &[Period { days: WEEK, opens: time(9, 0, 0, 0), closes: time(17, 30, 0, 0) }],
    },
];

pub fn routes(clock: &Clock) -> Router {
    let clock = clock.clone();
    let sites = move || async move {
        tokio::time::sleep(COUNTING).await;
        answer::json(&sites(&clock.now()))
    };
    Router::new().route("/affluence/sites", get(sites))
}

/// All of them, with hours day by day for a week.
pub fn sites(now: &ZonedDateTime) -> Value {
    let sites: Vec<_> = VENUES.iter().map(|venue| site(venue, now)).collect();
    json!({ "data": { "updated_at": now.timestamp().to_string(), "results": sites } })
}

fn site(venue: &Venue, now: &ZonedDateTime) -> Value {
    let open = venue.open_at(now);
    let text = match open {
        Some(period) => format!("Ouvert jusqu’à {}", period.closes.strftime("%-H h %M")),
        None => "Fermé".to_owned(),
    };
    let days = (0..7).map(|day| now.date().saturating_add(day.days()));
    let timetable = days.flat_map(|date| {
        venue.on(date).map(move |period| {
            let clock = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
            json!({ "date": date.to_string(), "from": clock(period.opens), "to": clock(period.closes) })
        })
    });
    json!({
        "slug": venue.id,
        "primary_name": venue.name,
        "category": { "name": venue.category },
        "location": { "label": venue.place },
        "phone": venue.phone,
        "capacity": venue.capacity,
        "status": { "isOpen": open.is_some(), "openingText": text },
        "liveAttendance": venue.occupancy(now).map(|percentage| json!({ "percentage": percentage })),
        "timetable": timetable.collect::<Vec<_>>()
    })
}
