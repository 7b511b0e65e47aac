//! Whether anything goes on on a connection: hyper keeps one that answers pings for as long as its client likes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::time::sleep;

/// Bytes of an answer that something goes on for; pings and their like are fewer.
const SOME: u64 = 1 << 10;

/// What goes on on one connection.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// What its client waits for and we have not got yet.
    owed: AtomicUsize,
    /// Bytes written, and [`SOME`] each time that something begins or ends to be owed.
    moved: AtomicU64,
}

impl Traffic {
    /// Something is owed, until dropped.
    pub(super) fn owe(self: &Arc<Self>) -> Owed {
        self.owed.fetch_add(1, Relaxed);
        self.moved.fetch_add(SOME, Relaxed);
        Owed(Arc::clone(self))
    }

    pub(super) fn wrote(&self, bytes: usize) {
        self.moved.fetch_add(bytes as u64, Relaxed);
    }

    /// Waits until nothing is owed, and nothing went on for such a time; twice that at most, counted from what was last.
    pub(super) async fn idle(&self, time: Duration) {
        loop {
            let before = self.moved.load(Relaxed);
            sleep(time).await;
            if self.owed.load(Relaxed) == 0 && self.moved.load(Relaxed) - before < SOME {
                return;
            }
        }
    }
}

/// Something that a client waits for.
pub(super) struct Owed(Arc<Traffic>);

impl Owed {
    /// What is owed is there, up to what this body has not got yet.
    pub(super) fn paid(self, body: Body) -> Answer {
        Answer { body, traffic: Arc::clone(&self.0), owed: None }
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.moved.fetch_add(SOME, Relaxed);
        self.0.owed.fetch_sub(1, Relaxed);
    }
}

/// A body: while it has nothing to give, it is owed; else it waits for its client to take what there is.
pub(super) struct Answer {
    body: Body,
    traffic: Arc<Traffic>,
    owed: Option<Owed>,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match frame.is_pending() {
            false => self.owed = None,
            true if self.owed.is_none() => self.owed = Some(self.traffic.owe()),
            true => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
