//! A `preau serve` of this very program, and questions to it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use journal::Projection;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::{Instant, sleep, timeout};

use super::guard::Guard;
use super::told;

/// Longer than a node takes to say that its database does not answer.
const PATIENCE: Duration = Duration::from_secs(9);

/// An answer is no larger.
const MAX_ANSWER: usize = 64 << 20;

/// The node of one cell.
pub(super) struct Node {
    pub address: Address,
    settings: PathBuf,
    environment: BTreeMap<String, String>,
    running: Option<Guard>,
}

/// Where a node answers.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub port: u16,
    pub socket: PathBuf,
}

/// A status, and a document where it was one.
pub(super) type Answer = (StatusCode, Value);

impl Node {
    /// A node that does not run yet.
    pub(super) fn new(address: Address, settings: PathBuf, environment: BTreeMap<String, String>) -> Self {
        Self { address, settings, environment, running: None }
    }

    /// Starts it, its clock so many seconds off, and returns when it answers.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn start(&mut self, off: i64) -> Result<(), String> {
        let program = std::env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
        let mut command = vec!["env".to_owned()];
        command.extend(self.environment.iter().map(|(name, value)| format!("{name}={value}")));
        if let Some(library) = faketime().filter(|_| off != 0) {
            command.extend([
                format!("LD_PRELOAD={}", library.display()),
                format!("FAKETIME={off:+}"),
                "FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
            ]);
        }
        let settings = self.settings.display().to_string();
        command.extend([program.display().to_string(), "serve".to_owned(), "--settings".to_owned(), settings]);
        let log = self.settings.with_extension("log");
        let guard = self.running.insert(Guard::start(&command, "KILL", &log).await?);
        let end = Instant::now() + Duration::from_secs(30);
        while self.address.admin(Method::GET, "/state", "", &Value::Null).await.is_err() {
            if Instant::now() > end || !guard.runs() {
                let log = std::fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("a node did not start: {}", log.lines().last().unwrap_or_default()));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The last lines of its log.
    pub(super) fn log(&self) -> String {
        let log = std::fs::read_to_string(self.settings.with_extension("log")).unwrap_or_default();
        log.lines().skip(log.lines().count().saturating_sub(6)).collect::<Vec<_>>().join("\n        ")
    }

    /// Whether it runs.
    pub(super) fn runs(&self) -> bool {
        self.running.as_ref().is_some_and(Guard::runs)
    }

    /// Forgets its read model, which the journal gives again.
    pub(super) fn forget(&self) {
        Projection::remove(&self.settings.with_file_name("state").join("state.sqlite"));
    }

    /// Ends it at once.
    pub(super) fn kill(&mut self) {
        self.running.take().into_iter().for_each(Guard::kill);
    }
}

impl Address {
    /// Asks as a phone does.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn phone(&self, host: &str, path: &str) -> Result<Answer, String> {
        let asked = async {
            let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await.map_err(told)?;
            ask(stream, Request::get(path).header("host", host), Bytes::new()).await
        };
        timeout(PATIENCE, asked).await.map_err(told)?
    }

    /// Asks as an operator does, with an idempotency key where there is one.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn admin(&self, method: Method, path: &str, key: &str, body: &Value) -> Result<Answer, String> {
        let asked = async {
            let stream = UnixStream::connect(&self.socket).await.map_err(told)?;
            let request = Request::builder().method(method).uri(path).header("host", "admin");
            let request = request.header("content-type", "application/json");
            let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
            let body = if body.is_null() { String::new() } else { body.to_string() };
            ask(stream, request, Bytes::from(body)).await
        };
        timeout(PATIENCE, asked).await.map_err(told)?
    }
}

async fn ask(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: http::request::Builder,
    body: Bytes,
) -> Result<Answer, String> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(told)?;
    tokio::spawn(connection);
    let response = sender.send_request(request.body(Full::new(body)).map_err(told)?).await.map_err(told)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(told)?.to_bytes();
    Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
}

/// The library that tells a program another time, where its package is installed.
pub(super) fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|path| path.is_file())
}
