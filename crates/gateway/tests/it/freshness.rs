//! How often a school is asked, and what operators change about it.

use futures_util::future::join_all;
use serde_json::json;
use testbed::{Nginx, need};

use crate::schools::{CAMPUSES, Schools, news, set, website};

/// A website with news of both campuses, and the two campuses.
fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 3));
        server.write(&format!("www/{campus}/events.json"), "[]");
        server.write(&format!("www/{campus}/lieux.json"), "[]");
    }
    Schools::new(|campus| {
        let own = website(&server.url(&format!("/{campus}")));
        let plan = website(&server.url(&format!("/{campus}"))).replace("website", "plan");
        let places = set("lieux", "places").replace("website", "plan");
        own + &plan + &set("news", "news") + &set("events", "events") + &places
    })
}

fn calls(server: &Nginx, campus: &str) -> usize {
    server.calls(&format!("/{campus}/news.json"))
}

#[tokio::test]
async fn a_thousand_cold_readers_make_one_call_and_none_follows_while_it_is_fresh() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let answers = join_all((0..1000).map(|_| schools.get(campus, "/api/data/news"))).await;
        assert!(answers.iter().all(|answer| answer.items().len() == 3));
        assert_eq!(answers.iter().filter(|answer| answer.origin() == "miss").count(), 1);
        assert_eq!(calls(&server, campus), 1);
    }
    schools.pass(15 * 60 - 1);
    for campus in CAMPUSES {
        assert_eq!(schools.get(campus, "/api/data/news").await.origin(), "hit");
        assert_eq!(calls(&server, campus), 1);
    }
    schools.pass(1);
    for campus in CAMPUSES {
        let stale = schools.get(campus, "/api/data/news").await;
        assert_eq!((stale.origin(), stale.header("age")), ("stale", "900"));
        assert_eq!(stale.header("cache-status"), "Preau; hit; ttl=0; detail=refreshing");
        let renewed = schools.until(campus, "/api/data/news", |answer| answer.origin() == "hit").await;
        assert_eq!((renewed.header("age"), renewed.header("cache-status")), ("0", "Preau; hit; ttl=900"));
        assert_eq!(calls(&server, campus), 2);
    }
}

#[tokio::test]
async fn lifetimes_that_an_operator_changes_hold_at_the_next_read() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        assert_eq!(schools.get(campus, "/api/data/news").await.json()["fresh_until"], "2026-10-05T08:15:00Z");
    }
    schools.pass(600);
    let now = schools.change("rivage", json!({ "fresh_for": 60, "stale_for": 0 })).await;
    let kept = 7 * 86_400;
    assert_eq!(now.json()["lifetimes"], json!({ "news": { "fresh_for": 60, "stale_for": 0, "keep": kept } }));
    let shorter = schools.get("rivage", "/api/data/news").await;
    assert_eq!((shorter.origin(), calls(&server, "rivage")), ("miss", 2), "what is kept is too old from now on");
    assert_eq!(shorter.json()["fresh_until"], "2026-10-05T08:11:00Z");
    assert_eq!(schools.get("colline", "/api/data/news").await.origin(), "hit", "the other campus's are its own");

    schools.pass(3000);
    schools.change("rivage", json!({ "fresh_for": 7200 })).await;
    let longer = schools.get("rivage", "/api/data/news").await;
    assert_eq!((longer.origin(), calls(&server, "rivage")), ("hit", 2), "what is kept is fresh again");
    assert_eq!(longer.json()["fresh_until"], "2026-10-05T10:10:00Z");
    assert_ne!(longer.header("etag"), shorter.header("etag"), "other bytes have another strong tag");
    let cache = schools.admin("GET", "/cache", json!(null)).await.json();
    assert_eq!(
        cache["changes"],
        json!([{ "campus": "rivage", "scope": "data/news", "change": { "fresh_for": 7200 } }])
    );
    assert!(cache["entries"] == 2 && cache["bytes"].as_u64() > Some(500), "{cache}");

    let declared = schools.change("rivage", json!({})).await.json();
    assert_eq!(declared["lifetimes"], json!({ "news": { "fresh_for": 900, "stale_for": 86400, "keep": kept } }));
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "stale");
}

#[tokio::test]
async fn a_purge_takes_what_it_names_of_one_campus() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let sets = ["news", "events", "lieux"];
    let purges = [
        (json!({ "campus": "rivage", "data": "news" }), &sets[..1]),
        (json!({ "campus": "rivage", "source": "website" }), &sets[..2]),
        (json!({ "campus": "rivage", "source": "plan" }), &sets[2..]),
        (json!({ "campus": "rivage", "kind": "events" }), &sets[1..2]),
        (json!({ "campus": "rivage" }), &sets[..]),
    ];
    for (purge, gone) in purges {
        for campus in CAMPUSES {
            for set in sets {
                let _ = schools.get(campus, &format!("/api/data/{set}")).await;
            }
        }
        let purged = schools.admin("POST", "/cache/purge", purge.clone()).await.json();
        assert_eq!(purged["replicated"], false, "{purge}: there is one machine");
        for campus in CAMPUSES {
            for set in sets {
                let expected = if campus == "rivage" && gone.contains(&set) { "miss" } else { "hit" };
                let answer = schools.get(campus, &format!("/api/data/{set}")).await;
                assert_eq!(answer.origin(), expected, "{campus} {set} after {purge}");
            }
        }
    }
}

#[tokio::test]
async fn an_upstream_that_changed_nothing_renews_the_age_and_keeps_the_items() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let first = schools.get(campus, "/api/data/news").await;
        schools.pass(1200);
        let _ = schools.get(campus, "/api/data/news").await;
        let renewed = schools.until(campus, "/api/data/news", |answer| answer.origin() == "hit").await;
        assert_eq!(server.requests().last(), Some(&format!("GET /{campus}/news.json 304")));
        assert_ne!(first.json()["as_of"], renewed.json()["as_of"]);
        assert_eq!(first.items(), renewed.items());
        assert_ne!(first.header("etag"), renewed.header("etag"));
        let headers = [("if-none-match", first.header("etag"))];
        let known = schools.ask(campus, "/api/data/news", &headers).await;
        assert_eq!((known.status, known.header("age")), (304, "0"), "a phone's items of the former fetch are current");

        server.write(&format!("www/{campus}/news.json"), news(campus, 4));
        schools.pass(1200);
        let _ = schools.get(campus, "/api/data/news").await;
        let changed = schools.until(campus, "/api/data/news", |answer| answer.origin() == "hit").await;
        assert_eq!(changed.items().len(), 4);
        assert_eq!(schools.ask(campus, "/api/data/news", &headers).await.status, 200);
    }
}
