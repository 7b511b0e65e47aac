//! Lists that are suddenly empty or much shorter: held where the school declares so, told, and accepted by hand.

use identity::{Person, Role, Staff};
use jiff::Timestamp;
use serde_json::{Value, json};
use testbed::need;

use crate::identity::visitors::{ELSEWHERE, person};
use crate::schools::{Answer, CAMPUSES, Given, Schools, mark, set, website};

/// Longer than `fresh_for`, and than any pause after a failure.
const LATER: i64 = 1000;

/// Places of a campus.
fn places(campus: &str, count: usize) -> String {
    let place = |number: usize| json!({ "id": number, "name": format!("Salle {number}, {}", mark(campus)) });
    Value::from((0..count).map(place).collect::<Vec<_>>()).to_string()
}

/// Records of which none is a place: a field has another name than the mapping says.
fn renamed(campus: &str, count: usize) -> String {
    places(campus, count).replace("\"name\"", "\"nom\"")
}

/// The set `places`, fresh for a quarter of an hour, which may shrink to a share.
fn stable(share: &str) -> String {
    held().replace("path =", &format!("may_shrink_to = \"{share}\"\npath ="))
}

/// The same without a share.
fn held() -> String {
    set("places", "places").replace("path =", "fresh_for = \"15m\"\nstale_for = \"24h\"\npath =")
}

fn malformed(answer: &Answer) -> bool {
    answer.header("cache-status").ends_with("detail=source-malformed")
}

fn refreshed(answer: &Answer) -> bool {
    answer.header("age") == "0"
}

/// What operators are told of the last failure of a campus's website.
async fn told(schools: &Schools, campus: &str) -> String {
    let all = schools.admin("GET", "/status", json!(null)).await.json()["campuses"].clone();
    let campus = all.as_array().unwrap().iter().find(|known| known["campus"] == campus).unwrap().clone();
    campus["sources"]["website"]["last_failure"]["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_list_that_is_suddenly_empty_is_held_told_and_accepted_by_hand() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/places.json"), places(campus, 200));
    }
    let staff = Staff::from([(Role::Operator, vec!["user:root".parse().unwrap()])]);
    let schools = Schools::with(Given { staff, ..Given::default() }, |campus| {
        let places = if campus == "rivage" { stable("20%") } else { held() };
        ELSEWHERE.to_owned() + &website(&server.url(&format!("/{campus}"))) + &places
    });
    for campus in CAMPUSES {
        assert_eq!(schools.get(campus, "/api/data/places").await.items().len(), 200);
        server.write(&format!("www/{campus}/places.json"), "[]");
    }
    schools.pass(LATER);

    let old = schools.until("rivage", "/api/data/places", malformed).await;
    assert_eq!((old.items().len(), old.header("age")), (200, "1000"));
    let explained = schools.get("rivage", "/api/explain/places").await.json();
    assert_eq!(explained["why"]["reason"], "old-because-the-source-fails");
    assert_eq!((&explained["items"], &explained["source"]["state"]), (&json!(200), &json!("failing")));
    assert_eq!(explained["source"]["last_failure"]["kind"], "malformed");
    insta::assert_snapshot!(told(&schools, "rivage").await, @r#"places: 0 items of 0 records, and the last good answer had 200: may_shrink_to = "20%" lets 40 or more pass. If that is right, purge the set: preau cache purge rivage places, or POST /api/staff/purge with data=places"#);
    let metrics = schools.admin("GET", "/metrics", json!(null)).await.text();
    let counted = metrics.lines().find(|line| line.contains("malformed") && line.contains("rivage"));
    assert!(counted.is_some_and(|line| line.ends_with(" 1")), "{metrics}");

    let empty = schools.until("colline", "/api/data/places", refreshed).await;
    assert_eq!(empty.items().len(), 0, "nobody asked for more than what the school says");

    // Beyond `stale_for` it is a failure, not an empty list: phones keep what they have.
    schools.pass(24 * 3600);
    assert_eq!(schools.get("rivage", "/api/data/places").await.problem(), "source-malformed");

    let chief = schools.phone("rivage", Person { roles: vec!["admin".to_owned()], ..person("chief", &[]) }).bearer();
    let purged = schools.post("rivage", "/api/staff/purge", &[("authorization", &*chief)], &[("data", "places")]).await;
    assert_eq!(purged.status, 200, "{}", purged.text());
    let accepted = schools.get("rivage", "/api/data/places").await;
    assert_eq!((accepted.origin(), accepted.items().len()), ("miss", 0));
    assert_eq!(schools.get("rivage", "/api/explain/places").await.json()["why"]["reason"], "empty-at-the-source");
}

#[tokio::test]
async fn a_list_may_shrink_to_its_share_and_a_short_one_to_nothing() {
    let server = need!(testbed::nginx(""));
    let schools = Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &stable("20%"));
    let accepted = [100, 20, 4, 0, 200, 40];
    for (campus, lists) in CAMPUSES.into_iter().zip([&accepted[..], &[19, 0, 20]]) {
        for count in lists {
            server.write(&format!("www/{campus}/places.json"), places(campus, *count));
            let answer = schools.until(campus, "/api/data/places", refreshed).await;
            assert_eq!(answer.items().len(), *count, "{campus}");
            schools.pass(LATER);
        }
    }
    for (campus, count, before) in [("rivage", 7, 40), ("colline", 3, 20)] {
        server.write(&format!("www/{campus}/places.json"), places(campus, count));
        assert_eq!(schools.until(campus, "/api/data/places", malformed).await.items().len(), before);
    }
}

#[tokio::test]
async fn records_that_are_all_rejected_are_held_whatever_is_declared() {
    let server = need!(testbed::nginx(""));
    let schools = Schools::new(|campus| {
        let places = if campus == "rivage" { stable("20%") } else { held() };
        website(&server.url(&format!("/{campus}"))) + &places
    });
    for (campus, count) in [("rivage", 30), ("colline", 3)] {
        server.write(&format!("www/{campus}/places.json"), places(campus, count));
        assert_eq!(schools.get(campus, "/api/data/places").await.items().len(), count);
        server.write(&format!("www/{campus}/places.json"), renamed(campus, count));
    }
    schools.pass(LATER);
    for (campus, count) in [("rivage", 30), ("colline", 3)] {
        assert_eq!(schools.until(campus, "/api/data/places", malformed).await.items().len(), count);
    }
    insta::assert_snapshot!(told(&schools, "colline").await, @"places: all 3 records were rejected, the first for name: no value, and the field is required; the last good answer had 3 items. If that is right, purge the set: preau cache purge colline places, or POST /api/staff/purge with data=places");
    let words = told(&schools, "rivage").await;
    assert!(words.starts_with("places: all 30 records were rejected"), "it is no short list: {words}");
    // Where nothing better is known, it is shown as what it is.
    assert_eq!(schools.admin("POST", "/cache/purge", json!({ "campus": "colline" })).await.status, 200);
    assert_eq!(schools.get("colline", "/api/data/places").await.items().len(), 0);
    assert_eq!(schools.get("colline", "/api/explain/places").await.json()["why"]["reason"], "all-records-rejected");
    // Some records do: the list is as short as the school may mean it.
    schools.pass(LATER);
    server.write("www/colline/places.json", places("colline", 1));
    assert_eq!(schools.until("colline", "/api/data/places", refreshed).await.items().len(), 1);
}

#[tokio::test]
async fn a_held_list_closes_no_gate_and_hides_no_other_set() {
    let server = need!(testbed::nginx(""));
    let schools =
        Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &stable("20%") + &set("events", "events"));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/places.json"), places(campus, 200));
        server.write(&format!("www/{campus}/events.json"), "[]");
        assert_eq!(schools.get(campus, "/api/data/places").await.items().len(), 200);
        server.write(&format!("www/{campus}/places.json"), places(campus, 12));
    }
    // Twice as often as a source may fail before it is left alone.
    for times in 1..=10 {
        schools.pass(LATER);
        for campus in CAMPUSES {
            assert_eq!(schools.get(campus, "/api/data/places").await.items().len(), 200);
            let held = |answer: &Answer| {
                let next = answer.json()["cache"]["next_try"].as_str().map(|next| next.parse::<Timestamp>().unwrap());
                next.is_some_and(|next| next > schools.now())
            };
            schools.until(campus, "/api/explain/places", held).await;
            assert_eq!(server.calls(&format!("/{campus}/places.json")), times + 1);
        }
    }
    for campus in CAMPUSES {
        assert_eq!(schools.get(campus, "/api/data/events").await.status, 200);
        server.write(&format!("www/{campus}/places.json"), places(campus, 150));
    }
    schools.pass(LATER);
    for campus in CAMPUSES {
        assert_eq!(schools.until(campus, "/api/data/places", refreshed).await.items().len(), 150);
        assert_eq!(schools.get(campus, "/api/explain/places").await.json()["why"]["reason"], "in-order");
    }
}

#[tokio::test]
async fn each_value_of_a_parameter_has_a_list_of_its_own() {
    let server = need!(testbed::nginx(""));
    let schools = Schools::new(|campus| {
        let set = stable("20%").replace("places.json", &format!("{campus}/{{site}}.json"));
        website(&server.url("")) + &set + "[data.places.params.site]\nabout = \"a site\"\n"
    });
    for campus in CAMPUSES {
        let counts = [("north", 100, 0), ("south", 30, 30)];
        for (site, count, _) in counts {
            server.write(&format!("www/{campus}/{site}.json"), places(campus, count));
            assert_eq!(schools.get(campus, &format!("/api/data/places?site={site}")).await.items().len(), count);
        }
        server.write(&format!("www/{campus}/north.json"), "[]");
        server.write(&format!("www/{campus}/west.json"), "[]");
        schools.pass(LATER);
        assert_eq!(schools.until(campus, "/api/data/places?site=north", malformed).await.items().len(), 100);
        assert_eq!(schools.until(campus, "/api/data/places?site=south", refreshed).await.items().len(), 30);
        assert_eq!(schools.get(campus, "/api/data/places?site=west").await.items().len(), 0, "never longer");
    }
}
