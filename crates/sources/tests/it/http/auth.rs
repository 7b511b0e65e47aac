//! How an upstream knows us.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::settings::Secret;
use async_trait::async_trait;
use axum::response::Response;
use futures_util::future::join_all;
use outbound::FailureKind;
use serde_json::{Value, json};
use sources::{Call, Params, Person, Tickets};

use super::{pages, question};
use crate::upstream::{Asked, Upstream, answer, ask, json as json_answer, now};

#[tokio::test]
async fn sends_credentials_as_they_are_wanted() {
    for (settings, header, value) in [
        (json!({ "auth": { "basic": { "user": "edt", "password": "p@ss" } } }), "authorization", "Basic ZWR0OnBAc3M="),
        (json!({ "auth": { "bearer": "t0ken" } }), "authorization", "Bearer t0ken"),
        (json!({ "auth": { "api_key": { "header": "X-Api-Key", "value": "k" } } }), "x-api-key", "k"),
        (json!({ "headers": { "X-Site": "demo" } }), "x-site", "demo"),
    ] {
        let upstream = Upstream::start(|_| json_answer("[]")).await;
        let mut source = settings;
        source["url"] = json!(upstream.url);
        pages(source, json!({})).await.unwrap();
        assert_eq!(upstream.asked()[0].header(header), value);
    }
}

struct Desk;

#[async_trait]
impl Tickets for Desk {
    async fn ticket(&self, service: &url::Url) -> Result<Secret, outbound::Failure> {
        Ok(Secret::new(format!("PT-for{}", service.path())))
    }
}

#[tokio::test]
async fn asks_as_the_person_with_their_token_or_a_ticket_for_the_address() {
    let person = Person { access_token: Some(Secret::new("theirs")), tickets: Some(Box::new(Desk)) };
    for (what, header, target) in [("token", "Bearer theirs", "/notes"), ("ticket", "", "/notes?ticket=PT-for%2Fnotes")]
    {
        let upstream = Upstream::start(|_| json_answer("[]")).await;
        let source = json!({ "url": upstream.url, "auth": { "person": what } });
        let question = question(source, json!({ "path": "notes" })).unwrap();
        let call = Call { params: &Params::new(), validators: None, person: Some(&person), now: now() };
        question.fetch(&call).await.unwrap();
        assert_eq!(
            (upstream.asked()[0].header("authorization"), upstream.targets()),
            (header, vec![target.to_owned()])
        );
        let nobody = Person::default();
        for nobody in [None, Some(&nobody)] {
            let refused = question.fetch(&Call { person: nobody, ..call.clone() }).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Refused);
        }
        assert_eq!(upstream.asked().len(), 1, "nobody is asked for without a person");
    }
}

#[tokio::test]
async fn a_key_in_the_query_goes_with_every_page() {
    let upstream = Upstream::start(|asked| match asked.target.contains("after=2") {
        false => json_answer(r#"{"next": "/list?after=2"}"#),
        true => json_answer("{}"),
    })
    .await;
    let source = json!({ "url": upstream.url, "auth": { "api_key": { "query": "key", "value": "k" } } });
    pages(source, json!({ "path": "list", "pagination": { "next": ".next" } })).await.unwrap();
    assert_eq!(upstream.targets(), ["/list?key=k", "/list?after=2&key=k"]);
}

/// An upstream that gives tokens `t1`, `t2`, … and takes those that `takes` takes.
async fn guarded(expires_in: &'static str, takes: fn(&str) -> bool) -> Upstream {
    let given = AtomicUsize::new(0);
    Upstream::start(move |asked: &Asked| -> Response {
        if asked.target == "/token" {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            return json_answer(&format!(r#"{{"access_token":"t{number}","expires_in":{expires_in}}}"#));
        }
        let token = asked.header("authorization").trim_start_matches("Bearer ");
        if takes(token) { json_answer("[]") } else { answer(401, &[], "") }
    })
    .await
}

fn oauth2(url: &str, mut more: Value) -> Value {
    let mut oauth2 = json!({ "token_url": format!("{url}/token"), "client_id": "préau", "client_secret": "s:3" });
    oauth2.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    json!({ "url": format!("{url}/data"), "auth": { "oauth2": oauth2 } })
}

#[tokio::test]
async fn a_token_is_fetched_once_for_all() {
    let upstream = guarded("3600", |_| true).await;
    let question = question(oauth2(&upstream.url, json!({ "scope": "a b" })), json!({})).ok().unwrap();
    let none = Params::new();
    let replies = join_all((0..8).map(|_| ask(&*question, &none, None))).await;
    assert!(replies.iter().all(Result::is_ok));
    let asked = upstream.asked();
    let tokens: Vec<_> = asked.iter().filter(|asked| asked.target == "/token").collect();
    assert_eq!((tokens.len(), asked.len()), (1, 9));
    assert_eq!(tokens[0].body, "grant_type=client_credentials&scope=a+b");
    // `pr%C3%A9au:s%3A3`
    assert_eq!(tokens[0].header("authorization"), "Basic cHIlQzMlQTlhdTpzJTNBMw==");
}

#[tokio::test]
async fn name_and_secret_may_go_into_the_form() {
    let upstream = guarded("\"3600\"", |_| true).await;
    pages(oauth2(&upstream.url, json!({ "credentials_in": "body" })), json!({})).await.unwrap();
    let asked = &upstream.asked()[0];
    assert_eq!(asked.body, "grant_type=client_credentials&client_id=pr%C3%A9au&client_secret=s%3A3");
    assert_eq!(asked.header("authorization"), "");
}

#[tokio::test]
async fn a_token_about_to_expire_is_not_used_again() {
    let upstream = guarded("60", |_| true).await;
    let question = question(oauth2(&upstream.url, json!({})), json!({})).ok().unwrap();
    for _ in 0..2 {
        ask(&*question, &Params::new(), None).await.unwrap();
    }
    assert_eq!(upstream.targets(), ["/token", "/data", "/token", "/data"]);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let upstream = guarded("3600", |token| token != "t1").await;
    pages(oauth2(&upstream.url, json!({})), json!({})).await.unwrap();
    assert_eq!(upstream.targets(), ["/token", "/data", "/token", "/data"]);

    let upstream = guarded("3600", |_| false).await;
    let failure = pages(oauth2(&upstream.url, json!({})), json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(upstream.asked().len(), 4);
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_us_says_why() {
    let upstream =
        Upstream::start(|_| answer(400, &[], r#"{"error":"invalid_client","error_description":"hidden"}"#)).await;
    let failure = pages(oauth2(&upstream.url, json!({})), json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.message.ends_with("gives us no token: invalid_client"), "{failure}");

    let upstream = Upstream::start(|_| json_answer("\"hidden\"")).await;
    let failure = pages(oauth2(&upstream.url, json!({})), json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(!failure.message.contains("hidden"), "{failure}");
}

#[tokio::test]
async fn all_who_wait_for_a_token_fail_with_the_first() {
    let upstream = Arc::new(Upstream::start(|_| answer(503, &[], "")).await);
    let question = question(oauth2(&upstream.url, json!({})), json!({})).ok().unwrap();
    let none = Params::new();
    let replies = join_all((0..8).map(|_| ask(&*question, &none, None))).await;
    assert!(replies.iter().all(|reply| reply.as_ref().is_err_and(|failure| failure.kind == FailureKind::Unavailable)));
    assert_eq!(upstream.asked().len(), 1);
}
