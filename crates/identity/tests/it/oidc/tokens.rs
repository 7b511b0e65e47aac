//! ID tokens that must be taken, and those that somebody made up or meant for another.

use std::sync::Arc;

use identity::FailureKind;
use serde_json::json;

use super::bench::{Bench, MARK, changed, login, proved, refused};
use super::keys::{Key, encode};
use crate::rehearsal::provider::{Provider, answer};

async fn refuses(bench: &Bench, token: &str, about: &str, why: &str) {
    let failure = refused(bench.finish(token).await, about);
    assert_eq!(failure.kind, FailureKind::Invalid, "{about}: {failure}");
    assert!(failure.message.contains(why), "{about}: {failure}");
}

#[tokio::test]
async fn takes_every_algorithm_of_the_list_by_a_key_that_fits_it() {
    for (key, algorithms) in [
        (Key::rsa(), &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..]),
        (Key::p256(), &["ES256"]),
        (Key::p384(), &["ES384"]),
        (Key::ed25519(), &["EdDSA"]),
    ] {
        let bench = Bench::with_key(key, json!({})).await;
        for algorithm in algorithms {
            let header = json!({"alg": algorithm, "kid": "k1"});
            let proof = bench.finish(&bench.key.sign(&header, &bench.claims())).await;
            assert_eq!(proved(proof).claims["name"], format!("name-{MARK}"), "{algorithm}");
        }
    }
}

#[tokio::test]
async fn refuses_a_token_that_is_not_signed() {
    let bench = Bench::new(json!({})).await;
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let head = encode(json!({"alg": algorithm}).to_string());
        let token = format!("{head}.{}.", encode(bench.claims().to_string()));
        refuses(&bench, &token, algorithm, "an algorithm that is not accepted").await;
    }
    let good = bench.token(&json!({}));
    let unsigned = good.rsplit_once('.').unwrap().0;
    refuses(&bench, unsigned, "two parts", "").await;
    refuses(&bench, &format!("{unsigned}."), "an empty signature", "a signature that does not hold").await;
}

#[tokio::test]
async fn refuses_hs256_with_the_public_key_for_its_secret() {
    let bench = Bench::with_key(Key::rsa(), json!({})).await;
    let jwk = bench.key.jwk("k1").to_string();
    for secret in [bench.key.modulus(), jwk.as_bytes(), b"se&cret"] {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let head = encode(json!({"alg": algorithm, "kid": "k1"}).to_string());
            let message = format!("{head}.{}", encode(bench.claims().to_string()));
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
            let signature = encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()));
            refuses(&bench, &format!("{message}.{signature}"), algorithm, "not accepted").await;
        }
    }
}

#[tokio::test]
async fn refuses_a_symmetric_key_among_the_published_ones() {
    let bench = Bench::new(json!({})).await;
    let key = json!({"kty": "oct", "kid": "k2", "alg": "HS256", "k": encode("se&cret")});
    bench.state().keys = json!({"keys": [key]});
    let failure = refused(bench.finish(&bench.token(&json!({}))).await, "no asymmetric key");
    assert_eq!(failure.kind, FailureKind::Misconfigured);
    assert!(failure.message.contains("has no key that signs"), "{failure}");
}

#[tokio::test]
async fn refuses_a_key_of_another_type_than_the_algorithm() {
    let bench = Bench::with_key(Key::rsa(), json!({})).await;
    let other = Key::p256();
    bench.state().keys["keys"].as_array_mut().unwrap().push(other.jwk("k2"));
    for (key, algorithm, id) in [(&bench.key, "ES256", "k1"), (&other, "RS256", "k2"), (&other, "ES384", "k2")] {
        let token = key.sign(&json!({"alg": algorithm, "kid": id}), &bench.claims());
        refuses(&bench, &token, algorithm, "a key that is not among those it publishes").await;
    }
    let token = other.sign(&json!({"alg": "ES256", "kid": "k1"}), &bench.claims());
    refuses(&bench, &token, "a key that is not named", "not among").await;
}

#[tokio::test]
async fn refuses_a_key_that_is_published_for_something_else() {
    for changes in [json!({"use": "enc"}), json!({"key_ops": ["sign"]}), json!({"alg": "ES384"}), json!({"kty": "RSA"})]
    {
        let bench = Bench::new(json!({})).await;
        let keys = json!({"keys": [changed(bench.key.jwk("k1"), &changes), Key::p256().jwk("k2")]});
        bench.state().keys = keys;
        refuses(&bench, &bench.token(&json!({})), &changes.to_string(), "not among").await;
    }
}

#[tokio::test]
async fn never_looks_at_keys_in_the_header_of_a_token() {
    let bench = Bench::new(json!({})).await;
    let own = Key::p256();
    let elsewhere = format!("{}/elsewhere", bench.issuer());
    for extra in [json!({"jwk": own.jwk("k1")}), json!({"jku": elsewhere, "x5u": elsewhere}), json!({"x5c": ["MII"]})] {
        let header = changed(bench.header(), &extra);
        refuses(&bench, &own.sign(&header, &bench.claims()), &extra.to_string(), "does not hold").await;
        let named_elsewhere = changed(header.clone(), &json!({"kid": "k9"}));
        refuses(&bench, &own.sign(&named_elsewhere, &bench.claims()), &extra.to_string(), "not among").await;
        assert!(bench.finish(&bench.key.sign(&header, &bench.claims())).await.is_ok(), "the key we know holds");
    }
    assert_eq!(bench.asked("GET /elsewhere"), 0);
}

#[tokio::test]
async fn refuses_signatures_that_hold_for_nothing() {
    let bench = Bench::new(json!({})).await;
    let good = bench.token(&json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    for (about, signature) in [
        ("r = s = 0", encode([0; 64])),
        ("r = s = n", encode(hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").repeat(2))),
        ("too short", encode([1; 32])),
        ("none", String::new()),
        ("not base64url", signature.replace(['-', '_'], "+") + "="),
    ] {
        refuses(&bench, &format!("{message}.{signature}"), about, "does not hold").await;
    }
    let (head, body) = message.split_once('.').unwrap();
    let other = encode(changed(bench.claims(), &json!({"sub": "other"})).to_string());
    refuses(&bench, &format!("{head}.{other}.{signature}"), "another body", "does not hold").await;
    for (about, token) in [
        ("encrypted", format!("{head}.{body}.{body}.{body}.{signature}")),
        ("no token", "x".to_owned()),
        ("nothing", String::new()),
        ("a header that is no JSON", format!("{}.{body}.{signature}", encode("{"))),
        ("two algorithms", format!("{}.{body}.{signature}", encode(r#"{"alg":"ES256","alg":"none","kid":"k1"}"#))),
    ] {
        refuses(&bench, &token, about, "").await;
    }
}

#[tokio::test]
async fn refuses_what_it_would_have_to_understand() {
    let bench = Bench::new(json!({})).await;
    for extra in [json!({"crit": ["exp"]}), json!({"crit": []}), json!({"crit": ["b64"], "b64": false})] {
        let token = bench.key.sign(&changed(bench.header(), &extra), &bench.claims());
        refuses(&bench, &token, &extra.to_string(), "`crit`").await;
    }
}

#[tokio::test]
async fn refuses_tokens_beyond_64_kib_and_bodies_nested_without_end() {
    let bench = Bench::new(json!({})).await;
    let large = bench.token(&json!({"groups": vec!["g".repeat(70); 1000]}));
    refuses(&bench, &large, "large", "larger than 64 KiB").await;
    let mut deep = json!(1);
    for _ in 0..200 {
        deep = json!([deep]);
    }
    refuses(&bench, &bench.token(&json!({"deep": deep})), "deep", "no JSON object").await;
}

#[tokio::test]
async fn refuses_what_was_said_for_others() {
    let bench = Bench::new(json!({})).await;
    for (changes, why) in [
        (json!({"iss": "https://evil.example"}), "another issuer"),
        (json!({"iss": format!("{}/", bench.issuer())}), "another issuer"),
        (json!({"iss": null}), "whose it is"),
        (json!({"iss": ["https://evil.example"]}), "whose it is"),
        (json!({"aud": "other"}), "another application"),
        (json!({"aud": null}), "another application"),
        (json!({"aud": []}), "another application"),
        (json!({"aud": ["other", {"campus": 1}]}), "another application"),
        (json!({"aud": ["campus", "other"]}), "another application"),
        (json!({"aud": ["campus", "other"], "azp": "other"}), "another application"),
        (json!({"azp": "other"}), "another application"),
        (json!({"nonce": "other"}), "another sign-in"),
        (json!({"nonce": null}), "another sign-in"),
        (json!({"nonce": [bench.attempt.nonce()]}), "another sign-in"),
        (json!({"sub": null}), "whom it is about"),
        (json!({"sub": ""}), "whom it is about"),
        (json!({"sub": 7}), "whom it is about"),
        (json!({"sub": "s".repeat(256)}), "whom it is about"),
        (json!({"at_hash": encode([0; 16])}), "another access token"),
        (json!({"at_hash": null, "exp": null}), "when it ends"),
        (json!({"exp": "tomorrow"}), "no number"),
        (json!({"iat": null}), "when it was made"),
    ] {
        refuses(&bench, &bench.token(&changes), &changes.to_string(), why).await;
    }
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt"] {
        let token = bench.key.sign(&changed(bench.header(), &json!({"typ": typ})), &bench.claims());
        refuses(&bench, &token, typ, "another use").await;
    }
}

#[tokio::test]
async fn takes_what_providers_write_in_their_own_ways() {
    let bench = Bench::new(json!({})).await;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("access-{MARK}").as_bytes());
    for changes in [
        json!({"aud": ["campus"]}),
        json!({"aud": ["campus", "account"], "azp": "campus"}),
        json!({"at_hash": encode(&hash.as_ref()[..16])}),
        json!({"iat": bench.now.as_second() as f64 + 0.25, "exp": bench.now.as_second() as f64 + 0.5}),
        json!({"exp": 253_402_300_799_i64}),
    ] {
        assert!(bench.finish(&bench.token(&changes)).await.is_ok(), "{changes}");
    }
    for header in [json!({"alg": "ES256"}), json!({"alg": "ES256", "kid": "k1", "typ": "jwt", "more": [1]})] {
        assert!(bench.finish(&bench.key.sign(&header, &bench.claims())).await.is_ok(), "{header}");
    }
}

#[tokio::test]
async fn lets_clocks_differ_by_a_minute() {
    let bench = Bench::new(json!({})).await;
    let now = bench.now.as_second();
    for (changes, holds) in [
        (json!({"iat": now - 300, "exp": now - 59}), true),
        (json!({"iat": now - 300, "exp": now - 60}), false),
        (json!({"iat": now + 60}), true),
        (json!({"iat": now + 61}), false),
        (json!({"nbf": now + 60}), true),
        (json!({"nbf": now + 61}), false),
    ] {
        let outcome = bench.finish(&bench.token(&changes)).await;
        assert_eq!(outcome.is_ok(), holds, "{changes}");
        assert!(outcome.err().is_none_or(|failure| failure.message.contains("clocks")));
    }
}

#[tokio::test]
async fn finds_a_key_that_is_new_but_asks_once_a_minute_at_most() {
    let mut bench = Bench::new(json!({})).await;
    bench.sign_in().await;
    bench.key = Key::p256();
    let rotated = |bench: &Bench| bench.key.sign(&changed(bench.header(), &json!({"kid": "k2"})), &bench.claims());
    bench.later(59);
    refuses(&bench, &rotated(&bench), "not published yet", "not among").await;
    assert_eq!(bench.asked("GET /keys"), 1, "the keys are younger than a minute");
    bench.later(1);
    for _ in 0..5 {
        refuses(&bench, &rotated(&bench), "not published yet", "not among").await;
    }
    assert_eq!(bench.asked("GET /keys"), 2);
    let keys = json!({"keys": [bench.key.jwk("k2")]});
    bench.state().keys = keys;
    bench.later(60);
    assert!(bench.finish(&rotated(&bench)).await.is_ok());
    assert_eq!(bench.asked("GET /keys"), 3);
}

#[tokio::test]
async fn takes_a_tenant_of_entra_that_is_declared_and_no_other() {
    let (ours, foreign) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222");
    let bench = Bench::new(json!({})).await;
    let name = |tenant: &str| format!("{}/{tenant}/v2.0", bench.issuer());
    let mut discovery = bench.state().discovery.clone();
    discovery["issuer"] = name("{tenantid}").into();
    let bent = Arc::clone(&bench.state);
    let entra = Provider::start(move |asked| {
        let state = bent.lock().unwrap();
        let body = match &*asked.what {
            "GET /organizations/v2.0/.well-known/openid-configuration" => state.discovery.clone(),
            "GET /keys" => state.keys.clone(),
            "POST /token" => state.token.1.clone(),
            other => panic!("{other}"),
        };
        answer(200, "", &body.to_string())
    })
    .await;
    let issuer = entra.url.as_str().trim_end_matches('/').to_owned();
    let moved = discovery.to_string().replace(&bench.issuer(), &issuer);
    bench.state().discovery = serde_json::from_str(&moved).unwrap();
    let login = login(json!({
        "issuer": format!("{issuer}/organizations/v2.0"), "client_id": "campus", "provider": "entra", "tenants": [ours],
    }));
    let bench = Bench { login, ..bench };
    let iss = |tenant: &str| format!("{issuer}/{tenant}/v2.0");
    for (changes, holds) in [
        (json!({"tid": ours, "iss": iss(ours)}), true),
        (json!({"tid": foreign, "iss": iss(foreign)}), false),
        (json!({"tid": ours, "iss": iss(foreign)}), false),
        (json!({"tid": foreign, "iss": iss(ours)}), false),
        (json!({"iss": iss(ours)}), false),
        (json!({"tid": "{tenantid}", "iss": iss("{tenantid}")}), false),
    ] {
        bench.grants(&bench.token(&changes));
        let outcome = bench.answer(&json!({"iss": iss(ours)})).await;
        assert_eq!(outcome.is_ok(), holds, "{changes}");
    }
    bench.grants(&bench.token(&json!({"tid": ours, "iss": iss(ours)})));
    assert!(bench.answer(&json!({"iss": iss(foreign)})).await.is_err());
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
