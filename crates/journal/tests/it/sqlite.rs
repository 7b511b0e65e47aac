//! The journal of one machine.

mod file;
mod full_disk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use journal::{Failure, Hybrid, Journal, SqliteJournal};
use tempfile::TempDir;

use crate::contract::{Place, clock};

/// A folder with a journal in it, gone with this value.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn journal(&self) -> Result<SqliteJournal, Failure> {
        open(&self.path("journal.db"), clock())
    }
}

#[async_trait]
impl Place for Folder {
    async fn open(&self, clock: Arc<Hybrid>) -> Arc<dyn Journal> {
        Arc::new(open(&self.path("journal.db"), clock).unwrap())
    }
}

struct Memory;

#[async_trait]
impl Place for Memory {
    async fn open(&self, clock: Arc<Hybrid>) -> Arc<dyn Journal> {
        Arc::new(SqliteJournal::in_memory("dc1".parse().unwrap(), clock).unwrap())
    }
}

contract!(embedded, Folder::new(), goes_on_after_it_was_opened_again);
contract!(in_memory, Memory);

fn open(path: &Path, clock: Arc<Hybrid>) -> Result<SqliteJournal, Failure> {
    SqliteJournal::open(path, "dc1".parse().unwrap(), clock)
}

/// The message of a journal that is not available.
fn refusal<T>(outcome: Result<T, Failure>) -> String {
    match outcome {
        Err(Failure::Unavailable(message)) => message,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it is available"),
    }
}
