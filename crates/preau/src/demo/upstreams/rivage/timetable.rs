//! The university's timetable as ADE Campus exports it.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use http::{StatusCode, Uri};

use super::GROUPS;
use crate::demo::upstreams::answer::{number, parameter};
use crate::demo::upstreams::clock::{Clock, academic_year};
use crate::demo::upstreams::icalendar::Calendar;
use crate::demo::upstreams::lessons::{Lesson, Session, sessions};

/// The number of this year's project. ADE answers an empty calendar for any other one.
pub const PROJECT: usize = 7;

pub fn routes(clock: &Clock, lessons: Arc<[Lesson]>) -> Router {
    let clock = clock.clone();
    let export = move |uri: Uri| async move { export(&uri, &clock, &lessons) };
    Router::new().route("/jsp/custom/modules/plannings/anonymous_cal.jsp", get(export))
}

/// No validators: the product writes the present instant into each event, so that no two exports are equal.
fn export(uri: &Uri, clock: &Clock, lessons: &[Lesson]) -> Response {
    let resources = parameter(uri, "resources").unwrap_or_default();
    let groups: Vec<_> =
        if number(uri, "projectId", 0) == PROJECT { resources.split(',').collect() } else { Vec::new() };
    match calendar(clock, lessons, &groups) {
        Ok(text) => ([(CONTENT_TYPE, "text/calendar;charset=UTF-8")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The calendar of some groups.
pub fn calendar(clock: &Clock, lessons: &[Lesson], groups: &[&str]) -> io::Result<String> {
    let head = ["METHOD:PUBLISH", "PRODID:-//ADE/version 6.0", "VERSION:2.0", "CALSCALE:GREGORIAN"];
    let mut calendar = Calendar::new(&head);
    let sessions = sessions(lessons, clock)?;
    for session in sessions.iter().filter(|session| session.lesson.groups.iter().any(|group| groups.contains(group))) {
        event(&mut calendar, session, clock);
    }
    Ok(calendar.end())
}

fn event(calendar: &mut Calendar, session: &Session<'_>, clock: &Clock) {
    let now = clock.now();
    let lesson = session.lesson;
    let cancelled = if session.cancelled { "ANNULÉ - " } else { "" };
    let groups = lesson.groups.iter().map(|group| format!("{}\n", name(group))).collect::<String>();
    let exported = now.strftime("(Exporté le:%d/%m/%Y %H:%M)");
    calendar.line("BEGIN:VEVENT");
    calendar.instant("DTSTAMP", &now);
    calendar.instant("DTSTART", &session.start);
    calendar.instant("DTEND", &session.end);
    calendar.text("SUMMARY", &format!("{cancelled}{} {}", lesson.form, lesson.subject));
    calendar.text("LOCATION", session.room);
    calendar.text("DESCRIPTION", &format!("\n\n{groups}{}\n{}\n{exported}\n", lesson.code, teacher(lesson.teacher)));
    calendar.line(&format!("UID:{}", uid(session, academic_year(clock.start().date()))));
    calendar.line("CREATED:19700101T000000Z");
    calendar.instant("LAST-MODIFIED", &now);
    calendar.line(&format!("SEQUENCE:{}", now.timestamp().as_second()));
    calendar.line("END:VEVENT");
}

fn name(group: &str) -> &str {
    GROUPS.iter().find(|(number, _)| *number == group).map_or(group, |(_, name)| name)
}

/// Last names in capitals, first.
fn teacher(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, last)) => format!("{} {first}", last.to_uppercase()),
        None => name.to_uppercase(),
    }
}

/// `ADE60` and, in hexadecimal, the project, the activity, the session and the repetition.
fn uid(session: &Session<'_>, year: i16) -> String {
    let key = format!("Rivage{year}-{}-{}-0-{}", year + 1, 9900 + session.lesson.number, session.week);
    let hex = key.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("ADE60{hex}")
}
