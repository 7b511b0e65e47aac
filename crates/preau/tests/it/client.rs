//! A phone: HTTP/1.1 requests as bytes, over any stream.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::process::PATIENCE;

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The items of a data set's answer.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()["items"].as_array().expect("a list").clone()
    }
}

/// A connection without TLS.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// One request on a connection of its own.
pub fn get(address: SocketAddr, host: &str, path: &str) -> Answer {
    ask(&mut connect(address), host, path)
}

/// One request on a connection that stays open.
pub fn ask(stream: &mut (impl Read + Write), host: &str, path: &str) -> Answer {
    send(stream, host, path, "");
    receive(stream)
}

/// The question of [`ask`], with more header lines.
pub fn send(stream: &mut impl Write, host: &str, path: &str, more: &str) {
    // In one piece: the server may answer and close before it has read the whole of a bad head.
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").as_bytes()).expect("it reads");
}

/// One request with a body, and with more header lines.
pub fn ask_with(
    stream: &mut (impl Read + Write),
    method: &str,
    host: &str,
    path: &str,
    more: &str,
    body: &str,
) -> Answer {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n"
    );
    stream.write_all((head + body).as_bytes()).expect("it reads");
    receive(stream)
}

/// The answer of [`ask`].
pub fn receive(stream: &mut impl Read) -> Answer {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("an answer"), 1, "closed: {}", String::from_utf8_lossy(&bytes));
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let mut answer = Answer { status, head, body: Vec::new() };
    let length = answer.header("content-length").map(|length| length.parse().expect("its length"));
    answer.body.resize(length.unwrap_or_default(), 0);
    stream.read_exact(&mut answer.body).expect("a body");
    answer
}
