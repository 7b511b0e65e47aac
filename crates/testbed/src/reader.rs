//! A phone's connection: questions one after another, kept open.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection without TLS.
pub struct Connection(BufReader<TcpStream>);

/// An answer, and when it was there.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, by their names in lower case.
    pub headers: HashMap<String, String>,
    /// Its body, as it travelled.
    pub body: Vec<u8>,
    /// When the whole of it had arrived.
    pub received: Instant,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Asks a host for a path, unless what is there still has the tag.
    ///
    /// # Errors
    /// The connection is closed, or no answer comes.
    pub fn get(&mut self, host: &str, path: &str, tag: Option<&String>) -> io::Result<Answer> {
        let condition = tag.map(|tag| format!("If-None-Match: {tag}\r\n")).unwrap_or_default();
        self.0.get_mut().write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{condition}\r\n").as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::Error::other(format!("closed after: {head}")));
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let pairs = head.lines().filter_map(|line| line.split_once(": "));
        let headers: HashMap<_, _> = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let status = status.ok_or_else(|| io::Error::other("no status"))?;
        Ok(Answer { status, headers, body, received: Instant::now() })
    }
}
