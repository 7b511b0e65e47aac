//! Errors that come with status 200, and answers that are something else than declared.

use outbound::{Failure, FailureKind};
use serde_json::{Value, json};

use super::pages;
use crate::upstream::{Upstream, json as json_answer};

/// Moodle's way (measured on 4.4): every failure is an object with status 200.
async fn moodle(body: &'static str, data: Value) -> Result<usize, Failure> {
    let upstream = Upstream::start(move |_| json_answer(body)).await;
    let source = json!({
        "url": upstream.url,
        "fails_when": r#"if .errorcode == "invalidtoken" then "refused" else .exception end"#,
        "failure_message": ".message",
    });
    pages(source, data).await
}

#[tokio::test]
async fn an_error_in_disguise_is_a_failure_of_the_kind_that_the_school_says() {
    let refused =
        moodle(r#"{"exception":"x","errorcode":"invalidtoken","message":"Jeton\ninvalide"}"#, json!({})).await;
    let failure = refused.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.message.ends_with("answered an error with status 200: Jeton invalide"), "{failure}");

    let other = moodle(r#"{"exception":"dml_missing_record_exception","errorcode":"invalidrecord"}"#, json!({})).await;
    assert_eq!(other.unwrap_err().kind, FailureKind::Rejected);
}

#[tokio::test]
async fn an_answer_of_another_shape_is_no_error() {
    for body in ["[]", r#"{"courses": []}"#, "null"] {
        assert_eq!(moodle(body, json!({})).await, Ok(1), "{body}");
    }
}

#[tokio::test]
async fn a_data_set_may_say_it_differently() {
    let failure = moodle(r#"{"ok": false}"#, json!({ "fails_when": ".ok == false" })).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Rejected);
}

#[tokio::test]
async fn the_words_of_an_upstream_are_cut() {
    let body = format!(r#"{{"exception":"x","message":"{}"}}"#, "é".repeat(5000));
    let upstream = Upstream::start(move |_| json_answer(&body)).await;
    let source = json!({ "url": upstream.url, "fails_when": ".exception", "failure_message": ".message" });
    let failure = pages(source, json!({})).await.unwrap_err();
    assert!(failure.message.chars().count() < 300);
}

#[tokio::test]
async fn what_cannot_be_decoded_is_malformed_where_it_must_be_looked_into() {
    let failure = moodle("{\"hidden", json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.message.contains("something else than declared"), "{failure}");
}
