//! The way from one cell to the database of another: a port that can be closed, or go silent, as networks do.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How a way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Open,
    /// Connections are cut and refused.
    Closed,
    /// Whatever is sent is kept.
    Silent,
}

/// A way.
pub(super) struct Link {
    pub port: u16,
    way: watch::Sender<Way>,
    task: JoinHandle<()>,
}

impl Link {
    /// An open way to a port of this machine.
    ///
    /// # Errors
    /// No port is free.
    pub(super) async fn open(to: u16) -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("no port: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(wrong)?;
        let port = listener.local_addr().map_err(wrong)?.port();
        let way = watch::Sender::new(Way::Open);
        let (seen, to) = (way.clone(), SocketAddr::from((Ipv4Addr::LOCALHOST, to)));
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let way = seen.subscribe();
                if *way.borrow() != Way::Closed {
                    tokio::spawn(pass(near, to, way));
                }
            }
        });
        Ok(Self { port, way, task })
    }

    pub(super) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
        self.set(Way::Closed);
    }
}

async fn pass(near: TcpStream, to: SocketAddr, mut way: watch::Receiver<Way>) {
    let Ok(far) = TcpStream::connect(to).await else { return };
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        () = carry(near_in, far_out, way.clone()) => {}
        () = carry(far_in, near_out, way.clone()) => {}
        _ = way.wait_for(|way| *way == Way::Closed) => {}
    }
}

/// Carries bytes one way; what was read while the way is silent waits.
async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut way: watch::Receiver<Way>,
) {
    let mut bytes = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if way.wait_for(|way| *way != Way::Silent).await.is_err() {
            return;
        }
        if to.write_all(bytes.get(..count).unwrap_or_default()).await.is_err() {
            return;
        }
    }
}
