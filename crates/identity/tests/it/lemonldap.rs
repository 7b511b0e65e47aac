//! LemonLDAP::NG over a directory with SupAnn attributes, by each protocol that it speaks.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method};
use identity::{Begun, Ended, Failure, FailureKind, Login, Person, Proof, Site};
use jiff::Timestamp;
use outbound::Request;
use serde_json::{Value, json};
use settings::Secret;
use testbed::{Applications, LemonLdap, PEOPLE, Slapd, need};
use url::Url;

use crate::visit::{Campus, Visit, context, login, proved};

/// Of the directory: a student's two enrolments, of two schools.
const ENROLMENTS: [&str; 2] = ["[etape={UAI:0751717J}L3INFO-101]", "[etape={UAI:0753364Z}L1MUS-1]"];

/// The portal, and the directory that it needs.
fn start(applications: impl FnOnce(&str) -> Applications) -> Option<(LemonLdap, Slapd)> {
    let directory = testbed::slapd(PEOPLE)?;
    Some((testbed::lemonldap(&directory, applications)?, directory))
}

/// Aline Dupont, a student, and Basile Martín, a teacher, as the claims that nobody declared make them.
async fn assert_people(site: &Site, login: &Arc<dyn Login>, users: [&str; 2]) {
    let Person { user, name, groups, affiliations, .. } = Visit::new(site, Arc::clone(login), 2).person().await;
    assert_eq!((user.as_str(), name.as_deref()), (users[0], Some("Aline Dupont")));
    assert_eq!(groups, ["cn=l3-info,ou=groups,dc=univ-demo,dc=fr"]);
    assert_eq!(affiliations, ["member", "student"]);
    let teacher = Visit::new(site, Arc::clone(login), 3).of("bmartin").person().await;
    assert_eq!((teacher.user.as_str(), teacher.name.as_deref()), (users[1], Some("Basile Martín")));
    assert_eq!((teacher.groups, teacher.affiliations), (vec![], vec!["faculty".to_owned(), "member".to_owned()]));
}

/// Every enrolment has to arrive, as the directory has it.
fn assert_enrolments(claim: &Value) {
    let Some(values) = claim.as_array() else { panic!("a list: {claim}") };
    assert_eq!(values.len(), ENROLMENTS.len(), "{claim}");
    for part in ENROLMENTS {
        assert!(values.iter().filter_map(Value::as_str).any(|value| value.contains(part)), "{part}: {claim}");
    }
}

#[track_caller]
fn refused(outcome: Result<Proof, Failure>, message: &str) {
    let Err(failure) = outcome else { panic!("this must be refused: {message}") };
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
    assert!(failure.message.contains(message) && !failure.message.contains("adupont"), "{failure}");
}

#[tokio::test]
async fn signs_in_by_cas_and_learns_who_signed_out_at_the_portal() {
    let (mut rivage, lagune) = (Campus::start().await, Campus::start().await);
    let services = [&rivage, &lagune].map(|campus| campus.site.at(Site::CALLBACK).to_string()).join(" ");
    let (portal, _directory) = need!(start(|_| Applications { service: services, ..Applications::default() }));
    let cas = login("cas", json!({"url": portal.url("cas")}));
    let found = cas.probe(&rivage.site, Timestamp::now()).await.unwrap();
    assert!(found[1].ends_with("/api/login/callback") && found[1].contains(" knows "), "{found:?}");

    let mut visit = Visit::new(&rivage.site, Arc::clone(&cas), 1);
    let given = visit.come_back().await;
    let proof = proved(visit.finish(&given).await);
    assert_eq!(proof.claims["supannEtuId"], "22204518");
    assert_enrolments(&proof.claims["supannEtuInscription"]);
    refused(visit.finish(&given).await, "start again");

    // A ticket is for the campus that it was given for.
    let given = visit.come_back().await;
    refused(visit.finish_at(&lagune.site, &given).await, "gave this ticket for another");

    // The person signs out at the portal, which tells each of its applications before it answers.
    let end = visit.open(&portal.url("?logout=1")).await;
    assert!(end.message.contains("shows no form"), "{end}");
    let mut ended = Vec::new();
    while let Ok(form) = rivage.notices.try_recv() {
        ended.push(cas.notice(&rivage.site, &form, Timestamp::now()).await.unwrap());
    }
    assert!(ended.contains(&proof.session.map(Ended::Session)), "{} notices", ended.len());

    assert_people(&rivage.site, &cas, ["adupont", "bmartin"]).await;
}

#[tokio::test]
async fn signs_in_by_saml_encrypted_or_not_by_redirect_and_post() {
    let [rivage, lagune] = ["https://rivage.example", "https://lagune.example"].map(site);
    let own = testbed::rsa("rivage.example");
    let saml = |provider: (&str, &str)| {
        login("saml", json!({"certificate": own.certificate, "key": own.key, provider.0: provider.1}))
    };
    let ours = saml(("metadata_url", "https://unused.example"));
    let [plain, encrypted] = [&rivage, &lagune].map(|site| ours.metadata(site).unwrap().unwrap());
    let (portal, _directory) = need!(start(|_| Applications { metadata: plain, encrypted, ..Applications::default() }));
    let redirect = saml(("metadata_url", &portal.url("saml/metadata")));

    let mut visit = Visit::new(&rivage, Arc::clone(&redirect), 1);
    let given = visit.come_back().await;
    refused(visit.finish_at(&lagune, &given).await, "for another address");
    let proof = proved(visit.finish(&given).await);
    assert_eq!((&proof.claims["supannEtuId"], proof.session.is_some()), (&json!("22204518"), true));
    assert_enrolments(&proof.claims["supannEtuInscription"]);
    refused(visit.finish(&given).await, "used before");
    assert_people(&rivage, &redirect, ["adupont@univ-demo.fr", "bmartin"]).await;

    // Lasso 2.8 encrypts with AES-128-CBC and RSA-OAEP, within a response that it signs.
    let mut visit = Visit::new(&lagune, Arc::clone(&redirect), 1);
    let given = visit.come_back().await;
    let response = String::from_utf8(STANDARD.decode(&given.form["SAMLResponse"]).unwrap()).unwrap();
    assert!(response.contains("xmlenc#aes128-cbc") && response.contains("xmlenc#rsa-oaep-mgf1p"), "{response}");
    assert!(!response.contains("22204518"), "{response}");
    assert_eq!(proved(visit.finish(&given).await).claims["supannEtuId"], "22204518");
    assert_people(&lagune, &redirect, ["adupont@univ-demo.fr", "bmartin"]).await;

    // Where its metadata offers POST alone.
    let metadata = text(&portal.url("saml/metadata")).await;
    let post = saml(("metadata", &metadata.replace("bindings:HTTP-Redirect", "bindings:PAOS")));
    let mut visit = Visit::new(&rivage, Arc::clone(&post), 4);
    let begun = post.begin(&rivage, &visit.attempt, Timestamp::now()).await.unwrap();
    let Begun::Post(to, mut fields) = begun else { panic!("a form") };
    assert_eq!(visit.sign_in().await.claims["supannEtuId"], "22204518");
    // It checks our signature.
    let request = String::from_utf8(STANDARD.decode(&fields[0].1).unwrap()).unwrap();
    fields[0].1 = STANDARD.encode(request.replace("AllowCreate=\"true\"", "AllowCreate=\"false\""));
    let mut visit = Visit::new(&rivage, post, 5);
    let outcome = visit.browser.sign_in(Begun::Post(to, fields), &rivage, "adupont", &Secret::new("demo")).await;
    assert!(outcome.is_err(), "a request that was changed");
}

#[tokio::test]
async fn signs_in_renews_and_signs_out_by_openid_connect() {
    let campus = Campus::start().await;
    let (portal, _directory) = need!(start(|_| Applications {
        redirect: campus.site.at(Site::CALLBACK).to_string(),
        signed_out: campus.site.origin().to_string(),
        ..Applications::default()
    }));
    let settings = json!({
        "issuer": portal.url(""), "client_id": LemonLdap::CLIENT, "client_secret": LemonLdap::CLIENT_SECRET,
        "provider": "lemonldap", "refresh": true,
    });
    let openid = login("oidc", settings);
    openid.probe(&campus.site, Timestamp::now()).await.unwrap();

    let mut visit = Visit::new(&campus.site, Arc::clone(&openid), 1);
    let given = visit.come_back().await;
    let proof = proved(visit.finish(&given).await);
    assert_eq!((&proof.claims["sub"], &proof.claims["supannEtuId"]), (&json!("adupont"), &json!("22204518")));
    assert_enrolments(&proof.claims["supannEtuInscription"]);
    refused(visit.finish(&given).await, "");

    let renewed = proved(openid.renew(&proof.tokens, Timestamp::now()).await.map(Option::unwrap));
    assert!(renewed.tokens.access != proof.tokens.access);
    assert_eq!(renewed.claims["supannEtuId"], "22204518");
    visit.sign_out(&renewed).await;

    assert_people(&campus.site, &openid, ["adupont", "bmartin"]).await;
}

fn site(origin: &str) -> Site {
    Site::new(&Url::parse(origin).unwrap()).unwrap()
}

async fn text(url: &str) -> String {
    let context = context();
    let request =
        Request { method: Method::GET, url: Url::parse(url).unwrap(), headers: HeaderMap::new(), body: Bytes::new() };
    let response = context.outbound.client(context.rules).send(request).await.unwrap();
    String::from_utf8(response.body.to_vec()).unwrap()
}
