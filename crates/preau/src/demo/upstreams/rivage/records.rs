//! The university's records of students: tables as French products have them, three students, a teacher, this year's marks.

use std::io;
use std::path::Path;

use jiff::ZonedDateTime;
use serde_json::json;

use super::GROUPS;
use crate::demo::upstreams::clock::{Clock, academic_year};
use crate::demo::upstreams::lessons::{Lesson, Session, sessions};
use crate::demo::upstreams::records::{Records, days_before_this_week, number};
use crate::demo::upstreams::table::rows;

const TABLES: &str = "
    create table etudiant (cod_etu text primary key, ine text, nom text, prenom text, mail text, login text,
        composante text);
    create table personnel (matricule text primary key, nom text, prenom text, mail text, service text, fonction text);
    create table inscription (cod_etu text, annee text, etape text, lib_etape text, etat text, groupe text);
    create table note (id integer primary key, cod_etu text, element text, lib_element text, lib text, note real,
        bareme real, coefficient real, session integer, semestre text, moyenne real, date text, publie integer, niveau text, resultat text, ects real);
    create table absence (id integer primary key, cod_etu text, debut text, fin text, matiere text, enseignant text,
        justifiee integer, motif text);
    create table seance (id text primary key, groupe text, debut text, fin text, type text, element text,
        lib_element text, salle text, enseignant text, matricule text, annulee integer);
    create table document (id text primary key, cod_etu text, rubrique text, libelle text, etat text, date text,
        echeance text, annee text, octets integer, remarque text);
    create table cours (groupe text, code text, titre text, enseignant text, ects real, progression real, resume text,
        annee text);
    create table pret (id text primary key, lecteur text, titre text, auteur text, cote text, bibliotheque text, etat text,
        sorti text, retour text, renouvelable integer, prolongations integer, rang integer, frais text);";

/// Writes the records anew.
pub async fn write(file: &Path, clock: &Clock, lessons: &[Lesson]) -> io::Result<()> {
    let mut records = Records::create(file, TABLES).await?;
    students(&mut records, clock).await?;
    staff(&mut records).await?;
    marks(&mut records, clock).await?;
    absences(&mut records, clock, lessons).await?;
    timetable(&mut records, clock, lessons).await?;
    documents(&mut records, clock).await?;
    loans(&mut records, clock).await?;
    courses(&mut records, clock).await?;
    records.finish().await
}

async fn students(records: &mut Records, clock: &Clock) -> io::Result<()> {
    let year = academic_year(clock.start().date()).to_string();
    for [number, ine, last, first, login, faculty, stage, programme, group] in rows(include_str!("students.txt")) {
        let mail = format!("{login}@etu.univ-rivage.example");
        let group = GROUPS.iter().find(|(known, _)| *known == group).map(|(_, name)| *name);
        records.insert("etudiant", &json!([number, ine, last, first, mail, login, faculty])).await?;
        records.insert("inscription", &json!([number, year, stage, programme, "E", group])).await?;
    }
    Ok(())
}

async fn staff(records: &mut Records) -> io::Result<()> {
    for [number, last, first, login, service, function] in rows(include_str!("staff.txt")) {
        let mail = format!("{login}@univ-rivage.example");
        records.insert("personnel", &json!([number, last, first, mail, service, function])).await?;
    }
    Ok(())
}

/// Some are not marked yet, some are marked but not published.
async fn marks(records: &mut Records, clock: &Clock) -> io::Result<()> {
    for row in rows(include_str!("marks.txt")) {
        let [student, element, name, title, mark, weight, average, days, published, term, level, result, ects] = row;
        let date = days_before_this_week(clock, days)?.strftime("%d/%m/%Y").to_string();
        let (mark, weight, average) = (number(mark), number(weight), number(average));
        let published = published == "oui";
        let (term, level, result, ects) = (text(term).unwrap_or("S5"), text(level), text(result), number(ects));
        let row = json!([
            null, student, element, name, title, mark, 20, weight, 1, term, average, date, published, level, result,
            ects
        ]);
        records.insert("note", &row).await?;
    }
    Ok(())
}

/// Each student missed the first practical class of their group three weeks ago, and one of them another one since.
async fn absences(records: &mut Records, clock: &Clock, lessons: &[Lesson]) -> io::Result<()> {
    let sessions = sessions(lessons, clock)?;
    let missed = [
        ("22204518", "4101", 0, Some("Maladie")),
        ("22204518", "4101", 3, None),
        ("22307724", "4102", 0, None),
        ("22106391", "4210", 0, Some("Transport")),
    ];
    for (student, group, place, reason) in missed {
        let mut practical =
            sessions.iter().filter(|session| session.lesson.form == "TP" && session.lesson.groups.contains(&group));
        let Some(Session { lesson, start, end, .. }) = practical.nth(place) else { continue };
        let local = |at: &ZonedDateTime| at.strftime("%Y-%m-%dT%H:%M").to_string();
        let accepted = reason.map(|_| true);
        let row = json!([null, student, local(start), local(end), lesson.subject, lesson.teacher, accepted, reason]);
        records.insert("absence", &row).await?;
    }
    Ok(())
}

async fn timetable(records: &mut Records, clock: &Clock, lessons: &[Lesson]) -> io::Result<()> {
    for Session { lesson, week, start, end, room, cancelled } in sessions(lessons, clock)? {
        let Lesson { number, form, code, subject, teacher, groups, .. } = lesson;
        let staff = rows(include_str!("staff.txt"))
            .find(|[_, last, first, ..]: &[&str; 6]| *teacher == format!("{first} {last}"))
            .map(|[number, ..]| number);
        for (group, name) in GROUPS.iter().filter(|(group, _)| groups.contains(group)) {
            let id = format!("{}-{week}-{group}", 9900 + number);
            let (start, end) = (start.datetime().to_string(), end.datetime().to_string());
            let row = json!([id, name, start, end, form, code, subject, room, teacher, staff, cancelled]);
            records.insert("seance", &row).await?;
        }
    }
    Ok(())
}

/// Papers that the university holds for a student, or waits for.
async fn documents(records: &mut Records, clock: &Clock) -> io::Result<()> {
    for row in rows(include_str!("documents.txt")) {
        let [student, key, heading, title, state, issued, due, year, bytes, remark] = row;
        let id = format!("{student}-{key}");
        let (issued, due) = (days_before_this_week(clock, issued)?, day(clock, due)?);
        let year = academic_year(clock.start().date()) + year.parse::<i16>().unwrap_or_default();
        let years = format!("{year}-{}", year + 1);
        let row =
            json!([id, student, heading, title, state, issued.to_string(), due, years, number(bytes), text(remark)]);
        records.insert("document", &row).await?;
    }
    Ok(())
}

/// What people have from the libraries, or asked for.
async fn loans(records: &mut Records, clock: &Clock) -> io::Result<()> {
    for row in rows(include_str!("loans.txt")) {
        let [id, reader, title, author, shelf, library, state, lent, due, renewable, renewals, place, fee] = row;
        let (lent, due) = (day(clock, lent)?, day(clock, due)?);
        let renewable = text(renewable).map(|cell| cell == "oui");
        let (author, shelf, fee) = (text(author), text(shelf), text(fee));
        let (renewals, place) = (number(renewals), number(place));
        let row = json!([id, reader, title, author, shelf, library, state, lent, due, renewable, renewals, place, fee]);
        records.insert("pret", &row).await?;
    }
    Ok(())
}

/// What each group follows on the learning platform.
async fn courses(records: &mut Records, clock: &Clock) -> io::Result<()> {
    let year = academic_year(clock.start().date());
    for [group, code, title, teacher, ects, progress, summary] in rows(include_str!("courses.txt")) {
        let group = GROUPS.iter().find(|(known, _)| *known == group).map(|(_, name)| *name);
        let (ects, progress) = (number(ects), number(progress));
        let row = json!([group, code, title, teacher, ects, progress, summary, format!("{year}-{}", year + 1)]);
        records.insert("cours", &row).await?;
    }
    Ok(())
}

/// A day counted back from this week's Monday, as `YYYY-MM-DD`; null where the cell is empty.
fn day(clock: &Clock, cell: &str) -> io::Result<Option<String>> {
    text(cell).map(|days| Ok(days_before_this_week(clock, days)?.to_string())).transpose()
}

fn text(cell: &str) -> Option<&str> {
    Some(cell).filter(|cell| !cell.is_empty())
}
