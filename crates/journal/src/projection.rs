//! The read model of a node: all streams folded into SQLite tables, which stream up to which entry in the same
//! transaction. Every rule of the fold is commutative, so that any interleaving of streams gives the same tables.

mod fold;
mod query;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::{Entry, Fact, Failure, Hash, InForce, Key, Stamp, Stream};

pub use query::{Conflict, Past, Published};

/// The read model.
pub struct Projection {
    pub(crate) tables: Connection,
    applied: BTreeMap<Stream, Applied>,
    settled: bool,
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
    #[error(
        "the read model cannot be written: {0}; see whether its disk has room. Where it is damaged, stop this node and \
         remove the file: the journal gives it again"
    )]
    Tables(String),
}

/// The tables' version: a file of another one is made anew from the journal. New facts need no new one.
const VERSION: i64 = 2;

/// A file that is filled is worth nothing before it is full, so nothing of it has to survive a crash until then.
const FILLING: &str = "pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -65536;";

/// What is in force of each key is at its end. Sorted, all at once, it is made in a fraction of the time that it takes
/// entry by entry.
const INDEX: &str = "create index if not exists changes_of_a_key
    on changes (campus, key, stamp, origin, incarnation, seq, base_stamp, base_origin)";

/// A transaction that power failure takes away is applied again: the journal is what has to be durable.
const SETTLED: &str = "pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -8192;";

impl Projection {
    /// Opens the tables in a file; what is not there, or was not [settled](Self::settle), or is of another version, or
    /// damaged, is made anew and empty.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        // SQLite removes its log when a file is closed. After that, damage is a disk's doing, and whoever reads meets it:
        // looking at all of it takes seconds where the system does not hold it in memory.
        let closed = !beside(path, "-wal").exists();
        let opened = Connection::open(path).and_then(|tables| {
            let version: i64 = tables.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let whole = || tables.pragma_query_value(None, "quick_check", |row| Ok(row.get::<_, String>(0)? == "ok"));
            if version != VERSION || !(closed || whole()?) {
                return Ok(None);
            }
            tables.execute_batch(SETTLED)?;
            Self::over(tables, true).map(Some)
        });
        if let Ok(Some(projection)) = opened {
            return Ok(projection);
        }
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0) {
            tracing::warn!("the read model {} is of another version, unfinished or damaged: made anew", path.display());
        }
        Self::anew(path)
    }

    /// Puts empty tables in the place of whatever a file holds.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn anew(path: &Path) -> Result<Self, Failure> {
        Self::remove(path);
        Connection::open(path).and_then(Self::create).map_err(|error| unusable(path, &error))
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
            // What is not there need not be removed; what cannot be is told when it is opened.
            let _ = std::fs::remove_file(beside(path, suffix));
        }
    }

    fn create(tables: Connection) -> rusqlite::Result<Self> {
        let schema = include_str!("projection/schema.sql");
        tables.execute_batch(&format!("{FILLING} begin; {schema} commit;"))?;
        Self::over(tables, false)
    }

    fn over(tables: Connection, settled: bool) -> rusqlite::Result<Self> {
        tables.set_prepared_statement_cache_capacity(64);
        let applied = query::applied(&tables)?;
        Ok(Self { tables, applied, settled })
    }

    /// Makes what was applied survive a crash from now on. A new file is filled much faster before that; one that is
    /// opened again and was not settled is made anew.
    ///
    /// # Errors
    /// [`Unfit::Tables`].
    pub fn settle(&mut self) -> Result<(), Unfit> {
        if self.settled {
            return Ok(());
        }
        let wrong = |error: rusqlite::Error| Unfit::Tables(error.to_string());
        self.tables.execute_batch(INDEX).map_err(wrong)?;
        if let Some(path) = self.tables.path().filter(|path| !path.is_empty()) {
            let synced = File::open(path).and_then(|file| file.sync_all());
            synced.map_err(|error| Unfit::Tables(error.to_string()))?;
        }
        self.tables.execute_batch(&format!("{SETTLED} pragma user_version = {VERSION};")).map_err(wrong)?;
        self.settled = true;
        Ok(())
    }

    /// Applies an entry that an earlier version did not know; whether this one does. It may come late: no rule of the fold
    /// depends on the order.
    ///
    /// # Errors
    /// [`Unfit::Tables`]; nothing was applied.
    pub fn apply_late(&mut self, entry: &Entry) -> Result<Option<News>, Unfit> {
        if Fact::read(&entry.record).is_err() || !entry.is_whole() {
            return Ok(None);
        }
        let wrong = |error: rusqlite::Error| Unfit::Tables(error.to_string());
        let (mut news, transaction) = (News::default(), self.tables.transaction().map_err(wrong)?);
        fold::known(&transaction, entry).map_err(wrong)?;
        fold::entry(&transaction, entry, &mut news).map_err(wrong)?;
        transaction.commit().map_err(wrong)?;
        Ok(Some(news))
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
    /// Values that changed, by campus (`None` is the installation) and key: the last of them here, which is in force
    /// unless a later one was known; `None` where only the tables say what is in force.
    pub changed: BTreeMap<(Option<String>, Key), Option<InForce>>,
    /// Campuses of which a publication arrived.
    pub published: std::collections::BTreeSet<String>,
    /// Sessions that ended.
    pub revoked: Vec<crate::Revocation>,
    /// Entries that this version does not know.
    pub unknown: usize,
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn unusable(path: &Path, error: &rusqlite::Error) -> Failure {
    Failure::Unavailable(format!(
        "the read model {} cannot be opened: {error}; check that its folder can be written and has room",
        path.display()
    ))
}

#[cfg(test)]
mod tests;
