//! Signing out at the provider too, and being told who signed out there.

use identity::{Ended, FailureKind, Form, Tokens};
use serde_json::{Value, json};

use super::bench::{Bench, MARK, changed, refused};
use super::keys::Key;

fn claims(bench: &Bench) -> Value {
    json!({
        "iss": bench.issuer(), "aud": "campus", "iat": bench.now.as_second(), "exp": bench.now.as_second() + 120,
        "jti": "j-1", "sid": format!("sid-{MARK}"), "sub": format!("sub-{MARK}"),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    })
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": "k1", "typ": "logout+jwt"})
}

#[tokio::test]
async fn sends_the_browser_where_the_provider_ends_its_own_session() {
    let bench = Bench::new(json!({})).await;
    let tokens = bench.sign_in().await.tokens;
    let Ok(Some(url)) = bench.login.sign_out(&bench.site, &tokens, bench.now).await else { panic!("an address") };
    let query: Form = url.query_pairs().into_owned().collect();
    assert_eq!(url.path(), "/end");
    assert_eq!(query["post_logout_redirect_uri"], "https://app.univ.fr/");
    assert_eq!((query["client_id"].as_str(), Some(&query["id_token_hint"])), ("campus", tokens.hint.as_ref()));

    let large = Tokens { hint: Some("x".repeat(7000)), ..Tokens::default() };
    let Ok(Some(url)) = bench.login.sign_out(&bench.site, &large, bench.now).await else { panic!("an address") };
    assert!(!url.as_str().contains("id_token_hint"), "no address is that long");

    let bench = Bench::new(json!({})).await;
    bench.state().discovery.as_object_mut().unwrap().remove("end_session_endpoint");
    let tokens = bench.sign_in().await.tokens;
    assert!(tokens.hint.is_none(), "nobody would take it");
    assert!(bench.login.sign_out(&bench.site, &tokens, bench.now).await.is_ok_and(|url| url.is_none()));
}

#[tokio::test]
async fn understands_who_signed_out() {
    let bench = Bench::new(json!({})).await;
    for (id, typ) in [("j-1", json!("logout+jwt")), ("j-2", json!(null)), ("j-3", json!("JWT"))] {
        let header = changed(header(), &json!({"typ": typ}));
        let token = bench.key.sign(&header, &changed(claims(&bench), &json!({"jti": id})));
        let Ok(Some(Ended::Session(session))) = bench.notice(&token).await else { panic!("{typ}") };
        assert_eq!(session, format!("sid-{MARK}"));
    }
    let whole = changed(claims(&bench), &json!({"sid": null, "exp": null, "jti": "j-4"}));
    let Ok(Some(Ended::Subject(subject))) = bench.notice(&bench.key.sign(&header(), &whole)).await else {
        panic!("all")
    };
    assert_eq!(subject, format!("sub-{MARK}"));
    let other = Form::from([("SAMLRequest".to_owned(), "x".to_owned())]);
    assert!(bench.login.notice(&bench.site, &other, bench.now).await.is_ok_and(|ended| ended.is_none()));
}

#[tokio::test]
async fn takes_a_notice_once() {
    let bench = Bench::new(json!({})).await;
    let token = bench.key.sign(&header(), &claims(&bench));
    assert!(bench.notice(&token).await.is_ok());
    let failure = refused(bench.notice(&token).await, "replayed");
    assert!(failure.message.contains("was used before"), "{failure}");
}

#[tokio::test]
async fn refuses_a_notice_that_does_not_hold() {
    let bench = Bench::new(json!({})).await;
    let now = bench.now.as_second();
    for (changes, why) in [
        (json!({"iss": "https://evil.example"}), "another issuer"),
        (json!({"aud": "other"}), "another application"),
        (json!({"nonce": "n"}), "`nonce`"),
        (json!({"events": null}), "another event"),
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": true}}), "another event"),
        (json!({"events": {"other": {}}}), "another event"),
        (json!({"jti": null}), "`jti`"),
        (json!({"sid": null, "sub": null}), "who signed out"),
        (json!({"iat": null}), "when it was made"),
        (json!({"iat": now + 61}), "not valid yet"),
        (json!({"iat": now - 301, "exp": null}), "too old"),
        (json!({"exp": now - 60}), "expired"),
    ] {
        let failure = refused(bench.notice(&bench.key.sign(&header(), &changed(claims(&bench), &changes))).await, why);
        assert_eq!(failure.kind, FailureKind::Invalid);
        assert!(failure.message.contains(why), "{changes}: {failure}");
    }
    let id_token = bench.token(&json!({}));
    refused(bench.notice(&id_token).await, "an ID token");
    let foreign = Key::p256().sign(&header(), &claims(&bench));
    refused(bench.notice(&foreign).await, "a foreign key");
    let access = bench.key.sign(&changed(header(), &json!({"typ": "at+jwt"})), &claims(&bench));
    refused(bench.notice(&access).await, "an access token");
    let logout = bench.key.sign(&header(), &changed(bench.claims(), &claims(&bench)));
    refused(bench.finish(&logout).await, "a logout token for an ID token");
}
