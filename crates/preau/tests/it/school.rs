//! A school's system within the test: answers what the test says, when it says.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Two links, as the campuses of [`crate::site`] expect them.
pub const LINKS: &str = r#"[{"id": 1, "title": "Bibliothèque", "url": "https://bib.univ-demo.fr/"},
                            {"id": 2, "title": "Sport", "url": "https://sport.univ-demo.fr/"}]"#;

/// What a test answers with: a status and a text, a page where it begins with `<` and JSON otherwise, from the request's
/// lines.
type Answer = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// A web server that runs until the test process ends.
pub struct School {
    address: SocketAddr,
}

impl School {
    pub fn start(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().unwrap();
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || serve(stream, &*answer));
            }
        });
        Self { address }
    }

    /// A school that always answers [`LINKS`].
    pub fn of_links() -> Self {
        Self::start(|_| (200, LINKS.to_owned()))
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// A loopback address where nothing listens.
pub fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

fn serve(mut stream: TcpStream, answer: &Answer) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    loop {
        let request: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        if request.is_empty() {
            break;
        }
        let (status, body) = answer(&request.join("\n"));
        let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
        let length = body.len();
        let head = format!("HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
        // A client that went away is its own test's business.
        let _ = stream.write_all((head + &body).as_bytes());
    }
}
