//! A server that writes whatever a test makes it write: right, wrong, slow or without end.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// A server that runs until the test process ends.
pub struct Raw {
    address: SocketAddr,
}

/// Starts a server that answers each connection's one request, known by its path, with what `answer` writes, and closes.
///
/// # Panics
/// There is no free port.
#[must_use]
pub fn raw(answer: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Raw {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let head = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
                let head: Vec<_> = head.take_while(|line| !line.is_empty()).collect();
                // A client that went away is what most of these tests are about.
                answer(head.first()?.split(' ').nth(1)?, &mut stream).ok()
            });
        }
    });
    Raw { address }
}

impl Raw {
    /// Its address for a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}
