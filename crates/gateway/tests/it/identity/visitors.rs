//! Those who ask: phones that carry a session, browsers that keep cookies, apps that prove their key; and a CAS server
//! made of files.

use std::cell::RefCell;
use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use identity::{Person, Proof, Session, Tokens};
use jiff::SignedDuration;
use serde_json::{Value, json};
use testbed::Nginx;
use url::Url;

use crate::schools::{Answer, CAMPUSES, Schools, mark, set};

/// A login that no scenario reaches.
pub const ELSEWHERE: &str = "[login]\nmethod = \"cas\"\nurl = \"https://cas.invalid/cas\"\n\n";

/// A month, as sessions last.
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A data set for an audience.
pub fn set_for(audience: &str, name: &str) -> String {
    set(name, "news").replacen("]\n", &format!("]\naudience = \"{audience}\"\n"), 1)
}

/// A personal data set, whose path at its source names the person.
pub fn own_set(name: &str) -> String {
    set_for("self", name).replace(&format!("{name}.json"), &format!("{name}-{{user}}.json"))
}

/// Items about a person of a campus, the newest first.
pub fn items_of(user: &str, campus: &str, count: usize) -> String {
    let item = |number: usize| {
        let published = format!("2026-10-01T10:{:02}:00Z", 59 - number);
        let title = format!("Grade {number:03} of {user}, {}", mark(campus));
        json!({ "id": format!("{user}-{number}"), "title": title, "published": published })
    };
    Value::from((1..=count).map(item).collect::<Vec<_>>()).to_string()
}

/// A person of these groups.
pub fn person(user: &str, groups: &[&str]) -> Person {
    Person {
        user: user.to_owned(),
        name: Some(format!("Name of {user}")),
        groups: groups.iter().map(ToString::to_string).collect(),
        affiliations: vec!["student".to_owned()],
        roles: Vec::new(),
        attributes: BTreeMap::from([("ine".to_owned(), format!("ine-of-{user}"))]),
    }
}

/// A phone on which somebody signed in.
#[derive(Clone)]
pub struct Phone {
    pub campus: &'static str,
    pub access: String,
    pub refresh: String,
}

impl Phone {
    /// What a native app sends.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.access)
    }

    /// What the web app's browser sends.
    pub fn cookies(&self) -> String {
        format!("__Host-preau=1.{}; __Host-preau-refresh=1.{}", self.access, self.refresh)
    }
}

impl Schools {
    /// A phone on which a person signed in just now.
    pub fn phone(&self, campus: &'static str, person: Person) -> Phone {
        self.phone_with(campus, person, Tokens::default(), None)
    }

    /// The same, with the provider's tokens, and bound to a native app's key.
    pub fn phone_with(&self, campus: &'static str, person: Person, tokens: Tokens, key: Option<&Key>) -> Phone {
        let proof = Proof { claims: serde_json::Map::new(), tokens, session: None, subject: None };
        let key = key.map(Key::thumbprint);
        self.issue(campus, &self.sessions.begin(person, &proof, key, MONTH, self.now()))
    }

    /// The same sign-in with an access token that is good again.
    pub fn renewed(&self, phone: &Phone) -> Phone {
        self.issue(phone.campus, &self.session(phone))
    }

    /// The session that a phone carries.
    pub fn session(&self, phone: &Phone) -> Session {
        self.sessions.refresh(phone.campus, &phone.refresh, self.now()).ok().unwrap()
    }

    fn issue(&self, campus: &'static str, session: &Session) -> Phone {
        let issued = self.sessions.issue(campus, session, self.now()).unwrap();
        Phone { campus, access: issued.access, refresh: issued.refresh }
    }

    /// What a campus answers to a phone.
    pub async fn get_by(&self, phone: &Phone, path: &str) -> Answer {
        self.ask(phone.campus, path, &[("authorization", &phone.bearer())]).await
    }
}

/// A browser at one campus: it keeps cookies, and says of its forms where they come from.
pub struct Browser<'s> {
    schools: &'s Schools,
    pub campus: &'static str,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl<'s> Browser<'s> {
    pub fn new(schools: &'s Schools, campus: &'static str) -> Self {
        Self { schools, campus, cookies: RefCell::default() }
    }

    /// The browser of who signed in already.
    pub fn with(schools: &'s Schools, phone: &Phone) -> Self {
        let browser = Self::new(schools, phone.campus);
        for (name, value) in phone.cookies().split("; ").filter_map(|pair| pair.split_once('=')) {
            browser.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        browser
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("cookie", self.header());
        self.kept(self.schools.request(self.campus, request, &[], Body::empty()).await)
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_as(path, form, &[]).await
    }

    /// Posts with further headers.
    pub async fn post_as(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let own = [("cookie", &*self.header()), ("sec-fetch-site", "same-origin")];
        self.kept(self.schools.post(self.campus, path, &[&own, headers].concat(), form).await)
    }

    /// Whether it holds a session.
    pub fn is_signed_in(&self) -> bool {
        self.cookies.borrow().keys().any(|name| !name.starts_with("__Host-preau-attempt"))
    }

    /// Goes to the provider, where it is sent with the attempt's id as `state`; it returns with a ticket.
    pub async fn leave(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let provider = Url::parse(answer.header("location")).unwrap();
        let service = provider.query_pairs().find(|(name, _)| name == "service").unwrap().1;
        let service = Url::parse(&service).unwrap();
        assert_eq!(service.path(), "/api/login/callback");
        service.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    }

    /// Comes back from there.
    pub async fn come_back(&self, state: &str, ticket: &str) -> Answer {
        self.get(&format!("/api/login/callback?state={state}&ticket={ticket}")).await
    }

    fn header(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn kept(&self, answer: Answer) -> Answer {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; Path=/; Secure; HttpOnly; SameSite="), "{cookie}");
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.ends_with("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The key of a native app.
pub struct Key(EcdsaKeyPair);

impl Key {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    /// A proof for a POST to a path of a campus.
    pub fn prove(&self, schools: &Schools, campus: &str, path: &str, nonce: &str) -> String {
        let mut jti = [0; 12];
        aws_lc_rs::rand::fill(&mut jti).unwrap();
        let claims = json!({
            "htm": "POST", "htu": format!("http://{campus}.localhost{path}"), "iat": schools.now().as_second(),
            "jti": URL_SAFE_NO_PAD.encode(jti), "nonce": nonce,
        });
        let [x, y] = self.point();
        let head = json!({
            "typ": "dpop+jwt", "alg": "ES256", "jwk": { "kty": "EC", "crv": "P-256", "x": x, "y": y },
        });
        let text = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// RFC 7638: members in the order of their names.
    fn thumbprint(&self) -> String {
        let [x, y] = self.point();
        challenge(&format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}"))
    }

    fn point(&self) -> [String; 2] {
        let point = self.0.public_key().as_ref();
        [&point[1..33], &point[33..65]].map(|part| URL_SAFE_NO_PAD.encode(part))
    }
}

/// The `S256` challenge of a verifier (RFC 7636).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// A CAS server for which every ticket is good, and which every campus has to itself: `[login]`, open for more keys.
pub fn cas_of_files(server: &Nginx, campus: &str) -> String {
    format!("[login]\nmethod = \"cas\"\nurl = \"{}\"\n", server.url(&format!("/{campus}/cas")))
}

/// Who signs in there from now on: a person of each campus with these attributes, as XML.
pub fn who_signs_in(server: &Nginx, user: &str, attributes: &str) {
    for campus in CAMPUSES {
        let mark = mark(campus);
        let answer = format!(
            "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\"><cas:authenticationSuccess>\
             <cas:user>{user}</cas:user><cas:attributes><cas:cn>{mark}</cas:cn>{attributes}</cas:attributes>\
             </cas:authenticationSuccess></cas:serviceResponse>"
        );
        server.write(&format!("www/{campus}/cas/p3/serviceValidate"), answer);
    }
}

/// How often a campus's server was asked whose a ticket is.
pub fn validated(server: &Nginx, campus: &str) -> usize {
    server.calls(&format!("/{campus}/cas/p3/serviceValidate"))
}
