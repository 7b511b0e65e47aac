//! Changes while running: in force at once, remembered with who made them, repeated without harm.

use identity::{Person, Role, Staff};
use journal::{Durability, Key};
use serde_json::{Value, json};
use testbed::need;

use crate::identity::visitors::{ELSEWHERE, Phone, person};
use crate::schools::{Answer, CAMPUSES, Given, Schools, news, set, website};

fn schools(website_at: &str) -> Schools {
    let staff = Staff::from([(Role::Operator, vec!["user:root".parse().unwrap()])]);
    Schools::with(Given { staff, ..Given::default() }, |campus| {
        ELSEWHERE.to_owned()
            + &website(&format!("{website_at}/{campus}"))
            + &set("news", "news")
            + &set("events", "events")
    })
}

fn admin() -> Person {
    Person { roles: vec!["admin".to_owned()], ..person("chief", &[]) }
}

async fn post(schools: &Schools, phone: &Phone, path: &str, key: Option<&str>, form: &[(&str, &str)]) -> Answer {
    let bearer = phone.bearer();
    let headers: Vec<_> =
        [("authorization", &*bearer)].into_iter().chain(key.map(|key| ("idempotency-key", key))).collect();
    schools.post(phone.campus, path, &headers, form).await
}

async fn trail(schools: &Schools, phone: &Phone) -> Vec<Value> {
    schools.get_by(phone, "/api/staff/audit").await.json()["changes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn staff_change_lifetimes_and_purge_their_own_campus_and_nobody_else_does() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 3));
    }
    let schools = schools(&server.url(""));
    let (chief, student) = (schools.phone("rivage", admin()), schools.phone("rivage", person("adupont", &[])));
    for campus in CAMPUSES {
        let _ = schools.get(campus, "/api/data/news").await;
    }
    schools.pass(60);
    let form = [("kind", "news"), ("fresh_for", "30s")];
    for path in ["/api/staff/lifetimes", "/api/staff/purge", "/api/staff/promote", "/api/staff/rollback"] {
        assert_eq!(post(&schools, &student, path, None, &form).await.problem(), "not-allowed", "{path}");
    }
    for path in ["/api/staff/audit", "/api/staff/conflicts", "/api/staff/channels"] {
        assert_eq!(schools.get_by(&student, path).await.problem(), "not-allowed", "{path}");
        assert_eq!(schools.get_by(&chief, path).await.status, 200, "{path}");
    }
    let changed = post(&schools, &chief, "/api/staff/lifetimes", None, &form).await.json();
    assert_eq!((&changed["scope"], &changed["replicated"]), (&json!("kind/news"), &json!(false)));
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "stale", "30 s are over");
    assert_eq!(schools.get("colline", "/api/data/news").await.origin(), "hit");
    post(&schools, &chief, "/api/staff/lifetimes", None, &[("kind", "news")]).await;
    schools.until("rivage", "/api/data/news", |answer| answer.origin() == "hit").await;
    assert_eq!(post(&schools, &chief, "/api/staff/purge", None, &[("source", "website")]).await.status, 200);
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "miss");
    for wrong in
        [&[("kind", "nws")][..], &[("data", "nws")], &[("kind", "news"), ("data", "news")], &[("source", "ade")]]
    {
        assert!(post(&schools, &chief, "/api/staff/purge", None, wrong).await.status >= 400, "{wrong:?}");
    }

    let trail = trail(&schools, &chief).await;
    let lines: Vec<_> = trail.iter().map(|line| (&line["key"], &line["before"], &line["value"])).collect();
    let lifetimes = json!("lifetimes/kind/news");
    assert_eq!(lines[0], (&lifetimes, &Value::Null, &json!({ "fresh_for": 30 })));
    assert_eq!(lines[1], (&lifetimes, &json!({ "fresh_for": 30 }), &Value::Null));
    assert_eq!((lines[2].0, lines.len()), (&json!("purge/source/website"), 3));
    assert!(trail.iter().all(|line| line["by"] == "user:chief" && line["campus"] == "rivage"));
    let elsewhere = schools.phone("colline", admin());
    assert_eq!(schools.get_by(&elsewhere, "/api/staff/audit").await.json(), json!({ "changes": [] }));
    let (bearer, path) = (chief.bearer(), "/api/staff/audit?limit=1");
    let table = schools.ask("rivage", path, &[("authorization", &*bearer), ("accept", "text/csv")]).await.text();
    assert!(table.starts_with("\"at\",\"campus\"") && table.lines().count() == 2, "{table}");
}

#[tokio::test]
async fn a_purge_of_phones_moves_the_epoch_of_what_it_names() {
    let schools = schools("http://127.0.0.1:9");
    let chief = schools.phone("rivage", admin());
    let epochs = async |campus| {
        let manifest = schools.get(campus, "/api/manifest").await.json();
        ["news", "events"].map(|set| manifest["data"][set]["epoch"].as_i64().unwrap())
    };
    assert_eq!(epochs("rivage").await, [0, 0]);
    post(&schools, &chief, "/api/staff/purge", None, &[("data", "news")]).await;
    assert_eq!(epochs("rivage").await, [0, 0], "phones keep what they have");
    post(&schools, &chief, "/api/staff/purge", None, &[("data", "news"), ("devices", "true")]).await;
    let [first, none] = epochs("rivage").await;
    assert!(first > 0 && none == 0);
    schools.pass(5);
    post(&schools, &chief, "/api/staff/purge", None, &[("devices", "true")]).await;
    let [second, also] = epochs("rivage").await;
    assert!(second > first && also == second);
    assert_eq!(epochs("colline").await, [0, 0]);
}

#[tokio::test]
async fn phones_keep_less_when_staff_say_so_and_never_more_than_was_published() {
    let schools = schools("http://127.0.0.1:9");
    let chief = schools.phone("rivage", admin());
    let kept = async |campus| {
        let manifest = schools.get(campus, "/api/manifest").await.json();
        ["news", "events"]
            .map(|set| (manifest["data"][set]["keep"].clone(), manifest["data"][set]["on_device"].clone()))
    };
    let days = |keep: i64, published: i64| (json!(keep * 86_400), json!(published * 86_400));
    let published = [days(7, 7), days(14, 14)];
    assert_eq!(kept("rivage").await, published);
    for (keep, in_force) in [("2d", [days(2, 7), days(2, 14)]), ("10d", [days(7, 7), days(10, 14)])] {
        post(&schools, &chief, "/api/staff/lifetimes", None, &[("keep", keep)]).await;
        assert_eq!(kept("rivage").await, in_force, "{keep}");
    }
    let beyond = [("data", "news"), ("keep", "8d")];
    assert_eq!(post(&schools, &chief, "/api/staff/lifetimes", None, &beyond).await.problem(), "bad-parameter");
    post(&schools, &chief, "/api/staff/lifetimes", None, &[]).await;
    assert_eq!((kept("rivage").await, kept("colline").await), (published.clone(), published));
}

#[tokio::test]
async fn a_write_that_is_sent_again_is_done_once() {
    let schools = schools("http://127.0.0.1:9");
    let chief = schools.phone("rivage", admin());
    let form = [("data", "news"), ("fresh_for", "30s")];
    let first = post(&schools, &chief, "/api/staff/lifetimes", Some("one"), &form).await.json();
    let again = post(&schools, &chief, "/api/staff/lifetimes", Some("one"), &form).await.json();
    assert_eq!(first["version"], again["version"]);
    assert_eq!(trail(&schools, &chief).await.len(), 1);
    let other = [("data", "news"), ("fresh_for", "40s")];
    assert_eq!(post(&schools, &chief, "/api/staff/lifetimes", Some("one"), &other).await.problem(), "key-reused");
    let purge = [("data", "news"), ("devices", "true")];
    for _ in 0..2 {
        assert_eq!(post(&schools, &chief, "/api/staff/purge", Some("two"), &purge).await.status, 200);
    }
    assert_eq!(trail(&schools, &chief).await.len(), 3, "a purge of phones is two lines");
    for wrong in ["", &"x".repeat(65), "a b"] {
        assert_eq!(post(&schools, &chief, "/api/staff/purge", Some(wrong), &purge).await.problem(), "bad-parameter");
    }
}

#[tokio::test]
async fn who_signed_somebody_out_is_remembered_and_whom_is_not() {
    let schools = schools("http://127.0.0.1:9");
    let chief = schools.phone("rivage", admin());
    let form = [("user", "adupont")];
    assert_eq!(post(&schools, &chief, "/api/staff/sign-out", None, &form).await.json()["signed_out"], true);
    let trail = trail(&schools, &chief).await;
    assert_eq!((&trail[0]["key"], &trail[0]["by"]), (&json!("sign-out"), &json!("user:chief")));
    let everything = schools.state.look(journal::Projection::dump).unwrap();
    assert!(everything.contains("revocations") && !everything.contains("adupont"), "{everything}");
}

#[tokio::test]
async fn operators_see_what_was_changed_twice_without_one_knowing_of_the_other() {
    let schools = schools("http://127.0.0.1:9");
    let key = Key::Lifetimes(journal::Scope::Campus);
    let seen = schools.state.change(Some("rivage"), key.clone(), json!({ "fresh_for": 1 }), "user:a");
    let unseen = journal::Change { value: json!({ "fresh_for": 2 }), by: "user:b".to_owned(), ..seen.clone() };
    for change in [seen, unseen] {
        schools.state.write(&[journal::Fact::Change(change)], None, Durability::Local).await.unwrap();
    }
    let chief = schools.phone("rivage", admin());
    let conflicts = schools.get_by(&chief, "/api/staff/conflicts").await.json();
    let conflict = &conflicts["conflicts"][0];
    assert_eq!((&conflict["open"], &conflict["changes"][1]["by"]), (&json!(true), &json!("user:b")));
    schools.state.set(Some("rivage"), key, json!(null), "user:a", None, Durability::Local).await.unwrap();
    assert_eq!(schools.admin("GET", "/conflicts", json!(null)).await.json()["conflicts"][0]["open"], false);
}

#[tokio::test]
async fn a_stolen_session_key_is_believed_no_more() {
    let schools = schools("http://127.0.0.1:9");
    let phone = schools.phone("rivage", person("adupont", &[]));
    assert_eq!(schools.get_by(&phone, "/api/me").await.json()["signed_in"], true);
    let keys = schools.admin("GET", "/session-keys", json!(null)).await.json();
    let id = keys["trusted"][0].clone();
    assert_eq!(schools.admin("POST", "/session-keys/revoke", json!({ "id": "00000000" })).await.status, 400);
    let revoked = schools.admin("POST", "/session-keys/revoke", json!({ "id": id, "by": "root" })).await;
    assert_eq!(revoked.json()["trusted"], json!([]));
    assert_eq!(schools.get_by(&phone, "/api/me").await.json()["signed_in"], false);
}

#[tokio::test]
async fn while_the_journal_is_away_reads_go_on_and_nobody_is_told_that_a_change_was_made() {
    let server = need!(testbed::nginx(""));
    server.write("www/rivage/news.json", news("rivage", 3));
    let schools = schools(&server.url(""));
    let (chief, phone) = (schools.phone("rivage", admin()), schools.phone("rivage", person("adupont", &[])));
    schools.away.store(true, std::sync::atomic::Ordering::SeqCst);
    let refused = post(&schools, &chief, "/api/staff/purge", None, &[]).await;
    assert_eq!((refused.status, refused.problem().as_str()), (503, "journal-unavailable"));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(schools.get("rivage", "/api/data/news").await.items().len(), 3);
    let leaving = post(&schools, &phone, "/api/session/end", None, &[("everywhere", "true")]).await;
    assert_eq!(leaving.problem(), "journal-unavailable", "other phones are still signed in");
    assert!(leaving.header("set-cookie").contains("Max-Age=0"), "and this one is not");
    schools.away.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(post(&schools, &phone, "/api/session/end", None, &[("everywhere", "true")]).await.status, 200);
}
