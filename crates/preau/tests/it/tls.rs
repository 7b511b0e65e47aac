//! The listener with TLS: versions, HTTP/2, a certificate that changes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion};
use testbed::Authority;

use crate::client::{ask, connect};
use crate::process::eventually;
use crate::school::School;
use crate::site::{Serving, Site};

const HOST: &str = "lac.localhost";

/// A server on all of the machine's addresses, and who vouches for it.
struct Secured {
    site: Site,
    serving: Serving,
    authority: Authority,
}

impl Secured {
    fn start() -> Self {
        let authority = Authority::new();
        let site = Site::new(&School::of_links().url(), "");
        certify(&site, &authority);
        let settings = std::fs::read_to_string(site.path("preau.toml")).unwrap().replace("127.0.0.1:0", "0.0.0.0:0");
        let tls =
            format!("[tls]\ncertificate = {:?}\nkey = {:?}\n", site.text("certificate.pem"), site.text("key.pem"));
        site.write("preau.toml", &(settings + &tls));
        let mut serving = site.serve();
        serving.address.set_ip([127, 0, 0, 1].into());
        Self { site, serving, authority }
    }

    fn connect(&self, versions: &[&'static SupportedProtocolVersion]) -> StreamOwned<ClientConnection, TcpStream> {
        let config = Arc::new(config(&self.authority, versions));
        let client = ClientConnection::new(config, ServerName::try_from(HOST).unwrap()).unwrap();
        StreamOwned::new(client, connect(self.serving.address))
    }
}

/// A new certificate and key for the server.
fn certify(site: &Site, authority: &Authority) {
    let identity = authority.identity(&[HOST]);
    site.write("certificate.pem", &identity.certificate);
    site.write("key.pem", &identity.key);
}

fn config(authority: &Authority, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    builder.with_root_certificates(roots).with_no_client_auth()
}

#[test]
fn speaks_tls_1_2_and_1_3() {
    let secured = Secured::start();
    for (version, name) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let mut phone = secured.connect(&[version]);
        assert_eq!(ask(&mut phone, HOST, "/api/data/links").items().len(), 2);
        assert_eq!(phone.conn.protocol_version(), Some(name));
    }
}

#[test]
fn refuses_tls_1_1_and_plain_text() {
    let secured = Secured::start();
    // A ClientHello (RFC 4346, 7.4.1.2) of TLS 1.1: random, no session, TLS_RSA_WITH_AES_128_CBC_SHA, no compression,
    // and the one extension that a server may miss: signatures by RSA with SHA-256.
    let body = [&[3, 2][..], &[7; 32], &[0, 0, 2, 0, 0x2f, 1, 0], &[0, 8, 0, 13, 0, 4, 0, 2, 4, 1]].concat();
    let hello = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    let record = [&[22, 3, 1, 0, hello.len() as u8][..], &hello].concat();
    // A fatal alert (21; 2), protocol_version (70).
    assert_eq!(said(secured.serving.address, &record), [21, 3, 3, 0, 2, 2, 70]);
    let plain = said(secured.serving.address, b"GET /healthz HTTP/1.1\r\nHost: lac.localhost\r\n\r\n");
    assert_eq!(plain.first(), Some(&21), "{}", String::from_utf8_lossy(&plain));
}

/// What the server says to these bytes before it closes.
fn said(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    said
}

#[test]
fn a_certificate_replaced_on_disk_is_shown_to_new_connections_while_old_ones_go_on() {
    let secured = Secured::start();
    let mut old = secured.connect(&[&TLS13]);
    let shown = |phone: &StreamOwned<ClientConnection, TcpStream>| phone.conn.peer_certificates().unwrap()[0].to_vec();
    assert_eq!(ask(&mut old, HOST, "/healthz").status, 200);
    let former = shown(&old);
    certify(&secured.site, &secured.authority);
    eventually("the new certificate", || {
        let mut new = secured.connect(&[&TLS13]);
        assert_eq!(ask(&mut new, HOST, "/healthz").status, 200);
        assert_eq!(ask(&mut old, HOST, "/healthz").status, 200);
        (shown(&new) != former).then_some(())
    });
    assert_eq!(ask(&mut old, HOST, "/api/data/links").items().len(), 2);
    // One that does not fit its key is not taken.
    secured.site.write("key.pem", &secured.authority.identity(&[HOST]).key);
    secured.serving.preau.err.line_with("the former certificate stays");
    assert_eq!(ask(&mut secured.connect(&[&TLS13]), HOST, "/healthz").status, 200);
}

#[tokio::test]
async fn speaks_http_2_over_tls() {
    let secured = Secured::start();
    let mut config = config(&secured.authority, &[&TLS13]);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = tokio::net::TcpStream::connect(secured.serving.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = connector.connect(ServerName::try_from(HOST).unwrap(), stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let ask = |path: &str| {
        let request = http::Request::get(format!("https://{HOST}{path}")).body(Empty::<Bytes>::new()).unwrap();
        sender.send_request(request)
    };
    let answers = ["/api/data/links", "/api/manifest"].map(ask);
    for answer in answers {
        let answer = answer.await.unwrap();
        assert_eq!((answer.status(), answer.version()), (http::StatusCode::OK, http::Version::HTTP_2));
        assert!(!answer.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
    drop(sender);
    connection.abort();
}
