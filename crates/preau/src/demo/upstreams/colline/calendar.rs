//! The school's public calendar: times with their zone, a weekly series, whole days.

use std::io;

use axum::Router;
use jiff::civil::{Time, time};

use crate::demo::upstreams::answer::Document;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::icalendar::Calendar;

/// An event; a whole day where its times are equal.
struct Event {
    uid: &'static str,
    /// Days from the demo's start.
    days: i32,
    from: Time,
    to: Time,
    title: &'static str,
    category: &'static str,
    place: &'static str,
    description: &'static str,
    /// Another property, such as a rule of recurrence.
    more: Option<&'static str>,
}

const EVENTS: &[Event] = &[
    Event {
        uid: "cafe-langues",
        days: -7,
        from: time(12, 30, 0, 0),
        to: time(13, 30, 0, 0),
        title: "Café des langues",
        category: "Vie étudiante",
        place: "Cafétéria du Belvédère",
        description: "Une table par langue, sans inscription. Cette semaine : espagnol, coréen, langue des signes.",
        more: Some("RRULE:FREQ=WEEKLY;COUNT=8"),
    },
    Event {
        uid: "exposition-maquettes",
        days: 1,
        from: time(18, 0, 0, 0),
        to: time(21, 0, 0, 0),
        title: "Vernissage : cent maquettes pour la ville à l’ombre",
        category: "Exposition",
        place: "Galerie de l’Atelier Bois",
        description: "Les travaux de bachelor 1, à voir ensuite pendant deux semaines.",
        more: None,
    },
    Event {
        uid: "conference-accessibilite",
        days: 4,
        from: time(17, 30, 0, 0),
        to: time(19, 0, 0, 0),
        title: "Conférence : concevoir pour toutes les mains",
        category: "Conférence",
        place: "Amphi Croix",
        description: "Par Nadia Belkacem. Retransmise et sous-titrée en direct.",
        more: None,
    },
    Event {
        uid: "tournoi-escalade",
        days: 3,
        from: time(19, 0, 0, 0),
        to: time(22, 0, 0, 0),
        title: "Contest d’escalade du BDS",
        category: "Sport",
        place: "Mur de la Ficelle",
        description: "Reporté : le mur est en révision.",
        more: Some("STATUS:CANCELLED"),
    },
    Event {
        uid: "hackathon-quartier",
        days: 9,
        from: time(9, 0, 0, 0),
        to: time(19, 0, 0, 0),
        title: "Hackathon « Un quartier sans voiture »",
        category: "Projet",
        place: "Labo numérique",
        description: "Par équipes de quatre mêlant les trois formations. Repas offerts.",
        more: None,
    },
    Event {
        uid: "journee-creation",
        days: 16,
        from: Time::midnight(),
        to: Time::midnight(),
        title: "Journée de la création",
        category: "École",
        place: "Toute l’école",
        description: "Ateliers ouverts à toutes les familles, pas de cours ce jour-là.",
        more: None,
    },
];

/// The zone as exporters write it out (RFC 5545, 3.6.5), though every reader knows its name.
const ZONE: [&str; 15] = [
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Paris",
    "BEGIN:DAYLIGHT",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "DTSTART:19810329T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
];

pub fn routes(clock: &Clock) -> io::Result<Router> {
    let file = Document::new("text/calendar; charset=utf-8", calendar(clock)?, clock.start())?;
    Ok(Router::new().route("/agenda.ics", file.route()))
}

/// The calendar.
pub fn calendar(clock: &Clock) -> io::Result<String> {
    let mut calendar = Calendar::new(&["VERSION:2.0", "PRODID:-//Agenda de la Colline//FR", "X-WR-CALNAME:Agenda"]);
    ZONE.iter().for_each(|line| calendar.line(line));
    for event in EVENTS {
        write(&mut calendar, event, clock)?;
    }
    Ok(calendar.end())
}

fn write(calendar: &mut Calendar, event: &Event, clock: &Clock) -> io::Result<()> {
    let (start, end) = (clock.working_day(event.days, event.from)?, clock.working_day(event.days, event.to)?);
    calendar.line("BEGIN:VEVENT");
    calendar.line(&format!("UID:{}@agenda.colline.example", event.uid));
    calendar.instant("DTSTAMP", clock.start());
    if event.from == event.to {
        calendar.line(&format!("DTSTART;VALUE=DATE:{}", start.strftime("%Y%m%d")));
    } else {
        calendar.line(&format!("DTSTART;TZID=Europe/Paris:{}", start.strftime("%Y%m%dT%H%M%S")));
        calendar.line(&format!("DTEND;TZID=Europe/Paris:{}", end.strftime("%Y%m%dT%H%M%S")));
    }
    event.more.iter().for_each(|line| calendar.line(line));
    calendar.text("SUMMARY", event.title);
    calendar.text("LOCATION", event.place);
    calendar.text("CATEGORIES", event.category);
    calendar.text("DESCRIPTION", event.description);
    calendar.line("END:VEVENT");
    Ok(())
}
