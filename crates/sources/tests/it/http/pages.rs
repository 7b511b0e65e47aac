//! Answers of several pages.

use axum::response::Response;
use outbound::{FailureKind, Rules};
use serde_json::json;

use super::{pages, pages_within};
use crate::upstream::{Asked, Upstream, answer, json as json_answer};

fn number(asked: &Asked, name: &str) -> usize {
    let query = asked.target.split_once('?').map_or("", |(_, query)| query);
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or("1").parse().unwrap()
}

#[tokio::test]
async fn follows_links() {
    let upstream = Upstream::start(|asked| {
        let page = number(asked, "page");
        // As WordPress does behind a proxy: the port is lost.
        let link = format!("<http://127.0.0.1/posts?per_page=2&page={}>; rel=\"next\"", page + 1);
        let headers: &[(&str, &str)] = if page < 3 { &[("link", &link)] } else { &[] };
        answer(200, headers, "[1,2]")
    })
    .await;
    let request = json!({ "path": "posts", "query": { "per_page": 2 }, "pagination": { "link": true } });
    assert_eq!(pages(json!({ "url": upstream.url }), request).await, Ok(3));
    assert_eq!(upstream.targets(), ["/posts?per_page=2", "/posts?per_page=2&page=2", "/posts?per_page=2&page=3"]);
}

#[tokio::test]
async fn follows_what_the_answer_names() {
    let upstream = Upstream::start(|asked| match asked.target.as_str() {
        "/v1/events" => json_answer(r#"{"value":[1],"@odata.nextLink":"/v1/events?$skip=1"}"#),
        _ => json_answer(r#"{"value":[2]}"#),
    })
    .await;
    let request = json!({ "path": "v1/events", "pagination": { "next": r#"."@odata.nextLink""# } });
    assert_eq!(pages(json!({ "url": upstream.url }), request).await, Ok(2));
}

#[tokio::test]
async fn hands_cursors_back() {
    let upstream = Upstream::start(|asked| match asked.target.matches("after").count() {
        0 => json_answer(r#"{"after":[1790000000, "x&y"]}"#),
        _ => json_answer(r#"{"after":null}"#),
    })
    .await;
    let request = json!({ "query": { "size": 300 }, "pagination": { "cursor": ".after", "param": "after[]" } });
    assert_eq!(pages(json!({ "url": upstream.url }), request).await, Ok(2));
    assert_eq!(upstream.targets()[1], "/?size=300&after%5B%5D=1790000000&after%5B%5D=x%26y");
}

async fn numbered(
    answers: fn(usize) -> Response,
    pagination: serde_json::Value,
) -> (Result<usize, FailureKind>, Vec<String>) {
    let upstream = Upstream::start(move |asked| answers(number(asked, "p"))).await;
    let outcome = pages(json!({ "url": upstream.url }), json!({ "pagination": pagination })).await;
    (outcome.map_err(|failure| failure.kind), upstream.targets())
}

#[tokio::test]
async fn counts_pages_until_one_is_empty() {
    let list = |page| if page < 3 { json_answer(&format!("[{page}]")) } else { json_answer("[]") };
    let (outcome, targets) = numbered(list, json!({ "page": "p" })).await;
    assert_eq!((outcome, targets), (Ok(3), ["/?p=1", "/?p=2", "/?p=3"].map(str::to_owned).to_vec()));

    let within = |page| if page < 1 { json_answer(r#"{"content":[1]}"#) } else { json_answer(r#"{"content":[]}"#) };
    let (outcome, targets) = numbered(within, json!({ "page": "p", "first": 0, "records": ".content[]" })).await;
    assert_eq!((outcome, targets), (Ok(2), ["/?p=0", "/?p=1"].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn counts_pages_until_one_is_short_or_refused() {
    let short = |page| json_answer(if page < 2 { "[1,2]" } else { "[3]" });
    assert_eq!(numbered(short, json!({ "page": "p", "size": 2 })).await.1.len(), 2);

    for status in [400, 404] {
        let answers = if status == 400 { ended::<400> } else { ended::<404> };
        assert_eq!(numbered(answers, json!({ "page": "p" })).await.0, Ok(2));
    }
    assert_eq!(numbered(|_| answer(404, &[], ""), json!({ "page": "p" })).await.0, Err(FailureKind::Rejected));
    assert_eq!(numbered(|_| answer(503, &[], ""), json!({ "page": "p" })).await.0, Err(FailureKind::Unavailable));
}

fn ended<const STATUS: u16>(page: usize) -> Response {
    if page < 3 { json_answer(&format!("[{page}]")) } else { answer(STATUS, &[], "rest_post_invalid_page_number") }
}

#[tokio::test]
async fn nothing_is_left_out_silently() {
    let endless = |page| json_answer(&format!("[{page}]"));
    let (outcome, targets) = numbered(endless, json!({ "page": "p", "max_pages": 4 })).await;
    assert_eq!((outcome, targets.len()), (Err(FailureKind::Malformed), 4));

    let (outcome, targets) = numbered(endless, json!({ "page": "p" })).await;
    assert_eq!((outcome, targets.len()), (Err(FailureKind::Malformed), 20));
}

#[tokio::test]
async fn circles_are_noticed() {
    let (outcome, targets) = numbered(|_| json_answer("[1]"), json!({ "page": "p" })).await;
    assert_eq!((outcome, targets.len()), (Err(FailureKind::Malformed), 2));

    let upstream = Upstream::start(|_| json_answer(r#"{"next":"/b"}"#)).await;
    let request = json!({ "path": "a", "pagination": { "next": ".next" } });
    let failure = pages(json!({ "url": upstream.url }), request).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.message.contains("in a circle"), "{failure}");
    assert_eq!(upstream.targets(), ["/a", "/b"]);
}

#[tokio::test]
async fn no_page_is_fetched_from_another_site() {
    let upstream = Upstream::start(|_| json_answer(r#"{"next":"https://elsewhere.example/hidden"}"#)).await;
    let source = json!({ "url": upstream.url, "auth": { "bearer": "t" } });
    let failure = pages(source, json!({ "pagination": { "next": ".next" } })).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Rejected);
    assert!(failure.message.contains("elsewhere.example") && !failure.message.contains("hidden"), "{failure}");
}

#[tokio::test]
async fn all_pages_together_stay_within_the_limit() {
    let upstream =
        Upstream::start(|asked| json_answer(&format!("[\"{}\",{}]", "x".repeat(600), number(asked, "p")))).await;
    let rules = Rules { max_body: 1500, ..Rules::default() };
    let failure = pages_within(rules, &upstream.url, json!({ "pagination": { "page": "p" } })).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert_eq!(upstream.asked().len(), 3);
}
