//! What a CAS server calls by itself: an address of ours that hands over the forms it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use identity::Form;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use url::form_urlencoded;

/// Listens, with TLS where there is an identity, and hands over the fields of queries and of bodies, each request's.
/// It answers after that.
pub fn listen(identity: Option<&testbed::Identity>, take: impl Fn(Form, Form) + Send + 'static) -> SocketAddr {
    let tls = identity.map(configuration);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            match &tls {
                Some(tls) => serve(StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), stream), &take),
                None => serve(stream, &take),
            }
        }
    });
    address
}

fn configuration(identity: &testbed::Identity) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

fn serve(stream: impl Read + Write, take: &impl Fn(Form, Form)) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        // Whoever does not speak our TLS or goes away is the other side's finding.
        if !stream.read_line(&mut head).is_ok_and(|read| read > 0) {
            return;
        }
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).unwrap();
    let target = head.split(' ').nth(1).unwrap();
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let form = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Form>();
    take(form(query.as_bytes()), form(&body));
    stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    let _ = stream.get_mut().flush();
}
