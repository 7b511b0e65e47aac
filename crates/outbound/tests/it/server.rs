//! A server that answers raw bytes, as right or wrong as a test wants them.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

pub struct Server {
    /// An address on it whose path and query must never show.
    pub url: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

/// What follows on a request.
pub enum Answer {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then nothing more while the client waits.
    Stall(Vec<u8>),
    /// These bytes, then the last ones for ever.
    Endless(Vec<u8>, Vec<u8>),
}

impl Server {
    /// Answers each request, known by its text, in a connection of its own.
    pub async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/hidden/a?token=hidden", listener.local_addr().unwrap())).unwrap();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move {
                    let text = read_request(&mut stream).await;
                    seen.lock().unwrap().push(text.clone());
                    respond(&mut stream, answer(&text)).await;
                });
            }
        });
        Self { url, requests }
    }

    /// The requests so far, heads and bodies.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// `head` lines and a body with its length.
pub fn ok(head: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{head}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Answer::Bytes(bytes)
}

pub fn redirect(status: u16, location: &str) -> Answer {
    let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    Answer::Bytes(head.into_bytes())
}

pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        text.extend_from_slice(&buffer[..read]);
        let known = String::from_utf8_lossy(&text).to_lowercase();
        let (head, body) = known.split_once("\r\n\r\n").unwrap_or((&known, ""));
        let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
        if read == 0 || (known.contains("\r\n\r\n") && body.len() >= length.unwrap_or(0)) {
            return String::from_utf8_lossy(&text).into_owned();
        }
    }
}

pub async fn respond(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), answer: Answer) {
    let (first, rest) = match answer {
        Answer::Bytes(bytes) => (bytes, None),
        Answer::Stall(bytes) => (bytes, Some(Vec::new())),
        Answer::Endless(bytes, again) => (bytes, Some(again)),
    };
    stream.write_all(&first).await.ok();
    match rest {
        Some(again) if again.is_empty() => drop(stream.read(&mut [0; 1]).await),
        Some(again) => while stream.write_all(&again).await.is_ok() {},
        None => drop(stream.shutdown().await),
    }
}
