//! Group commit: appends that wait for the same disk go to it together.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};

use crate::{Ack, Failure, MAX_BODY, Record};

/// Records of one transaction at most.
pub const MAX_BATCH: usize = 1000;

/// Bytes of one transaction, about.
const MAX_BYTES: usize = 8 << 20;

/// Appends that may wait; further ones are refused with what to do.
const MAX_WAITING: usize = 4096;

/// The way to the task that commits.
pub struct Queue(mpsc::Sender<Waiting>);

/// Records that are appended as one.
pub type Work = Vec<Record>;

struct Waiting {
    records: Work,
    bytes: usize,
    done: oneshot::Sender<Result<Vec<Ack>, Failure>>,
}

impl Queue {
    /// Starts the task that commits groups with `commit`, one after another, until the queue is dropped. `commit` is given the
    /// appends of one group and answers each: one that is refused leaves the others alone.
    pub fn new<C, F>(mut commit: C) -> Self
    where
        C: FnMut(Vec<Work>) -> F + Send + 'static,
        F: Future<Output = Vec<Result<Vec<Ack>, Failure>>> + Send,
    {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(MAX_WAITING);
        tokio::spawn(async move {
            let mut held = None;
            while let Some(first) = match held.take() {
                Some(waiting) => Some(waiting),
                None => receiver.recv().await,
            } {
                let (mut count, mut bytes) = (first.records.len(), first.bytes);
                let mut group = vec![first];
                while let Ok(next) = receiver.try_recv() {
                    count += next.records.len();
                    bytes += next.bytes;
                    if count > MAX_BATCH || bytes > MAX_BYTES {
                        held = Some(next);
                        break;
                    }
                    group.push(next);
                }
                let (work, done): (Vec<_>, Vec<_>) =
                    group.into_iter().map(|waiting| (waiting.records, waiting.done)).unzip();
                for (outcome, done) in commit(work).await.into_iter().zip(done) {
                    // Who asked may have gone away; the entry stands all the same.
                    let _ = done.send(outcome);
                }
            }
        });
        Self(sender)
    }

    /// Appends records with whoever else waits.
    ///
    /// # Errors
    /// What `commit` said, or that too many wait.
    pub async fn append(&self, records: Work) -> Result<Vec<Ack>, Failure> {
        if let Some(record) = records.iter().find(|record| record.body.len() > MAX_BODY) {
            return Err(Failure::TooLarge(record.body.len()));
        }
        if let Some(name) = records.iter().find_map(not_text) {
            return Err(Failure::NotText(name));
        }
        let bytes = records.iter().map(|record| record.body.len() + 200).sum();
        if records.is_empty() {
            return Ok(Vec::new());
        }
        if records.len() > MAX_BATCH {
            return Err(Failure::TooLarge(bytes));
        }
        let (done, outcome) = oneshot::channel();
        let busy = |_| Failure::Unavailable("too many writes wait for its disk: try again".to_owned());
        self.0.try_send(Waiting { records, bytes, done }).map_err(busy)?;
        outcome.await.unwrap_or_else(|_| Err(Failure::Unavailable("it is being closed".to_owned())))
    }
}

/// Which part of a record holds U+0000, which PostgreSQL keeps in no text. JSON escapes it.
fn not_text(record: &Record) -> Option<&'static str> {
    let Record { campus, kind, key, body, .. } = record;
    let parts = [("campus", campus.as_ref()), ("kind", Some(kind)), ("key", key.as_ref()), ("body", Some(body))];
    parts.into_iter().find(|(_, text)| text.is_some_and(|text| text.contains('\0'))).map(|(name, _)| name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;
    use crate::{Stamp, Stream};

    fn record() -> Record {
        Record { campus: None, kind: "change".to_owned(), version: 1, key: None, body: "{}".to_owned() }
    }

    fn ack() -> Ack {
        let stream = Stream { origin: "dc1".parse().unwrap(), incarnation: 1 };
        Ack { stream, seq: 1, stamp: Stamp(1), replicated: false, repeated: false }
    }

    #[tokio::test]
    async fn who_waits_for_the_disk_is_committed_together() {
        let (disk, commits) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let (free, counted) = (Arc::clone(&disk), Arc::clone(&commits));
        let queue = Arc::new(Queue::new(move |work: Vec<Work>| {
            let (free, counted) = (Arc::clone(&free), Arc::clone(&counted));
            async move {
                free.acquire().await.expect("open").forget();
                counted.fetch_add(1, Ordering::SeqCst);
                work.iter().map(|records| Ok(records.iter().map(|_| ack()).collect())).collect()
            }
        }));
        let asked = (0..50).map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.append(vec![record(); 2]).await })
        });
        let asked: Vec<_> = asked.collect();
        tokio::task::yield_now().await;
        disk.add_permits(50);
        for asked in asked {
            assert_eq!(asked.await.unwrap().unwrap().len(), 2);
        }
        assert!(commits.load(Ordering::SeqCst) <= 3, "{commits:?} commits for 50 appends");
    }

    #[tokio::test]
    async fn what_is_too_large_reaches_no_disk() {
        let queue = Queue::new(|_| async { panic!("nothing is to be committed") });
        let large = Record { body: "x".repeat(MAX_BODY + 1), ..record() };
        assert_eq!(queue.append(vec![large]).await, Err(Failure::TooLarge(MAX_BODY + 1)));
        assert!(queue.append(vec![record(); MAX_BATCH + 1]).await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_text_in_every_database_reaches_none() {
        let queue = Queue::new(|_| async { panic!("nothing is to be committed") });
        let keyed = Record { key: Some("a\0b".to_owned()), ..record() };
        assert_eq!(queue.append(vec![record(), keyed]).await, Err(Failure::NotText("key")));
    }
}
