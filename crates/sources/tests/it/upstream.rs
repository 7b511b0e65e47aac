//! An HTTP upstream on loopback that answers as a test wants and remembers what it was asked.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use outbound::{Outbound, Rules};
use records::Limits;
use sources::{Call, Context, Failure, Fetch, Params, Reply, Validators};
use tokio::net::TcpListener;

pub struct Upstream {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Upstream {
    pub async fn start(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (all, answer) = (Arc::clone(&asked), Arc::new(answer));
        let router = Router::new().fallback(move |request: Request| {
            let (all, answer) = (Arc::clone(&all), Arc::clone(&answer));
            async move {
                let asked = taken_apart(request).await;
                all.lock().unwrap().push(asked.clone());
                answer(&asked)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Paths and queries asked so far.
    pub fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }
}

async fn taken_apart(request: Request) -> Asked {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let target = head.uri.path_and_query().unwrap().to_string();
    Asked {
        method: head.method.to_string(),
        target,
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// An answer of a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let builder =
        headers.iter().fold(Response::builder().status(status), |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).unwrap()
}

pub fn json(body: &str) -> Response {
    answer(200, &[("content-type", "application/json")], body.to_owned())
}

/// A campus whose operator opened this machine to it.
pub fn context(mut rules: Rules) -> Context {
    rules.private = vec!["127.0.0.0/8".parse().unwrap()];
    Context {
        outbound: Outbound::new(&[]).unwrap(),
        rules,
        folder: PathBuf::from("/"),
        directories: Vec::new(),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        limits: Limits::default(),
    }
}

/// Asks at an instant that never changes.
pub async fn ask(fetch: &dyn Fetch, params: &Params, validators: Option<&Validators>) -> Result<Reply, Failure> {
    fetch.fetch(&Call { params, validators, person: None, now: now() }).await
}

pub fn now() -> Timestamp {
    "2026-10-05T08:00:00Z".parse().unwrap()
}
