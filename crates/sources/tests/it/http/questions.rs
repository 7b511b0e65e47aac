//! What goes out.

use std::time::Duration;

use outbound::{FailureKind, Rules};
use serde_json::{Value, json};
use sources::{Params, Reply, Validators};

use super::{fetch, pages, pages_within, question};
use crate::upstream::{Asked, Upstream, answer, ask, json as json_answer};

async fn asked(source: Value, request: Value, pairs: &[(&str, &str)]) -> Asked {
    let upstream = Upstream::start(|_| json_answer("[]")).await;
    let mut source = source;
    source["url"] = json!(format!("{}{}", upstream.url, source["url"].as_str().unwrap_or_default()));
    fetch(source, request, pairs).await.unwrap();
    upstream.asked().remove(0)
}

#[tokio::test]
async fn appends_path_and_query_to_the_address() {
    let request = json!({
        "path": "etudiants/{group}/notes",
        "query": { "jour": "{day}", "limite": 50, "ids[]": ["{group}", "fixe"] },
        "headers": { "Accept-Language": "fr", "X-Groupe": "{group}", "X-Jour": "{day}" },
    });
    let asked = asked(json!({ "url": "/api/v1?cle=a" }), request, &[("group", "L3 INFO/a&b")]).await;
    assert_eq!(asked.method, "GET");
    assert_eq!(
        asked.target,
        "/api/v1/etudiants/L3%20INFO%2Fa%26b/notes?cle=a&ids%5B%5D=L3+INFO%2Fa%26b&ids%5B%5D=fixe&limite=50"
    );
    assert_eq!((asked.header("accept-language"), asked.header("x-groupe")), ("fr", "L3 INFO/a&b"));
    assert!(!asked.headers.contains_key("x-jour"), "a header without a value is left out");
}

#[tokio::test]
async fn posts_forms_json_and_text() {
    let form = json!({ "form": { "start": "{day}", "federationIds[]": ["{group}", "M1"], "missing": "{page}" } });
    let errors = question(json!({ "url": "https://a.fr" }), json!({ "method": "POST", "body": form })).err().unwrap();
    assert_eq!(errors[0].key, "body.form.missing");

    for (body, content_type, sent) in [
        (
            json!({ "form": { "g[]": ["{group}", "b"], "d": "{day}" } }),
            "application/x-www-form-urlencoded",
            "g%5B%5D=a%22&g%5B%5D=b",
        ),
        (json!({ "json": "{\"g\": \"{group}\"}" }), "application/json", "{\"g\": \"a\\\"\"}"),
        (json!({ "text": "g {group}" }), "text/plain; charset=utf-8", "g a\""),
    ] {
        let asked = asked(json!({}), json!({ "method": "POST", "body": body }), &[("group", "a\"")]).await;
        assert_eq!((asked.method.as_str(), asked.header("content-type")), ("POST", content_type));
        assert_eq!(asked.body, sent);
    }
}

#[tokio::test]
async fn a_parameter_cannot_leave_its_segment() {
    let source = json!({ "url": "https://10.0.0.1" });
    for value in ["..", ".", ""] {
        let request = json!({ "path": "notes/{group}" });
        let failure = fetch(source.clone(), request, &[("group", value)]).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Rejected);
        assert!(failure.message.contains("parameter"), "{failure}");
    }
}

#[tokio::test]
async fn compares_with_the_former_answer_only_where_that_can_be() {
    let validators = Validators { etag: Some("\"v1\"".to_owned()), last_modified: None };
    for (request, conditional) in [
        (json!({}), true),
        (json!({ "method": "POST", "body": { "text": "" } }), false),
        (json!({ "pagination": { "link": true } }), false),
    ] {
        let upstream = Upstream::start(|_| answer(200, &[("etag", "\"v2\"")], "[]")).await;
        let question = question(json!({ "url": upstream.url }), request).unwrap_or_else(|errors| panic!("{errors:?}"));
        let reply = ask(&*question, &Params::new(), Some(&validators)).await.unwrap();
        let Reply::Records { validators, .. } = reply else { panic!("{reply:?}") };
        assert_eq!(upstream.asked()[0].headers.contains_key("if-none-match"), conditional);
        assert_eq!(validators.is_some(), conditional);
    }
}

#[tokio::test]
async fn an_answer_without_content_has_no_documents() {
    let upstream = Upstream::start(|_| answer(204, &[], "")).await;
    assert_eq!(pages(json!({ "url": upstream.url }), json!({})).await, Ok(0));
}

#[tokio::test]
async fn it_takes_no_longer_and_no_more_than_its_rules_allow() {
    let upstream = Upstream::start(|_| json_answer(&format!("[{}1]", "1,".repeat(2000)))).await;
    let failure =
        pages_within(Rules { max_body: 1024, ..Rules::default() }, &upstream.url, json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.message.contains("more than 1 KiB"), "{failure}");

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let failure =
        pages_within(Rules { total_timeout: Duration::from_millis(100), ..Rules::default() }, &url, json!({}))
            .await
            .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("within 0.1 s"), "{failure}");
}
