//! Why there is no connection or no answer, in words for the school's staff.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

use crate::failure::seconds;
use crate::{Failure, FailureKind, Rules};

/// A failure of a later hop, said so that one sees where it came from.
pub(crate) fn after_redirect(mut failure: Failure, first: &str) -> Failure {
    failure.message = format!("{first} redirects elsewhere, where {}", failure.message);
    failure
}

/// A request that got no head of an answer.
pub(crate) fn unsent(error: &reqwest::Error, site: &str, rules: &Rules) -> Failure {
    if let Some(failure) = cause::<Failure>(error) {
        return failure.clone();
    }
    let (what, passing) = if let Some(error) = cause::<rustls::Error>(error) {
        (tls(error), false)
    } else if error.is_timeout() {
        (too_slow(rules), false)
    } else if error.is_connect() {
        (unconnected(cause::<io::Error>(error)), true)
    } else {
        ("broke off before it answered".to_owned(), true)
    };
    Failure { passing, ..Failure::new(FailureKind::Unavailable, format!("{site} {what}")) }
}

pub(crate) fn too_slow(rules: &Rules) -> String {
    format!("did not take a connection within {}", seconds(rules.connect_timeout))
}

pub(crate) fn unconnected(error: Option<&io::Error>) -> String {
    match error.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "refuses connections: is the server running?".to_owned(),
        Some(io::ErrorKind::AddrNotAvailable) => {
            "cannot be reached from the source's egress address: does this machine have it?".to_owned()
        }
        _ => "cannot be connected to".to_owned(),
    }
}

/// What is wrong with the other side's TLS.
pub(crate) fn tls(error: &rustls::Error) -> String {
    let certificate = match error {
        rustls::Error::InvalidCertificate(error) => error,
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            return "speaks no TLS that is safe today (1.2 or newer)".to_owned();
        }
        rustls::Error::AlertReceived(alert) => return format!("refuses our TLS ({alert:?})"),
        _ => return "does not speak TLS properly on this port".to_owned(),
    };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "shows a certificate that has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "shows a certificate that is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "shows a certificate of another name"
        }
        // A wrong signature: of an authority that has but the name of one that is trusted.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "shows a certificate of an authority that is not trusted: a source can name it, tls.authority, or the operator \
             in preau.toml, [outbound] authorities; a missing intermediate certificate is the server's to add"
        }
        _ => "shows a certificate that cannot be trusted",
    }
    .to_owned()
}

/// The first cause of a type. `io::Error` hides what it wraps from the chain of sources.
pub(crate) fn cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = error.downcast_ref::<T>().or_else(|| cause(wrapped?)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
