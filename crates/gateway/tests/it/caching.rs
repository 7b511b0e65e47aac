//! HTTP caching as RFC 9110 and RFC 9111 have it, towards phones and towards upstreams; docs/guides/caching.md is the list.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use serde_json::json;

use super::schools::{Answer, Schools, news, set, website};

/// A website that answers from the headers of a question, and remembers them.
struct Website {
    url: String,
    asked: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Website {
    async fn start(answer: impl Fn(usize, &HeaderMap) -> Response + Clone + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, asked) =
            (format!("http://{}", listener.local_addr().unwrap()), Arc::<Mutex<Vec<HeaderMap>>>::default());
        let remembered = Arc::clone(&asked);
        let router = Router::new().fallback(async move |request: Request| {
            let mut asked = remembered.lock().unwrap();
            asked.push(request.headers().clone());
            answer(asked.len(), request.headers())
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    fn schools(&self) -> Schools {
        self.schools_of(&set("news", "news"))
    }

    fn schools_of(&self, declared: &str) -> Schools {
        Schools::new(|_| website(&self.url) + declared)
    }

    fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// A header of the last question; empty where it had none.
    fn last(&self, name: &str) -> String {
        let asked = self.asked.lock().unwrap();
        asked.last().unwrap().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    }
}

fn says(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let response = Response::builder().status(status).header("content-type", "application/json");
    let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    response.body(body.into()).unwrap()
}

fn articles() -> String {
    news("rivage", 3)
}

/// What is answered once what is known was stale and has been asked for again.
async fn refreshed(schools: &Schools) -> Answer {
    schools.pass(15 * 60);
    let stale = schools.get("rivage", "/api/data/news").await;
    assert_eq!(stale.origin(), "stale");
    schools
        .until("rivage", "/api/data/news", |answer| {
            answer.header("age") == "0" || answer.header("cache-status").contains("detail=source")
        })
        .await
}

#[tokio::test]
async fn no_directive_of_a_client_makes_an_upstream_call_or_another_answer() {
    let website = Website::start(|_, _| says(200, &[], articles())).await;
    let schools = website.schools();
    let first = schools.get("rivage", "/api/data/news").await;
    schools.pass(100);
    let asked = [
        ("cache-control", "no-cache"),
        ("cache-control", "no-store"),
        ("cache-control", "max-age=0"),
        ("cache-control", "max-age=0, must-revalidate"),
        ("cache-control", "min-fresh=100000"),
        ("cache-control", "only-if-cached"),
        ("cache-control", "max-stale=0, \"unbalanced"),
        ("pragma", "no-cache"),
        ("authorization", "Bearer of-somebody"),
        ("range", "bytes=0-9"),
        ("range", "bytes=9999999-"),
        ("if-range", "\"another\""),
        ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("if-modified-since", "garbage"),
        ("if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("accept-language", "en"),
        ("user-agent", "another"),
        ("cookie", "a=b"),
        ("x-forwarded-host", "evil.example"),
    ];
    for (name, value) in asked {
        let answer = schools.ask("rivage", "/api/data/news", &[(name, value)]).await;
        assert_eq!((answer.status, answer.origin(), answer.header("age")), (200, "hit", "100"), "{name}: {value}");
        assert_eq!((answer.header("etag"), &answer.body), (first.header("etag"), &first.body), "{name}: {value}");
        let never = ["accept-ranges", "content-range", "last-modified", "expires", "set-cookie", "warning"];
        assert!(never.iter().all(|name| answer.header(name).is_empty()), "{name}: {value}: {:?}", answer.headers);
    }
    assert_eq!(website.calls(), 1);
}

#[tokio::test]
async fn a_condition_is_met_by_any_tag_of_its_list_weak_or_strong_and_by_a_star() {
    let website = Website::start(|_, _| says(200, &[], articles())).await;
    let schools = website.schools();
    let tag = schools.get("rivage", "/api/data/news").await.header("etag").to_owned();
    let gzip = schools.ask("rivage", "/api/data/news", &[("accept-encoding", "gzip")]).await.header("etag").to_owned();
    let met =
        [tag.clone(), format!("W/{tag}"), format!("\"a\",{tag} ,\"b\""), format!(" , W/\"a\", {tag}"), gzip.clone()];
    for offered in met {
        let answer = schools.ask("rivage", "/api/data/news", &[("if-none-match", &offered)]).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{offered}");
    }
    for (coding, current) in [("identity", &tag), ("gzip", &gzip)] {
        let headers = [("if-none-match", "*"), ("accept-encoding", coding)];
        let any = schools.ask("rivage", "/api/data/news", &headers).await;
        assert_eq!((any.status, any.header("etag")), (304, current.as_str()));
    }
    for offered in ["", "\"\"", "W/", "**", "\"*\"", &tag[1..12], &tag.to_uppercase().replace('"', ""), "\u{e9}"] {
        let answer = schools.ask("rivage", "/api/data/news", &[("if-none-match", offered)]).await;
        assert_eq!(answer.status, 200, "{offered}");
    }
    // A condition on the tag rules out one on the time (RFC 9110, 13.1.3).
    let headers = [("if-none-match", "\"a\""), ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")];
    assert_eq!(schools.ask("rivage", "/api/data/news", &headers).await.status, 200);
}

#[tokio::test]
async fn what_an_upstream_says_of_caching_decides_nothing() {
    let forbids = [
        ("set-cookie", "session=1"),
        ("vary", "*"),
        ("cache-control", "private, no-store, max-age=0"),
        ("pragma", "no-cache"),
        ("expires", "0"),
        ("age", "100000"),
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ];
    let website = Website::start(move |_, _| says(200, &forbids, articles())).await;
    let schools = website.schools();
    let first = schools.get("rivage", "/api/data/news").await;
    assert_eq!((first.header("age"), first.header("vary")), ("0", "Accept-Encoding"));
    schools.pass(15 * 60 - 1);
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "hit");
    assert_eq!(website.calls(), 1);
    // Nor does it make anything keep for longer.
    let website =
        Website::start(|_, _| says(200, &[("cache-control", "public, max-age=31536000, immutable")], articles())).await;
    let schools = website.schools();
    let _ = schools.get("rivage", "/api/data/news").await;
    let _ = refreshed(&schools).await;
    assert_eq!(website.calls(), 2);
}

#[tokio::test]
async fn an_upstream_is_asked_by_its_tag_else_by_its_time_and_by_what_its_last_304_said() {
    let website = Website::start(|call, _| match call {
        1 => says(200, &[("etag", "W/\"one\""), ("last-modified", "Mon, 05 Oct 2026 07:00:00 GMT")], articles()),
        2 => says(304, &[("etag", "\"two\"")], ""),
        3 => says(304, &[("last-modified", "Mon, 05 Oct 2026 09:00:00 GMT")], ""),
        4 => says(200, &[("last-modified", "Mon, 05 Oct 2026 10:00:00 GMT")], articles()),
        5 => says(304, &[("last-modified", "Mon, 05 Oct 2026 11:00:00 GMT")], ""),
        _ => says(200, &[], articles()),
    })
    .await;
    let schools = website.schools();
    let first = schools.get("rivage", "/api/data/news").await;
    let conditions = [
        ("W/\"one\"", ""),
        ("\"two\"", ""),
        ("\"two\"", ""),
        ("", "Mon, 05 Oct 2026 10:00:00 GMT"),
        ("", "Mon, 05 Oct 2026 11:00:00 GMT"),
        ("", ""),
    ];
    for (call, (tag, time)) in conditions.into_iter().enumerate() {
        let answer = refreshed(&schools).await;
        assert_eq!(
            (website.last("if-none-match"), website.last("if-modified-since")),
            (tag.into(), time.into()),
            "{call}"
        );
        assert_eq!((answer.header("age"), answer.items()), ("0", first.items()), "{call}");
        assert_ne!(answer.header("etag"), first.header("etag"), "the body tells another instant");
    }
    assert_eq!(website.calls(), 7);
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_no_answer() {
    let website = Website::start(|call, _| match call {
        1 => says(304, &[("etag", "\"one\"")], ""),
        2 => says(200, &[], articles()),
        _ => says(304, &[], ""),
    })
    .await;
    let schools = website.schools();
    assert_eq!(schools.get("rivage", "/api/data/news").await.problem(), "source-malformed");
    schools.pass(3);
    assert_eq!(schools.get("rivage", "/api/data/news").await.items().len(), 3);
    let old = refreshed(&schools).await;
    assert!(old.header("cache-status").ends_with("detail=source-malformed"), "{:?}", old.headers);
    assert_eq!(old.items().len(), 3, "what is known stays");
}

#[tokio::test]
async fn a_held_list_changes_no_validator_and_a_304_confirms_the_whole_one() {
    let website = Website::start(|call, _| match call {
        1 => says(200, &[("etag", "\"whole\"")], news("rivage", 30)),
        2 => says(200, &[("etag", "\"empty\"")], "[]"),
        _ => says(304, &[], ""),
    })
    .await;
    let schools = website.schools_of(&set("news", "news").replace("path =", "may_shrink_to = \"100%\"\npath ="));
    let _ = schools.get("rivage", "/api/data/news").await;
    let held = refreshed(&schools).await;
    assert!(held.header("cache-status").ends_with("detail=source-malformed"), "{:?}", held.headers);
    assert_eq!((held.items().len(), website.calls()), (30, 2));
    schools.pass(15 * 60);
    let confirmed = schools.until("rivage", "/api/data/news", |answer| answer.header("age") == "0").await;
    assert_eq!((confirmed.origin(), confirmed.items().len()), ("hit", 30));
    assert_eq!((website.calls(), &*website.last("if-none-match")), (3, "\"whole\""));
}

#[tokio::test]
async fn every_failure_is_answered_with_what_is_known_for_as_long_as_it_may_be() {
    for status in [400, 403, 404, 410, 429, 500, 502, 503, 504] {
        let website = Website::start(move |call, _| match call {
            1 => says(200, &[], articles()),
            _ => says(status, &[], "failed"),
        })
        .await;
        let schools = website.schools();
        let _ = schools.get("rivage", "/api/data/news").await;
        let old = refreshed(&schools).await;
        assert_eq!((old.status, old.header("age"), old.items().len()), (200, "900", 3), "{status}");
        assert!(old.header("cache-status").contains("ttl=0; detail=source-"), "{status}: {:?}", old.headers);
        // The last second of `stale_for`, and the first after it.
        schools.pass(24 * 3600 - 1);
        let last = schools.get("rivage", "/api/data/news").await;
        assert_eq!((last.status, last.header("age")), (200, "87299"), "{status}");
        schools.pass(24 * 3600);
        let over = schools.get("rivage", "/api/data/news").await;
        assert!([502, 503, 504].contains(&over.status), "{status}: {}", over.status);
        assert_eq!((over.header("cache-control"), over.header("age")), ("no-store", ""));
    }
}

#[tokio::test]
async fn while_an_answer_is_stale_one_call_refreshes_it_and_nobody_waits() {
    let website = Website::start(|_, _| says(200, &[], articles())).await;
    let schools = website.schools();
    let _ = schools.get("rivage", "/api/data/news").await;
    schools.pass(15 * 60);
    let readers = (0..100).map(|_| schools.get("rivage", "/api/data/news"));
    let answers = futures_util::future::join_all(readers).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.items().len() == 3));
    assert_eq!(answers[0].header("cache-status"), "Preau; hit; ttl=0; detail=refreshing");
    schools.until("rivage", "/api/data/news", |answer| answer.header("age") == "0").await;
    assert_eq!(website.calls(), 2);
    let at_once = json!({ "campus": "rivage", "data": "news", "change": { "stale_for": 0 } });
    assert_eq!(schools.admin("PUT", "/cache/lifetimes", at_once).await.status, 200);
    schools.pass(15 * 60);
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "miss", "without stale_for, readers wait");
}

#[tokio::test]
async fn the_head_is_that_of_a_get_with_or_without_a_condition() {
    let website = Website::start(|_, _| says(200, &[], articles())).await;
    let schools = website.schools();
    let tag = schools.get("rivage", "/api/data/news").await.header("etag").to_owned();
    for (offered, status) in [("\"a\"", 200), (&*tag, 304)] {
        let [get, head] = ["GET", "HEAD"].map(|method| {
            let request = http::Request::builder().method(method).uri("/api/data/news");
            let request = request.header("host", "rivage.localhost").header("if-none-match", offered);
            schools.send(request.body(Body::empty()).unwrap())
        });
        let (get, head) = (get.await, head.await);
        assert_eq!((get.status, head.status, head.body.len()), (status, status, 0));
        let named = |answer: &Answer| {
            ["etag", "age", "vary", "cache-control", "cache-status"].map(|name| answer.header(name).to_owned())
        };
        assert_eq!(named(&get), named(&head));
    }
    assert_eq!(website.calls(), 1);
}
