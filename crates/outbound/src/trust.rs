//! Whom TLS trusts: the machine's authorities and the operator's.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// TLS 1.2 or newer with one provider and one trust store; HTTP/2 where the other side speaks it.
pub(crate) fn tls(extra_authorities: &[Vec<u8>]) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots(extra_authorities)?)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

fn roots(extra_authorities: &[Vec<u8>]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a part of the machine's trust store cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    for (place, pem) in extra_authorities.iter().enumerate() {
        add(&mut roots, pem).map_err(|error| format!("authority {} is no PEM certificate: {error}", place + 1))?;
    }
    if roots.is_empty() {
        tracing::warn!("no authority is trusted, so no TLS connection will be: install the package ca-certificates");
    }
    Ok(roots)
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), String> {
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        found = true;
    }
    if found { Ok(()) } else { Err("it has no BEGIN CERTIFICATE".to_owned()) }
}
