//! A web server that promises more than it sends, which no decent server can be configured to do.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Answers every request with a head that announces 1000 bytes, then 9 of them, then closes.
pub struct CutOff {
    address: SocketAddr,
}

impl CutOff {
    /// Starts it; it serves until the test process ends.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
        Self { address }
    }

    /// Its address for a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn answer(mut stream: TcpStream) {
    let Ok(reader) = stream.try_clone() else { return };
    // The head is read to its end: closing with unread bytes would reset the connection and lose the answer.
    for line in BufReader::new(reader).lines().map_while(Result::ok) {
        if line.is_empty() {
            break;
        }
    }
    // A client that went away is its own test's business.
    let _ = stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{\"id\": 1");
}
