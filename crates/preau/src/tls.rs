//! Certificate and key of the listener, read again when their files change.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::settings::Tls;

/// How often the files' times are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// TLS 1.2 and 1.3 with these files, which are watched from now on.
///
/// # Errors
/// A file that cannot be read, or a key that does not fit its certificate.
pub(crate) fn config(tls: &Tls) -> Result<Arc<ServerConfig>, String> {
    let shown = times(tls);
    let current = Arc::new(Current(ArcSwap::new(Arc::new(read(tls)?))));
    let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::clone(&current) as _);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    tokio::spawn(follow(tls.clone(), shown, current));
    Ok(Arc::new(config))
}

async fn follow(tls: Tls, mut shown: Times, current: Arc<Current>) {
    let mut refused = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = times(&tls);
        if now == shown {
            continue;
        }
        match read(&tls) {
            Ok(key) => {
                current.0.store(Arc::new(key));
                shown = now;
                tracing::info!("certificate read again");
            }
            // Certificate and key are written one after the other: between the two they do not fit. Said once, tried
            // until they do.
            Err(error) if refused != Some(now) => {
                refused = Some(now);
                tracing::warn!("the former certificate stays: {error}");
            }
            Err(_) => {}
        }
    }
}

/// When certificate and key were changed last.
type Times = [Option<SystemTime>; 2];

fn times(tls: &Tls) -> Times {
    let time = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    [time(&tls.certificate), time(&tls.key)]
}

fn read(tls: &Tls) -> Result<CertifiedKey, String> {
    let wrong = |path: &Path, error: String| format!("tls: {}: {error}", path.display());
    let certificates = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&tls.certificate, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| wrong(&tls.key, error.to_string()))?;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    CertifiedKey::from_der(certificates, key, &provider).map_err(|error| wrong(&tls.certificate, error.to_string()))
}
