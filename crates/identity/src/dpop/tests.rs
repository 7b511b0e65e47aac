//! Proofs that hold, and every way in which they do not.

#![allow(clippy::unwrap_used)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::*;

struct Phone(EcdsaKeyPair);

impl Phone {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let part = |range| URL_SAFE_NO_PAD.encode(point.get(range).unwrap());
        json!({ "kty": "EC", "crv": "P-256", "x": part(1..33), "y": part(33..65) })
    }

    fn sign(&self, head: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(head), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn prove(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let mut head = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() });
        let mut claims = json!({
            "htm": "POST", "htu": URL, "iat": now().as_second(), "jti": "one",
            "nonce": nonce(&ring(), "rivage", now()),
        });
        change(&mut head, &mut claims);
        self.sign(&head, &claims)
    }
}

const URL: &str = "https://app.rivage.fr/api/session/refresh";

fn now() -> Timestamp {
    "2026-10-05T08:00:00Z".parse().unwrap()
}

fn ring() -> Keyring {
    let chance: crate::Chance = std::sync::Arc::new(|bytes: &mut [u8]| bytes.fill(7));
    Keyring::parse(&Keyring::generate(&chance), chance).unwrap()
}

fn checked(proof: &str, used: &Once, now: Timestamp) -> Result<String, Refusal> {
    let url = Url::parse(URL).unwrap();
    check(proof, &Expected { method: "POST", url: &url, campus: "rivage", now }, &ring(), used)
}

#[test]
fn gives_the_thumbprint_of_the_key_that_signed_and_takes_a_proof_once() {
    let (phone, used) = (Phone::new(), Once::new(100));
    let expected = serde_json::from_value::<Jwk>(phone.jwk()).unwrap().thumbprint(ThumbprintHash::SHA256).unwrap();
    let proof = phone.prove(|_, _| {});
    assert_eq!(checked(&proof, &used, now()), Ok(expected));
    assert_eq!(checked(&proof, &used, now()), Err(Refusal::Invalid("it was used before")));
}

#[test]
fn refuses_a_proof_about_something_else() {
    let phone = Phone::new();
    let changes: [(&str, Value); 7] = [
        ("htm", json!("GET")),
        ("htu", json!("https://app.colline.fr/api/session/refresh")),
        ("htu", json!("https://app.rivage.fr/api/session/end")),
        ("htu", json!("http://app.rivage.fr/api/session/refresh")),
        ("iat", json!(now().as_second() - 61)),
        ("iat", json!(now().as_second() + 61)),
        ("iat", json!(i64::MIN)),
    ];
    for (name, value) in changes {
        let proof =
            phone.prove(|_, claims| drop(claims.as_object_mut().unwrap().insert(name.to_owned(), value.clone())));
        assert!(matches!(checked(&proof, &Once::new(9), now()), Err(Refusal::Invalid(_))), "{name} {value}");
    }
}

#[test]
fn refuses_other_algorithms_types_and_keys() {
    let phone = Phone::new();
    let mut private = phone.jwk();
    private.as_object_mut().unwrap().insert("d".to_owned(), json!("AAAA"));
    let changes: [(&str, Value); 8] = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("EdDSA")),
        ("typ", json!("JWT")),
        ("crit", json!(["exp"])),
        ("jwk", private),
        ("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        ("jwk", Phone::new().jwk()),
    ];
    for (name, value) in changes {
        let proof = phone.prove(|head, _| drop(head.as_object_mut().unwrap().insert(name.to_owned(), value.clone())));
        assert!(matches!(checked(&proof, &Once::new(9), now()), Err(Refusal::Invalid(_))), "{name} {value}");
    }
    for text in ["", ".", "a.b.c", &"A".repeat(LONGEST + 1)] {
        assert!(matches!(checked(text, &Once::new(9), now()), Err(Refusal::Invalid(_))));
    }
}

#[test]
fn asks_for_a_nonce_and_takes_the_former_one_too() {
    let phone = Phone::new();
    let without = phone.prove(|_, claims| drop(claims.as_object_mut().unwrap().remove("nonce")));
    assert_eq!(checked(&without, &Once::new(9), now()), Err(Refusal::Nonce));
    let with = |at: Timestamp| {
        phone.prove(|_, claims| {
            let claims = claims.as_object_mut().unwrap();
            claims.insert("nonce".to_owned(), nonce(&ring(), "rivage", at).into());
        })
    };
    assert!(checked(&with(now() - SignedDuration::from_secs(SPAN)), &Once::new(9), now()).is_ok());
    assert_eq!(checked(&with(now() - SignedDuration::from_secs(2 * SPAN)), &Once::new(9), now()), Err(Refusal::Nonce));
    let foreign = phone.prove(|_, claims| {
        drop(claims.as_object_mut().unwrap().insert("nonce".to_owned(), nonce(&ring(), "colline", now()).into()));
    });
    assert_eq!(checked(&foreign, &Once::new(9), now()), Err(Refusal::Nonce));
}
