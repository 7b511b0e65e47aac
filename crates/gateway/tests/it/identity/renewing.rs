//! What a provider grants is renewed with the session: once, however often the phone asks; and a provider that does not
//! ends no session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use identity::Tokens;
use serde_json::json;
use testbed::{Nginx, need};

use super::visitors::{Browser, Phone, items_of, own_set, person};
use crate::schools::{CAMPUSES, Schools, website};

/// A provider made of files, which gives a token for anything or for nothing; and a source that wants that token.
const DIRECTIVES: &str = r#"
    location /guarded/ { if ($http_authorization != "Bearer right") { return 401; } }
    location ~ /gives/token$ { error_page 405 =200 $uri; }
    location ~ /denies/token$ { default_type application/json; return 400 '{"error":"invalid_grant"}'; }
"#;

fn schools(server: &Nginx, provider: &str) -> Schools {
    let issuer = |campus: &str| server.url(&format!("/{campus}/{provider}"));
    for campus in CAMPUSES {
        let at = |path: &str| format!("{}/{path}", issuer(campus));
        let document = json!({
            "issuer": issuer(campus), "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
            "jwks_uri": at("keys"),
        });
        let granted = json!({
            "access_token": "right", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "second",
        });
        server.write(&format!("www/{campus}/{provider}/.well-known/openid-configuration"), document.to_string());
        server.write(&format!("www/{campus}/{provider}/token"), granted.to_string());
        server.write(&format!("www/guarded/{campus}/loans-adupont.json"), items_of("adupont", campus, 1));
    }
    Schools::new(|campus| {
        let login = format!(
            "[login]\nmethod = \"oidc\"\nissuer = \"{}\"\nclient_id = \"preau\"\nrefresh = true\n\
             user = \".number\"\ngroups = \".groups\"\n\n",
            issuer(campus)
        );
        let source = website(&server.url(&format!("/guarded/{campus}")));
        let source = source.trim_end().to_owned() + "\nauth = { person = \"token\" }\n\n";
        login + &source + &own_set("loans")
    })
}

/// A phone whose provider's tokens are over, and whose provider now knows another group of this user.
fn phone(schools: &Schools, campus: &'static str, renewed_as: &str) -> Phone {
    let claims = json!({ "iss": "i", "sub": "s", "number": renewed_as, "groups": ["l3"] });
    let tokens = Tokens {
        access: Some("wrong".to_owned()),
        access_until: Some(schools.now().as_second()),
        refresh: Some(format!("first-of-{campus}-{renewed_as}")),
        hint: Some(format!("e30.{}.", URL_SAFE_NO_PAD.encode(claims.to_string()))),
        granting: None,
    };
    schools.phone_with(campus, person("adupont", &["l2"]), tokens, None)
}

async fn groups(browser: &Browser<'_>) -> serde_json::Value {
    browser.get("/api/me").await.json()["groups"].clone()
}

#[tokio::test]
async fn a_refresh_brings_the_providers_tokens_and_claims_anew_and_asks_for_them_once() {
    let server = need!(testbed::nginx(DIRECTIVES));
    let schools = schools(&server, "gives");
    for campus in CAMPUSES {
        let phone = phone(&schools, campus, "adupont");
        let browsers: Vec<_> = (0..5).map(|_| Browser::with(&schools, &phone)).collect();
        assert_eq!(browsers[0].get("/api/data/loans").await.problem(), "session-expired");
        for answer in join_all(browsers.iter().map(|browser| browser.post("/api/session/refresh", &[]))).await {
            assert_eq!(answer.status, 204);
        }
        // The answer was lost, and the phone comes with the same token again.
        schools.pass(60);
        let again = Browser::with(&schools, &phone);
        assert_eq!(again.post("/api/session/refresh", &[]).await.status, 204);
        for browser in browsers.iter().chain([&again]) {
            assert_eq!(browser.get("/api/data/loans").await.each("id"), ["adupont-1"]);
            assert_eq!(groups(browser).await, json!(["l3"]));
        }
        assert_eq!(server.calls(&format!("/{campus}/gives/token")), 1);
        assert_eq!(again.post("/api/session/refresh", &[]).await.status, 204);
        assert_eq!(server.calls(&format!("/{campus}/gives/token")), 1, "what is good for an hour is not renewed yet");
        schools.pass(3000);
        assert_eq!(again.post("/api/session/refresh", &[]).await.status, 204);
        assert_eq!(server.calls(&format!("/{campus}/gives/token")), 2);
    }
}

#[tokio::test]
async fn claims_of_somebody_else_are_nobodys_renewal() {
    let server = need!(testbed::nginx(DIRECTIVES));
    let schools = schools(&server, "gives");
    for campus in CAMPUSES {
        let browser = Browser::with(&schools, &phone(&schools, campus, "bmartin"));
        assert_eq!(browser.post("/api/session/refresh", &[]).await.status, 204);
        let me = browser.get("/api/me").await.json();
        assert_eq!((&me["user"], &me["groups"]), (&json!("adupont"), &json!(["l2"])));
        assert_ne!(browser.get("/api/data/loans").await.status, 200, "somebody else's token reads nothing");
        assert_eq!(server.calls(&format!("/guarded/{campus}/loans-adupont.json")), 0);
    }
}

#[tokio::test]
async fn a_provider_that_refuses_or_is_down_ends_no_session() {
    for (provider, problem) in [("denies", "sign-in-required"), ("gives", "session-expired")] {
        let mut server = need!(testbed::nginx(DIRECTIVES));
        let schools = schools(&server, provider);
        if provider == "gives" {
            server.stop();
        }
        for campus in CAMPUSES {
            let browser = Browser::with(&schools, &phone(&schools, campus, "adupont"));
            assert_eq!(browser.post("/api/session/refresh", &[]).await.status, 204);
            assert_eq!(groups(&browser).await, json!(["l2"]));
            assert_eq!(browser.get("/api/data/loans").await.problem(), problem);
        }
    }
}
