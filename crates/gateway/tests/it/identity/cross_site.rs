//! Writes are for pages of this site and for apps that have no cookies; and forms have bounds.

use axum::body::Body;
use http::Request;

use super::visitors::{ELSEWHERE, Phone, person, set_for};
use crate::schools::{Answer, CAMPUSES, Schools, website};

/// Every address that changes something for who is signed in. Providers post to `callback` and `notice`: what they bring
/// proves itself.
const WRITES: [&str; 5] =
    ["/api/login", "/api/session/token", "/api/session/refresh", "/api/session/end", "/api/staff/sign-out"];

fn schools() -> Schools {
    Schools::new(|_| ELSEWHERE.to_owned() + &website("http://127.0.0.1:9") + &set_for("members", "ours"))
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let schools = schools();
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let (phone, other) = (schools.phone(campus, person("adupont", &[])), format!("http://{other}.localhost"));
        let own = format!("http://{campus}.localhost");
        let (cookie, subdomain) = (phone.cookies(), format!("http://evil.{campus}.localhost"));
        let (port, prefix) = (format!("{own}:8080"), format!("{own}.evil.example"));
        let (tls, slash) = (own.replace("http:", "https:"), format!("{own}/"));
        let cross: [&[(&str, &str)]; 16] = [
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "cross-site"), ("origin", &own)],
            &[("sec-fetch-site", "same-origin"), ("origin", &other)],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", &other)],
            &[("origin", "null")],
            &[("origin", "https://evil.example")],
            &[("origin", &subdomain)],
            &[("origin", &port)],
            &[("origin", &prefix)],
            &[("origin", &tls)],
            &[("origin", &slash)],
            &[("origin", "")],
        ];
        for path in WRITES {
            for headers in cross {
                for credentials in [&[("cookie", &*cookie)][..], &[]] {
                    let answer = schools.post(campus, path, &[credentials, headers].concat(), &[]).await;
                    assert_eq!((answer.status, answer.problem().as_str()), (403, "cross-site"), "{path} {headers:?}");
                    assert_eq!(answer.header("set-cookie"), "");
                }
            }
            let silent = schools.post(campus, path, &[("cookie", &cookie)], &[]).await;
            assert_eq!((silent.status, silent.problem().as_str()), (403, "cross-site"), "{path}");
        }
        assert_eq!(schools.get_by(&phone, "/api/me").await.json()["signed_in"], true, "nobody was signed out");
    }
}

#[tokio::test]
async fn this_sites_pages_and_apps_without_cookies_may() {
    let schools = schools();
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        let (own, cookie, bearer) = (format!("http://{campus}.localhost"), phone.cookies(), phone.bearer());
        let ours: [&[(&str, &str)]; 4] = [
            &[("cookie", &cookie), ("sec-fetch-site", "same-origin")],
            &[("cookie", &cookie), ("sec-fetch-site", "same-origin"), ("origin", &own)],
            &[("cookie", &cookie), ("origin", &own)],
            &[("authorization", &bearer)],
        ];
        for path in WRITES.into_iter().filter(|path| *path != "/api/session/end") {
            for headers in ours {
                let answer = schools.post(campus, path, headers, &[]).await;
                assert!(answer.status == 204 || answer.problem() != "cross-site", "{path} {headers:?}");
            }
        }
        // A real host is reached by https, whoever ends TLS.
        let request = |origin: &str| {
            let request = Request::post("/api/session/refresh").header("host", format!("www.{campus}.example"));
            request.header("origin", origin).header("cookie", &cookie).body(Body::empty()).unwrap()
        };
        assert_eq!(schools.send(request(&format!("https://www.{campus}.example"))).await.status, 204);
        assert_eq!(schools.send(request(&format!("http://www.{campus}.example"))).await.status, 403);
    }
}

#[tokio::test]
async fn reading_changes_nothing() {
    let schools = schools();
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        for path in WRITES.into_iter().filter(|path| *path != "/api/login") {
            let headers = [("cookie", &*phone.cookies()), ("sec-fetch-site", "cross-site")];
            let answer = schools.ask(campus, path, &headers).await;
            assert_eq!((answer.status, answer.problem().as_str()), (405, "method-not-allowed"), "{path}");
        }
        assert_eq!(schools.get_by(&phone, "/api/me").await.json()["signed_in"], true);
    }
}

#[tokio::test]
async fn forms_have_bounds() {
    let schools = schools();
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        // Staff are known before their form is read.
        let others = WRITES.into_iter().filter(|path| *path != "/api/staff/sign-out");
        let outcome = |answer: Answer| (answer.status, answer.problem());
        for path in others.chain(["/api/login/callback", "/api/login/notice"]) {
            let post = async |body: String| post(&schools, &phone, path, body).await;
            assert_eq!(outcome(post("a".repeat((1 << 20) + 1)).await), (413, "too-large".to_owned()), "{path}");
            assert_ne!(post(format!("a={}", "a".repeat((1 << 20) - 2))).await.status, 413);
            let fields = |count: usize| (0..count).map(|n| format!("f{n}=")).collect::<Vec<_>>().join("&");
            assert_eq!(outcome(post(fields(65)).await), (400, "bad-parameter".to_owned()), "{path}");
            assert!(!post(fields(64)).await.text().contains("up to 64 fields"), "{path}");
            for twice in ["a=1&a=2", "refresh_token=a&refresh%5ftoken=b", "&&a&a="] {
                assert_eq!(outcome(post(twice.to_owned()).await), (400, "bad-parameter".to_owned()), "{path} {twice}");
            }
        }
    }
}

async fn post(schools: &Schools, phone: &Phone, path: &str, body: String) -> Answer {
    let headers = [("cookie", &*phone.cookies()), ("sec-fetch-site", "same-origin")];
    schools.request(phone.campus, Request::post(path), &headers, Body::from(body)).await
}
