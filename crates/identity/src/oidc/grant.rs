//! The token endpoint: a code, or a refresh token, for tokens (RFC 6749).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use outbound::Response;
use serde::Deserialize;
use settings::Secret;
use url::form_urlencoded;

use super::metadata::Metadata;
use super::provider::Provider;
use super::settings::ClientAuth;
use crate::{Failure, FailureKind};

/// How long an access token can be said to live: a year.
const LONGEST: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Who we are to the provider.
pub(super) struct Application {
    pub(super) id: String,
    pub(super) secret: Option<Secret>,
    pub(super) auth: Option<ClientAuth>,
}

/// What the token endpoint gives.
#[derive(Deserialize)]
pub(super) struct Granted {
    #[serde(rename = "access_token")]
    pub(super) access: Option<String>,
    #[serde(rename = "id_token")]
    pub(super) id: Option<String>,
    #[serde(rename = "refresh_token")]
    pub(super) refresh: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
}

/// Some providers write the number as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(String),
}

impl Granted {
    /// Until when the access token is good, in seconds since 1970.
    pub(super) fn access_until(&self, now: Timestamp) -> Option<i64> {
        let seconds = match self.expires_in.as_ref()? {
            Seconds::Number(seconds) => *seconds as i64,
            Seconds::Text(text) => text.parse().ok()?,
        };
        Some(now.as_second().saturating_add(seconds.clamp(0, LONGEST.as_secs())))
    }

    fn is_usable(&self) -> bool {
        let bearer = self.token_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case("Bearer"));
        // They end up in headers (RFC 6750, 2.1).
        let plain = |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        bearer && [&self.access, &self.refresh].into_iter().flatten().all(plain)
    }
}

impl Application {
    /// Asks for tokens. `over` is what it means where the provider does not take the code or the refresh token.
    pub(super) async fn ask(
        &self,
        provider: &Provider,
        metadata: &Metadata,
        fields: &[(&str, &str)],
        over: FailureKind,
    ) -> Result<Granted, Failure> {
        let (headers, form) = self.request(provider, metadata, fields)?;
        let answer = provider.send(Method::POST, metadata.token.clone(), headers, form).await?;
        if let Some(failure) = refusal(&answer, provider.host(), over) {
            return Err(failure);
        }
        let answer = answer.check()?;
        let granted = serde_json::from_slice(&answer.body).ok().filter(Granted::is_usable);
        granted.ok_or_else(|| wrong(format!("{} answers something that is no bearer token", provider.host())))
    }

    fn request(
        &self,
        provider: &Provider,
        metadata: &Metadata,
        fields: &[(&str, &str)],
    ) -> Result<(HeaderMap, Bytes), Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        match (&self.secret, self.way(provider, metadata)?) {
            (Some(secret), ClientAuth::Basic) => {
                let mut value = HeaderValue::try_from(basic(&self.id, secret.expose()))
                    .map_err(|_| wrong("client_id of [login] fits no header"))?;
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
            (Some(secret), ClientAuth::Post) => {
                form.append_pair("client_id", &self.id).append_pair("client_secret", secret.expose());
            }
            (None, _) => drop(form.append_pair("client_id", &self.id)),
        }
        Ok((headers, form.finish().into()))
    }

    fn way(&self, provider: &Provider, metadata: &Metadata) -> Result<ClientAuth, Failure> {
        let takes = |name: &str| {
            metadata.auth_methods.as_ref().is_none_or(|methods| methods.iter().any(|method| method == name))
        };
        match self.auth {
            Some(declared) => Ok(declared),
            None if self.secret.is_none() || takes("client_secret_basic") => Ok(ClientAuth::Basic),
            None if takes("client_secret_post") => Ok(ClientAuth::Post),
            None => Err(wrong(format!("{} does not take clients by their secret", provider.host()))),
        }
    }
}

/// Name and secret are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

/// What an error of the token endpoint means (RFC 6749, 5.2).
fn refusal(answer: &Response, host: &str, over: FailureKind) -> Option<Failure> {
    if !matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return None;
    }
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let code = serde_json::from_slice(&answer.body).map(|Refusal { error }| error).unwrap_or_default();
    Some(match code.as_str() {
        "invalid_grant" | "interaction_required" | "login_required" | "consent_required" => {
            Failure::new(over, format!("{host} gives no tokens any more for what it gave before ({code})"))
        }
        "invalid_client" | "unauthorized_client" => wrong(format!(
            "{host} does not take us for the application we say we are ({code}): are client_id and client_secret of [login] right?"
        )),
        _ => wrong(format!("{host} gives us no token{}", in_brackets(&code))),
    })
}

/// An error code of OAuth as a part of a message, where it is one.
pub(super) fn in_brackets(code: &str) -> String {
    let plain =
        !code.is_empty() && code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain { format!(" ({code})") } else { String::new() }
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Misconfigured, message)
}
