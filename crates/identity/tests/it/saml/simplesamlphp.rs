//! A real provider: SimpleSAMLphp, which reads our metadata, checks our signature, and signs and encrypts for us.

use identity::{Begun, Failure, FailureKind, Form, Rehearsal, Site};
use jiff::Timestamp;
use outbound::{Outbound, Rules};
use serde_json::{Value, json};
use settings::Secret;
use testbed::{SimpleSamlPhp, need, rsa, simplesamlphp};
use url::Url;

use super::{attempt, failure, finish, login, settings};

/// The provider's clock is the machine's.
fn clock() -> Timestamp {
    Timestamp::now()
}

fn campus(name: &str) -> Site {
    Site::new(&Url::parse(&format!("https://{name}.example")).unwrap()).unwrap()
}

/// Signs the student in, up to what the provider posts to us.
async fn browse(begun: Begun, site: &Site) -> Result<Form, Failure> {
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    let mut browser = Rehearsal::new(&Outbound::new(&[]).unwrap(), rules);
    Ok(browser.sign_in(begun, site, SimpleSamlPhp::STUDENT, &Secret::new("demo")).await?.form)
}

#[tokio::test]
async fn a_student_signs_in_once_and_at_one_campus() {
    let provider = need!(simplesamlphp(""));
    let own = rsa("rivage.example");
    let login = login(settings(&own, json!({"metadata_url": provider.entity_id()}))).unwrap();
    for name in ["rivage", "lagune"] {
        provider.know(name, &login.metadata(&campus(name)).unwrap().unwrap());
    }
    let (site, attempt, now) = (campus("rivage"), attempt(1), clock());
    let begun = login.begin(&site, &attempt, now).await.unwrap();
    let Begun::Redirect(url) = &begun else { panic!("a redirect") };
    let changed = Url::parse(&url.as_str().replace("RelayState=", "RelayState=x")).unwrap();
    assert!(browse(Begun::Redirect(changed), &site).await.is_err(), "the provider checks our signature");
    let form = browse(begun, &site).await.unwrap();
    assert_eq!(form["RelayState"], attempt.id());
    let elsewhere = failure(finish(&login, &form, &campus("lagune"), &attempt, now).await);
    assert!(elsewhere.message.contains("for another address"), "{elsewhere}");
    let proof = finish(&login, &form, &site, &attempt, now).await.unwrap();
    let claims = Value::Object(proof.claims);
    assert_eq!(claims["eduPersonPrincipalName"], "adupont@univ-demo.fr");
    assert_eq!(claims["supannEtuId"], "22204518");
    assert_eq!(claims["eduPersonAffiliation"], json!(["student", "member"]));
    assert_eq!(claims["urn:oid:2.16.840.1.113730.3.1.241"], "Aline Dupont");
    assert_eq!(claims["issuer"], provider.entity_id());
    assert!(proof.session.is_some());
    let replayed = failure(finish(&login, &form, &site, &attempt, now).await);
    assert!(replayed.message.contains("used before"), "{replayed}");
}

#[tokio::test]
async fn takes_what_is_encrypted_within_a_signed_response_and_posts_where_it_must() {
    // This SimpleSAMLphp (1.19) encrypts with AES-CBC only.
    let provider = need!(simplesamlphp(
        "'assertion.encryption' => true, 'saml20.sign.response' => true,
         'SingleSignOnServiceBinding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'"
    ));
    let login = login(settings(&rsa("rivage.example"), json!({"metadata_url": provider.entity_id()}))).unwrap();
    let (site, attempt, now) = (campus("rivage"), attempt(1), clock());
    provider.know("rivage", &login.metadata(&site).unwrap().unwrap());
    let begun = login.begin(&site, &attempt, now).await.unwrap();
    assert!(matches!(begun, Begun::Post(..)));
    let form = browse(begun, &site).await.unwrap();
    let proof = finish(&login, &form, &site, &attempt, now).await.unwrap();
    assert_eq!(proof.claims["uid"], "adupont");
}

#[tokio::test]
async fn a_probe_tells_what_a_person_needs_to_know() {
    let provider = need!(simplesamlphp(""));
    let login = login(settings(&rsa("rivage.example"), json!({"metadata_url": provider.entity_id()}))).unwrap();
    let lines = login.probe(&campus("rivage"), clock()).await.unwrap().join("\n");
    for part in [
        "knows the provider",
        &provider.entity_id(),
        "signs with a certificate until",
        "HTTP-Redirect",
        "our certificate",
    ] {
        assert!(lines.contains(part), "{part}: {lines}");
    }
    let gone = Url::parse(&provider.entity_id()).unwrap();
    let elsewhere = gone.join("/nothing.xml").unwrap();
    let login = super::login(settings(&rsa("rivage.example"), json!({"metadata_url": elsewhere.as_str()}))).unwrap();
    let failure = login.probe(&campus("rivage"), clock()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Misconfigured, "{failure}");
}
