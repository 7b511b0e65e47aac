//! What operators see: health, readiness, metrics, status.

use std::collections::BTreeMap;

use axum::body::Body;
use gateway::Peer;
use http::Request;
use serde_json::json;
use testbed::need;

use crate::schools::{CAMPUSES, Schools, mark, news, set, website};

#[tokio::test]
async fn metrics_count_what_happened_and_are_for_the_machine_itself() {
    let mut server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 3).replace("\"id\":\"n2\"", "\"id\":null"));
    }
    let schools = Schools::new(|campus| {
        website(&server.url(&format!("/{campus}"))) + &set("news", "news") + &set("events", "events")
    });
    for (campus, reads) in [("rivage", 3), ("colline", 2)] {
        for _ in 0..reads {
            assert_eq!(schools.get(campus, "/api/data/news").await.items().len(), 2);
        }
    }
    server.stop();
    assert_eq!(schools.get("colline", "/api/data/events").await.status, 503);
    assert_eq!(schools.get("colline", "/api/data/none").await.status, 404);

    for peer in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        let metrics = schools.from(peer, "/metrics").await;
        assert!(metrics.status == 200 && metrics.header("content-type").starts_with("application/openmetrics-text"));
        let text = metrics.text();
        let counts = counts(&text);
        for (name, count) in [
            ("preau_cache_reads_total{campus=\"rivage\",origin=\"miss\"}", 1.0),
            ("preau_cache_reads_total{campus=\"rivage\",origin=\"hit\"}", 2.0),
            ("preau_cache_reads_total{campus=\"colline\",origin=\"hit\"}", 1.0),
            ("preau_cache_reads_total{campus=\"colline\",origin=\"failed\"}", 1.0),
            ("preau_upstream_fetches_total{campus=\"rivage\",source=\"website\",outcome=\"ok\"}", 1.0),
            ("preau_upstream_fetches_total{campus=\"colline\",source=\"website\",outcome=\"unavailable\"}", 1.0),
            ("preau_upstream_fetch_seconds_count{campus=\"colline\",source=\"website\"}", 2.0),
            ("preau_records_total{campus=\"rivage\",data=\"news\",fate=\"mapped\"}", 2.0),
            ("preau_records_total{campus=\"rivage\",data=\"news\",fate=\"rejected\"}", 1.0),
            ("preau_responses_total{status=\"503\"}", 1.0),
            ("preau_cache_entries", 3.0),
        ] {
            assert_eq!(counts.get(name), Some(&count), "{name} of {text}");
        }
        assert!(!text.contains("mark-of"), "counts, never contents");
    }
    for peer in ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"] {
        let answer = schools.from(peer, "/metrics").await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"));
    }
    let nobody = Request::get("/metrics").header("x-forwarded-for", "127.0.0.1").header("x-real-ip", "127.0.0.1");
    assert_eq!(schools.send(nobody.body(Body::empty()).unwrap()).await.status, 404, "a header is no address");
    let proxy = Peer { address: "127.0.0.1".parse().unwrap(), tls: false };
    let passed_on = Request::get("/metrics").extension(proxy).header("x-forwarded-for", "192.0.2.7");
    assert_eq!(
        schools.send(passed_on.body(Body::empty()).unwrap()).await.status,
        404,
        "a proxy here speaks for others"
    );
    assert_eq!(schools.admin("GET", "/metrics", json!(null)).await.status, 200);
}

#[tokio::test]
async fn status_shows_each_campus_its_own_sources_and_operators_the_words() {
    let mut server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 3));
    }
    let schools = Schools::new(|campus| {
        let source = website(&server.url(&format!("/{campus}"))).replace("website", &mark(campus));
        source + &set("news", "news").replace("website", &mark(campus))
    });
    for campus in CAMPUSES {
        let status = schools.get(campus, "/api/status").await.json();
        assert_eq!(status["sources"][mark(campus)]["state"], "unknown");
        let _ = schools.get(campus, "/api/data/news").await;
        let status = schools.get(campus, "/api/status").await.json();
        assert_eq!(status["sources"][mark(campus)]["state"], "ok");
        assert_eq!(status["sources"][mark(campus)]["last_success"], "2026-10-05T08:00:00Z");
        assert_eq!(status["newest_declaration"], "in service");
    }
    server.stop();
    schools.admin("POST", "/cache/purge", json!({ "campus": "rivage" })).await;
    assert_eq!(schools.get("rivage", "/api/data/news").await.status, 503);
    schools.spoil("rivage", "[data.news]\nsource = \"nowhere\"\n");

    let public = schools.get("rivage", "/api/status").await;
    assert!(!public.text().contains("127.0.0.1") && !public.text().contains("nowhere"), "{}", public.text());
    let failing = &public.json()["sources"][mark("rivage")];
    assert_eq!((&failing["state"], &failing["failing"]), (&json!("failing"), &json!(1)));
    assert_eq!(failing["last_failure"]["kind"], "unavailable");
    assert_eq!(public.json()["newest_declaration"], "refused");
    assert_eq!(schools.get("colline", "/api/status").await.json()["sources"][mark("colline")]["state"], "ok");

    let all = schools.admin("GET", "/status", json!(null)).await.json()["campuses"].clone();
    let rivage = all.as_array().unwrap().iter().find(|campus| campus["campus"] == "rivage").unwrap();
    assert!(rivage["problems"][0].as_str().unwrap().contains("unknown source \"nowhere\""), "{rivage}");
    let words = rivage["sources"][mark("rivage")]["last_failure"]["message"].as_str().unwrap();
    assert!(words.contains("127.0.0.1") && !words.contains("news.json"), "{words}");
}

#[tokio::test]
async fn is_alive_always_and_ready_with_a_campus() {
    let schools = Schools::new(|_| String::new());
    assert_eq!(schools.from("192.0.2.7", "/healthz").await.text(), "ok\n");
    let ready = schools.from("192.0.2.7", "/readyz").await;
    assert_eq!(
        (ready.status, ready.json()),
        (200, json!({ "ready": true, "draining": false, "writes": true, "campuses": 2, "broken": 0 }))
    );
    schools.spoil("rivage", "zone = 1\n");
    assert_eq!(schools.from("192.0.2.7", "/readyz").await.json()["broken"], 1);
    schools.gateway.drain();
    let leaving = schools.from("192.0.2.7", "/readyz").await;
    assert_eq!((leaving.status, leaving.json()["draining"].clone()), (503, json!(true)));
    assert_eq!(schools.get("rivage", "/api/manifest").await.status, 200, "who comes all the same is answered");
    for campus in CAMPUSES {
        schools.remove(campus);
    }
    let none = schools.from("192.0.2.7", "/readyz").await;
    assert_eq!((none.status, none.json()["ready"].clone()), (503, json!(false)));
    assert_eq!(schools.from("192.0.2.7", "/healthz").await.status, 200);
    assert_eq!(schools.get("rivage", "/api/manifest").await.problem(), "unknown-campus");
}

/// Metrics by their lines' names, labels included.
fn counts(metrics: &str) -> BTreeMap<&str, f64> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit_once(' ')).map(|(name, value)| (name, value.parse().unwrap())).collect()
}
