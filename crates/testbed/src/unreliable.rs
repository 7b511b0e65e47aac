//! A school's system that fails at random, in every way that systems fail; the same seed fails alike.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A web server that answers `/CAMPUS/SET` with items that carry a number of their own, or with a fault. It serves until the
/// process ends.
pub struct Unreliable {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    seed: u64,
    requests: AtomicU64,
    /// When each number was given.
    given: Mutex<Vec<Instant>>,
    /// Who followed a redirect to where nobody may go.
    trap: SocketAddr,
    trapped: AtomicU64,
}

/// Longer than a source waits for an answer.
const HANG: Duration = Duration::from_secs(3);

/// Items of an answer.
const ITEMS: u64 = 40;

impl Unreliable {
    /// Starts it. Paths that end in `never` are never answered well.
    #[must_use]
    pub fn start(seed: u64) -> Self {
        let listen = |address: &str| TcpListener::bind(address).expect("a loopback port");
        let (listener, trap) = (listen("127.0.0.1:0"), listen("[::1]:0"));
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            seed,
            requests: AtomicU64::new(0),
            given: Mutex::default(),
            trap: trap.local_addr().expect("its address"),
            trapped: AtomicU64::new(0),
        });
        let caught = Arc::clone(&shared);
        thread::spawn(move || {
            trap.incoming().for_each(|_| {
                caught.trapped.fetch_add(1, Ordering::SeqCst);
            });
        });
        let answering = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&answering);
                thread::spawn(move || shared.serve(stream));
            }
        });
        Self { address, shared }
    }

    /// Its address for a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// When a number was given; `None` where it never was.
    #[must_use]
    pub fn given(&self, number: usize) -> Option<Instant> {
        self.shared.given.lock().unwrap_or_else(PoisonError::into_inner).get(number).copied()
    }

    /// Requests so far, and how many of them were redirected to a private address and followed.
    #[must_use]
    pub fn asked(&self) -> (u64, u64) {
        (self.shared.requests.load(Ordering::SeqCst), self.shared.trapped.load(Ordering::SeqCst))
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let Ok(reader) = stream.try_clone() else { return };
        let mut lines = BufReader::new(reader).lines().map_while(Result::ok);
        loop {
            let request: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
            let Some(path) = request.first().and_then(|line| line.split(' ').nth(1)) else { return };
            // A client that went away is its own business.
            if !self.answer(path, &mut stream).unwrap_or(false) {
                return;
            }
        }
    }

    /// Answers one request; whether the connection stays open.
    fn answer(&self, path: &str, stream: &mut TcpStream) -> std::io::Result<bool> {
        let dice = dice(self.seed, self.requests.fetch_add(1, Ordering::SeqCst));
        let dice = if path.ends_with("never") { 55 + dice % 45 } else { dice };
        let mut send = |status: &str, more: &str, body: &[u8]| {
            let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n{more}\r\n", body.len());
            stream.write_all(head.as_bytes())?;
            stream.write_all(body)?;
            Ok(true)
        };
        const JSON: &str = "content-type: application/json\r\n";
        match dice {
            0..55 => send("200", JSON, self.items(path).as_bytes()),
            55..62 => send("500", "", b"failed"),
            62..66 => send("503", "retry-after: 1\r\n", b"busy"),
            66..70 => send("404", "", b"gone"),
            70..74 => send("200", JSON, self.items(path).as_bytes().split_at(200).0),
            74..77 => send("200", "content-type: text/html\r\n", b"<html><form action='/login'>Sign in</form></html>"),
            77..80 => {
                send("200", &format!("{JSON}content-encoding: gzip\r\n"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd")
            }
            80..84 => send("302", &format!("location: http://{}/\r\n", self.trap), b""),
            84..86 => send("302", &format!("location: {path}\r\n"), b""),
            86..89 => send("200", JSON, b"\0\xff\xfe no JSON at all"),
            89..92 => {
                stream.write_all(b"HTTP/1.1 200 -\r\ncontent-length: 100000\r\n\r\n[{\"id\": 1")?;
                Ok(false)
            }
            92..94 => {
                thread::sleep(HANG);
                Ok(false)
            }
            94..96 => {
                stream.write_all(b"HTTP/1.1 200 -\r\ncontent-length: 100000\r\n\r\n")?;
                for _ in 0..30 {
                    stream.write_all(b" ")?;
                    thread::sleep(HANG / 30);
                }
                Ok(false)
            }
            // Closed without a word; with what was not read, reset.
            _ => Ok(false),
        }
    }

    /// Items that all carry the next number, and whose they are.
    fn items(&self, path: &str) -> String {
        let number = {
            let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
            given.push(Instant::now());
            given.len() - 1
        };
        let item =
            |id| format!(r#"{{"id": {id}, "title": "{path} {number}", "url": "https://www.univ-demo.fr/{id}"}}"#);
        format!("[{}]", (0..ITEMS).map(item).collect::<Vec<_>>().join(","))
    }
}

/// A number below 100 (splitmix64).
pub(crate) fn dice(seed: u64, turn: u64) -> u64 {
    let mut state = seed.wrapping_add(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (state ^ (state >> 31)) % 100
}
