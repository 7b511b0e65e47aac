//! Clients that are slow or say nothing, with short times.

mod idle;

use std::io::ErrorKind;

use axum::response::IntoResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
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
    counting(connections, head, tls, Clients::new(connections, &[])).await
}

/// The same with other clients than those that a test is.
async fn counting(
    connections: usize,
    head: Duration,
    tls: Option<Arc<rustls::ServerConfig>>,
    clients: Arc<Clients>,
) -> Serving {
    let listener = bind("127.0.0.1:0".parse().unwrap(), tls.is_some()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = async |request: Request<Incoming>, _| match request.uri().path() {
        "/large" => vec![b'x'; 64 << 20].into_response(),
        _ => "here".into_response(),
    };
    let (stop, stopped) = oneshot::channel();
    let limits = Limits { connections, head, stall: head, farewell: PATIENCE };
    let ended = tokio::spawn(serve(listener, tls, limits, clients, answer, async {
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

#[tokio::test]
async fn one_client_leaves_half_of_the_places_to_others() {
    let serving = counting(4, PATIENCE, None, Clients::but(4, Vec::new())).await;
    let from = async |address: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(address.parse().unwrap()).unwrap();
        let mut stream = socket.connect(serving.address).await.unwrap();
        // Where it is closed already, there is nobody to write to.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        stream
    };
    let answered = async |stream: &mut TcpStream| {
        let mut said = [0; 15];
        let read = timeout(PATIENCE, stream.read_exact(&mut said)).await.expect("it answers or closes");
        read.is_ok() && said == *b"HTTP/1.1 200 OK"
    };
    let (mut first, mut second) = (from("127.0.0.2:0").await, from("127.0.0.2:0").await);
    assert!(answered(&mut first).await && answered(&mut second).await);
    assert!(!answered(&mut from("127.0.0.2:0").await).await);
    assert!(answered(&mut from("127.0.0.3:0").await).await, "another one");
    drop(first);
    while !answered(&mut from("127.0.0.2:0").await).await {
        // Until the server has heard of the end.
    }
    drop(second);
    serving.stops().await;
}
