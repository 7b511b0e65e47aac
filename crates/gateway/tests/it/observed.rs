//! What operators see of requests: counts whose labels nobody else makes, and a line about each slow one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use serde_json::json;
use tokio::net::TcpListener;
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;

use crate::schools::{Given, Schools, news, set, website};

/// The series of the metrics, without their values.
async fn series(schools: &Schools) -> BTreeSet<String> {
    let text = schools.admin("GET", "/metrics", json!(null)).await.text();
    let series = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    series.map(|(series, _)| series.to_owned()).collect()
}

#[tokio::test]
async fn no_stranger_makes_a_label() {
    let schools = Schools::new(|_| website("http://127.0.0.1:9") + &set("news", "news"));
    let methods = ["GET", "POST", "HEAD", "BREW", "X-Y"];
    // Each class and status that strangers can have, once, so that what follows could only add labels of theirs.
    let routes =
        ["/api/data/{}", "/api/calendar/{}.ics", "/api/explain/{}", "/assets/{}", "/{}", "/api/{}", "/icons/{}"];
    let ask = async |host: &str, method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path).header("host", host);
        schools.send(request.body(Body::empty()).unwrap()).await
    };
    let everything = async |word: &str| {
        for route in routes {
            let path = route.replace("{}", word);
            for method in methods {
                for host in ["rivage.localhost", "colline.localhost", &format!("{word}.example")] {
                    ask(host, method, &path).await;
                }
            }
        }
    };
    everything("none").await;
    ask("rivage.localhost", "GET", "/api/data/news?none=none").await;
    let before = series(&schools).await;
    for number in 0..40_u64 {
        let word = format!("{:x}", (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        everything(&word).await;
        ask("rivage.localhost", "GET", &format!("/api/data/news?{word}={word}")).await;
    }
    let after = series(&schools).await;
    let added: Vec<_> = after.difference(&before).collect();
    assert!(added.is_empty(), "{added:?}");
    for expected in [
        "http_server_request_duration_seconds_count{http_route=\"/api/data/{name}\",status_class=\"4xx\"}",
        "http_server_request_duration_seconds_bucket{le=\"0.005\",http_route=\"\",status_class=\"2xx\"}",
        "http_server_active_requests",
    ] {
        assert!(after.contains(expected), "{expected}: {after:#?}");
    }
}

#[tokio::test]
async fn counts_those_under_way_however_they_end() {
    let schools = Schools::new(|_| website("http://127.0.0.1:9") + &set("news", "news"));
    for _ in 0..3 {
        // Clients that go away before they are answered.
        drop(tokio::time::timeout(Duration::ZERO, schools.get("rivage", "/api/data/news")).await);
    }
    let text = schools.admin("GET", "/metrics", json!(null)).await.text();
    assert!(text.contains("\nhttp_server_active_requests 0\n"), "{text}");
}

/// Lines about slow requests, as their fields.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<Vec<BTreeMap<String, String>>>>);

impl<S: Subscriber> Layer<S> for Slow {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if fields.0.get("message").is_some_and(|message| message == "slow request") {
            self.0.lock().unwrap().push(fields.0);
        }
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// The address of a system that takes three seconds of this runtime's clock to answer.
async fn slow_system() -> String {
    let answer = async || {
        tokio::time::sleep(Duration::from_secs(3)).await;
        ([("content-type", "application/json")], news("colline", 5))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().route("/news.json", get(answer))).into_future());
    url
}

#[tokio::test(start_paused = true)]
async fn a_slow_request_is_told_with_where_its_time_went() {
    let url = slow_system().await;
    let given = Given { slow: Duration::ZERO, patience: Duration::from_secs(30), ..Given::default() };
    let news = set("news", "news") + "[data.news.params.person]\ndefault = \"\"\n";
    let schools = Schools::with(given, |_| website(&url) + &news);
    let slow = Slow::default();
    let _second = Dispatch::new(Registry::default());
    let _logged = tracing::subscriber::set_default(Registry::default().with(slow.clone()));
    let told = async |campus, path: &str| {
        schools.ask(campus, path, &[("user-agent", "planted")]).await;
        let mut told = std::mem::take(&mut *slow.0.lock().unwrap());
        assert_eq!(told.len(), 1, "one line a request: {told:?}");
        told.remove(0)
    };
    let shown = |line: &BTreeMap<String, String>, names: &[&str]| {
        names.iter().map(|name| line.get(*name).cloned().unwrap_or_default()).collect::<Vec<_>>()
    };
    let names = ["route", "campus", "data", "status", "cache", "received", "mapped", "rejected"];

    let line = told("colline", "/api/data/news?person=planted").await;
    assert_eq!(shown(&line, &names), ["/api/data/{name}", "colline", "news", "200", "miss", "5", "5", "0"]);
    let millis = |step: &str| line[step].parse::<u64>().unwrap();
    assert_eq!(["ms", "cache_ms", "source_ms"].map(millis), [3000; 3], "{line:?}");
    let others = ["campus_ms", "session_ms", "kind_ms", "mapping_ms", "response_ms"];
    assert_eq!(others.map(millis), [0; 5], "{line:?}");
    assert!(millis("bytes") > 200, "{line:?}");
    assert!(!format!("{line:?}").contains("planted"), "{line:?}");

    let line = told("colline", "/api/data/news?person=planted").await;
    assert_eq!(shown(&line, &names), ["/api/data/{name}", "colline", "news", "200", "hit", "", "", ""]);
    let line = told("rivage", "/api/data/planted").await;
    assert_eq!(shown(&line, &names), ["/api/data/{name}", "rivage", "", "404", "", "", "", ""]);
    assert_eq!(line["error"], "unknown-data");
    let line = told("planted", "/planted").await;
    assert_eq!(shown(&line, &names), ["", "", "", "404", "", "", "", ""]);
    assert!(!format!("{line:?}").contains("planted"), "{line:?}");
}
