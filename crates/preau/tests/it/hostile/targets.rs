//! What a request is for, in all its spellings; and headers that would make one answer another one.

use super::{Pair, mark, problem_of, statuses};

/// Headers of an answer that may differ between two readings.
const CHANGING: [&str; 2] = ["date", "age"];

fn lines(head: &str) -> Vec<String> {
    let lines = head.lines().filter(|line| !CHANGING.iter().any(|name| line.starts_with(&format!("{name}:"))));
    // Of a time to live, the seconds pass.
    lines.map(|line| line.split("ttl=").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn no_header_that_is_no_key_changes_a_byte_of_an_answer() {
    let pair = Pair::start();
    let plain = pair.asks("GET /api/data/links", &[]);
    let long = "x".repeat(20 << 10);
    let ranges = format!("bytes={}", (0..1000).map(|n| format!("{n}-{n}")).collect::<Vec<_>>().join(","));
    for headers in [
        [("X-Forwarded-Host", "mont.localhost"), ("X-Forwarded-Proto", "https")],
        [("X-Forwarded-Port", "1"), ("X-Forwarded-Prefix", "/planted")],
        [("Forwarded", "host=mont.localhost;proto=https"), ("X-Host", "mont.localhost")],
        [("X-Original-URL", "/api/manifest"), ("X-Rewrite-URL", "/api/manifest")],
        [("X-HTTP-Method-Override", "DELETE"), ("X-HTTP-Method", "POST")],
        [("X-Original-Host", "mont.localhost"), ("X-Forwarded-Server", "mont.localhost")],
        [("Accept", "text/html"), ("Accept-Language", "xx")],
        [("Accept-Charset", "utf-7"), ("Content-Type", "text/planted")],
        [("User-Agent", "planted"), ("Referer", "https://planted.example/")],
        [("Cookie", "planted=1"), ("Authorization", "Bearer planted")],
        [("Range", "bytes=0-0"), ("If-Range", "\"planted\"")],
        [("Range", &ranges), ("If-Modified-Since", "Thu, 01 Jan 2037 00:00:00 GMT")],
        [("Range", "bytes=-1"), ("If-Match", "\"planted\"")],
        [("Range", "bytes=99999999999999999999-"), ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")],
        [("Cache-Control", "no-cache, no-store, max-age=0"), ("Pragma", "no-cache")],
        [("Cache-Control", "only-if-cached"), ("Vary", "planted")],
        [("Via", "1.1 planted"), ("Max-Forwards", "0")],
        [("TE", "trailers, gzip"), ("Trailer", "planted")],
        [("Connection", "host, cookie, x-planted"), ("X-Planted", &long)],
        [("Upgrade", "websocket"), ("Sec-Fetch-Site", "cross-site")],
        [("If-None-Match", "\"planted\""), ("If-None-Match", "W/\"\", \", ,,")],
        [("If-None-Match", &long), ("If-None-Match", "W/")],
        [("Accept-Encoding", "planted, *;q=0"), ("Accept-Encoding", "identity;q=0")],
    ] {
        let answer = pair.asks("GET /api/data/links", &headers);
        assert_eq!((answer.status, answer.body == plain.body), (200, true), "{headers:.80?}");
        assert_eq!(lines(&answer.head), lines(&plain.head), "{headers:.80?}");
    }
    pair.is_well();
}

#[test]
fn a_tag_among_many_is_found_and_none_is_believed_that_is_not_ours() {
    let pair = Pair::start();
    let tag = pair.asks("GET /api/data/links", &[]).header("etag").unwrap().to_owned();
    let (digest, _) = tag.trim_matches('"').split_once('-').unwrap();
    let many = "\"planted\",".repeat(2_500);
    for known in [tag.clone(), format!("W/{tag}"), format!("{many}{tag}"), format!(", ,{tag}")] {
        let answer = pair.asks("GET /api/data/links", &[("If-None-Match", &known)]);
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{known:.80}");
    }
    for unknown in [digest.to_owned(), format!("\"{digest}"), format!("\"{digest}\""), many, "W/".repeat(9_000)] {
        assert_eq!(pair.asks("GET /api/data/links", &[("If-None-Match", &unknown)]).status, 200, "{unknown:.80}");
    }
    // A digest of another campus's items says nothing here.
    let other = pair.serving.get("mont", "/api/data/links").header("etag").unwrap().to_owned();
    assert_eq!(pair.asks("GET /api/data/links", &[("If-None-Match", &other)]).status, 200);
    pair.is_well();
}

#[test]
fn one_spelling_leads_to_data_and_no_ending_makes_it_a_file() {
    let pair = Pair::start();
    let path = "/api/data/links";
    for (status, problem, targets) in [
        (
            404,
            "not-found",
            &[
                "/api/data/links/",
                "/api/data/links/x.css",
                "/api/data/%2e%2e/data/links",
                "/api/data/../data/links",
                "/api/./data/links",
                "/api//data/links",
                "//api/data/links",
                "/API/data/links",
                "/api%2fdata%2flinks",
                "/api\\data\\links",
                "*",
                "mont.localhost:80",
            ][..],
        ),
        (
            404,
            "unknown-data",
            &[
                "/api/data/links;.css",
                "/api/data/links;x=y.css",
                "/api/data/links.css",
                "/api/data/links%2f.css",
                "/api/data/links%3fx.css",
                "/api/data/links%00",
                "/api/data/links%00.css",
                "/api/data/links%0d%0aSet-Cookie:x=1",
                "/api/data/..%2fdata%2flinks",
                "/api/data/LINKS",
            ],
        ),
        (
            400,
            "bad-parameter",
            &[
                "/api/data/links?x",
                "/api/data/links?limit=1&limit=2",
                "/api/data/links?limit=1;limit=2",
                "/api/data/links?%00=1",
            ],
        ),
        (
            404,
            "unknown-campus",
            &[
                "http://lac.localhost@mont.localhost/api/data/links",
                "http://mont.localhost@lac.localhost/api/data/links",
            ],
        ),
    ] {
        for target in targets {
            let answer = pair.asks(&format!("GET {target}"), &[]);
            let text = String::from_utf8_lossy(&answer.body);
            assert_eq!((answer.status, problem_of(&answer)), (status, problem.to_owned()), "{target}: {text}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{target}");
            assert!(answer.header("set-cookie").is_none() && !text.contains("mark-of-"), "{target}: {text}");
        }
    }
    for (many, status) in [(32, 400), (33, 400), (4_000, 400), (10_000, 431)] {
        let query: String = (0..many).map(|number| format!("&{number}=1")).collect();
        assert_eq!(pair.asks(&format!("GET {path}?{}", &query[1..]), &[]).status, status, "{many} parameters");
    }
    for (line, problem) in [
        ("CONNECT mont.localhost:80", "not-found"),
        ("OPTIONS *", "not-found"),
        ("PRI *", "not-found"),
        ("TRACE /api/data/links", "method-not-allowed"),
        ("BREW /api/data/links", "method-not-allowed"),
    ] {
        assert_eq!(problem_of(&pair.asks(line, &[])), problem, "{line}");
    }
    pair.is_well();
}

#[test]
fn a_host_is_one_campus_or_none() {
    let pair = Pair::start();
    let ask =
        |hosts: &str| pair.says(format!("GET /api/data/links HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n").as_bytes());
    for nobody in [
        "",
        "Host:\r\n",
        "Host: lac.localhost\r\nHost: mont.localhost\r\n",
        "Host: lac.localhost\r\nHost: lac.localhost\r\n",
        "Host: lac.localhost, mont.localhost\r\n",
        "Host: mont.localhost@lac.localhost\r\n",
        "Host: lac.localhost:mont.localhost\r\n",
        "Host: lac.localhost/mont.localhost\r\n",
        "Host: lac.localhost#\r\n",
        "Host: http://lac.localhost\r\n",
        "Host: [lac.localhost]\r\n",
        "Host: l\u{e4}c.localhost\r\n",
        "Host: xn--lc-yia.localhost\r\n",
        "Host: ..\r\n",
        "X-Forwarded-Host: lac.localhost\r\n",
    ] {
        let said = ask(nobody);
        assert!(statuses(&said) == [404] && said.contains("urn:preau:problem:unknown-campus"), "{nobody}: {said:.400}");
        assert!(!said.contains("mark-of-"), "{nobody}: {said:.400}");
    }
    for lac in ["lac.localhost", "LAC.LocalHost", "lac.localhost.", "lac.localhost:1", "lac.localhost:99999999"] {
        let said = ask(&format!("Host: {lac}\r\n"));
        assert!(said.contains(&mark("lac")) && !said.contains(&mark("mont")), "{lac}: {said:.400}");
    }
    pair.is_well();
}
