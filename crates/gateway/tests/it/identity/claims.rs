//! Claims of every size: small ones, large ones that cookies carry in pieces, and those that nothing can carry.

use serde_json::json;
use testbed::{Nginx, need};

use super::visitors::{Browser, cas_of_files, challenge, set_for, who_signs_in};
use crate::schools::{CAMPUSES, Schools, news, website};

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/theirs.json"), news(campus, 1));
    }
    Schools::new(|campus| {
        let login = cas_of_files(server, campus) + "native_redirects = [\"fr.rivage.app:/in\"]\n\n";
        login + &website(&server.url(&format!("/{campus}"))) + &set_for("group:the last", "theirs")
    })
}

/// Groups as attributes, and one more.
fn groups(names: impl Iterator<Item = String>) -> String {
    let names = names.chain(["the last".to_owned()]);
    names.map(|name| format!("<cas:memberOf>{name}</cas:memberOf>")).collect()
}

/// A name that nothing compresses.
fn noise(length: usize) -> String {
    let mut bytes = vec![0; length];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    bytes
        .iter()
        .map(|byte| {
            char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[usize::from(byte & 63)])
        })
        .collect()
}

#[tokio::test]
async fn a_session_that_one_cookie_cannot_hold_is_carried_in_pieces() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (what, attributes, pieces) in [
        ("plain", groups((0..400).map(|n| format!("cn=group-{n},ou=groups,dc=univ-demo,dc=fr"))), 1),
        ("noise", groups((0..40).map(|_| noise(180))), 3),
    ] {
        who_signs_in(&server, "adupont", &attributes);
        for campus in CAMPUSES {
            let browser = Browser::new(&schools, campus);
            let back = browser.come_back(&browser.leave("/api/login").await, &format!("ST-{what}")).await;
            assert_eq!(back.status, 303, "{what}: {}", back.text());
            let count = browser.cookies.borrow().keys().filter(|name| !name.contains("refresh")).count();
            assert!(count >= pieces, "{what}: {count} pieces");
            for _ in 0..2 {
                assert_eq!(browser.get("/api/data/theirs").await.items().len(), 1, "{what}");
                schools.pass(601);
                assert_eq!(browser.post("/api/session/refresh", &[]).await.status, 204, "{what}");
            }
            if count > 1 {
                browser.cookies.borrow_mut().remove("__Host-preau.1");
                assert_eq!(browser.get("/api/data/theirs").await.problem(), "sign-in-required", "a piece is missing");
            }
            browser.post("/api/session/end", &[]).await;
            assert!(browser.cookies.borrow().is_empty(), "{:?}", browser.cookies.borrow().keys());
        }
    }
}

#[tokio::test]
async fn what_no_phone_can_carry_fails_clearly_and_sets_no_cookie() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (number, (what, attributes)) in [
        ("much noise", groups((0..480).map(|_| noise(250)))),
        ("200 KB of noise", groups((0..800).map(|_| noise(230)))),
        ("long names", groups((0..3).map(|_| noise(60_000)))),
    ]
    .into_iter()
    .enumerate()
    {
        who_signs_in(&server, "adupont", &attributes);
        for campus in CAMPUSES {
            let browser = Browser::new(&schools, campus);
            let answer = browser.come_back(&browser.leave("/api/login").await, &format!("ST-{number}")).await;
            assert_eq!((answer.status, browser.cookies.borrow().len()), (502, 0), "{what}");
            assert!(answer.header("content-type").starts_with("text/html"), "{what}: a page for a person");
            assert!(answer.text().contains("assistance informatique") && answer.body.len() < 20_000, "{what}");

            let app = format!(
                "/api/login?redirect_uri=fr.rivage.app:/in&code_challenge={}&code_challenge_method=S256",
                challenge("v")
            );
            let answer = browser.come_back(&browser.leave(&app).await, &format!("ST-{number}-app")).await;
            assert_eq!(answer.header("location"), "fr.rivage.app:/in?error=server_error", "{what}");
            let login = &schools.get(campus, "/api/explain/theirs").await.json()["login"];
            assert_eq!((&login["state"], &login["last_failure"]["kind"]), (&json!("failing"), &json!("rejected")));
        }
    }
}
