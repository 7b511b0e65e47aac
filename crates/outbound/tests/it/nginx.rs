//! A real nginx with TLS: HTTP/2, connections used again, client certificates, authorities of one source's own.

use std::net::SocketAddr;

use outbound::{Client, FailureKind, Outbound, Response, Rules, Tls, TlsSettings};
use testbed::{Authority, Identity, Nginx, need};
use url::Url;

use crate::{message, request, rules};

/// nginx that tells of each request on which connection, by which protocol and from where it came.
struct Secure {
    nginx: Nginx,
    address: SocketAddr,
}

fn secure(identity: &Identity, clients: &str, listen: &str, more: &str) -> Option<Secure> {
    let address = testbed::free_port();
    let files = [("tls.pem", &*identity.certificate), ("tls.key", &identity.key), ("clients.pem", clients)];
    let directives = format!(
        "listen {address} ssl {listen}; ssl_certificate tls.pem; ssl_certificate_key tls.key; {more}
         add_header x-connection $connection always; add_header x-protocol $server_protocol always;
         add_header x-from $remote_addr always; add_header x-client $ssl_client_verify always;"
    );
    let nginx = testbed::nginx_with(&files, &directives)?;
    nginx.write("www/page", "bonjour");
    Some(Secure { nginx, address })
}

impl Secure {
    fn url(&self) -> Url {
        Url::parse(&format!("https://{}/page", self.address)).unwrap()
    }
}

fn told<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn many_requests_share_one_connection_of_http_2() {
    let authority = Authority::new();
    let server = need!(secure(&authority.identity(&["127.0.0.1"]), "", "http2", ""));
    let client = Outbound::new(&[authority.pem().into()]).unwrap().client(rules());
    let first = client.send(request(&server.url())).await.unwrap();
    assert_eq!((told(&first, "x-protocol"), &first.body[..]), ("HTTP/2.0", &b"bonjour"[..]));
    let others = (0..40).map(|_| client.send(request(&server.url())));
    for response in futures_util::future::join_all(others).await {
        assert_eq!(told(&response.unwrap(), "x-connection"), told(&first, "x-connection"));
    }
    assert_eq!(server.nginx.calls("/page"), 41);
}

#[tokio::test]
async fn a_connection_of_http_1_is_used_again() {
    let authority = Authority::new();
    let server = need!(secure(&authority.identity(&["127.0.0.1"]), "", "", ""));
    let client = Outbound::new(&[authority.pem().into()]).unwrap().client(rules());
    let first = client.send(request(&server.url())).await.unwrap();
    assert_eq!(told(&first, "x-protocol"), "HTTP/1.1");
    for _ in 0..10 {
        let next = client.send(request(&server.url())).await.unwrap();
        assert_eq!(told(&next, "x-connection"), told(&first, "x-connection"));
    }
}

#[tokio::test]
async fn a_certificate_proves_who_we_are() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = authority.identity(&["127.0.0.1"]);
    let server =
        need!(secure(&server, clients.pem(), "http2", "ssl_client_certificate clients.pem; ssl_verify_client on;"));
    let outbound = Outbound::new(&[authority.pem().into()]).unwrap();
    let with = |identity: Identity| {
        let (certificate, key) = (Some(identity.certificate), Some(identity.key));
        let tls = outbound.tls(TlsSettings { certificate, key, ..TlsSettings::default() }).unwrap();
        outbound.client(Rules { tls: Some(tls), ..rules() })
    };
    let known = with(clients.identity(&["preau"])).send(request(&server.url())).await.unwrap();
    assert_eq!((known.status.as_u16(), told(&known, "x-client")), (200, "SUCCESS"));
    let stranger = with(Authority::new().identity(&["preau"])).send(request(&server.url())).await.unwrap();
    let nobody = outbound.client(rules()).send(request(&server.url())).await.unwrap();
    for refused in [stranger, nobody] {
        assert_eq!(refused.status, 400);
        message(refused.check(), FailureKind::Rejected);
    }
}

#[tokio::test]
async fn a_sources_own_authority_is_trusted_by_it_alone() {
    let (operators, schools) = (Authority::new(), Authority::new());
    let of_operator = need!(secure(&operators.identity(&["127.0.0.1"]), "", "http2", ""));
    let of_school = need!(secure(&schools.identity(&["127.0.0.1"]), "", "http2", ""));
    let outbound = Outbound::new(&[operators.pem().into()]).unwrap();
    let trusting = |authority_only| -> Client {
        let authority = Some(schools.pem().to_owned());
        let tls: Tls = outbound.tls(TlsSettings { authority, authority_only, ..TlsSettings::default() }).unwrap();
        outbound.client(Rules { tls: Some(tls), ..rules() })
    };
    for client in [trusting(false), trusting(true)] {
        assert_eq!(client.send(request(&of_school.url())).await.unwrap().status, 200);
    }
    assert_eq!(trusting(false).send(request(&of_operator.url())).await.unwrap().status, 200);
    for (client, url) in [(trusting(true), of_operator.url()), (outbound.client(rules()), of_school.url())] {
        let text = message(client.send(request(&url)).await, FailureKind::Unavailable);
        assert!(text.contains("an authority that is not trusted"), "{text}");
    }
}

#[tokio::test]
async fn old_tls_is_refused() {
    let authority = Authority::new();
    let old = "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;";
    let server = need!(secure(&authority.identity(&["127.0.0.1"]), "", "", old));
    let outcome = Outbound::new(&[authority.pem().into()]).unwrap().client(rules()).send(request(&server.url())).await;
    let text = message(outcome, FailureKind::Unavailable);
    assert!(text.ends_with("speaks no TLS that is safe today (1.2 or newer)"), "{text}");
}

#[tokio::test]
async fn a_source_sees_the_address_that_it_was_promised() {
    let website = need!(testbed::nginx("add_header x-from $remote_addr always;"));
    website.write("www/page", "bonjour");
    let outbound = Outbound::new(&[]).unwrap();
    let url = Url::parse(&website.url("/page")).unwrap();
    let from = |address: &str| outbound.client(Rules { local_address: Some(address.parse().unwrap()), ..rules() });
    let response = from("127.0.0.7").send(request(&url)).await.unwrap();
    assert_eq!(told(&response, "x-from"), "127.0.0.7");
    let text = message(from("192.0.2.1").send(request(&url)).await, FailureKind::Unavailable);
    assert!(text.ends_with("cannot be reached from the source's egress address: does this machine have it?"), "{text}");
}

#[test]
fn tls_that_cannot_be_right_is_told_by_its_setting_and_shows_no_key() {
    let outbound = Outbound::new(&[]).unwrap();
    let (one, other) = (Authority::new().identity(&["a"]), Authority::new().identity(&["b"]));
    let told = |authority: Option<&str>, authority_only, certificate: Option<&str>, key: Option<&str>| {
        let [authority, certificate, key] = [authority, certificate, key].map(|text| text.map(str::to_owned));
        let (setting, message) =
            outbound.tls(TlsSettings { authority, authority_only, certificate, key }).expect_err("an error");
        assert!(!message.contains("hidden") && !message.contains("MII"), "{message}");
        setting
    };
    assert_eq!(told(Some("hidden"), false, None, None), "authority");
    assert_eq!(told(None, true, None, None), "authority_only");
    assert_eq!(told(None, false, Some(&one.certificate), None), "certificate");
    assert_eq!(told(None, false, None, Some(&one.key)), "key");
    assert_eq!(told(None, false, Some("hidden"), Some(&one.key)), "certificate");
    assert_eq!(told(None, false, Some(&one.certificate), Some("hidden")), "key");
    assert_eq!(told(None, false, Some(&one.certificate), Some(&other.key)), "certificate");
}
