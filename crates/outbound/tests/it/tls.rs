//! TLS: whom it trusts, and that nothing leads below it.

use std::sync::Arc;

use outbound::{FailureKind, Outbound};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::server::{Answer, ok, read_request, redirect, respond};
use crate::{message, request, rules};

/// A TLS server that shows a self-signed certificate: its address and the certificate.
async fn serve(params: CertificateParams, alpn: &[&str], answer: fn() -> Answer) -> (Url, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/hidden", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            read_request(&mut stream).await;
            respond(&mut stream, answer()).await;
        }
    });
    (url, certificate.pem().into_bytes())
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

#[tokio::test]
async fn trusts_the_operators_authorities_and_no_others() {
    let (url, pem) = serve(named("127.0.0.1"), &[], || ok("", "bonjour")).await;
    let outbound = Outbound::new(std::slice::from_ref(&pem)).unwrap();
    assert_eq!(&outbound.client(rules()).send(request(&url)).await.unwrap().body[..], b"bonjour");
    assert_eq!(outbound.authorities(), [pem]);

    let stranger = Outbound::new(&[]).unwrap().client(rules()).send(request(&url)).await;
    let text = message(stranger, FailureKind::Unavailable);
    assert!(text.contains("an authority that is not trusted"), "{text}");
}

#[tokio::test]
async fn says_what_is_wrong_with_a_certificate() {
    let mut old = named("127.0.0.1");
    (old.not_before, old.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    for (params, what) in [(old, "has expired"), (named("edt.univ.fr"), "of another name")] {
        let (url, pem) = serve(params, &[], || ok("", "")).await;
        let outcome = Outbound::new(&[pem]).unwrap().client(rules()).send(request(&url)).await;
        let text = message(outcome, FailureKind::Unavailable);
        assert!(text.contains(what), "{text}");
    }
}

#[tokio::test]
async fn never_leaves_tls_by_a_redirect() {
    let (url, pem) = serve(named("127.0.0.1"), &[], || redirect(302, "http://127.0.0.1/hidden")).await;
    let text = message(Outbound::new(&[pem]).unwrap().client(rules()).send(request(&url)).await, FailureKind::Rejected);
    assert!(text.contains("from https to plain http"), "{text}");
}

#[tokio::test]
async fn speaks_http_2_where_the_server_does() {
    // Two frames: empty settings; on the first stream, only and last, `:status: 200` of the static table.
    let (url, pem) = serve(named("127.0.0.1"), &["h2"], || {
        Answer::Stall(b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88".to_vec())
    })
    .await;
    let response = Outbound::new(&[pem]).unwrap().client(rules()).send(request(&url)).await.unwrap();
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn a_head_of_http_2_that_never_ends_is_cut() {
    // Settings; a head that goes on; then pieces of it (CONTINUATION) for ever, each with one more header.
    let (url, pem) = serve(named("127.0.0.1"), &["h2"], || {
        let head = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\0\0\0\0\x01\x88".to_vec();
        let piece = [&b"\0\0\x74\x09\0\0\0\0\x01\0\x01a\x70"[..], &[b'b'; 112]].concat();
        Answer::Endless(head, piece)
    })
    .await;
    let outcome = Outbound::new(&[pem]).unwrap().client(rules()).send(request(&url)).await;
    let text = message(outcome, FailureKind::Unavailable);
    assert!(text.ends_with("broke off before it answered"), "{text}");
}

#[test]
fn an_authority_that_is_no_certificate_is_told() {
    for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(
            Outbound::new(&[pem.as_bytes().to_vec()]).unwrap_err().starts_with("authority 1 is no PEM certificate")
        );
    }
}

#[tokio::test]
async fn connects_other_protocols_under_the_same_rules() {
    let (url, pem) = serve(named("localhost"), &[], || ok("", "")).await;
    let (port, trusting, stranger) = (url.port().unwrap(), Outbound::new(&[pem]).unwrap(), Outbound::new(&[]).unwrap());
    let connect = async || trusting.connect("localhost", port, &declared()).await.unwrap();
    assert!(trusting.secure("localhost", connect().await, &declared()).await.is_ok());

    for (outbound, name, what) in [(&stranger, "localhost", "not trusted"), (&trusting, "127.0.0.1", "of another name")]
    {
        let failure = outbound.secure(name, connect().await, &declared()).await.unwrap_err();
        assert!(failure.kind == FailureKind::Unavailable && failure.message.contains(what), "{failure}");
    }
    let closed = trusting.connect("localhost", port, &outbound::Rules::default()).await.unwrap_err();
    assert_eq!(closed.kind, FailureKind::Rejected);
}

/// `localhost` may be either.
fn declared() -> outbound::Rules {
    let mut rules = rules();
    rules.private.push("::1/128".parse().unwrap());
    rules
}
