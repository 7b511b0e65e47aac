//! Connections in: plain on loopback or TLS, HTTP/1.1 and HTTP/2, slow clients bounded, none cut on shutdown.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use gateway::PeerAddress;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// A TLS handshake, and the head of a request, take at most this.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// After the order to stop, requests under way may take this long.
const FAREWELL: Duration = Duration::from_secs(10);
/// A request's head, in bytes.
const MAX_HEAD: usize = 32 << 10;

/// Answers connections until `stop` is ready, then lets those under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    max_connections: usize,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let acceptor = tls.map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(max_connections));
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(builder());
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors: let some connections end instead of spinning.
                    tracing::warn!("no connection accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let (acceptor, builder, router, watcher) =
            (acceptor.clone(), Arc::clone(&builder), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => connection(&builder, stream, peer, router, watcher).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HEAD_TIMEOUT, acceptor.accept(stream)).await {
                        connection(&builder, stream, peer, router, watcher).await;
                    }
                }
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end within {} s", FAREWELL.as_secs());
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD).half_close(false);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(32 << 10)
        .keep_alive_interval(Duration::from_secs(30));
    builder
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    builder: &Builder<TokioExecutor>,
    stream: S,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer.ip()));
        router.clone().oneshot(request)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    // A client that goes away in the middle is no event.
    let _ = watcher.watch(connection).await;
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
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}
