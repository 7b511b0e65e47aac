//! `saml`: SAML 2.0 (web browser SSO profile), for Shibboleth and the federations of schools, such as RENATER.
//!
//! We are a service provider: a browser takes a signed request to the provider of the school, and posts its response to us.
//! Claims are the attributes: by their short names where they are well known (`eduPersonPrincipalName`, `supannEtuId`,
//! `mail`), by the friendly names that the provider gives them, and by their full names (`urn:oid:…`); several values are a
//! list. Besides there are `name_id`, `name_id_format` and `issuer`.

mod attributes;
mod canonical;
mod certificate;
mod cipher;
mod keys;
mod metadata;
mod provider;
mod request;
mod response;
mod signature;
mod xml;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use outbound::{Destination, Rules, site};
use serde_json::{Map, Value};
use settings::{Secret, SettingError, read, wrong};
use url::{Url, form_urlencoded};

use self::certificate::Certificate;
use self::keys::Pair;
use self::metadata::{Metadata, Origin};
use self::provider::Provider;
use self::response::{Accepted, Expected, NAME_ID, Refused, check};
use crate::{
    Answer, Begun, Context, DefaultClaims, Failure, FailureKind, Login, Method, Once, Proof, Site, Tokens, WayBack,
};

/// The method.
pub(crate) struct Saml;

/// `[login]` with `method = "saml"`. One of `metadata`, `metadata_url` and `mdq` says who the provider is.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The provider's metadata: `{ file = "idp-metadata.xml" }`.
    #[schemars(extend("x-public" = true))]
    metadata: Option<Secret>,
    /// Where the provider's metadata is: `https://idp.univ.fr/idp/shibboleth`. It is asked anew each hour, or as it says.
    metadata_url: Option<String>,
    /// A federation's metadata query service, asked for `entity_id` only: `https://mdq.federation.renater.fr/`.
    mdq: Option<String>,
    /// The provider's entity id. Needed with `mdq`, and where the metadata is of several entities.
    entity_id: Option<String>,
    /// Who has to have signed the metadata: the federation's certificates, PEM. Without it, metadata is believed because of
    /// where it comes from: the campus folder, or a server with the right certificate.
    #[schemars(extend("x-public" = true))]
    metadata_certificate: Option<Secret>,
    /// Our own certificate, PEM, which the provider finds in our metadata. RSA with 2,048 bits or more, self-signed, for
    /// many years: `openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj /CN=preau -keyout key.pem -out cert.pem`
    #[schemars(extend("x-public" = true))]
    certificate: Secret,
    /// Its private key, PEM without a password.
    key: Secret,
    /// A certificate that will take the place of `certificate`: published beside it for the time that the federation needs
    /// to spread it, and good for what is encrypted for it already.
    #[schemars(extend("x-public" = true))]
    next_certificate: Option<Secret>,
    /// The private key of `next_certificate`.
    next_key: Option<Secret>,
}

/// Assertions that were used, remembered until they are too old: enough for a day of sign-ins in five minutes.
const USED: usize = 100_000;

/// One campus's provider.
struct SamlLogin {
    metadata: Metadata,
    /// Ours: the present pair, and the next one.
    pairs: Vec<Pair>,
    used: Once,
}

/// Where its claims hold what, unless the school says otherwise.
const CLAIMS: DefaultClaims = DefaultClaims {
    user: ".eduPersonPrincipalName // .uid // .[\"subject-id\"]",
    name: ".displayName // .cn",
    groups: ".isMemberOf // .memberOf",
    affiliation: ".eduPersonAffiliation",
};

impl Method for Saml {
    fn name(&self) -> &'static str {
        "saml"
    }

    fn about(&self) -> &'static str {
        "SAML 2.0, at a Shibboleth or another identity provider, with or without a federation such as RENATER."
    }

    fn schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn placeholder(&self, key: &str) -> &'static str {
        match key {
            "mdq" | "metadata_url" => "https://missing.invalid/",
            // No pair.
            _ => "",
        }
    }

    fn default_claims(&self) -> Vec<(&'static str, DefaultClaims)> {
        vec![("", CLAIMS)]
    }

    fn login(&self, settings: Value, context: &Context) -> Result<Arc<dyn Login>, Vec<SettingError>> {
        let settings: Settings = read(settings)?;
        let mut mistakes = Vec::new();
        let pairs = pairs(&settings, &mut mistakes);
        let signers = settings.metadata_certificate.as_ref().map(|pem| Certificate::all(pem.expose())).transpose();
        let signers = signers.unwrap_or_else(|message| {
            mistakes.push(wrong("metadata_certificate", message));
            None
        });
        let signers = signers.unwrap_or_default();
        let origin = origin(&settings, &signers).map_err(|mistake| mistakes.push(mistake));
        let (Ok(origin), true) = (origin, mistakes.is_empty()) else { return Err(mistakes) };
        // Metadata is no open data: whoever could change it on the way could sign in as anybody.
        let rules = Rules { plain_http: false, ..context.rules.clone() };
        let client = context.outbound.client(rules);
        let metadata =
            Metadata { origin, entity_id: settings.entity_id, signers, client, kept: tokio::sync::Mutex::default() };
        Ok(Arc::new(SamlLogin { metadata, pairs, used: Once::new(USED) }))
    }
}

fn pairs(settings: &Settings, mistakes: &mut Vec<SettingError>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut add = |[of_certificate, of_key]: [&str; 2], certificate: &Secret, key: &Secret| {
        // Where a declaration is only checked, keys may be elsewhere.
        if certificate.expose().is_empty() || key.expose().is_empty() {
            return;
        }
        match Pair::new(certificate.expose(), key) {
            Ok(pair) => pairs.push(pair),
            Err((about_key, message)) => mistakes.push(wrong(if about_key { of_key } else { of_certificate }, message)),
        }
    };
    add(["certificate", "key"], &settings.certificate, &settings.key);
    match (&settings.next_certificate, &settings.next_key) {
        (Some(certificate), Some(key)) => add(["next_certificate", "next_key"], certificate, key),
        (None, None) => {}
        (None, Some(_)) => mistakes.push(wrong("next_key", "next_key needs next_certificate beside it")),
        (Some(_), None) => mistakes.push(wrong("next_certificate", "next_certificate needs next_key beside it")),
    }
    pairs
}

fn origin(settings: &Settings, signers: &[Certificate]) -> Result<Origin, SettingError> {
    let id = settings.entity_id.as_deref();
    match (&settings.metadata, &settings.metadata_url, &settings.mdq, id) {
        (Some(text), None, None, id) => {
            let provider = Provider::parse(text.expose(), id, signers);
            provider.map(|provider| Origin::Given(Arc::new(provider))).map_err(|what| wrong("metadata", what))
        }
        (None, Some(url), None, _) => address("metadata_url", url).map(Origin::At),
        (None, None, Some(_), None) => Err(wrong("entity_id", "mdq needs it: the provider's entity id")),
        // Metadata Query Protocol, 3.1.1.
        (None, None, Some(base), Some(id)) => {
            let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
            address("mdq", &format!("{}/entities/{id}", base.trim_end_matches('/'))).map(Origin::At)
        }
        _ => Err(wrong("metadata", "one of metadata, metadata_url and mdq says who the provider is")),
    }
}

fn address(key: &str, text: &str) -> Result<Url, SettingError> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    url.ok_or_else(|| wrong(key, "this is no web address: it begins with https://"))
}

#[async_trait]
impl Login for SamlLogin {
    fn default_claims(&self) -> DefaultClaims {
        CLAIMS
    }

    fn destinations(&self) -> Vec<Destination> {
        match &self.metadata.origin {
            Origin::Given(_) => Vec::new(),
            Origin::At(url) => Destination::of(url).into_iter().collect(),
        }
    }

    fn way_back(&self) -> WayBack {
        WayBack::Post
    }

    async fn begin(&self, site: &Site, attempt: &crate::Attempt, now: Timestamp) -> Result<Begun, Failure> {
        let provider = self.metadata.provider(now).await?;
        let begun = request::begin(&provider, &self.pairs, site, attempt, now);
        begun.map_err(|what| Failure::new(FailureKind::Misconfigured, format!("{}: {what}", name(&provider))))
    }

    async fn finish(&self, answer: &Answer<'_>) -> Result<Proof, Failure> {
        let attempt = answer.attempt.ok_or_else(|| {
            Failure::new(FailureKind::Stale, "a response of SAML came without a sign-in under way: start from the app")
        })?;
        let provider = self.metadata.provider(answer.now).await?;
        let refuse = |refused: Refused| refused.failure(&name(&provider));
        let field = answer.form.get("SAMLResponse");
        let field = field.ok_or_else(|| refuse("the form has no SAMLResponse".into()))?;
        let expected = Expected {
            request: request::id(attempt),
            callback: answer.site.at(Site::CALLBACK).into(),
            audience: answer.site.at(Site::METADATA).into(),
            pairs: &self.pairs,
            now: answer.now,
        };
        let accepted = match check(field, &expected, &provider) {
            Err(Refused::Key) => match self.metadata.newer(&provider, answer.now).await {
                Some(newer) => check(field, &expected, &newer),
                None => Err(Refused::Key),
            },
            other => other,
        };
        let accepted = accepted.map_err(refuse)?;
        if !self.used.first(&accepted.id, accepted.until, answer.now) {
            return Err(refuse("its assertion was used before".into()));
        }
        Ok(proof(accepted, &provider))
    }

    fn metadata(&self, site: &Site) -> Result<Option<String>, Failure> {
        Ok(Some(request::metadata(site, &self.pairs)))
    }

    async fn probe(&self, site: &Site, now: Timestamp) -> Result<Vec<String>, Failure> {
        if self.pairs.is_empty() {
            return Err(Failure::new(FailureKind::Misconfigured, "key of [login] is empty, so we cannot sign"));
        }
        let provider = self.metadata.provider(now).await?;
        let date = |instant: Timestamp| jiff::tz::TimeZone::UTC.to_datetime(instant).date();
        let mut lines = vec![match &self.metadata.origin {
            Origin::Given(_) => format!("the provider is {}", provider.entity_id),
            Origin::At(url) => format!("{} knows the provider {}", outbound::site(url), provider.entity_id),
        }];
        if !self.metadata.signers.is_empty() {
            lines.push("its metadata is signed as metadata_certificate demands".to_owned());
        }
        if let Some(until) = provider.until {
            lines.push(format!("its metadata is good until {}", date(until)));
        }
        for certificate in &provider.certificates {
            let state = if certificate.until < now {
                ", which is over (the key counts as long as the metadata has it)"
            } else if certificate.from > now {
                ", which has not begun"
            } else {
                ""
            };
            lines.push(format!("it signs with a certificate until {}{state}", date(certificate.until)));
        }
        let bindings = [(&provider.redirect, "HTTP-Redirect"), (&provider.post, "HTTP-POST")];
        let bindings = bindings.iter().filter_map(|(url, binding)| Some((url.as_ref()?, binding)));
        lines.extend(bindings.map(|(url, binding)| format!("people sign in at {} by {binding}", outbound::site(url))));
        for (pair, which) in self.pairs.iter().zip(["our certificate", "our next certificate"]) {
            lines.push(format!("{which} is until {}", date(pair.certificate.until)));
        }
        lines.push(format!("the provider has to know us by {}", site.at(Site::METADATA)));
        Ok(lines)
    }
}

/// What a provider is called in messages: the host of its entity id, where it has one.
fn name(provider: &Provider) -> String {
    let host = Url::parse(&provider.entity_id).ok().filter(Url::has_host);
    host.map_or_else(|| provider.entity_id.clone(), |url| site(&url))
}

fn proof(accepted: Accepted, provider: &Provider) -> Proof {
    let mut claims: Map<String, Value> = attributes::claims(&accepted.assertion);
    let mut subject = None;
    for key in ["name_id", "name_id_format"] {
        claims.remove(key);
    }
    if let Some((name, format)) = accepted.name {
        subject = (format == format!("{NAME_ID}persistent")).then(|| name.clone());
        claims.insert("name_id".to_owned(), name.into());
        claims.insert("name_id_format".to_owned(), format.into());
    }
    claims.insert("issuer".to_owned(), provider.entity_id.clone().into());
    Proof { claims, tokens: Tokens::default(), session: accepted.session, subject }
}
