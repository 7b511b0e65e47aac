//! Tokens anew until the absolute end, and sessions that end before.

use identity::Tokens;
use serde_json::json;

use super::visitors::{Browser, ELSEWHERE, person, set_for};
use crate::schools::{CAMPUSES, Schools, website};

fn schools() -> Schools {
    Schools::new(|_| {
        let login = ELSEWHERE.trim_end().to_owned() + "\nsession = \"2h\"\n\n";
        login + &website("http://127.0.0.1:9") + &set_for("members", "ours")
    })
}

async fn signed_in(browser: &Browser<'_>) -> bool {
    browser.get("/api/me").await.json()["signed_in"] == true
}

#[tokio::test]
async fn new_cookies_come_until_the_absolute_end_and_no_further() {
    let schools = schools();
    for campus in CAMPUSES {
        // The absolute end of the harness's sessions is a month away.
        let browser = Browser::with(&schools, &schools.phone(campus, person("adupont", &[])));
        let lasting = |name: &str, answer: &crate::schools::Answer| {
            let mut cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
            let cookie = cookies.rfind(|cookie| cookie.starts_with(&format!("{name}="))).unwrap().to_owned();
            cookie.rsplit_once("Max-Age=").unwrap().1.parse::<i64>().unwrap()
        };
        for _ in 0..3 {
            schools.pass(601);
            assert_eq!(browser.get("/api/me").await.json()["expired"], true);
            let answer = browser.post("/api/session/refresh", &[]).await;
            assert_eq!((answer.status, answer.header("cache-control")), (204, "no-store"));
            // A browser still has it when its token is over, and so learns that it has to be renewed.
            assert_eq!(lasting("__Host-preau", &answer), lasting("__Host-preau-refresh", &answer));
            assert!(signed_in(&browser).await);
        }
        let left = 30 * 86_400 - 3 * 601;
        schools.pass(left - 300);
        let answer = browser.post("/api/session/refresh", &[]).await;
        assert_eq!((lasting("__Host-preau", &answer), lasting("__Host-preau-refresh", &answer)), (300, 300));
        schools.pass(299);
        assert!(signed_in(&browser).await);
        schools.pass(1);
        assert!(!signed_in(&browser).await);
        let over = browser.post("/api/session/refresh", &[]).await;
        assert_eq!((over.status, over.problem().as_str()), (401, "sign-in-required"));
    }
}

#[tokio::test]
async fn a_refresh_says_nothing_to_who_has_no_session() {
    let schools = schools();
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let phone = schools.phone(other, person("adupont", &[]));
        let foreign = Browser::new(&schools, campus);
        *foreign.cookies.borrow_mut() = Browser::with(&schools, &phone).cookies.borrow().clone();
        for browser in [Browser::new(&schools, campus), foreign] {
            let answer = browser.post("/api/session/refresh", &[]).await;
            assert_eq!((answer.status, answer.problem().as_str()), (401, "sign-in-required"));
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
}

#[tokio::test]
async fn signing_out_ends_this_sign_in_and_everywhere_ends_all_of_the_persons() {
    let schools = schools();
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let sign_in = |user: &str| Browser::with(&schools, &schools.phone(campus, person(user, &[])));
        let (first, second, third) = (sign_in("adupont"), sign_in("adupont"), sign_in("adupont"));
        let (friend, elsewhere) =
            (sign_in("bmartin"), Browser::with(&schools, &schools.phone(other, person("adupont", &[]))));
        let kept = second.cookies.borrow().clone();
        assert_eq!(
            first.post("/api/session/end", &[]).await.json()["provider"],
            "https://cas.invalid/cas/logout?service=".to_owned() + &format!("http%3A%2F%2F{campus}.localhost%2F")
        );
        assert!(signed_in(&second).await && signed_in(&third).await);

        schools.pass(1);
        let everywhere = second.post("/api/session/end", &[("everywhere", "true")]).await;
        assert_eq!((everywhere.status, second.cookies.borrow().len()), (200, 0));
        assert!(!signed_in(&third).await, "another phone");
        assert_eq!(third.post("/api/session/refresh", &[]).await.problem(), "sign-in-required");
        *second.cookies.borrow_mut() = kept;
        assert!(!signed_in(&second).await);
        assert!(signed_in(&friend).await && signed_in(&elsewhere).await);
        schools.pass(1);
        assert!(signed_in(&sign_in("adupont")).await, "a later sign-in");
        assert!(!signed_in(&third).await);
    }
}

#[tokio::test]
async fn an_app_signs_out_by_either_token_and_who_has_none_signs_nobody_out() {
    let schools = schools();
    for campus in CAMPUSES {
        let phone = || schools.phone_with(campus, person("adupont", &[]), Tokens::default(), None);
        let (by_refresh, by_access, untouched) = (phone(), phone(), phone());
        schools.post(campus, "/api/session/end", &[], &[("refresh_token", &by_refresh.refresh)]).await;
        schools.post(campus, "/api/session/end", &[("authorization", &by_access.bearer())], &[]).await;
        for form in [&[][..], &[("refresh_token", "AAAA"), ("everywhere", "true")], &[("user", "adupont")]] {
            let answer = schools.post(campus, "/api/session/end", &[], form).await;
            assert_eq!((answer.status, answer.json()), (200, json!({ "provider": null, "replicated": true })));
        }
        for (phone, expected) in [(by_refresh, false), (by_access, false), (untouched, true)] {
            assert_eq!(schools.get_by(&phone, "/api/me").await.json()["signed_in"], expected);
        }
    }
}

#[tokio::test]
async fn a_campus_that_nobody_signs_in_at_says_so() {
    let schools = Schools::new(|_| website("http://127.0.0.1:9") + &set_for("members", "ours"));
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        for path in ["/api/login", "/api/login/callback", "/api/login/metadata", "/api/login/proxy"] {
            assert_eq!(schools.get(campus, path).await.problem(), "no-sign-in", "{path}");
        }
        for path in ["/api/login", "/api/login/callback", "/api/login/notice", "/api/session/token", "/api/session/end"]
        {
            let answer = schools.post(campus, path, &[], &[("refresh_token", &phone.refresh)]).await;
            assert_eq!((answer.status, answer.problem().as_str()), (404, "no-sign-in"), "{path}");
        }
        assert_eq!(schools.get(campus, "/api/me").await.json()["login"], json!(null));
        assert_eq!(schools.get(campus, "/api/explain/ours").await.json()["why"]["reason"], "no-sign-in");
    }
}
