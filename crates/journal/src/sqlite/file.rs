//! The file: how it is laid out, opened, verified, read and copied.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::trouble::Trouble;
use crate::{Entry, Hash, Head, Hybrid, Origin, Record, Stamp, Stream};

/// What the file says it is (`PRAGMA application_id`): the bytes of "Pré".
const APPLICATION: i64 = 0x5072_c3a9;

/// The version of the tables below (`PRAGMA user_version`).
const VERSION: i64 = 1;

/// Entries are only ever inserted; what they say has versions of its own. `current` is the stream that grows.
const TABLES: &str = "
    CREATE TABLE head (
        origin TEXT NOT NULL, incarnation INTEGER NOT NULL, current INTEGER NOT NULL,
        seq INTEGER NOT NULL, stamp INTEGER NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (origin, incarnation)
    ) STRICT;
    CREATE TABLE entry (
        origin TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, stamp INTEGER NOT NULL,
        before BLOB NOT NULL, hash BLOB NOT NULL,
        campus TEXT, kind TEXT NOT NULL, version INTEGER NOT NULL, key TEXT, body TEXT NOT NULL,
        PRIMARY KEY (origin, incarnation, seq)
    ) STRICT;
    CREATE UNIQUE INDEX entry_key ON entry (origin, key) WHERE key IS NOT NULL;
";

const ENTRY: &str = "SELECT seq, stamp, before, hash, campus, kind, version, key, body
                     FROM entry WHERE origin = ?1 AND incarnation = ?2";

/// Bytes of bodies read at once, about.
const PAGE: usize = 8 << 20;

/// Entries of a stream that are verified when it is opened, at most.
const VERIFIED: u32 = 1000;

/// Bytes of their bodies, about.
const VERIFIED_BYTES: usize = 64 << 20;

/// How long a commit of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a journal for appending, making the file where there is none.
pub(super) fn open(path: &Path, origin: Origin, clock: &Hybrid) -> Result<(Connection, Stream), Trouble> {
    remove_log_of_another(path)?;
    let mut connection = connect(path)?;
    let empty: bool = connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    if !empty {
        identify(&connection)?;
    }
    // On a file system without shared memory it stays as it is, without an error.
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(io::Error::other("its file system has no shared memory, which SQLite's log needs").into());
    }
    let stream = prepare(&mut connection, origin, clock)?;
    Ok((connection, stream))
}

/// Another connection to a journal that is open.
pub(super) fn second(path: &Path) -> Result<Connection, Trouble> {
    let connection = connect(path)?;
    identify(&connection)?;
    Ok(connection)
}

/// A journal without a file.
pub(super) fn in_memory(origin: Origin, clock: &Hybrid) -> Result<(Connection, Stream), Trouble> {
    let mut connection = Connection::open_in_memory()?;
    let stream = prepare(&mut connection, origin, clock)?;
    Ok((connection, stream))
}

/// Writes a copy in which no stream is the current one, so that whoever opens it begins another.
pub(super) fn copy(source: &Connection, to: &Path) -> Result<(), Trouble> {
    let part = beside(to, ".part");
    remove(&part)?;
    let copied = copy_whole(source, &part).and_then(|()| Ok(fs::rename(&part, to)?));
    if copied.is_err() {
        // What takes room on a disk that may be full is of no use to anybody.
        let _ = remove(&part);
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    copied.and_then(|()| Ok(File::open(folder)?.sync_all()?))
}

fn copy_whole(source: &Connection, part: &Path) -> Result<(), Trouble> {
    let name = part.to_str().ok_or_else(|| io::Error::other("its name is no UTF-8"))?;
    source.execute("VACUUM INTO ?1", [name])?;
    connect(part)?.execute("UPDATE head SET current = 0", [])?;
    // SQLite does not wait for the disk here (<https://www.sqlite.org/lang_vacuum.html>).
    Ok(File::open(part)?.sync_all()?)
}

/// Entries of a stream after a number.
pub(super) fn entries(
    connection: &Connection,
    stream: &Stream,
    after: u64,
    max: usize,
) -> rusqlite::Result<Vec<Entry>> {
    let mut statement = connection.prepare_cached(&format!("{ENTRY} AND seq > ?3 ORDER BY seq LIMIT ?4"))?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![stream.origin.as_str(), stream.incarnation, after, max])?;
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while let Some(row) = (bytes < PAGE).then(|| rows.next()).transpose()?.flatten() {
        let entry = entry(stream, row)?;
        bytes += entry.record.body.len();
        entries.push(entry);
    }
    Ok(entries)
}

/// The last entry of each stream that has one.
pub(super) fn heads(connection: &Connection) -> rusqlite::Result<Vec<Head>> {
    let query = "SELECT origin, incarnation, seq, hash, stamp FROM head WHERE seq > 0 ORDER BY origin, incarnation";
    let head = |row: &Row<'_>| {
        let origin = row.get::<_, String>(0)?.parse();
        let origin = origin.map_err(|error: String| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
        })?;
        let stream = Stream { origin, incarnation: row.get(1)? };
        let seq = row.get::<_, i64>(2)?.cast_unsigned();
        Ok(Head { stream, seq, hash: row.get(3)?, stamp: Stamp(row.get(4)?) })
    };
    connection.prepare_cached(query)?.query_map([], head)?.collect()
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn identify(connection: &Connection) -> Result<(), Trouble> {
    let about = |name: &str| connection.query_row(&format!("SELECT * FROM pragma_{name}"), [], |row| row.get(0));
    match (about("application_id")?, about("user_version")?) {
        (APPLICATION, VERSION) => Ok(()),
        (APPLICATION, later) => Err(Trouble::Later(later)),
        _ => Err(Trouble::Foreign),
    }
}

/// Makes the tables, verifies the ends of the streams and finds the one that grows.
fn prepare(connection: &mut Connection, origin: Origin, clock: &Hybrid) -> Result<Stream, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // A journal that is one already is not written to, so that it can be opened and read on a full disk.
    if identify(&transaction).is_err() {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    for head in heads(&transaction)? {
        verify(&transaction, &head)?;
        clock.saw(head.stamp);
    }
    let current = "SELECT incarnation FROM head WHERE origin = ?1 AND current";
    let current = transaction.query_row(current, [origin.as_str()], |row| row.get(0)).optional()?;
    let incarnation = match current {
        Some(incarnation) => incarnation,
        None => {
            let new = "INSERT INTO head (origin, incarnation, current, seq, stamp, hash)
                       SELECT ?1, max(?2, coalesce(max(incarnation) + 1, ?2)), 1, 0, 0, ?3 FROM head WHERE origin = ?1
                       RETURNING incarnation";
            let values = params![origin.as_str(), clock.wall().as_microsecond(), Hash::default()];
            transaction.query_row(new, values, |row| row.get(0))?
        }
    };
    transaction.commit()?;
    Ok(Stream { origin, incarnation })
}

/// Walks the chain back from the end of a stream.
fn verify(connection: &Connection, head: &Head) -> Result<(), Trouble> {
    let (stream, mut seq, mut hash) = (&head.stream, head.seq, head.hash);
    let mut statement = connection.prepare(&format!("{ENTRY} ORDER BY seq DESC LIMIT ?3"))?;
    let mut rows = statement.query(params![stream.origin.as_str(), stream.incarnation, VERIFIED])?;
    let (mut count, mut bytes) = (0, 0);
    while seq > 0 && count < VERIFIED && bytes < VERIFIED_BYTES {
        let entry = rows.next()?.map(|row| entry(stream, row)).transpose()?;
        let whole = |entry: &Entry| entry.seq == seq && entry.hash == hash && entry.is_whole();
        let entry = entry.filter(whole).ok_or_else(|| Trouble::Broken(stream.clone(), seq))?;
        (seq, hash) = (seq - 1, entry.before);
        (count, bytes) = (count + 1, bytes + entry.record.body.len());
    }
    if seq == 0 && hash != Hash::default() {
        return Err(Trouble::Broken(stream.clone(), 1));
    }
    Ok(())
}

fn entry(stream: &Stream, row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        stream: stream.clone(),
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        stamp: Stamp(row.get(1)?),
        before: row.get(2)?,
        hash: row.get(3)?,
        record: Record {
            campus: row.get(4)?,
            kind: row.get(5)?,
            version: row.get(6)?,
            key: row.get(7)?,
            body: row.get(8)?,
        },
    })
}

/// A backup that was put in the place of a journal which a crash had ended has that one's write-ahead log beside it,
/// and SQLite would apply it. A file that was never in that mode has no log of its own (bytes 18 and 19 of the header,
/// <https://www.sqlite.org/fileformat.html#file_format_version_numbers>).
fn remove_log_of_another(path: &Path) -> io::Result<()> {
    let log = beside(path, "-wal");
    let mut header = [0; 20];
    if !log.exists() || File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_err() {
        return Ok(());
    }
    if header.ends_with(&[1, 1]) {
        remove(&log)?;
        remove(&beside(path, "-shm"))?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
