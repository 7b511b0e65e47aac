//! What the demo shows holds whenever it is started.

use std::io::{Read, Write};
use std::net::TcpStream;

use jiff::Timestamp;
use jiff::civil::{Weekday, time};

use super::clock::Clock;
use super::lessons::{Lesson, Weeks, sessions};
use super::{colline, rivage, start, text};

/// Ordinary days, weekends, the ends of a year, both weeks in which clocks change, the first of August.
const STARTS: [&str; 9] = [
    "2026-11-23T14:05:00Z",
    "2026-11-28T23:59:59Z",
    "2026-12-31T22:30:00Z",
    "2027-01-01T11:00:00Z",
    "2026-10-24T10:00:00Z",
    "2026-10-26T06:00:00Z",
    "2027-03-27T10:00:00Z",
    "2027-03-29T00:30:00Z",
    "2027-08-01T08:00:00Z",
];

fn clocks() -> impl Iterator<Item = Clock> {
    STARTS.iter().map(|start| clock(start))
}

fn clock(start: &str) -> Clock {
    Clock::new(start.parse().unwrap()).unwrap()
}

fn lessons(school: &str) -> Vec<Lesson> {
    Lesson::table(match school {
        "rivage" => include_str!("rivage/lessons.txt"),
        _ => include_str!("colline/lessons.txt"),
    })
    .unwrap()
}

fn calendars(clock: &Clock) -> Vec<String> {
    let groups = ["4101", "4102", "4210", "4305"];
    vec![
        rivage::timetable::calendar(clock, &lessons("rivage"), &groups).unwrap(),
        colline::timetable::calendar(clock, &lessons("colline"), "B1A").unwrap(),
        colline::calendar::calendar(clock).unwrap(),
    ]
}

#[test]
fn teaches_at_the_same_hour_before_and_after_the_clocks_change() {
    for clock in clocks() {
        let lessons = lessons("rivage");
        for session in sessions(&lessons, &clock).unwrap() {
            assert_eq!((session.start.time(), session.end.time()), (session.lesson.from, session.lesson.to));
            assert_eq!(session.start.weekday(), session.lesson.day);
        }
    }
}

#[test]
fn covers_the_weeks_around_now_with_about_ten_classes_per_group_and_week() {
    for (school, groups) in [("rivage", &["4101", "4102", "4210", "4305"][..]), ("colline", &["B1A", "B2UX", "M1IM"])] {
        let lessons = lessons(school);
        for clock in clocks() {
            let sessions = sessions(&lessons, &clock).unwrap();
            for group in groups {
                let of_group = sessions.iter().filter(|session| session.lesson.groups.contains(group));
                let per_week = of_group.count() / 12;
                assert!((8..=13).contains(&per_week), "{school} {group}: {per_week}");
            }
            assert!(sessions.iter().any(|session| session.cancelled), "{school}");
            assert!(sessions.first().unwrap().start.date() <= clock.monday(-3).tomorrow().unwrap());
            assert!(sessions.last().unwrap().start.date() > clock.monday(8));
        }
    }
}

#[test]
fn puts_nobody_and_no_class_in_two_places_at_once() {
    for school in ["rivage", "colline"] {
        let lessons = lessons(school);
        let alternate = |one: &Lesson, other: &Lesson| {
            matches!((one.weeks, other.weeks), (Weeks::Even, Weeks::Odd) | (Weeks::Odd, Weeks::Even))
        };
        for (place, one) in lessons.iter().enumerate() {
            for other in lessons.iter().skip(place + 1).filter(|other| other.day == one.day && !alternate(one, other)) {
                let overlap = one.from < other.to && other.from < one.to;
                let shared = one.room == other.room
                    || one.teacher == other.teacher
                    || one.groups.iter().any(|group| other.groups.contains(group));
                assert!(!(overlap && shared), "{school}: {one:?} and {other:?}");
            }
        }
    }
}

#[test]
fn names_a_session_the_same_whichever_day_the_demo_is_started() {
    let lessons = lessons("rivage");
    let ids = |start| {
        let sessions = sessions(&lessons, &clock(start)).unwrap();
        let named = sessions.iter().map(|session| (session.lesson.number, session.week, session.start.timestamp()));
        named.collect::<std::collections::BTreeSet<_>>()
    };
    let (monday, later) = (ids("2026-11-23T14:05:00Z"), ids("2026-12-04T09:00:00Z"));
    let shared = monday.intersection(&later).count();
    let number_and_week = |ids: &std::collections::BTreeSet<(usize, i32, Timestamp)>| {
        ids.iter().map(|(number, week, _)| (*number, *week)).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(number_and_week(&monday).intersection(&number_and_week(&later)).count(), shared);
    assert!(shared > 200, "{shared}");
}

#[test]
fn folds_lines_at_75_octets_and_between_characters() {
    for calendar in clocks().flat_map(|clock| calendars(&clock)) {
        assert!(calendar.ends_with("END:VCALENDAR\r\n"));
        for line in calendar.split_terminator("\r\n") {
            assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
        }
    }
}

#[test]
fn unfolds_to_the_words_of_the_table() {
    let calendar = calendars(&clock(STARTS[0])).swap_remove(1).replace("\r\n ", "");
    let expected = "DESCRIPTION;LANGUAGE=fr:Matière : Dessin d’observation\\nCode : DES101\\nType : Atelier\\n\
                    Enseignant : Camille Perrin\\nPromotion : Bachelor 1 Design\\nSalle : Atelier Bleu\\n\r\n";
    assert!(calendar.contains(expected), "{calendar}");
}

#[test]
fn says_the_same_for_the_same_instant() {
    for start in STARTS {
        let [one, other] = [clock(start), clock(start)];
        assert_eq!(calendars(&one), calendars(&other));
        assert_eq!(rivage::website::feed(&one, "").unwrap(), rivage::website::feed(&other, "").unwrap());
        assert_eq!(colline::website::atom(&one, "").unwrap(), colline::website::atom(&other, "").unwrap());
        assert_eq!(rivage::transit::stop_monitoring(one.start()), rivage::transit::stop_monitoring(other.start()));
    }
}

#[test]
fn publishes_nothing_in_the_future() {
    for clock in clocks() {
        for days_ago in 0..3 {
            for hour in [0, 8, 23] {
                assert!(clock.published(days_ago, time(hour, 30, 0, 0)).unwrap() <= *clock.start());
            }
        }
    }
}

#[test]
fn moves_events_off_the_weekend() {
    for clock in clocks() {
        for days in 0..7 {
            let day = clock.working_day(days, time(9, 0, 0, 0)).unwrap();
            assert!(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
            assert!(day.date() >= clock.day(days, time(9, 0, 0, 0)).unwrap().date());
        }
    }
}

#[test]
fn serves_two_weeks_of_menus_with_a_day_off() {
    for clock in clocks() {
        let crous = rivage::crous::menus(clock.monday(0));
        assert_eq!(crous.matches("<menu date=").count(), 2 * 12);
        assert_eq!(crous.matches("Structure fermée :").count(), 2);
        let menus = colline::intranet::menus(&clock);
        let menus = menus["menus"].as_array().unwrap();
        assert_eq!(menus.len(), 10);
        assert_eq!(menus.iter().filter(|menu| menu["fermeture"].is_string()).count(), 1);
    }
}

#[test]
fn departs_within_two_hours_in_order() {
    for clock in clocks() {
        let now = clock.start();
        let passages = colline::transit::stop(now);
        let passages: Vec<_> = passages["passages"].as_array().unwrap().iter().collect();
        assert!(passages.len() > 20);
        let times: Vec<_> = passages.iter().map(|passage| passage["theorique"].as_str().unwrap()).collect();
        assert!(times.is_sorted());
        let ids: std::collections::BTreeSet<_> =
            passages.iter().map(|passage| passage["course"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), passages.len());
    }
}

#[test]
fn writes_the_charsets_of_older_systems() {
    assert_eq!(text::latin9("à 5 € – œuf ¤"), b"\xe0 5 \xa4 &#8211; \xbduf &#164;");
    assert_eq!(text::windows_1252("à 5 € – l’œuf ☕"), b"\xe0 5 \x80 \x96 l\x92\x9cuf ?");
    assert!(!text::windows_1252(&rivage::directory::csv()).contains(&b'?'));
    assert_eq!(rivage::directory::csv().lines().count(), 22);
}

#[test]
fn asks_for_the_intranets_people_page_by_page() {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = colline::intranet::page(&format!("/?limite=4&curseur={cursor}").parse().unwrap());
        seen.extend(page["personnes"].as_array().unwrap().clone());
        let Some(next) = page["suite"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    assert_eq!(seen, colline::intranet::people());
}

/// One request to one of the servers, the answer as text.
fn ask(address: &str, header: &str) -> String {
    let (host, path) = address.trim_start_matches("http://").split_once('/').unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    write!(connection, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\n").unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_on_sockets_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let upstreams = start(STARTS[0].parse().unwrap(), folder.path()).await.unwrap();
    let url = |name: &str| upstreams.environment[name].clone();

    let news = ask(&url("RIVAGE_NEWS_URL"), "");
    assert!(news.starts_with("HTTP/1.1 200"), "{news}");
    let etag = news.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = ask(&url("RIVAGE_NEWS_URL"), &format!("If-None-Match: {etag}\r\n"));
    assert!(again.starts_with("HTTP/1.1 304"), "{again}");

    let events = url("RIVAGE_WEBSITE_URL") + "evenements?per_page=4&page=";
    assert!(ask(&format!("{events}2"), "").contains("page=3>; rel=\"next\""));
    assert!(!ask(&format!("{events}3"), "").contains("rel=\"next\""));
    assert!(ask(&format!("{events}4"), "").starts_with("HTTP/1.1 400"));

    let buses = url("RIVAGE_TRANSIT_URL") + "stop-monitoring.json";
    let answers: Vec<_> = (0..10).map(|_| ask(&buses, "").starts_with("HTTP/1.1 503")).collect();
    assert_eq!(answers.iter().filter(|failed| **failed).count(), 2);

    let timetable = url("RIVAGE_TIMETABLE_URL");
    assert!(ask(&format!("{timetable}&resources=4101%2C4102"), "").contains("BEGIN:VEVENT"));
    let another_year = timetable.replace("projectId=7", "projectId=6");
    assert!(!ask(&format!("{another_year}&resources=4101"), "").contains("BEGIN:VEVENT"));

    let menus = url("COLLINE_INTRANET_URL") + "menus";
    assert!(ask(&menus, "").starts_with("HTTP/1.1 401"));
    let token = format!("Authorization: Bearer {}\r\n", url("COLLINE_INTRANET_TOKEN"));
    assert!(ask(&menus, &token).starts_with("HTTP/1.1 200"));

    upstreams.stop().await.unwrap();
    assert!(TcpStream::connect(host_of(&buses)).is_err());
}

fn host_of(address: &str) -> &str {
    address.trim_start_matches("http://").split('/').next().unwrap()
}

#[tokio::test]
async fn writes_records_anew_with_a_mark_still_due_and_one_not_published() {
    use sqlx::{ConnectOptions, Row};
    let folder = tempfile::tempdir().unwrap();
    for start_at in &STARTS[..2] {
        start(start_at.parse().unwrap(), folder.path()).await.unwrap().stop().await.unwrap();
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("rivage/scolarite.sqlite"));
    let mut records = options.connect().await.unwrap();
    let counts = "select (select count(*) from etudiant), (select count(*) from note where note is null),
        (select count(*) from note where publie = 0), (select count(*) from absence)";
    let counts = sqlx::query(counts).fetch_one(&mut records).await.unwrap();
    assert_eq!([0, 1, 2, 3].map(|column| counts.get::<i64, _>(column)), [3, 2, 2, 4]);
}

#[tokio::test]
async fn everybody_who_signs_in_is_in_the_records_of_their_school() {
    use sqlx::ConnectOptions;
    let folder = tempfile::tempdir().unwrap();
    start(STARTS[0].parse().unwrap(), folder.path()).await.unwrap().stop().await.unwrap();
    let rivage = "select cod_etu from etudiant union select matricule from personnel";
    let colline = "select id from apprenant union select id from formateur";
    for (file, query, people) in [
        ("rivage/scolarite.sqlite", rivage, rivage::accounts::people()),
        ("colline/colline.sqlite", colline, colline::accounts::people()),
    ] {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join(file));
        let mut records = options.connect().await.unwrap();
        let known: std::collections::BTreeSet<String> =
            sqlx::query_scalar(query).fetch_all(&mut records).await.unwrap().into_iter().collect();
        let user = |claims: &serde_json::Value| {
            ["supannEtuId", "supannEmpId", "sub"].iter().find_map(|name| Some(claims.get(name)?.as_str()?.to_owned()))
        };
        assert_eq!(
            people.iter().map(|person| user(&person.claims).unwrap()).collect::<std::collections::BTreeSet<_>>(),
            known
        );
    }
}
