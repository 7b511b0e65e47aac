//! Redirects: followed by hand, each hop checked.

use bytes::Bytes;
use http::{HeaderValue, Method};
use outbound::{FailureKind, Request, Rules};

use crate::server::{Server, ok, redirect};
use crate::{client, get, message, request, rules};

#[tokio::test]
async fn follows_and_says_where_it_ended() {
    let server = Server::start(|text| if text.contains("/end") { ok("", "end") } else { redirect(302, "/end") }).await;
    let response = get(rules(), &server.url).await.unwrap();
    assert_eq!((&response.body[..], response.url.path()), (&b"end"[..], "/end"));
}

#[tokio::test]
async fn one_hop_shows_where_it_would_lead() {
    let server = Server::start(|_| redirect(302, "/end")).await;
    let response = client(rules()).hop(request(&server.url)).await.unwrap();
    assert_eq!((response.status.as_u16(), &response.headers["location"]), (302, &HeaderValue::from_static("/end")));
    assert_eq!(server.requests().len(), 1);
    message(client(Rules::default()).hop(request(&server.url)).await, FailureKind::Rejected);
}

#[tokio::test]
async fn each_hop_is_checked() {
    for target in
        ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]/", "http://0x0a.1/", "//10.0.0.1/"]
    {
        let server = Server::start(move |_| redirect(302, target)).await;
        let text = message(get(rules(), &server.url).await, FailureKind::Rejected);
        assert!(text.starts_with("127.0.0.1:") && text.contains("redirects elsewhere, where"), "{text}");
    }
}

#[tokio::test]
async fn a_loop_ends_after_three() {
    let server = Server::start(|_| redirect(301, "/again")).await;
    let text = message(get(rules(), &server.url).await, FailureKind::Rejected);
    assert!(text.contains("redirects more than 3 times"), "{text}");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn none_is_followed_where_none_is_allowed() {
    let server = Server::start(|_| redirect(302, "/end")).await;
    message(get(Rules { max_redirects: 0, ..rules() }, &server.url).await, FailureKind::Rejected);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_target_that_is_no_web_address_is_refused() {
    for target in ["file:///etc/passwd", "javascript:alert(1)", "http://"] {
        let server = Server::start(move |_| redirect(302, target)).await;
        message(get(rules(), &server.url).await, FailureKind::Rejected);
    }
}

#[tokio::test]
async fn credentials_stay_within_their_origin() {
    let other = Server::start(|_| ok("", "")).await;
    let target = other.url.to_string().replace("http://", "http://evil:evil@");
    let first =
        Server::start(move |text| if text.contains("/hidden") { redirect(302, "/b") } else { redirect(302, &target) })
            .await;
    let mut request = request(&first.url);
    for (name, value) in
        [("authorization", "Bearer s3cret"), ("cookie", "s3cret"), ("x-api-key", "s3cret"), ("x-lang", "fr")]
    {
        let mut value = HeaderValue::from_static(value);
        value.set_sensitive(name == "x-api-key");
        request.headers.insert(name, value);
    }
    client(rules()).send(request).await.unwrap();
    let [within, across] = [&first.requests()[1], &other.requests()[0]];
    assert_eq!(within.matches("s3cret").count(), 3, "{within}");
    assert!(!across.contains("s3cret") && !across.contains("authorization"), "{across}");
    assert!(across.contains("x-lang: fr"), "{across}");
}

async fn posted(status: u16) -> String {
    let server =
        Server::start(move |text| if text.contains("/end") { ok("", "") } else { redirect(status, "/end") }).await;
    let mut request = Request { method: Method::POST, body: Bytes::from_static(b"q=1"), ..request(&server.url) };
    request.headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
    client(rules()).send(request).await.unwrap();
    server.requests()[1].clone()
}

#[tokio::test]
async fn a_post_becomes_a_get_where_the_status_says_so() {
    for status in [301, 302, 303] {
        let text = posted(status).await;
        assert!(text.starts_with("GET /end ") && !text.contains("q=1") && !text.contains("content-type"), "{text}");
    }
    for status in [307, 308] {
        let text = posted(status).await;
        assert!(text.starts_with("POST /end ") && text.ends_with("q=1"), "{text}");
    }
}

#[tokio::test]
async fn what_is_posted_stays_within_its_origin() {
    let other = Server::start(|_| ok("", "")).await;
    let target = other.url.to_string();
    let first = Server::start(move |_| redirect(307, &target)).await;
    let request = Request { method: Method::POST, body: Bytes::from_static(b"password=s3cret"), ..request(&first.url) };
    message(client(rules()).send(request).await, FailureKind::Rejected);
    assert!(other.requests().is_empty());
}
