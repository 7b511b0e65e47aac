//! A school's identity provider (OpenID Connect), at which a person signs in by pressing the button with their name.

mod authorize;
mod grants;
mod key;
mod logout;
mod token;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use gateway::page::School;
use serde_json::{Value, json};
use url::{Host, Url};

use self::grants::Grants;
use self::key::Key;
use crate::demo::upstreams::answer;
use crate::demo::upstreams::clock::Clock;

/// What the campus is called at its provider.
const CLIENT: &str = "preau";

/// Where a campus takes what the provider gives the browser for it.
const CALLBACK: &str = "/api/login/callback";

/// The provider's own path at its school.
pub const PATH: &str = "/connexion";

/// What sets a school's provider apart.
pub struct Settings {
    /// The campus's id, which its host name begins with.
    pub campus: &'static str,
    /// What the school is called, and its colour.
    pub name: &'static str,
    pub colour: &'static str,
    /// Where the school's routes answer.
    pub base: String,
    pub people: Vec<Person>,
}

/// Somebody who can sign in.
#[derive(Debug)]
pub struct Person {
    /// What they are at the school, below their name.
    pub about: String,
    /// What the school says of them, `sub` and `name` among it.
    pub claims: Value,
}

/// A school's provider, running.
pub struct Provider {
    settings: Settings,
    /// What the campus shows to get tokens.
    pub secret: String,
    key: Key,
    grants: Mutex<Grants>,
    clock: Clock,
}

impl Provider {
    /// A provider with a key and a secret of its own.
    pub fn new(settings: Settings, clock: &Clock) -> io::Result<Arc<Self>> {
        let (secret, key) = (random()?, Key::generate()?);
        Ok(Arc::new(Self { settings, secret, key, grants: Mutex::default(), clock: clock.clone() }))
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        format!("{}{PATH}", self.settings.base)
    }

    /// Its routes, at [`PATH`].
    pub fn routes(self: Arc<Self>) -> Router {
        let own = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize::ask).post(authorize::answer))
            .route("/token", post(token::token))
            .route("/userinfo", get(token::userinfo))
            .route("/jwks", get(keys))
            .route("/logout", get(logout::logout))
            .with_state(self);
        Router::new().nest(PATH, own)
    }

    /// Works with what was granted and still holds.
    fn grants<T>(&self, work: impl FnOnce(&mut Grants, i64) -> T) -> T {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut grants, self.now())
    }

    fn school(&self) -> School<'static> {
        School { name: self.settings.name, colour: Some(self.settings.colour), channel: None }
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp().as_second()
    }

    /// An address of the campus, in whichever cell and at whichever port it is served on this machine.
    fn of_campus(&self, url: &Url) -> bool {
        let own = format!("{}.localhost", self.settings.campus);
        let host = match url.host() {
            Some(Host::Domain("localhost")) => true,
            Some(Host::Domain(name)) => {
                name.strip_suffix(&own).is_some_and(|cell| cell.is_empty() || cell.ends_with('.'))
            }
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        host && url.scheme() == "http" && url.username().is_empty() && url.password().is_none()
    }
}

/// What it can do (OpenID Connect Discovery, 3).
async fn discovery(State(provider): State<Arc<Provider>>) -> Response {
    let issuer = provider.issuer();
    answer::json(&json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "ui_locales_supported": ["fr", "en"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Response {
    answer::json(&provider.key.jwks())
}

/// Names and values of a query or a form.
type Form = BTreeMap<String, String>;

fn form(text: &[u8]) -> Form {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// 256 bits that nobody guesses.
fn random() -> io::Result<String> {
    use base64::Engine as _;
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests;
