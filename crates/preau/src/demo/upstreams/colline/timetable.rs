//! The school's timetable as HyperPlanning publishes it: one file per group at an address that is itself a secret.

use std::io;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, Uri};

use super::GROUPS;
use crate::demo::upstreams::answer::{Document, parameter};
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::icalendar::Calendar;
use crate::demo::upstreams::lessons::{Lesson, Session, sessions};

/// What makes the address a secret.
const KEY: &str = "7C4E0A91D35B62F8E17A3C95B04D68F2A9E3517B6CD80F24913AE57D06BC82F4E1537A9C60D2B8";

/// Hexadecimal of the settings of the export: all weeks, one file, all courses.
const SETTINGS: &str = "643d5b312e2e36325d2666683d3126663d31";

/// The path and query of a group's file.
pub fn address(group: &str) -> String {
    format!("/Telechargements/ical/Edt_{group}.ics?version=2023.0.5.0&icalsecurise={KEY}&param={SETTINGS}")
}

pub fn routes(clock: &Clock, lessons: &[Lesson]) -> io::Result<Router> {
    let mut router = Router::new();
    for (group, _) in GROUPS {
        let file = Document::new("text/calendar", calendar(clock, lessons, group)?, clock.start())?;
        let answer = move |uri: Uri, headers: HeaderMap| async move { answer(&file, &uri, &headers) };
        router = router.route(&format!("/Telechargements/ical/Edt_{group}.ics"), get(answer));
    }
    Ok(router)
}

fn answer(file: &Document, uri: &Uri, headers: &HeaderMap) -> Response {
    if parameter(uri, "icalsecurise").as_deref() == Some(KEY) {
        file.answer(headers)
    } else {
        (StatusCode::FORBIDDEN, "Accès refusé").into_response()
    }
}

/// The calendar of a group.
pub fn calendar(clock: &Clock, lessons: &[Lesson], group: &str) -> io::Result<String> {
    let head = ["VERSION:2.0", "PRODID:-//Index Education//HYPERPLANNING//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"];
    let mut calendar = Calendar::new(&head);
    for session in sessions(lessons, clock)?.iter().filter(|session| session.lesson.groups.contains(&group)) {
        event(&mut calendar, session, group, clock);
    }
    Ok(calendar.end())
}

fn event(calendar: &mut Calendar, session: &Session<'_>, group: &str, clock: &Clock) {
    let lesson = session.lesson;
    let groups: Vec<_> =
        GROUPS.iter().filter(|(code, _)| lesson.groups.contains(code)).map(|(_, name)| *name).collect();
    let groups = groups.join(", ");
    let (subject, teacher, room, form, code) = (lesson.subject, lesson.teacher, session.room, lesson.form, lesson.code);
    let cancelled = if session.cancelled { "Cours annulé - " } else { "" };
    let description = format!(
        "Matière : {subject}\nCode : {code}\nType : {form}\nEnseignant : {teacher}\n\
         Promotion : {groups}\nSalle : {room}\n"
    );
    calendar.line("BEGIN:VEVENT");
    calendar.line("CATEGORIES:HYPERPLANNING");
    calendar.instant("DTSTAMP", clock.start());
    calendar.instant("LAST-MODIFIED", clock.start());
    calendar.line(&format!("UID:Cours-{}-{}-{group}-Index-Education", 423_100 + lesson.number, session.week));
    calendar.instant("DTSTART", &session.start);
    calendar.instant("DTEND", &session.end);
    if session.cancelled {
        calendar.line("STATUS:CANCELLED");
    }
    calendar.text("SUMMARY;LANGUAGE=fr", &format!("{cancelled}{subject} - {teacher} - {groups}"));
    calendar.text("LOCATION;LANGUAGE=fr", room);
    calendar.text("DESCRIPTION;LANGUAGE=fr", &description);
    calendar.text("X-ALT-DESC;FMTTYPE=text/html", &description.replace('\n', "<br/>"));
    calendar.line("END:VEVENT");
}
