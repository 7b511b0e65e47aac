//! The file: SQLite tables in which each answer has a checksum of its own, bounded by the pages that they take.

use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256, digest};
use rusqlite::{Connection, Error, OptionalExtension, params};

use super::{Kept, Written};
use crate::Key;

/// What the file says it is (`PRAGMA application_id`): the bytes of "Préc".
const APPLICATION: i64 = 0x5072_c363;

/// The version of the tables below; with that of the values, `PRAGMA user_version`.
const TABLES_VERSION: i64 = 1;

/// What is large and seldom changes is apart from what is small and often does.
const TABLES: &str = "
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, as_of INTEGER NOT NULL, epoch INTEGER NOT NULL,
        head BLOB NOT NULL, content BLOB NOT NULL, sum BLOB NOT NULL, used INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX least_used ON answer (used);
    CREATE TABLE content (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
";

/// A power failure may take the last transactions, never the file. The log is checkpointed at 4 MiB; nobody else opens the
/// file, so that no memory is shared. What is removed is overwritten where that costs nothing more.
const SETTINGS: &str = "
    PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 4194304; PRAGMA cache_size = -1024; PRAGMA secure_delete = FAST;
    PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;
";

pub(super) struct File {
    tables: Connection,
    page: u64,
    max_pages: u64,
    entries: u64,
}

impl File {
    /// Opens a file; one of another version, or that is none of ours, is begun anew.
    pub(super) fn open(path: &Path, version: u32, max_bytes: u64) -> Result<Self, Error> {
        let version = TABLES_VERSION << 16 | i64::from(version & 0xffff);
        let tables = connect(path)?;
        let known = (pragma(&tables, "application_id")?, pragma(&tables, "user_version")?);
        let tables = if known == (APPLICATION, version) {
            tables
        } else {
            drop(tables);
            destroy(path);
            let tables = connect(path)?;
            tables.execute_batch(TABLES)?;
            tables.pragma_update(None, "user_version", version)?;
            tables.pragma_update(None, "application_id", APPLICATION)?;
            tables
        };
        let entries = tables.query_row("SELECT count(*) FROM answer", [], |row| row.get(0))?;
        let page = pragma(&tables, "page_size")?.unsigned_abs();
        let mut file = Self { tables, page, max_pages: max_bytes / page.max(1), entries };
        // The bound may be lower than it was.
        file.make_room(0)?;
        file.shrink()?;
        Ok(file)
    }

    /// Entries, and the bytes that they take.
    pub(super) fn size(&self) -> (u64, u64) {
        (self.entries, self.pages().unwrap_or_default() * self.page)
    }

    /// Lets the disk be full when the file has so many pages.
    #[cfg(test)]
    pub(super) fn full_after(&self, pages: i64) -> Result<(), Error> {
        self.tables.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
    }

    pub(super) fn begin(&self) -> Result<(), Error> {
        self.tables.execute_batch("BEGIN")
    }

    pub(super) fn commit(&self) -> Result<(), Error> {
        self.tables.execute_batch("COMMIT")
    }

    /// Writes what is known under a name. Content that is there already is not written again.
    pub(super) fn put(&mut self, name: &str, kept: &Kept, now: i64) -> Result<(), Error> {
        let Kept { as_of, epoch, written: Written { head, content } } = kept;
        let content_sum = digest(&SHA256, content);
        let sum = sum(name, kept, content_sum.as_ref());
        let found = self.tables.prepare_cached("SELECT id, content FROM answer WHERE key = ?1")?;
        let found: Option<(i64, Vec<u8>)> =
            { found }.query_row([name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((id, before)) = found {
            if before == content_sum.as_ref() {
                let mut change = self.tables.prepare_cached(
                    "UPDATE answer SET as_of = ?2, epoch = ?3, head = ?4, sum = ?5, used = ?6 WHERE id = ?1",
                )?;
                return change.execute(params![id, as_of, epoch, head, sum, now]).map(drop);
            }
            self.delete(id)?;
        }
        let size = (name.len() + head.len() + content.len()) as u64;
        let needed = size / self.page + 2;
        if needed > self.max_pages / 4 {
            return Ok(());
        }
        self.make_room(needed)?;
        self.tables
            .prepare_cached(
                "INSERT INTO answer (key, as_of, epoch, head, content, sum, used) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![name, as_of, epoch, head, content_sum.as_ref(), sum, now])?;
        let id = self.tables.last_insert_rowid();
        self.tables
            .prepare_cached("INSERT OR REPLACE INTO content (id, bytes) VALUES (?1, ?2)")?
            .execute(params![id, content])?;
        self.entries += 1;
        Ok(())
    }

    /// Remembers that somebody asked.
    pub(super) fn touch(&self, name: &str, now: i64) -> Result<(), Error> {
        self.tables.prepare_cached("UPDATE answer SET used = ?2 WHERE key = ?1")?.execute(params![name, now]).map(drop)
    }

    /// What is known under a name. Where it is not as it was written, it is removed.
    pub(super) fn get(&mut self, name: &str) -> Result<Option<Kept>, Error> {
        let mut select = self.tables.prepare_cached(
            "SELECT answer.id, as_of, epoch, head, answer.content, sum, bytes
             FROM answer LEFT JOIN content ON content.id = answer.id WHERE key = ?1",
        )?;
        let found = select.query_row([name], |row| {
            let (id, content_sum, sum): (i64, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(4)?, row.get(5)?);
            let content: Option<Vec<u8>> = row.get(6)?;
            let written = Written { head: row.get(3)?, content: content.unwrap_or_default() };
            Ok((id, content_sum, sum, Kept { as_of: row.get(1)?, epoch: row.get(2)?, written }))
        });
        let found = found.optional()?;
        drop(select);
        let Some((id, content_sum, written_sum, kept)) = found else { return Ok(None) };
        let whole = digest(&SHA256, &kept.written.content).as_ref() == content_sum;
        if whole && sum(name, &kept, &content_sum) == written_sum {
            return Ok(Some(kept));
        }
        tracing::warn!(key = name, "an answer on disk is damaged: dropped");
        self.delete(id)?;
        Ok(None)
    }

    /// Removes what is under matching keys, and under names that are none.
    pub(super) fn remove(&mut self, matches: &dyn Fn(&Key) -> bool) -> Result<(), Error> {
        let mut select = self.tables.prepare("SELECT id, key FROM answer")?;
        let all = select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let gone = all.filter(|row| match row {
            Ok((_, name)) => serde_json::from_str(name).map_or(true, |key| matches(&key)),
            Err(_) => true,
        });
        let gone = gone.map(|row| row.map(|(id, _)| id)).collect::<Result<Vec<_>, _>>()?;
        drop(select);
        gone.into_iter().try_for_each(|id| self.delete(id))
    }

    fn delete(&mut self, id: i64) -> Result<(), Error> {
        self.tables.prepare_cached("DELETE FROM content WHERE id = ?1")?.execute([id])?;
        let gone = self.tables.prepare_cached("DELETE FROM answer WHERE id = ?1")?.execute([id])?;
        self.entries = self.entries.saturating_sub(gone as u64);
        Ok(())
    }

    /// Removes what was not asked for the longest, until so many pages fit.
    fn make_room(&mut self, needed: u64) -> Result<(), Error> {
        while self.pages()? + needed > self.max_pages {
            let mut oldest = self.tables.prepare_cached("SELECT id FROM answer ORDER BY used LIMIT 16")?;
            let ids = oldest.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
            drop(oldest);
            if ids.is_empty() {
                break;
            }
            ids.into_iter().try_for_each(|id| self.delete(id))?;
        }
        Ok(())
    }

    /// Gives pages back to the system.
    fn shrink(&self) -> Result<(), Error> {
        let mut vacuum = self.tables.prepare("PRAGMA incremental_vacuum")?;
        let mut steps = vacuum.query([])?;
        while steps.next()?.is_some() {}
        Ok(())
    }

    /// Pages in use.
    fn pages(&self) -> Result<u64, Error> {
        let [all, free] = ["page_count", "freelist_count"].map(|name| pragma(&self.tables, name));
        Ok(all?.saturating_sub(free?).unsigned_abs())
    }
}

/// The name that a key has in the file: JSON, in which no two keys are written alike.
pub(super) fn name(key: &Key) -> String {
    // Of these types, nothing fails to be written.
    serde_json::to_string(key).unwrap_or_default()
}

/// Removes a file and its log; what cannot be removed shows when it is opened.
pub(super) fn destroy(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = fs::remove_file(name);
    }
}

/// The checksum of an answer: everything that makes it what it is.
fn sum(name: &str, kept: &Kept, content_sum: &[u8]) -> Vec<u8> {
    let mut sum = Context::new(&SHA256);
    for part in [name.as_bytes(), &kept.as_of.to_be_bytes(), &kept.epoch.to_be_bytes(), &kept.written.head, content_sum]
    {
        sum.update(&(part.len() as u64).to_be_bytes());
        sum.update(part);
    }
    sum.finish().as_ref().to_vec()
}

fn connect(path: &Path) -> Result<Connection, Error> {
    private(path);
    let tables = Connection::open(path)?;
    tables.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    tables.execute_batch(SETTINGS)?;
    Ok(tables)
}

/// Makes the file for its owner alone, where there is none: what groups of people may read is no business of others.
fn private(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt;
    let _ = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

fn pragma(tables: &Connection, name: &str) -> Result<i64, Error> {
    tables.pragma_query_value(None, name, |row| row.get(0))
}
