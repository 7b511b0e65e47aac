//! Sign-in by OpenID Connect: the authorization code flow with PKCE, and the provider's tokens, renewal and logout.

mod answer;
mod grant;
mod issuer;
mod kept;
mod metadata;
mod notice;
mod preset;
mod probe;
mod provider;
mod settings;
mod token;
mod userinfo;

use std::collections::BTreeMap;
use std::sync::Arc;

use ::settings::{SettingError, read};
use async_trait::async_trait;
use jiff::Timestamp;
use outbound::Destination;
use serde_json::{Map, Value};
use url::Url;

use self::grant::{Application, Granted};
use self::metadata::Metadata;
use self::preset::Preset;
use self::provider::Provider;
use self::settings::Settings;
use self::token::Expected;
use crate::method::Form;
use crate::{
    Answer, Attempt, Begun, Context, DefaultClaims, Ended, Failure, FailureKind, Login, Method, Once, Proof, Site,
    Tokens, jws,
};

/// An ID token that hints at who signs out, in bytes at most: it travels in an address.
const LONGEST_HINT: usize = 6 << 10;

/// Logout tokens that are remembered until they are too old: only the provider can make them.
const MOST_NOTICES: usize = 10_000;

/// The method.
pub(crate) struct Oidc;

impl Method for Oidc {
    fn name(&self) -> &'static str {
        "oidc"
    }

    fn about(&self) -> &'static str {
        "Signs people in at an OpenID Connect provider: Entra ID, AD FS, Keycloak, LemonLDAP::NG, Shibboleth and others."
    }

    fn schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn default_claims(&self) -> Vec<(&'static str, DefaultClaims)> {
        Preset::claims_by_product()
    }

    fn login(&self, settings: Value, context: &Context) -> Result<Arc<dyn Login>, Vec<SettingError>> {
        let settings: Settings = read(settings)?;
        let issuer = settings.check()?;
        let preset = Preset::of(settings.provider);
        let usual = || ["profile", "email"].map(str::to_owned).to_vec();
        let mut scopes = settings.scopes.unwrap_or_else(usual);
        if settings.refresh && preset.offline {
            scopes.push("offline_access".to_owned());
        }
        scopes.retain(|scope| scope != "openid");
        scopes.insert(0, "openid".to_owned());
        Ok(Arc::new(OidcLogin {
            provider: Provider::new(issuer, context),
            application: Application {
                id: settings.client_id,
                secret: settings.client_secret,
                auth: settings.client_auth,
            },
            scope: scopes.join(" "),
            parameters: settings.parameters,
            refresh: settings.refresh,
            userinfo: settings.userinfo,
            claims: preset.claims,
            notices: Once::new(MOST_NOTICES),
        }))
    }
}

struct OidcLogin {
    provider: Provider,
    application: Application,
    scope: String,
    parameters: BTreeMap<String, String>,
    refresh: bool,
    userinfo: Option<bool>,
    claims: DefaultClaims,
    notices: Once,
}

#[async_trait]
impl Login for OidcLogin {
    fn default_claims(&self) -> DefaultClaims {
        self.claims
    }

    fn destinations(&self) -> Vec<Destination> {
        Destination::of(self.provider.issuer().url()).into_iter().collect()
    }

    fn gives_tokens(&self) -> bool {
        true
    }

    async fn begin(&self, site: &Site, attempt: &Attempt, now: Timestamp) -> Result<Begun, Failure> {
        let mut url = self.provider.metadata(now).await?.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.application.id)
            .append_pair("redirect_uri", site.at(Site::CALLBACK).as_str())
            .append_pair("scope", &self.scope)
            .append_pair("state", attempt.id())
            .append_pair("nonce", &attempt.nonce())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(&self.parameters);
        Ok(Begun::Redirect(url))
    }

    async fn finish(&self, answer: &Answer<'_>) -> Result<Proof, Failure> {
        let metadata = self.provider.metadata(answer.now).await?;
        let code = answer::code(answer.query, &metadata, &self.provider)?;
        let attempt = answer.attempt.ok_or_else(|| Failure::invalid("a sign-in by OpenID Connect begins here"))?;
        let redirect = answer.site.at(Site::CALLBACK);
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", attempt.verifier()),
        ];
        let granted = self.application.ask(&self.provider, &metadata, &fields, FailureKind::Invalid).await?;
        let claims = self.identify(&granted, Some(&attempt.nonce()), answer.now).await?;
        let claims = claims.ok_or_else(|| {
            let host = self.provider.host();
            Failure::new(
                FailureKind::Misconfigured,
                format!("{host} gives no ID token: is it set up for OpenID Connect?"),
            )
        })?;
        self.prove(claims, granted, &Tokens::default(), &metadata, answer.now).await
    }

    async fn renew(&self, tokens: &Tokens, now: Timestamp) -> Result<Option<Proof>, Failure> {
        let Some(refresh) = &tokens.refresh else { return Ok(None) };
        let before = tokens.hint.as_deref().and_then(jws::claims_of_checked);
        let before = before.ok_or_else(|| Failure::new(FailureKind::Stale, "the session does not say who began it"))?;
        let metadata = self.provider.metadata(now).await?;
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        let granted = self.application.ask(&self.provider, &metadata, &fields, FailureKind::Denied).await?;
        let claims = match self.identify(&granted, None, now).await? {
            None => before,
            // The same person at the same provider (OpenID Connect Core 1.0, 12.2).
            Some(after) if ["iss", "sub"].iter().all(|name| after.get(*name) == before.get(*name)) => after,
            Some(_) => return Err(self.provider.invalid("renewed ID token", "is about somebody else than the first")),
        };
        self.prove(claims, granted, tokens, &metadata, now).await.map(Some)
    }

    async fn sign_out(&self, site: &Site, tokens: &Tokens, now: Timestamp) -> Result<Option<Url>, Failure> {
        let Some(mut url) = self.provider.metadata(now).await?.end_session.clone() else { return Ok(None) };
        let mut query = url.query_pairs_mut();
        if let Some(hint) = tokens.hint.as_ref().filter(|hint| hint.len() <= LONGEST_HINT) {
            query.append_pair("id_token_hint", hint);
        }
        query.append_pair("client_id", &self.application.id);
        query.append_pair("post_logout_redirect_uri", site.origin().as_str());
        drop(query);
        Ok(Some(url))
    }

    async fn notice(&self, _: &Site, form: &Form, now: Timestamp) -> Result<Option<Ended>, Failure> {
        let Some(token) = form.get("logout_token") else { return Ok(None) };
        notice::read(token, &self.provider, &self.expected(now), &self.notices).await.map(Some)
    }

    async fn probe(&self, site: &Site, now: Timestamp) -> Result<Vec<String>, Failure> {
        probe::probe(&self.provider, site, now).await
    }
}

impl OidcLogin {
    fn expected(&self, now: Timestamp) -> Expected<'_> {
        Expected { issuer: self.provider.issuer(), client: &self.application.id, now }
    }

    /// What the ID token says, where there is one and it holds.
    async fn identify(
        &self,
        granted: &Granted,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Map<String, Value>>, Failure> {
        let Some(token) = &granted.id else { return Ok(None) };
        let signed = self.provider.verify(token, "ID token", now).await?;
        self.expected(now).id_token(&signed, nonce).map_err(|why| self.provider.invalid("ID token", why))?;
        if granted.access.as_ref().is_some_and(|access| !token::names(&signed, access)) {
            return Err(self.provider.invalid("ID token", "belongs to another access token (`at_hash`)"));
        }
        Ok(Some(signed.claims))
    }

    /// Completes claims by the userinfo endpoint, and keeps what a session needs of the tokens.
    async fn prove(
        &self,
        mut claims: Map<String, Value>,
        granted: Granted,
        before: &Tokens,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Proof, Failure> {
        let session = token::text(&claims, "sid").map(str::to_owned);
        let subject = token::text(&claims, "sub").map(str::to_owned);
        let asks = self.userinfo.unwrap_or_else(|| userinfo::is_needed(&claims));
        if let (true, Some(endpoint), Some(access)) = (asks, &metadata.userinfo, &granted.access) {
            userinfo::add(&mut claims, &self.provider, endpoint, access, &self.expected(now)).await?;
        }
        let access_until = granted.access_until(now);
        let hint = granted.id.or_else(|| before.hint.clone());
        let hints = |hint: &String| self.refresh || (metadata.end_session.is_some() && hint.len() <= LONGEST_HINT);
        let refresh = granted.refresh.or_else(|| before.refresh.clone());
        let tokens = Tokens {
            access: granted.access,
            access_until,
            refresh: refresh.filter(|_| self.refresh),
            hint: hint.filter(hints),
            granting: None,
        };
        Ok(Proof { claims, tokens, session, subject })
    }
}
