//! A sign-in from its first redirect to the claims, and answers that are not what they should be.

use identity::FailureKind;
use serde_json::json;

use super::bench::{Bench, MARK, changed, proved, refused};
use super::keys::Key;

#[tokio::test]
async fn begins_with_pkce_state_and_nonce_and_what_the_school_adds() {
    let bench = Bench::new(json!({"parameters": {"acr_values": "eidas1"}, "scopes": ["profile", "supann"]})).await;
    let url = bench.begin().await;
    assert_eq!(url.path(), "/authorize");
    let query: Vec<_> = url.query_pairs().collect();
    let value = |wanted: &str| {
        let values: Vec<_> = query.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_ref()).collect();
        values.join("|")
    };
    assert_eq!(value("realm"), "a", "the endpoint's own query stays");
    assert_eq!(value("response_type"), "code");
    assert_eq!(value("client_id"), "campus");
    assert_eq!(value("redirect_uri"), "https://app.univ.fr/api/login/callback");
    assert_eq!(value("scope"), "openid profile supann");
    assert_eq!(value("state"), bench.attempt.id());
    assert_eq!(value("nonce"), bench.attempt.nonce());
    assert_eq!(value("code_challenge"), bench.attempt.challenge());
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("acr_values"), "eidas1");
    assert!(!url.as_str().contains(bench.attempt.verifier()));
}

#[tokio::test]
async fn proves_who_it_is_and_keeps_a_refresh_token_only_where_it_was_asked_for() {
    let bench = Bench::new(json!({})).await;
    let proof = bench.sign_in().await;
    assert_eq!(proof.claims["name"], format!("name-{MARK}"));
    assert_eq!(proof.session, Some(format!("sid-{MARK}")));
    assert_eq!(proof.subject, Some(format!("sub-{MARK}")));
    assert_eq!(proof.tokens.access, Some(format!("access-{MARK}")));
    assert_eq!(proof.tokens.access_until, Some(bench.now.as_second() + 600));
    assert!(proof.tokens.refresh.is_none() && proof.tokens.hint.is_some(), "signing out there takes a hint");
    assert_eq!(bench.asked("GET /userinfo"), 0, "the ID token says enough");

    let bench = Bench::new(json!({"refresh": true})).await;
    assert!(bench.begin().await.as_str().contains("scope=openid+profile+email+offline_access"));
    assert_eq!(bench.sign_in().await.tokens.refresh, Some(format!("refresh-{MARK}")));
}

#[tokio::test]
async fn says_who_we_are_in_the_way_that_the_provider_takes() {
    let bench = Bench::new(json!({})).await;
    bench.sign_in().await;
    let (form, head) = bench.state().posted.remove(0);
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code_verifier"], bench.attempt.verifier());
    assert_eq!(form["redirect_uri"], "https://app.univ.fr/api/login/callback");
    // `campus:se%26cret`, by then in lower case.
    assert!(head.contains("authorization: basic y2ftchvzonnljti2y3jlda==\r\n"), "{head}");
    assert!(!form.contains_key("client_secret") && !form.contains_key("client_id"));

    let bench = Bench::new(json!({})).await;
    bench.state().discovery["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt", "client_secret_post"]);
    bench.sign_in().await;
    let (form, head) = bench.state().posted.remove(0);
    assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str()), ("campus", "se&cret"));
    assert!(!head.contains("authorization:"));

    let bench = Bench::new(json!({"client_auth": "post"})).await;
    bench.sign_in().await;
    assert_eq!(bench.state().posted.remove(0).0["client_secret"], "se&cret");

    let bench = Bench::new(json!({"client_secret": null})).await;
    bench.sign_in().await;
    let (form, head) = bench.state().posted.remove(0);
    assert_eq!(form["client_id"], "campus");
    assert!(!form.contains_key("client_secret") && !head.contains("authorization:"));

    let bench = Bench::new(json!({})).await;
    bench.state().discovery["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"]);
    let failure = refused(bench.finish(&bench.token(&json!({}))).await, "no way to say who we are");
    assert_eq!(failure.kind, FailureKind::Misconfigured);
}

#[tokio::test]
async fn refuses_the_answer_of_another_provider_before_its_code_goes_anywhere() {
    let bench = Bench::new(json!({})).await;
    bench.grants(&bench.token(&json!({})));
    for changes in [
        json!({"iss": "https://evil.example"}),
        json!({"iss": format!("{}/", bench.issuer())}),
        json!({"iss": null}),
        json!({"iss": "https://evil.example", "code": null, "error": "access_denied"}),
        json!({"iss": null, "code": null, "error": "access_denied"}),
    ] {
        let failure = refused(bench.answer(&changes).await, &changes.to_string());
        assert_eq!(failure.kind, FailureKind::Invalid, "{changes}");
    }
    assert_eq!(bench.asked("POST /token"), 0);

    let bench = Bench::new(json!({})).await;
    bench.state().discovery["authorization_response_iss_parameter_supported"] = json!(false);
    bench.grants(&bench.token(&json!({})));
    assert!(bench.answer(&json!({"iss": null})).await.is_ok(), "a provider that does not name itself");
    assert!(bench.answer(&json!({"iss": "https://evil.example"})).await.is_err(), "is compared where it does");
}

#[tokio::test]
async fn tells_whose_fault_it_is_that_there_is_no_code() {
    let bench = Bench::new(json!({})).await;
    for (error, kind) in [
        ("access_denied", FailureKind::Denied),
        ("login_required", FailureKind::Denied),
        ("interaction_required", FailureKind::Denied),
        ("temporarily_unavailable", FailureKind::Unavailable),
        ("server_error", FailureKind::Unavailable),
        ("invalid_scope", FailureKind::Misconfigured),
        ("unauthorized_client", FailureKind::Misconfigured),
        (MARK, FailureKind::Misconfigured),
        ("<script>", FailureKind::Misconfigured),
    ] {
        let changes = json!({"code": null, "error": error, "error_description": format!("about {MARK}")});
        let failure = refused(bench.answer(&changes).await, error);
        assert_eq!(failure.kind, kind, "{error}");
        assert!(failure.message.starts_with("127.0.0.1:") && !failure.message.contains('<'), "{failure}");
    }
    for code in [json!(null), json!(""), json!("c".repeat(9000))] {
        let failure = refused(bench.answer(&json!({"code": code})).await, "no code");
        assert_eq!(failure.kind, FailureKind::Invalid);
    }
}

#[tokio::test]
async fn tells_whose_fault_it_is_that_there_is_no_token() {
    let bench = Bench::new(json!({})).await;
    for (status, body, kind) in [
        (400, json!({"error": "invalid_grant"}), FailureKind::Invalid),
        (401, json!({"error": "invalid_client"}), FailureKind::Misconfigured),
        (400, json!({"error": "unauthorized_client"}), FailureKind::Misconfigured),
        (400, json!({"error": MARK}), FailureKind::Misconfigured),
        (403, json!("forbidden"), FailureKind::Misconfigured),
        (404, json!({}), FailureKind::Misconfigured),
        (503, json!({}), FailureKind::Unavailable),
        (302, json!({}), FailureKind::Misconfigured),
        (200, json!([]), FailureKind::Misconfigured),
        (200, json!({"access_token": "a", "token_type": "Bearer"}), FailureKind::Misconfigured),
        (
            200,
            json!({"access_token": "a", "token_type": "DPoP", "id_token": bench.token(&json!({}))}),
            FailureKind::Misconfigured,
        ),
        (200, json!({"access_token": "a b", "id_token": bench.token(&json!({}))}), FailureKind::Misconfigured),
    ] {
        bench.state().token = (status, body.clone());
        let failure = refused(bench.answer(&json!({})).await, &body.to_string());
        assert_eq!(failure.kind, kind, "{body}: {failure}");
    }
}

#[tokio::test]
async fn asks_for_further_claims_where_the_id_token_says_nothing_or_the_school_wants_it() {
    let more = json!({"sub": format!("sub-{MARK}"), "name": "other", "groups": ["l3"], "iss": "other"});
    let bench = Bench::new(json!({})).await;
    bench.state().userinfo.1 = more.to_string();
    let thin = bench.token(&json!({"name": null, "auth_time": 1, "acr": "x"}));
    let claims = proved(bench.finish(&thin).await).claims;
    assert_eq!((&claims["name"], &claims["groups"]), (&json!("other"), &json!(["l3"])));
    assert_eq!(claims["iss"], bench.issuer(), "what is signed stands");

    let bench = Bench::new(json!({"userinfo": true})).await;
    bench.state().userinfo.1 = more.to_string();
    let claims = bench.sign_in().await.claims;
    assert_eq!((&claims["name"], &claims["groups"]), (&json!(format!("name-{MARK}")), &json!(["l3"])));

    let bench = Bench::new(json!({"userinfo": false})).await;
    proved(bench.finish(&bench.token(&json!({"name": null}))).await);
    assert_eq!(bench.asked("GET /userinfo"), 0);
}

#[tokio::test]
async fn refuses_further_claims_about_somebody_else() {
    let bench = Bench::new(json!({"userinfo": true})).await;
    for body in [json!({"sub": format!("other-{MARK}")}), json!({"name": MARK}), json!({"sub": null})] {
        bench.state().userinfo.1 = body.to_string();
        let failure = refused(bench.finish(&bench.token(&json!({}))).await, &body.to_string());
        assert_eq!(failure.kind, FailureKind::Invalid);
    }
    bench.state().userinfo.1 = "<html>".to_owned();
    assert_eq!(refused(bench.finish(&bench.token(&json!({}))).await, "HTML").kind, FailureKind::Misconfigured);
}

#[tokio::test]
async fn takes_further_claims_that_are_signed_only_where_the_signature_holds() {
    let bench = Bench::new(json!({"userinfo": true})).await;
    let claims = json!({"iss": bench.issuer(), "aud": "campus", "sub": format!("sub-{MARK}"), "groups": ["l3"]});
    let signed = |key: &Key, changes: serde_json::Value| key.sign(&bench.header(), &changed(claims.clone(), &changes));
    bench.state().userinfo = ("application/jwt; charset=utf-8", signed(&bench.key, json!({})));
    assert_eq!(bench.sign_in().await.claims["groups"], json!(["l3"]));
    let stranger = Key::p256();
    for token in [
        signed(&stranger, json!({})),
        signed(&bench.key, json!({"aud": "other"})),
        signed(&bench.key, json!({"iss": "https://evil.example"})),
        signed(&bench.key, json!({"sub": "other"})),
    ] {
        bench.state().userinfo.1 = token;
        let failure = refused(bench.finish(&bench.token(&json!({}))).await, "userinfo");
        assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
    }
}
