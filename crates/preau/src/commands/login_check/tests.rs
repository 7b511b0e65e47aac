//! What `preau login-check` prints, and one sign-in of it from end to end.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use identity::{DefaultClaims, Person, Role, Staff, Tokens, Who};
use insta::assert_snapshot;
use outbound::{Destination, Outbound, Rules};
use serde_json::json;
use url::Url;

use super::*;

/// A directory that knows `alice` by the password `good`.
#[derive(Default)]
struct Directory {
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Login for Directory {
    fn default_claims(&self) -> DefaultClaims {
        DefaultClaims { user: ".uid", name: ".cn", groups: ".groups", affiliation: ".affiliation" }
    }

    fn destinations(&self) -> Vec<Destination> {
        Vec::new()
    }

    async fn begin(&self, site: &Site, _: &Attempt, _: Timestamp) -> Result<Begun, Failure> {
        self.asked.lock().unwrap().push(site.to_string());
        Ok(Begun::Form)
    }

    async fn finish(&self, answer: &Answer<'_>) -> Result<Proof, Failure> {
        let said = |name: &str| answer.form.get(name).map(String::as_str);
        if (said("user"), said("password")) != (Some("alice"), Some("good")) {
            return Err(Failure::new(FailureKind::Denied, "wrong user or password"));
        }
        let claims = json!({ "uid": "alice" }).as_object().unwrap().clone();
        Ok(Proof { claims, tokens: Tokens::default(), session: None, subject: None })
    }

    async fn probe(&self, _: &Site, _: Timestamp) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn signs_in_from_end_to_end() {
    let directory = Directory::default();
    let site = Site::new(&Url::parse("https://app.univ.fr/x").unwrap()).unwrap();
    let mut browser = Rehearsal::new(&Outbound::new(&[]).unwrap(), Rules::default());
    let proof = signed_in(&directory, &site, &mut browser, "alice", &Secret::new("good")).await;
    assert!(proof.is_ok_and(|proof| proof.claims.contains_key("uid")));
    let Err(failure) = signed_in(&directory, &site, &mut browser, "alice", &Secret::new("bad")).await else {
        panic!("a wrong password")
    };
    assert_eq!(told(&failure), "Denied: wrong user or password");
    assert_eq!(directory.asked.into_inner().unwrap(), ["https://app.univ.fr", "https://app.univ.fr"]);
}

#[test]
fn shows_which_claims_came_and_their_values_only_where_asked() {
    let claims = json!({
        "sub": "22204518", "age": 20, "groups": ["l3", "math"], "address": { "street": "x" }, "verified": true,
        "none": null, "e\u{1b}vil": "\u{1b}[2J",
    });
    let claims = claims.as_object().unwrap();
    assert_snapshot!(report::claims(claims, false), @r#"
    claims received
    ┌───────────────────────────────────────────────────┐
    │ claim      type                value              │
    ╞═══════════════════════════════════════════════════╡
    │ address    object of 1 field   •••                │
    │ age        number              •••                │
    │ e�vil      text                ••• (4 characters) │
    │ groups     list of 2           •••                │
    │ none       nothing                                │
    │ sub        text                ••• (8 characters) │
    │ verified   true or false       •••                │
    └───────────────────────────────────────────────────┘
    (--show-values shows them)
"#);
    assert_snapshot!(report::claims(claims, true), @r#"
    claims received
    ┌───────────────────────────────────────────────┐
    │ claim      type                value          │
    ╞═══════════════════════════════════════════════╡
    │ address    object of 1 field   {"street":"x"} │
    │ age        number              20             │
    │ e�vil      text                �[2J           │
    │ groups     list of 2           l3             │
    │                                math           │
    │ none       nothing                            │
    │ sub        text                22204518       │
    │ verified   true or false       true           │
    └───────────────────────────────────────────────┘
"#);
}

#[test]
fn shows_the_person_and_roles_that_claims_cannot_give() {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    let person = Person {
        user: "22204518".to_owned(),
        name: Some("Aline Dupont".to_owned()),
        groups: texts(&["l3", "math"]),
        affiliations: texts(&[]),
        roles: texts(&["dean", "editor", "operator"]),
        attributes: BTreeMap::from([("ine".to_owned(), "12A".to_owned())]),
    };
    let staff = Staff::from([(Role::Support, vec![Who::Group("math".to_owned())])]);
    assert_snapshot!(report::person(&person, Some(&staff)), @r#"
    the person
    ┌───────────────────────────────────────────────────────────────────────┐
    │ part of [login]   this person                                         │
    ╞═══════════════════════════════════════════════════════════════════════╡
    │ user              22204518                                            │
    │ name              Aline Dupont                                        │
    │ groups            l3                                                  │
    │                   math                                                │
    │ affiliation       none                                                │
    │ roles             editor, support (claims cannot give dean, operator) │
    │ attributes.ine    12A                                                 │
    └───────────────────────────────────────────────────────────────────────┘
"#);
}

#[test]
fn shows_kinds_and_lifetimes_of_tokens_and_never_a_token() {
    let secret = || Some("secret".to_owned());
    let now = Timestamp::UNIX_EPOCH;
    let tokens =
        Tokens { access: secret(), access_until: Some(3600), refresh: secret(), hint: secret(), granting: None };
    assert_snapshot!(report::tokens(&tokens, true, now), @r#"
    tokens (sources are asked with them)
      access token, good for 60 min
      refresh token
      ID token, to sign out with
"#);
    assert_eq!(report::tokens(&Tokens::default(), false, now), "tokens (no source is asked with them)\n  none");
}
