//! CAS against django-cas-server.

mod called;

use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use identity::{
    Answer, Attempt, Begun, Chance, Context, Ended, Failure, FailureKind, Form, Login, Proof, Rehearsal, Site, Tokens,
};
use jiff::Timestamp;
use outbound::{Outbound, Request, Rules};
use serde_json::{Value, json};
use settings::Secret;
use testbed::{DjangoCas, Nginx, need};
use url::Url;

use self::called::listen;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn rules() -> Rules {
    Rules {
        private: vec!["127.0.0.0/8".parse().unwrap()],
        first_byte_timeout: Duration::from_secs(30),
        ..Rules::default()
    }
}

fn outbound() -> Outbound {
    Outbound::new(&[]).unwrap()
}

fn login(url: &str, settings: Value) -> Arc<dyn Login> {
    let mut settings = settings;
    settings["url"] = url.into();
    let context = Context { campus: "rivage".to_owned(), outbound: outbound(), rules: rules() };
    identity::find("cas").unwrap().login(settings, &context).ok().unwrap()
}

fn site(origin: &str) -> Site {
    Site::new(&Url::parse(origin).unwrap()).unwrap()
}

fn attempt(number: u8) -> Attempt {
    Attempt::new(&(Arc::new(move |bytes: &mut [u8]| bytes.fill(number)) as Chance), NOW)
}

/// A person with a browser.
struct Visitor {
    browser: Rehearsal,
    user: &'static str,
}

impl Visitor {
    fn new(user: &'static str) -> Self {
        Self { browser: Rehearsal::new(&outbound(), rules()), user }
    }

    /// What the browser brings back.
    async fn sign_in(&mut self, login: &dyn Login, site: &Site, attempt: &Attempt) -> Form {
        let begun = login.begin(site, attempt, NOW).await.unwrap();
        let given = self.browser.sign_in(begun, site, self.user, &Secret::new("demo")).await;
        given.unwrap_or_else(|failure| panic!("{failure}")).query
    }
}

async fn finish(login: &dyn Login, site: &Site, attempt: Option<&Attempt>, query: &Form) -> Result<Proof, Failure> {
    let (nothing, now) = (Form::new(), NOW);
    // A native app posts what it has.
    let (query, form) = if attempt.is_some() { (query, &nothing) } else { (&nothing, query) };
    login.finish(&Answer { site, attempt, query, form, peer: None, now }).await
}

#[track_caller]
fn refused(outcome: Result<Proof, Failure>, kind: FailureKind) -> String {
    let failure = outcome.err().expect("a refusal");
    assert_eq!(failure.kind, kind, "{failure}");
    assert!(!failure.message.contains("ST-") && !failure.message.contains("adupont"), "{failure}");
    failure.message
}

#[tokio::test]
async fn signs_in_with_attributes_and_takes_a_ticket_once() {
    let server = need!(testbed::django_cas());
    let (rivage, attempt) = (site("http://rivage.localhost:8080"), attempt(1));
    let here = login(&server.url(), json!({}));
    let query = Visitor::new("adupont").sign_in(&*here, &rivage, &attempt).await;
    assert_eq!(query["state"], attempt.id());
    let Ok(proof) = finish(&*here, &rivage, Some(&attempt), &query).await else { panic!("no proof") };
    assert_eq!(proof.session.as_ref(), Some(&query["ticket"]));
    assert!(proof.tokens == Tokens::default());
    let claims = Value::Object(proof.claims);
    assert_eq!(claims["user"], "adupont");
    assert_eq!(claims["displayName"], "Aline Dupont");
    assert_eq!(claims["memberOf"], json!(["cn=l3-info,ou=groups", "cn=R & D <\"labo\">,ou=groups"]));
    assert_eq!(claims["eduPersonAffiliation"], json!(["student", "member"]));
    // Here, and in a process that has not seen it.
    for login in [here, login(&server.url(), json!({}))] {
        refused(finish(&*login, &rivage, Some(&attempt), &query).await, FailureKind::Invalid);
    }
}

#[tokio::test]
async fn a_ticket_holds_for_its_own_campus_and_browser_only() {
    let server = need!(testbed::django_cas());
    let (rivage, plateau) = (site("http://rivage.localhost:8080"), site("http://plateau.localhost:8080"));
    let (mine, other) = (attempt(1), attempt(2));
    let login = login(&server.url(), json!({ "rest": true }));
    let mut visitor = Visitor::new("adupont");
    for (site, attempt) in [(&plateau, Some(&mine)), (&rivage, Some(&other)), (&rivage, None)] {
        let query = visitor.sign_in(&*login, &rivage, &mine).await;
        let message = refused(finish(&*login, site, attempt, &query).await, FailureKind::Invalid);
        assert!(message.contains("another sign-in or service"), "{message}");
        // It is spent: who stole it cannot come back with the right one.
        refused(finish(&*login, &rivage, Some(&mine), &query).await, FailureKind::Invalid);
    }
    let query = visitor.sign_in(&*login, &plateau, &other).await;
    assert!(finish(&*login, &plateau, Some(&other), &query).await.is_ok());
}

#[tokio::test]
async fn speaks_the_older_protocol_and_asks_for_the_password_again() {
    let server = need!(testbed::django_cas());
    let (rivage, attempt) = (site("http://rivage.localhost:8080"), attempt(1));
    let (older, strict) =
        (login(&server.url(), json!({ "version": 2 })), login(&server.url(), json!({ "renew": true })));
    let mut visitor = Visitor::new("bmartin");
    let query = visitor.sign_in(&*older, &rivage, &attempt).await;
    assert!(
        finish(&*older, &rivage, Some(&attempt), &query).await.is_ok_and(|proof| proof.claims["user"] == "bmartin")
    );
    let query = visitor.sign_in(&*older, &rivage, &attempt).await;
    refused(finish(&*strict, &rivage, Some(&attempt), &query).await, FailureKind::Invalid);
    let query = visitor.sign_in(&*strict, &rivage, &attempt).await;
    assert!(finish(&*strict, &rivage, Some(&attempt), &query).await.is_ok());
}

#[tokio::test]
async fn gets_proxy_tickets_through_a_callback_with_tls() {
    let server = need!(testbed::django_cas());
    let login = login(&server.url(), json!({ "proxy": true }));
    let left = Arc::new(OnceLock::<Arc<dyn Login>>::new());
    let callback = {
        let left = Arc::clone(&left);
        let identity = server.authority().identity(&["127.0.0.1"]);
        listen(Some(&identity), move |query, _| {
            left.get().into_iter().for_each(|login| login.leave_ticket(&query, NOW));
        })
    };
    let (rivage, attempt) = (site(&format!("https://{callback}")), attempt(1));
    let mut visitor = Visitor::new("adupont");

    // Nobody picks up what was left in another process.
    let query = visitor.sign_in(&*login, &rivage, &attempt).await;
    let message = refused(finish(&*login, &rivage, Some(&attempt), &query).await, FailureKind::Misconfigured);
    assert!(message.contains("not in this process: proxy_callback"), "{message}");

    left.set(Arc::clone(&login)).ok().unwrap();
    let query = visitor.sign_in(&*login, &rivage, &attempt).await;
    let Ok(proof) = finish(&*login, &rivage, Some(&attempt), &query).await else { panic!("no proof") };
    assert!(proof.tokens.granting.as_ref().is_some_and(|ticket| ticket.starts_with("PGT-")));

    let target = Url::parse("http://ent.localhost/api/grades").unwrap();
    let ticket = login.proxy_ticket(&proof.tokens, &target).await.unwrap();
    let question = format!("{}/p3/proxyValidate?service={target}&ticket={}", server.url(), ticket.expose());
    let answer = ask(Method::GET, &question, &[]).await;
    let text = String::from_utf8_lossy(&answer.body);
    assert!(text.contains("<cas:user>adupont</cas:user>") && text.contains("/api/login/proxy</cas:proxy>"), "{text}");

    let undeclared = login.proxy_ticket(&proof.tokens, &Url::parse("https://elsewhere.example/").unwrap()).await;
    let failure = undeclared.err().unwrap();
    assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains("elsewhere.example"), "{failure}");
    let over = Tokens { granting: Some("PGT-over".to_owned()), ..Tokens::default() };
    assert_eq!(login.proxy_ticket(&over, &target).await.err().unwrap().kind, FailureKind::Denied);
}

#[tokio::test]
async fn says_when_the_server_cannot_leave_a_proxy_granting_ticket() {
    let server = need!(testbed::django_cas());
    let attempt = attempt(1);
    // An authority that the server does not trust, and an address that is not declared there.
    let stranger = testbed::Authority::new().identity(&["127.0.0.1"]);
    let callback = listen(Some(&stranger), |_, _| {});
    for settings in
        [json!({ "proxy": true }), json!({ "proxy": true, "proxy_callback": "https://elsewhere.example/api/" })]
    {
        let (login, rivage) = (login(&server.url(), settings), site(&format!("https://{callback}")));
        let query = Visitor::new("adupont").sign_in(&*login, &rivage, &attempt).await;
        let message = refused(finish(&*login, &rivage, Some(&attempt), &query).await, FailureKind::Misconfigured);
        assert!(message.contains("allow that address there"), "{message}");
    }
}

#[tokio::test]
async fn learns_from_the_server_that_somebody_signed_out() {
    let server = need!(testbed::django_cas());
    let login = login(&server.url(), json!({}));
    let (sender, notices) = mpsc::channel();
    let callback = listen(None, move |query, form| {
        if !form.is_empty() {
            sender.send((query, form)).unwrap();
        }
    });
    let (rivage, attempt) = (site(&format!("http://{callback}")), attempt(1));
    let mut visitor = Visitor::new("adupont");
    let query = visitor.sign_in(&*login, &rivage, &attempt).await;
    let Ok(proof) = finish(&*login, &rivage, Some(&attempt), &query).await else { panic!("no proof") };

    let out = login.sign_out(&rivage, &proof.tokens, NOW).await.unwrap().unwrap();
    assert!(out.as_str().starts_with(&format!("{}/logout?service=http", server.url())));
    // It ends at the campus's first page, which shows no form.
    let end = visitor.browser.sign_in(Begun::Redirect(out), &rivage, "adupont", &Secret::new("demo")).await;
    assert!(end.is_err() && visitor.browser.history().last().unwrap().contains(&callback.to_string()));

    let (at, notice) = notices.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(at["state"], attempt.id());
    assert!(login.notice(&rivage, &notice, NOW).await.unwrap() == proof.session.map(Ended::Session));
}

#[tokio::test]
async fn takes_the_ticket_that_a_phone_got_by_the_rest_protocol() {
    let server = need!(testbed::django_cas());
    let rivage = site("http://rivage.localhost:8080");
    let phones = login(&server.url(), json!({ "rest": true }));
    let facts = phones.native();
    let (tickets, path) = (facts["cas_rest"].as_str().unwrap(), facts["service"].as_str().unwrap());
    let service = rivage.at(path);

    let wrong = ask(Method::POST, tickets, &[("username", "adupont"), ("password", "mark")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let granting = ask(Method::POST, tickets, &[("username", "adupont"), ("password", "demo")]).await;
    assert_eq!(granting.status, StatusCode::CREATED);
    let granting = granting.headers[LOCATION].to_str().unwrap().to_owned();
    let ticket = async || {
        let answer = ask(Method::POST, &granting, &[("service", service.as_str())]).await;
        Form::from([("ticket".to_owned(), String::from_utf8(answer.body.to_vec()).unwrap())])
    };
    assert!(
        finish(&*phones, &rivage, None, &ticket().await).await.is_ok_and(|proof| proof.claims["user"] == "adupont")
    );

    // At another campus, for a browser's attempt, and where the school does not want it.
    let given = ticket().await;
    refused(finish(&*phones, &site("http://plateau.localhost:8080"), None, &given).await, FailureKind::Invalid);
    refused(finish(&*phones, &rivage, Some(&attempt(1)), &ticket().await).await, FailureKind::Invalid);
    let browsers = login(&server.url(), json!({}));
    let given = ticket().await;
    refused(finish(&*browsers, &rivage, None, &given).await, FailureKind::Invalid);
    assert!(finish(&*phones, &rivage, None, &given).await.is_ok(), "it was not even asked about");
}

/// A server that answers every question about tickets with what was written last.
fn parrot() -> Option<(Nginx, Arc<dyn Login>)> {
    let server = testbed::nginx(
        "location /cas/p3/ { alias www/; types {} default_type 'application/soap+xml; charset=iso-8859-1'; }
         location /cas/serviceValidate { return 503; }",
    )?;
    let login = login(&server.url("/cas"), json!({}));
    Some((server, login))
}

fn ticket(text: &str) -> Form {
    Form::from([("ticket".to_owned(), text.to_owned())])
}

#[tokio::test]
async fn takes_no_ticket_twice_even_where_the_server_would() {
    let (server, login) = need!(parrot());
    let (rivage, attempt) = (site("http://rivage.localhost:8080"), attempt(1));
    let answer = "<serviceResponse xmlns='http://www.yale.edu/tp/cas'><authenticationSuccess><user>adupont</user>
        <attributes><cn>Beno\u{ee}t & \u{c9}lo\u{ef}se</cn></attributes></authenticationSuccess></serviceResponse>";
    server.write("www/serviceValidate", answer.chars().map(|c| c as u8).collect::<Vec<_>>());
    let Ok(proof) = finish(&*login, &rivage, Some(&attempt), &ticket("ST-1")).await else { panic!("no proof") };
    assert_eq!(proof.claims["cn"], "Benoît & Éloïse");
    let message = refused(finish(&*login, &rivage, Some(&attempt), &ticket("ST-1")).await, FailureKind::Invalid);
    assert!(message.contains("used here before"), "{message}");
    assert!(finish(&*login, &rivage, Some(&attempt), &ticket("ST-2")).await.is_ok());
}

#[tokio::test]
async fn says_whose_fault_a_refusal_is_without_repeating_it() {
    let (server, login) = need!(parrot());
    let (rivage, attempt) = (site("http://rivage.localhost:8080"), attempt(1));
    let failure = |code: &str| {
        format!(
            "<a:serviceResponse xmlns:a='http://www.yale.edu/tp/cas'><a:authenticationFailure code='{code}'>
            ST-1 of adupont</a:authenticationFailure></a:serviceResponse>"
        )
    };
    for (answer, kind, remedy) in [
        (failure("INVALID_TICKET"), FailureKind::Invalid, "start again"),
        (failure("INVALID_TICKET_SPEC"), FailureKind::Invalid, "start again"),
        (failure("INVALID_SERVICE"), FailureKind::Invalid, "start again"),
        (
            failure("UNAUTHORIZED_SERVICE"),
            FailureKind::Misconfigured,
            "declare http://rivage.localhost:8080/api/login/",
        ),
        (failure("UNAUTHORIZED_USER"), FailureKind::Denied, "does not let this person"),
        (failure("INTERNAL_ERROR"), FailureKind::Unavailable, "a fault of its own"),
        (failure("NEVER_SEEN"), FailureKind::Misconfigured, "NEVER_SEEN"),
        (failure("ST-1 of adupont"), FailureKind::Misconfigured, "without a code"),
        ("<!DOCTYPE html><p>ST-1 of adupont".to_owned(), FailureKind::Misconfigured, "`url`"),
        ("ST-1 of adupont".to_owned(), FailureKind::Misconfigured, "`url`"),
        ("a".repeat(300 << 10), FailureKind::Misconfigured, "more than 256 KiB"),
    ] {
        server.write("www/serviceValidate", answer);
        let message = refused(finish(&*login, &rivage, Some(&attempt), &ticket("ST-1")).await, kind);
        assert!(message.contains(&server.address().to_string()) && message.contains(remedy), "{message}");
    }
    let older = self::login(&server.url("/cas"), json!({ "version": 2 }));
    refused(finish(&*older, &rivage, Some(&attempt), &ticket("ST-1")).await, FailureKind::Unavailable);
}

#[tokio::test]
async fn a_probe_finds_what_is_there_and_what_is_missing() {
    let server = need!(testbed::django_cas());
    let probe = async |url: &str, settings: Value, origin: &str| login(url, settings).probe(&site(origin), NOW).await;
    let declared = "http://rivage.localhost:8080";
    let found = probe(&server.url(), json!({}), declared).await.unwrap();
    assert!(found[1].ends_with("knows http://rivage.localhost:8080/api/login/callback"), "{found:?}");
    let found = probe(&server.url(), json!({}), "https://undeclared.example").await.unwrap();
    assert!(found[1].contains("declare it there"), "{found:?}");

    let elsewhere = server.url().replace("/cas", "/elsewhere");
    let failure = probe(&elsewhere, json!({}), declared).await.unwrap_err();
    assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains("answers 404"), "{failure}");
    // A campus without TLS cannot be left tickets.
    let failure = probe(&server.url(), json!({ "proxy": true }), "http://app.univ.example").await.unwrap_err();
    assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains("https only"), "{failure}");

    let url = server.url();
    drop::<DjangoCas>(server);
    assert_eq!(probe(&url, json!({}), declared).await.unwrap_err().kind, FailureKind::Unavailable);
}

async fn ask(method: Method, url: &str, form: &[(&str, &str)]) -> outbound::Response {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))]);
    let request = Request { method, url: Url::parse(url).unwrap(), headers, body: Bytes::from(body) };
    outbound().client(rules()).send(request).await.unwrap()
}
