//! Our own key pairs: they sign our requests and open what providers encrypt for us.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, OaepAlgorithm, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use settings::Secret;

use super::certificate::{Certificate, blocks};
use super::signature::DS;

/// A certificate of ours and its private key, RSA.
pub(super) struct Pair {
    /// What providers know us by.
    pub(super) certificate: Certificate,
    signing: KeyPair,
    opening: OaepPrivateDecryptingKey,
}

impl Pair {
    /// Reads both from PEM, and checks that they belong together. An error is told by the key of the setting: `.0` is
    /// whether it is about the private key.
    pub(super) fn new(certificate: &str, key: &Secret) -> Result<Self, (bool, String)> {
        let certificate = Certificate::all(certificate).map_err(|message| (false, message))?.swap_remove(0);
        let signing = private(key.expose()).map_err(|message| (true, message))?;
        let unusable = |_| (true, "this RSA key cannot be used".to_owned());
        if signing.public_modulus_len() < 256 {
            return Err((true, "this RSA key has less than 2,048 bits: make a new one".to_owned()));
        }
        let public: PublicKeyX509Der<'_> = signing.public_key().as_der().map_err(unusable)?;
        if public.as_ref() != certificate.key {
            return Err((true, "this is not the key of the certificate beside it".to_owned()));
        }
        let der: Pkcs8V1Der<'_> = signing.as_der().map_err(unusable)?;
        let opening = PrivateDecryptingKey::from_pkcs8(der.as_ref()).ok();
        let opening = opening.and_then(|key| OaepPrivateDecryptingKey::new(key).ok());
        Ok(Self { certificate, signing, opening: opening.ok_or((true, "this RSA key cannot decrypt".to_owned()))? })
    }

    /// Signs with RSA-SHA256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let mut signature = vec![0; self.signing.public_modulus_len()];
        let signed = self.signing.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_| "our key does not sign".to_owned())
    }

    /// Opens a key that was encrypted for us.
    pub(super) fn open(&self, algorithm: &'static OaepAlgorithm, sealed: &[u8]) -> Option<Vec<u8>> {
        let mut opened = vec![0; self.opening.min_output_size()];
        self.opening.decrypt(algorithm, sealed, &mut opened, None).ok().map(|opened| opened.to_vec())
    }

    /// The certificate as XML signatures and metadata hold it.
    pub(super) fn key_info(&self) -> String {
        let certificate = STANDARD.encode(&self.certificate.der);
        format!(
            "<ds:KeyInfo xmlns:ds=\"{DS}\"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>\
             </ds:X509Data></ds:KeyInfo>"
        )
    }
}

fn private(pem: &str) -> Result<KeyPair, String> {
    let first = |label| blocks(pem, label).next().flatten();
    let key = match (first("PRIVATE KEY"), first("RSA PRIVATE KEY")) {
        (Some(der), _) => KeyPair::from_pkcs8(&der),
        (None, Some(der)) => KeyPair::from_der(&der),
        (None, None) => return Err("this is no private key in PEM without a password".to_owned()),
    };
    key.map_err(|_| "this is no RSA key of 2,048 bits or more".to_owned())
}
