//! Connections in: plain on loopback or TLS, HTTP/1.1 and HTTP/2, slow clients bounded, none cut on shutdown.

mod clients;
mod idle;
mod stall;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use futures_util::FutureExt;
use gateway::Peer;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) use self::clients::Clients;
use self::clients::Share;
use self::idle::Traffic;
use self::stall::Stalling;

/// A request's head, in bytes.
const MAX_HEAD: u16 = 32 << 10;

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at most; further ones wait.
    pub connections: usize,
    /// A TLS handshake, the head of a request and, over HTTP/1, the time to the next one take at most this; over HTTP/2, a
    /// client that asks nothing for this long is told to go, twice as long at most.
    pub head: Duration,
    /// A client that takes nothing of its answer, or does not go when it is told to, is waited for at most this long.
    pub stall: Duration,
    /// After the order to stop, requests under way may take this long.
    pub farewell: Duration,
}

impl Limits {
    /// The times that suit phones, and so many connections.
    pub(crate) fn of(connections: usize) -> Self {
        let seconds = Duration::from_secs;
        Self { connections, head: seconds(10), stall: seconds(30), farewell: seconds(10) }
    }
}

/// Binds an address; plain text only where no network is in between.
///
/// # Errors
/// The address is taken, or plain text was asked for on a network address.
pub(crate) async fn bind(address: SocketAddr, tls: bool) -> Result<TcpListener, String> {
    if !tls && !address.ip().is_loopback() {
        return Err(format!(
            "{address} is reachable from the network: set [tls] in the settings, or listen on 127.0.0.1 behind a proxy on this machine"
        ));
    }
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}; choose another address with --listen"))
}

/// Answers connections until `stop` is ready, then lets those under way finish.
pub(crate) async fn serve<A, F>(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    limits: Limits,
    clients: Arc<Clients>,
    answer: A,
    stop: impl Future<Output = ()>,
) where
    A: Fn(Request<Incoming>, Peer) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let acceptor = tls.map(TlsAcceptor::from);
    let answerer = Arc::new(Answerer { builder: builder(limits.head), answer, limits });
    let places = Arc::new(Semaphore::new(limits.connections));
    // Heard by all connections; it has as many receivers as there are.
    let stopping = watch::Sender::new(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (place, stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places, &clients) => accepted,
        };
        let (acceptor, answerer) = (acceptor.clone(), Arc::clone(&answerer));
        let mut stopped = stopping.subscribe();
        tokio::spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => answerer.answer(stream, Peer { address: peer.ip(), tls: false }, stopped).await,
                Some(acceptor) => {
                    if let Some(stream) = handshake(&acceptor, stream, limits.head, &mut stopped).await {
                        answerer.answer(stream, Peer { address: peer.ip(), tls: true }, stopped).await;
                    }
                }
            }
        });
    }
    drop(listener);
    let _ = stopping.send(());
    if timeout(limits.farewell, stopping.closed()).await.is_err() {
        tracing::warn!("some requests did not end within {} s", limits.farewell.as_secs());
    }
}

/// A place, which is the client's too; given up when dropped.
type Place = (Option<OwnedSemaphorePermit>, Share);

/// The next connection, once there is a place for it. Those of a client that has too many are closed.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    clients: &Arc<Clients>,
) -> (Place, TcpStream, SocketAddr) {
    // The semaphore is never closed, so there is always a place in the end.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Some(share) = clients.admit(peer.ip()) {
                    return ((place, share), stream, peer);
                }
            }
            Err(error) => {
                // Out of file descriptors: let some connections end instead of spinning.
                tracing::warn!("no connection accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn handshake(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    patience: Duration,
    stopped: &mut watch::Receiver<()>,
) -> Option<TlsStream<TcpStream>> {
    tokio::select! {
        shaken = timeout(patience, acceptor.accept(stream)) => shaken.ok()?.ok(),
        _ = stopped.changed() => None,
    }
}

fn builder(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(MAX_HEAD.into()).half_close(false);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(MAX_HEAD.into())
        .keep_alive_interval(Duration::from_secs(30));
    builder
}

/// What answers the requests of all connections.
struct Answerer<A> {
    builder: Builder<TokioExecutor>,
    answer: A,
    limits: Limits,
}

impl<A, F> Answerer<A>
where
    A: Fn(Request<Incoming>, Peer) -> F,
    F: Future<Output = Response> + Send + 'static,
{
    async fn answer<S>(&self, stream: S, peer: Peer, mut stopped: watch::Receiver<()>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let traffic = Arc::new(Traffic::default());
        let service = service_fn(|request| {
            let owed = traffic.owe();
            (self.answer)(request, peer).map(|response| Ok::<_, Infallible>(response.map(|body| owed.paid(body))))
        });
        let stream = Stalling::new(stream, self.limits.stall, Arc::clone(&traffic));
        let mut connection = std::pin::pin!(self.builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            // A client that goes away in the middle is no event.
            _ = connection.as_mut() => return,
            _ = stopped.changed() => {}
            () = traffic.idle(self.limits.head) => {}
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            _ = connection => {}
            () = traffic.idle(self.limits.stall) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
