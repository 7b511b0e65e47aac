//! The provider does what the protocol asks, and refuses what it must.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::grants::What;
use super::*;

const ISSUER: &str = "http://127.0.0.1:9/connexion";
const BACK: &str = "http://rivage.localhost:8080/api/login/callback";
/// A verifier, and its challenge (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn provider() -> Arc<Provider> {
    let person = |sub, name| Person { about: "L3".to_owned(), claims: json!({ "sub": sub, "name": name }) };
    let settings = Settings {
        campus: "rivage",
        name: "Université de Rivage",
        colour: "#0b6e8f",
        base: "http://127.0.0.1:9".to_owned(),
        people: vec![person("adupont", "Aline Dupont"), person("x\"><script>", "<script>alert(1)</script>")],
    };
    let clock = Clock::new("2026-11-23T14:05:00Z".parse().unwrap()).unwrap();
    Provider::new(settings, &clock).unwrap()
}

/// A request that holds, with some of its parameters in place of others.
fn authorize(changes: &[(&str, &str)]) -> String {
    let mut query = Form::new();
    let good = [
        ("client_id", "preau"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    query.extend(good.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    format!("/authorize?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&query).finish())
}

struct Answer {
    status: StatusCode,
    location: Form,
    to: String,
    policy: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

async fn ask(provider: &Arc<Provider>, path: &str, authorization: &str, body: Option<&[(&str, &str)]>) -> Answer {
    let request = Request::builder().uri(format!("{PATH}{path}")).header("authorization", authorization);
    let request = match body {
        None => request.body(Body::empty()),
        Some(pairs) => {
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            request.method("POST").body(Body::from(form))
        }
    };
    let response = Arc::clone(provider).routes().oneshot(request.unwrap()).await.unwrap();
    let header =
        |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let (to, policy) = (header("location"), header("content-security-policy"));
    let query = to.split_once('?').map(|(_, query)| form(query.as_bytes())).unwrap_or_default();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, location: query, to, policy, body: String::from_utf8(body.to_vec()).unwrap() }
}

async fn code(provider: &Arc<Provider>) -> String {
    let answer = ask(provider, &authorize(&[]), "", Some(&[("person", "adupont")])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.to.starts_with(BACK), "{}", answer.to);
    assert_eq!((answer.location["state"].as_str(), answer.location["iss"].as_str()), ("a state", ISSUER));
    answer.location["code"].clone()
}

async fn exchange(provider: &Arc<Provider>, pairs: &[(&str, &str)]) -> Answer {
    let client = format!("Basic {}", STANDARD.encode(format!("preau:{}", provider.secret)));
    ask(provider, "/token", &client, Some(pairs)).await
}

fn with_code(code: &str) -> [(&str, &str); 4] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]
}

/// The claims of a token whose signature holds under the published key.
async fn verified(provider: &Arc<Provider>, token: &str) -> Value {
    let key = ask(provider, "/jwks", "", None).await.json()["keys"][0].clone();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let point = [vec![4], decode(key["x"].as_str().unwrap()), decode(key["y"].as_str().unwrap())].concat();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &decode(signature)).unwrap();
    let head: Value = serde_json::from_slice(&decode(head)).unwrap();
    assert_eq!((&head["alg"], &head["kid"]), (&"ES256".into(), &key["kid"]));
    serde_json::from_slice(&decode(claims)).unwrap()
}

#[tokio::test]
async fn signs_in_with_one_press_and_tells_who_it_is() {
    let provider = provider();
    let page = ask(&provider, &authorize(&[]), "", None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("value=\"adupont\"") && page.body.contains("Qui êtes-vous"), "{}", page.body);
    assert!(page.policy.contains("form-action 'self' http://rivage.localhost:8080;"), "{}", page.policy);

    let tokens = exchange(&provider, &with_code(&code(&provider).await)).await.json();
    let claims = verified(&provider, tokens["id_token"].as_str().unwrap()).await;
    let now = provider.now();
    assert_eq!((&claims["iss"], &claims["aud"], &claims["sub"]), (&ISSUER.into(), &"preau".into(), &"adupont".into()));
    assert_eq!((&claims["nonce"], claims["exp"].as_i64()), (&"a nonce".into(), Some(now + 300)));

    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    assert_eq!(ask(&provider, "/userinfo", &bearer, None).await.json()["name"], "Aline Dupont");
    let refresh = format!("Bearer {}", tokens["refresh_token"].as_str().unwrap());
    for other in ["", "Bearer x", &refresh] {
        assert_eq!(ask(&provider, "/userinfo", other, None).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn gives_tokens_anew_for_a_refresh_token_and_for_nothing_else() {
    let provider = provider();
    let tokens = exchange(&provider, &with_code(&code(&provider).await)).await.json();
    let text = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();
    let refresh = text(&tokens, "refresh_token");
    let again = exchange(&provider, &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await.json();
    assert_ne!(again["access_token"], tokens["access_token"]);
    let claims = verified(&provider, &text(&again, "id_token")).await;
    assert_eq!((claims["sub"].as_str(), claims.get("nonce")), (Some("adupont"), None));
    let access = text(&tokens, "access_token");
    for other in ["", "x", &access] {
        let answer = exchange(&provider, &[("grant_type", "refresh_token"), ("refresh_token", other)]).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" })));
    }
}

#[tokio::test]
async fn takes_a_code_once_from_its_client_with_its_verifier_and_its_address() {
    let provider = provider();
    let once = code(&provider).await;
    assert_eq!(exchange(&provider, &with_code(&once)).await.status, StatusCode::OK);
    assert_eq!(exchange(&provider, &with_code(&once)).await.json()["error"], "invalid_grant");
    for (place, wrong) in [(0, "password"), (2, "http://rivage.localhost:8081/api/login/callback"), (3, CHALLENGE)] {
        let code = code(&provider).await;
        let mut form = with_code(&code);
        form[place].1 = wrong;
        assert_eq!(exchange(&provider, &form).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let code = code(&provider).await;
    for client in [String::new(), "Basic cHJlYXU6eA==".to_owned(), format!("Bearer {}", provider.secret)] {
        let answer = ask(&provider, "/token", &client, Some(&with_code(&code))).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("invalid_client"))
        );
    }
}

#[test]
fn forgets_a_code_after_a_minute_and_refuses_rather_than_growing() {
    let mut grants = Grants::default();
    let code = || What::Code { redirect: String::new(), challenge: String::new(), nonce: String::new() };
    assert!(grants.add("a".to_owned(), code(), 0, 0, 0) && grants.add("b".to_owned(), code(), 0, 0, 0));
    assert!(grants.take("a", 59).is_some() && grants.take("b", 60).is_none());
    assert!((0..10_000).all(|number: i32| grants.add(number.to_string(), code(), 0, 0, 100)));
    assert!(!grants.add("more".to_owned(), code(), 0, 0, 100));
    assert!(grants.add("later".to_owned(), code(), 0, 0, 160));
}

#[tokio::test]
async fn leads_nobody_to_an_address_that_is_not_the_campus_s() {
    let provider = provider();
    for redirect in [
        "",
        "https://evil.example/api/login/callback",
        "http://colline.localhost:8080/api/login/callback",
        "http://rivage.localhost.evil.example/api/login/callback",
        "http://evil@rivage.localhost:8080/api/login/callback",
        "http://rivage.localhost:8080/api/login/callback?next=x",
        "http://rivage.localhost:8080/api/login/callback#x",
        "http://rivage.localhost:8080/elsewhere",
        "javascript:alert(1)",
        "http://10.0.0.1/api/login/callback",
    ] {
        for body in [None, Some(&[("person", "adupont")][..])] {
            let answer = ask(&provider, &authorize(&[("redirect_uri", redirect)]), "", body).await;
            assert_eq!((answer.status, answer.to.as_str()), (StatusCode::BAD_REQUEST, ""), "{redirect}");
        }
    }
    assert_eq!(ask(&provider, &authorize(&[("client_id", "x")]), "", None).await.status, StatusCode::BAD_REQUEST);
    for redirect in ["http://127.0.0.1:1/api/login/callback", "http://[::1]:1/api/login/callback"] {
        assert_eq!(ask(&provider, &authorize(&[("redirect_uri", redirect)]), "", None).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn tells_the_campus_what_is_wrong_with_its_request() {
    let provider = provider();
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "profile"), "invalid_scope"),
        (("state", ""), "invalid_request"),
        (("nonce", ""), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("prompt", "none"), "login_required"),
    ] {
        let answer = ask(&provider, &authorize(&[change]), "", None).await;
        assert_eq!(answer.location.get("error").map(String::as_str), Some(error), "{change:?}");
        assert_eq!(answer.location["iss"], ISSUER);
    }
    for nobody in [&[("cancel", "1")][..], &[("person", "nobody")], &[]] {
        let answer = ask(&provider, &authorize(&[]), "", Some(nobody)).await;
        assert_eq!(answer.location["error"], "access_denied");
        assert!(!answer.location.contains_key("code"));
    }
}

#[tokio::test]
async fn shows_names_and_requests_as_text() {
    let page = ask(&provider(), &authorize(&[("state", "\"><script>alert(2)</script>")]), "", None).await;
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let english = ask(&provider(), &authorize(&[("ui_locales", "en fr")]), "", None).await;
    assert!(english.body.contains("Who are you?") && english.body.contains("lang=\"en\""));
}

#[tokio::test]
async fn leads_back_to_the_campus_after_signing_out_and_to_nobody_else() {
    let provider = provider();
    let logout = |back: &str| format!("/logout?post_logout_redirect_uri={back}&state=s");
    let answer = ask(&provider, &logout("http://rivage.localhost:8080/"), "", None).await;
    assert_eq!((answer.status, answer.to.as_str()), (StatusCode::SEE_OTHER, "http://rivage.localhost:8080/?state=s"));
    for other in ["https://evil.example/", "http://colline.localhost:8080/", ""] {
        let answer = ask(&provider, &logout(other), "", None).await;
        assert_eq!((answer.status, answer.to.as_str()), (StatusCode::OK, ""));
    }
}

#[tokio::test]
async fn publishes_what_it_can_do_under_its_issuer() {
    let document = ask(&provider(), "/.well-known/openid-configuration", "", None).await.json();
    assert_eq!(document["issuer"], ISSUER);
    for endpoint in
        ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
    {
        assert!(document[endpoint].as_str().unwrap().starts_with(&format!("{ISSUER}/")), "{endpoint}");
    }
}
