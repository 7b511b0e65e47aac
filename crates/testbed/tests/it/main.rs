//! The servers serve, and nothing of them is left.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod chromium;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::catch_unwind;
use std::process::{Command, Stdio};

use testbed::{CutOff, FAULTS, need};

#[test]
fn serves_files_and_faults_and_counts_its_calls() {
    let mut website = need!(testbed::nginx(FAULTS));
    website.write("www/feed.xml", "<rss/>");
    let reply = get(&website.url("/feed.xml"));
    assert!(
        reply.starts_with("HTTP/1.1 200") && reply.contains("ETag: ") && reply.contains("Last-Modified: "),
        "{reply}"
    );
    assert!(get(&website.url("/503")).contains("Retry-After: 120"));
    assert!(get(&website.url("/loop")).contains("/loop"));
    assert!(get(&website.url("/secret/feed.xml")).starts_with("HTTP/1.1 401"));
    assert!(get(&website.url("/slow/feed.xml")).ends_with("<rss/>"));
    assert_eq!(get(&website.url("/closed")), "");
    assert_eq!(website.calls("/feed.xml"), 1);
    website.stop();
    assert!(TcpStream::connect(website.address()).is_err());
    website.start();
    assert_eq!(website.requests().len(), 6);
}

#[test]
fn cuts_an_answer_off() {
    assert!(get(&CutOff::start().url("/")).ends_with("[{\"id\": 1"));
}

#[test]
fn databases_answer_and_are_gone_when_dropped() {
    let postgres = need!(testbed::postgres());
    let mariadb = need!(testbed::mariadb());
    assert!(postgres.create("demo").contains("postgres://demo:"));
    assert!(mariadb.create("demo").contains("mariadb://demo:"));
    assert_eq!(postgres.sql("demo", "select 6 * 7;").trim(), "42");
    assert_eq!(mariadb.sql("demo", "select 6 * 7;").trim(), "42");
    let shares = |directory: &str| directory.trim_end_matches('/') == std::env::temp_dir().display().to_string();
    assert!(
        !shares(mariadb.sql("demo", "select @@tmpdir;").trim()),
        "a server deletes what others keep in a shared one"
    );
    let addresses = [postgres.address(), mariadb.address()];
    drop((postgres, mariadb));
    assert!(addresses.iter().all(|address| TcpStream::connect(address).is_err()));
}

#[test]
fn a_panicking_test_leaves_nothing() {
    let website = need!(testbed::nginx(""));
    let address = website.address();
    let panicked = catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _website = website;
        panic!("as a failing test does");
    }));
    assert!(panicked.is_err() && TcpStream::connect(address).is_err());
}

/// Runs [`a_server_until_killed`] in a process of its own, kills it, and sees the server go.
#[test]
fn a_killed_test_leaves_nothing() {
    let _installed = need!(testbed::nginx(""));
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "a_server_until_killed", "--ignored", "--nocapture"]);
    let mut test = test.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = String::new();
    let mut stdout = test.stdout.take().unwrap();
    while !output.contains("listens\n") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "it never listened: {output}");
        output.push(char::from(byte[0]));
    }
    let address = output.lines().last().unwrap().split(' ').next().unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    test.kill().unwrap();
    test.wait().unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while TcpStream::connect(&address).is_ok() {
        assert!(std::time::Instant::now() < end, "nginx outlived its test");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
#[ignore = "started and killed by a_killed_test_leaves_nothing"]
fn a_server_until_killed() {
    let website = need!(testbed::nginx(""));
    println!("\n{} listens", website.address());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}
