//! Traces at a collector: a request reads as the path, in OpenTelemetry's words, and nobody is in it.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use crate::client::{connect, receive, send};
use crate::collector::{Collector, attributes};
use crate::school::{School, nowhere};
use crate::site::{Serving, Site};

/// The settings of a server that traces everything.
pub fn settings(endpoint: &str, more: &str) -> String {
    format!("telemetry = {{ endpoint = \"{endpoint}\", sampling = 1.0, private = [\"127.0.0.0/8\"], {more} }}")
}

/// `name(child, child)`, children in the order in which they began.
fn tree(spans: &[Span], root: &Span) -> String {
    let children: Vec<_> =
        spans.iter().filter(|span| span.parent_span_id == root.span_id).map(|child| tree(spans, child)).collect();
    let kind = match root.kind() {
        SpanKind::Server => "server ",
        SpanKind::Client => "client ",
        _ => "",
    };
    let children = if children.is_empty() { String::new() } else { format!("({})", children.join(", ")) };
    format!("{kind}{}{children}", root.name)
}

fn roots(spans: &[Span]) -> Vec<&Span> {
    let ids: Vec<_> = spans.iter().map(|span| &span.span_id).collect();
    spans.iter().filter(|span| !ids.contains(&&span.parent_span_id)).collect()
}

fn ends(serving: Serving) -> String {
    serving.preau.terminate();
    let ended = serving.preau.ended();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.err
}

#[test]
fn a_trace_reads_as_the_path_and_names_nobody() {
    let (school, collector) = (School::of_links(), Collector::start());
    let more = "service = \"campus-eu\", headers = { x-token = { env = \"TOKEN\" } }";
    let site = Site::new(&school.url(), &settings(&collector.url(), more));
    let serving = site.serve_with(&[], &[("TOKEN", "secret-of-collector")]);
    let headers = "user-agent: planted\r\naccept-language: planted\r\nauthorization: Bearer planted\r\ncookie: planted=planted\r\n\
                   traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
    for path in ["/api/data/links", "/api/data/links?limit=1&q=planted", "/api/data/planted", "/planted", "/PLANTED"] {
        for campus in ["lac", "mont"] {
            let mut phone = connect(serving.address);
            send(&mut phone, &format!("{campus}.localhost"), path, headers);
            receive(&mut phone);
        }
    }
    let mut stranger = connect(serving.address);
    send(&mut stranger, "planted.example", "/api/data/links", headers);
    assert_eq!(receive(&mut stranger).status, 404);
    let mut brewer = connect(serving.address);
    std::io::Write::write_all(&mut brewer, b"PLANTED /api/me HTTP/1.1\r\nHost: lac.localhost\r\n\r\n").unwrap();
    assert_eq!(receive(&mut brewer).status, 405);
    let log = ends(serving);

    let (spans, about) = collector.spans();
    assert_eq!((about["service.name"].as_str(), about.contains_key("service.version")), ("campus-eu", true));
    let trees: Vec<_> = roots(&spans).into_iter().map(|root| tree(&spans, root)).collect();
    let fetched =
        "server GET /api/data/{name}(campus, session, kind, cache(source(client outbound), mapping), response)";
    let kept = "server GET /api/data/{name}(campus, session, kind, cache, response)";
    let count = |wanted: &str| trees.iter().filter(|tree| *tree == wanted).count();
    assert_eq!((count(fetched), count(kept)), (2, 2), "{trees:#?}");
    assert_eq!(trees.len(), 12, "one a request: {trees:#?}");
    let mut traces: Vec<_> = roots(&spans).into_iter().map(|root| &root.trace_id).collect();
    traces.sort();
    traces.dedup();
    assert_eq!(traces.len(), 12, "each a trace of its own, whatever a stranger calls it");

    let of = |name: &str| -> Vec<BTreeMap<String, String>> {
        let named = spans.iter().filter(|span| span.name == name);
        named.map(|span| attributes(&span.attributes)).collect()
    };
    let shown = |attributes: &BTreeMap<String, String>| {
        attributes.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    };
    let first = &of("GET /api/data/{name}")[0];
    insta::assert_snapshot!(shown(first), @"http.request.method=GET http.response.status_code=200 http.route=/api/data/{name} preau.cache=miss preau.campus=lac preau.data=links server.address=lac.localhost url.scheme=http");
    insta::assert_snapshot!(shown(&of("mapping")[0]), @"preau.campus=lac preau.data=links preau.records.mapped=2 preau.records.received=2 preau.records.rejected=0");
    let outbound = shown(&of("outbound")[0]);
    assert!(
        outbound
            .starts_with("http.request.method=GET http.response.status_code=200 server.address=127.0.0.1 server.port="),
        "{outbound}"
    );
    let missed = of("GET /api/data/{name}");
    assert!(missed.iter().any(|root| root.get("error.type").is_some_and(|error| error == "unknown-data")));
    assert!(of("_OTHER /api/me").len() == 1);

    for post in collector.posts() {
        assert!(post.head.starts_with("post /v1/traces ") && post.head.contains("x-token: secret-of-collector"));
        let said = String::from_utf8_lossy(&post.body).to_lowercase();
        assert!(!said.contains("planted") && !said.contains("secret"), "{said}");
    }
    assert!(!log.contains("planted") && !log.contains("secret-of-collector"), "{log}");
}

#[test]
fn a_failure_is_told_by_its_kind() {
    let (school, collector) = (School::start(|_| (500, "planted".to_owned())), Collector::start());
    let site = Site::new(&school.url(), &settings(&collector.url(), ""));
    let serving = site.serve();
    assert_eq!(serving.get("lac", "/api/data/links").status, 503);
    ends(serving);
    let (spans, _) = collector.spans();
    let roots = roots(&spans);
    assert_eq!(roots.len(), 1);
    let kinds: Vec<_> = ["GET /api/data/{name}", "source"]
        .iter()
        .map(|name| attributes(&spans.iter().find(|span| span.name == *name).unwrap().attributes)["error.type"].clone())
        .collect();
    assert_eq!(kinds, ["source-unavailable", "source-unavailable"]);
    assert_eq!(roots[0].status.as_ref().unwrap().code, 2, "an error");
}

#[test]
fn a_trusted_proxys_trace_goes_on() {
    let (school, collector) = (School::of_links(), Collector::start());
    let site = Site::new(&school.url(), &settings(&collector.url(), "trusted = [\"127.0.0.0/8\"]"));
    let serving = site.serve();
    for flag in ["01", "00"] {
        let mut proxy = connect(serving.address);
        let parent = format!("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flag}\r\n");
        send(&mut proxy, "lac.localhost", "/api/data/links", &parent);
        assert_eq!(receive(&mut proxy).items().len(), 2);
    }
    ends(serving);
    let (spans, _) = collector.spans();
    let roots = roots(&spans);
    assert_eq!(roots.len(), 1, "the proxy did not want the other one");
    assert_eq!(roots[0].trace_id, 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes());
    assert_eq!(roots[0].parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
}

#[test]
fn a_collector_that_is_gone_costs_one_line() {
    let school = School::of_links();
    let site = Site::new(&school.url(), &settings(&nowhere(), ""));
    let serving = site.serve();
    let mut phone = connect(serving.address);
    // More than one batch.
    for _ in 0..300 {
        send(&mut phone, "lac.localhost", "/api/data/links", "");
        assert_eq!(receive(&mut phone).items().len(), 2);
    }
    serving.preau.err.line_with("traces are lost");
    let log = ends(serving);
    assert_eq!(log.matches("traces are lost").count(), 1, "{log}");
}

#[test]
fn says_which_setting_of_traces_is_wrong() {
    for (more, words) in [
        ("sampling = 2.0", "telemetry.sampling"),
        ("headers = { \"a b\" = \"hidden\" }", "telemetry.headers.a b"),
        ("headers = { a = { env = \"NONE\" } }", "telemetry.headers.a: the environment variable NONE"),
        ("headers = { a = \"hidden\\u0000\" }", "telemetry.headers.a"),
        ("endpoint = \"otel\"", "telemetry.endpoint"),
        ("endpoints = \"\"", "unknown field `endpoints`"),
    ] {
        let endpoint = if more.contains("endpoint =") { "" } else { "endpoint = \"http://127.0.0.1:9/v1/traces\", " };
        let site = Site::new("http://127.0.0.1:9", &format!("telemetry = {{ {endpoint}{more} }}"));
        let ended = site.start(&[]).ended();
        assert_eq!(ended.code, Some(1), "{more}");
        assert!(ended.err.contains(words) && !ended.err.contains("hidden"), "{more}: {}", ended.err);
    }
}
