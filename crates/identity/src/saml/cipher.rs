//! Encrypted assertions: AES under a key that is sealed for us with RSA-OAEP (XML Encryption 1.1). AES-CBC counts only
//! within a signed response: elsewhere its plaintext can be guessed from how a service fails (Jager and Somorovsky 2011).
//! RSA with PKCS#1 v1.5 does not count at all.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm};

use super::certificate::base64;
use super::keys::Pair;
use super::signature::DS;
use super::xml::Element;

/// The namespace of XML encryption.
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

const AES_128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
const AES_256_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";

/// AES-GCM with keys of 128 and 256 bits.
pub(super) const AES_128: &str = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
pub(super) const AES_256: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
/// RSA-OAEP with MGF1 over SHA-1, which is no weakness here.
pub(super) const RSA_OAEP: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const RSA_OAEP_11: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";

/// Keys that one assertion may be sealed under: one for each of our certificates, with some to spare.
const KEYS: usize = 8;

/// The text that an `EncryptedAssertion` holds, opened with one of our keys. `signed` is whether a signature that holds is
/// over it as it is.
pub(super) fn open(encrypted: &Element, pairs: &[Pair], signed: bool) -> Result<String, String> {
    let data = encrypted.one(XENC, "EncryptedData")?;
    let algorithm = match method(data)?.0 {
        AES_128 => Algorithm::Gcm(&aead::AES_128_GCM),
        AES_256 => Algorithm::Gcm(&aead::AES_256_GCM),
        AES_128_CBC if signed => Algorithm::Cbc(&cipher::AES_128),
        AES_256_CBC if signed => Algorithm::Cbc(&cipher::AES_256),
        AES_128_CBC | AES_256_CBC => {
            return Err("its assertion is encrypted with AES-CBC and the response is not signed: \
                        set the provider to aes128-gcm, or to sign responses"
                .to_owned());
        }
        _ => return Err("its assertion is not encrypted with AES: set the provider to aes128-gcm".to_owned()),
    };
    let sealed = value(data)?;
    // Shibboleth and SimpleSAMLphp put the key into the data, Lasso beside it.
    let within = data.at_most_one(DS, "KeyInfo")?.into_iter().flat_map(|info| info.all(XENC, "EncryptedKey"));
    let keys = within.chain(encrypted.all(XENC, "EncryptedKey")).take(KEYS);
    let keys = keys.map(|key| Ok((transport(key)?, value(key)?))).collect::<Result<Vec<_>, String>>()?;
    let mut keys = pairs.iter().flat_map(|pair| keys.iter().filter_map(|(algorithm, key)| pair.open(algorithm, key)));
    let opened = keys.find_map(|key| algorithm.open(&key, &sealed)).ok_or_else(|| {
        "its assertion is encrypted for another key than ours: give the provider our metadata anew".to_owned()
    })?;
    String::from_utf8(opened).map_err(|_| "its assertion is not in UTF-8".to_owned())
}

enum Algorithm {
    Gcm(&'static aead::Algorithm),
    Cbc(&'static cipher::Algorithm),
}

impl Algorithm {
    /// Opens what begins with a nonce, and ends with a tag or with padding.
    fn open(&self, key: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Gcm(algorithm) => {
                let (nonce, sealed) = sealed.split_first_chunk()?;
                let key = LessSafeKey::new(aead::UnboundKey::new(algorithm, key).ok()?);
                let mut sealed = sealed.to_vec();
                let opened = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut sealed);
                opened.ok().map(|opened| opened.to_vec())
            }
            Self::Cbc(algorithm) => {
                let (nonce, sealed) = sealed.split_first_chunk::<16>()?;
                let key = UnboundCipherKey::new(algorithm, key).ok()?;
                let key = PaddedBlockDecryptingKey::cbc_iso10126(key).ok()?;
                let mut sealed = sealed.to_vec();
                let opened = key.decrypt(&mut sealed, DecryptionContext::Iv128(FixedLength::from(nonce)));
                opened.ok().map(|opened| opened.to_vec())
            }
        }
    }
}

fn method(element: &Element) -> Result<(&str, Option<&str>, Option<&str>), String> {
    let method = element.one(XENC, "EncryptionMethod")?;
    let digest = method.at_most_one(DS, "DigestMethod")?.and_then(|digest| digest.attribute("Algorithm"));
    let mask = method.elements().find(|part| part.local == "MGF").and_then(|mask| mask.attribute("Algorithm"));
    Ok((method.attribute("Algorithm").unwrap_or_default(), digest, mask))
}

fn transport(key: &Element) -> Result<&'static OaepAlgorithm, String> {
    const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
    const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
    const MGF1_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
    const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
    match method(key)? {
        (RSA_OAEP, None | Some(SHA1), None) | (RSA_OAEP_11, None | Some(SHA1), None | Some(MGF1_SHA1)) => {
            Ok(&OAEP_SHA1_MGF1SHA1)
        }
        (RSA_OAEP_11, Some(SHA256), Some(MGF1_SHA256)) => Ok(&OAEP_SHA256_MGF1SHA256),
        _ => Err("the key of its assertion is encrypted otherwise than our metadata says: set the provider to rsa-oaep-mgf1p".to_owned()),
    }
}

fn value(element: &Element) -> Result<Vec<u8>, String> {
    let value = element.one(XENC, "CipherData")?.one(XENC, "CipherValue")?;
    base64(&value.text()).ok_or_else(|| "its ciphertext is not in Base64".to_owned())
}
