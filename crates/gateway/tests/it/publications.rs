//! Publications, and the channels that show them: to everybody, or to who tests.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testbed::need;

use crate::identity::visitors::{ELSEWHERE, Phone, person};
use crate::schools::{Answer, Schools, news, set};

const NANTES: &str = "nantes";

/// A campus that is published, whose beta channel reads another folder of its website.
fn declaration(website: &str, name: &str) -> String {
    format!(
        "name = \"{name}\"\ntimezone = \"Europe/Paris\"\n{ELSEWHERE}\n[channels.beta]\n\
         testers = [\"user:tess\", {{ who = \"group:dsi\", until = \"2026-10-06\" }}]\n\
         [sources.website]\nconnector = \"http\"\nurl = \"{website}/live/\"\n\
         [sources.website.on.beta]\nurl = \"{website}/test/\"\n{}",
        set("news", "news")
    )
}

async fn publish(schools: &Schools, channel: &str, declaration: &str) -> Answer {
    let files: BTreeMap<_, _> = [("campus.toml", STANDARD.encode(declaration))].into();
    let body = json!({ "campus": NANTES, "channel": channel, "files": files, "by": "root" });
    schools.admin("POST", "/publications", body).await
}

async fn repoint(schools: &Schools, path: &str, body: Value) -> Answer {
    let mut body = body;
    body["campus"] = NANTES.into();
    schools.admin("POST", path, body).await
}

async fn on_beta(schools: &Schools, phone: &Phone, path: &str) -> Answer {
    schools.ask(phone.campus, path, &[("authorization", &phone.bearer()), ("preau-channel", "beta")]).await
}

#[tokio::test]
async fn a_publication_goes_to_testers_then_to_everybody_and_back() {
    let server = need!(testbed::nginx(""));
    for place in ["live", "test"] {
        server.write(&format!("www/{place}/news.json"), news(place, 3));
    }
    let schools = Schools::new(|_| String::new());
    let first = publish(&schools, "production", &declaration(&server.url(""), "Nantes")).await.json();
    assert_eq!(first["publication"]["number"], 1);
    let tester = schools.phone(NANTES, person("tess", &[]));
    let student = schools.phone(NANTES, person("adupont", &[]));
    assert_eq!(on_beta(&schools, &tester, "/api/me").await.json()["channel"], "production", "nothing is there yet");

    let second = publish(&schools, "beta", &declaration(&server.url(""), "Nantes, new")).await.json();
    assert_eq!(second["publication"]["number"], 2);
    let manifest = on_beta(&schools, &tester, "/api/manifest").await;
    assert_eq!(
        (&manifest.json()["name"], &manifest.json()["channel"], &manifest.json()["publication"]),
        (&json!("Nantes, new"), &json!("beta"), &json!(2))
    );
    assert_eq!(manifest.header("cache-control"), "private, no-cache");
    for (phone, channel) in [(&tester, "test"), (&student, "live")] {
        let answer = on_beta(&schools, phone, "/api/data/news").await;
        assert!(answer.each("title")[0].contains(channel), "{}", answer.text());
        assert_eq!(answer.header("preau-channel"), if channel == "test" { "beta" } else { "" });
        assert_eq!(answer.origin(), "miss", "each channel has its own");
    }
    assert_eq!(schools.get(NANTES, "/api/manifest").await.json()["name"], "Nantes");
    assert_eq!(schools.get_by(&tester, "/api/me").await.json()["channels"], json!(["production", "beta"]));
    assert_eq!(schools.get_by(&student, "/api/me").await.json()["channels"], json!(["production"]));

    let promoted = repoint(&schools, "/publications/promote", json!({ "from": "beta", "to": "production" })).await;
    assert_eq!(promoted.json()["publication"]["number"], 2);
    assert_eq!(schools.get(NANTES, "/api/manifest").await.json()["name"], "Nantes, new");
    let back = repoint(&schools, "/publications/rollback", json!({ "channel": "production" })).await;
    assert_eq!(back.json()["publication"]["number"], 1);
    assert_eq!(schools.get(NANTES, "/api/manifest").await.json()["name"], "Nantes");
    let further = repoint(&schools, "/publications/rollback", json!({ "channel": "production" })).await;
    assert!(further.status == 400 && further.detail().contains("showed nothing else"), "{}", further.text());
    let forward = repoint(&schools, "/publications/rollback", json!({ "channel": "production", "to": "2" })).await;
    assert_eq!(forward.json()["publication"]["number"], 2);
    let same = publish(&schools, "beta", &declaration(&server.url(""), "Nantes")).await.json();
    assert_eq!(same["publication"], first["publication"], "what is the same is the same publication");

    let all = schools.admin("GET", "/publications?campus=nantes", json!(null)).await.json();
    let history = all["campuses"][0]["channels"]["production"]["history"].as_array().unwrap().len();
    assert_eq!((history, all["campuses"][0]["publications"].as_array().unwrap().len()), (4, 2));
    let files = schools.admin("GET", "/publications/files?campus=nantes&name=1", json!(null)).await.json();
    assert!(files["files"]["campus.toml"].is_string());
}

#[tokio::test]
async fn testers_choose_in_the_same_app_until_their_last_day() {
    let schools = Schools::new(|_| String::new());
    publish(&schools, "production", &declaration("http://127.0.0.1:9", "Nantes")).await;
    publish(&schools, "beta", &declaration("http://127.0.0.1:9", "Nantes, new")).await;
    let staff = schools.phone(NANTES, person("jmartin", &["dsi"]));
    let student = schools.phone(NANTES, person("adupont", &[]));
    let choose = async |phone: &Phone, channel| {
        let bearer = phone.bearer();
        schools.post(NANTES, "/api/channel", &[("authorization", &*bearer)], &[("channel", channel)]).await
    };
    assert_eq!(choose(&student, "beta").await.problem(), "not-allowed");
    assert_eq!(choose(&staff, "gamma").await.problem(), "not-allowed");
    let chosen = choose(&staff, "beta").await;
    let cookie = chosen.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-preau-channel="), "{cookie}");
    let home = async |phone: &Phone| {
        let headers = [("authorization", phone.bearer()), ("cookie", cookie.clone())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        schools.ask(NANTES, "/", &headers).await.text()
    };
    let marked = home(&staff).await;
    assert!(marked.contains("Nantes, new (beta)"), "{marked}");
    assert!(!home(&student).await.contains("beta"), "a cookie makes nobody a tester");
    schools.pass(40 * 3600);
    let later = schools.phone(NANTES, person("jmartin", &["dsi"]));
    assert!(!home(&later).await.contains("beta"), "the last day is over");
    assert_eq!(choose(&later, "beta").await.problem(), "not-allowed");
}

#[tokio::test]
async fn a_declaration_with_errors_is_not_published_and_changes_nothing() {
    let schools = Schools::new(|_| String::new());
    let good = declaration("http://127.0.0.1:9", "Nantes");
    publish(&schools, "production", &good).await;
    let bad = good.replace("source = \"website\"", "source = \"wbsite\"");
    for (channel, text, words) in [
        ("production", bad.as_str(), "did you mean"),
        ("beta", bad.as_str(), "did you mean"),
        ("gamma", good.as_str(), "gamma"),
        ("production", "name = ", "TOML"),
    ] {
        let refused = publish(&schools, channel, text).await;
        assert_eq!((refused.status, refused.problem().as_str()), (422, "declaration-refused"), "{}", refused.text());
        assert!(refused.detail().contains(words), "{}", refused.detail());
    }
    let all = schools.admin("GET", "/publications", json!(null)).await.json();
    assert_eq!(all["campuses"][0]["publications"].as_array().unwrap().len(), 1);
    for (path, body, words) in [
        ("/publications/promote", json!({ "from": "beta", "to": "production" }), "nothing is published"),
        ("/publications/rollback", json!({ "channel": "production", "to": "7" }), "its publications are 1"),
    ] {
        let refused = repoint(&schools, path, body).await;
        assert!(refused.status == 400 && refused.detail().contains(words), "{}", refused.text());
    }
    let hostile = json!({ "campus": "../x", "channel": "beta", "files": {} });
    assert_eq!(schools.admin("POST", "/publications", hostile).await.problem(), "bad-parameter");
    let outside = json!({ "campus": "nantes", "channel": "beta", "files": { "../campus.toml": "" } });
    assert_eq!(schools.admin("POST", "/publications", outside).await.problem(), "bad-parameter");
}

#[tokio::test]
async fn a_campus_is_reached_at_its_cell_and_told_of_the_others_in_its_zone() {
    let schools = Schools::new(|_| String::new());
    for (cell, zone) in [("dc2", "eu"), ("dc1", "eu"), ("dc9", "us")] {
        let place = json!({ "zone": zone, "url": format!("https://{{campus}}.{cell}.preau.example") });
        let key = journal::Key::Cell(cell.to_owned());
        schools.state.set(None, key, place, "socket:root", None, journal::Durability::Local).await.unwrap();
    }
    let here = schools.at("rivage.dc1.preau.example", "/api/manifest").await.json();
    assert_eq!(
        here["cells"],
        json!([
            { "name": "dc1", "url": "https://rivage.dc1.preau.example" },
            { "name": "dc2", "url": "https://rivage.dc2.preau.example" },
        ])
    );
    assert_eq!(here["change_over"]["timeout_ms"], 2000);
    for host in ["rivage.dc2.preau.example", "dc1.preau.example", ".dc1.preau.example", "nobody.dc1.preau.example"] {
        assert_eq!(schools.at(host, "/api/manifest").await.problem(), "unknown-campus", "{host}");
    }
}
