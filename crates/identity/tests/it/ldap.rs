//! `ldap` against OpenLDAP.

mod hostile;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use identity::{Answer, Claims, Context, DeclaredClaims, Failure, FailureKind, Login, Person, Proof, Site};
use jiff::{SignedDuration, Timestamp};
use outbound::{Outbound, Rules};
use serde_json::{Map, Value, json};
use testbed::Slapd;
use url::Url;

fn context(authorities: &[Vec<u8>]) -> Context {
    let private = ["127.0.0.0/8", "::1/128"].map(|range| range.parse().unwrap()).to_vec();
    let rules = Rules { private, ..Rules::default() };
    Context { campus: "rivage".to_owned(), outbound: Outbound::new(authorities).unwrap(), rules }
}

fn login(mut settings: Value, context: &Context) -> Arc<dyn Login> {
    let settings = settings.as_object_mut().unwrap();
    settings.entry("base").or_insert_with(|| Slapd::BASE.into());
    if settings["base"].is_null() {
        settings.remove("base");
    }
    let login = identity::find("ldap").unwrap().login(Value::Object(std::mem::take(settings)), context);
    login.unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// As a school would declare it: LDAPS, and an account that searches.
fn declared(slapd: &Slapd) -> Value {
    let url = format!("ldaps://localhost:{}", slapd.tls_address().port());
    json!({ "url": url, "bind_dn": Slapd::READER, "bind_password": Slapd::READER_PASSWORD })
}

fn trusting(slapd: &Slapd) -> Context {
    context(&[slapd.authority().as_bytes().to_vec()])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

async fn try_from(login: &dyn Login, user: &str, password: &str, peer: &str, now: Timestamp) -> Result<Proof, Failure> {
    let site = Site::new(&Url::parse("https://rivage.example/").unwrap()).unwrap();
    let (query, form) = (BTreeMap::new(), [("user", user), ("password", password)]);
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let peer: IpAddr = peer.parse().unwrap();
    login.finish(&Answer { site: &site, attempt: None, query: &query, form: &form, peer: Some(peer), now }).await
}

async fn sign_in(login: &dyn Login, user: &str, password: &str) -> Result<Proof, Failure> {
    try_from(login, user, password, "192.0.2.1", at(0)).await
}

fn claims(outcome: Result<Proof, Failure>) -> Map<String, Value> {
    outcome.unwrap_or_else(|failure| panic!("{failure}")).claims
}

/// The failure, in which neither who it was nor what they typed shows.
fn failure(outcome: Result<Proof, Failure>, kind: FailureKind) -> String {
    let failure = outcome.err().expect("a failure");
    assert_eq!(failure.kind, kind, "{failure}");
    for mark in ["adupont", "Aline", "guess", Slapd::READER_PASSWORD] {
        assert!(!failure.message.contains(mark), "{failure}");
    }
    failure.message
}

fn person(login: &dyn Login, claims: &Map<String, Value>) -> Person {
    let scope = jq::Scope { zone: jiff::tz::TimeZone::UTC, tables: BTreeMap::new() };
    let compiled = Claims::compile(&DeclaredClaims::default(), login.default_claims(), &scope).unwrap();
    compiled.person(claims).unwrap()
}

#[tokio::test]
async fn a_student_with_two_enrolments_signs_in_over_ldaps() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let login = login(declared(&slapd), &trusting(&slapd));
    let claims = claims(sign_in(&*login, " ADupont ", "demo").await);
    assert_eq!(claims["dn"], "uid=adupont,ou=people,dc=univ-demo,dc=fr");
    assert_eq!(claims["supannEtablissement"], "{UAI}0751717J");
    assert_eq!(claims["parsed"]["supannEtablissement"], json!(["0751717J"]));
    assert_eq!(claims["supannEtuInscription"].as_array().map(Vec::len), Some(2));
    let enrolments = &claims["parsed"]["supannEtuInscription"];
    assert_eq!((&enrolments[0]["etape"], &enrolments[0]["etab"]), (&json!("L3INFO-101"), &json!("0751717J")));
    assert_eq!((&enrolments[1]["etape"], &enrolments[1]["etab"]), (&json!("L1MUS-1"), &json!("0753364Z")));
    assert!(!claims.contains_key("userPassword") && !claims.contains_key("jpegPhoto"));

    let person = person(&*login, &claims);
    assert_eq!((person.user.as_str(), person.name.as_deref()), ("22204518", Some("Aline Dupont")));
    assert_eq!(person.affiliations, ["member", "student"]);
    assert_eq!(person.groups, ["cn=l3-info,ou=groups,dc=univ-demo,dc=fr"]);
}

#[tokio::test]
async fn a_teacher_signs_in_after_start_tls_and_reads_their_own_entry() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let declared = json!({
        "url": format!("ldap://localhost:{}", slapd.address().port()), "start_tls": true,
        "base": null, "user_dn": "uid={user},ou=people,dc=univ-demo,dc=fr",
        "read_attributes": ["UID", "displayname", "supannEmpProfil", "jpegPhoto"],
    });
    let login = login(declared, &trusting(&slapd));
    let claims = claims(sign_in(&*login, "bmartin", "demo").await);
    assert_eq!((&claims["UID"], &claims["displayname"]), (&json!("bmartin"), &json!("Basile Martín")));
    assert_eq!(claims["parsed"]["supannEmpProfil"][0]["corps"], "300");
    assert!(slapd.log().contains("STARTTLS") && !claims.contains_key("mail"));
    failure(sign_in(&*login, "adupont", "guess").await, FailureKind::Denied);
    failure(sign_in(&*login, "adupont,ou=people", "demo").await, FailureKind::Denied);
    failure(sign_in(&*login, "nobody", "demo").await, FailureKind::Denied);
}

#[tokio::test]
async fn trusts_no_other_authority_and_says_so() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let stranger = context(&[testbed::Authority::new().pem().as_bytes().to_vec()]);
    let start_tls = json!({ "url": format!("ldap://localhost:{}", slapd.address().port()), "start_tls": true });
    for settings in [declared(&slapd), start_tls] {
        let outcome = sign_in(&*login(settings, &stranger), "adupont", "demo").await;
        let text = failure(outcome, FailureKind::Unavailable);
        assert!(text.contains("an authority that is not trusted"), "{text}");
    }
    let other_name = declared(&slapd)["url"].as_str().unwrap().replace("localhost", "127.0.0.1");
    let outcome = sign_in(&*login(json!({ "url": other_name }), &trusting(&slapd)), "adupont", "demo").await;
    assert!(failure(outcome, FailureKind::Unavailable).contains("of another name"));
    assert_eq!(slapd.binds(""), 0, "nothing was said before the certificate was checked");
}

#[tokio::test]
async fn speaks_plain_ldap_on_this_machine_only_and_where_the_operator_opened_it() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let plain = json!({
        "url": format!("ldap://127.0.0.1:{}", slapd.address().port()),
        "bind_dn": Slapd::READER, "bind_password": Slapd::READER_PASSWORD,
    });
    claims(sign_in(&*login(plain.clone(), &trusting(&slapd)), "adupont", "demo").await);
    let closed = Context { rules: Rules::default(), ..trusting(&slapd) };
    let text = failure(sign_in(&*login(plain, &closed), "adupont", "demo").await, FailureKind::Misconfigured);
    assert!(text.contains("[outbound.private]"), "{text}");
}

#[tokio::test]
async fn says_the_same_to_a_stranger_as_to_a_wrong_password() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let login = login(declared(&slapd), &trusting(&slapd));
    let wrong = failure(sign_in(&*login, "adupont", "guess").await, FailureKind::Denied);
    let binds = slapd.binds("");
    assert_eq!(failure(sign_in(&*login, "guess", "demo").await, FailureKind::Denied), wrong);
    assert_eq!(slapd.binds("") - binds, 2, "the account's, and one for nobody");
    failure(sign_in(&*login, "adupont", "").await, FailureKind::Denied);
    assert_eq!(slapd.binds("") - binds, 2, "an empty password never reaches the directory");
}

#[tokio::test]
async fn a_name_is_a_name_and_no_part_of_a_filter() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let login = login(declared(&slapd), &trusting(&slapd));
    for name in ["*)(uid=*", "adupont)(uid=*", "*", "a*", "adupont\\", "\\2a", "(|(uid=*))", "é)(&"] {
        failure(sign_in(&*login, name, "demo").await, FailureKind::Denied);
    }
}

#[tokio::test]
async fn refuses_a_name_that_two_people_have() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let login = login(declared(&slapd), &trusting(&slapd));
    let text = failure(sign_in(&*login, "homonyme", "demo").await, FailureKind::Misconfigured);
    assert!(text.contains("several people"), "{text}");
}

#[tokio::test]
async fn tells_a_person_that_their_account_is_locked() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let login = login(declared(&slapd), &trusting(&slapd));
    assert!(failure(sign_in(&*login, "clocked", "demo").await, FailureKind::Denied).contains("is locked"));
}

#[tokio::test]
async fn after_five_wrong_passwords_the_directory_is_not_asked_any_more() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let mut settings = declared(&slapd);
    settings["filter"] = "(|(uid={user})(mail={user}))".into();
    let login = login(settings, &trusting(&slapd));
    let guess = async |user, peer, seconds| try_from(&*login, user, "guess", peer, at(seconds)).await;
    for peer in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"] {
        failure(guess("adupont", peer, 0).await, FailureKind::Denied);
    }
    let (asked, bound) = (slapd.binds(""), slapd.binds("uid=adupont"));
    assert_eq!(bound, 5);
    let refused = guess("ADUPONT", "192.0.2.9", 0).await.err().unwrap();
    assert_eq!((refused.kind, refused.retry_after.map(|wait| wait.as_secs())), (FailureKind::TooMany, Some(60)));
    assert_eq!(slapd.binds(""), asked, "not even the account that searches has bound");
    failure(guess("aline.dupont@etu.univ-demo.fr", "192.0.2.9", 0).await, FailureKind::TooMany);
    failure(try_from(&*login, "adupont", "demo", "192.0.2.9", at(59)).await, FailureKind::TooMany);
    assert_eq!(slapd.binds("uid=adupont"), bound, "nor as the person by another name");

    claims(try_from(&*login, "bmartin", "demo", "192.0.2.9", at(0)).await);
    for _ in 0..9 {
        claims(try_from(&*login, "adupont", "demo", "192.0.2.9", at(60)).await);
    }
}

#[tokio::test]
async fn one_source_guesses_thirty_times_and_then_waits() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let login = login(declared(&slapd), &trusting(&slapd));
    for number in 0..30 {
        let user = format!("guess{number}");
        failure(try_from(&*login, &user, "guess", "2001:db8::1", at(0)).await, FailureKind::Denied);
    }
    let refused = try_from(&*login, "adupont", "guess", "2001:db8::2", at(0)).await.err().unwrap();
    assert_eq!((refused.kind, refused.retry_after.map(|wait| wait.as_secs())), (FailureKind::TooMany, Some(10)));
    claims(try_from(&*login, "adupont", "demo", "2001:db8:0:1::1", at(0)).await);
}

#[tokio::test]
async fn tells_staff_what_is_wrong_with_their_declaration() {
    let slapd = testbed::need!(testbed::slapd(testbed::PEOPLE));
    let (context, site) = (trusting(&slapd), Site::new(&Url::parse("https://rivage.example/").unwrap()).unwrap());
    let probe = async |changes: Value| {
        let mut settings = declared(&slapd);
        settings.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        settings.as_object_mut().unwrap().retain(|key, value| key == "base" || !value.is_null());
        login(settings, &context).probe(&site, at(0)).await
    };
    let found = probe(json!({})).await.unwrap();
    assert!(found[0].contains("over TLS") && found[1].contains("`base` is there"), "{found:?}");
    let place =
        json!({"base": null, "bind_dn": null, "bind_password": null, "user_dn": "uid={user},dc=univ-demo,dc=fr"});
    assert_eq!(probe(place).await.unwrap().len(), 2);
    for (changes, word) in [
        (json!({"bind_password": "guess"}), "`bind_password`"),
        (json!({"base": "dc=elsewhere,dc=fr"}), "`base`"),
        (json!({"bind_dn": null, "bind_password": null}), "`bind_dn`"),
    ] {
        let failure = probe(changes).await.unwrap_err();
        assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains(word), "{failure}");
    }
}
