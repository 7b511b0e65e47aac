//! What somebody tries who means harm, at the addresses of the app, of cells and of calendars.

use axum::body::Body;
use http::Request;
use serde_json::json;
use testbed::need;

use crate::identity::visitors::{Browser, ELSEWHERE, person, set_for};
use crate::schools::{Answer, Schools, set, website};

/// A campus with a look of its own for those who test, whose calendars are at `website_at`.
fn schools(website_at: &str) -> Schools {
    let look =
        "theme = { color = \"#0b6e8f\", on.beta.color = \"#6d3fa0\" }\nchannels.beta.testers = [\"user:tess\"]\n";
    Schools::new(|_| {
        [look, ELSEWHERE, &website(website_at), &set("events", "events"), &set_for("members", "ours")].concat()
    })
}

/// Sends a path as it is written.
async fn ask(schools: &Schools, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::builder().method(method).uri(path);
    schools.request("rivage", request, headers, Body::empty()).await
}

#[tokio::test]
async fn no_path_leads_out_of_the_apps_files_or_to_its_page_in_the_name_of_another_address() {
    let schools = schools("http://127.0.0.1:9");
    let long = format!("/assets/{}", "a/".repeat(8_000));
    for path in [
        "/assets/..%2f..%2fcampus.toml",
        "/assets/%2e%2e/index.html",
        "/assets/%252e%252e%252findex.html",
        "/assets/..%5cindex.html",
        "/assets//main-AbC.js",
        "/assets/./main-AbC.js",
        "/assets/main-AbC.js%00",
        "/assets/main-AbC.js/",
        "/assets/",
        "/icons/..%2fany-512.png",
        "/index.html",
        &long,
        // A proxy that undoes escapes or dots would keep the page as an answer of the API.
        "/%61pi/me",
        "/api%2fme",
        "/%2fapi/me",
        "//api/me",
        "/./api/me",
        "/timetable/../api/me",
        "/timetable/%2e%2e/api/me",
        "/timetable/.%2E/api/me",
        "/timetable/..",
        "/API/me",
        "/api/calendar/..%2fme.ics",
    ] {
        let answer = ask(&schools, "GET", path, &[]).await;
        assert_eq!((answer.status, &*answer.problem()), (404, "not-found"), "{path}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    for path in ["/assets/%ff", "/icons/%ff", "/api/calendar/%ff.ics"] {
        let answer = ask(&schools, "GET", path, &[]).await;
        assert_eq!((answer.status, &*answer.problem()), (400, "bad-parameter"), "{path}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    for place in ["/timetable/https%3A%2F%2Funiv-demo.fr%2F%3Fp%3D1", "/timetable/lessons/ADE1@univ-demo.fr", "/a%20b"]
    {
        let answer = ask(&schools, "GET", place, &[]).await;
        assert_eq!(answer.status == 200, place != "/a%20b", "{place}");
    }
}

#[tokio::test]
async fn a_testers_look_is_kept_by_no_shared_cache() {
    let schools = schools("http://127.0.0.1:9");
    let tester = schools.phone("rivage", person("tess", &[])).bearer();
    let headers = [("authorization", &*tester), ("preau-channel", "beta")];
    let theme = |page: &Answer| {
        let page = page.text();
        page.split("/theme.css?v=").nth(1).map(|rest| format!("/theme.css?v={}", rest.split('"').next().unwrap()))
    };
    let [ours, theirs] = [schools.get("rivage", "/").await, schools.ask("rivage", "/", &headers).await];
    let [ours, theirs] = [theme(&ours).unwrap(), theme(&theirs).unwrap()];
    assert_ne!(ours, theirs);
    for path in ["/", "/timetable", "/sw.js", "/theme.css", &theirs, "/manifest.webmanifest", "/icons/any.svg"] {
        let control = schools.ask("rivage", path, &headers).await.header("cache-control").to_owned();
        assert!(control.starts_with("private, ") && !control.contains("public"), "{path}: {control}");
        let tag = schools.ask("rivage", path, &headers).await.header("etag").to_owned();
        let known = schools.ask("rivage", path, &[("if-none-match", &*tag), headers[0], headers[1]]).await;
        assert_eq!((known.status, known.header("cache-control")), (304, &*control), "{path}");
        // Whoever is no tester has the other look, whatever they hold or say.
        for (others, channel) in [(vec![], "beta"), (vec![("authorization", "Bearer x")], "beta"), (vec![], "\u{e9}")] {
            let asked = [&others[..], &[("if-none-match", &tag), ("preau-channel", channel)]].concat();
            let answer = schools.ask("rivage", path, &asked).await;
            assert!(!answer.header("cache-control").contains("private"), "{path}");
            assert_eq!(answer.header("preau-channel"), "", "{path}");
        }
    }
    assert_eq!(schools.get("rivage", &theirs).await.header("cache-control"), "no-cache");
    assert_eq!(schools.ask("rivage", &ours, &headers).await.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn what_an_answer_depends_on_it_says_also_where_nothing_has_changed() {
    let schools = schools("http://127.0.0.1:9");
    for path in ["/", "/manifest.webmanifest"] {
        let tag = schools.get("rivage", path).await.header("etag").to_owned();
        let [known, english] = [
            schools.ask("rivage", path, &[("if-none-match", &tag)]).await,
            schools.ask("rivage", path, &[("if-none-match", &tag), ("accept-language", "en")]).await,
        ];
        assert_eq!((known.status, english.status), (304, 200), "{path}");
        for answer in [known, english] {
            let varies: Vec<_> = answer.headers.get_all("vary").iter().map(|vary| vary.to_str().unwrap()).collect();
            assert_eq!(varies, ["Accept-Encoding", "Accept-Language"], "{path}");
        }
        let any = schools.ask("rivage", path, &[("if-none-match", "*")]).await;
        assert_eq!((any.status, any.header("etag")), (304, &*tag), "there is one (RFC 9110, 13.1.2)");
    }
    for odd in ["*;q=1, en;q=NaN", "en;q=inf", &"en,".repeat(9_000), "fr;;;=,;q", "\u{e9}"] {
        assert_eq!(schools.ask("rivage", "/", &[("accept-language", odd), ("accept-encoding", odd)]).await.status, 200);
    }
}

#[tokio::test]
async fn asking_for_the_head_alone_gives_the_head_alone() {
    let schools = schools("http://127.0.0.1:9");
    for path in
        ["/", "/timetable/x", "/sw.js", "/theme.css", "/manifest.webmanifest", "/assets/main-AbC.js", "/none.js"]
    {
        let [whole, head] = [ask(&schools, "GET", path, &[]).await, ask(&schools, "HEAD", path, &[]).await];
        assert_eq!((head.status, head.body.len()), (whole.status, 0), "{path}");
        assert_eq!(head.headers, whole.headers, "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
        assert_eq!(ask(&schools, method, "/", &[]).await.status, 404, "{method}");
        for path in ["/sw.js", "/assets/main-AbC.js", "/icons/any-192.png"] {
            assert_eq!(ask(&schools, method, path, &[]).await.status, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn cookies_that_are_huge_many_or_broken_change_nothing() {
    let schools = schools("http://127.0.0.1:9");
    let page = schools.get("rivage", "/").await.body;
    let pieces: String = (0..200).map(|piece| format!("__Host-preau.{piece}=x; ")).collect();
    for cookie in [
        &*format!("__Host-preau-channel=1.{}", "b".repeat(30_000)),
        &"a=b; ".repeat(6_000),
        &pieces,
        &format!("__Host-preau=9.x; {pieces}"),
        "__Host-preau-channel=1.beta",
        "__Host-preau-channel=1.beta; __Host-preau-channel=1.production",
        "__Host-preau-channel=1.\u{e9}",
        ";;;=;",
    ] {
        let answer = schools.ask("rivage", "/", &[("cookie", cookie)]).await;
        assert!(answer.status == 200 && answer.body == page && answer.header("set-cookie").is_empty(), "{cookie:.60}");
    }
}

#[tokio::test]
async fn a_name_ends_no_header_no_line_and_no_script() {
    let server = need!(testbed::nginx(""));
    server.write("www/events.json", "[]");
    let schools = schools(&server.url(""));
    schools.name("rivage", r#"A\r\nSet-Cookie: x=1\r\n\r\n</script><script>\u2028\u0000%PREAU_HEAD%\"'`"#);
    for path in ["/", "/sw.js", "/manifest.webmanifest", "/theme.css", "/api/manifest", "/api/calendar/events.ics"] {
        let answer = schools.get("rivage", path).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (200, ""), "{path}: {}", answer.text());
        let text = answer.text();
        assert!(!text.contains("<script") || answer.header("content-type").contains("json"), "{path}: {text}");
        assert!(!text.contains("\nSet-Cookie") || path == "/", "a line of a calendar or worker: {text}");
    }
}

#[tokio::test]
async fn two_origins_are_none() {
    let schools = schools("http://127.0.0.1:9");
    schools.has_cells(["dc1", "dc2"]).await;
    let (own, cell) = ("http://rivage.localhost", "https://rivage.dc2.preau.example");
    for origins in [[own, "https://evil.example"], ["https://evil.example", own], [cell, "null"], [own, cell]] {
        let headers = origins.map(|origin| ("origin", origin));
        let request = Request::post("/api/session/end");
        let answer = schools.request("rivage", request, &headers, Body::empty()).await;
        assert_eq!(answer.problem(), "cross-site", "{origins:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origins:?}");
    }
    let twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")];
    assert_eq!(
        schools.request("rivage", Request::post("/api/session/end"), &twice, Body::empty()).await.problem(),
        "cross-site"
    );
}

#[tokio::test]
async fn a_sealed_address_or_code_has_one_spelling() {
    let schools = schools("http://127.0.0.1:9");
    let browser = Browser::with(&schools, &schools.phone("rivage", person("adupont", &[])));
    let code = browser.post("/api/session/elsewhere", &[]).await.json()["code"].as_str().unwrap().to_owned();
    let calendar =
        browser.post("/api/calendar", &[("name", "events")]).await.json()["url"].as_str().unwrap().to_owned();
    let sealed = calendar.rsplit('/').next().unwrap().trim_end_matches(".ics");
    let (start, last) = code.split_at(code.len() - 1);
    let others = (b'-'..=b'z')
        .map(char::from)
        .filter(|c| (c.is_alphanumeric() || "-_".contains(*c)) && *c != last.chars().next().unwrap());
    let others: Vec<_> = others
        .map(|c| format!("{start}{c}"))
        .chain([format!("{code}="), format!("{code} "), format!(" {code}")])
        .collect();
    for other in others {
        let answer = browser.post("/api/session/here", &[("code", &other)]).await;
        assert_eq!(answer.problem(), "sign-in-refused", "{other}");
    }
    assert_eq!(browser.post("/api/session/here", &[("code", &code)]).await.json(), json!({ "signed_in": true }));
    let start = &sealed[..sealed.len() - 1];
    for other in ('a'..='z')
        .map(|c| format!("{start}{c}"))
        .filter(|other| other != sealed)
        .chain([format!("{sealed}="), format!("{sealed}%20")])
    {
        assert_eq!(
            schools.get("rivage", &format!("/api/calendar/{other}.ics")).await.problem(),
            "not-found",
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_testers_calendar_is_kept_by_no_shared_cache() {
    let server = need!(testbed::nginx(""));
    server.write("www/events.json", "[]");
    let schools = schools(&server.url(""));
    let tester = schools.phone("rivage", person("tess", &[])).bearer();
    let headers = [("authorization", &*tester), ("preau-channel", "beta")];
    let control = async |headers: &[(&str, &str)]| {
        schools.ask("rivage", "/api/calendar/events.ics", headers).await.header("cache-control").to_owned()
    };
    assert_eq!((&*control(&headers).await, &*control(&[]).await), ("private, no-cache", "public, no-cache"));
}
