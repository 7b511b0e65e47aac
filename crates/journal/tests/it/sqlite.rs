//! The journal of one machine.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use journal::{Hybrid, Journal, SqliteJournal};
use tempfile::TempDir;

use crate::contract::Place;

/// A folder with a journal in it, gone with this value.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

#[async_trait]
impl Place for Folder {
    async fn open(&self, clock: Arc<Hybrid>) -> Arc<dyn Journal> {
        Arc::new(SqliteJournal::open(&self.path("journal.db"), "dc1".parse().unwrap(), clock).unwrap())
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
