//! The contract of login methods: a method reads its settings; a login is one campus's way to sign in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use outbound::{Destination, Outbound, Rules};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use settings::{Secret, SettingError};
use url::Url;

use crate::{Attempt, DefaultClaims, Failure, FailureKind, Site};

/// A protocol by which people sign in. Stateless: one value per protocol, listed in [`METHODS`].
pub trait Method: Send + Sync {
    /// Its name in campus.toml: `oidc`.
    fn name(&self) -> &'static str;

    /// One sentence for the reference page.
    fn about(&self) -> &'static str;

    /// JSON Schema of its own keys of `[login]`, besides `method` and the claims; unknown keys are refused by it.
    fn schema(&self) -> schemars::Schema;

    /// Where the claims hold what, unless the school says otherwise, for the reference page: by the product that it names
    /// as its provider, and without a name where it names none.
    fn default_claims(&self) -> Vec<(&'static str, DefaultClaims)>;

    /// Builds a login from settings that passed the schema. Nothing is contacted.
    ///
    /// # Errors
    /// Every setting that cannot be right, by its key.
    fn login(&self, settings: Value, context: &Context) -> Result<Arc<dyn Login>, Vec<SettingError>>;

    /// What stands in for a text that is not there where a declaration is only checked, by its key.
    fn placeholder(&self, key: &str) -> &'static str {
        match key {
            "issuer" | "server" | "mdq" => "https://missing.invalid/",
            key if key.ends_with("url") => "https://missing.invalid/",
            _ => "missing",
        }
    }
}

/// What a login is built with.
#[derive(Clone)]
pub struct Context {
    /// The campus's id.
    pub campus: String,
    /// The door out.
    pub outbound: Outbound,
    /// What the operator allows this campus to reach.
    pub rules: Rules,
}

/// One campus's way to sign in.
#[async_trait]
pub trait Login: Send + Sync {
    /// Where its claims hold what, unless the school says otherwise.
    fn default_claims(&self) -> DefaultClaims;

    /// Where we connect to, as far as the declaration tells; where the browser goes is not our connection.
    fn destinations(&self) -> Vec<Destination>;

    /// How a browser comes back.
    fn way_back(&self) -> WayBack {
        WayBack::Redirect
    }

    /// What a browser does first.
    ///
    /// # Errors
    /// The provider cannot be asked how it wants to be used.
    async fn begin(&self, site: &Site, attempt: &Attempt, now: Timestamp) -> Result<Begun, Failure>;

    /// Checks what the provider gave the browser for us, and learns who it is.
    ///
    /// # Errors
    /// The answer does not hold, or the provider cannot be asked.
    async fn finish(&self, answer: &Answer<'_>) -> Result<Proof, Failure>;

    /// Tokens anew, where the provider gives such that outlive the present ones; `None` where the method has none.
    ///
    /// # Errors
    /// The provider refuses ([`FailureKind::Denied`]: this grant is over) or does not answer.
    async fn renew(&self, _tokens: &Tokens, _now: Timestamp) -> Result<Option<Proof>, Failure> {
        Ok(None)
    }

    /// Where a browser goes to sign out at the provider too, and comes back from to `site`; `None` where the provider
    /// has no such place.
    ///
    /// # Errors
    /// The provider cannot be asked where that is.
    async fn sign_out(&self, _site: &Site, _tokens: &Tokens, _now: Timestamp) -> Result<Option<Url>, Failure> {
        Ok(None)
    }

    /// What a provider tells us by itself at [`Site::NOTICE`] or, with a form, at [`Site::CALLBACK`]: who signed out.
    /// `None` where the form is no such notice.
    ///
    /// # Errors
    /// It is one, and does not hold.
    async fn notice(&self, _site: &Site, _form: &Form, _now: Timestamp) -> Result<Option<Ended>, Failure> {
        Ok(None)
    }

    /// The document about us that the provider's staff need, served at [`Site::METADATA`] (SAML), as XML.
    ///
    /// # Errors
    /// It cannot be made.
    fn metadata(&self, _site: &Site) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// Takes a proxy-granting ticket that a CAS server leaves at [`Site::PROXY`]. What does not look like one is ignored.
    fn leave_ticket(&self, _query: &Form, _now: Timestamp) {}

    /// Whether it gives access tokens with which sources can be asked in the person's name.
    fn gives_tokens(&self) -> bool {
        false
    }

    /// Whether it has [`Self::proxy_ticket`]s.
    fn gives_tickets(&self) -> bool {
        false
    }

    /// A single-use ticket with which an upstream can be asked in the person's name (CAS proxy tickets).
    ///
    /// # Errors
    /// The method has none, the person's own ticket is over, or the provider does not answer.
    async fn proxy_ticket(&self, _tokens: &Tokens, _service: &Url) -> Result<Secret, Failure> {
        Err(Failure::new(FailureKind::Misconfigured, "this login method has no proxy tickets: only cas has"))
    }

    /// Whether the provider is there and set up as declared: what was found, one line each, for the person at the
    /// terminal.
    ///
    /// # Errors
    /// What is missing, and the remedy.
    async fn probe(&self, site: &Site, now: Timestamp) -> Result<Vec<String>, Failure>;

    /// What native apps need to know before they sign in by other means than a browser, in the manifest (the address of
    /// CAS's REST protocol); an object.
    fn native(&self) -> Map<String, Value> {
        Map::new()
    }
}

/// Names and values that a browser or a provider sent, each once.
pub type Form = BTreeMap<String, String>;

/// How a browser comes back from a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack {
    /// The provider redirects it to [`Site::CALLBACK`].
    Redirect,
    /// A page of the provider's posts a form there (SAML).
    Post,
    /// It never went away: the form was ours (LDAP).
    Form,
}

/// What a browser does first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It goes there.
    Redirect(Url),
    /// It posts these fields there.
    Post(Url, Vec<(String, String)>),
    /// It asks for user and password itself, on a page of ours, and posts them as `user` and `password` (LDAP).
    Form,
}

/// What came back from the provider, or from our own form.
#[derive(Clone)]
pub struct Answer<'a> {
    /// Where we are.
    pub site: &'a Site,
    /// The sign-in that it ends; its id has been compared with `state` or `RelayState` already. None where a native app
    /// brings a CAS ticket that it got by itself.
    pub attempt: Option<&'a Attempt>,
    /// Query parameters.
    pub query: &'a Form,
    /// Fields of a form.
    pub form: &'a Form,
    /// Where the request came from, to slow down those who guess.
    pub peer: Option<IpAddr>,
    /// The present instant.
    pub now: Timestamp,
}

/// Who it is, as the provider says.
#[derive(Clone)]
pub struct Proof {
    /// All that it says about the person, as a JSON object: the input of the claims' expressions.
    pub claims: Map<String, Value>,
    /// What upstream calls and signing out will need.
    pub tokens: Tokens,
    /// How the provider will name this sign-in when it ends: OIDC's `sid`, the ticket of CAS, SAML's `SessionIndex`.
    pub session: Option<String>,
    /// How the provider names the person when all their sign-ins end: OIDC's `sub`.
    pub subject: Option<String>,
}

/// The provider's tokens of one person. They have no `Debug`; they travel inside the sealed session only.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// An access token for upstream calls in the person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// Until when it is good, in seconds since 1970, where the provider said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_until: Option<i64>,
    /// A refresh token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<String>,
    /// The ID token, a hint at signing out (OpenID Connect RP-Initiated Logout).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// A proxy-granting ticket (CAS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granting: Option<String>,
}

/// Who signed out, as the provider names them.
#[derive(Clone, PartialEq, Eq)]
pub enum Ended {
    /// One sign-in: [`Proof::session`].
    Session(String),
    /// All sign-ins of a person: [`Proof::subject`].
    Subject(String),
}

/// All login methods. Adding one is a folder and a line here.
pub const METHODS: &[&dyn Method] = &[&crate::oidc::Oidc, &crate::cas::Cas, &crate::saml::Saml, &crate::ldap::Ldap];

/// The method of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Method> {
    METHODS.iter().copied().find(|method| method.name() == name)
}
