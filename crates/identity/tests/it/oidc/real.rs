//! oidc-provider, as schools meet it.

use std::sync::Arc;

use identity::{Ended, FailureKind, Login, Site};
use jiff::Timestamp;
use serde_json::{Value, json};
use testbed::{OidcProvider, need};

use super::bench::{MARK, changed, login, proved, refused};
use crate::visit::{Campus, Visit};

/// oidc-provider with a client of a campus, whose metadata differ by `client`.
fn provider(campus: &Campus, client: &Value) -> Option<OidcProvider> {
    let client = changed(
        json!({
            "client_id": "campus", "client_secret": "secret-of-campus",
            "redirect_uris": [campus.site.at(Site::CALLBACK).as_str()], "post_logout_redirect_uris": [campus.site.origin().as_str()],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "backchannel_logout_uri": campus.site.at(Site::NOTICE).as_str(), "backchannel_logout_session_required": true,
        }),
        client,
    );
    let person = json!({"name": format!("Aline {MARK}"), "supannEtuId": format!("22204518-{MARK}"), "groups": ["l3"]});
    let settings = json!({
        "clients": [client], "users": {"adupont": person, "bmartin": {"name": "Basile"}},
        "configuration": {"ttl": {"AccessToken": 60, "IdToken": 120, "RefreshToken": 600}},
    });
    testbed::oidc_provider(&settings.to_string())
}

fn declared(provider: &OidcProvider, more: &Value) -> Arc<dyn Login> {
    let table = json!({"issuer": provider.issuer(), "client_id": "campus", "client_secret": "secret-of-campus"});
    login(changed(table, more))
}

#[tokio::test]
async fn signs_in_at_a_provider_that_wants_pkce_and_names_itself() {
    let campus = Campus::start().await;
    let provider = need!(provider(&campus, &json!({})));
    let mut visit = Visit::new(&campus.site, declared(&provider, &json!({})), 1);
    let lines = visit.login.probe(&campus.site, Timestamp::now()).await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(lines.iter().any(|line| line == "it announces PKCE with S256"), "{lines:?}");

    let given = visit.come_back().await;
    assert_eq!(given.query["iss"], provider.issuer());
    let proof = proved(visit.finish(&given).await);
    assert_eq!(proof.claims["supannEtuId"], format!("22204518-{MARK}"), "the userinfo endpoint was asked");
    assert_eq!((proof.subject.as_deref(), proof.session.is_some()), (Some("adupont"), true));

    let failure = refused(visit.finish(&given).await, "a code that was used");
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing_in_another_browser() {
    let campus = Campus::start().await;
    let provider = need!(provider(&campus, &json!({})));
    let login = declared(&provider, &json!({}));
    let stolen = Visit::new(&campus.site, Arc::clone(&login), 1).come_back().await;
    let thief = Visit::new(&campus.site, login, 2);
    let failure = refused(thief.finish(&stolen).await, "a stolen code");
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
}

#[tokio::test]
async fn signs_in_as_a_public_client_with_the_secret_in_the_form_and_by_signed_userinfo() {
    for (client, settings) in [
        (json!({"token_endpoint_auth_method": "none", "client_secret": null}), json!({"client_secret": null})),
        (json!({"token_endpoint_auth_method": "client_secret_post"}), json!({"client_auth": "post"})),
        (json!({"userinfo_signed_response_alg": "RS256"}), json!({})),
    ] {
        let campus = Campus::start().await;
        let provider = need!(provider(&campus, &client));
        let mut visit = Visit::new(&campus.site, declared(&provider, &settings), 1);
        assert_eq!(visit.sign_in().await.claims["groups"], json!(["l3"]), "{client}");
    }
}

#[tokio::test]
async fn tells_a_wrong_secret_from_a_person_who_may_not_or_a_provider_that_is_down() {
    let campus = Campus::start().await;
    let mut provider = need!(provider(&campus, &json!({})));
    let mut visit = Visit::new(&campus.site, declared(&provider, &json!({"client_secret": "wrong"})), 1);
    let given = visit.come_back().await;
    let failure = refused(visit.finish(&given).await, "a wrong secret");
    assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains("client_secret"), "{failure}");

    let mut visit = Visit::new(&campus.site, declared(&provider, &json!({"parameters": {"prompt": "none"}})), 1);
    let given = visit.come_back().await;
    let failure = refused(visit.finish(&given).await, "nobody is signed in there");
    assert!(failure.kind == FailureKind::Denied && failure.message.contains("login_required"), "{failure}");

    let mut visit = Visit::new(&campus.site, declared(&provider, &json!({})), 1);
    let given = visit.come_back().await;
    provider.stop();
    assert_eq!(refused(visit.finish(&given).await, "down").kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn renews_tokens_that_rotate_and_ends_with_the_one_that_was_used_before() {
    let campus = Campus::start().await;
    let provider = need!(provider(&campus, &json!({})));
    // It gives refresh tokens to those only who consented in this sign-in.
    let settings = json!({"refresh": true, "parameters": {"prompt": "consent"}});
    let mut visit = Visit::new(&campus.site, declared(&provider, &settings), 1);
    let first = visit.sign_in().await;
    assert!(first.tokens.access.is_some() && first.tokens.refresh.is_some());
    let renewed = visit.login.renew(&first.tokens, Timestamp::now()).await.map(Option::unwrap);
    let renewed = proved(renewed);
    assert!(renewed.tokens.refresh != first.tokens.refresh && renewed.tokens.access != first.tokens.access);
    assert_eq!(renewed.claims["supannEtuId"], format!("22204518-{MARK}"));
    assert!(visit.login.renew(&renewed.tokens, Timestamp::now()).await.is_ok());
    for tokens in [&first.tokens, &renewed.tokens] {
        let failure = refused(visit.login.renew(tokens, Timestamp::now()).await, "a token that was used");
        assert_eq!(failure.kind, FailureKind::Denied, "{failure}");
    }
}

#[tokio::test]
async fn is_told_who_signed_out_there() {
    let mut campus = Campus::start().await;
    let provider = need!(provider(&campus, &json!({})));
    let mut visit = Visit::new(&campus.site, declared(&provider, &json!({})), 1);
    let proof = visit.sign_in().await;
    visit.sign_out(&proof).await;
    // It tells us before it sends the browser back.
    let form = campus.notices.try_recv().unwrap();
    let notice = visit.login.notice(&campus.site, &form, Timestamp::now()).await;
    let Ok(Some(Ended::Session(session))) = notice else { panic!("a session") };
    assert_eq!(Some(session), proof.session);
    refused(visit.login.notice(&campus.site, &form, Timestamp::now()).await, "a notice that was used");
    assert!(campus.server.asked().contains(&"GET /".to_owned()));
}
