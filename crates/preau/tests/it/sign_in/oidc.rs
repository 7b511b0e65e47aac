//! OpenID Connect at oidc-provider, with its back-channel logout and an upstream that takes its access tokens.

use serde_json::{Value, json};
use testbed::{Chromium, OidcProvider, need};

use super::stage::{Stage, ask};
use super::visit::{NAME, USER, Visit};
use crate::process::eventually;
use crate::school::School;

fn provider(stage: &Stage) -> Option<OidcProvider> {
    let client = json!({
        "client_id": "campus", "client_secret": "secret-of-campus",
        "redirect_uris": [stage.url("rivage", "/api/login/callback")],
        "post_logout_redirect_uris": [stage.url("rivage", "/")],
        "backchannel_logout_uri": stage.url("rivage", "/api/login/notice"), "backchannel_logout_session_required": true,
    });
    let users = json!({ "adupont": { "name": NAME, "supannEtuId": USER } });
    testbed::oidc_provider(&json!({ "clients": [client], "users": users }).to_string())
}

/// Its pages: who it is, then what the campus may learn.
fn sign_in(browser: &Chromium) {
    browser.type_into("input[name=login]", "adupont");
    browser.type_into("input[name=password]", "demo");
    browser.click("button.login");
    browser.find("input[name=prompt][value=consent]");
    browser.click("button.login");
}

/// The page of its own that asks before it ends a session.
fn confirm(browser: &Chromium) {
    browser.find("input[name=logout]");
    browser.execute("document.forms[0].submit()");
}

#[test]
fn a_student_signs_in_at_oidc_provider_and_out_again() {
    let stage = Stage::new();
    let provider = need!(provider(&stage));
    let browser = need!(testbed::chromium());
    // An interface of the school that knows people by their access tokens only.
    let userinfo = format!("{}/me", provider.issuer());
    let interface = School::start(move |request| {
        let token = request.lines().find(|line| line.to_lowercase().starts_with("authorization:")).unwrap();
        let answer = ask(&userinfo, &format!("{token}\r\n"));
        let (_, claims) = answer.split_once("\r\n\r\n").unwrap();
        let claims: Value = serde_json::from_str(claims).unwrap();
        (200, json!([{ "id": 1, "title": format!("Emprunt de {}", claims["sub"].as_str().unwrap()) }]).to_string())
    });
    stage.declare(
        "rivage",
        &format!(
            "[login]\nmethod = \"oidc\"\nissuer = \"{}\"\nclient_id = \"campus\"\nclient_secret = \"secret-of-campus\"\n\
             user = \".supannEtuId\"\n\
             [sources.library]\nconnector = \"http\"\nurl = \"{}\"\nauth = {{ person = \"token\" }}\n\
             [data.loans]\nsource = \"library\"\n[data.loans.map]\neach = \".[]\"\nid = \".id\"\ntitle = \".title\"\n",
            provider.issuer(),
            interface.url(),
        ),
    );
    let _serving = stage.serve();
    let visit = Visit { stage: &stage, browser: &browser };

    visit.is_nobody_at("rivage");
    visit.set_out();
    sign_in(&browser);
    visit.arrives();
    assert_eq!(visit.title("loans"), "Emprunt de adupont", "the interface asked the provider whose the token is");

    // A page of another site cannot sign anybody out.
    let stranger = School::start({
        let target = stage.url("rivage", "/api/session/end");
        move |_| {
            (200, format!("<form method=post action='{target}'></form><script>document.forms[0].submit()</script>"))
        }
    });
    browser.goto(&stranger.url());
    browser.wait_for_url(&stage.url("rivage", "/api/session/end"));
    assert!(browser.text("pre").contains("cross-site"), "{}", browser.source());
    visit.is_signed_in();

    // Signing out here signs out there.
    visit.leave();
    confirm(&browser);
    visit.is_signed_out();
    browser.goto(&stage.url("rivage", "/api/login?return=%2Fapi%2Fdata%2Fgrades"));
    sign_in(&browser);
    browser.wait_for_url(&stage.url("rivage", "/api/data/grades"));
    assert!(browser.text("pre").contains("Partiel"), "back where the person was going");

    // Signing out there signs out here.
    browser.goto(&format!("{}/session/end", provider.issuer()));
    confirm(&browser);
    eventually("the provider tells of it", || (visit.read("rivage", "/api/data/grades").0 == 401).then_some(()));
}
