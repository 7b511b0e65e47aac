//! Certificates as SAML uses them: a public key in an envelope. Whom it names and who signed it mean nothing here; trust
//! comes from the metadata that it stands in.

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// All of it, DER.
    pub(super) der: Vec<u8>,
    /// `SubjectPublicKeyInfo`, DER.
    pub(super) key: Vec<u8>,
    /// When it begins, as its owner wrote.
    pub(super) from: Timestamp,
    /// When it ends. A key in metadata is good as long as it stands there, so this is for people to read.
    pub(super) until: Timestamp,
}

/// Signatures that count: nothing with SHA-1. RSA keys of 2,048 to 8,192 bits.
const ALGORITHMS: &[(&str, &dyn VerificationAlgorithm)] = &[
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", &signature::RSA_PKCS1_2048_8192_SHA256),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", &signature::RSA_PKCS1_2048_8192_SHA384),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", &signature::RSA_PKCS1_2048_8192_SHA512),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", &signature::ECDSA_P256_SHA256_FIXED),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", &signature::ECDSA_P384_SHA384_FIXED),
];

/// The signature algorithm of a name, where it counts.
pub(super) fn algorithm(uri: &str) -> Option<&'static dyn VerificationAlgorithm> {
    ALGORITHMS.iter().find(|(name, _)| *name == uri).map(|(_, algorithm)| *algorithm)
}

impl Certificate {
    /// Reads DER (RFC 5280, 4.1).
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let mut whole = Der(der).next(SEQUENCE)?.inside;
        let mut fields = whole.next(SEQUENCE)?.inside;
        // The version is explicit where it is not 1.
        let _ = fields.next(EXPLICIT_0);
        fields.next(INTEGER)?;
        fields.next(SEQUENCE)?;
        fields.next(SEQUENCE)?;
        let mut validity = fields.next(SEQUENCE)?.inside;
        let (from, until) = (validity.time()?, validity.time()?);
        fields.next(SEQUENCE)?;
        let key = fields.next(SEQUENCE)?.all.to_vec();
        Some(Self { der: der.to_vec(), key, from, until })
    }

    /// Reads all certificates of a PEM text, of which there is at least one.
    pub(super) fn all(pem: &str) -> Result<Vec<Self>, String> {
        let found: Option<Vec<_>> = blocks(pem, "CERTIFICATE").map(|der| Self::parse(&der?)).collect();
        found
            .filter(|found| !found.is_empty())
            .ok_or_else(|| "this is no certificate in PEM: write the text itself, or { file = \"…\" }".to_owned())
    }

    /// Whether a signature was made with its key.
    pub(super) fn made(&self, algorithm: &'static dyn VerificationAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(algorithm, &self.key).verify(message, signature).is_ok()
    }
}

/// The contents of the blocks of a label in a PEM text (RFC 7468); `None` for one that is broken.
pub(super) fn blocks(pem: &str, label: &str) -> impl Iterator<Item = Option<Vec<u8>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let parts: Vec<&str> = pem.split(&begin).skip(1).collect();
    parts.into_iter().map(move |part| base64(part.split_once(&end)?.0)).collect::<Vec<_>>().into_iter()
}

/// Base64 with white space anywhere, as XML and PEM have it.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let dense: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    STANDARD.decode(dense).ok()
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const EXPLICIT_0: u8 = 0xA0;

/// What is left of DER to be read.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

/// One value.
struct Part<'a> {
    all: &'a [u8],
    inside: Der<'a>,
}

impl<'a> Der<'a> {
    /// The next value, where it is of this type.
    fn next(&mut self, tag: u8) -> Option<Part<'a>> {
        let (&[found, length], rest) = self.0.split_first_chunk::<2>()?;
        if found != tag {
            return None;
        }
        let (length, rest) = match length {
            0x81..=0x83 => {
                let (length, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            0x80.. => return None,
            short => (usize::from(short), rest),
        };
        let (inside, after) = rest.split_at_checked(length)?;
        let all = self.0.get(..self.0.len() - after.len())?;
        self.0 = after;
        Some(Part { all, inside: Der(inside) })
    }

    /// The next value, an instant (RFC 5280, 4.1.2.5).
    fn time(&mut self) -> Option<Timestamp> {
        let text = |part: Part<'a>| std::str::from_utf8(part.inside.0).ok();
        let text = match self.next(UTC_TIME) {
            Some(part) => {
                let text = text(part)?;
                let century = if text < "50" { "20" } else { "19" };
                format!("{century}{text}")
            }
            None => text(self.next(GENERALIZED_TIME)?)?.to_owned(),
        };
        let time = DateTime::strptime("%Y%m%d%H%M%SZ", &text).ok()?;
        TimeZone::UTC.to_timestamp(time).ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_key_and_the_dates_of_a_certificate_and_survives_every_cut() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["idp.univ-demo.fr".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(1999, 12, 31);
        params.not_after = rcgen::date_time_ymd(2051, 1, 2);
        let pem = params.self_signed(&key).unwrap().pem();
        let certificate = Certificate::all(&pem).unwrap().remove(0);
        assert_eq!(certificate.key, rcgen::PublicKeyData::subject_public_key_info(&key));
        assert_eq!(certificate.from.to_string(), "1999-12-31T00:00:00Z");
        assert_eq!(certificate.until.to_string(), "2051-01-02T00:00:00Z");
        for length in 0..certificate.der.len() {
            assert_eq!(Certificate::parse(certificate.der.get(..length).unwrap()), None, "{length}");
        }
        assert!(Certificate::all("missing").is_err());
    }
}
