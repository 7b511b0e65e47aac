//! A source with TLS of its own and limits of its own, as its campus declares them.

use serde_json::json;
use testbed::{Authority, need};

use crate::schools::{CAMPUSES, Schools, news, set, website};

#[tokio::test]
async fn a_source_is_reached_by_the_certificates_that_its_campus_declares() {
    let (school, clients) = (Authority::new(), Authority::new());
    let (server, us) = (school.identity(&["127.0.0.1"]), clients.identity(&["preau"]));
    let address = testbed::free_port();
    let files = [("tls.pem", &*server.certificate), ("tls.key", &server.key), ("clients.pem", clients.pem())];
    let directives = format!(
        "listen {address} ssl http2; ssl_certificate tls.pem; ssl_certificate_key tls.key;
         ssl_client_certificate clients.pem; ssl_verify_client on;"
    );
    let server = need!(testbed::nginx_with(&files, &directives));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 2));
    }
    let schools = Schools::new(|campus| {
        let tls = format!(
            "[sources.website.tls]\nauthority = '''{}'''\nauthority_only = true\ncertificate = '''{}'''\nkey = '''{}'''\n\n",
            school.pem(),
            us.certificate,
            us.key
        );
        let tls = if campus == "rivage" { tls } else { String::new() };
        website(&format!("https://{address}/{campus}")) + &tls + &set("news", "news")
    });
    assert_eq!(schools.get("rivage", "/api/data/news").await.items().len(), 2);
    let stranger = schools.get("colline", "/api/data/news").await;
    assert_eq!((stranger.status, stranger.problem().as_str()), (503, "source-unavailable"));
    assert_eq!((server.calls("/rivage/news.json"), server.calls("/colline/news.json")), (1, 0));
}

#[tokio::test]
async fn a_source_has_the_limits_that_its_campus_declares() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 40));
    }
    let schools = Schools::new(|campus| {
        let limits = "limits = { max_bytes = 1000, at_once = 1, per_second = 1, queue = 0, total = \"10s\" }\n\n";
        let limits = if campus == "rivage" { limits } else { "" };
        website(&server.url(&format!("/{campus}"))).trim_end().to_owned() + "\n" + limits + &set("news", "news")
    });
    assert_eq!(schools.get("rivage", "/api/data/news").await.problem(), "source-malformed");
    assert_eq!(schools.get("colline", "/api/data/news").await.items().len(), 40);
    let all = schools.admin("GET", "/status", json!(null)).await.text();
    assert!(all.contains("answered more than 1000 bytes, the most that is taken"), "{all}");
}
