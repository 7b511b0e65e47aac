//! How far the limit is: hyper and rustls alone, answering with files that it read as it started. `cargo xtask bench` runs it
//! beside Préau: `bare FOLDER PORT [TLS-PORT CERTIFICATE KEY]`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const ETAG: HeaderValue = HeaderValue::from_static("\"0123456789abcdef-0123456789\"");

/// Files by the path that they are asked at.
type Files = HashMap<String, Bytes>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, port, tls) = match arguments.as_slice() {
        [folder, port] => (folder, port, None),
        [folder, port, tls_port, certificate, key] => (folder, port, Some((tls_port, certificate, key))),
        _ => return Err("bare FOLDER PORT [TLS-PORT CERTIFICATE KEY]".into()),
    };
    let files = Arc::new(read(Path::new(folder))?);
    if let Some((port, certificate, key)) = tls {
        tokio::spawn(serve(listener(port).await?, Some(acceptor(certificate, key)?), Arc::clone(&files)));
    }
    serve(listener(port).await?, None, files).await;
    Ok(())
}

fn read(folder: &Path) -> std::io::Result<Files> {
    let entries = std::fs::read_dir(folder)?;
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry?;
        Ok((format!("/{}", entry.file_name().to_string_lossy()), std::fs::read(entry.path())?.into()))
    };
    entries.map(file).collect()
}

async fn listener(port: &str) -> Result<TcpListener, Box<dyn Error>> {
    Ok(TcpListener::bind(("127.0.0.1", port.parse()?)).await?)
}

fn acceptor(certificate: &str, key: &str) -> Result<TlsAcceptor, Box<dyn Error>> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().map_err(|_| "no cryptography")?;
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, files: Arc<Files>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, files) = (acceptor.clone(), Arc::clone(&files));
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            match acceptor {
                None => answer_all(stream, &files).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer_all(stream, &files).await;
                    }
                }
            }
        });
    }
}

async fn answer_all<S: AsyncRead + AsyncWrite + Unpin>(stream: S, files: &Files) {
    let service = service_fn(async |request: Request<Incoming>| Ok::<_, Infallible>(answer(&request, files)));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

fn answer(request: &Request<Incoming>, files: &Files) -> Response<Full<Bytes>> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::ETAG, ETAG);
    let (status, body) = if request.headers().get(header::IF_NONE_MATCH) == Some(&ETAG) {
        (StatusCode::NOT_MODIFIED, Bytes::new())
    } else {
        let path = request.uri().path();
        let coded = request.headers().contains_key(header::ACCEPT_ENCODING).then(|| files.get(&format!("{path}.gz")));
        match coded.flatten().map(|body| (body, true)).or_else(|| Some((files.get(path)?, false))) {
            Some((body, coded)) => {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                if coded {
                    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                }
                (StatusCode::OK, body.clone())
            }
            None => (StatusCode::NOT_FOUND, Bytes::new()),
        }
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
