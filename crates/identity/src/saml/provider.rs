//! What a provider's metadata says of it: where people sign in, and with which keys it signs (SAML metadata, 2.4.3).

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use url::Url;

use super::certificate::{Certificate, base64};
use super::signature::{Broken, DS, covered};
use super::xml::Element;

/// The namespace of metadata.
pub(super) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";

/// The name of SAML 2.0 among the protocols of a role.
pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// The bindings by which a browser brings our request.
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// The binding of responses too.
pub(super) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// A document of one provider, or of a small federation; those of large ones are asked through MDQ.
const LARGEST: usize = 4 << 20;

/// Signing certificates of one provider.
const MOST: usize = 10;

/// An identity provider.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Provider {
    /// Its name.
    pub(super) entity_id: String,
    /// Where a browser goes with our request.
    pub(super) redirect: Option<Url>,
    /// Where a browser posts our request.
    pub(super) post: Option<Url>,
    /// Its signing certificates: the present one, and in a rollover the next one.
    pub(super) certificates: Vec<Certificate>,
    /// Until when this may be believed, where it says so.
    pub(super) until: Option<Timestamp>,
    /// How long it may be kept before it is asked again, where it says so.
    pub(super) keep: Option<SignedDuration>,
}

impl Provider {
    /// Reads a document. Without an `entity_id` it has to be of one entity. With `signers` it has to be signed by one of
    /// them, and nothing unsigned in it is read.
    pub(super) fn parse(text: &str, entity_id: Option<&str>, signers: &[Certificate]) -> Result<Self, String> {
        let mut root = Element::parse(text.trim_start_matches('\u{FEFF}'), LARGEST)
            .map_err(|what| format!("{what}; the metadata of a large federation is asked for one by one, with mdq"))?;
        if !signers.is_empty() {
            root = match covered(&root, signers, LARGEST) {
                Ok(Some(signed)) => signed,
                Ok(None) => return Err("it is not signed, which metadata_certificate demands".to_owned()),
                Err(Broken::Key) => return Err("metadata_certificate did not sign it".to_owned()),
                Err(Broken::Other(what)) => return Err(what),
            };
        }
        let mut limits = Limits::default();
        let entity = find(&root, entity_id, &mut limits)?;
        limits.add(entity)?;
        let roles = entity.all(MD, "IDPSSODescriptor");
        let role = roles.into_iter().find(|role| {
            let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
            protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL)
        });
        let role = role.ok_or("the entity is no identity provider of SAML 2.0")?;
        limits.add(role)?;
        let [redirect, post] = [REDIRECT, POST].map(|binding| {
            let services = role.all(MD, "SingleSignOnService");
            let mut services = services.filter(|service| service.attribute("Binding") == Some(binding));
            let location = services.find_map(|service| Url::parse(service.attribute("Location")?).ok());
            location.filter(|url| matches!(url.scheme(), "https" | "http"))
        });
        if redirect.is_none() && post.is_none() {
            return Err("the provider offers neither HTTP-Redirect nor HTTP-POST to sign in".to_owned());
        }
        let keys =
            role.all(MD, "KeyDescriptor").filter(|key| key.attribute("use").is_none_or(|used| used == "signing"));
        let infos = keys.flat_map(|key| key.all(DS, "KeyInfo")).flat_map(|info| info.all(DS, "X509Data"));
        let texts = infos.flat_map(|data| data.all(DS, "X509Certificate")).take(MOST);
        let certificates: Option<Vec<_>> = texts.map(|text| Certificate::parse(&base64(&text.text())?)).collect();
        let certificates = certificates.ok_or("a signing certificate of the provider cannot be read")?;
        if certificates.is_empty() {
            return Err("the provider has no signing certificate".to_owned());
        }
        let entity_id = entity.attribute("entityID").unwrap_or_default().to_owned();
        Ok(Self { entity_id, redirect, post, certificates, until: limits.until, keep: limits.keep })
    }
}

/// The entity of a name, wherever it stands; without a name the only one.
fn find<'a>(root: &'a Element, id: Option<&str>, limits: &mut Limits) -> Result<&'a Element, String> {
    if root.is(MD, "EntityDescriptor") {
        let found = root.attribute("entityID").is_some_and(|own| id.is_none_or(|id| id == own));
        return if found { Ok(root) } else { Err("it is about another entity than entity_id".to_owned()) };
    }
    if !root.is(MD, "EntitiesDescriptor") {
        return Err("it is no metadata of SAML".to_owned());
    }
    let id = id.ok_or("it is about several entities: say which one with entity_id")?;
    limits.add(root)?;
    for entity in root.elements() {
        let mut inner = *limits;
        if let Ok(found) = find(entity, Some(id), &mut inner) {
            *limits = inner;
            return Ok(found);
        }
    }
    Err("it does not have the entity of entity_id".to_owned())
}

/// How long something may be believed: the shortest of what the elements around it say.
#[derive(Clone, Copy, Default)]
struct Limits {
    until: Option<Timestamp>,
    keep: Option<SignedDuration>,
}

impl Limits {
    fn add(&mut self, element: &Element) -> Result<(), String> {
        if let Some(until) = element.attribute("validUntil") {
            let until = until.parse().map_err(|_| "its validUntil is no instant")?;
            self.until = Some(self.until.map_or(until, |other| other.min(until)));
        }
        // What is not of days or less is longer than anything is kept.
        let keep = element.attribute("cacheDuration").and_then(|keep| keep.parse::<Span>().ok());
        if let Some(keep) = keep.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()) {
            self.keep = Some(self.keep.map_or(keep, |other| other.min(keep)));
        }
        Ok(())
    }
}
