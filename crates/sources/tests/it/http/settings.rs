//! Settings that cannot be right, each told by its key.

use serde_json::{Value, json};

use super::question;

fn keys(source: Value, request: Value) -> Vec<String> {
    let errors = question(source, request).err().expect("errors");
    errors.into_iter().map(|error| error.key).collect()
}

fn source_keys(mut source: Value) -> Vec<String> {
    if source.get("url").is_none() {
        source["url"] = json!("https://a.fr");
    }
    keys(source, json!({}))
}

fn request_keys(request: Value) -> Vec<String> {
    keys(json!({ "url": "https://a.fr" }), request)
}

#[test]
fn sources() {
    for (settings, key) in [
        (json!({ "url": "a.fr" }), "url"),
        (json!({ "headers": { "Host": "b.fr" } }), "headers.Host"),
        (json!({ "headers": { "X-A": "a\nb" } }), "headers.X-A"),
        (json!({ "auth": { "basic": {}, "bearer": "x" } }), "auth"),
        (json!({ "auth": { "digest": {} } }), "auth"),
        (json!({ "auth": { "api_key": { "value": "x" } } }), "auth.api_key"),
        (json!({ "auth": { "api_key": { "value": "x", "header": "a", "query": "b" } } }), "auth.api_key"),
        (json!({ "fails_when": ".a |" }), "fails_when"),
        (json!({ "failure_message": ".a" }), "failure_message"),
    ] {
        assert_eq!(source_keys(settings.clone()), [key], "{settings}");
    }
}

#[test]
fn credentials_in_plain_text() {
    for settings in [
        json!({ "url": "http://a.fr", "auth": { "bearer": "x" } }),
        json!({ "url": "http://user:pw@a.fr" }),
        json!({ "url": "http://a.fr", "headers": { "X-Api-Key": "x" } }),
        json!({ "url": "https://a.fr", "auth": { "oauth2": { "token_url": "http://b.fr/token", "client_id": "a", "client_secret": "b" } } }),
    ] {
        let mut settings = settings;
        settings["plain_http"] = json!(true);
        assert_eq!(source_keys(settings.clone()), ["plain_http"], "{settings}");
    }
    let harmless = json!({ "url": "http://a.fr", "plain_http": true, "headers": { "Accept-Language": "fr" } });
    assert!(question(harmless, json!({})).is_ok());
}

#[test]
fn data_sets() {
    for (settings, key) in [
        (json!({ "path": "a?b=c" }), "path"),
        (json!({ "path": "https://b.fr/" }), "path"),
        (json!({ "path": "a/../b" }), "path"),
        (json!({ "path": "a/{grp}" }), "path"),
        (json!({ "query": { "a": "{grp}" } }), "query.a"),
        (json!({ "headers": { "X A": "b" } }), "headers.X A"),
        (json!({ "headers": { "Content-Length": "1" } }), "headers.Content-Length"),
        (json!({ "body": { "text": "a" } }), "body"),
        (json!({ "method": "DELETE" }), "method"),
        (json!({ "method": "POST", "body": { "json": "{" } }), "body.json"),
        (json!({ "delimiter": "é" }), "delimiter"),
        (json!({ "format": "yaml" }), "format"),
        (json!({ "pagination": {} }), "pagination"),
        (json!({ "pagination": { "link": false } }), "pagination"),
        (json!({ "pagination": { "link": true, "page": "p" } }), "pagination"),
        (json!({ "pagination": { "link": true, "size": 2 } }), "pagination"),
        (json!({ "pagination": { "next": ".a |" } }), "pagination.next"),
        (json!({ "pagination": { "page": "p", "max_pages": 0 } }), "pagination.max_pages"),
    ] {
        assert_eq!(request_keys(settings.clone()), [key], "{settings}");
    }
}

#[test]
fn all_problems_are_told_at_once_with_their_places() {
    let errors = question(json!({ "url": "https://a.fr" }), json!({ "path": "{grp}", "query": { "d": "x{dya}" } }))
        .err()
        .unwrap();
    let told: Vec<_> =
        errors.iter().map(|error| (error.key.as_str(), error.span.clone(), error.help.as_deref())).collect();
    assert_eq!(
        told,
        [("path", Some(0..5), Some("did you mean {group}?")), ("query.d", Some(1..6), Some("did you mean {day}?")),]
    );
}
