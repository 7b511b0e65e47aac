//! What a browser does that logins rely on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use testbed::need;

/// Serves pages until the test ends, and tells the requests: first line, `Cookie` header, body.
fn site(answer: impl Fn(&str) -> String + Copy + Send + 'static) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, tell) = (stream.unwrap(), tell.clone());
            std::thread::spawn(move || {
                let Some(request) = request(&stream) else { return };
                if !request.contains("favicon") {
                    tell.send(request.clone()).ok();
                }
                stream.write_all(answer(&request).as_bytes()).ok();
            });
        }
    });
    (port, told)
}

/// `None` for a connection that a browser opened to have one.
fn request(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut cookie, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        let lower = line.to_lowercase();
        if lower.starts_with("cookie:") {
            line.trim_end().clone_into(&mut cookie);
        }
        length = lower.strip_prefix("content-length: ").map_or(length, |value| value.trim().parse().unwrap());
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let first = first.trim_end().trim_end_matches(" HTTP/1.1");
    Some(format!("{first} | {cookie} | {}", String::from_utf8_lossy(&body)))
}

fn page(head: &str, html: &str) -> String {
    let length = html.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}Connection: close\r\nContent-Length: {length}\r\n\r\n{html}"
    )
}

#[test]
fn fills_forms_and_sees_what_comes_of_them() {
    let browser = need!(testbed::chromium());
    let (port, told) = site(|request| match request.split(' ').next() {
        Some("GET") => page(
            "",
            "<title>in</title><form method=post action=/done><input name=user value=al><button id=go>Go</button></form>
             <script>setTimeout(() => { document.title = 'later' }, 0)</script>",
        ),
        _ => page("", "<h1>Hello</h1>"),
    });
    browser.goto(&format!("http://rivage.localhost:{port}/"));
    browser.type_into("input[name=user]", "ice");
    assert_eq!(browser.execute("return document.querySelector('input').value.length"), 5);
    assert!(browser.has("#go") && !browser.has("h1") && browser.source().contains("<form"));
    browser.click("#go");
    assert_eq!(browser.text("h1"), "Hello");
    assert_eq!(browser.wait_for_url("http://rivage"), browser.url());
    assert!(browser.url().ends_with("/done"));
    assert!(browser.screenshot().starts_with(b"\x89PNG"));
    assert_eq!(told.try_iter().last().unwrap(), "POST /done |  | user=alice");
}

#[test]
fn keeps_the_cookies_of_a_session_over_plain_http_on_localhost() {
    let browser = need!(testbed::chromium());
    let (port, told) = site(|request| match request.split(' ').nth(1) {
        Some("/") => page(
            "Set-Cookie: __Host-session=1; Secure; Path=/; HttpOnly; SameSite=Lax\r\n",
            "<p>here</p><script>document.cookie = 'seen=' + document.cookie.length</script>",
        ),
        _ => page("", "<p>there</p>"),
    });
    browser.goto(&format!("http://rivage.localhost:{port}/"));
    browser.goto(&format!("http://rivage.localhost:{port}/again"));
    let again = told.try_iter().last().unwrap();
    assert!(again.contains("__Host-session=1") && again.contains("seen=0"), "{again}");
    browser.goto(&format!("http://falaise.localhost:{port}/other"));
    assert_eq!(told.try_iter().last().unwrap(), "GET /other |  | ");
}

/// A page elsewhere that posts to us by a script, as SAML's POST binding does.
#[test]
fn brings_lax_cookies_with_a_redirect_back_but_only_none_with_a_post_back() {
    let browser = need!(testbed::chromium());
    let (ours, told) = site(|request| match request.split(' ').nth(1) {
        Some("/begin") => page(
            "Set-Cookie: __Host-lax=1; Secure; Path=/; HttpOnly; SameSite=Lax\r\n\
             Set-Cookie: __Host-none=1; Secure; Path=/; HttpOnly; SameSite=None\r\n",
            "<p>begun</p>",
        ),
        _ => page("", "<p>back</p>"),
    });
    let (theirs, _) = site(|request| {
        let to = request.split(' ').nth(1).unwrap().trim_start_matches("/?");
        let (how, to) = to.split_once('=').unwrap_or_default();
        match how {
            "post" => page("", &format!("<body onload='document.forms[0].submit()'><form method=post action='{to}'>")),
            _ => format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        }
    });
    let site = format!("http://rivage.localhost:{ours}");
    browser.goto(&format!("{site}/begin"));
    let back = |how| {
        browser.goto(&format!("http://127.0.0.1:{theirs}/?{how}={site}/back"));
        browser.wait_for_url(&format!("{site}/back"));
        browser.find("p");
        told.try_iter().last().unwrap()
    };
    let (redirected, posted) = (back("redirect"), back("post"));
    assert!(redirected.starts_with("GET /back | Cookie: __Host-lax=1; __Host-none=1"), "{redirected}");
    assert!(posted.starts_with("POST /back | Cookie: __Host-none=1"), "{posted}");
    assert!(!posted.contains("lax"), "{posted}");
}
