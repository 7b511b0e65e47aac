//! What we ask a provider with, and what we tell it about us (SAML core, 3.4.1; bindings, 3.4 and 3.5; metadata, 2.4.4).

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use url::{Url, form_urlencoded};

use super::canonical::{escaped, quoted};
use super::cipher::{AES_128, AES_256, RSA_OAEP};
use super::keys::Pair;
use super::provider::{MD, POST, PROTOCOL, Provider};
use super::response::{ASSERTION, NAME_ID};
use super::signature::{DS, RSA_SHA256, signature};
use crate::{Attempt, Begun, Site};

/// The id of the request that an attempt makes: an XML name, so it does not begin with a digit.
pub(super) fn id(attempt: &Attempt) -> String {
    format!("_{}", attempt.id())
}

/// Sends a browser to a provider with a request that our first key signs.
pub(super) fn begin(
    provider: &Provider,
    pairs: &[Pair],
    site: &Site,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Begun, String> {
    let state = attempt.id();
    let pair = pairs.first().ok_or("key of [login] is empty, so we cannot sign")?;
    if let Some(url) = &provider.redirect {
        let xml = request(url, site, attempt, now, |_| Ok(String::new()))?;
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        let deflated = deflated.write_all(xml.as_bytes()).and_then(|()| deflated.finish());
        let deflated = deflated.map_err(|_| "our request cannot be compressed")?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("SAMLRequest", &STANDARD.encode(deflated)).append_pair("RelayState", state);
        let signed = query.append_pair("SigAlg", RSA_SHA256).finish();
        let value = STANDARD.encode(pair.sign(signed.as_bytes())?);
        let value = form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
        let mut url = url.clone();
        let before = url.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
        url.set_query(Some(&format!("{before}{signed}&Signature={value}")));
        return Ok(Begun::Redirect(url));
    }
    let url = provider.post.as_ref().ok_or("the provider offers no way to sign in")?;
    let xml = request(url, site, attempt, now, |unsigned| signature(pair, &id(attempt), unsigned))?;
    let fields = [("SAMLRequest", STANDARD.encode(xml)), ("RelayState", state.to_owned())];
    Ok(Begun::Post(url.clone(), fields.map(|(name, value)| (name.to_owned(), value)).into()))
}

/// A request in canonical form, with the signature that `sign` makes over it.
fn request(
    to: &Url,
    site: &Site,
    attempt: &Attempt,
    now: Timestamp,
    sign: impl Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    let instant = Timestamp::from_second(now.as_second()).map_err(|error| error.to_string())?;
    let with = |signature: &str| {
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"{PROTOCOL}\" AssertionConsumerServiceURL=\"{callback}\" \
             Destination=\"{to}\" ID=\"{id}\" IssueInstant=\"{instant}\" ProtocolBinding=\"{POST}\" Version=\"2.0\">\
             <saml:Issuer xmlns:saml=\"{ASSERTION}\">{issuer}</saml:Issuer>{signature}\
             <samlp:NameIDPolicy AllowCreate=\"true\"></samlp:NameIDPolicy></samlp:AuthnRequest>",
            callback = quoted(site.at(Site::CALLBACK).as_str()),
            to = quoted(to.as_str()),
            id = id(attempt),
            issuer = escaped(site.at(Site::METADATA).as_str()),
        )
    };
    Ok(with(&sign(&with(""))?))
}

/// Our own metadata. The first pair signs; all of them are published, and open what is encrypted.
pub(super) fn metadata(site: &Site, pairs: &[Pair]) -> String {
    let methods = [AES_128, AES_256, RSA_OAEP].map(|name| format!("<md:EncryptionMethod Algorithm=\"{name}\"/>"));
    let keys = |used: &str, methods: &str| {
        let keys = pairs
            .iter()
            .map(|pair| format!("<md:KeyDescriptor use=\"{used}\">{}{methods}</md:KeyDescriptor>", pair.key_info()));
        keys.collect::<String>()
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <md:EntityDescriptor xmlns:md=\"{MD}\" xmlns:ds=\"{DS}\" entityID=\"{entity}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" \
         protocolSupportEnumeration=\"{PROTOCOL}\">{signing}{encryption}\
         <md:NameIDFormat>{NAME_ID}persistent</md:NameIDFormat><md:NameIDFormat>{NAME_ID}transient</md:NameIDFormat>\
         <md:AssertionConsumerService Binding=\"{POST}\" Location=\"{callback}\" index=\"0\" isDefault=\"true\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>\n",
        entity = quoted(site.at(Site::METADATA).as_str()),
        signing = keys("signing", ""),
        encryption = keys("encryption", &methods.concat()),
        callback = quoted(site.at(Site::CALLBACK).as_str()),
    )
}
