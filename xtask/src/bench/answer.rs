//! One request over loopback, to see that a server answers what is about to be measured.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

/// The host that all servers are asked for.
pub const HOST: &str = "bench.localhost";

/// A whole answer.
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Asks a server on loopback; the body is as it travelled.
pub fn get(port: u16, path: &str, header: Option<&str>) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let header = header.map_or(String::new(), |line| format!("{line}\r\n"));
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{header}\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes).ok_or_else(|| io::Error::other("not an HTTP answer"))
}

/// The same with TLS, of a server whose certificate nobody vouches for.
pub fn get_over_tls(url: &str, header: Option<&str>) -> io::Result<Answer> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--include", "--http1.1", "--tlsv1.3", "--insecure", "--raw"]);
    curl.args(["--max-time", "10", "--header", &format!("Host: {HOST}")]);
    if let Some(header) = header {
        curl.args(["--header", header]);
    }
    let output = curl.arg(url).output()?;
    parse(&output.stdout).ok_or_else(|| io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = bytes.split_at_checked(end + 4)?;
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Some(Answer { status, headers: lines.filter_map(header).collect(), body: body.to_vec() })
}

impl Answer {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The answer, where it is the one meant.
    ///
    /// # Errors
    /// What came instead.
    pub fn expect(self, status: u16, encoding: Option<&str>) -> Result<Self, String> {
        let found = self.header("content-encoding");
        if (self.status, found) == (status, encoding) {
            return Ok(self);
        }
        Err(format!("answered {} with encoding {found:?} rather than {status} with {encoding:?}", self.status))
    }
}
