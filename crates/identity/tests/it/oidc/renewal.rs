//! Tokens anew by a refresh token: for the same person, or the session is over.

use identity::{FailureKind, Tokens};
use serde_json::{Value, json};

use super::bench::{Bench, MARK, proved, refused};

async fn signed_in() -> (Bench, Tokens) {
    let bench = Bench::new(json!({"refresh": true})).await;
    let tokens = bench.sign_in().await.tokens;
    (bench, tokens)
}

fn grants(bench: &Bench, more: &Value) {
    let mut body = json!({"access_token": "access-2", "token_type": "Bearer", "expires_in": 60});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bench.state().token = (200, body);
}

#[tokio::test]
async fn gives_a_new_access_token_and_follows_a_refresh_token_that_rotates() {
    let (bench, tokens) = signed_in().await;
    grants(&bench, &json!({"refresh_token": "refresh-2"}));
    let proof = bench.renew(&tokens).await.map(Option::unwrap);
    let proof = proved(proof);
    assert_eq!(proof.tokens.access.as_deref(), Some("access-2"));
    assert_eq!(proof.tokens.access_until, Some(bench.now.as_second() + 60));
    assert_eq!(proof.tokens.refresh.as_deref(), Some("refresh-2"));
    assert!(proof.tokens.hint == tokens.hint && proof.claims["name"] == format!("name-{MARK}"));
    assert_eq!(proof.session, Some(format!("sid-{MARK}")));
    let (form, _) = bench.state().posted.remove(1);
    assert_eq!(
        (form["grant_type"].as_str(), form["refresh_token"].clone()),
        ("refresh_token", format!("refresh-{MARK}"))
    );

    grants(&bench, &json!({}));
    let again = proved(bench.renew(&proof.tokens).await.map(Option::unwrap));
    assert_eq!(again.tokens.refresh.as_deref(), Some("refresh-2"), "one that does not rotate goes on");
}

#[tokio::test]
async fn takes_a_new_id_token_about_the_same_person_only() {
    let (bench, tokens) = signed_in().await;
    grants(&bench, &json!({"id_token": bench.token(&json!({"nonce": null, "name": "new"}))}));
    let proof = proved(bench.renew(&tokens).await.map(Option::unwrap));
    assert_eq!(proof.claims["name"], "new");
    assert!(proof.tokens.hint != tokens.hint);
    for changes in
        [json!({"sub": "other"}), json!({"iss": "https://evil.example"}), json!({"exp": 1}), json!({"aud": "other"})]
    {
        grants(&bench, &json!({"id_token": bench.token(&changes)}));
        let failure = refused(bench.renew(&tokens).await, &changes.to_string());
        assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
    }
}

#[tokio::test]
async fn is_over_when_the_provider_says_so_and_not_when_it_is_down() {
    let (bench, tokens) = signed_in().await;
    bench.state().token = (400, json!({"error": "invalid_grant", "error_description": MARK}));
    assert_eq!(refused(bench.renew(&tokens).await, "revoked").kind, FailureKind::Denied);
    bench.state().token = (401, json!({"error": "invalid_client"}));
    assert_eq!(refused(bench.renew(&tokens).await, "our secret").kind, FailureKind::Misconfigured);
    bench.state().down = true;
    assert_eq!(refused(bench.renew(&tokens).await, "down").kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn has_nothing_to_renew_without_a_refresh_token() {
    let bench = Bench::new(json!({})).await;
    let tokens = bench.sign_in().await.tokens;
    assert!(bench.renew(&tokens).await.is_ok_and(|proof| proof.is_none()));
}
