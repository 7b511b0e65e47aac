//! What a source that fails is spared, and what others have in spite of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Method;
use outbound::{Client, FailureKind, Limits, Outbound, Request, Rules};
use testbed::need;
use url::Url;

use crate::server::{Answer, Server, ok};
use crate::{message, request, rules};

/// A client through a gate of its own.
fn through(limits: Limits) -> Client {
    let outbound = Outbound::new(&[]).unwrap();
    let gate = Some(outbound.gate("rivage/edt", limits));
    outbound.client(Rules { gate, ..rules() })
}

fn status(line: &str) -> Answer {
    Answer::Bytes(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").into_bytes())
}

/// A server that answers so at first, and well from the third request on.
async fn recovering(first: &'static str) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 | 1 if first.is_empty() => Answer::Bytes(Vec::new()),
        0 | 1 => status(first),
        _ => ok("", "bonjour"),
    })
    .await
}

#[tokio::test]
async fn what_passes_in_a_moment_is_tried_again() {
    for first in ["502 Bad", "503 Busy", "504 Late", "429 Often", ""] {
        let server = recovering(first).await;
        let response = through(Limits::default()).send(request(&server.url)).await.unwrap();
        assert_eq!((&response.body[..], server.requests().len()), (&b"bonjour"[..], 3), "{first}");
    }
}

#[tokio::test]
async fn what_does_not_is_asked_once() {
    for first in ["500 Broken", "404 Gone", "401 No", "503 Busy\r\nretry-after: 120", "429 Often\r\nretry-after: 86400"]
    {
        let server = recovering(first).await;
        let response = through(Limits::default()).send(request(&server.url)).await.unwrap();
        assert_eq!((response.status.as_str(), server.requests().len()), (&first[..3], 1));
    }
}

#[tokio::test]
async fn what_may_change_something_or_is_used_up_is_never_sent_twice() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let server = recovering("503 Busy").await;
        let posted = Request { method, body: Bytes::from_static(b"q=1"), ..request(&server.url) };
        assert_eq!(through(Limits::default()).send(posted).await.unwrap().status, 503);
        assert_eq!(server.requests().len(), 1);
    }
    let server = recovering("").await;
    message(through(Limits::default()).send_once(request(&server.url)).await, FailureKind::Unavailable);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_source_that_fails_is_not_asked_much_more_for_it() {
    let server = Server::start(|text| if text.contains("/fails") { status("504 Late") } else { ok("", "") }).await;
    let client = through(Limits { per_second: 1_000, ..Limits::default() });
    let fails = server.url.join("/fails").unwrap();
    for _ in 0..20 {
        for _ in 0..4 {
            client.send(request(&server.url)).await.unwrap();
        }
        client.send(request(&fails)).await.unwrap();
    }
    let tries = server.requests().len() - 100;
    assert!((4..=14).contains(&tries), "{tries} second tries of 100 requests");
}

#[tokio::test]
async fn who_asks_for_a_pause_has_it() {
    let website = need!(testbed::nginx(testbed::FAULTS));
    let client = through(Limits::default());
    let get = async |path| client.send(request(&Url::parse(&website.url(path)).unwrap())).await;
    assert_eq!(get("/503").await.unwrap().status, 503);
    let text = message(get("/").await, FailureKind::Unavailable);
    assert!(text.contains(" is left alone until ") && text.contains("after 1 failure since"), "{text}");
    assert_eq!(get("/").await.unwrap_err().retry_after.map(|pause| pause.as_secs() / 10), Some(11));
    assert_eq!(website.requests(), ["GET /503 503"]);
}

#[tokio::test]
async fn a_noisy_source_leaves_others_alone_and_channels_share_its_gate() {
    let silent = Server::start(|_| Answer::Stall(Vec::new())).await;
    let well = Server::start(|_| ok("", "bonjour")).await;
    let outbound = Outbound::new(&[]).unwrap();
    let client = |source, limits| outbound.client(Rules { gate: Some(outbound.gate(source, limits)), ..rules() });
    let narrow = Limits { at_once: 1, queue: 0, ..Limits::default() };
    let (production, beta) = (client("rivage/edt", narrow), client("rivage/edt", narrow));
    let hidden = silent.url.clone();
    let hanging = tokio::spawn(async move { production.send(request(&hidden)).await });
    while silent.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let text = message(beta.send(request(&well.url)).await, FailureKind::Unavailable);
    assert!(text.contains("as many requests as it may (1 under way, 0 waiting)"), "{text}");
    for source in ["rivage/library", "colline/edt"] {
        assert_eq!(&client(source, narrow).send(request(&well.url)).await.unwrap().body[..], b"bonjour");
    }
    hanging.abort();
}
