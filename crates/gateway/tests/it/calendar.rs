//! Calendars that programs subscribe to: what is in them, whose they are, and when they are over.

use serde_json::{Value, json};
use testbed::{Nginx, need};

use crate::identity::visitors::{Browser, ELSEWHERE, Phone, person};
use crate::schools::{CAMPUSES, Schools, mark, website};

/// A timetable about each person, events for all, a trip for a group, news that stand in no calendar.
fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        for user in ["adupont", "bmartin"] {
            server.write(&format!("www/{campus}/lessons-{user}.json"), lessons(user, campus));
        }
        for set in ["events", "trips"] {
            server.write(&format!("www/{campus}/{set}.json"), events().to_string());
        }
    }
    Schools::new(|campus| {
        let fields = "id = \".id\"\ntitle = \".title\"\nstart = \".start\"\nend = \".end\"\n";
        let set = |name: &str, kind: &str, audience: &str, path: &str, more: &str| {
            format!(
                "[data.{name}]\nkind = \"{kind}\"\nsource = \"website\"\naudience = \"{audience}\"\npath = \"{path}\"\n\
                 [data.{name}.map]\neach = \".[]\"\n{fields}{more}"
            )
        };
        let lesson = "room = \".room\"\nteacher = \".teacher\"\ncancelled = \".cancelled\"\n";
        let event = "all_day = \".all_day\"\nplace = \".place\"\nsummary = \".summary\"\nurl = \".url\"\n\
                     category = \".category\"\ncancelled = \".cancelled\"\n";
        let news = "[data.news]\nsource = \"website\"\npath = \"news.json\"\n\
                    map = { each = \".[]\", id = \".id\", title = \".title\", published = \".start\" }\n";
        [
            "short_name = \"Démo\"\ntheme = { color = \"#0b6e8f\" }\n".to_owned(),
            ELSEWHERE.to_owned(),
            website(&server.url(&format!("/{campus}"))),
            set("timetable", "timetable", "self", "lessons-{user}.json", lesson),
            set("events", "events", "public", "events.json", event),
            set("trips", "events", "group:l3", "trips.json", event),
            news.to_owned(),
        ]
        .concat()
    })
}

fn lessons(user: &str, campus: &str) -> String {
    json!([
        { "id": "l1", "title": format!("Lesson of {user}, {}", mark(campus)), "start": "2026-10-05T08:00:00+02:00",
          "end": "2026-10-05T10:00:00+02:00", "room": "B204; étage 2", "teacher": "Élodie Dubois", "cancelled": false },
        { "id": "l2", "title": "Réseaux", "start": "2026-10-06T14:00:00+02:00", "end": "2026-10-06T17:00:00+02:00",
          "room": "Salle info 3", "teacher": "Minh Nguyen", "cancelled": true },
    ])
    .to_string()
}

/// Some hundred events with whatever people write, the same each time; but for a backslash before n, which readers take for
/// the doubled escape of sloppy products.
fn events() -> Value {
    const PIECES: [&str; 16] = [
        "réunion",
        ", ",
        "; ",
        "\\",
        "\\.",
        ":",
        "\"",
        "☕",
        "œuvre",
        "日本語",
        "👩‍🔬",
        "a ",
        "BEGIN:VEVENT",
        "=",
        "%",
        "fin",
    ];
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let event = |number: usize| {
        let mut words = |most: usize| -> String {
            let pieces: String = (0..=next(most)).map(|_| PIECES[next(PIECES.len())]).collect();
            format!("x{}", pieces.trim_end())
        };
        let (title, place, summary, category) = (words(40), words(6), words(120), words(3));
        let (day, hour, all_day) = (1 + next(20), next(20), next(4) == 0);
        let mut event = json!({
            "id": format!("e{number}"), "title": title, "place": place, "summary": summary, "category": category,
            "start": format!("2026-10-{day:02}T{hour:02}:15:00+02:00"),
            "end": format!("2026-10-{day:02}T{:02}:45:00+02:00", hour + 2),
            "all_day": all_day, "cancelled": next(5) == 0, "url": format!("https://univ-demo.fr/e?n={number}&a,b;c"),
        });
        if all_day {
            event["start"] = json!(format!("2026-10-{day:02}T00:00:00+02:00"));
            event["end"] = json!(format!("2026-10-{:02}T00:00:00+02:00", day + 1 + next(3)));
        }
        event
    };
    (0..300).map(event).collect()
}

/// The path of an address that a phone was given.
async fn subscribed(schools: &Schools, phone: &Phone, form: &[(&str, &str)]) -> String {
    let answer = Browser::with(schools, phone).post("/api/calendar", form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let (origin, path) = url.split_once("/api/").unwrap();
    assert!(origin.ends_with(&format!("://{}.localhost", phone.campus)), "{url}");
    format!("/api/{path}")
}

#[tokio::test]
async fn a_person_s_timetable_is_at_an_address_that_names_nobody_and_needs_no_session() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &["l3", "chess"]));
        let path = subscribed(&schools, &phone, &[("name", "timetable"), ("language", "en")]).await;
        assert!(!path.contains("adupont") && path.ends_with(".ics"), "{path}");
        for round in 1..=2 {
            let answer = schools.get(campus, &path).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, "text/calendar; charset=utf-8"));
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert_eq!(answer.header("set-cookie"), "");
            let text = answer.text().replace("\r\n ", "");
            assert!(text.contains(&format!("SUMMARY:Lesson of adupont\\, {}", mark(campus))), "{text}");
            assert_eq!(server.calls(&format!("/{campus}/lessons-adupont.json")), round, "asked each time, kept never");
        }
        let tag = schools.get(campus, &path).await.header("etag").to_owned();
        schools.pass(600);
        let known = schools.ask(campus, &path, &[("if-none-match", &tag)]).await;
        assert_eq!((known.status, known.body.len()), (304, 0));
        let other = CAMPUSES.into_iter().find(|other| *other != campus).unwrap();
        assert_eq!(schools.get(other, &path).await.status, 404, "another campus's");
    }
    let kept = schools.admin("GET", "/cache", json!(null)).await.json();
    assert_eq!(kept["entries"], 0);
}

#[tokio::test]
async fn says_what_when_and_where_as_calendar_programs_read_it() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let phone = schools.phone("rivage", person("adupont", &[]));
    let path = subscribed(&schools, &phone, &[("name", "timetable")]).await;
    let text = schools.get("rivage", &path).await.text().replace("\r\n ", "").replace("\r\n", "\n");
    insta::assert_snapshot!(text, @r"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Preau//Preau//EN
    CALSCALE:GREGORIAN
    NAME:Emploi du temps – Démo
    X-WR-CALNAME:Emploi du temps – Démo
    X-WR-TIMEZONE:Europe/Paris
    REFRESH-INTERVAL;VALUE=DURATION:PT60M
    X-PUBLISHED-TTL:PT60M
    X-APPLE-CALENDAR-COLOR:#0b6e8f
    COLOR:teal
    BEGIN:VEVENT
    UID:l1@timetable.rivage
    DTSTAMP:20261005T080000Z
    DTSTART:20261005T060000Z
    DTEND:20261005T080000Z
    SUMMARY:Lesson of adupont\, mark-of-rivage
    LOCATION:B204\; étage 2
    DESCRIPTION:Élodie Dubois
    STATUS:CONFIRMED
    END:VEVENT
    BEGIN:VEVENT
    UID:l2@timetable.rivage
    DTSTAMP:20261005T080000Z
    DTSTART:20261006T120000Z
    DTEND:20261006T150000Z
    SUMMARY:Réseaux
    LOCATION:Salle info 3
    DESCRIPTION:Minh Nguyen
    STATUS:CANCELLED
    END:VEVENT
    END:VCALENDAR
    ");
}

#[tokio::test]
async fn an_independent_parser_reads_every_event_without_an_error() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let text = schools.get("rivage", "/api/calendar/events.ics?language=en").await.text();
    let read: Value = serde_json::from_str(&need!(testbed::read_calendar(&text))).unwrap();
    assert_eq!((&read["calendar"]["NAME"], &read["calendar"]["COLOR"]), (&json!("Events – Démo"), &json!("teal")));
    let by_id = |id: &Value| {
        let uid = format!("{}@events.rivage", id.as_str().unwrap());
        read["events"].as_array().unwrap().iter().find(|event| event["UID"] == uid).unwrap().clone()
    };
    for event in events().as_array().unwrap() {
        let found = by_id(&event["id"]);
        assert_eq!(found["SUMMARY"], event["title"]);
        assert_eq!((&found["LOCATION"], &found["DESCRIPTION"]), (&event["place"], &event["summary"]));
        assert_eq!(found["CATEGORIES"], json!([event["category"]]));
        assert_eq!(found["URL"], event["url"]);
        assert_eq!(found["STATUS"] == "CANCELLED", event["cancelled"] == true);
        let day = event["start"].as_str().unwrap().get(..10).unwrap();
        assert!(found["DTSTART"].as_str().unwrap().len() == day.len() || event["all_day"] == false, "{found}");
    }
}

#[tokio::test]
async fn a_calendar_without_events_is_a_calendar_all_the_same() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    // What has no time is in no calendar.
    for (none, campus) in [(json!([]), "rivage"), (json!([{ "id": "e1", "title": "Once" }]), "colline")] {
        server.write(&format!("www/{campus}/events.json"), none.to_string());
        let text = schools.get(campus, "/api/calendar/events.ics").await.text();
        let read: Value = serde_json::from_str(&need!(testbed::read_calendar(&text))).unwrap();
        assert_eq!(read["events"], json!([]), "{text}");
        server.write("www/empty.ics", text);
        schools.declare(
            campus,
            &format!(
                "[sources.calendar]\nconnector = \"ical\"\nplain_http = true\nurl = \"{}\"\n\
                 [data.events]\nsource = \"calendar\"\n",
                server.url("/empty.ics")
            ),
        );
        assert!(schools.get(campus, "/api/data/events").await.items().is_empty());
    }
}

#[tokio::test]
async fn our_own_connector_reads_the_same_items_back() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let before = schools.get("rivage", "/api/data/events").await.items();
    assert_eq!(before.len(), 300);
    server.write("www/again.ics", schools.get("rivage", "/api/calendar/events.ics").await.text());
    schools.declare(
        "colline",
        &format!(
            "[sources.calendar]\nconnector = \"ical\"\nplain_http = true\nurl = \"{}\"\n\
             [data.events]\nsource = \"calendar\"\npast = \"60d\"\nahead = \"60d\"\n",
            server.url("/again.ics")
        ),
    );
    let mut after = schools.get("colline", "/api/data/events").await.items();
    assert_eq!(after.len(), before.len());
    for event in &mut after {
        event["id"] = json!(event["id"].as_str().unwrap().split('@').next().unwrap());
    }
    for event in before {
        let found = after.iter().find(|found| found["id"] == event["id"]).unwrap();
        assert_eq!(*found, event);
    }
}

#[tokio::test]
async fn an_address_is_over_when_it_is_revoked_or_old_and_others_are_not() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phones = ["adupont", "bmartin"].map(|user| schools.phone(campus, person(user, &[])));
        let mut paths = Vec::new();
        for phone in &phones {
            paths.push(subscribed(&schools, phone, &[("name", "timetable")]).await);
        }
        schools.pass(1);
        let revoked = Browser::with(&schools, &phones[0]).post("/api/calendar/revoke", &[]).await;
        assert_eq!((revoked.status, &revoked.json()["revoked"]), (200, &json!(true)), "{}", revoked.text());
        assert_eq!(schools.get(campus, &paths[0]).await.problem(), "calendar-over");
        assert_eq!(schools.get(campus, &paths[1]).await.status, 200);
        schools.pass(1);
        let anew = subscribed(&schools, &phones[0], &[("name", "timetable")]).await;
        assert_eq!(schools.get(campus, &anew).await.status, 200, "one of after that");
        schools.pass(400 * 86_400);
        assert_eq!(schools.get(campus, &anew).await.problem(), "calendar-over");
    }
}

#[tokio::test]
async fn an_address_reads_what_its_person_may_and_no_more() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let member = schools.phone("rivage", person("adupont", &["l3"]));
    let trips = subscribed(&schools, &member, &[("name", "trips")]).await;
    assert_eq!(schools.get("rivage", &trips).await.status, 200);
    let stranger = Browser::with(&schools, &schools.phone("rivage", person("bmartin", &[])));
    for (form, problem) in [
        (vec![("name", "trips")], "not-allowed"),
        (vec![("name", "news")], "bad-parameter"),
        (vec![("name", "timetable"), ("user", "adupont")], "bad-parameter"),
        (vec![("name", "nothing")], "unknown-data"),
    ] {
        assert_eq!(stranger.post("/api/calendar", &form).await.problem(), problem, "{form:?}");
    }
    let anonymous = Browser::new(&schools, "rivage");
    assert_eq!(anonymous.post("/api/calendar", &[("name", "events")]).await.problem(), "sign-in-required");
    for (path, problem) in [
        ("/api/calendar/timetable.ics", "sign-in-required"),
        ("/api/calendar/trips.ics", "sign-in-required"),
        ("/api/calendar/news.ics", "bad-parameter"),
        ("/api/calendar/events", "not-found"),
        ("/api/calendar/AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics", "not-found"),
    ] {
        assert_eq!(schools.get("rivage", path).await.problem(), problem, "{path}");
    }
}

#[tokio::test]
async fn one_address_is_read_so_often_and_then_slower() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let paths = ["adupont", "bmartin"].map(|user| schools.phone("rivage", person(user, &["l3"])));
    let [one, other] = [
        subscribed(&schools, &paths[0], &[("name", "trips")]).await,
        subscribed(&schools, &paths[1], &[("name", "trips")]).await,
    ];
    for _ in 0..60 {
        assert_eq!(schools.get("rivage", &one).await.status, 200);
    }
    let slowed = schools.get("rivage", &one).await;
    assert_eq!((slowed.problem().as_str(), slowed.header("retry-after")), ("too-many-requests", "60"));
    assert_eq!(schools.get("rivage", &other).await.status, 200);
    schools.pass(60);
    assert_eq!(schools.get("rivage", &one).await.status, 200);
}

#[tokio::test]
async fn what_is_asked_with_the_person_s_own_token_has_no_address() {
    let schools = Schools::new(|_| {
        let login = "[login]\nmethod = \"oidc\"\nissuer = \"https://idp.invalid\"\nclient_id = \"preau\"\n\n";
        let source = website("http://127.0.0.1:9").trim_end().to_owned() + "\nauth = { person = \"token\" }\n\n";
        let set = "[data.timetable]\nsource = \"website\"\npath = \"lessons.json\"\n\
                   map = { each = \".[]\", id = \".id\", title = \".title\", start = \".start\" }\n";
        [login, &source, set].concat()
    });
    let phone = schools.phone("rivage", person("adupont", &[]));
    let answer = Browser::with(&schools, &phone).post("/api/calendar", &[("name", "timetable")]).await;
    assert_eq!(answer.problem(), "bad-parameter");
    assert!(answer.detail().contains("which ends within hours"), "{}", answer.detail());
}
