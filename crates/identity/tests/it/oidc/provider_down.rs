//! What is known of a provider: for how long, and what it must not be.

use identity::FailureKind;
use serde_json::json;

use super::bench::{Bench, refused};

#[tokio::test]
async fn asks_once_an_hour_and_signs_people_in_while_the_documents_cannot_be_had() {
    let mut bench = Bench::new(json!({})).await;
    for _ in 0..3 {
        bench.sign_in().await;
        bench.later(1000);
    }
    assert_eq!((bench.asked("GET /.well-known/openid-configuration"), bench.asked("GET /keys")), (1, 1));
    let good = std::mem::take(&mut bench.state().discovery);
    bench.state().keys = json!([]);
    bench.later(3600);
    for _ in 0..3 {
        bench.sign_in().await;
    }
    assert_eq!((bench.asked("GET /.well-known/openid-configuration"), bench.asked("GET /keys")), (2, 2));
    bench.later(80_000);
    assert!(refused(bench.finish(&bench.token(&json!({}))).await, "a day later").kind == FailureKind::Misconfigured);
    bench.state().discovery = good;
    bench.later(10);
    bench.begin().await;
}

#[tokio::test]
async fn says_that_a_provider_is_down_without_asking_it_again_at_once() {
    let mut bench = Bench::new(json!({})).await;
    bench.state().down = true;
    for _ in 0..3 {
        let failure = refused(bench.login.begin(&bench.site, &bench.attempt, bench.now).await, "down");
        assert_eq!(failure.kind, FailureKind::Unavailable);
    }
    assert_eq!(bench.provider.asked().len(), 1);
    bench.state().down = false;
    bench.later(10);
    bench.begin().await;
}

#[tokio::test]
async fn refuses_a_configuration_of_another_issuer_and_says_what_to_write() {
    let bench = Bench::new(json!({})).await;
    bench.state().discovery["issuer"] = format!("{}/", bench.issuer()).into();
    let failure = refused(bench.login.begin(&bench.site, &bench.attempt, bench.now).await, "a slash");
    assert_eq!(failure.kind, FailureKind::Misconfigured);
    let host = outbound::site(&bench.provider.url);
    assert_eq!(
        failure.message,
        format!(
            "{host} calls itself http://{host}/, not http://{host}: `issuer` of [login] has to be the former, to the last slash"
        )
    );
}

#[tokio::test]
async fn refuses_endpoints_that_are_not_safe() {
    for (name, address) in [
        ("authorization_endpoint", "http://idp.univ.fr/authorize"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("token_endpoint", "http://127.0.0.2/token"),
        ("token_endpoint", "file:///etc/passwd"),
        ("jwks_uri", "keys"),
        ("end_session_endpoint", "data:text/html,x"),
        ("userinfo_endpoint", "https://user@idp.univ.fr/"),
    ] {
        let bench = Bench::new(json!({})).await;
        bench.state().discovery[name] = address.into();
        let failure = refused(bench.login.begin(&bench.site, &bench.attempt, bench.now).await, address);
        assert_eq!(failure.kind, FailureKind::Misconfigured);
        assert!(failure.message.contains(name) && !failure.message.contains(address), "{failure}");
    }
}

#[tokio::test]
async fn refuses_documents_without_end() {
    let bench = Bench::new(json!({})).await;
    let keys: Vec<_> = (0..101).map(|number| bench.key.jwk(&format!("k{number}"))).collect();
    bench.state().keys = json!({"keys": keys});
    let failure = refused(bench.finish(&bench.token(&json!({}))).await, "101 keys");
    assert!(failure.message.contains("more than 100 keys"), "{failure}");

    let bench = Bench::new(json!({})).await;
    bench.state().discovery["more"] = "x".repeat(600 << 10).into();
    let failure = refused(bench.login.begin(&bench.site, &bench.attempt, bench.now).await, "600 KiB");
    assert!(failure.message.contains("more than 512 KiB"), "{failure}");

    let bench = Bench::new(json!({})).await;
    bench.state().keys =
        json!({"keys": [{"kty": "EC"}, 7, null, {"kty": "RSA", "n": "AQ", "e": "AQAB"}, bench.key.jwk("k1")]});
    bench.sign_in().await;
}
