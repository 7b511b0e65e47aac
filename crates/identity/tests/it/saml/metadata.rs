//! Metadata: the provider's, given, fetched, signed, kept and changed; and how a browser is sent with it.

use std::sync::Arc;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use identity::{Begun, Failure, FailureKind, Login};
use jiff::Timestamp;
use serde_json::json;
use testbed::{Identity, Nginx, need, nginx, rsa};

use super::forge::{Forge, IDP, form, metadata, template};
use super::{attempt, failure, finish, later, login, now, settings, site};

const HOUR: i64 = 3600;

/// What is wrong with metadata that stands in the declaration.
fn wrong(text: &str, entity_id: Option<&str>) -> String {
    let own = rsa("rivage.example");
    let result = login(settings(&own, json!({"metadata": text, "entity_id": entity_id})));
    let Err(mistakes) = result else { panic!("this must be refused: {text}") };
    assert_eq!(mistakes[0].key, "metadata");
    mistakes[0].message.clone()
}

fn entities(inside: &str) -> String {
    format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"all\">{inside}</md:EntitiesDescriptor>"
    )
}

/// The host to which a sign-in goes.
async fn goes_to(login: &Arc<dyn Login>, now: Timestamp) -> Result<String, Failure> {
    match login.begin(&site(), &attempt(1), now).await? {
        Begun::Redirect(url) | Begun::Post(url, _) => Ok(url.host_str().unwrap().to_owned()),
        Begun::Form => panic!("no form of ours"),
    }
}

#[tokio::test]
async fn a_browser_is_sent_with_a_signed_request() {
    let tool = need!(testbed::xmlsec());
    let (own, idp) = (rsa("rivage.example"), rsa("idp.univ-demo.fr"));
    let both = metadata(IDP, &[&idp]);
    let login_ = login(settings(&own, json!({"metadata": both}))).unwrap();
    let Begun::Redirect(url) = login_.begin(&site(), &attempt(1), now()).await.unwrap() else { panic!("a redirect") };
    let query = url.query().unwrap().strip_prefix("a=1&b=2&").expect("what the provider's address has already");
    let (signed, value) = query.split_once("&Signature=").unwrap();
    let value = STANDARD.decode(value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")).unwrap();
    let key = rcgen::KeyPair::from_pem(&own.key).unwrap();
    let key = rcgen::PublicKeyData::subject_public_key_info(&key);
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(signed.as_bytes(), &value).unwrap();
    let pairs: Vec<_> = url.query_pairs().collect();
    assert_eq!(pairs[3], ("RelayState".into(), attempt(1).id().into()));
    // The other way, where the provider offers no redirect.
    let post = both.replace("bindings:HTTP-Redirect", "bindings:SOAP").replace("/post\"", "/post?a=1&amp;b=2\"");
    let login_ = login(settings(&own, json!({"metadata": post}))).unwrap();
    let Begun::Post(url, fields) = login_.begin(&site(), &attempt(1), now()).await.unwrap() else { panic!("a form") };
    assert_eq!(url.as_str(), "https://idp.univ-demo.fr/idp/post?a=1&b=2");
    assert_eq!(fields[1], ("RelayState".to_owned(), attempt(1).id().to_owned()));
    let xml = String::from_utf8(STANDARD.decode(&fields[0].1).unwrap()).unwrap();
    tool.verify(&xml, "/*/*[local-name()='Signature']", &own);
    for part in [
        &format!("ID=\"_{}\"", attempt(1).id()),
        "IssueInstant=\"2026-10-05T08:00:00Z\"",
        "Destination=\"https://idp.univ-demo.fr/idp/post?a=1&amp;b=2\"",
        "AssertionConsumerServiceURL=\"https://rivage.example/api/login/callback\"",
        ">https://rivage.example/api/login/metadata</saml:Issuer>",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
}

#[tokio::test]
async fn finds_the_declared_provider_among_others_and_only_its_role() {
    let forge = need!(Forge::new());
    let other = rsa("other.example");
    let service = metadata(IDP, &[&other]).replace("IDPSSODescriptor", "SPSSODescriptor");
    let many = entities(&format!(
        "{}{}",
        metadata("https://other.example/idp", &[&other]).replace("metadata-1", "metadata-2"),
        entities(&metadata(IDP, &[&forge.idp])).replace("\"all\"", "\"some\""),
    ));
    let login_ = login(settings(&forge.own, json!({"metadata": many, "entity_id": IDP}))).unwrap();
    assert_eq!(goes_to(&login_, now()).await.unwrap(), "idp.univ-demo.fr");
    assert!(finish(&login_, &form(&forge.response(&forge.signed())), &site(), &attempt(1), now()).await.is_ok());
    assert!(wrong(&many, None).contains("say which one with entity_id"));
    assert!(wrong(&many, Some("https://no.example")).contains("does not have the entity"));
    let one = metadata(IDP, &[&forge.idp]);
    assert!(wrong(&one, Some("https://no.example")).contains("about another entity"));
    assert!(wrong(&service, Some(IDP)).contains("no identity provider"));
    assert!(wrong(&one.replace("SAML:2.0:protocol", "SAML:1.1:protocol"), None).contains("no identity provider"));
    assert!(wrong(&one.replace("use=\"signing\"", "use=\"encryption\""), None).contains("no signing certificate"));
    assert!(wrong(&one.replace("X509Certificate>M", "X509Certificate>N"), None).contains("cannot be read"));
    assert!(wrong(&one.replace("https://idp.univ-demo.fr/idp/", "javascript:"), None).contains("neither"));
    assert!(wrong("<a/>", None).contains("no metadata"));
    assert!(wrong(&format!("<!DOCTYPE a>{one}"), None).contains("document type"));
}

#[tokio::test]
async fn believes_signed_metadata_only_where_a_signer_is_declared() {
    let forge = need!(Forge::new());
    let federation = rsa("federation.example");
    let sign = |text: &str, id: &str, signer: &Identity| {
        let at = text.find('>').unwrap() + 1;
        forge.tool.sign(
            &format!("{}{}{}", &text[..at], template(id), &text[at..]),
            "/*/*[local-name()='Signature']",
            signer,
        )
    };
    let one = metadata(IDP, &[&forge.idp]);
    let signed = sign(&one, "metadata-1", &federation);
    let all = sign(&entities(&one), "all", &federation);
    let with = |text: &str| {
        let more = json!({"metadata": text, "entity_id": IDP, "metadata_certificate": federation.certificate});
        login(settings(&forge.own, more)).map(drop).map_err(|mistakes| mistakes[0].message.clone())
    };
    assert_eq!((with(&signed), with(&all)), (Ok(()), Ok(())));
    assert!(with(&one).unwrap_err().contains("not signed"));
    assert!(with(&sign(&one, "metadata-1", &rsa("mallory.example"))).unwrap_err().contains("did not sign it"));
    assert!(with(&signed.replace("/redirect", "/evil")).unwrap_err().contains("changed after"));
    // A signed entity in an unsigned list, or beside another one of its name.
    assert!(with(&entities(&signed)).unwrap_err().contains("not signed"));
    let evil = metadata(IDP, &[&rsa("mallory.example")]).replace("metadata-1", "evil");
    assert!(with(&all.replacen("<md:EntityDescriptor", &format!("{evil}<md:EntityDescriptor"), 1)).is_err());
}

fn fetched(own: &Identity, website: &Nginx) -> Arc<dyn Login> {
    login(settings(own, json!({"metadata_url": website.url("/idp.xml"), "entity_id": IDP}))).unwrap()
}

#[tokio::test]
async fn fetches_metadata_each_hour_and_keeps_it_for_a_day_where_nobody_answers() {
    let mut website = need!(nginx(""));
    let (own, idp) = (rsa("rivage.example"), rsa("idp.univ-demo.fr"));
    website.write("www/idp.xml", metadata(IDP, &[&idp]));
    let login_ = fetched(&own, &website);
    for seconds in [0, 1, HOUR - 1] {
        goes_to(&login_, later(seconds)).await.unwrap();
    }
    assert_eq!(website.calls("/idp.xml"), 1);
    goes_to(&login_, later(HOUR)).await.unwrap();
    assert_eq!(website.calls("/idp.xml"), 2);
    website.stop();
    for seconds in [2 * HOUR, 2 * HOUR + 1, 24 * HOUR] {
        assert!(goes_to(&login_, later(seconds)).await.is_ok(), "{seconds}");
    }
    let failure = goes_to(&login_, later(25 * HOUR)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
    website.start();
    assert!(goes_to(&login_, later(25 * HOUR + 59)).await.is_err(), "it is not asked again within a minute");
    assert!(goes_to(&login_, later(25 * HOUR + 60)).await.is_ok());
}

#[tokio::test]
async fn heeds_how_long_metadata_wants_to_be_kept_and_believed() {
    let website = need!(nginx(""));
    let (own, idp) = (rsa("rivage.example"), rsa("idp.univ-demo.fr"));
    let lasting = metadata(IDP, &[&idp])
        .replace(" ID=", " cacheDuration=\"PT6H\" validUntil=\"2026-10-05T20:00:00Z\" ID=")
        .replace(
            "<md:IDPSSODescriptor",
            "<md:IDPSSODescriptor validUntil=\"2026-12-05T20:00:00Z\" cacheDuration=\"P7D\"",
        );
    website.write("www/idp.xml", &lasting);
    let login_ = fetched(&own, &website);
    for seconds in [0, 6 * HOUR - 1] {
        goes_to(&login_, later(seconds)).await.unwrap();
    }
    assert_eq!(website.calls("/idp.xml"), 1);
    goes_to(&login_, later(6 * HOUR)).await.unwrap();
    assert_eq!(website.calls("/idp.xml"), 2);
    let failure = goes_to(&login_, later(12 * HOUR)).await.unwrap_err();
    assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains("validUntil"), "{failure}");
    let given = login(settings(&own, json!({"metadata": lasting}))).unwrap();
    assert!(goes_to(&given, now()).await.is_ok() && goes_to(&given, later(12 * HOUR)).await.is_err());
}

#[tokio::test]
async fn looks_for_a_new_certificate_where_a_signature_is_by_an_unknown_key() {
    let (website, forge) = (need!(nginx("")), need!(Forge::new()));
    let old = rsa("idp.univ-demo.fr");
    website.write("www/idp.xml", metadata(IDP, &[&old]));
    let login_ = fetched(&forge.own, &website);
    let response = form(&forge.response(&forge.signed()));
    let sign_in = async |seconds: i64| finish(&login_, &response, &site(), &attempt(1), later(seconds)).await;
    assert!(failure(sign_in(0).await).message.contains("a key that is not in the provider's metadata"));
    // In a rollover, both certificates are there.
    website.write("www/idp.xml", metadata(IDP, &[&old, &forge.idp]));
    failure(sign_in(59).await);
    assert_eq!(website.calls("/idp.xml"), 1, "however many forge a signature, the provider is asked once a minute");
    assert!(sign_in(60).await.is_ok());
    assert_eq!(website.calls("/idp.xml"), 2);
}

#[tokio::test]
async fn asks_a_query_service_for_one_entity() {
    let website = need!(nginx("location /mdq/entities/ { try_files /idp.xml =404; }"));
    let (own, idp) = (rsa("rivage.example"), rsa("idp.univ-demo.fr"));
    website.write("www/idp.xml", metadata(IDP, &[&idp]));
    for base in ["/mdq", "/mdq/"] {
        let login_ = login(settings(&own, json!({"mdq": website.url(base), "entity_id": IDP}))).unwrap();
        assert_eq!(goes_to(&login_, now()).await.unwrap(), "idp.univ-demo.fr");
    }
    assert!(
        website.requests().iter().all(|line| line == "GET /mdq/entities/https%3A%2F%2Fidp.univ-demo.fr%2Fidp 200"),
        "{:?}",
        website.requests()
    );
}

#[tokio::test]
async fn metadata_does_not_come_in_the_open_from_elsewhere() {
    let own = rsa("rivage.example");
    let login_ = login(settings(&own, json!({"metadata_url": "http://192.0.2.1/idp.xml"}))).unwrap();
    let failure = goes_to(&login_, now()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Misconfigured, "{failure}");
}
