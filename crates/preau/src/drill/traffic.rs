//! Phones that read and operators who write, at all cells, and go to another one where the first does not answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::cells::{CAMPUS, name};
use super::node::Address;

/// Between two requests of one client.
const PAUSE: Duration = Duration::from_millis(20);

/// Data sets whose lifetimes are changed; few, so that cells meet at one.
const SETS: [&str; 3] = ["news", "menus", "events"];

/// What became of the requests.
#[derive(Default)]
pub(super) struct Ledger {
    pub served: AtomicU64,
    pub failed: AtomicU64,
    last: AtomicU64,
    written: Mutex<Vec<Acknowledged>>,
    /// The last refusal of a write.
    refused: Mutex<String>,
}

/// A write that was acknowledged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acknowledged {
    /// Which: no other write has it.
    pub number: u64,
    /// By which cell.
    pub cell: usize,
    /// Whether another cell has it.
    pub replicated: bool,
    /// When.
    pub at: Instant,
}

/// Clients at work.
pub(super) struct Traffic {
    stop: watch::Sender<bool>,
    clients: JoinSet<()>,
}

impl Ledger {
    /// The writes that were acknowledged.
    pub(super) fn written(&self) -> Vec<Acknowledged> {
        lock(&self.written).clone()
    }

    /// How many of them.
    pub(super) fn count(&self) -> usize {
        lock(&self.written).len()
    }

    /// Writes once, under a key of its own: at a cell, or at the next that answers.
    pub(super) async fn write(&self, cells: &[(usize, Address)]) -> bool {
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let set = SETS.get(usize::try_from(number).unwrap_or_default() % SETS.len()).copied().unwrap_or_default();
        let body = json!({ "campus": CAMPUS, "data": set, "change": { "fresh_for": number }, "by": "drill" });
        for (cell, address) in cells {
            let answer = address.admin(Method::PUT, "/cache/lifetimes", &key(number), &body).await;
            match answer {
                Ok((StatusCode::OK, answer)) => {
                    let replicated = answer.get("replicated") == Some(&Value::Bool(true));
                    let written = Acknowledged { number, cell: *cell, replicated, at: Instant::now() };
                    lock(&self.written).push(written);
                    self.count_request(true);
                    return true;
                }
                refused => *lock(&self.refused) = format!("{}: {refused:?}", name(*cell)),
            }
        }
        self.count_request(false);
        false
    }

    /// Reads once: at a cell, or at the next that answers.
    pub(super) async fn read(&self, cells: &[(usize, Address)]) -> bool {
        for (_, address) in cells {
            let answer = address.phone(&format!("{CAMPUS}.localhost"), "/api/data/news").await;
            if let Ok((StatusCode::OK, _)) = answer {
                self.count_request(true);
                return true;
            }
        }
        self.count_request(false);
        false
    }

    fn count_request(&self, served: bool) {
        let count = if served { &self.served } else { &self.failed };
        count.fetch_add(1, Ordering::SeqCst);
    }
}

/// The idempotency key of a write.
pub(super) fn key(number: u64) -> String {
    format!("drill-{number}")
}

impl Traffic {
    /// A reader and a writer at home in each cell.
    pub(super) fn start(ledger: &Arc<Ledger>, addresses: &[Address]) -> Self {
        let stop = watch::Sender::new(false);
        let mut clients = JoinSet::new();
        for home in 0..addresses.len() {
            let cells: Vec<_> = addresses.iter().cloned().enumerate().collect();
            let cells: Vec<_> = cells.iter().cycle().skip(home).take(addresses.len()).cloned().collect();
            for writes in [true, false] {
                let (cells, ledger, stopped) = (cells.clone(), Arc::clone(ledger), stop.subscribe());
                clients.spawn(async move {
                    while !*stopped.borrow() {
                        let _ = if writes { ledger.write(&cells).await } else { ledger.read(&cells).await };
                        sleep(PAUSE).await;
                    }
                });
            }
        }
        Self { stop, clients }
    }

    /// Ends when every request under way has its answer.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.clients.join_next().await.is_some() {}
    }
}

/// Waits until so many more writes are acknowledged.
///
/// # Errors
/// They are not within half a minute.
pub(super) async fn more(ledger: &Ledger, writes: usize) -> Result<(), String> {
    let (wanted, end) = (ledger.count() + writes, Instant::now() + Duration::from_secs(30));
    while ledger.count() < wanted {
        if Instant::now() > end {
            let (count, refused) = (ledger.count(), lock(&ledger.refused));
            return Err(format!("only {count} of {wanted} writes were acknowledged; {refused}"));
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// What cells are called.
pub(super) fn told_of(cells: &[usize]) -> String {
    cells.iter().map(|cell| name(*cell)).collect::<Vec<_>>().join(" and ")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
