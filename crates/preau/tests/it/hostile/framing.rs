//! Where one request ends and the next one begins: told by one rule, or refused (RFC 9112, 6 and 11.2).

use std::io::Write;
use std::time::Duration;

use super::{Pair, mark, rest, statuses};
use crate::client::connect;

const LAC: &str = "Host: lac.localhost\r\n";

/// What an attacker would have another person's connection answered with.
const NEXT: &str = "GET /api/data/links HTTP/1.1\r\nHost: mont.localhost\r\nConnection: close\r\n\r\n";

fn posts(headers: &str, body: &str) -> String {
    format!("POST /api/session/end HTTP/1.1\r\n{LAC}{headers}\r\n{body}")
}

fn gets(line: &str, headers: &str) -> String {
    format!("{line}\r\n{headers}\r\n")
}

#[test]
fn what_is_framed_in_two_ways_is_refused_and_the_connection_closed() {
    let pair = Pair::start();
    let chunked = "Transfer-Encoding: chunked\r\n";
    for refused in [
        posts("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"),
        posts("Content-Length: 3, 3\r\n", "abc"),
        posts("Content-Length: +3\r\n", "abc"),
        posts("Content-Length: -3\r\n", "abc"),
        posts("Content-Length: 0x3\r\n", "abc"),
        posts("Content-Length: 3 3\r\n", "abc"),
        posts("Content-Length: \r\n", "abc"),
        posts("Content-Length: 99999999999999999999999\r\n", "abc"),
        posts("Content-Length : 3\r\n", "abc"),
        posts("Content-Length\t: 3\r\n", "abc"),
        posts("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        posts("X: a\r\n b\r\nContent-Length: 0\r\n", ""),
        posts("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc"),
        posts("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        posts("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        posts("Transfer-Encoding:\u{b}chunked\r\n", "0\r\n\r\n"),
        posts("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
        posts("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n", "0\r\n\r\n"),
        posts(chunked, "0\r\n\r\n").replacen("HTTP/1.1", "HTTP/1.0", 1),
        posts(chunked, "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
        posts(chunked, "0x3\r\nabc\r\n0\r\n\r\n"),
        posts(chunked, "-3\r\nabc\r\n0\r\n\r\n"),
        posts(chunked, "3\r\nabcd\r\n0\r\n\r\n"),
        posts(chunked, "3\nabc\n0\n\n"),
        posts(chunked, "3;a\nbc\r\nabc\r\n0\r\n\r\n"),
        posts(chunked, &format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(1 << 20))),
        posts(chunked, &format!("0\r\nX: {}\r\n\r\n", "x".repeat(1 << 20))),
        gets("GET /healthz HTTP/1.1", " Host: lac.localhost\r\n"),
        gets("GET /healthz HTTP/1.1", &format!("{LAC}X: a\rY: b\r\n")),
        gets("GET /healthz HTTP/1.1", &format!("{LAC}X: a\0b\r\n")),
        gets("GET /healthz HTTP/1.1", &format!("{LAC}X\0: a\r\n")),
        gets("GET /healthz HTTP/1.1", &format!("{LAC}: a\r\n")),
        gets("GET /healthz HTTP/1.1", &format!("{LAC}abc\r\n")),
        gets("GET /healthz HTTP/1.1", LAC).replace("\r\n", "\r"),
        gets("GET /healthz", ""),
        gets("GET /healthz HTTP/2.0", LAC),
        gets("GET /healthz HTTP/1.2", LAC),
        gets("GET /healthz http/1.1", LAC),
        gets("GET  /healthz HTTP/1.1", LAC),
        gets("GET\t/healthz\tHTTP/1.1", LAC),
    ] {
        let said = pair.says((refused.clone() + NEXT).as_bytes());
        assert_eq!(statuses(&said), [400], "{refused:.200}: {said}");
        assert!(!said.contains(&mark("mont")), "{refused:.200}");
    }
    for (too_large, status) in [
        (gets("GET /healthz HTTP/1.1", &(LAC.to_owned() + &"X: a\r\n".repeat(200))), 431),
        (gets("GET /healthz HTTP/1.1", &format!("{LAC}X: {}\r\n", "x".repeat(1 << 20))), 431),
        (gets(&format!("GET /{} HTTP/1.1", "a".repeat(1 << 20)), LAC), 431),
        (posts("Content-Length: 1048577\r\n", &"x".repeat(1_048_577)), 413),
        (posts(chunked, &format!("100001\r\n{}\r\n0\r\n\r\n", "x".repeat(1_048_577))), 413),
    ] {
        let said = pair.says((too_large.clone() + NEXT).as_bytes());
        assert_eq!(statuses(&said)[0], status, "{too_large:.100}: {said:.300}");
        assert!(!said.contains(&mark("mont")) || status == 413, "{too_large:.100}");
    }
    pair.is_well();
}

#[test]
fn a_length_beside_chunks_is_not_believed_and_nothing_follows() {
    let pair = Pair::start();
    let hidden = format!("0\r\n\r\n{NEXT}");
    for smuggled in [
        posts(&format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", hidden.len()), &hidden),
        posts(&format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", hidden.len()), &hidden),
        posts(
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
            &format!("{:x}\r\n{NEXT}\r\n0\r\n\r\n", NEXT.len()),
        ),
    ] {
        let said = pair.says(smuggled.as_bytes());
        assert_eq!(statuses(&said), [404], "{smuggled}: {said}");
        assert!(!said.contains(&mark("mont")), "{said}");
    }
    pair.is_well();
}

#[test]
fn what_is_framed_oddly_but_in_one_way_is_read_in_that_way() {
    let pair = Pair::start();
    for (status, odd) in [
        (404, posts("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")),
        (404, posts("Transfer-Encoding: CHUNKED\r\n", "3\r\nabc\r\n0\r\n\r\n")),
        (404, posts("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n0\r\nHost: mont.localhost\r\n\r\n")),
        (404, posts("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        (200, gets("GET /healthz HTTP/1.1", &format!("{LAC}Content-Length: 5\r\n")) + "hello"),
        // A line end without its first half is one to those before us too (RFC 9112, 2.2).
        (200, gets("GET /healthz HTTP/1.1", LAC).replace("\r\n", "\n")),
        (200, "\r\n\r\n".to_owned() + &gets("GET /healthz HTTP/1.1", LAC)),
        (200, gets("GET /healthz HTTP/1.1", &format!("{LAC}Connection: Upgrade\r\nUpgrade: h2c\r\n"))),
        (404, posts("Expect: 100-continue\r\nContent-Length: 0\r\n", "")),
    ] {
        let said = pair.says((odd.clone() + NEXT).as_bytes());
        let statuses = statuses(&said);
        assert_eq!(statuses, [status, 200], "{odd}");
        assert!(said.contains(&mark("mont")), "the next request is the next");
    }
    pair.is_well();
}

#[test]
fn a_form_that_drips_is_given_up() {
    let pair = Pair::start();
    let mut stream = connect(pair.address());
    let head = posts("Content-Length: 100000\r\nContent-Type: application/x-www-form-urlencoded\r\n", "");
    stream.write_all(head.replace("/session/end", "/login").as_bytes()).unwrap();
    let mut dripping = stream.try_clone().unwrap();
    let dripped = std::thread::spawn(move || {
        while dripping.write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let said = String::from_utf8_lossy(&rest(&mut stream)).into_owned();
    assert_eq!(statuses(&said), [408], "{said}");
    dripped.join().unwrap();
    pair.is_well();
}
