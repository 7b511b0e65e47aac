//! xmlsec1, the reference implementation of XML signatures and encryption: it signs and encrypts what tests read, and
//! checks what they write.

use crate::authority::Identity;
use crate::process::{Process, installed};

/// Names of elements that ids belong to, which no document says by itself.
const IDS: &[&str] = &[
    "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest",
    "urn:oasis:names:tc:SAML:2.0:protocol:Response",
    "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
    "urn:oasis:names:tc:SAML:2.0:assertion:Subject",
    "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor",
    "urn:oasis:names:tc:SAML:2.0:metadata:EntitiesDescriptor",
];

/// The tool, with a directory of its own.
pub struct XmlSec(Process);

/// The tool; `None` where it is not installed.
#[must_use]
pub fn xmlsec() -> Option<XmlSec> {
    if installed("xmlsec1") {
        Some(XmlSec(Process::new("www-data", "TERM")))
    } else {
        crate::missing("xmlsec1", "xmlsec1")
    }
}

impl XmlSec {
    /// Fills in the `Signature` that an XPath finds in a document, an empty template.
    #[must_use]
    pub fn sign(&self, document: &str, signature: &str, signer: &Identity) -> String {
        self.write(document, signer);
        self.run(&["--sign", "--privkey-pem", "key.pem,certificate.pem", "--node-xpath", signature])
    }

    /// Checks the `Signature` that an XPath finds in a document.
    ///
    /// # Panics
    /// It does not hold.
    pub fn verify(&self, document: &str, signature: &str, signer: &Identity) {
        self.write(document, signer);
        self.run(&["--verify", "--pubkey-cert-pem", "certificate.pem", "--node-xpath", signature]);
    }

    /// Encrypts an element into an `EncryptedData`, an empty template, with a session key such as `aes-128`.
    #[must_use]
    pub fn encrypt(&self, element: &str, template: &str, session_key: &str, receiver: &Identity) -> String {
        self.write(template, receiver);
        self.0.write("data.xml", element.as_bytes());
        let options = ["--encrypt", "--pubkey-cert-pem", "certificate.pem"];
        self.run(&[&options[..], &["--session-key", session_key, "--xml-data", "data.xml"]].concat())
    }

    fn write(&self, document: &str, identity: &Identity) {
        self.0.write("document.xml", document.as_bytes());
        self.0.write("key.pem", identity.key.as_bytes());
        self.0.write("certificate.pem", identity.certificate.as_bytes());
    }

    /// What it prints, without the declaration in front.
    fn run(&self, options: &[&str]) -> String {
        let ids = IDS.iter().flat_map(|name| ["--id-attr:ID", name]);
        let command: Vec<&str> =
            ["xmlsec1"].into_iter().chain(options.iter().copied()).chain(ids).chain(["document.xml"]).collect();
        let printed = self.0.run(&command, "");
        printed.trim_start_matches("<?xml version=\"1.0\"?>").trim().to_owned()
    }
}
