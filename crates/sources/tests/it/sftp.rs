//! `file` by SFTP, from OpenSSH's server.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs::{File, Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use outbound::{Failure, FailureKind, Rules};
use serde_json::{Value, json};
use sources::{Params, Reply, Validators};
use testbed::{Sshd, need, sshd};
use tokio::net::TcpListener;

use crate::upstream::{ask, context};

const ROOMS: &str = "room;seats\nÉlysée;40\n";

fn settings(server: &Sshd, url: &str) -> Value {
    json!({ "url": url, "host_key": server.host_key(), "private_key": server.private_key(), "max_bytes": 1_000 })
}

/// Asks a source for a data set.
async fn fetch(source: Value, data: Value, params: &Params, known: Option<&Validators>) -> Result<Reply, Failure> {
    let rules = Rules { first_byte_timeout: Duration::from_secs(20), ..Rules::default() };
    let source = sources::find("file").unwrap().source(source, &context(rules)).unwrap_or_else(|e| panic!("{e:?}"));
    let names: Vec<String> = params.keys().cloned().collect();
    let question = source.request(data, &names).unwrap_or_else(|errors| panic!("{errors:?}"));
    ask(&*question, params, known).await
}

async fn read(source: Value) -> Result<Reply, Failure> {
    fetch(source, json!({}), &Params::new(), None).await
}

/// The document as a mapping sees it.
fn told(reply: Reply) -> String {
    let Reply::Records { pages, .. } = reply else { panic!("unchanged") };
    format!("{:?}", pages[0].value(&records::Limits::default()).unwrap())
}

async fn failure(source: Value) -> (FailureKind, String) {
    let failure = read(source).await.unwrap_err();
    (failure.kind, failure.message)
}

#[tokio::test]
async fn a_file_is_read_once_and_again_when_its_time_is_another() {
    let server = need!(sshd());
    server.write("rooms.csv", ROOMS);
    let source = settings(&server, &server.url("rooms.csv"));
    let first = read(source.clone()).await.unwrap();
    let Reply::Records { validators: Some(known), bytes, .. } = &first else { panic!("{first:?}") };
    assert_eq!(*bytes, ROOMS.len() as u64);
    // Who looks at its time and size only needs no right to read it.
    set_permissions(server.path("rooms.csv"), Permissions::from_mode(0o000)).unwrap();
    let again = fetch(source.clone(), json!({}), &Params::new(), Some(known)).await.unwrap();
    assert!(matches!(again, Reply::Unchanged(None)), "{again:?}");
    set_permissions(server.path("rooms.csv"), Permissions::from_mode(0o600)).unwrap();
    let touched = File::options().write(true).open(server.path("rooms.csv")).unwrap();
    touched.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    let changed = fetch(source, json!({}), &Params::new(), Some(known)).await.unwrap();
    assert!(matches!(&changed, Reply::Records { validators, .. } if validators.as_ref() != Some(known)));
    assert!(told(changed).contains("Élysée"));
}

#[tokio::test]
async fn a_data_set_gives_the_file_and_a_parameter_leads_nowhere_else() {
    let server = need!(sshd());
    server.write("rooms/a.csv", ROOMS);
    server.write("secret.csv", ROOMS);
    let source = settings(&server, &server.url("rooms"));
    let of = |building: &str| Params::from([("building".to_owned(), building.to_owned())]);
    let data = json!({ "path": "{building}.csv" });
    let found = fetch(source.clone(), data.clone(), &of("a"), None).await.unwrap();
    assert!(told(found).contains("Élysée"));
    for (building, kind) in [("../secret", FailureKind::Rejected), ("b", FailureKind::Rejected)] {
        let failure = fetch(source.clone(), data.clone(), &of(building), None).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{}", failure.message);
    }
}

#[tokio::test]
async fn a_server_with_another_key_is_not_asked_and_its_key_is_told() {
    let server = need!(sshd());
    server.write("rooms.csv", ROOMS);
    let mut source = settings(&server, &server.url("rooms.csv"));
    source["host_key"] = format!("SHA256:{}", "A".repeat(43)).into();
    let (kind, message) = failure(source).await;
    assert_eq!(kind, FailureKind::Refused);
    assert!(message.contains(&server.host_key()), "{message}");
}

#[tokio::test]
async fn a_login_that_the_server_refuses_is_refused() {
    let server = need!(sshd());
    server.write("rooms.csv", ROOMS);
    let source = settings(&server, &server.url("rooms.csv"));
    let mut password = source.clone();
    password.as_object_mut().unwrap().remove("private_key");
    password["password"] = "hidden-password".into();
    let mut key = source;
    key["private_key"] = need!(sshd()).private_key().into();
    for source in [password, key] {
        let (kind, message) = failure(source).await;
        assert_eq!(kind, FailureKind::Refused, "{message}");
        assert!(!message.contains("hidden"), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_file_for_the_user_is_told() {
    let server = need!(sshd());
    server.write("large.csv", "x".repeat(1_001));
    server.write("closed.csv", ROOMS);
    set_permissions(server.path("closed.csv"), Permissions::from_mode(0o000)).unwrap();
    server.write("folder.csv/a.csv", ROOMS);
    for (name, kind, told) in [
        ("absent.csv", FailureKind::Rejected, "has no such file"),
        ("large.csv", FailureKind::Malformed, "larger than 1000 bytes"),
        ("closed.csv", FailureKind::Refused, "does not let the user read the file"),
        ("folder.csv", FailureKind::Rejected, "no regular file"),
    ] {
        let (found, message) = failure(settings(&server, &server.url(name))).await;
        assert_eq!(found, kind, "{name}: {message}");
        assert!(message.contains(told) && !message.contains(name), "{message}");
    }
}

fn unasked(url: &str) -> Value {
    json!({ "url": url, "host_key": format!("SHA256:{}", "A".repeat(43)), "password": "hidden" })
}

#[tokio::test]
async fn a_server_that_is_silent_or_away_or_speaks_http_is_unavailable() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let website = crate::upstream::Upstream::start(|_| crate::upstream::json("{}")).await;
    let website = website.url.replace("http://", "");
    let addresses = [silent.local_addr().unwrap().to_string(), away.local_addr().unwrap().to_string(), website];
    drop(away);
    for address in addresses {
        let rules = Rules {
            connect_timeout: Duration::from_millis(100),
            first_byte_timeout: Duration::from_millis(100),
            ..Rules::default()
        };
        let source = unasked(&format!("sftp://preau@{address}/rooms.csv"));
        let source = sources::find("file").unwrap().source(source, &context(rules)).unwrap();
        let question = source.request(json!({}), &[]).unwrap();
        let failure = ask(&*question, &Params::new(), None).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{}", failure.message);
    }
}

#[tokio::test]
async fn an_address_inside_that_nobody_declared_is_not_connected_to() {
    for host in ["10.0.0.1", "169.254.169.254", "[::1]"] {
        let (kind, message) = failure(unasked(&format!("sftp://preau@{host}/rooms.csv"))).await;
        assert_eq!(kind, FailureKind::Rejected, "{message}");
    }
}

#[test]
fn settings_that_cannot_be_right_are_told_by_their_key() {
    let whole = unasked("sftp://preau@univ-demo.fr/rooms.csv");
    let with = |changes: &[(&str, Option<&str>)]| {
        let mut source = whole.clone();
        for (key, value) in changes {
            match value {
                Some(value) => drop(source.as_object_mut().unwrap().insert((*key).to_owned(), json!(value))),
                None => drop(source.as_object_mut().unwrap().remove(*key)),
            }
        }
        let made = sources::find("file").unwrap().source(source, &context(Rules::default()));
        made.err().map(|errors| errors.iter().map(|error| error.key.clone()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(with(&[]), None);
    for (changes, key) in [
        (&[("url", Some("sftp://univ-demo.fr/rooms.csv"))][..], "url"),
        (&[("url", Some("sftp://preau:hidden@univ-demo.fr/rooms.csv"))], "url"),
        (&[("url", Some("https://univ-demo.fr/rooms.csv"))], "host_key"),
        (&[("host_key", None)], "host_key"),
        (&[("host_key", Some("MD5:00:11"))], "host_key"),
        (&[("password", None)], "password"),
        (&[("private_key", Some("x"))], "password"),
        (&[("password", None), ("private_key", Some("no key"))], "private_key"),
    ] {
        assert_eq!(with(changes).as_deref(), Some(key), "{changes:?}");
    }
    assert_eq!(with(&[("password", None), ("private_key", Some("missing"))]), None);
    assert_eq!(with(&[("url", Some("https://missing.invalid/"))]), None);
}
