//! Whom TLS to a database trusts, in the one form that its driver takes.

use std::path::Path;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::confined::{confined, name};
use crate::{Context, SettingError};

/// The machine's authorities, PEM. Those that TLS cannot read are left out: the driver would refuse all for one.
static MACHINE: LazyLock<String> = LazyLock::new(|| {
    let certificates = rustls_native_certs::load_native_certs().certs;
    certificates.iter().filter(|certificate| readable(certificate)).map(pem).collect()
});

/// The machine's authorities, PEM, as drivers of databases take them.
#[must_use]
pub fn machine_authorities() -> &'static str {
    &MACHINE
}

/// The machine's authorities, the operator's and the campus's own, PEM. The driver adds Mozilla's, which it carries.
pub(super) fn authorities(own: Option<&Path>, context: &Context) -> Result<Vec<u8>, SettingError> {
    let mut trust = MACHINE.clone();
    for authority in context.outbound.authorities() {
        trust.push_str(&String::from_utf8_lossy(authority));
        trust.push('\n');
    }
    if let Some(path) = own {
        trust.push_str(&read(path, context).map_err(|message| settings::wrong("ca", message))?);
    }
    Ok(trust.into_bytes())
}

fn read(path: &Path, context: &Context) -> Result<String, String> {
    let name = name(path);
    let path = confined(path, &context.folder, &context.directories).map_err(|error| format!("{name} {error}"))?;
    let bytes = std::fs::read(path).map_err(|error| format!("{name} cannot be read: {}", error.kind()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() && certificates.iter().all(readable) => {
            Ok(certificates.iter().map(pem).collect())
        }
        _ => Err(format!("{name} is no list of certificates (PEM)")),
    }
}

fn readable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

fn pem(certificate: &CertificateDer<'static>) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate))
}
