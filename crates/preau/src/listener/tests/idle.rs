//! HTTP/2 clients that answer pings and ask nothing, under a clock that passes as soon as everybody waits.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::Uri;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{Builder, SendRequest};
use tokio::io::DuplexStream;
use tokio::time::{Instant, sleep};

use super::*;

const HEAD: Duration = Duration::from_secs(10);
const STALL: Duration = Duration::from_secs(30);

/// Longer than anything that ends.
const LONG: Duration = Duration::from_secs(3600);

/// Chunks that come slowly, each before a ping.
const CHUNKS: usize = 9;
const BETWEEN: Duration = Duration::from_secs(25);

async fn answer(request: Request<Incoming>, _: Peer) -> Response {
    match request.uri().path() {
        "/late" => {
            sleep(10 * STALL).await;
            "late".into_response()
        }
        "/slowly" => Body::from_stream(stream::unfold(0, async |sent| {
            sleep(BETWEEN).await;
            (sent < CHUNKS).then(|| (Ok::<_, Infallible>(Bytes::from("x")), sent + 1))
        }))
        .into_response(),
        "/large" => vec![b'x'; 1 << 20].into_response(),
        _ => "here".into_response(),
    }
}

/// The other end of a connection that is being answered.
fn answering() -> DuplexStream {
    let limits = Limits { connections: 1, head: HEAD, stall: STALL, farewell: PATIENCE };
    let (near, far) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        let (_going_on, stopped) = watch::channel(());
        let peer = Peer { address: [192, 0, 2, 1].into(), tls: true };
        Answerer { builder: builder(HEAD), answer, limits }.answer(near, peer, stopped).await;
    });
    far
}

struct Client {
    ask: SendRequest<Empty<Bytes>>,
    /// When the connection ended, and whether in order.
    ended: JoinHandle<(Instant, bool)>,
}

/// A client that answers pings and takes so many bytes before it has read them.
async fn client(window: u32) -> Client {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(window).initial_connection_window_size(window.max(0xffff));
    let (ask, connection) = builder.handshake(TokioIo::new(answering())).await.unwrap();
    let ended = tokio::spawn(async move {
        let ended = connection.await;
        (Instant::now(), ended.is_ok())
    });
    Client { ask, ended }
}

impl Client {
    async fn ask(&mut self, path: &'static str) -> http::Response<Incoming> {
        let request = Request::builder()
            .uri(Uri::builder().scheme("http").authority("lac.localhost").path_and_query(path).build().unwrap());
        self.ask.ready().await.unwrap();
        self.ask.send_request(request.body(Empty::new()).unwrap()).await.unwrap()
    }

    async fn reads(&mut self, path: &'static str) -> usize {
        self.ask(path).await.into_body().collect().await.unwrap().to_bytes().len()
    }

    /// How long after an instant the connection ended, in order.
    async fn goes(self, since: Instant) -> Duration {
        let (at, in_order) = timeout(LONG, self.ended).await.expect("it ends").unwrap();
        assert!(in_order);
        at - since
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_requests_ends_though_its_client_answers_pings() {
    let began = Instant::now();
    let silent = client(0xffff).await;
    assert_eq!(silent.goes(began).await.as_secs(), HEAD.as_secs());

    let mut client = client(0xffff).await;
    for _ in 0..20 {
        assert_eq!(client.reads("/").await, 4);
        sleep(HEAD - Duration::from_millis(100)).await;
    }
    let last = Instant::now();
    assert_eq!(client.reads("/").await, 4);
    let idle = client.goes(last).await;
    assert!((HEAD..=2 * HEAD).contains(&idle), "{idle:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_never_cut() {
    let mut late = client(0xffff).await;
    assert_eq!(late.reads("/late").await, 4);
    let mut slow = client(0xffff).await;
    assert_eq!(slow.reads("/slowly").await, CHUNKS);

    let mut taking = client(1 << 14).await;
    let mut body = taking.ask("/large").await.into_body();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        bytes += frame.unwrap().into_data().unwrap().len();
        sleep(HEAD).await;
    }
    assert_eq!(bytes, 1 << 20);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_is_given_up_though_its_client_answers_pings() {
    for window in [0, 1] {
        let (mut client, began) = (client(window).await, Instant::now());
        let _answer = client.ask("/large").await;
        let (at, _) = timeout(LONG, client.ended).await.expect("it ends").unwrap();
        assert!(at - began <= 2 * HEAD + STALL, "{:?}", at - began);
    }
}

#[tokio::test(start_paused = true)]
async fn who_answers_nothing_is_given_up() {
    for words in ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0"] {
        let (mut stream, began) = (answering(), Instant::now());
        stream.write_all(words.as_bytes()).await.unwrap();
        let _ = timeout(LONG, stream.read_to_end(&mut Vec::new())).await.expect("it ends");
        assert!(began.elapsed() <= HEAD + STALL, "{:?}", began.elapsed());
    }
}
