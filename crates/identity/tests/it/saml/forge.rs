//! An identity provider in the hands of the test: it signs with the reference implementation, right or wrong.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use identity::{Failure, Form, Login, Proof};
use serde_json::json;
use testbed::{Identity, XmlSec};

use super::{attempt, finish, login, now, settings, site};

/// The provider's name.
pub(super) const IDP: &str = "https://idp.univ-demo.fr/idp";

pub(super) const NAMESPACES: &str = "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
    xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

/// The provider, and a campus.
pub(super) struct Forge {
    pub(super) tool: XmlSec,
    pub(super) idp: Identity,
    /// The service provider's own keys.
    pub(super) own: Identity,
}

impl Forge {
    pub(super) fn new() -> Option<Self> {
        let (tool, idp, own) = (testbed::xmlsec()?, testbed::rsa("idp.univ-demo.fr"), testbed::rsa("rivage.example"));
        Some(Self { tool, idp, own })
    }

    /// A login that knows the provider, and remembers nothing yet.
    pub(super) fn login(&self) -> Arc<dyn Login> {
        login(settings(&self.own, json!({"metadata": metadata(IDP, &[&self.idp])}))).unwrap()
    }

    /// What a login makes of a response.
    pub(super) async fn finish(&self, response: &str) -> Result<Proof, Failure> {
        finish(&self.login(), &form(response), &site(), &attempt(1), now()).await
    }

    /// An assertion with room for its signature.
    pub(super) fn unsigned(&self) -> String {
        let request = format!("_{}", attempt(1).id());
        format!(
            "<saml:Assertion {NAMESPACES} ID=\"assertion-1\" IssueInstant=\"2026-10-05T08:00:00Z\" Version=\"2.0\">\
             <saml:Issuer>{IDP}</saml:Issuer>\
             <saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">name-1</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData \
             InResponseTo=\"{request}\" NotOnOrAfter=\"2026-10-05T08:05:00Z\" \
             Recipient=\"https://rivage.example/api/login/callback\"/></saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"2026-10-05T07:59:30Z\" NotOnOrAfter=\"2026-10-05T08:05:00Z\">\
             <saml:AudienceRestriction><saml:Audience>https://rivage.example/api/login/metadata</saml:Audience>\
             </saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"2026-10-05T07:59:50Z\" SessionIndex=\"session-1\"><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>\
             <saml:Attribute Name=\"urn:oid:0.9.2342.19200300.100.1.1\" FriendlyName=\"anything\">\
             <saml:AttributeValue>adupont</saml:AttributeValue></saml:Attribute>\
             <saml:Attribute Name=\"urn:oid:1.3.6.1.4.1.5923.1.1.1.1\"><saml:AttributeValue>student</saml:AttributeValue>\
             <saml:AttributeValue>member</saml:AttributeValue></saml:Attribute>\
             <saml:Attribute Name=\"urn:oid:1.3.6.1.4.1.5923.1.1.1.10\"><saml:AttributeValue><saml:NameID>opaque-1\
             </saml:NameID></saml:AttributeValue></saml:Attribute>\
             <saml:Attribute Name=\"urn:univ-demo:card\" FriendlyName=\"campusCard\"><saml:AttributeValue>card-1\
             </saml:AttributeValue></saml:Attribute>\
             <saml:Attribute Name=\"issuer\"><saml:AttributeValue>https://evil.example</saml:AttributeValue></saml:Attribute>\
             </saml:AttributeStatement></saml:Assertion>"
        )
    }

    /// An assertion signed by the provider.
    pub(super) fn signed(&self) -> String {
        self.sign_assertion(&self.unsigned())
    }

    /// Puts the provider's signature into an assertion, where it has none yet.
    pub(super) fn sign_assertion(&self, assertion: &str) -> String {
        self.sign_assertion_with(&self.idp, assertion)
    }

    pub(super) fn sign_assertion_with(&self, signer: &Identity, assertion: &str) -> String {
        let template = template("assertion-1");
        let templated = if assertion.contains("<ds:Signature ") {
            assertion.to_owned()
        } else {
            after_issuer(assertion, &template)
        };
        self.tool.sign(&templated, "/*[local-name()='Assertion']/*[local-name()='Signature']", signer)
    }

    /// A response around something, not signed.
    pub(super) fn response(&self, inside: &str) -> String {
        let request = format!("_{}", attempt(1).id());
        format!(
            "<samlp:Response {NAMESPACES} Destination=\"https://rivage.example/api/login/callback\" ID=\"response-1\" \
             InResponseTo=\"{request}\" IssueInstant=\"2026-10-05T08:00:00Z\" Version=\"2.0\">\
             <saml:Issuer>{IDP}</saml:Issuer><samlp:Status>\
             <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>{inside}</samlp:Response>"
        )
    }

    /// A response around something, signed by the provider.
    pub(super) fn signed_response(&self, inside: &str) -> String {
        self.sign_response(&self.response(inside))
    }

    pub(super) fn sign_response(&self, response: &str) -> String {
        let templated = after_issuer(response, &template("response-1"));
        self.tool.sign(&templated, "/*[local-name()='Response']/*[local-name()='Signature']", &self.idp)
    }
}

/// Puts a text behind the first issuer.
pub(super) fn after_issuer(document: &str, text: &str) -> String {
    document.replacen("</saml:Issuer>", &format!("</saml:Issuer>{text}"), 1)
}

/// An empty signature over an element of an id, as SAML has it.
pub(super) fn template(id: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
         <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
    )
}

/// What a browser posts.
pub(super) fn form(response: &str) -> Form {
    Form::from([("SAMLResponse".to_owned(), STANDARD.encode(response))])
}

/// A provider's metadata, by its certificates.
pub(super) fn metadata(entity_id: &str, identities: &[&Identity]) -> String {
    let keys = identities.iter().map(|identity| {
        let certificate = identity.certificate.lines().filter(|line| !line.starts_with('-')).collect::<String>();
        format!(
            "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
             </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )
    });
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" ID=\"metadata-1\" entityID=\"{entity_id}\"><md:IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{}<md:SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{entity_id}/post\"/>\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"{entity_id}/redirect?a=1&amp;b=2\"/></md:IDPSSODescriptor></md:EntityDescriptor>",
        keys.collect::<String>()
    )
}
