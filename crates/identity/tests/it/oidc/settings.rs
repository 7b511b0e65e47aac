//! What a school writes below `[login]`, what is wrong with it, and what the probe finds.

use std::collections::BTreeMap;

use identity::{Claims, DeclaredClaims, FailureKind, find};
use serde_json::{Value, json};

use super::bench::{Bench, changed, context, login, refused};

fn mistakes(changes: &Value) -> Vec<String> {
    let table = changed(json!({"issuer": "https://login.univ.fr", "client_id": "campus"}), changes);
    let built = find("oidc").unwrap().login(table, &context());
    built.err().into_iter().flatten().map(|mistake| mistake.key).collect()
}

#[test]
fn tells_every_mistake_by_its_key() {
    assert!(mistakes(&json!({})).is_empty());
    assert_eq!(mistakes(&json!({"issuer": "login.univ.fr"})), ["issuer"]);
    assert_eq!(mistakes(&json!({"issuer": "ldap://login.univ.fr", "client_id": ""})), ["issuer", "client_id"]);
    assert_eq!(mistakes(&json!({"issuer": "https://login.univ.fr/?tenant=1"})), ["issuer"]);
    assert_eq!(mistakes(&json!({"scopes": ["openid profile"]})), ["scopes"]);
    assert_eq!(mistakes(&json!({"parameters": {"nonce": "1", "prompt": "login"}})), ["parameters.nonce"]);
    assert_eq!(mistakes(&json!({"refresh": "yes"})), ["refresh"]);
}

#[test]
fn wants_to_know_the_tenants_where_anybody_could_sign_in() {
    let several = "https://login.microsoftonline.com/organizations/v2.0";
    let tenant = "11111111-1111-4111-8111-111111111111";
    let entra =
        |changes| mistakes(&changed(json!({"provider": "entra", "issuer": several, "tenants": [tenant]}), &changes));
    assert!(entra(json!({})).is_empty());
    assert_eq!(entra(json!({"tenants": null})), ["tenants"]);
    assert_eq!(entra(json!({"tenants": ["univ.fr"]})), ["tenants"]);
    assert_eq!(entra(json!({"provider": "keycloak"})), ["tenants"]);
    assert_eq!(entra(json!({"issuer": format!("https://login.microsoftonline.com/{tenant}/v2.0")})), ["tenants"]);
}

#[test]
fn finds_the_person_in_the_claims_of_each_product() {
    let name = json!("Aline Dupont");
    for (product, claims, groups) in [
        (json!(null), json!({"sub": "adupont", "name": name, "groups": ["l3"]}), "l3"),
        (json!("entra"), json!({"sub": "x", "oid": "adupont", "name": name, "groups": ["l3"]}), "l3"),
        (json!("adfs"), json!({"sub": "x", "upn": "adupont", "unique_name": name, "group": "l3"}), "l3"),
        (
            json!("keycloak"),
            json!({"sub": "x", "preferred_username": "adupont", "name": name, "realm_access": {"roles": ["l3"]}}),
            "l3",
        ),
        (
            json!("keycloak"),
            json!({"sub": "x", "preferred_username": "adupont", "name": name, "groups": ["/l3"]}),
            "/l3",
        ),
        (json!("lemonldap"), json!({"sub": "adupont", "name": name, "groups": "l3"}), "l3"),
        (
            json!("shibboleth"),
            json!({"sub": "x", "eduPersonPrincipalName": "adupont", "name": name, "isMemberOf": "l3"}),
            "l3",
        ),
    ] {
        let mut table = json!({"issuer": "https://login.univ.fr", "client_id": "campus"});
        if !product.is_null() {
            table["provider"] = product.clone();
        }
        let scope = jq::Scope { zone: jiff::tz::TimeZone::UTC, tables: BTreeMap::new() };
        let compiled = Claims::compile(&DeclaredClaims::default(), login(table).default_claims(), &scope).unwrap();
        let with_affiliation = changed(claims, &json!({"eduPersonAffiliation": ["student"]}));
        let Ok(person) = compiled.person(with_affiliation.as_object().unwrap()) else { panic!("{product}") };
        assert_eq!((person.user.as_str(), person.name.as_deref()), ("adupont", name.as_str()), "{product}");
        assert_eq!(
            (person.groups, person.affiliations),
            (vec![groups.to_owned()], vec!["student".to_owned()]),
            "{product}"
        );
    }
}

#[tokio::test]
async fn asks_for_refresh_tokens_where_the_product_has_to_be_asked() {
    for (product, asks) in [("keycloak", true), ("adfs", false)] {
        let bench = Bench::new(json!({"provider": product, "refresh": true})).await;
        assert_eq!(bench.begin().await.as_str().contains("offline_access"), asks, "{product}");
    }
}

#[tokio::test]
async fn probes_a_provider_and_says_what_to_enter_there() {
    let bench = Bench::new(json!({})).await;
    let lines = bench.login.probe(&bench.site, bench.now).await.unwrap_or_else(|failure| panic!("{failure}"));
    let host = outbound::site(&bench.provider.url);
    assert_eq!(
        lines,
        [
            &format!("{host} is an OpenID provider and calls itself as declared"),
            "it signs with 1 key (ES256)",
            "it announces PKCE with S256",
            "redirect URI to register there: https://app.univ.fr/api/login/callback",
            "signing out here signs out there too; register the address to come back to: https://app.univ.fr/",
            "it can tell who signed out there; back-channel logout URI to register: https://app.univ.fr/api/login/notice",
        ]
    );
}

#[tokio::test]
async fn finds_out_that_a_provider_cannot_be_used() {
    for (changes, why) in [
        (json!({"id_token_signing_alg_values_supported": ["HS256", "none"]}), "no algorithm that is accepted"),
        (json!({"code_challenge_methods_supported": ["plain"]}), "PKCE without S256"),
        (json!({"jwks_uri": null}), "no OpenID configuration"),
    ] {
        let bench = Bench::new(json!({})).await;
        let bent = changed(bench.state().discovery.clone(), &changes);
        bench.state().discovery = bent;
        let failure = refused(bench.login.probe(&bench.site, bench.now).await, why);
        assert_eq!(failure.kind, FailureKind::Misconfigured);
        assert!(failure.message.contains(why), "{failure}");
    }
}
