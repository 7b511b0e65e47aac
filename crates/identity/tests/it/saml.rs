//! SAML: responses that hold, and the many that must not.

mod attacks;
mod encryption;
mod forge;
mod metadata;
mod simplesamlphp;
mod wrapping;

use std::sync::Arc;

use identity::{Answer, Attempt, Context, Failure, FailureKind, Form, Login, Proof, Site};
use jiff::{SignedDuration, Timestamp};
use outbound::{Outbound, Rules};
use serde_json::{Value, json};
use settings::SettingError;
use testbed::Identity;
use url::Url;

use self::forge::{Forge, after_issuer};

fn now() -> Timestamp {
    "2026-10-05T08:00:00Z".parse().unwrap()
}

fn site() -> Site {
    Site::new(&Url::parse("https://rivage.example").unwrap()).unwrap()
}

/// An attempt that is the same each time for a seed.
fn attempt(seed: u8) -> Attempt {
    let chance: identity::Chance = Arc::new(move |bytes: &mut [u8]| bytes.fill(seed));
    Attempt::new(&chance, now())
}

fn login(settings: Value) -> Result<Arc<dyn Login>, Vec<SettingError>> {
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    let context = Context { campus: "rivage".to_owned(), outbound: Outbound::new(&[]).unwrap(), rules };
    identity::find("saml").unwrap().login(settings, &context)
}

/// The settings of a service provider with these keys.
fn settings(own: &Identity, more: Value) -> Value {
    let mut settings = json!({"certificate": own.certificate, "key": own.key});
    let Value::Object(more) = more else { panic!("a table") };
    settings.as_object_mut().unwrap().extend(more);
    settings
}

/// What a login makes of a form, at `site` and `now`, for the sign-in of `attempt`.
async fn finish(
    login: &Arc<dyn Login>,
    form: &Form,
    site: &Site,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Proof, Failure> {
    let answer = Answer { site, attempt: Some(attempt), query: &Form::new(), form, peer: None, now };
    login.finish(&answer).await
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// The failure of something that must fail; it shows nothing of a person.
fn failure(result: Result<Proof, Failure>) -> Failure {
    let Err(failure) = result else { panic!("this must be refused") };
    for value in ["adupont", "mallory", "student", "22204518", "Dupont"] {
        assert!(!failure.message.contains(value), "{failure}");
    }
    assert!(failure.message.contains("idp.univ-demo.fr") || failure.message.contains("127.0.0.1"), "{failure}");
    failure
}

#[tokio::test]
async fn reads_who_it_is_from_a_signed_assertion() {
    let forge = testbed::need!(Forge::new());
    let proof = forge.finish(&forge.response(&forge.signed())).await.unwrap();
    let claims = Value::Object(proof.claims);
    assert_eq!(claims["uid"], "adupont");
    assert_eq!(claims["urn:oid:0.9.2342.19200300.100.1.1"], "adupont");
    assert_eq!(claims["eduPersonAffiliation"], json!(["student", "member"]));
    assert_eq!(claims["campusCard"], "card-1");
    assert_eq!(claims["urn:univ-demo:card"], "card-1");
    assert_eq!(claims["eduPersonTargetedID"], "opaque-1");
    assert_eq!(claims["name_id"], "name-1");
    assert_eq!(claims["name_id_format"], "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");
    assert_eq!(claims["issuer"], forge::IDP);
    assert_eq!((proof.session.as_deref(), proof.subject.as_deref()), (Some("session-1"), Some("name-1")));
}

#[tokio::test]
async fn a_signed_response_will_do_and_so_will_both_signatures() {
    let forge = testbed::need!(Forge::new());
    let unsigned = forge.unsigned();
    for assertion in [unsigned, forge.signed()] {
        let response = forge.signed_response(&assertion);
        assert_eq!(forge.finish(&response).await.unwrap().claims["uid"], "adupont");
    }
}

#[tokio::test]
async fn a_transient_name_is_nobody_that_could_be_found_again() {
    let forge = testbed::need!(Forge::new());
    let assertion = forge.sign_assertion(&forge.unsigned().replace("format:persistent", "format:transient"));
    let proof = forge.finish(&forge.response(&assertion)).await.unwrap();
    assert_eq!((proof.claims["name_id"].as_str(), proof.subject), (Some("name-1"), None));
}

#[tokio::test]
async fn canonical_forms_are_those_of_the_reference_implementation() {
    let forge = testbed::need!(Forge::new());
    for (value, odd) in [
        ("a&<>\"'\r\n\tb", "a&amp;&lt;&gt;\"'&#xD;\n\tb"),
        ("cut in two", "cut<!-- a comment --> in <![CDATA[two]]>"),
        ("<tag>", "<![CDATA[<tag>]]>"),
        ("é€😀", "é&#x20AC;&#128512;"),
    ] {
        let changed = forge.unsigned().replace(">adupont<", &format!(">{odd}<"));
        // Namespaces that are used late, redeclared, needless or hidden in a value; attributes out of order.
        let changed = changed.replace(
            "<saml:AttributeValue",
            "<saml:AttributeValue xmlns:z=\"urn:z\" xmlns:b=\"urn:b\" b:z=\"1\" a=\"&#10;&quot;&lt;&#9; '\n'\" z:a=\"2\" \
             xsi:type=\"xs:string\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
        );
        let plain = forge.sign_assertion(&changed);
        let transform = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
        let with_prefixes = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ec:InclusiveNamespaces \
             xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs #default saml absent\"/></ds:Transform>";
        let template = forge::template("assertion-1").replace(transform, with_prefixes);
        let with_prefixes = forge.sign_assertion(&after_issuer(&changed, &template));
        for assertion in [plain, with_prefixes] {
            for response in [forge.response(&assertion), forge.signed_response(&assertion)] {
                assert_eq!(forge.finish(&response).await.unwrap().claims["uid"], value);
            }
        }
    }
}

#[test]
fn tells_every_mistake_in_the_settings_by_its_key() {
    let (own, other) = (testbed::rsa("a.example"), testbed::rsa("b.example"));
    let keys = |settings: Value| -> Vec<String> {
        let Err(mistakes) = login(settings) else { panic!("this must be refused") };
        assert!(mistakes.iter().all(|mistake| !mistake.message.contains("PRIVATE")));
        mistakes.into_iter().map(|mistake| mistake.key).collect()
    };
    let url = json!({"metadata_url": "https://idp.univ-demo.fr/metadata"});
    assert!(login(settings(&own, url.clone())).is_ok());
    assert_eq!(
        keys(json!({"certificate": own.certificate, "key": other.key, "mdq": "https://mdq.example/"})),
        ["key", "entity_id"]
    );
    assert_eq!(keys(json!({"certificate": "x", "key": own.key, "metadata": "<x/>"})), ["certificate", "metadata"]);
    assert_eq!(keys(settings(&own, json!({}))), ["metadata"]);
    assert_eq!(
        keys(settings(&own, json!({"metadata_url": "https://a.example", "mdq": "https://b.example"}))),
        ["metadata"]
    );
    assert_eq!(keys(settings(&own, json!({"metadata_url": "ftp://a.example"}))), ["metadata_url"]);
    let with = |more: Value| {
        let mut all = url.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings(&own, all)
    };
    assert_eq!(keys(with(json!({"metadata_certificate": "x"}))), ["metadata_certificate"]);
    assert_eq!(keys(with(json!({"next_key": other.key}))), ["next_key"]);
    assert_eq!(keys(with(json!({"next_certificate": other.certificate, "next_key": own.key}))), ["next_key"]);
}

#[tokio::test]
async fn a_declaration_can_be_checked_where_its_keys_are_not() {
    let method = identity::find("saml").unwrap();
    let (own, idp) = (testbed::rsa("rivage.example"), testbed::rsa("idp.univ-demo.fr"));
    let known = forge::metadata(forge::IDP, &[&idp]);
    let login =
        login(json!({"certificate": own.certificate, "key": method.placeholder("key"), "metadata": known})).unwrap();
    let failure = login.begin(&site(), &attempt(1), now()).await.unwrap_err();
    assert!(
        failure.kind == FailureKind::Misconfigured && failure.message.contains("key of [login] is empty"),
        "{failure}"
    );
    assert_eq!(login.probe(&site(), now()).await.unwrap_err().kind, FailureKind::Misconfigured);
}

#[tokio::test]
async fn a_response_without_a_sign_in_under_way_is_for_nobody() {
    let forge = testbed::need!(Forge::new());
    let form = forge::form(&forge.response(&forge.signed()));
    let (site, query) = (site(), Form::new());
    let answer = Answer { site: &site, attempt: None, query: &query, form: &form, peer: None, now: now() };
    let Err(failure) = forge.login().finish(&answer).await else { panic!("this must be refused") };
    assert_eq!(failure.kind, FailureKind::Stale);
}
