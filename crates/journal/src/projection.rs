//! The read model of a node: all streams folded into SQLite tables, which stream up to which entry in the same
//! transaction. Every rule of the fold is commutative, so that any interleaving of streams gives the same tables.

mod fold;
mod query;

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use crate::{Entry, Failure, Hash, Stamp, Stream};

pub use query::{Conflict, Past, Published};

/// The read model.
pub struct Projection {
    pub(crate) tables: Connection,
    applied: BTreeMap<Stream, Applied>,
}

/// Up to where a stream has been applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// The number of the last entry.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its stamp.
    pub stamp: Stamp,
}

/// Why entries were not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// They do not continue what was applied.
    #[error("entry {seq} of {stream} does not continue what was applied: its copies differ")]
    Broken {
        /// The stream.
        stream: Stream,
        /// The entry.
        seq: u64,
    },
    /// The tables cannot be written.
    #[error("the read model cannot be written: {0}")]
    Tables(String),
}

/// The tables' and the facts' version: a file of another one is made anew from the journal.
const VERSION: i64 = 1;

impl Projection {
    /// Opens the tables in a file; what is not there, or of another version, or damaged, is made anew and empty.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let opened = Connection::open(path).and_then(|tables| {
            let version: i64 = tables.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let whole: String = tables.pragma_query_value(None, "quick_check", |row| row.get(0))?;
            Ok((version == VERSION && whole == "ok").then_some(tables))
        });
        if let Ok(Some(tables)) = opened {
            return Self::over(tables).map_err(|error| unusable(path, &error));
        }
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0) {
            tracing::warn!("the read model {} is of another version or damaged: it is made anew", path.display());
        }
        Self::remove(path);
        Self::create(Connection::open(path).map_err(|error| unusable(path, &error))?)
            .map_err(|error| unusable(path, &error))
    }

    /// Tables in memory, empty.
    ///
    /// # Errors
    /// SQLite does not give any.
    pub fn in_memory() -> Result<Self, Failure> {
        let created = Connection::open_in_memory().and_then(Self::create);
        created.map_err(|error| unusable(Path::new("in memory"), &error))
    }

    /// Removes a read model's files; the journal gives it again.
    pub fn remove(path: &Path) {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            // What is not there need not be removed; what cannot be is told when it is opened.
            let _ = std::fs::remove_file(name);
        }
    }

    fn create(tables: Connection) -> rusqlite::Result<Self> {
        let schema = include_str!("projection/schema.sql");
        tables.execute_batch(&format!("begin; {schema} pragma user_version = {VERSION}; commit;"))?;
        Self::over(tables)
    }

    fn over(tables: Connection) -> rusqlite::Result<Self> {
        // A transaction that power failure takes away is applied again: the journal is what has to be durable.
        tables.execute_batch("pragma journal_mode = wal; pragma synchronous = normal;")?;
        tables.set_prepared_statement_cache_capacity(64);
        let applied = query::applied(&tables)?;
        Ok(Self { tables, applied })
    }

    /// Up to where each stream has been applied.
    #[must_use]
    pub fn applied(&self) -> &BTreeMap<Stream, Applied> {
        &self.applied
    }

    /// Applies entries, in one transaction: all or none. Those that were applied before are passed over.
    ///
    /// # Errors
    /// [`Unfit`]; nothing was applied.
    pub fn apply(&mut self, entries: &[Entry]) -> Result<News, Unfit> {
        let mut applied = self.applied.clone();
        let wrong = |error: rusqlite::Error| Unfit::Tables(error.to_string());
        let transaction = self.tables.transaction().map_err(wrong)?;
        let mut news = News::default();
        for entry in entries {
            let before = applied.get(&entry.stream).map_or((0, Hash::default()), |applied| (applied.seq, applied.hash));
            if entry.seq <= before.0 {
                continue;
            }
            if (entry.seq, entry.before) != (before.0 + 1, before.1) || !entry.is_whole() {
                return Err(Unfit::Broken { stream: entry.stream.clone(), seq: entry.seq });
            }
            fold::entry(&transaction, entry, &mut news).map_err(wrong)?;
            let now = Applied { seq: entry.seq, hash: entry.hash, stamp: entry.stamp };
            applied.insert(entry.stream.clone(), now);
        }
        for (stream, now) in applied.iter().filter(|(stream, now)| self.applied.get(*stream) != Some(*now)) {
            fold::position(&transaction, stream, now).map_err(wrong)?;
        }
        transaction.commit().map_err(wrong)?;
        self.applied = applied;
        Ok(news)
    }
}

/// What a batch of entries brought.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct News {
    /// Values that changed, by campus (`None` is the installation) and key.
    pub changed: std::collections::BTreeSet<(Option<String>, crate::Key)>,
    /// Campuses of which a publication arrived.
    pub published: std::collections::BTreeSet<String>,
    /// Sessions that ended.
    pub revoked: Vec<crate::Revocation>,
    /// Entries that this version does not know.
    pub unknown: usize,
}

fn unusable(path: &Path, error: &rusqlite::Error) -> Failure {
    Failure::Unavailable(format!(
        "the read model {} cannot be opened: {error}; check that its folder can be written and has room",
        path.display()
    ))
}

#[cfg(test)]
mod tests;
