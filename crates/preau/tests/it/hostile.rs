//! What somebody sends who means harm, at a running server with two campuses: each is answered in time and within bounds,
//! and the other campus as ever.

mod framing;
mod http2;
mod targets;
mod upstreams;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::client::{Answer, connect};
use crate::school::School;
use crate::site::{Serving, Site, declaration};

/// The campuses `lac` and `mont`, whose links name their campus.
pub struct Pair {
    pub serving: Serving,
    _site: Site,
}

impl Pair {
    pub fn start() -> Self {
        let school = School::start(|request| {
            let campus = if request.contains("/lac/") { "lac" } else { "mont" };
            let link =
                |id| format!(r#"{{"id": {id}, "title": "{}", "url": "https://{campus}.example/"}}"#, mark(campus));
            (200, format!("[{}]", (1..200).map(link).collect::<Vec<_>>().join(",")))
        });
        let site = Site::new(&school.url(), "");
        for campus in ["lac", "mont"] {
            site.declare(campus, &declaration(campus, &format!("{}{campus}/", school.url())));
        }
        let pair = Self { serving: site.serve(), _site: site };
        pair.is_well();
        pair
    }

    /// Both campuses answer with what is theirs, and the process has stayed small.
    pub fn is_well(&self) {
        for (campus, other) in [("lac", "mont"), ("mont", "lac")] {
            let links = self.serving.get(campus, "/api/data/links");
            assert_eq!(links.items().len(), 199, "{campus}");
            let text = String::from_utf8(links.body).unwrap();
            assert!(text.contains(&mark(campus)) && !text.contains(&mark(other)), "{campus}");
        }
        let peak = self.serving.preau.peak_mib();
        assert!(peak < 256, "{peak} MiB");
    }

    /// What is answered to these bytes, up to the end of the connection.
    pub fn says(&self, bytes: &[u8]) -> String {
        let mut stream = connect(self.serving.address);
        // The server may have closed before it has read all.
        let _ = stream.write_all(bytes);
        String::from_utf8_lossy(&rest(&mut stream)).into_owned()
    }

    /// What is answered to one request of the campus `lac`, whose line and headers these are.
    pub fn asks(&self, line: &str, headers: &[(&str, &str)]) -> Answer {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let mut stream = connect(self.serving.address);
        let _ = stream.write_all(format!("{line} HTTP/1.1\r\nHost: lac.localhost\r\n{headers}\r\n").as_bytes());
        crate::client::receive(&mut stream)
    }

    pub fn address(&self) -> SocketAddr {
        self.serving.address
    }
}

pub fn mark(campus: &str) -> String {
    format!("mark-of-{campus}")
}

/// Everything up to the end of the connection, however it ends.
pub fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "not closed"),
    }
    said
}

/// The problem that is answered.
pub fn problem_of(answer: &Answer) -> String {
    answer.json()["type"].as_str().expect("a problem").trim_start_matches("urn:preau:problem:").to_owned()
}

/// The statuses in what a connection said.
pub fn statuses(said: &str) -> Vec<u16> {
    let answers = said.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().expect("a status"));
    answers.filter(|status| *status != 100).collect()
}
