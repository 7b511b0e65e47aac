//! A school's timetable: lessons that come back each week, and the sessions they make around now.

use std::io;

use jiff::civil::{Time, Weekday};
use jiff::{ToSpan, ZonedDateTime};

use super::clock::{Clock, academic_year, local};
use super::table::rows;

/// A line of a school's table of lessons.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Its place in the table, from 0.
    pub number: usize,
    pub day: Weekday,
    pub from: Time,
    pub to: Time,
    pub weeks: Weeks,
    /// The form of teaching: `TD`.
    pub form: &'static str,
    pub code: &'static str,
    pub subject: &'static str,
    pub room: &'static str,
    pub teacher: &'static str,
    pub groups: Vec<&'static str>,
    /// What is different in one week, counted from the present one.
    pub exception: Option<(i32, Exception)>,
}

/// In which weeks a lesson takes place.
#[derive(Debug, Clone, Copy)]
pub enum Weeks {
    All,
    /// Those whose ISO number is even.
    Even,
    Odd,
    /// One week, counted from the present one.
    Only(i32),
}

/// How a session differs from its lesson.
#[derive(Debug, Clone, Copy)]
pub enum Exception {
    Cancelled,
    Room(&'static str),
}

/// A lesson on a day.
#[derive(Debug)]
pub struct Session<'l> {
    pub lesson: &'l Lesson,
    /// Weeks since the academic year began: with the lesson it names the session, whenever the demo is started.
    pub week: i32,
    pub start: ZonedDateTime,
    pub end: ZonedDateTime,
    pub room: &'static str,
    pub cancelled: bool,
}

impl Lesson {
    /// Reads the lessons of a school; columns as in [`Self::read`].
    pub fn table(text: &'static str) -> io::Result<Vec<Self>> {
        let wrong = |row: &[&str]| io::Error::other(format!("not a lesson of the demo: {}", row.join(" | ")));
        rows(text).enumerate().map(|(number, row)| Self::read(number, row).ok_or_else(|| wrong(&row))).collect()
    }

    fn read(number: usize, row: [&'static str; 11]) -> Option<Self> {
        let [day, from, to, weeks, form, code, subject, room, teacher, groups, exception] = row;
        Some(Self {
            number,
            day: weekday(day)?,
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            weeks: Weeks::read(weeks)?,
            form,
            code,
            subject,
            room,
            teacher,
            groups: groups.split(' ').collect(),
            exception: if exception.is_empty() { None } else { Some(read_exception(exception)?) },
        })
    }

    fn takes_place(&self, week: i32, iso: i8) -> bool {
        match self.weeks {
            Weeks::All => true,
            Weeks::Even => iso % 2 == 0,
            Weeks::Odd => iso % 2 != 0,
            Weeks::Only(only) => only == week,
        }
    }
}

/// All sessions from three weeks before the demo's start to eight weeks after it, in order of time.
pub fn sessions<'l>(lessons: &'l [Lesson], clock: &Clock) -> io::Result<Vec<Session<'l>>> {
    let mut sessions = Vec::new();
    for week in -3..=8 {
        let monday = clock.monday(week);
        let iso = monday.iso_week_date().week();
        for lesson in lessons.iter().filter(|lesson| lesson.takes_place(week, iso)) {
            let date = monday.saturating_add(i32::from(lesson.day.to_monday_zero_offset()).days());
            let exception = lesson.exception.filter(|(only, _)| *only == week).map(|(_, exception)| exception);
            sessions.push(Session {
                lesson,
                week: weeks_into_year(clock, week),
                start: local(clock.start(), date, lesson.from)?,
                end: local(clock.start(), date, lesson.to)?,
                room: if let Some(Exception::Room(room)) = exception { room } else { lesson.room },
                cancelled: matches!(exception, Some(Exception::Cancelled)),
            });
        }
    }
    sessions.sort_by(|one, other| one.start.cmp(&other.start));
    Ok(sessions)
}

fn weeks_into_year(clock: &Clock, week: i32) -> i32 {
    let august = jiff::civil::date(academic_year(clock.start().date()), 8, 1);
    let days = clock.monday(week).duration_since(august).as_hours() / 24;
    i32::try_from(days.div_euclid(7)).unwrap_or_default()
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "lundi" => Weekday::Monday,
        "mardi" => Weekday::Tuesday,
        "mercredi" => Weekday::Wednesday,
        "jeudi" => Weekday::Thursday,
        "vendredi" => Weekday::Friday,
        "samedi" => Weekday::Saturday,
        _ => return None,
    })
}

impl Weeks {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "toutes" => Self::All,
            "paires" => Self::Even,
            "impaires" => Self::Odd,
            _ => Self::Only(word.parse().ok()?),
        })
    }
}

fn read_exception(cell: &'static str) -> Option<(i32, Exception)> {
    let (week, what) = cell.split_once(' ')?;
    let exception = if what == "annulé" { Exception::Cancelled } else { Exception::Room(what) };
    Some((week.parse().ok()?, exception))
}
