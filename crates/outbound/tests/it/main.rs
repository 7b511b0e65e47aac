//! The door out against real sockets on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bodies;
mod egress;
mod gates;
mod names;
mod nginx;
mod redirects;
mod server;
mod times;
mod tls;

use bytes::Bytes;
use http::{HeaderMap, Method};
use outbound::{Client, Failure, FailureKind, Outbound, Request, Response, Rules};
use url::Url;

/// Rules under which loopback is declared.
fn rules() -> Rules {
    Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() }
}

fn client(rules: Rules) -> Client {
    Outbound::new(&[]).unwrap().client(rules)
}

fn request(url: &Url) -> Request {
    Request { method: Method::GET, url: url.clone(), headers: HeaderMap::new(), body: Bytes::new() }
}

async fn get(rules: Rules, url: &Url) -> Result<Response, Failure> {
    client(rules).send(request(url)).await
}

/// The failure's message, after checking its kind and that nothing of the address but its host shows.
fn message(outcome: Result<Response, Failure>, kind: FailureKind) -> String {
    let failure = outcome.expect_err("a failure");
    assert_eq!(failure.kind, kind, "{failure}");
    assert!(!failure.message.contains("hidden"), "{failure}");
    failure.message
}
