//! Access tokens by client credentials (RFC 6749, 4.4): fetched once for all who wait, kept until they expire.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use outbound::{Client, Failure, FailureKind, Request, Response, site};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use super::check::{Problems, address};
use super::settings::{CredentialsIn, Oauth2};

/// The tokens of one source.
#[derive(Debug)]
pub(super) struct Tokens {
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    last: Mutex<Option<Result<Token, Failure>>>,
    /// How often a token was asked for.
    attempts: AtomicU64,
}

#[derive(Debug, Clone)]
struct Token {
    value: HeaderValue,
    until: Timestamp,
}

impl Tokens {
    pub(super) fn new(settings: &Oauth2, problems: &mut Problems) -> Option<Self> {
        let url = address("auth.oauth2.token_url", &settings.token_url, problems)?;
        let (id, secret) = (settings.client_id.as_str(), settings.client_secret.expose());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        match settings.credentials_in {
            CredentialsIn::Body => _ = form.append_pair("client_id", id).append_pair("client_secret", secret),
            CredentialsIn::Header => {
                let mut value = HeaderValue::try_from(basic(id, secret)).ok()?;
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
        }
        if let Some(scope) = &settings.scope {
            form.append_pair("scope", scope);
        }
        Some(Self { url, headers, body: form.finish().into(), last: Mutex::new(None), attempts: AtomicU64::new(0) })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn are_plain_text(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// A token as the header's value; never the one that was just refused.
    pub(super) async fn get(
        &self,
        client: &Client,
        now: Timestamp,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Failure> {
        let seen = self.attempts.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        match &*last {
            Some(Ok(token)) if token.until > now && Some(&token.value) != refused => return Ok(token.value.clone()),
            // Whoever waited while another failed has failed too.
            Some(Err(failure)) if self.attempts.load(Ordering::Acquire) != seen => return Err(failure.clone()),
            _ => {}
        }
        let outcome = self.fetch(client, now).await;
        self.attempts.fetch_add(1, Ordering::AcqRel);
        last.insert(outcome).clone().map(|token| token.value)
    }

    async fn fetch(&self, client: &Client, now: Timestamp) -> Result<Token, Failure> {
        let (url, headers, body) = (self.url.clone(), self.headers.clone(), self.body.clone());
        let response = client.send(Request { method: Method::POST, url, headers, body }).await?;
        let site = site(&self.url);
        if matches!(response.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(Failure::new(FailureKind::Refused, format!("{site} gives us no token{}", reason(&response))));
        }
        let response = response.check()?;
        let malformed = |_| Failure::new(FailureKind::Malformed, format!("{site} answered something that is no token"));
        let granted: Granted = serde_json::from_slice(&response.body).map_err(malformed)?;
        let mut value = HeaderValue::try_from(format!("Bearer {}", granted.access_token))
            .map_err(|_| Failure::new(FailureKind::Malformed, format!("{site} answered a token that is no text")))?;
        value.set_sensitive(true);
        let until = now.checked_add(kept_for(granted.expires_in)).unwrap_or(now);
        Ok(Token { value, until })
    }
}

/// A minute less than it lives, so that it does not expire on its way; five minutes where nothing is said.
fn kept_for(expires_in: Option<Seconds>) -> SignedDuration {
    let seconds = match expires_in {
        None => 300,
        Some(Seconds::Number(seconds)) => seconds as i64,
        Some(Seconds::Text(text)) => text.parse().unwrap_or(300),
    };
    SignedDuration::from_secs(seconds.clamp(0, 86_400).saturating_sub(60))
}

/// Name and secret are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

/// The error code (RFC 6749, 5.2), where the answer has one.
fn reason(response: &Response) -> String {
    let refusal = serde_json::from_slice::<Refusal>(&response.body);
    let codes = refusal
        .ok()
        .map(|refusal| refusal.error)
        .filter(|error| error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    codes.map(|code| format!(": {code}")).unwrap_or_default()
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<Seconds>,
}

/// Some servers write the number as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(String),
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}
