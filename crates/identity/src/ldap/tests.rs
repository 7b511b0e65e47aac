//! Declarations with mistakes, and forms that no directory is asked about.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use outbound::{Outbound, Rules};
use serde_json::json;
use url::Url;

use super::*;

fn context() -> Context {
    let outbound = Outbound::new(&[]).unwrap();
    Context { campus: "rivage".to_owned(), outbound, rules: Rules::default() }
}

fn mistakes(settings: Value) -> Vec<String> {
    let Err(mistakes) = Ldap.login(settings, &context()) else { return Vec::new() };
    mistakes.into_iter().map(|mistake| mistake.key).collect()
}

#[test]
fn tells_every_mistake_at_once_by_its_key() {
    assert!(mistakes(json!({"url": "ldaps://ldap.univ.fr", "base": "dc=fr"})).is_empty());
    let wrong = json!({"url": "ldap.univ.fr", "read_attributes": ["uid", "*"], "timeout": "10m"});
    assert_eq!(mistakes(wrong), ["url", "base", "read_attributes", "timeout"]);
    for attributes in [json!([""]), json!(["+"]), json!(["1.1"]), json!(["userpassword"]), json!(["a b"])] {
        let settings = json!({"url": "ldaps://ldap.univ.fr", "base": "dc=fr", "read_attributes": attributes});
        assert_eq!(mistakes(settings), ["read_attributes"], "{attributes}");
    }
}

#[tokio::test]
async fn refuses_without_asking_what_no_directory_should_be_asked() {
    // The name does not resolve: what is asked is `Unavailable`.
    let settings = json!({"url": "ldaps://ldap.invalid", "base": "dc=fr"});
    let Ok(login) = Ldap.login(settings, &context()) else { panic!("a login") };
    let site = Site::new(&Url::parse("https://rivage.example/").unwrap()).unwrap();
    let (long, longer) = ("a".repeat(LONGEST_USER + 1), "a".repeat(LONGEST_PASSWORD + 1));
    for (user, password, kind) in [
        ("adupont", "", FailureKind::Denied),
        ("", "demo", FailureKind::Denied),
        ("  ", "demo", FailureKind::Denied),
        ("a\0b", "demo", FailureKind::Denied),
        (&long, "demo", FailureKind::Denied),
        ("adupont", &longer, FailureKind::Denied),
        ("adupont", "demo", FailureKind::Unavailable),
    ] {
        let form = BTreeMap::from([("user", user), ("password", password)].map(|(n, v)| (n.to_owned(), v.to_owned())));
        let (query, now) = (BTreeMap::new(), Timestamp::UNIX_EPOCH);
        let answer = Answer { site: &site, attempt: None, query: &query, form: &form, peer: None, now };
        let failure = login.finish(&answer).await.err().unwrap();
        assert_eq!(failure.kind, kind, "{user} {password}: {failure}");
    }
}

#[test]
fn one_user_and_one_network_have_one_spelling() {
    for typed in ["ADupont", "adupont", "aDUPONT"] {
        assert_eq!(spelling(typed), "adupont");
    }
    assert_eq!(spelling("aline   DUPONT"), "aline dupont");
    for (one, other, same) in [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
    ] {
        assert_eq!(network(one.parse().unwrap()) == network(other.parse().unwrap()), same, "{one} {other}");
    }
}
