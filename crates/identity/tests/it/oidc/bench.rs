//! A provider that answers what a test wants, and a login that was declared for it.

use std::sync::{Arc, Mutex};

use identity::{Answer, Attempt, Begun, Context, Ended, Failure, Form, Login, Proof, Site, Tokens, find};
use jiff::{SignedDuration, Timestamp};
use outbound::{Outbound, Rules};
use serde_json::{Value, json};
use url::Url;

use super::keys::Key;
use crate::rehearsal::provider::{Asked, Provider, answer};

/// What every claim and token of a person carries, and no message may.
pub const MARK: &str = "mark-7f3a";

pub struct Bench {
    pub provider: Provider,
    pub state: Arc<Mutex<State>>,
    pub login: Arc<dyn Login>,
    pub key: Key,
    pub site: Site,
    pub attempt: Attempt,
    pub now: Timestamp,
}

/// What the provider answers.
pub struct State {
    pub discovery: Value,
    pub keys: Value,
    /// Status and body of the token endpoint.
    pub token: (u16, Value),
    /// Content type and body of the userinfo endpoint.
    pub userinfo: (&'static str, String),
    /// Whether it answers 503 to everything.
    pub down: bool,
    /// Forms that were posted to the token endpoint, and the heads of these requests in lower case.
    pub posted: Vec<(Form, String)>,
}

impl Bench {
    /// A provider whose key `k1` is for ES256, and a login with further settings.
    pub async fn new(settings: Value) -> Self {
        Self::with_key(Key::p256(), settings).await
    }

    pub async fn with_key(key: Key, settings: Value) -> Self {
        let state = Arc::new(Mutex::new(State {
            discovery: Value::Null,
            keys: json!({"keys": [key.jwk("k1")]}),
            token: (500, Value::Null),
            userinfo: ("application/json", "{}".to_owned()),
            down: false,
            posted: Vec::new(),
        }));
        let answers = Arc::clone(&state);
        let provider = Provider::start(move |asked| respond(&mut answers.lock().unwrap(), asked)).await;
        let issuer = provider.url.as_str().trim_end_matches('/').to_owned();
        state.lock().unwrap().discovery = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize?realm=a"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "end_session_endpoint": format!("{issuer}/end"),
            "authorization_response_iss_parameter_supported": true,
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "backchannel_logout_supported": true,
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        });
        let mut table = json!({"issuer": issuer, "client_id": "campus", "client_secret": "se&cret"});
        table.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let login = login(table);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let attempt = Attempt::new(&chance(), now);
        let site = Site::new(&Url::parse("https://app.univ.fr/").unwrap()).unwrap();
        Self { provider, state, login, key, site, attempt, now }
    }

    pub fn issuer(&self) -> String {
        self.provider.url.as_str().trim_end_matches('/').to_owned()
    }

    pub fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn later(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// The head of a good token.
    pub fn header(&self) -> Value {
        let alg = match &self.key {
            Key::Rsa(_) => "RS256",
            Key::P256(_) => "ES256",
            Key::P384(_) => "ES384",
            Key::Ed25519(_) => "EdDSA",
        };
        json!({"alg": alg, "kid": "k1", "typ": "JWT"})
    }

    /// What a good ID token says.
    pub fn claims(&self) -> Value {
        let now = self.now.as_second();
        json!({
            "iss": self.issuer(), "aud": "campus", "sub": format!("sub-{MARK}"), "iat": now, "exp": now + 300,
            "nonce": self.attempt.nonce(), "sid": format!("sid-{MARK}"), "name": format!("name-{MARK}"),
        })
    }

    /// A good ID token, with some claims changed, or left out where null.
    pub fn token(&self, changes: &Value) -> String {
        self.key.sign(&self.header(), &changed(self.claims(), changes))
    }

    /// What the token endpoint gives from now on.
    pub fn grants(&self, id_token: &str) {
        let mut state = self.state();
        state.token = (
            200,
            json!({
                "access_token": format!("access-{MARK}"), "refresh_token": format!("refresh-{MARK}"), "token_type": "bearer",
                "expires_in": "600", "id_token": id_token,
            }),
        );
    }

    /// The provider's answer comes back with these parameters besides a good code.
    pub async fn answer(&self, changes: &Value) -> Result<Proof, Failure> {
        let query = changed(json!({"code": "c-1", "state": self.attempt.id(), "iss": self.issuer()}), changes);
        let query = query.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect();
        let form = Form::new();
        let answer = Answer {
            site: &self.site,
            attempt: Some(&self.attempt),
            query: &query,
            form: &form,
            peer: None,
            now: self.now,
        };
        self.login.finish(&answer).await
    }

    /// Somebody comes back, and the provider gives this ID token for the code.
    pub async fn finish(&self, id_token: &str) -> Result<Proof, Failure> {
        self.grants(id_token);
        self.answer(&json!({})).await
    }

    pub async fn sign_in(&self) -> Proof {
        proved(self.finish(&self.token(&json!({}))).await)
    }

    pub async fn renew(&self, tokens: &Tokens) -> Result<Option<Proof>, Failure> {
        self.login.renew(tokens, self.now).await
    }

    pub async fn notice(&self, token: &str) -> Result<Option<Ended>, Failure> {
        let form = Form::from([("logout_token".to_owned(), token.to_owned())]);
        self.login.notice(&self.site, &form, self.now).await
    }

    pub async fn begin(&self) -> Url {
        match self.login.begin(&self.site, &self.attempt, self.now).await {
            Ok(Begun::Redirect(url)) => url,
            Ok(_) => panic!("no redirect"),
            Err(failure) => panic!("{failure}"),
        }
    }

    /// How often a path was asked for.
    pub fn asked(&self, what: &str) -> usize {
        self.provider.asked().iter().filter(|asked| *asked == what).count()
    }
}

pub fn login(settings: Value) -> Arc<dyn Login> {
    find("oidc").unwrap().login(settings, &context()).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

pub fn context() -> Context {
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    Context { campus: "rivage".to_owned(), outbound: Outbound::new(&[]).unwrap(), rules }
}

pub fn chance() -> identity::Chance {
    Arc::new(|bytes: &mut [u8]| bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number))
}

pub fn proved(outcome: Result<Proof, Failure>) -> Proof {
    outcome.unwrap_or_else(|failure| panic!("{failure}"))
}

/// The failure of what must not succeed, without anything of the person in its message.
pub fn refused<T>(outcome: Result<T, Failure>, about: &str) -> Failure {
    let Err(failure) = outcome else { panic!("taken: {about}") };
    assert!(!failure.message.contains(MARK), "{failure}");
    failure
}

pub fn changed(mut whole: Value, changes: &Value) -> Value {
    let members = whole.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
    whole
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn respond(state: &mut State, asked: &Asked) -> String {
    let json = |status, body: &Value| answer(status, "content-type: application/json\r\n", &body.to_string());
    match &*asked.what {
        _ if state.down => answer(503, "", ""),
        "GET /.well-known/openid-configuration" => json(200, &state.discovery),
        "GET /keys" => json(200, &state.keys),
        "POST /token" => {
            state.posted.push((asked.form.clone(), asked.head.clone()));
            json(state.token.0, &state.token.1)
        }
        "GET /userinfo" => {
            assert!(asked.head.contains(&format!("authorization: bearer access-{MARK}\r\n")), "{}", asked.head);
            answer(200, &format!("content-type: {}\r\n", state.userinfo.0), &state.userinfo.1)
        }
        _ => answer(404, "", ""),
    }
}
