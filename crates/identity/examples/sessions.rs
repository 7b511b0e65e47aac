//! What a session costs in this process, and tokens of many people for a load generator (`cargo xtask bench` runs both):
//!
//! ```text
//! cargo run --release -p identity --example sessions
//! cargo run --release -p identity --example sessions -- KEYS CAMPUS PEOPLE > tokens
//! ```

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::{Chance, Handle, Keyring, Once, Person, Proof, Revocations, Session, Sessions, Tokens, dpop};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use url::Url;

/// Measurements of each operation.
const TIMES: usize = 5_000;

const CAMPUS: &str = "rivage";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => measure(),
        [keys, campus, people] => {
            let sessions = sessions(&std::fs::read_to_string(keys).unwrap());
            let now = Timestamp::now();
            for number in 0..people.parse().unwrap() {
                println!("{}", sessions.issue(campus, &session(&sessions, number, now), now).unwrap().access);
            }
        }
        _ => eprintln!("either no arguments, or: KEYS CAMPUS PEOPLE"),
    }
}

fn measure() {
    let now = Timestamp::now();
    let sessions = sessions(&Keyring::generate(&chance()));
    let people: Vec<Session> = (0..TIMES).map(|number| session(&sessions, number, now)).collect();
    let issue = |session| sessions.issue(CAMPUS, session, now).unwrap().access;
    let tokens: Vec<String> = people.iter().map(issue).collect();
    println!("A token of {} characters; nanoseconds, each of {TIMES} times alone:\n", tokens.first().unwrap().len());
    println!("| operation | median | 95 of 100 are below |\n|---|---|---|");
    let open = |token: &String| sessions.open(CAMPUS, token, now).ok().unwrap();
    row("nothing (the clock itself)", &people, |_| ());
    row("both tokens of a session, made", &people, |session| sessions.issue(CAMPUS, session, now));
    row("a token opened for the first time", &tokens, open);
    row("a token opened again", &tokens, open);
    let member = |token: &String| open(token).person.groups.iter().any(|group| group == "L3-INFO-TD2");
    row("a token opened again, and the person's group looked up", &tokens, member);
    row("the whole session, for an upstream call", &tokens, |token| sessions.whole(CAMPUS, token, now));

    let (phone, ring, used) = (Phone::new(), sessions.ring(), Once::new(TIMES));
    let url = Url::parse("https://app.rivage.fr/api/session/refresh").unwrap();
    let nonce = dpop::nonce(&ring, CAMPUS, now).unwrap();
    let proofs: Vec<String> = (0..TIMES).map(|number| phone.prove(&url, &nonce, number, now)).collect();
    let expected = dpop::Expected { method: "POST", url: &url, campus: CAMPUS, now };
    row("a proof of possession (DPoP, ES256)", &proofs, |proof| dpop::check(proof, &expected, &ring, &used).unwrap());
}

fn row<T, R>(name: &str, inputs: &[T], mut operation: impl FnMut(&T) -> R) {
    let mut costs: Vec<u128> = inputs
        .iter()
        .map(|input| {
            let start = Instant::now();
            let result = black_box(operation(black_box(input)));
            let cost = start.elapsed().as_nanos();
            drop(result);
            cost
        })
        .collect();
    costs.sort_unstable();
    let at = |hundredth: usize| costs.get(costs.len() * hundredth / 100).unwrap();
    println!("| {name} | {} | {} |", at(50), at(95));
}

fn chance() -> Chance {
    Arc::new(|bytes: &mut [u8]| rand::fill(bytes).unwrap())
}

/// Nobody signed out.
struct Nobody;

impl Revocations for Nobody {
    fn revoked(&self, _: Handle) -> Option<Timestamp> {
        None
    }
}

fn sessions(keys: &str) -> Sessions {
    Sessions::new(Keyring::parse(keys, chance()).unwrap(), chance(), Arc::new(Nobody))
}

/// Its token has about a kilobyte, a quarter of it a provider's access token.
fn session(sessions: &Sessions, number: usize, now: Timestamp) -> Session {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    let person = Person {
        user: format!("{}", 22_300_000 + number),
        name: Some(format!("Camille Étudiante {number}")),
        groups: texts(&["FST", "L3", "L3-INFO", "L3-INFO-TD2", "L3-INFO-TP4", "anglais-B2-7", "bibliotheque", "sport"]),
        affiliations: texts(&["member", "student"]),
        roles: vec![],
        attributes: BTreeMap::from([
            ("mail".to_owned(), format!("camille.etudiante{number}@etu.univ-rivage.fr")),
            ("ine".to_owned(), format!("{:010}AB", number)),
        ]),
    };
    let mut noise = [0; 188];
    chance()(&mut noise);
    let tokens = Tokens { access: Some(URL_SAFE_NO_PAD.encode(noise)), ..Tokens::default() };
    let subject = Some(format!("f3b1c2d4-{number:08}"));
    let proof = Proof { claims: Map::new(), tokens, session: Some(format!("sid-{number:08}")), subject };
    sessions.begin(person, &proof, None, SignedDuration::from_hours(24), now)
}

/// A native app's key.
struct Phone(EcdsaKeyPair);

impl Phone {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn prove(&self, url: &Url, nonce: &str, number: usize, now: Timestamp) -> String {
        let point = |range| URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref().get(range).unwrap());
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": point(1..33), "y": point(33..65) });
        let head = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let claims = json!({
            "htm": "POST", "htu": url.as_str(), "iat": now.as_second(), "jti": number.to_string(), "nonce": nonce,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&head), part(&claims));
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
