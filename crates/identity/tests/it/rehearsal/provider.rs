//! A provider of a few pages on loopback.

use std::sync::{Arc, Mutex};

use identity::Form;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::{Url, form_urlencoded};

pub struct Provider {
    pub url: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

/// One request.
pub struct Asked {
    /// `POST /login`.
    pub what: String,
    pub query: Form,
    pub form: Form,
    pub cookies: String,
    /// The head as it came, in lower case.
    pub head: String,
}

impl Provider {
    /// Answers each request with what is made of it: lines of a head (`200` first) and a body.
    pub async fn start(answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                seen.lock().unwrap().push(request.what.clone());
                stream.write_all(answer(&request).as_bytes()).await.ok();
                stream.shutdown().await.ok();
            }
        });
        Self { url, asked }
    }

    pub fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A page, and further lines of its head.
pub fn page(head: &str, html: &str) -> String {
    answer(200, &format!("content-type: text/html; charset=utf-8\r\n{head}"), html)
}

/// A redirect, and further lines of its head.
pub fn go(head: &str, to: &str) -> String {
    answer(302, &format!("location: {to}\r\n{head}"), "")
}

pub fn answer(status: u16, head: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{head}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn read(stream: &mut TcpStream) -> Asked {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let field = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
            line.map(|line| line[name.len() + 2..].to_owned()).unwrap_or_default()
        };
        let length = field("content-length").parse().unwrap_or(0);
        if read == 0 || text.contains("\r\n\r\n") && body.len() >= length {
            let mut line = head.lines().next().unwrap_or_default().split(' ');
            let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let form = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            return Asked {
                what: format!("{method} {path}"),
                query: form(query),
                form: form(body),
                cookies: field("cookie"),
                head: head.to_lowercase(),
            };
        }
    }
}
