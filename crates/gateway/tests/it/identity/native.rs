//! Native apps: a code for tokens, tokens bound to the app's key, and nothing without it.

use serde_json::json;
use testbed::{Nginx, need};
use url::{Url, form_urlencoded};

use super::visitors::{Browser, Key, cas_of_files, challenge, items_of, own_set, person, who_signs_in};
use crate::schools::{Answer, CAMPUSES, Schools, website};

const APP: &str = "fr.univ-demo.app:/signed-in";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0";
const TOKEN: &str = "/api/session/token";
const REFRESH: &str = "/api/session/refresh";

fn schools(server: &Nginx) -> Schools {
    who_signs_in(server, "adupont", "");
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/grades-adupont.json"), items_of("adupont", campus, 1));
    }
    Schools::new(|campus| {
        let redirects = format!("native_redirects = [\"{APP}\", \"https://app.example/in?a=b\"]\nrest = true\n\n");
        let login = cas_of_files(server, campus) + &redirects;
        login + &website(&server.url(&format!("/{campus}"))) + &own_set("grades")
    })
}

fn login(redirect: &str, challenge: &str) -> String {
    let parts = [("redirect_uri", redirect), ("code_challenge", challenge), ("code_challenge_method", "S256")];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parts).finish();
    format!("/api/login?{query}&state=app%20state%26")
}

/// The code that a sign-in ends with.
async fn code(schools: &Schools, campus: &'static str, redirect: &str, ticket: &str) -> String {
    let browser = Browser::new(schools, campus);
    let state = browser.leave(&login(redirect, &challenge(VERIFIER))).await;
    let back = browser.come_back(&state, ticket).await;
    assert_eq!(back.status, 303, "{}", back.text());
    assert!(browser.cookies.borrow().is_empty(), "the session is the app's and not the browser's");
    let location = Url::parse(back.header("location")).unwrap();
    assert!(location.as_str().starts_with(redirect), "{location}");
    let query: std::collections::BTreeMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(query["state"], "app state&");
    query["code"].clone()
}

fn with_code(code: &str) -> Vec<(&str, &str)> {
    let mut form = vec![("grant_type", "authorization_code"), ("code", code)];
    form.extend([("code_verifier", VERIFIER), ("redirect_uri", APP)]);
    form
}

/// Posts with a proof, after the answer that brings the nonce; none is asked of who brings a code that does not hold.
async fn prove(schools: &Schools, campus: &str, path: &str, key: &Key, form: &[(&str, &str)]) -> Answer {
    let first = schools.post(campus, path, &[("dpop", &key.prove(schools, campus, path, ""))], form).await;
    if matches!(first.status, 400 | 403) {
        return first;
    }
    assert_eq!((first.status, first.problem().as_str()), (401, "nonce-required"), "{}", first.text());
    assert!(first.header("www-authenticate").contains("use_dpop_nonce"));
    let proof = key.prove(schools, campus, path, first.header("dpop-nonce"));
    schools.post(campus, path, &[("dpop", &proof)], form).await
}

#[tokio::test]
async fn a_code_becomes_tokens_that_read_without_a_proof_and_refresh_with_one() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let (key, code) = (Key::new(), code(&schools, campus, APP, "ST-1").await);
        let answer = prove(&schools, campus, TOKEN, &key, &with_code(&code)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
        assert_eq!(answer.header("set-cookie"), "");
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(tokens["refresh_expires_in"], 30 * 86_400);
        let [access, refresh] = ["access_token", "refresh_token"].map(|name| tokens[name].as_str().unwrap());
        let bearer = format!("Bearer {access}");
        assert_eq!(
            schools.ask(campus, "/api/data/grades", &[("authorization", &bearer)]).await.each("id"),
            ["adupont-1"]
        );

        schools.pass(700);
        assert_eq!(
            schools.ask(campus, "/api/data/grades", &[("authorization", &bearer)]).await.problem(),
            "session-expired"
        );
        // Twice with the same token: an answer may be lost.
        for _ in 0..2 {
            let again = prove(&schools, campus, REFRESH, &key, &[("refresh_token", refresh)]).await;
            assert_eq!(again.json()["refresh_expires_in"], 30 * 86_400 - 700, "no refresh moves the end");
            let bearer = format!("Bearer {}", again.json()["access_token"].as_str().unwrap());
            assert_eq!(schools.ask(campus, "/api/data/grades", &[("authorization", &bearer)]).await.status, 200);
            let nonce = again.header("dpop-nonce").to_owned();
            let proof = key.prove(&schools, campus, REFRESH, &nonce);
            let form = [("refresh_token", refresh)];
            let next = schools.post(campus, REFRESH, &[("dpop", &proof)], &form).await;
            assert_eq!(next.status, 200, "the nonce of the last answer is good for the next proof");
        }
    }
}

#[tokio::test]
async fn a_code_holds_for_who_began_once_and_within_a_minute() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let (key, first) = (Key::new(), code(&schools, campus, APP, "ST-1").await);
        let refused = async |campus: &str, form: &[(&str, &str)]| {
            let answer = prove(&schools, campus, TOKEN, &key, form).await;
            assert_eq!((answer.status, answer.problem().as_str()), (403, "sign-in-refused"), "{form:?}");
        };
        let with = |name: &str, value| {
            with_code(&first)
                .into_iter()
                .map(|(known, old)| (known, if known == name { value } else { old }))
                .collect::<Vec<_>>()
        };
        let without =
            |name: &str| with_code(&first).into_iter().filter(|(known, _)| *known != name).collect::<Vec<_>>();
        let wrong = VERIFIER.replace('0', "1");
        let longest = VERIFIER.repeat(3);
        for form in [
            with("code_verifier", &*wrong),
            with("code_verifier", ""),
            with("code_verifier", &challenge(VERIFIER)),
            with("code_verifier", &longest),
            without("code_verifier"),
            with("redirect_uri", "https://app.example/in?a=b"),
            with("redirect_uri", ""),
            without("redirect_uri"),
            with("code", "AAAA"),
            without("code"),
        ] {
            refused(campus, &form).await;
        }
        refused(other, &with_code(&first)).await;
        assert_eq!(prove(&schools, campus, TOKEN, &key, &with_code(&first)).await.status, 200);
        refused(campus, &with_code(&first)).await;

        let late = code(&schools, campus, APP, "ST-2").await;
        schools.pass(61);
        refused(campus, &with_code(&late)).await;
        let other_grant = [("grant_type", "password"), ("username", "adupont"), ("password", "demo")];
        assert_eq!(prove(&schools, campus, TOKEN, &key, &other_grant).await.problem(), "bad-parameter");
        assert_eq!(prove(&schools, campus, TOKEN, &key, &[]).await.problem(), "bad-parameter");
        let good = code(&schools, campus, APP, "ST-3").await;
        let unproven = schools.post(campus, TOKEN, &[], &with_code(&good)).await;
        assert_eq!((unproven.status, unproven.problem().as_str()), (401, "proof-required"));
    }
}

#[tokio::test]
async fn only_declared_apps_are_sent_codes_and_only_with_a_challenge() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let good = challenge(VERIFIER);
        for redirect in [
            "fr.univ-demo.app:/signed-in/",
            "fr.univ-demo.app:/signed-in?x",
            "FR.univ-demo.app:/signed-in",
            "fr.evil.app:/signed-in",
            "https://app.example/in",
            "https://evil.example/",
            "",
        ] {
            let answer = schools.get(campus, &login(redirect, &good)).await;
            assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-parameter"), "{redirect}");
            assert_eq!((answer.header("location"), answer.header("set-cookie")), ("", ""));
        }
        for path in [
            login(APP, &good).replace("S256", "plain"),
            login(APP, &good).replace("&code_challenge_method=S256", ""),
            login(APP, ""),
            login(APP, &good[..42]),
            login(APP, VERIFIER),
        ] {
            assert_eq!(schools.get(campus, &path).await.problem(), "bad-parameter", "{path}");
        }
        let browser = Browser::new(&schools, campus);
        let long = format!("{}{}", login(APP, &good), "a".repeat(20_000));
        assert_eq!(schools.get(campus, &long).await.status, 303, "it is squeezed");
        let state = browser.leave(&login("https://app.example/in?a=b", &good)).await;
        let back = browser.come_back(&state, "ST-1").await;
        assert!(back.header("location").starts_with("https://app.example/in?a=b&code="), "{}", back.header("location"));
    }
}

#[tokio::test]
async fn an_app_whose_sign_in_fails_is_told_so() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let refusal = "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\"><cas:authenticationFailure \
                       code=\"INVALID_TICKET\">no</cas:authenticationFailure></cas:serviceResponse>";
        for (answer, error) in [(refusal, "server_error"), ("<html>", "server_error")] {
            server.write(&format!("www/{campus}/cas/p3/serviceValidate"), answer);
            let browser = Browser::new(&schools, campus);
            let state = browser.leave(&login(APP, &challenge(VERIFIER))).await;
            let back = browser.come_back(&state, "ST-1").await;
            assert_eq!(back.header("location"), format!("{APP}?error={error}&state=app+state%26"));
            assert!(browser.cookies.borrow().is_empty());
        }
    }
}

#[tokio::test]
async fn a_refresh_token_is_worth_nothing_without_its_key() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let key = Key::new();
        let phone = schools.phone_with(campus, person("adupont", &[]), identity::Tokens::default(), Some(&key));
        let form = [("refresh_token", &*phone.refresh)];
        let unproven = schools.post(campus, REFRESH, &[], &form).await;
        assert_eq!((unproven.status, unproven.problem().as_str()), (401, "proof-required"));
        assert!(unproven.header("www-authenticate").contains("invalid_dpop_proof"));
        let nonce = unproven.header("dpop-nonce").to_owned();

        let thief = prove(&schools, campus, REFRESH, &Key::new(), &form).await;
        assert_eq!((thief.status, thief.problem().as_str()), (401, "proof-required"));
        let proof = key.prove(&schools, campus, REFRESH, &nonce);
        assert_eq!(schools.post(campus, REFRESH, &[("dpop", &proof)], &form).await.status, 200);
        let replayed = schools.post(campus, REFRESH, &[("dpop", &proof)], &form).await;
        assert_eq!((replayed.status, replayed.problem().as_str()), (401, "proof-required"));

        let other_path = key.prove(&schools, campus, TOKEN, &nonce);
        let other_site = key.prove(&schools, other, REFRESH, &nonce);
        let twice = [key.prove(&schools, campus, REFRESH, &nonce), key.prove(&schools, campus, REFRESH, &nonce)];
        for proofs in [&[other_path][..], &[other_site], &twice] {
            let headers: Vec<_> = proofs.iter().map(|proof| ("dpop", &**proof)).collect();
            assert_eq!(schools.post(campus, REFRESH, &headers, &form).await.problem(), "proof-required");
        }
        let foreign = key.prove(&schools, other, REFRESH, &nonce);
        let elsewhere = schools.post(other, REFRESH, &[("dpop", &foreign)], &form).await;
        assert_eq!((elsewhere.status, elsewhere.problem().as_str()), (401, "sign-in-required"));

        // As a cookie it is no native app's, and a cookie's is no native app's either.
        let cookie = phone.cookies();
        let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
        assert_eq!(schools.post(campus, REFRESH, &headers, &[]).await.problem(), "sign-in-required");
        let web = schools.phone(campus, person("adupont", &[]));
        let nonce = unproven.header("dpop-nonce");
        let proof = key.prove(&schools, campus, REFRESH, nonce);
        let answer = schools.post(campus, REFRESH, &[("dpop", &proof)], &[("refresh_token", &web.refresh)]).await;
        assert_eq!((answer.status, answer.problem().as_str()), (401, "sign-in-required"));
        let access = schools.post(campus, REFRESH, &[("dpop", &proof)], &[("refresh_token", &phone.access)]).await;
        assert_eq!(access.problem(), "sign-in-required");
    }
}

#[tokio::test]
async fn an_app_brings_a_ticket_that_it_got_by_itself() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let key = Key::new();
        let form = [("grant_type", "cas_ticket"), ("ticket", "ST-1")];
        let answer = prove(&schools, campus, TOKEN, &key, &form).await;
        let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
        assert_eq!(schools.ask(campus, "/api/data/grades", &[("authorization", &bearer)]).await.status, 200);
        let again = prove(&schools, campus, TOKEN, &key, &form).await;
        assert_eq!((again.status, again.problem().as_str()), (403, "sign-in-refused"), "a ticket is good once");
        let unproven = schools.post(campus, TOKEN, &[], &[("grant_type", "cas_ticket"), ("ticket", "ST-2")]).await;
        assert_eq!(unproven.problem(), "proof-required");
        let metrics = schools.admin("GET", "/metrics", json!(null)).await.text();
        for outcome in ["ok", "invalid"] {
            let line = format!("preau_sign_ins_total{{campus=\"{campus}\",outcome=\"{outcome}\"}} 1");
            assert!(metrics.contains(&line), "{line}: {metrics}");
        }
    }
}
