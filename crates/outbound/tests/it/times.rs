//! Upstreams that are slow, silent or absent.

use std::time::Duration;

use outbound::{FailureKind, Pace, Rules};
use testbed::need;
use tokio::net::TcpListener;
use url::Url;

use crate::server::{Answer, Server};
use crate::{get, message, rules};

const SHORT: Duration = Duration::from_millis(150);

#[tokio::test]
async fn gives_up_where_no_head_comes() {
    let server = Server::start(|_| Answer::Stall(b"HTTP/1.1 200 OK\r\n".to_vec())).await;
    let text =
        message(get(Rules { first_byte_timeout: SHORT, ..rules() }, &server.url).await, FailureKind::Unavailable);
    assert!(text.contains("did not answer within 0.15 s"), "{text}");
}

#[tokio::test]
async fn gives_up_where_the_body_does_not_end_in_time() {
    let server = Server::start(|_| Answer::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec())).await;
    let text = message(get(Rules { total_timeout: SHORT, ..rules() }, &server.url).await, FailureKind::Unavailable);
    assert!(text.contains("did not finish its answer within 0.15 s"), "{text}");
}

#[tokio::test]
async fn gives_up_where_tls_is_not_spoken_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/hidden", listener.local_addr().unwrap())).unwrap();
    let text = message(get(Rules { connect_timeout: SHORT, ..rules() }, &url).await, FailureKind::Unavailable);
    assert!(text.contains("did not take a connection within 0.15 s"), "{text}");
}

#[tokio::test]
async fn says_that_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/hidden", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let text = message(get(rules(), &url).await, FailureKind::Unavailable);
    assert!(text.contains("refuses connections"), "{text}");
}

#[tokio::test]
async fn says_that_a_name_is_unknown() {
    let url = Url::parse("https://nobody.invalid/hidden").unwrap();
    let text = message(get(rules(), &url).await, FailureKind::Unavailable);
    assert!(text.contains("nobody.invalid has no address"), "{text}");
}

#[tokio::test]
async fn gives_up_where_the_body_pauses() {
    let server = Server::start(|_| Answer::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec())).await;
    let rules = Rules { between_bytes_timeout: SHORT, ..rules() };
    let text = message(get(rules, &server.url).await, FailureKind::Unavailable);
    assert!(text.ends_with("sent nothing more for 0.15 s in the middle of its answer"), "{text}");
}

#[tokio::test]
async fn gives_up_where_the_body_only_drips() {
    let website = need!(testbed::nginx(testbed::FAULTS));
    let noise = (0..20_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8);
    website.write("www/page", noise.collect::<Vec<_>>());
    let url = Url::parse(&website.url("/slow/page")).unwrap();
    let slowest = Pace { bytes_per_second: 1_000, after: Duration::from_millis(500) };
    let text = message(get(Rules { slowest, ..rules() }, &url).await, FailureKind::Unavailable);
    assert!(text.ends_with("sends its answer at less than 1000 bytes a second"), "{text}");
}

#[tokio::test]
async fn gives_up_where_the_head_never_ends() {
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let server = Server::start(move |_| Answer::Endless(head.clone(), b"x-more: yes\r\n".to_vec())).await;
    message(get(rules(), &server.url).await, FailureKind::Unavailable);
}
