//! Bodies: whole, compressed, too large, broken.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use outbound::{FailureKind, Rules};

use crate::server::{Answer, Server, ok};
use crate::{get, message, rules};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn small() -> Rules {
    Rules { max_body: 64 << 10, ..rules() }
}

#[tokio::test]
async fn brings_the_body_and_says_who_asks() {
    let server = Server::start(|_| ok("etag: \"1\"\r\n", "bonjour")).await;
    let response = get(rules(), &server.url).await.unwrap();
    assert_eq!((response.status.as_u16(), &response.body[..]), (200, &b"bonjour"[..]));
    assert_eq!(response.headers["etag"], "\"1\"");
    assert_eq!(response.url, server.url);
    let request = &server.requests()[0];
    assert!(request.starts_with("GET /hidden/a?token=hidden HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("user-agent: Preau/0") && request.contains("accept-encoding: gzip\r\n"), "{request}");
}

#[tokio::test]
async fn decompresses_gzip() {
    let server = Server::start(|_| ok("content-encoding: gzip\r\n", gzip(b"bonjour"))).await;
    let response = get(rules(), &server.url).await.unwrap();
    assert_eq!(&response.body[..], b"bonjour");
    assert!(!response.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn takes_an_empty_answer_that_says_gzip() {
    let server = Server::start(|_| ok("content-encoding: gzip\r\n", "")).await;
    assert!(get(rules(), &server.url).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn cuts_a_gzip_bomb_at_its_output() {
    let bomb = gzip(&vec![0; 8 << 20]);
    assert!(bomb.len() < 10_000);
    let server = Server::start(move |_| ok("content-encoding: gzip\r\n", &bomb)).await;
    let text = message(get(small(), &server.url).await, FailureKind::Malformed);
    assert!(text.contains("more than 64 KiB"), "{text}");
}

#[tokio::test]
async fn cuts_compressed_input_that_expands_to_nothing() {
    // A gzip head, then empty stored blocks for ever.
    let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    let server = Server::start(move |_| Answer::Endless(head.clone(), [0, 0, 0, 0xff, 0xff].repeat(1000))).await;
    message(get(small(), &server.url).await, FailureKind::Malformed);
}

#[tokio::test]
async fn refuses_gzip_that_is_broken_nested_or_cut() {
    let whole = gzip(b"bonjour");
    let cut = whole[..whole.len() - 6].to_vec();
    for (encoding, body) in [("gzip", b"bonjour".to_vec()), ("gzip, gzip", gzip(&whole)), ("br", whole), ("gzip", cut)]
    {
        let server = Server::start(move |_| ok(&format!("content-encoding: {encoding}\r\n"), &body)).await;
        message(get(rules(), &server.url).await, FailureKind::Malformed);
    }
}

#[tokio::test]
async fn cuts_an_endless_body() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let server = Server::start(move |_| Answer::Endless(head.clone(), vec![b'x'; 4096])).await;
    message(get(small(), &server.url).await, FailureKind::Malformed);
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_no_answer() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec();
    let server = Server::start(move |_| Answer::Bytes(cut.clone())).await;
    let text = message(get(rules(), &server.url).await, FailureKind::Unavailable);
    assert!(text.contains("broke off"), "{text}");
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_no_answer() {
    let server = Server::start(|_| Answer::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())).await;
    message(get(rules(), &server.url).await, FailureKind::Unavailable);
}

#[tokio::test]
async fn a_body_announced_as_too_large_is_not_read() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n".to_vec();
    let server = Server::start(move |_| Answer::Stall(head.clone())).await;
    let text = message(get(small(), &server.url).await, FailureKind::Malformed);
    assert!(text.contains("more than 64 KiB"), "{text}");
}

#[tokio::test]
async fn a_body_as_large_as_its_limit_is_taken() {
    let server = Server::start(|_| ok("", vec![b'x'; 64 << 10])).await;
    assert_eq!(get(small(), &server.url).await.unwrap().body.len(), 64 << 10);
}

#[tokio::test]
async fn heads_are_bounded() {
    for head in ["a: b\r\n".repeat(65), format!("a: {}\r\n", "b".repeat(33 << 10))] {
        let server = Server::start(move |_| ok(&head, "")).await;
        let text = message(get(rules(), &server.url).await, FailureKind::Malformed);
        assert!(text.contains("at most 64 and 32768 bytes are taken"), "{text}");
    }
    let head = "a: b\r\n".repeat(60);
    let server = Server::start(move |_| ok(&head, "")).await;
    assert!(get(rules(), &server.url).await.is_ok());
}
