//! Whom TLS to a database trusts, in the one form that its driver takes.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::Context;

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

/// The machine's authorities, the operator's and the source's own, PEM. The driver adds Mozilla's, which it carries.
pub(super) fn authorities(context: &Context) -> Vec<u8> {
    let mut trust = MACHINE.clone();
    for authority in context.outbound.authorities() {
        trust.push_str(&String::from_utf8_lossy(authority));
        trust.push('\n');
    }
    let own = context.rules.tls.as_ref().and_then(|tls| tls.settings().authority.as_deref());
    trust.push_str(own.unwrap_or_default());
    trust.into_bytes()
}

fn readable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

fn pem(certificate: &CertificateDer<'static>) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate))
}
