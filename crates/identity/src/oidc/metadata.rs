//! How a provider wants to be used: its discovery document (OpenID Connect Discovery 1.0, RFC 8414).

use serde::Deserialize;
use url::Url;

use super::issuer::Issuer;
use crate::{Failure, FailureKind};

/// What we use of the document.
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) end_session: Option<Url>,
    /// How clients say who they are; by default as basic authentication.
    pub(super) auth_methods: Option<Vec<String>>,
    /// Whether each answer names its issuer (RFC 9207).
    pub(super) names_itself: bool,
    /// Whether PKCE with S256 is announced; `None` where nothing is said of it.
    pub(super) pkce: Option<bool>,
    /// Algorithms of ID tokens, where it says which.
    pub(super) algorithms: Option<Vec<String>>,
    /// Whether it tells us who signed out.
    pub(super) notices: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    backchannel_logout_supported: Option<bool>,
}

impl Metadata {
    /// Reads the document of `issuer`.
    pub(super) fn read(document: &[u8], issuer: &Issuer, host: &str) -> Result<Self, Failure> {
        let wrong = |what: String| Failure::new(FailureKind::Misconfigured, what);
        let document: Document = serde_json::from_slice(document).map_err(|_| {
            wrong(format!("{host} answers something that is no OpenID configuration: is `issuer` of [login] right?"))
        })?;
        if document.issuer != issuer.announced() {
            let (own, declared) = (shown(&document.issuer), issuer.announced());
            return Err(wrong(format!(
                "{host} calls itself {own}, not {declared}: `issuer` of [login] has to be the former, to the last slash"
            )));
        }
        let endpoint = |name: &str, text: String| {
            let url = Url::parse(&text).ok().filter(|url| is_safe(url, issuer.url()));
            url.ok_or_else(|| wrong(format!("{host} announces a {name} that is no https address")))
        };
        let optional = |name, text: Option<String>| text.map(|text| endpoint(name, text)).transpose();
        Ok(Self {
            authorization: endpoint("authorization_endpoint", document.authorization_endpoint)?,
            token: endpoint("token_endpoint", document.token_endpoint)?,
            keys: endpoint("jwks_uri", document.jwks_uri)?,
            userinfo: optional("userinfo_endpoint", document.userinfo_endpoint)?,
            end_session: optional("end_session_endpoint", document.end_session_endpoint)?,
            auth_methods: document.token_endpoint_auth_methods_supported,
            names_itself: document.authorization_response_iss_parameter_supported == Some(true),
            pkce: document
                .code_challenge_methods_supported
                .map(|methods| methods.iter().any(|method| method == "S256")),
            algorithms: document.id_token_signing_alg_values_supported,
            notices: document.backchannel_logout_supported == Some(true),
        })
    }
}

/// https; plain http only beside an issuer that is reached so itself, which the operator had to open (loopback).
fn is_safe(url: &Url, issuer: &Url) -> bool {
    let inside = url.scheme() == "http" && issuer.scheme() == "http" && url.host() == issuer.host();
    (url.scheme() == "https" || inside) && url.host_str().is_some() && url.username().is_empty()
}

/// A name that a provider gives itself, for a line of text.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}
