//! Tests of `cas` that need no server.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::{Claims, DeclaredClaims};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn login(settings: Value) -> Result<Arc<dyn Login>, Vec<SettingError>> {
    let outbound = outbound::Outbound::new(&[]).unwrap();
    Cas.login(settings, &Context { campus: "rivage".to_owned(), outbound, rules: Rules::default() })
}

fn site() -> Site {
    Site::new(&"https://rivage.example".parse().unwrap()).unwrap()
}

fn attempt() -> Attempt {
    Attempt::new(&(Arc::new(|bytes: &mut [u8]| bytes.fill(7)) as crate::Chance), NOW)
}

fn form(pairs: &[(&str, &str)]) -> Form {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn refusal(settings: Value, attempt: Option<&Attempt>, query: Form, form: Form) -> Failure {
    let site = site();
    let answer = Answer { site: &site, attempt, query: &query, form: &form, peer: None, now: NOW };
    login(settings).ok().unwrap().finish(&answer).await.err().unwrap()
}

#[test]
fn tells_what_is_wrong_with_settings_by_their_keys() {
    for (settings, key) in [
        (json!({}), ""),
        (json!({ "url": "cas.univ.fr" }), "url"),
        (json!({ "url": "http://cas.univ.fr/cas" }), "url"),
        (json!({ "url": "https://a:b@cas.univ.fr/cas" }), "url"),
        (json!({ "url": "https://cas.univ.fr/cas?a=b" }), "url"),
        (json!({ "url": "https://cas.univ.fr/cas/login/" }), "url"),
        (json!({ "url": "https://cas.univ.fr/cas", "version": 1 }), "version"),
        (json!({ "url": "https://cas.univ.fr/cas", "gateway": true }), "gateway"),
        (
            json!({ "url": "https://cas.univ.fr/cas", "proxy_callback": "https://a.fr/api/login/proxy" }),
            "proxy_callback",
        ),
        (
            json!({ "url": "https://cas.univ.fr/cas", "proxy": true, "proxy_callback": "http://a.fr/" }),
            "proxy_callback",
        ),
    ] {
        let mistakes = login(settings.clone()).err().unwrap_or_else(|| panic!("{settings}"));
        assert_eq!(mistakes.iter().map(|mistake| mistake.key.as_str()).collect::<Vec<_>>(), [key], "{settings}");
    }
    for url in ["https://cas.univ.fr", "https://cas.univ.fr/cas/", "http://127.0.0.1:8080/cas", "http://localhost/cas"]
    {
        assert!(login(json!({ "url": url, "version": 2 })).is_ok(), "{url}");
    }
}

#[tokio::test]
async fn sends_the_browser_to_the_server_with_a_service_of_this_attempt_only() {
    let attempt = attempt();
    for (settings, rest) in [(json!({}), ""), (json!({ "renew": true }), "&renew=true")] {
        let mut settings = settings;
        settings["url"] = "https://cas.univ.fr/cas/".into();
        let Begun::Redirect(url) = login(settings).ok().unwrap().begin(&site(), &attempt, NOW).await.unwrap() else {
            panic!("no redirect")
        };
        let service = "https%3A%2F%2Frivage.example%2Fapi%2Flogin%2Fcallback%3Fstate%3D";
        assert_eq!(url.as_str(), format!("https://cas.univ.fr/cas/login?service={service}{}{rest}", attempt.id()));
    }
}

#[tokio::test]
async fn asks_nothing_about_what_cannot_be_a_ticket_of_this_sign_in() {
    let attempt = attempt();
    let url = json!({ "url": "https://cas.univ.fr/cas" });
    let rest = json!({ "url": "https://cas.univ.fr/cas", "rest": true });
    let ticket = |ticket: &str| form(&[("ticket", ticket)]);
    for given in
        ["", "PT-1-mark", "st-1-mark", "ST-1 mark", "ST-1-märk", "ST-1\nmark", &format!("ST-{}", "m".repeat(254))]
    {
        for (settings, attempt, query, form) in
            [(&url, Some(&attempt), ticket(given), Form::new()), (&rest, None, Form::new(), ticket(given))]
        {
            let failure = refusal(settings.clone(), attempt, query, form).await;
            assert_eq!(failure.kind, FailureKind::Invalid);
            assert!(failure.message.contains("cas.univ.fr") && !failure.message.contains("mark"), "{failure}");
        }
    }
    // Without an attempt: not unless REST is declared, and then not from a redirect.
    for (settings, query, form) in
        [(&url, Form::new(), ticket("ST-1")), (&url, ticket("ST-1"), Form::new()), (&rest, ticket("ST-1"), Form::new())]
    {
        assert_eq!(refusal(settings.clone(), None, query, form).await.kind, FailureKind::Invalid);
    }
}

#[tokio::test]
async fn takes_a_notice_of_single_logout_and_leaves_other_forms() {
    let login = login(json!({ "url": "https://cas.univ.fr/cas" })).ok().unwrap();
    let request = r#"<a:LogoutRequest xmlns:a="urn:oasis:names:tc:SAML:2.0:protocol"><a:SessionIndex>ST-1</a:SessionIndex></a:LogoutRequest>"#;
    let notice = async |fields: &[(&str, &str)]| login.notice(&site(), &form(fields), NOW).await;
    assert!(notice(&[("logoutRequest", request)]).await.unwrap() == Some(Ended::Session("ST-1".to_owned())));
    assert!(notice(&[("ticket", "ST-1")]).await.unwrap().is_none());
    assert_eq!(notice(&[("logoutRequest", "<a/>")]).await.err().unwrap().kind, FailureKind::Invalid);
}

#[tokio::test]
async fn says_why_there_is_no_proxy_ticket() {
    let target = "https://ent.univ.fr/api".parse().unwrap();
    for (settings, kind) in [
        (json!({ "url": "https://cas.univ.fr/cas" }), FailureKind::Misconfigured),
        (json!({ "url": "https://cas.univ.fr/cas", "proxy": true }), FailureKind::Stale),
    ] {
        let refused = login(settings).ok().unwrap().proxy_ticket(&Tokens::default(), &target).await;
        assert_eq!(refused.err().unwrap().kind, kind);
    }
}

#[test]
fn tells_native_apps_of_the_rest_protocol_only_where_it_is_declared() {
    let native = |rest: bool| login(json!({ "url": "https://cas.univ.fr/cas", "rest": rest })).ok().unwrap().native();
    assert!(native(false).is_empty());
    let facts = json!({ "cas_rest": "https://cas.univ.fr/cas/v1/tickets", "service": "/api/login/callback" });
    assert_eq!(Value::Object(native(true)), facts);
}

#[test]
fn the_default_claims_take_the_first_of_several_names() {
    let defaults = login(json!({ "url": "https://cas.univ.fr/cas" })).ok().unwrap().default_claims();
    let scope = jq::Scope { zone: jiff::tz::TimeZone::UTC, tables: BTreeMap::new() };
    let claims = Claims::compile(&DeclaredClaims::default(), defaults, &scope).unwrap();
    let given = json!({ "user": "adupont", "cn": ["Aline Dupont", "Dupont"], "memberOf": "l3", "eduPersonAffiliation": ["student", "member"] });
    let Ok(person) = claims.person(given.as_object().unwrap()) else { panic!("a person") };
    assert_eq!((person.user.as_str(), person.name.as_deref()), ("adupont", Some("Aline Dupont")));
    assert_eq!(
        (person.groups, person.affiliations),
        (vec!["l3".to_owned()], vec!["member".to_owned(), "student".to_owned()])
    );
    let Ok(person) = claims.person(json!({ "user": "adupont" }).as_object().unwrap()) else { panic!("a person") };
    assert_eq!(person.name, None);
}
