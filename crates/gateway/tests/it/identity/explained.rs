//! Why a screen stays empty, told to who asks; and what operators see of people: numbers.

use serde_json::{Value, json};
use testbed::{FAULTS, Nginx, need};

use super::visitors::{Browser, cas_of_files, items_of, own_set, person, set_for, who_signs_in};
use crate::schools::{CAMPUSES, Schools, news, website};

fn schools(server: &Nginx) -> Schools {
    who_signs_in(server, "adupont", "");
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/grades-adupont.json"), items_of("adupont", campus, 1));
        server.write(&format!("www/{campus}/theirs.json"), news(campus, 1));
    }
    Schools::new(|campus| {
        let dead = website(&server.url("")).replace("website", "dead");
        let broken = own_set("loans").replace("website", "dead").replace("loans-{user}.json", "closed");
        let sets = set_for("group:l3", "theirs") + &own_set("grades");
        let website = website(&server.url(&format!("/{campus}")));
        [&cas_of_files(server, campus), "\n", &website, &sets, &dead, &broken].concat()
    })
}

#[tokio::test]
async fn it_says_what_keeps_a_reader_out_and_what_to_do() {
    let server = need!(testbed::nginx(FAULTS));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let old = schools.phone(campus, person("adupont", &["l3"]));
        schools.pass(600);
        let [plain, grouped] = [&[][..], &["l3"]].map(|groups| schools.phone(campus, person("adupont", groups)));
        let why = async |headers: &[(&str, &str)], name: &str| {
            let explained = schools.ask(campus, &format!("/api/explain/{name}"), headers).await;
            assert_eq!(explained.header("cache-control"), "private, no-store");
            let explained = explained.json();
            assert!(["fr", "en"].iter().all(|language| !explained["why"][language].as_str().unwrap().is_empty()));
            explained
        };
        let reason = |explained: &Value| explained["why"]["reason"].as_str().unwrap().to_owned();
        for (bearer, name, expected) in [
            (None, "theirs", "sign-in-required"),
            (None, "grades", "sign-in-required"),
            (Some(&old), "theirs", "session-expired"),
            (Some(&old), "grades", "session-expired"),
            (Some(&plain), "theirs", "not-allowed"),
            (Some(&plain), "grades", "asked-each-time"),
            (Some(&grouped), "theirs", "not-asked-yet"),
        ] {
            let bearer = bearer.map(super::visitors::Phone::bearer).unwrap_or_default();
            let explained = why(&[("authorization", &bearer)], name).await;
            assert_eq!(reason(&explained), expected, "{name}");
            let allowed = ["asked-each-time", "not-asked-yet"].contains(&expected);
            assert_eq!(explained["allowed"], json!(allowed));
            assert_eq!(explained.get("source").is_some(), allowed, "whom it is not for learns nothing of its source");
        }
        let bearer = grouped.bearer();
        let headers = [("authorization", &*bearer)];
        assert_eq!(schools.ask(campus, "/api/data/grades", &headers).await.status, 200);
        let explained = why(&headers, "grades").await;
        assert_eq!((reason(&explained).as_str(), &explained["source"]["state"]), ("asked-each-time", &json!("ok")));
        assert!(
            explained.get("items").is_none() && explained.get("account").is_none() && explained.get("cache").is_none()
        );
        assert_eq!(schools.ask(campus, "/api/data/loans", &headers).await.status, 503);
        let explained = why(&headers, "loans").await;
        assert_eq!(
            (reason(&explained).as_str(), &explained["source"]["state"]),
            ("source-unavailable", &json!("failing"))
        );
        assert!(!explained.to_string().contains("adupont"));
    }
}

#[tokio::test]
async fn the_providers_state_is_what_it_did_and_not_what_strangers_tried() {
    let mut server = need!(testbed::nginx(FAULTS));
    let schools = schools(&server);
    let state = async |campus: &str| {
        schools.get(campus, "/api/explain/grades").await.json()["login"]["state"].as_str().unwrap().to_owned()
    };
    let sign_in = async |campus: &'static str, ticket: &str| {
        let browser = Browser::new(&schools, campus);
        browser.come_back(&browser.leave("/api/login").await, ticket).await.status
    };
    for campus in CAMPUSES {
        assert_eq!(state(campus).await, "unknown");
        assert_eq!(Browser::new(&schools, campus).come_back("made-up", "ST-0").await.status, 400);
        assert_eq!((sign_in(campus, "none").await, state(campus).await.as_str()), (400, "unknown"));
        assert_eq!((sign_in(campus, "ST-1").await, state(campus).await.as_str()), (303, "ok"));
    }
    server.stop();
    for campus in CAMPUSES {
        assert_eq!((sign_in(campus, "ST-2").await, state(campus).await.as_str()), (503, "failing"));
        // Neither a sign-in that begins nor an answer that nobody asked for says that it is back.
        Browser::new(&schools, campus).leave("/api/login").await;
        assert_eq!(Browser::new(&schools, campus).come_back("made-up", "ST-0").await.status, 400);
        assert_eq!(state(campus).await, "failing");
        assert_eq!(schools.get(campus, "/api/status").await.json()["login"]["state"], "failing");
    }
    server.start();
    for campus in CAMPUSES {
        assert_eq!((sign_in(campus, "ST-3").await, state(campus).await.as_str()), (303, "ok"));
    }
}

#[tokio::test]
async fn operators_see_how_many_signed_in_and_never_who() {
    let mut server = need!(testbed::nginx(FAULTS));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for ticket in ["ST-1", "ST-2", "ST-2"] {
            let browser = Browser::new(&schools, campus);
            browser.come_back(&browser.leave("/api/login").await, ticket).await;
            browser.get("/api/data/grades").await;
            browser.get("/api/data/loans").await;
        }
        Browser::new(&schools, campus).come_back("made-up", "ST-0").await;
    }
    server.stop();
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        browser.come_back(&browser.leave("/api/login").await, "ST-3").await;
    }
    let metrics = schools.admin("GET", "/metrics", json!(null)).await.text();
    for campus in CAMPUSES {
        for (outcome, count) in [("ok", 2), ("invalid", 1), ("stale", 1), ("unavailable", 1)] {
            let line = format!("preau_sign_ins_total{{campus=\"{campus}\",outcome=\"{outcome}\"}} {count}\n");
            assert!(metrics.contains(&line), "{line}{metrics}");
        }
    }
    let status = schools.admin("GET", "/status", json!(null)).await.text();
    for text in [metrics, status] {
        assert!(!text.contains("adupont") && !text.contains("ST-") && !text.contains("mark-of"), "{text}");
    }
}
