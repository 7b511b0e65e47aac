//! XML signatures in the one shape that SAML allows (SAML core, 5.4): by an enclosed signature, over the whole element,
//! known by its id. What was signed is read anew from the very bytes that were digested, so that whatever else stands in
//! the document cannot be taken for it.

use aws_lc_rs::digest::{self, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::canonical::{canonical, quoted};
use super::certificate::{Certificate, algorithm, base64};
use super::keys::Pair;
use super::xml::{Element, WIDTH};

/// The namespace of XML signatures.
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The algorithm of our own signatures.
pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The same for us: a reference to an id has no comments (XML Signature, 4.4.3.3), and nothing of ours is in comments.
const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

/// Why a signature does not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// No known key made it: the provider may have a new one.
    Key,
    /// Anything else.
    Other(String),
}

impl<T: Into<String>> From<T> for Broken {
    fn from(message: T) -> Self {
        Self::Other(message.into())
    }
}

/// What of an element is covered by its own signature, made with one of these keys; `None` where it has no signature.
/// Everything but this is not to be believed, the element given included.
pub(super) fn covered(element: &Element, certificates: &[Certificate], most: usize) -> Result<Option<Element>, Broken> {
    let Some(signature) = element.at_most_one(DS, "Signature")? else { return Ok(None) };
    let known = ["SignedInfo", "SignatureValue", "KeyInfo"];
    if signature.elements().any(|part| !known.iter().any(|name| part.is(DS, name))) {
        return Err("its signature has parts that SAML does not know".into());
    }
    let info = signature.one(DS, "SignedInfo")?;
    let method = info.one(DS, "CanonicalizationMethod")?;
    let inclusive = inclusive(method).ok_or("its signature is not over exclusive canonical XML")?;
    let info = canonical(info, &inclusive, None, most)?;
    let value = base64(&signature.one(DS, "SignatureValue")?.text()).ok_or("its signature is not in Base64")?;
    // From here on only what the signature is made over is read.
    let read = Element::parse(&info, most)?;
    let method = read.one(DS, "SignatureMethod")?.attribute("Algorithm").unwrap_or_default();
    let algorithm = algorithm(method).ok_or(
        "its signature is made with an algorithm that is not accepted (RSA or ECDSA with SHA-256 or better is)",
    )?;
    if !certificates.iter().any(|certificate| certificate.made(algorithm, info.as_bytes(), &value)) {
        return Err(Broken::Key);
    }
    let reference = read.one(DS, "Reference")?;
    let target = reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')).filter(|id| !id.is_empty());
    if target.is_none() || target != element.attribute("ID") {
        return Err("its signature is over something else than the element that it stands in".into());
    }
    let mut transforms = reference.one(DS, "Transforms")?.elements();
    let enveloped = transforms.next().is_some_and(|first| {
        first.is(DS, "Transform") && first.attribute("Algorithm") == Some(ENVELOPED) && first.nodes.is_empty()
    });
    let inclusive = match (enveloped, transforms.next(), transforms.next()) {
        (true, Some(second), None) if second.is(DS, "Transform") => self::inclusive(second),
        _ => None,
    };
    let inclusive = inclusive.ok_or("its signature transforms what it signs in a way that SAML does not allow")?;
    let signed = canonical(element, &inclusive, Some(signature), most)?;
    let method = reference.one(DS, "DigestMethod")?.attribute("Algorithm").unwrap_or_default();
    let algorithm = match method {
        SHA256 => &digest::SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &digest::SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &digest::SHA512,
        _ => return Err("its signature has a digest that is not accepted (SHA-256 or better is)".into()),
    };
    let value = base64(&reference.one(DS, "DigestValue")?.text()).unwrap_or_default();
    if digest(algorithm, signed.as_bytes()).as_ref() != value {
        return Err("it was changed after it was signed".into());
    }
    Ok(Some(Element::parse(&signed, most)?))
}

/// The prefixes that exclusive canonical XML declares in any case; `None` where it is another algorithm.
fn inclusive(method: &Element) -> Option<Vec<&str>> {
    let known = [EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS];
    method.attribute("Algorithm").filter(|algorithm| known.contains(algorithm))?;
    let mut parameters = method.elements();
    let prefixes = match (parameters.next(), parameters.next()) {
        (None, _) => "",
        (Some(only), None) if only.is(EXCLUSIVE, "InclusiveNamespaces") => only.attribute("PrefixList")?,
        _ => return None,
    };
    let prefixes = prefixes.split_ascii_whitespace().map(|prefix| if prefix == "#default" { "" } else { prefix });
    // Each is looked for at each element.
    Some(prefixes.collect()).filter(|prefixes: &Vec<_>| prefixes.len() <= WIDTH)
}

/// Our own signature over an element in canonical form, to stand in it (SAML core, 5.4).
pub(super) fn signature(pair: &Pair, id: &str, signed: &str) -> Result<String, String> {
    let digest = STANDARD.encode(digest(&digest::SHA256, signed.as_bytes()));
    let info = format!(
        "<ds:SignedInfo xmlns:ds=\"{DS}\">\
         <ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
        id = quoted(id),
    );
    let (value, key_info) = (STANDARD.encode(pair.sign(info.as_bytes())?), pair.key_info());
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{DS}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue>{key_info}</ds:Signature>"
    ))
}

#[cfg(test)]
mod tests;
