//! An answer's bytes and headers: codings, tags, ages, and what never is among them.

use std::collections::HashMap;
use std::io::Read;

use axum::body::Body;
use http::Request;
use serde_json::json;
use testbed::{Nginx, need};

use crate::schools::{Answer, CAMPUSES, Schools, news, set, website};

const CODINGS: [&str; 4] = ["identity", "gzip", "br", "zstd"];

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 50));
        server.write(&format!("www/{campus}/events.json"), "[]");
    }
    Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &set("news", "news") + &set("events", "events"))
}

fn decoded(answer: &Answer) -> Vec<u8> {
    let (body, mut plain) = (&*answer.body, Vec::new());
    match answer.header("content-encoding") {
        "gzip" => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut plain).unwrap()),
        "br" => drop(brotli::Decompressor::new(body, 4096).read_to_end(&mut plain).unwrap()),
        "zstd" => plain = zstd::stream::decode_all(body).unwrap(),
        "" => plain = body.to_vec(),
        other => panic!("nobody asked for {other}"),
    }
    plain
}

#[tokio::test]
async fn every_coding_decodes_to_the_same_bytes_under_its_own_strong_tag() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for path in ["/api/data/news", "/api/data/news?limit=40", "/api/data?names=news,events"] {
            let plain = schools.get(campus, path).await.body;
            let mut tags = Vec::new();
            for coding in CODINGS {
                let answer = schools.ask(campus, path, &[("accept-encoding", coding)]).await;
                assert_eq!(answer.header("content-encoding"), if coding == "identity" { "" } else { coding });
                assert_eq!(answer.header("vary"), "Accept-Encoding");
                assert_eq!(answer.header("content-type"), "application/json");
                assert!(decoded(&answer) == plain, "{coding} of {path}");
                assert!(coding == "identity" || answer.body.len() * 3 < plain.len(), "{coding} saves little");
                tags.push(answer.header("etag").to_owned());
            }
            if path.starts_with("/api/data/") {
                assert!(tags.iter().all(|tag| tag.starts_with('"') && tag.ends_with('"') && tag.len() > 18));
                assert!((1..4).all(|place| !tags[..place].contains(&tags[place])), "{tags:?}");
            }
        }
        let best = schools.ask(campus, "/api/data/news", &[("accept-encoding", "gzip, deflate, br, zstd;q=0")]).await;
        assert_eq!(best.header("content-encoding"), "br");
        let small = schools.ask(campus, "/api/data/events", &[("accept-encoding", "gzip")]).await;
        assert_eq!((small.header("content-encoding"), small.items().len()), ("", 0));
    }
}

#[tokio::test]
async fn a_phone_that_has_the_items_is_told_so_in_any_coding() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        for path in ["/api/data/news", "/api/data/news?limit=40"] {
            let gzip = schools.ask(campus, path, &[("accept-encoding", "gzip")]).await;
            let tag = gzip.header("etag");
            schools.pass(60);
            for offered in [tag.to_owned(), format!("W/{tag}"), format!("\"another\", {tag}")] {
                let headers = [("accept-encoding", "br"), ("if-none-match", &*offered)];
                let known = schools.ask(campus, path, &headers).await;
                assert_eq!((known.status, known.body.len()), (304, 0), "{offered}");
                assert_eq!(known.header("etag").trim_start_matches("W/"), tag);
                assert_eq!(known.header("cache-control"), "public, no-cache");
                assert_eq!(known.header("vary"), "Accept-Encoding");
                assert!(known.header("age").parse::<u64>().unwrap() >= 60);
                assert!(known.header("cache-status").starts_with("Preau; hit; ttl="));
                assert_eq!(known.header("content-encoding"), "");
            }
            let others = schools.get(other, path).await;
            let whole = schools.get(campus, "/api/data/news?limit=39").await;
            for unknown in [others.header("etag"), whole.header("etag"), "\"\"", &tag[..10], "\"another\""] {
                assert_eq!(schools.ask(campus, path, &[("if-none-match", unknown)]).await.status, 200, "{unknown}");
            }
        }
    }
}

#[tokio::test]
async fn no_tag_ever_stands_for_two_bodies() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let mut known = HashMap::new();
    for round in 0..4 {
        schools.change("rivage", if round % 2 == 0 { json!({}) } else { json!({ "fresh_for": 60 }) }).await;
        for campus in CAMPUSES {
            let _ = schools.get(campus, "/api/data/news").await;
            schools.until(campus, "/api/data/news", |answer| answer.origin() == "hit").await;
            for query in ["", "?limit=3", "?limit=4", "?q=article", "?from=2026-10-01"] {
                for coding in CODINGS {
                    let path = format!("/api/data/news{query}");
                    let answer = schools.ask(campus, &path, &[("accept-encoding", coding)]).await;
                    let tag = (path, campus, answer.header("etag").to_owned());
                    let body = known.entry(tag).or_insert_with(|| answer.body.clone());
                    assert!(*body == answer.body, "{query} {coding} of {campus} in round {round}");
                }
            }
        }
        schools.pass(100);
        if round == 1 {
            server.write("www/rivage/news.json", news("rivage", 51));
        }
    }
    assert!(known.len() > 40, "there were several bodies to tell apart");
}

#[tokio::test]
async fn says_how_old_it_is_and_passes_nothing_of_the_upstream_on() {
    let server =
        need!(testbed::nginx("add_header Set-Cookie session=1; add_header X-School secret; add_header Vary *;"));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let first = schools.get(campus, "/api/data/news").await;
        assert_eq!((first.header("age"), first.header("cache-status")), ("0", "Preau; fwd=miss; stored; ttl=900"));
        schools.pass(100);
        let later = schools.get(campus, "/api/data/news").await;
        assert_eq!((later.header("age"), later.header("cache-status")), ("100", "Preau; hit; ttl=800"));
        schools.pass(-100);
        let mut names: Vec<_> = later.headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        let expected = "age cache-control cache-status content-type etag referrer-policy vary x-content-type-options";
        assert_eq!(names.join(" "), expected);
        let head = Request::head("/api/data/news").header("host", format!("{campus}.localhost"));
        let head = schools.send(head.body(Body::empty()).unwrap()).await;
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, first.header("etag")));
    }
}
