//! `GET /api/data?names=…`: several data sets in one round trip.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use testbed::{FAULTS, need};

use crate::schools::{CAMPUSES, Schools, mark, news, set, website};

#[tokio::test]
async fn each_set_has_its_own_status_and_the_very_answer_it_has_alone() {
    let server = need!(testbed::nginx(FAULTS));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 5));
        server.write(&format!("www/{campus}/places.json"), json!([{ "id": "a", "name": mark(campus) }]).to_string());
    }
    let broken = set("broken", "news").replace("broken.json", "closed").replace("website", "dead");
    let personal = set("private", "news").replace("[data.private]", "[data.private]\naudience = \"self\"");
    let schools = Schools::new(|campus| {
        let own = website(&server.url(&format!("/{campus}"))) + &set("news", "news") + &set("places", "places");
        own + &website(&server.url("")).replace("website", "dead") + &broken + &personal
    });
    for campus in CAMPUSES {
        let path = "/api/data?names=places,news,,broken,private,none,news";
        let answer = schools.get(campus, path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        let data = answer.json()["data"].clone();
        let statuses: BTreeMap<_, _> =
            data.as_object().unwrap().iter().map(|(name, one)| (name.as_str(), one["status"].clone())).collect();
        let expected = [("broken", 503), ("news", 200), ("none", 404), ("places", 200), ("private", 401)];
        assert_eq!(statuses, expected.map(|(name, status)| (name, Value::from(status))).into());
        for (name, problem) in
            [("broken", "source-unavailable"), ("none", "unknown-data"), ("private", "sign-in-required")]
        {
            assert_eq!(data[name]["problem"]["type"], format!("urn:preau:problem:{problem}"));
        }
        assert_eq!(server.calls(&format!("/{campus}/private.json")), 0, "nobody asks for whom it is not");
        let exact: BTreeMap<&str, BTreeMap<&str, BTreeMap<&str, &RawValue>>> =
            serde_json::from_slice(&answer.body).unwrap();
        for name in ["news", "places"] {
            let alone = schools.get(campus, &format!("/api/data/{name}")).await;
            assert_eq!(exact["data"][name]["answer"].get(), alone.text());
            assert_eq!(data[name]["stale"], json!(false));
        }
    }
}

#[tokio::test]
async fn a_filter_holds_for_each_set_that_it_applies_to() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 5));
        server.write(&format!("www/{campus}/places.json"), json!([{ "id": "a", "name": mark(campus) }]).to_string());
    }
    let schools = Schools::new(|campus| {
        website(&server.url(&format!("/{campus}"))) + &set("news", "news") + &set("places", "places")
    });
    for campus in CAMPUSES {
        let data = schools.get(campus, "/api/data?names=news,places&from=2026-10-03").await.json()["data"].clone();
        assert_eq!(data["news"]["answer"]["items"], json!([]));
        assert_eq!(data["places"]["problem"]["type"], "urn:preau:problem:bad-parameter", "places have no time");
        let data = schools.get(campus, "/api/data?names=news,places&limit=2").await.json()["data"].clone();
        assert_eq!(data["news"]["answer"]["items"].as_array().unwrap().len(), 2);
        let next = data["news"]["answer"]["next"].as_str().unwrap();
        assert_eq!(schools.get(campus, &format!("/api/data/news?cursor={next}")).await.items().len(), 3);
        let many: Vec<_> = (0..21).map(|number| number.to_string()).collect();
        let answer = schools.get(campus, &format!("/api/data?names={}", many.join(","))).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-parameter"));
    }
}
