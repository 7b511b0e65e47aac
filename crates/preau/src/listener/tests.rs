//! Clients that are slow or say nothing, with short times.

use std::io::ErrorKind;

use axum::response::IntoResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

/// Long enough for whatever should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

struct Serving {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn serving(connections: usize, head: Duration, tls: Option<Arc<rustls::ServerConfig>>) -> Serving {
    let listener = bind("127.0.0.1:0".parse().unwrap(), tls.is_some()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = async |request: Request<Incoming>, _| match request.uri().path() {
        "/large" => vec![b'x'; 64 << 20].into_response(),
        _ => "here".into_response(),
    };
    let (stop, stopped) = oneshot::channel();
    let limits = Limits { connections, head, stall: head, farewell: PATIENCE };
    let ended = tokio::spawn(serve(listener, tls, limits, answer, async {
        let _ = stopped.await;
    }));
    Serving { address, stop, ended }
}

impl Serving {
    async fn say(&self, words: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(words).await.unwrap();
        stream
    }

    async fn stops(self) {
        self.stop.send(()).unwrap();
        timeout(PATIENCE, self.ended).await.expect("it stops").unwrap();
    }
}

/// Waits until the server closes, and returns what it said before.
async fn closed(mut stream: TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("it closes");
    assert!(read.is_ok() || read.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
    said
}

fn tls() -> Arc<rustls::ServerConfig> {
    let identity = testbed::Authority::new().identity(&["localhost"]);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = crate::settings::Tls {
        certificate: write("certificate.pem", &identity.certificate),
        key: write("key.pem", &identity.key),
    };
    // Another test may have been first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    crate::tls::config(&files).unwrap()
}

#[tokio::test]
async fn closes_on_whoever_asks_nothing_in_time() {
    let serving = serving(10, Duration::from_millis(100), None).await;
    for words in ["", "P", "GET / HTTP/1.1\r\nHost: loc", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        closed(serving.say(words.as_bytes()).await).await;
    }
    let stream = serving.say(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(closed(stream).await.ends_with(b"here"));
    serving.stops().await;
}

#[tokio::test]
async fn gives_the_place_of_an_unfinished_handshake_to_the_next() {
    let serving = serving(1, Duration::from_millis(100), Some(tls())).await;
    let [first, second] = [serving.say(b"").await, serving.say(b"").await];
    closed(first).await;
    closed(second).await;
    serving.stops().await;
}

#[tokio::test]
async fn stops_while_every_place_is_taken() {
    for tls in [None, Some(tls())] {
        let serving = serving(1, PATIENCE, tls).await;
        let [first, second] = [serving.say(b"").await, serving.say(b"").await];
        serving.stops().await;
        closed(first).await;
        closed(second).await;
    }
}

#[tokio::test]
async fn gives_the_place_of_whoever_reads_nothing_to_the_next() {
    let serving = serving(1, Duration::from_millis(200), None).await;
    // More than the buffers of both kernels hold.
    let deaf = serving.say(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let next = serving.say(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    assert!(closed(next).await.ends_with(b"here"));
    drop(deaf);
    serving.stops().await;
}
