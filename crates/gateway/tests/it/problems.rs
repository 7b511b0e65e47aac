//! Problems: one type each, for ever, and never anything else than a problem.

use axum::body::Body;
use http::Request;
use serde_json::json;
use testbed::need;

use crate::schools::{CAMPUSES, Schools, news, set, website};

#[tokio::test]
async fn what_is_not_for_everybody_wants_a_session_and_asks_nobody() {
    let server = need!(testbed::nginx(""));
    let audiences = [("own", "self"), ("ours", "members"), ("theirs", "group:l3 info")];
    for campus in CAMPUSES {
        for (name, _) in audiences {
            server.write(&format!("www/{campus}/{name}.json"), news(campus, 1));
        }
    }
    let schools = Schools::new(|campus| {
        let sets = audiences
            .map(|(name, audience)| set(name, "news").replacen("]\n", &format!("]\naudience = \"{audience}\"\n"), 1));
        website(&server.url(&format!("/{campus}"))) + &sets.concat()
    });
    for campus in CAMPUSES {
        for (name, audience) in audiences {
            for query in ["", "?limit=1", "?user=4711"] {
                let answer = schools.get(campus, &format!("/api/data/{name}{query}")).await;
                if query == "?user=4711" {
                    assert_eq!(answer.problem(), "bad-parameter", "the person is not a parameter of requests");
                } else {
                    assert_eq!((answer.status, answer.problem().as_str()), (401, "sign-in-required"));
                    assert_eq!(answer.header("www-authenticate"), "Bearer");
                }
            }
            let answer = schools.get(campus, &format!("/api/data?names={name}")).await.json();
            assert_eq!(answer["data"][name]["status"], 401);
            let explained = schools.get(campus, &format!("/api/explain/{name}")).await.json();
            assert_eq!((&explained["allowed"], &explained["audience"]), (&json!(false), &json!(audience)));
            assert_eq!(explained["why"]["reason"], "no-sign-in");
            assert!(explained.get("cache").is_none() && explained.get("source").is_none());
        }
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn types_are_for_ever() {
    let problems = gateway::PROBLEMS.iter().map(|(slug, status, _)| format!("{} {slug}", status.as_u16()));
    insta::assert_snapshot!(problems.collect::<Vec<_>>().join("\n"), @"
    404 unknown-campus
    404 unknown-data
    404 not-found
    405 method-not-allowed
    400 bad-parameter
    410 cursor-expired
    410 calendar-over
    401 sign-in-required
    401 session-expired
    401 proof-required
    401 nonce-required
    403 not-allowed
    403 cross-site
    404 no-sign-in
    403 sign-in-refused
    503 sign-in-unavailable
    429 too-many-requests
    413 too-large
    408 too-slow
    503 source-unavailable
    502 source-refused
    502 source-rejected
    502 source-malformed
    422 declaration-refused
    422 key-reused
    503 journal-unavailable
    503 clock-ahead
    500 internal
    ");
}

#[tokio::test]
async fn every_mistake_is_a_problem_of_a_known_type() {
    let server = need!(testbed::nginx(""));
    let schools = Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &set("news", "news"));
    let long = format!("/api/data/{}", "x".repeat(5000));
    for campus in CAMPUSES {
        for (method, path, status, problem, says) in [
            ("GET", "/api/data/nws", 404, "unknown-data", "did you mean \"news\"?"),
            ("GET", "/api/data/zzzzzzzz", 404, "unknown-data", "GET /api/manifest lists them"),
            ("GET", "/api/data/%0d%0anews", 404, "unknown-data", "no data set \"news\""),
            ("GET", "/api/data/%ff", 400, "bad-parameter", "UTF-8"),
            ("GET", &long, 404, "unknown-data", "no data set \"xxx"),
            ("GET", "/api/explain/nws", 404, "unknown-data", "did you mean \"news\"?"),
            ("GET", "/api/explain/%ff", 400, "bad-parameter", "UTF-8"),
            ("GET", "/api/data/news/", 404, "not-found", "/openapi.json"),
            ("GET", "/api/data/", 404, "not-found", "/openapi.json"),
            ("GET", "//api/data/news", 404, "not-found", "/openapi.json"),
            ("GET", "/api/data/../manifest", 404, "not-found", "/openapi.json"),
            ("GET", "/API/manifest", 404, "not-found", "/openapi.json"),
            ("GET", "/api/nothing", 404, "not-found", "/openapi.json"),
            ("POST", "/api/data/news", 405, "method-not-allowed", "GET"),
            ("DELETE", "/api/manifest", 405, "method-not-allowed", "GET"),
            ("OPTIONS", "/api/data", 405, "method-not-allowed", "GET"),
        ] {
            let request = Request::builder().method(method).uri(path).header("host", format!("{campus}.localhost"));
            let answer = schools.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{method} {path}");
            assert!(answer.detail().contains(says) && answer.body.len() < 500, "{path}: {}", answer.detail());
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("allow"), if status == 405 { "GET,HEAD" } else { "" });
            assert!(gateway::PROBLEMS.iter().any(|(slug, ..)| *slug == problem));
        }
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn the_admin_socket_tells_operators_what_is_wrong() {
    let server = need!(testbed::nginx(""));
    let schools = Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &set("news", "news"));
    let change = |campus: &str, data: &str, change| json!({ "campus": campus, "data": data, "change": change });
    for (method, path, body, status, problem, says) in [
        ("PUT", "/cache/lifetimes", change("rivag", "news", json!({})), 404, "unknown-campus", "colline, rivage"),
        ("PUT", "/cache/lifetimes", change("rivage", "nws", json!({})), 404, "unknown-data", "did you mean"),
        ("PUT", "/cache/lifetimes", change("rivage", "news", json!({ "fresh": 1 })), 400, "bad-parameter", "fresh"),
        ("PUT", "/cache/lifetimes", change("rivage", "news", json!({ "fresh_for": -1 })), 400, "bad-parameter", "-1"),
        (
            "PUT",
            "/cache/lifetimes",
            change("rivage", "news", json!({ "stale_for": 1_u64 << 40 })),
            400,
            "bad-parameter",
            "366 days",
        ),
        ("PUT", "/cache/lifetimes", json!("news"), 400, "bad-parameter", "string"),
        ("POST", "/cache/purge", json!({}), 400, "bad-parameter", "campus"),
        ("POST", "/cache/purge", json!({ "campus": "none" }), 404, "unknown-campus", "\"none\""),
        ("POST", "/cache/purge", json!({ "campus": "rivage", "data": "nws" }), 404, "unknown-data", "did you mean"),
        ("POST", "/cache/purge", json!({ "campus": "rivage", "source": "ade" }), 400, "bad-parameter", "\"ade\""),
        ("GET", "/cache/purge", json!({}), 405, "method-not-allowed", "commands of preau"),
        ("GET", "/nothing", json!({}), 404, "not-found", "commands of preau"),
    ] {
        let answer = schools.admin(method, path, body.clone()).await;
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{method} {path} {body}");
        assert!(answer.detail().contains(says), "{}", answer.detail());
    }
    assert_eq!(schools.admin("GET", "/cache", json!(null)).await.json()["changes"], json!([]));
}
