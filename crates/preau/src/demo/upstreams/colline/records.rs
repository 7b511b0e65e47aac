//! The school's own records of students: other tables and other habits than the university's, instants as numbers.

use std::io;
use std::path::Path;

use jiff::civil::time;
use serde_json::json;

use super::GROUPS;
use crate::demo::upstreams::clock::{Clock, academic_year, local};
use crate::demo::upstreams::lessons::{Lesson, Session, sessions};
use crate::demo::upstreams::records::{Records, days_before_this_week, number};
use crate::demo::upstreams::table::rows;

const TABLES: &str = "
    create table apprenant (id text primary key, prenom text, nom text, courriel text, promo text, promo_nom text,
        annee text, carte_valide text, credits real);
    create table formateur (id text primary key, prenom text, nom text, courriel text, fonction text);
    create table evaluation (id integer primary key, apprenant text, module text, module_nom text, intitule text,
        note real, sur real, poids real, etat text, commentaire text, jour integer);
    create table presence (id integer primary key, apprenant text, debut integer, fin integer, module_nom text,
        nature text, minutes integer, statut text, motif text);
    create table planning (id text primary key, promo text, debut integer, fin integer, forme text, module text,
        module_nom text, salle text, intervenant text, formateur text, annule integer);";

/// Writes the records anew.
pub async fn write(file: &Path, clock: &Clock, lessons: &[Lesson]) -> io::Result<()> {
    let mut records = Records::create(file, TABLES).await?;
    students(&mut records, clock).await?;
    teachers(&mut records).await?;
    marks(&mut records, clock).await?;
    attendance(&mut records, clock, lessons).await?;
    timetable(&mut records, clock, lessons).await?;
    records.finish().await
}

async fn students(records: &mut Records, clock: &Clock) -> io::Result<()> {
    let year = academic_year(clock.start().date());
    let (years, valid) = (format!("{year}-{}", year + 1), format!("{}-09-30", year + 1));
    for [key, first, last, group, credits] in rows(include_str!("students.txt")) {
        let name = GROUPS.iter().find(|(code, _)| *code == group).map(|(_, name)| *name);
        let mail = format!("{key}@etu.colline.example");
        records
            .insert("apprenant", &json!([key, first, last, mail, group, name, years, valid, number(credits)]))
            .await?;
    }
    Ok(())
}

async fn teachers(records: &mut Records) -> io::Result<()> {
    for [key, first, last, function, _] in rows(include_str!("staff.txt")) {
        let mail = format!("{key}@colline.example");
        records.insert("formateur", &json!([key, first, last, mail, function])).await?;
    }
    Ok(())
}

/// Some are still being marked, one is a draft that nobody but its author may see.
async fn marks(records: &mut Records, clock: &Clock) -> io::Result<()> {
    let marks = rows(include_str!("marks.txt"));
    for [student, course, name, title, mark, out_of, weight, state, comment, days] in marks {
        let noon = time(12, 0, 0, 0);
        let day = local(clock.start(), days_before_this_week(clock, days)?, noon)?.timestamp().as_second();
        let comment = (!comment.is_empty()).then_some(comment);
        let (mark, out_of, weight) = (number(mark), number(out_of), number(weight));
        let row = json!([null, student, course, name, title, mark, out_of, weight, state, comment, day]);
        records.insert("evaluation", &row).await?;
    }
    Ok(())
}

/// A workshop missed, a late arrival, an excused absence: one for each student.
async fn attendance(records: &mut Records, clock: &Clock, lessons: &[Lesson]) -> io::Result<()> {
    let sessions = sessions(lessons, clock)?;
    let missed = [
        ("laubert", "B1A", "absence", 180, "à justifier", None),
        ("jpham", "B2UX", "retard", 20, "refusée", Some("Funiculaire en panne")),
        ("skone", "M1IM", "absence", 180, "acceptée", Some("Rendez-vous médical")),
    ];
    for (student, group, nature, minutes, state, reason) in missed {
        let Some(session) = sessions.iter().find(|session| session.lesson.groups.contains(&group)) else { continue };
        let start = session.start.timestamp().as_second();
        let row =
            json!([null, student, start, start + minutes * 60, session.lesson.subject, nature, minutes, state, reason]);
        records.insert("presence", &row).await?;
    }
    Ok(())
}

async fn timetable(records: &mut Records, clock: &Clock, lessons: &[Lesson]) -> io::Result<()> {
    for Session { lesson, week, start, end, room, cancelled } in sessions(lessons, clock)? {
        let Lesson { number, form, code, subject, teacher, groups, .. } = lesson;
        let staff = rows(include_str!("staff.txt"))
            .find(|[_, first, last, ..]: &[&str; 5]| *teacher == format!("{first} {last}"))
            .map(|[key, ..]| key);
        for group in groups {
            let id = format!("{}-{week}-{group}", 423_100 + number);
            let (start, end) = (start.timestamp().as_second(), end.timestamp().as_second());
            let row = json!([id, group, start, end, form, code, subject, room, teacher, staff, cancelled]);
            records.insert("planning", &row).await?;
        }
    }
    Ok(())
}
