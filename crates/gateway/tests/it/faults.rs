//! Upstreams that are down, slow, broken or lying: old news with their age and the reason, or a problem in time.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testbed::{CutOff, FAULTS, need};

use crate::schools::{Answer, CAMPUSES, Schools, map, mark, news, set, website};

#[tokio::test]
async fn answers_with_old_news_when_the_website_is_down() {
    let mut down = need!(testbed::nginx(""));
    let up = need!(testbed::nginx(""));
    down.write("www/news.json", news("rivage", 3));
    up.write("www/news.json", news("colline", 3));
    let declare = |url: &str| website(url) + &set("news", "news") + &set("events", "events");
    let schools = Schools::new(|campus| declare(&if campus == "rivage" { down.url("") } else { up.url("") }));
    for campus in CAMPUSES {
        assert_eq!(schools.get(campus, "/api/data/news").await.items().len(), 3);
    }
    down.stop();
    schools.pass(1000);

    let told = |answer: &Answer| answer.header("cache-status").ends_with("detail=source-unavailable");
    let old = schools.until("rivage", "/api/data/news", told).await;
    assert_eq!((old.items().len(), old.header("age")), (3, "1000"));
    assert_eq!(old.header("cache-status"), "Preau; hit; ttl=-100; detail=source-unavailable");
    assert_eq!(old.json()["as_of"], "2026-10-05T08:00:00Z");
    let several = schools.get("rivage", "/api/data?names=news").await.json();
    assert_eq!((&several["data"]["news"]["status"], &several["data"]["news"]["stale"]), (&json!(200), &json!(true)));
    let explained = schools.get("rivage", "/api/explain/news").await.json();
    assert_eq!(explained["why"]["reason"], "old-because-the-source-fails");
    assert_eq!(explained["source"]["state"], "failing");
    assert_eq!(explained["source"]["last_failure"], json!({ "at": "2026-10-05T08:16:40Z", "kind": "unavailable" }));
    assert_eq!(explained["cache"]["usable_until"], "2026-10-06T08:15:00Z");
    assert_eq!(schools.get("rivage", "/api/status").await.json()["sources"]["website"]["state"], "failing");

    let fresh = schools.until("colline", "/api/data/news", |answer| answer.origin() == "hit").await;
    assert_eq!(fresh.header("age"), "0", "the other campus's website is up");
    assert_eq!(schools.get("colline", "/api/status").await.json()["sources"]["website"]["state"], "ok");

    let never_seen = schools.get("rivage", "/api/data/events").await;
    assert_eq!((never_seen.status, never_seen.problem().as_str()), (503, "source-unavailable"));
    let seconds: u64 = never_seen.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    assert_eq!(schools.get("rivage", "/api/explain/events").await.json()["why"]["reason"], "source-unavailable");

    schools.pass(86_400);
    assert_eq!(schools.get("rivage", "/api/data/news").await.problem(), "source-unavailable", "older than a day");
    assert_eq!(schools.get("rivage", "/api/explain/news").await.json()["why"]["reason"], "source-unavailable");

    down.start();
    schools.pass(300);
    let back = schools.get("rivage", "/api/data/news").await;
    assert_eq!((back.origin(), back.header("age"), back.items().len()), ("miss", "0", 3));
    let explained = schools.get("rivage", "/api/explain/news").await.json();
    assert_eq!((&explained["why"]["reason"], &explained["source"]["state"]), (&json!("in-order"), &json!("ok")));
}

#[tokio::test]
async fn a_website_that_asks_for_a_pause_has_it() {
    let server = need!(testbed::nginx(FAULTS));
    server.write("www/colline/news.json", news("colline", 1));
    let busy = set("news", "news").replace("news.json", "429");
    let calm = set("news", "news").replace("news.json", "colline/news.json");
    let schools = Schools::new(|campus| website(&server.url("")) + if campus == "rivage" { &busy } else { &calm });
    for (later, retry_after) in [(0, "120"), (30, "90"), (89, "1")] {
        schools.pass(later);
        let answer = schools.get("rivage", "/api/data/news").await;
        assert_eq!((answer.status, answer.problem().as_str()), (503, "source-unavailable"));
        assert_eq!(answer.header("retry-after"), retry_after);
        assert_eq!(server.calls("/429"), 1);
    }
    schools.pass(1);
    assert_eq!(schools.get("rivage", "/api/data/news").await.header("retry-after"), "120");
    assert_eq!(server.calls("/429"), 2);
    assert_eq!(schools.get("colline", "/api/data/news").await.items().len(), 1, "the same website, another campus");
}

#[tokio::test]
async fn a_source_that_fails_for_many_questions_is_left_alone_as_a_whole() {
    let broken = "location /rivage/ { if (!-f $document_root/well) { return 500; } }";
    let server = need!(testbed::nginx(broken));
    for campus in CAMPUSES {
        (0..9).for_each(|group| server.write(&format!("www/{campus}/{group}.json"), news(campus, 1)));
    }
    let schools = Schools::new(|campus| {
        let set = set("news", "news").replace("news.json", &format!("{campus}/{{group}}.json"));
        website(&server.url("")) + &set + "[data.news.params.group]\nabout = \"a group\"\n"
    });
    let read = async |campus, group: u32| schools.get(campus, &format!("/api/data/news?group={group}")).await.status;
    for group in 0..5 {
        assert_eq!((read("rivage", group).await, server.requests().len()), (503, group as usize + 1));
    }
    assert_eq!((read("rivage", 5).await, server.requests().len()), (503, 5), "no question is asked any more");
    assert_eq!(read("colline", 5).await, 200, "another campus's is");
    assert_eq!(
        gate(&schools, "rivage").await,
        ["circuit 2", "requests under_way 0", "requests waiting 0", "shed busy 0", "shed paused 1"]
    );
    let well = ["circuit 0", "requests under_way 0", "requests waiting 0", "shed busy 0", "shed paused 0"];
    assert_eq!(gate(&schools, "colline").await, well);

    let all = schools.admin("GET", "/status", json!(null)).await.json()["campuses"].clone();
    let rivage = all.as_array().unwrap().iter().find(|campus| campus["campus"] == "rivage").unwrap();
    let words = rivage["sources"]["website"]["last_failure"]["message"].as_str().unwrap();
    assert!(words.contains(" is left alone until 2026-10-05T08:00:0"), "{words}");
    assert!(words.contains("after 5 failures since 2026-10-05T08:00:00Z; the last one: 127.0.0.1:"), "{words}");

    schools.pass(10);
    assert_eq!(
        (read("rivage", 6).await, read("rivage", 7).await),
        (503, 503),
        "one finds out, and the next pause begins"
    );
    assert_eq!(server.calls("/rivage/6.json") + server.calls("/rivage/7.json"), 1);
    server.write("www/well", "");
    schools.pass(20);
    assert_eq!(gate(&schools, "rivage").await[0], "circuit 1", "the pause is over, and nobody has asked");
    for group in [7, 8] {
        assert_eq!(read("rivage", group).await, 200);
    }
    assert_eq!(
        [&gate(&schools, "rivage").await[0], &gate(&schools, "rivage").await[4]],
        ["circuit 0", "shed paused 2"]
    );
    schools.remove("rivage");
    assert_eq!(
        (gate(&schools, "rivage").await.len(), gate(&schools, "colline").await),
        (0, well.map(String::from).into())
    );
}

/// How the gate of a campus's website stands, by its series.
async fn gate(schools: &Schools, campus: &str) -> Vec<String> {
    let text = schools.admin("GET", "/metrics", json!(null)).await.text();
    let label = format!("{{campus=\"{campus}\",source=\"website\"");
    let series = text.lines().filter_map(|line| line.strip_prefix("preau_upstream_")?.split_once(&label));
    let told = series.filter(|(name, _)| !name.starts_with("fetch"));
    let mut told: Vec<_> = told
        .map(|(name, rest)| {
            let (label, value) = rest.split_once("} ").unwrap();
            let word = label.split('"').nth(1).map(|word| format!("{word} ")).unwrap_or_default();
            format!("{} {word}{value}", name.trim_end_matches("_total"))
        })
        .collect();
    told.sort();
    told
}

#[tokio::test]
async fn every_fault_is_told_by_whose_it_is_and_in_time() {
    let server = need!(testbed::nginx(FAULTS));
    let (cut_off, silent) = (CutOff::start(), TcpListener::bind("127.0.0.1:0").unwrap());
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/long.json"), news(campus, 40));
        server.write(&format!("www/{campus}/page.json"), "<!DOCTYPE html><html>Maintenance</html>");
        let disguised = json!({ "error": "quota", "whose": "refused", "words": mark(campus) });
        server.write(&format!("www/{campus}/disguised.json"), disguised.to_string());
    }
    let root = server.url("");
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let faults = |campus: &str| {
        [
            ("slow", root.clone(), format!("slow/{campus}/long.json"), "source-unavailable"),
            ("silent", silent.clone(), String::new(), "source-unavailable"),
            ("cut-off", cut_off.url(""), String::new(), "source-unavailable"),
            ("closed", root.clone(), "closed".to_owned(), "source-unavailable"),
            ("asks-for-pause", root.clone(), "503".to_owned(), "source-unavailable"),
            ("wants-a-password", root.clone(), format!("secret/{campus}/long.json"), "source-refused"),
            ("not-there", root.clone(), format!("{campus}/none.json"), "source-rejected"),
            ("in-a-loop", root.clone(), "loop".to_owned(), "source-rejected"),
            ("a-web-page", root.clone(), format!("{campus}/page.json"), "source-malformed"),
            ("disguised", root.clone(), format!("{campus}/disguised.json"), "source-refused"),
        ]
    };
    let schools = Schools::new(|campus| {
        let sets = faults(campus).into_iter().map(|(name, url, path, _)| {
            let disguise = if name == "disguised" { "fails_when = 'if .error then .whose else false end'\n" } else { "" };
            let source = website(&url).replace("website", name);
            let map = map(&["id", "title", "published"]);
            format!("{source}[data.{name}]\nkind = \"news\"\nsource = \"{name}\"\npath = \"{path}\"\n{disguise}[data.{name}.map]\n{map}\n")
        });
        sets.collect()
    });
    for campus in CAMPUSES {
        for (name, .., problem) in faults(campus) {
            let began = Instant::now();
            let answer = schools.get(campus, &format!("/api/data/{name}")).await;
            assert_eq!(answer.problem(), problem, "{name}: {}", answer.detail());
            assert_eq!(answer.status, if problem == "source-unavailable" { 503 } else { 502 });
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
            assert!(began.elapsed() < Duration::from_secs(6), "{name} took {:?}", began.elapsed());
            let explained = schools.get(campus, &format!("/api/explain/{name}")).await.json();
            assert_eq!(explained["why"]["reason"], problem);
            assert_eq!(explained["items"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_maintenance_page_never_replaces_what_is_known() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 3));
    }
    let schools = Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &set("news", "news"));
    for campus in CAMPUSES {
        let known = schools.get(campus, "/api/data/news").await.items();
        server.write(&format!("www/{campus}/news.json"), "<html><body>Revenez plus tard</body></html>");
        schools.pass(1000);
        let malformed = |answer: &Answer| answer.header("cache-status").contains("source-malformed");
        assert_eq!(schools.until(campus, "/api/data/news", malformed).await.items(), known);
    }
}
