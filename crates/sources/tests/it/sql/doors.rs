//! Where a campus may connect, and to whom.

use std::path::Path;

use outbound::{Rules, TlsSettings};
use serde_json::json;
use testbed::{Authority, need};

use super::{at, context, failure, mariadb, postgres, rows, source, sqlite};

#[tokio::test]
async fn a_server_must_prove_its_name() {
    let (postgres, mariadb) = (need!(postgres()), need!(mariadb()));
    let stranger = Authority::new();
    for (url, own) in
        [(postgres.create("p_tls"), postgres.authority()), (mariadb.create("my_tls"), mariadb.authority())]
    {
        let trusting = |authority: &str| {
            let mut context = context(Path::new("/"));
            let settings = TlsSettings { authority: Some(authority.to_owned()), ..TlsSettings::default() };
            context.rules.tls = Some(context.outbound.tls(settings).unwrap());
            context
        };
        let verified = format!("{}?sslmode=verify-full", url.replace("127.0.0.1", "localhost"));
        let encrypted = match url.starts_with("postgres") {
            true => "select ssl::text as encrypted from pg_stat_ssl where pid = pg_backend_pid()",
            false => {
                "select if(variable_value = '', 'false', 'true') as encrypted from information_schema.session_status where variable_name = 'Ssl_cipher'"
            }
        };
        let named = source(json!({ "url": verified }), &trusting(own));
        assert_eq!(rows(&*named, encrypted, &[]).await, json!([{ "encrypted": "true" }]));
        for unknown in [context(Path::new("/")), trusting(stranger.pem())] {
            let message = failure(&*source(json!({ "url": verified }), &unknown), "select 1 as one", &[]).await;
            assert!(message.starts_with("Unavailable") && message.contains("no TLS that can be trusted"), "{message}");
        }
        let elsewhere = verified.replace("localhost", "127.0.0.1");
        let other = source(json!({ "url": elsewhere }), &trusting(own));
        let message = failure(&*other, "select 1 as one", &[]).await;
        assert!(message.starts_with("Unavailable") && message.contains("not valid for name"), "{message}");
        let local = url.replace("127.0.0.1", "localhost");
        assert_eq!(rows(&*at(&local), encrypted, &[]).await, json!([{ "encrypted": "true" }]));
        let plain = source(json!({ "url": format!("{url}?sslmode=disable") }), &context(Path::new("/")));
        assert_eq!(rows(&*plain, encrypted, &[]).await, json!([{ "encrypted": "false" }]));
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_is_shown_the_declared_one() {
    let server = need!(testbed::postgres());
    let url = server.create("p_mutual").replace("127.0.0.1", "localhost") + "?sslmode=verify-full";
    let (clients, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let file = folder.path().join("clients.pem").display().to_string();
    std::fs::write(&file, clients.pem()).unwrap();
    server.sql("postgres", &format!("alter system set ssl_ca_file = '{file}'"));
    let rules = "values ('local all all trust'), ('hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca')";
    let write = format!("execute format('copy ({}) to %L', current_setting('hba_file'))", rules.replace('\'', "''"));
    server.sql("postgres", &format!("do $$ begin {write}; end $$; select pg_reload_conf()"));
    while server.sql("postgres", "show ssl_ca_file").trim() != file {}

    let showing = |issuer: Option<&Authority>| {
        let identity = issuer.map(|issuer| issuer.identity(&["preau.univ.example"]));
        let (certificate, key) = identity.map(|own| (own.certificate, own.key)).unzip();
        let mut context = context(Path::new("/"));
        let authority = Some(server.authority().to_owned());
        let settings = TlsSettings { authority, certificate, key, ..TlsSettings::default() };
        context.rules.tls = Some(context.outbound.tls(settings).unwrap());
        source(json!({ "url": url }), &context)
    };
    let seen = "select client_dn is not null as seen from pg_stat_ssl where pid = pg_backend_pid()";
    assert_eq!(rows(&*showing(Some(&clients)), seen, &[]).await, json!([{ "seen": true }]));
    let none = failure(&*showing(None), seen, &[]).await;
    assert!(none.starts_with("Refused") && none.contains("the certificate where it asks for one?"), "{none}");
    let strangers = failure(&*showing(Some(&Authority::new())), seen, &[]).await;
    assert!(strangers.starts_with("Unavailable") && strangers.contains("no TLS that can be trusted"), "{strangers}");
}

#[tokio::test]
async fn the_operators_authorities_are_trusted() {
    let server = need!(postgres());
    let url = server.create("p_operator").replace("127.0.0.1", "localhost") + "?sslmode=verify-full";
    let mut context = context(Path::new("/"));
    context.outbound = outbound::Outbound::new(&[server.authority().as_bytes().to_vec()]).unwrap();
    assert_eq!(rows(&*source(json!({ "url": url }), &context), "select 1 as one", &[]).await, json!([{ "one": 1 }]));
}

#[tokio::test]
async fn an_address_that_the_operator_did_not_open_is_not_reached() {
    let mut context = context(Path::new("/"));
    context.rules = Rules::default();
    for url in [
        "postgres://u:p@127.0.0.1:1/d",
        "mysql://u:p@localhost:1/d",
        "postgres://u:p@10.1.2.3/d",
        "mysql://u:p@169.254.169.254/d",
    ] {
        let message = failure(&*source(json!({ "url": url }), &context), "select 1 as one", &[]).await;
        assert!(message.starts_with("Rejected"), "{url}: {message}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once() {
    // Port 1 is nobody's.
    for url in ["postgres://u:hidden@127.0.0.1:1/d", "mysql://u:hidden@127.0.0.1:1/d"] {
        let message = failure(&*at(url), "select 1 as one", &[]).await;
        assert_eq!(message, "Unavailable: 127.0.0.1:1 cannot be talked to: connection refused");
    }
}

#[tokio::test]
async fn a_full_server_is_unavailable() {
    let server = need!(postgres());
    let url = server.create("p_full");
    server.sql("postgres", "alter role p_full connection limit 0");
    let message = failure(&*at(&url), "select 1 as one", &[]).await;
    assert!(message.starts_with("Unavailable") && message.contains("too many connections"), "{message}");
}

#[tokio::test]
async fn sqlite_files_stay_within_the_campus() {
    let (campus, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sqlite(other.path(), "secret.db", "create table t (id int)").await;
    let outside = other.path().join("secret.db").display().to_string();
    let above = format!("../{}/secret.db", other.path().file_name().unwrap().display());
    let mut context = context(campus.path());
    let linked = source(json!({ "url": "sqlite:link.db" }), &context);
    std::os::unix::fs::symlink(other.path().join("secret.db"), campus.path().join("link.db")).unwrap();
    let message = failure(&*linked, "select 1 as one", &[]).await;
    assert!(message.starts_with("Rejected") && message.contains("neither in the campus folder"), "{message}");
    assert!(!message.contains(&*other.path().display().to_string()), "{message}");
    for path in ["link.db", &outside, &above] {
        let Err(errors) = sources::find("sql").unwrap().source(json!({ "url": format!("sqlite:{path}") }), &context)
        else {
            panic!("{path} is taken")
        };
        assert!(errors[0].key == "url" && errors[0].message.contains("neither in the campus folder"), "{errors:?}");
    }
    context.directories.push(other.path().into());
    for path in ["link.db", &outside, &above] {
        let source = source(json!({ "url": format!("sqlite:{path}") }), &context);
        assert_eq!(rows(&*source, "select count(*) as n from t", &[]).await, json!([{ "n": 0 }]));
    }
    let missing = failure(&*source(json!({ "url": "sqlite:missing.db" }), &context), "select 1 as one", &[]).await;
    assert_eq!(missing, "Unavailable: missing.db is not there");
    let folder = failure(&*source(json!({ "url": "sqlite:." }), &context), "select 1 as one", &[]).await;
    assert!(folder.starts_with("Rejected") && folder.contains("no regular file"), "{folder}");
    std::fs::write(campus.path().join("no.db"), "not a database".repeat(100)).unwrap();
    let message = failure(&*source(json!({ "url": "sqlite:no.db" }), &context), "select 1 as one", &[]).await;
    assert!(message.starts_with("Malformed"), "{message}");
}

#[test]
fn settings_that_cannot_be_right_are_all_told() {
    let settings = json!({ "url": "oracle://u:hidden@h/d", "pool": 99, "timeout": "1h" });
    let mut context = context(Path::new("/"));
    let own = Some(Authority::new().pem().to_owned());
    let alone = TlsSettings { authority: own, authority_only: true, ..TlsSettings::default() };
    context.rules.tls = Some(context.outbound.tls(alone).unwrap());
    context.rules.local_address = Some("127.0.0.1".parse().unwrap());
    let Err(errors) = sources::find("sql").unwrap().source(settings, &context) else { panic!("they pass") };
    let keys: Vec<_> = errors.iter().map(|error| error.key.as_str()).collect();
    assert_eq!(keys, ["pool", "timeout", "tls.authority_only", "egress", "url"]);
    assert!(!format!("{errors:?}").contains("hidden"));
}
