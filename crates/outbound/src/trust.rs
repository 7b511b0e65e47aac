//! Whom TLS trusts, and how it proves who we are: the same for all, and otherwise for a source that says so.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// TLS of one source.
#[derive(Clone)]
pub struct Tls {
    pub(crate) config: ClientConfig,
    settings: Arc<TlsSettings>,
}

/// What a source's TLS has otherwise. Texts are PEM.
#[derive(Default)]
pub struct TlsSettings {
    /// Authorities to trust.
    pub authority: Option<String>,
    /// Trust no others.
    pub authority_only: bool,
    /// Our certificate, with those that lead to its authority.
    pub certificate: Option<String>,
    /// Its key.
    pub key: Option<String>,
}

impl Tls {
    /// What it was made of, for protocols that bring their own TLS (SQL).
    #[must_use]
    pub fn settings(&self) -> &TlsSettings {
        &self.settings
    }

    pub(crate) fn new(mut roots: RootCertStore, settings: TlsSettings) -> Result<Self, (&'static str, String)> {
        let TlsSettings { authority, authority_only, certificate, key } = &settings;
        if *authority_only {
            roots = RootCertStore::empty();
            if authority.is_none() {
                return Err(("authority_only", "nobody would be trusted: authority says who is".to_owned()));
            }
        }
        if let Some(pem) = authority {
            add(&mut roots, pem.as_bytes()).map_err(|error| ("authority", format!("no PEM certificate: {error}")))?;
        }
        let identity = match (certificate, key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some(identity(certificate, key)?),
            (Some(_), None) => return Err(("certificate", "a certificate needs its key".to_owned())),
            (None, Some(_)) => return Err(("key", "a key needs its certificate".to_owned())),
        };
        let config = config(roots, identity).map_err(|error| ("certificate", error))?;
        Ok(Self { config, settings: Arc::new(settings) })
    }
}

/// TLS 1.2 or newer with one provider and one trust store; HTTP/2 where the other side speaks it.
pub(crate) fn config(roots: RootCertStore, identity: Option<Identity>) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots);
    let mut tls = match identity {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| format!("certificate and key do not belong together: {error}"))?,
    };
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Errors do not repeat what is a secret.
fn identity(certificate: &str, key: &str) -> Result<Identity, (&'static str, String)> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| ("certificate", "no PEM certificate: it has no BEGIN CERTIFICATE".to_owned()))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes());
    let key = key.map_err(|_| ("key", "no PEM private key: it has no BEGIN PRIVATE KEY".to_owned()))?;
    Ok((chain, key))
}

/// The machine's authorities and the operator's.
pub(crate) fn roots(extra_authorities: &[Vec<u8>]) -> Result<RootCertStore, String> {
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

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a source's TLS)")
    }
}
