//! A browser signs in and out; and what others try with its sign-in.

use serde_json::json;
use testbed::{Nginx, need};

use super::visitors::{Browser, cas_of_files, items_of, own_set, validated, who_signs_in};
use crate::schools::{Answer, CAMPUSES, Schools, mark, website};

fn schools(server: &Nginx) -> Schools {
    who_signs_in(server, "adupont", "<cas:memberOf>l3</cas:memberOf>");
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/grades-adupont.json"), items_of("adupont", campus, 1));
    }
    Schools::new(|campus| {
        cas_of_files(server, campus) + "\n" + &website(&server.url(&format!("/{campus}"))) + &own_set("grades")
    })
}

/// A page of ours that says to start again, and no session.
fn starts_again(answer: &Answer, browser: &Browser<'_>) {
    assert_eq!((answer.status, answer.header("cache-control")), (400, "no-store"), "{}", answer.text());
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text().contains("href=\"/api/login?return="), "{}", answer.text());
    assert!(!browser.is_signed_in(), "{:?}", browser.cookies.borrow().keys());
}

#[tokio::test]
async fn signs_in_reads_and_signs_out() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        assert_eq!(browser.get("/api/data/grades").await.problem(), "sign-in-required");
        let state = browser.leave("/api/login?return=%2Fapi%2Fdata%2Fgrades%3Flimit%3D1").await;
        assert!(!browser.is_signed_in() && browser.cookies.borrow().len() == 1);
        let back = browser.come_back(&state, "ST-1").await;
        assert_eq!((back.status, back.header("location")), (303, "/api/data/grades?limit=1"));
        assert_eq!(back.header("cache-control"), "no-store");
        let names: Vec<_> = browser.cookies.borrow().keys().cloned().collect();
        assert_eq!(names, ["__Host-preau", "__Host-preau-refresh"], "the attempt is over");

        let me = browser.get("/api/me").await.json();
        assert_eq!(
            (&me["user"], &me["name"], &me["groups"]),
            (&json!("adupont"), &json!(mark(campus)), &json!(["l3"]))
        );
        assert_eq!(browser.get("/api/data/grades").await.each("id"), ["adupont-1"]);
        let copied = browser.cookies.borrow().clone();
        let ended = browser.post("/api/session/end", &[]).await;
        assert!(browser.cookies.borrow().is_empty());
        let provider = server.url(&format!("/{campus}/cas/logout?service=http%3A%2F%2F{campus}.localhost%2F"));
        assert_eq!(ended.json(), json!({ "provider": provider, "replicated": false }));
        *browser.cookies.borrow_mut() = copied;
        assert_eq!(browser.get("/api/data/grades").await.problem(), "sign-in-required", "cookies that were kept");
        assert_eq!(browser.post("/api/session/refresh", &[]).await.problem(), "sign-in-required");
        let page = browser.post_as("/api/session/end", &[], &[("accept", "text/html")]).await;
        assert_eq!((page.status, page.header("location")), (303, "/"), "who is signed out already");
    }
}

#[tokio::test]
async fn a_form_of_ours_signs_out_at_the_provider_too() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        browser.come_back(&browser.leave("/api/login").await, "ST-1").await;
        let page = browser.post_as("/api/session/end", &[], &[("accept", "text/html")]).await;
        assert_eq!(page.status, 303);
        assert!(page.header("location").starts_with(&server.url(&format!("/{campus}/cas/logout?"))));
        assert!(!browser.is_signed_in());
    }
}

#[tokio::test]
async fn leads_back_to_this_site_only() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let elsewhere = [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\u{1}//evil.example",
        " //evil.example",
        "https:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        ".evil.example",
        "?//evil.example",
        "#//evil.example",
        "/\u{ff0f}evil.example",
        "/x\r\nLocation: https://evil.example",
        "",
    ];
    let here = ["/", "/timetable?week=42", "/%2f%2fevil.example", "/.//evil.example", "/@evil.example", "/:80"];
    for campus in CAMPUSES {
        for (number, back) in elsewhere.into_iter().chain(here).enumerate() {
            let browser = Browser::new(&schools, campus);
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return", back).finish();
            let state = browser.leave(&format!("/api/login?{query}")).await;
            let answer = browser.come_back(&state, &format!("ST-{number}")).await;
            let expected = if here.contains(&back) { back } else { "/" };
            assert_eq!((answer.status, answer.header("location")), (303, expected), "{back:?}");
            assert_eq!(answer.headers.get_all("location").iter().count(), 1);
            let site = url::Url::parse(&format!("http://{campus}.localhost/api/login/callback")).unwrap();
            assert_eq!(site.join(answer.header("location")).unwrap().origin(), site.origin(), "{back:?}");
        }
        let answer = schools.get(campus, "/api/login?return=/a&return=/b").await;
        assert_eq!(answer.problem(), "bad-parameter");
    }
}

#[tokio::test]
async fn an_answer_holds_in_the_browser_that_began_in_time_and_once() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let [mine, theirs] = [(); 2].map(|()| Browser::new(&schools, campus));
        let nobody = Browser::new(&schools, campus);
        let state = mine.leave("/api/login").await;
        let other_state = theirs.leave("/api/login").await;
        starts_again(&nobody.come_back(&state, "ST-1").await, &nobody);
        starts_again(&theirs.come_back(&state, "ST-1").await, &theirs);
        starts_again(&mine.come_back(&other_state, "ST-1").await, &mine);
        starts_again(&mine.get("/api/login/callback?ticket=ST-1").await, &mine);
        starts_again(&mine.get("/api/login/callback").await, &mine);

        let elsewhere = Browser::new(&schools, other);
        *elsewhere.cookies.borrow_mut() = mine.cookies.borrow().clone();
        starts_again(&elsewhere.come_back(&state, "ST-1").await, &elsewhere);

        let late = Browser::new(&schools, campus);
        let late_state = late.leave("/api/login").await;
        schools.pass(21 * 60);
        starts_again(&late.come_back(&late_state, "ST-1").await, &late);
        assert_eq!(validated(&server, campus), 0, "nobody asked whose the ticket is");
        let in_time = mine.leave("/api/login").await;
        schools.pass(20 * 60);
        let pending = mine.cookies.borrow().clone();
        assert_eq!(mine.come_back(&in_time, "ST-1").await.status, 303);
        assert!(mine.is_signed_in());

        let thief = Browser::new(&schools, campus);
        *thief.cookies.borrow_mut() = pending;
        let again = thief.come_back(&in_time, "ST-1").await;
        starts_again(&again, &thief);
        assert!(thief.cookies.borrow().is_empty(), "the attempt is over");
    }
}

#[tokio::test]
async fn two_tabs_that_sign_in_end_with_the_later_one() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        let first = browser.leave("/api/login?return=/first").await;
        let second = browser.leave("/api/login?return=/second").await;
        assert_eq!(browser.come_back(&first, "ST-1").await.status, 400);
        assert_eq!(browser.come_back(&second, "ST-2").await.header("location"), "/second");
    }
}

#[tokio::test]
async fn a_sealed_text_stands_for_nothing_else() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        let state = browser.leave("/api/login").await;
        let attempt = browser.cookies.borrow()["__Host-preau-attempt"].clone();
        browser.come_back(&state, "ST-1").await;
        let sessions = browser.cookies.borrow().clone();
        let (access, refresh) = (&sessions["__Host-preau"], &sessions["__Host-preau-refresh"]);
        for (name, value) in [
            ("__Host-preau", &attempt),
            ("__Host-preau", refresh),
            ("__Host-preau-refresh", access),
            ("__Host-preau-refresh", &attempt),
        ] {
            let cookie = format!("{name}={value}");
            let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
            assert_eq!(schools.ask(campus, "/api/data/grades", &headers).await.problem(), "sign-in-required");
            let refreshed = schools.post(campus, "/api/session/refresh", &headers, &[]).await;
            assert_eq!(refreshed.problem(), "sign-in-required", "{name}");
        }
        for value in [access, refresh] {
            let cookie = format!("__Host-preau-attempt={value}");
            let path = format!("/api/login/callback?state={state}&ticket=ST-9");
            assert_eq!(schools.ask(campus, &path, &[("cookie", &cookie)]).await.status, 400);
        }
        // Of two cookies of a name, one was set by somebody else.
        let cookie = format!("__Host-preau={access}; __Host-preau={access}");
        assert_eq!(schools.ask(campus, "/api/data/grades", &[("cookie", &cookie)]).await.problem(), "sign-in-required");
    }
}

#[tokio::test]
async fn the_provider_says_which_sign_in_is_over() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let [browser, elsewhere] = [campus, other].map(|campus| Browser::new(&schools, campus));
        let another = Browser::new(&schools, campus);
        let ticket = format!("ST-of-{campus}");
        for (browser, ticket) in [(&browser, &*ticket), (&elsewhere, &ticket), (&another, &format!("{ticket}-2"))] {
            browser.come_back(&browser.leave("/api/login").await, ticket).await;
            assert_eq!(browser.get("/api/me").await.json()["signed_in"], true);
        }
        let notice = |ticket: &str| {
            format!(
                "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"a\" Version=\"2.0\">\
                 <samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
            )
        };
        for text in ["", "ST-1", "<a/>", &notice("PGT-1")] {
            let answer = schools.post(campus, "/api/login/callback", &[], &[("logoutRequest", text)]).await;
            assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-parameter"), "{text}");
        }
        // The provider is no page of ours, and has no cookie.
        let answer = schools.post(campus, "/api/login/callback", &[], &[("logoutRequest", &notice(&ticket))]).await;
        assert_eq!((answer.status, answer.text().as_str(), answer.header("set-cookie")), (200, "", ""));
        assert_eq!(browser.get("/api/data/grades").await.problem(), "sign-in-required");
        assert_eq!(browser.post("/api/session/refresh", &[]).await.problem(), "sign-in-required");
        assert_eq!(another.get("/api/data/grades").await.status, 200, "another sign-in of the same person");
        assert_eq!(elsewhere.get("/api/data/grades").await.status, 200, "another campus's ticket of the same name");
    }
}

#[tokio::test]
async fn what_is_posted_back_without_a_sign_in_is_none() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        for form in [&[][..], &[("ticket", "ST-1")], &[("SAMLResponse", "AAAA"), ("RelayState", "AAAA")]] {
            starts_again(&schools.post(campus, "/api/login/callback", &[], form).await, &browser);
        }
        let notice = schools.post(campus, "/api/login/notice", &[], &[("logout_token", "a.b.c")]).await;
        assert_eq!(notice.problem(), "bad-parameter");
        assert_eq!(schools.get(campus, "/api/login/metadata").await.problem(), "not-found");
        assert_eq!(schools.get(campus, "/api/login/proxy?pgtId=PGT-1&pgtIou=PGTIOU-1").await.status, 200);
        let form = schools.post(campus, "/api/login", &[], &[("user", "adupont"), ("password", "demo")]).await;
        assert_eq!((form.status, form.problem().as_str()), (405, "method-not-allowed"));
    }
    assert_eq!(CAMPUSES.map(|campus| validated(&server, campus)), [0, 0]);
}
