//! What a school writes below `[login]` for OpenID Connect, and what of it cannot be right.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use settings::{Secret, SettingError, wrong};
use url::Url;

use super::issuer::{self, Issuer};
use super::preset::Product;

/// Sign-in by OpenID Connect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The provider's issuer, exactly as it calls itself, final slash included: what precedes
    /// `/.well-known/openid-configuration`.
    pub(super) issuer: String,
    /// How the provider knows us.
    pub(super) client_id: String,
    /// Our secret there; none for a public client.
    pub(super) client_secret: Option<Secret>,
    /// How the secret is sent, where the provider takes only one of the two ways that it announces.
    pub(super) client_auth: Option<ClientAuth>,
    /// The product, whose habits become defaults: which claims hold user, name, groups.
    pub(super) provider: Option<Product>,
    /// Entra ID with `organizations` or `common` in its issuer: the tenants whose people may sign in, by their ids.
    #[serde(default)]
    pub(super) tenants: Vec<String>,
    /// Asked for besides `openid`. Default: `["profile", "email"]`.
    pub(super) scopes: Option<Vec<String>>,
    /// Further parameters of the request that begins a sign-in: `{ prompt = "consent" }`, `{ acr_values = "eidas1" }`.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
    /// Whether sessions carry a refresh token (`offline_access`): access tokens, for sources that are asked in the
    /// person's name, and claims are had anew with it. Without it they last as long as the provider's first ones.
    #[serde(default)]
    pub(super) refresh: bool,
    /// Whether the provider's userinfo endpoint is asked for further claims. Default: only where the ID token says
    /// nothing about the person.
    pub(super) userinfo: Option<bool>,
}

/// How the secret is sent to the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ClientAuth {
    /// As basic authentication (`client_secret_basic`).
    Basic,
    /// In the form (`client_secret_post`).
    Post,
}

/// What we say ourselves in the request that begins a sign-in, or could be misled by.
const OURS: &[&str] = &[
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
];

impl Settings {
    /// The issuer; and, where any are there, every mistake.
    pub(super) fn check(&self) -> Result<Issuer, Vec<SettingError>> {
        let mut mistakes = Vec::new();
        let url = Url::parse(&self.issuer).ok().filter(|url| url.host_str().is_some());
        match &url {
            Some(url) if !matches!(url.scheme(), "https" | "http") => {
                mistakes.push(wrong("issuer", "issuer is no web address"));
            }
            Some(url) if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() => {
                mistakes
                    .push(wrong("issuer", "issuer has a query, a fragment or a user, and is an address without them"));
            }
            Some(_) => {}
            None => mistakes.push(wrong("issuer", "issuer is no web address: write https://…")),
        }
        if self.client_id.is_empty() || self.client_id.chars().any(char::is_control) {
            mistakes.push(wrong("client_id", "client_id is empty or has control characters"));
        }
        let scope =
            |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        if self.scopes.iter().flatten().any(|text| !scope(text)) {
            mistakes
                .push(wrong("scopes", "scopes has one that is empty or has spaces: write each as a text of its own"));
        }
        for name in self.parameters.keys().filter(|name| OURS.contains(&name.as_str())) {
            mistakes
                .push(wrong(&format!("parameters.{name}"), format!("the parameter {name} is said by Préau itself")));
        }
        self.check_tenants(&mut mistakes);
        match url {
            Some(url) if mistakes.is_empty() => Ok(Issuer::new(self.issuer.clone(), url, self.tenants.clone())),
            _ => Err(mistakes),
        }
    }

    fn check_tenants(&self, mistakes: &mut Vec<SettingError>) {
        let several = issuer::is_for_several_tenants(&self.issuer);
        match (self.provider, several, self.tenants.is_empty()) {
            (Some(Product::Entra), true, true) => mistakes.push(SettingError {
                help: Some("tenants = [\"TENANT-ID\"], or the tenant's id in `issuer`".to_owned()),
                ..wrong("tenants", "tenants is missing: this issuer lets people of every organisation sign in")
            }),
            (Some(Product::Entra), true, false) | (_, _, true) => {}
            _ => mistakes.push(wrong(
                "tenants",
                "tenants is for provider = \"entra\" and an issuer with `organizations` or `common` in place of a tenant's id",
            )),
        }
        let id = |tenant: &String| tenant.len() == 36 && tenant.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !self.tenants.iter().all(id) {
            mistakes.push(wrong(
                "tenants",
                "tenants has one that is no tenant's id: write them as in the Entra portal, 8-4-4-4-12 digits",
            ));
        }
    }
}
