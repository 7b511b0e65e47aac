//! Where nothing may go, and plain text.

use http::HeaderValue;
use outbound::{FailureKind, Outbound, Rules};
use url::Url;

use crate::server::{Server, ok, redirect};
use crate::{client, get, message, request, rules};

#[tokio::test]
async fn refuses_addresses_inside_however_they_are_written() {
    for host in [
        "10.0.0.1",
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[fd00::1]",
        "[64:ff9b::a00:1]",
        "0.0.0.0",
    ] {
        let url = Url::parse(&format!("https://{host}/hidden?hidden")).unwrap();
        let text = message(get(Rules::default(), &url).await, FailureKind::Rejected);
        assert!(text.contains("[outbound.private]") || text.contains("metadata"), "{host}: {text}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_needs_declaring() {
    let server = Server::start(|_| ok("", "bonjour")).await;
    let mut url = server.url.clone();
    url.set_host(Some("localhost")).unwrap();
    let text = message(get(Rules::default(), &url).await, FailureKind::Rejected);
    assert!(text.starts_with("localhost resolves to ") && text.contains("a loopback address"), "{text}");
    let both = Rules { private: ["127.0.0.0/8", "::1/128"].map(|range| range.parse().unwrap()).into(), ..rules() };
    assert_eq!(&get(both, &url).await.unwrap().body[..], b"bonjour");
}

#[tokio::test]
async fn plain_text_to_the_world_needs_declaring_and_never_carries_credentials() {
    let url = Url::parse("http://193.51.192.1/hidden").unwrap();
    let text = message(get(Rules::default(), &url).await, FailureKind::Rejected);
    assert!(text.contains("plain_http = true"), "{text}");

    let open = Rules { plain_http: true, ..Rules::default() };
    for credential in ["http://user:hidden@193.51.192.1/", "http://193.51.192.1/"] {
        let mut request = request(&Url::parse(credential).unwrap());
        request.headers.insert("cookie", HeaderValue::from_static("hidden"));
        let text = message(client(open.clone()).send(request).await, FailureKind::Rejected);
        assert!(text.contains("write https"), "{text}");
    }
}

#[tokio::test]
async fn a_user_in_the_address_becomes_basic_authentication() {
    let server = Server::start(|_| ok("", "")).await;
    let mut url = server.url.clone();
    url.set_username("edt").unwrap();
    url.set_password(Some("p@ss")).unwrap();
    let response = get(rules(), &url).await.unwrap();
    assert_eq!(response.url, server.url);
    assert!(server.requests()[0].contains("authorization: Basic ZWR0OnBAc3M=\r\n"));
}

#[tokio::test]
async fn only_the_web_is_spoken() {
    for url in ["ftp://edt.univ.fr/hidden", "file:///etc/hidden"] {
        message(get(rules(), &Url::parse(url).unwrap()).await, FailureKind::Rejected);
    }
}

#[tokio::test]
async fn resolves_for_protocols_that_connect_by_themselves() {
    let outbound = Outbound::new(&[]).unwrap();
    let found = outbound.resolve("127.0.0.1", 5432, &rules()).await.unwrap();
    assert_eq!(found, ["127.0.0.1:5432".parse().unwrap()]);
    let refused = outbound.resolve("localhost", 5432, &Rules::default()).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::Rejected);
    let unknown = outbound.resolve("nobody.invalid", 5432, &rules()).await.unwrap_err();
    assert_eq!(unknown.kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn only_hosts_of_the_zone_are_reached_where_the_operator_lists_them() {
    let server = Server::start(|_| ok("", "bonjour")).await;
    let listed = |hosts: &[&str]| Rules { hosts: hosts.iter().map(|host| host.parse().unwrap()).collect(), ..rules() };
    for hosts in [&[][..], &["127.0.0.1"], &["sso.univ-demo.fr", "*.0.0.1"]] {
        assert!(get(listed(hosts), &server.url).await.is_ok(), "{hosts:?}");
    }
    let text = message(get(listed(&["*.univ-demo.fr"]), &server.url).await, FailureKind::Rejected);
    assert_eq!(text, "127.0.0.1 is no host of this zone: the operator can add it in preau.toml, [outbound.zones]");
    for host in ["univ-demo.fr", "evil-univ-demo.fr", "univ-demo.fr.evil.example", "[::1]", ".univ-demo.fr"] {
        let outbound = Outbound::new(&[]).unwrap();
        let refused = outbound.resolve(host, 5432, &listed(&["*.univ-demo.fr"])).await.unwrap_err();
        assert!(refused.message.contains("[outbound.zones]"), "{host}: {}", refused.message);
    }
}

#[tokio::test]
async fn a_redirect_does_not_lead_out_of_the_zone() {
    let other = Server::start(|_| ok("", "elsewhere")).await;
    let mut target = other.url.clone();
    target.set_host(Some("localhost")).unwrap();
    let server = Server::start(move |_| redirect(302, target.as_str())).await;
    let rules = Rules { hosts: vec!["127.0.0.1".parse().unwrap()], ..rules() };
    let text = message(get(rules, &server.url).await, FailureKind::Rejected);
    assert!(text.contains("redirects elsewhere, where localhost is no host of this zone"), "{text}");
    assert!(other.requests().is_empty());
}
