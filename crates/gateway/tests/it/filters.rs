//! `from`, `to`, `q`, `limit` and `cursor`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testbed::{Nginx, need};

use crate::schools::{CAMPUSES, Schools, mark, set, website};

/// A fortnight of events, two a day, written in any order.
fn events(campus: &str, days: std::ops::Range<u32>) -> Value {
    let event = |day: u32, hour: u32, title: &str| {
        json!({
            "id": format!("{day}-{hour}é/?"),
            "title": format!("{title}, {}", mark(campus)),
            "start": format!("2026-10-{day:02}T{hour:02}:00:00+02:00"),
            "end": format!("2026-10-{day:02}T{:02}:00:00+02:00", hour + 2),
            "place": "Maison de l’étudiant",
        })
    };
    days.rev().flat_map(|day| [event(day, 18, "Concert Été à l’ŒUVRE"), event(day, 9, "Forum DES MÉTIERS")]).collect()
}

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/events.json"), events(campus, 6..20).to_string());
        let places = json!([{ "id": "a", "name": mark(campus) }, { "id": "b", "name": "BU Évariste Galois" }]);
        server.write(&format!("www/{campus}/places.json"), places.to_string());
    }
    Schools::new(|campus| {
        website(&server.url(&format!("/{campus}"))) + &set("events", "events") + &set("places", "places")
    })
}

#[tokio::test]
async fn a_span_of_time_holds_what_lasts_into_it() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let found = async |query: &str| schools.get(campus, &format!("/api/data/events?{query}")).await.items().len();
        assert_eq!(found("from=2026-10-06").await, 28);
        assert_eq!(found("from=2026-10-19").await, 2, "a day begins at the campus's midnight");
        assert_eq!(found("from=2026-10-19T08:59:59Z").await, 2, "the forum lasts until 11:00 in Paris");
        assert_eq!(found("from=2026-10-19T09:00:00Z").await, 1, "and is over at its end");
        assert_eq!(found("from=2026-10-19T11:00:00+02:00").await, 1, "a plus that is not escaped is one all the same");
        assert_eq!(found("to=2026-10-07").await, 2);
        assert_eq!(found("to=2026-10-06T07:00:00Z").await, 0, "what begins then is after it");
        assert_eq!(found("to=2026-10-06T07:00:01Z").await, 1);
        assert_eq!(found("from=2026-10-08&to=2026-10-10").await, 4);
        let first = schools.get(campus, "/api/data/events?from=2026-10-08").await;
        assert_eq!(first.items()[0]["start"], "2026-10-08T09:00:00+02:00", "the soonest first");
    }
}

#[tokio::test]
async fn words_are_found_whatever_their_case_and_accents() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for (words, count) in [
            ("metiers", 14),
            ("M%C3%89TIERS", 14),
            ("Me%CC%81tiers", 14),
            ("FORUM+etudiant", 14),
            ("forum+concert", 0),
            ("%C3%A9t%C3%A9", 14),
            ("etudiant", 28),
            ("%20", 28),
        ] {
            let found = schools.get(campus, &format!("/api/data/events?q={words}")).await;
            assert_eq!(found.items().len(), count, "{words}");
        }
        assert_eq!(schools.get(campus, "/api/data/places?q=evariste+bu").await.each("id"), ["b"]);
    }
}

#[tokio::test]
async fn paging_through_everything_gives_each_item_once_and_in_order() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for (filter, size, count) in
            [("", 1, 28), ("", 5, 28), ("", 14, 28), ("&q=forum", 4, 14), ("&to=2026-10-08", 3, 4)]
        {
            let all =
                schools.get(campus, &format!("/api/data/events?{}", filter.trim_start_matches('&'))).await.each("id");
            let (mut paged, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = schools.get(campus, &format!("/api/data/events?limit={size}{filter}{cursor}")).await;
                assert!(page.items().len() <= size);
                paged.extend(page.each("id"));
                match page.json()["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!((paged.len(), &paged), (count, &all));
            assert_eq!(paged.iter().collect::<BTreeSet<_>>().len(), count);
        }
    }
}

#[tokio::test]
async fn a_cursor_outlives_a_refresh_until_its_item_is_gone() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let page = schools.get(campus, "/api/data/events?limit=2").await;
        let next = format!("/api/data/events?limit=2&cursor={}", page.json()["next"].as_str().unwrap());
        for (days, remaining) in [(5..20, Some("7-9é/?")), (8..20, None)] {
            server.write(&format!("www/{campus}/events.json"), events(campus, days).to_string());
            schools.pass(1800);
            let _ = schools.get(campus, "/api/data/events").await;
            schools.until(campus, "/api/data/events", |answer| answer.origin() == "hit").await;
            let answer = schools.get(campus, &next).await;
            match remaining {
                Some(first) => assert_eq!(answer.each("id")[0], first),
                None => assert_eq!((answer.status, answer.problem().as_str()), (410, "cursor-expired")),
            }
        }
    }
}
