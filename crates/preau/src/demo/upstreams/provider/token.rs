//! Tokens for codes, and what the school says of a person.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::grants::{Grant, What};
use super::{CLIENT, Form, Person, Provider, form, random};
use crate::demo::upstreams::answer;

/// How long an ID token may be shown, in seconds.
const SHOWN: i64 = 300;

/// The token endpoint (OpenID Connect Core, 3.1.3 and 12).
pub async fn token(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    if !provider.knows(&headers) {
        let refusal = answer::refusal(StatusCode::UNAUTHORIZED, &json!({ "error": "invalid_client" }));
        return ([(header::WWW_AUTHENTICATE, "Basic realm=\"token\"")], refusal).into_response();
    }
    match provider.exchange(&form(&body)) {
        Ok(tokens) => answer::json(&tokens),
        Err(error) => answer::refusal(StatusCode::BAD_REQUEST, &json!({ "error": error })),
    }
}

/// What the school says of the person whose access token it is.
pub async fn userinfo(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let token = credentials(&headers, "Bearer").unwrap_or_default();
    let grant = provider.grants(|grants, now| grants.find(token, now)).filter(|grant| grant.what == What::Access);
    match grant.and_then(|grant| provider.settings.people.get(grant.person)) {
        Some(Person { claims, .. }) => answer::json(claims),
        None => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (StatusCode::UNAUTHORIZED, challenge).into_response()
        }
    }
}

impl Provider {
    /// Whether it is the campus that asks (`client_secret_basic`). Neither its name nor its secret needs an escape.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let shown = credentials(headers, "Basic").and_then(|shown| STANDARD.decode(shown).ok());
        shown.is_some_and(|shown| shown == format!("{CLIENT}:{}", self.secret).as_bytes())
    }

    fn exchange(&self, form: &Form) -> Result<Value, &'static str> {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        match get("grant_type") {
            "authorization_code" => {
                let grant = self.grants(|grants, now| grants.take(get("code"), now)).ok_or("invalid_grant")?;
                let What::Code { redirect, challenge, nonce } = &grant.what else { return Err("invalid_grant") };
                let shown = URL_SAFE_NO_PAD.encode(digest(&SHA256, get("code_verifier").as_bytes()).as_ref());
                if *redirect != get("redirect_uri") || *challenge != shown {
                    return Err("invalid_grant");
                }
                let refresh = self.grant(What::Refresh, &grant)?;
                self.tokens(&grant, &refresh, Some(nonce))
            }
            "refresh_token" => {
                let refresh = get("refresh_token");
                let grant = self.grants(|grants, now| grants.find(refresh, now));
                let grant = grant.filter(|grant| grant.what == What::Refresh).ok_or("invalid_grant")?;
                self.tokens(&grant, refresh, None)
            }
            _ => Err("unsupported_grant_type"),
        }
    }

    fn tokens(&self, grant: &Grant, refresh: &str, nonce: Option<&String>) -> Result<Value, &'static str> {
        let person = self.settings.people.get(grant.person).ok_or("invalid_grant")?;
        let now = self.now();
        let mut claims = json!({
            "iss": self.issuer(),
            "sub": person.claim("sub"),
            "aud": CLIENT,
            "iat": now,
            "exp": now + SHOWN,
            "auth_time": grant.since,
        });
        if let (Some(nonce), Some(claims)) = (nonce, claims.as_object_mut()) {
            claims.insert("nonce".to_owned(), nonce.as_str().into());
        }
        Ok(json!({
            "token_type": "Bearer",
            "access_token": self.grant(What::Access, grant)?,
            "expires_in": What::Access.lasting(),
            "refresh_token": refresh,
            "id_token": self.key.sign(&claims).map_err(|_| "server_error")?,
        }))
    }

    /// Something more for the person of a grant.
    fn grant(&self, what: What, grant: &Grant) -> Result<String, &'static str> {
        let name = random().map_err(|_| "server_error")?;
        let added = self.grants(|grants, now| grants.add(name.clone(), what, grant.person, grant.since, now));
        added.then_some(name).ok_or("temporarily_unavailable")
    }
}

/// What follows a scheme in `Authorization`.
fn credentials<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let (named, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}
