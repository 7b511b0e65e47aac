//! What the tables say.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Result, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Applied, Projection};
use crate::{Hash, Key, Stamp, Stream, Version};

/// A change, as it is looked at afterwards: a line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Its version.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The campus; the installation without one.
    pub campus: Option<String>,
    /// What was set.
    pub key: Key,
    /// The value that whoever wrote saw; `null` where there was none.
    pub before: Value,
    /// The value since.
    pub value: Value,
    /// Who.
    pub by: String,
    /// Over which version.
    pub base: Option<Version>,
}

/// Changes of one key that did not see each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// All of them, the one in force last.
    pub changes: Vec<Past>,
    /// Whether the last of them is still what is in force: nobody has decided since.
    pub open: bool,
}

/// A publication without its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// What people call it. Two cells that could not see each other may have given the same.
    pub number: u32,
    /// What it is known by.
    pub digest: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What for.
    pub note: String,
}

/// A key, and the version over which it was changed twice: by campus, key, stamp and origin.
type Fork = (String, String, Option<i64>, Option<String>);

const COLUMNS: &str = "c.stamp, c.origin, c.campus, c.key, c.base_stamp, c.base_origin, c.value, c.actor, \
    (select b.value from changes b where b.campus = c.campus and b.key = c.key \
     and b.stamp = c.base_stamp and b.origin = c.base_origin limit 1)";

/// What is last in force of a key comes first.
const NEWEST: &str = "order by c.stamp desc, c.origin desc, c.incarnation desc, c.seq desc";

impl Projection {
    /// Everything in force: the last change of every key.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn in_force(&self) -> Result<Vec<Past>> {
        // From the end of one key's changes to that of the key before it, by the index: never through them.
        let before = |place: &str| {
            self.tables.prepare_cached(&format!(
                "select {COLUMNS} from changes c where {place} order by c.campus desc, c.key desc, c.stamp desc, \
                 c.origin desc, c.incarnation desc, c.seq desc limit 1"
            ))
        };
        let (mut key, mut campus) = (before("c.campus = ? and c.key < ?")?, before("c.campus < ?")?);
        // A blob is greater than any text.
        let mut next = campus.query_row([[0_u8; 0].as_slice()], past).optional()?;
        let mut all = Vec::new();
        while let Some(last) = next {
            let name = last.campus.as_deref().unwrap_or_default();
            next = key.query_row([name, &last.key.to_string()], past).optional()?;
            if next.is_none() {
                next = campus.query_row([name], past).optional()?;
            }
            all.push(last);
        }
        Ok(all)
    }

    /// The last changes of a key, the one in force first.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn history(&self, campus: Option<&str>, key: &Key, most: usize) -> Result<Vec<Past>> {
        let query = format!("select {COLUMNS} from changes c where c.campus = ? and c.key = ? {NEWEST} limit ?");
        self.pasts(&query, params![campus.unwrap_or_default(), key.to_string(), most])
    }

    /// The change that was written with an idempotency key.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn written_with(&self, campus: Option<&str>, idempotency: &str) -> Result<Option<Past>> {
        let query = format!("select {COLUMNS} from changes c where c.campus = ? and c.idempotency = ?");
        Ok(self.pasts(&query, params![campus.unwrap_or_default(), idempotency])?.pop())
    }

    /// Who changed what, when, before and after: in the order of time, after a version, of one campus or of all.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn audit(&self, campus: Option<&str>, after: Option<&Version>, most: usize) -> Result<Vec<Past>> {
        let query = format!(
            "select {COLUMNS} from changes c where (?1 is null or c.campus = ?1) and (c.stamp, c.origin) > (?2, ?3) \
             order by c.stamp, c.origin, c.incarnation, c.seq limit ?4"
        );
        let (stamp, origin) = after.map_or((i64::MIN, ""), |after| (after.stamp.0, after.origin.as_str()));
        self.pasts(&query, params![campus, stamp, origin, most])
    }

    /// Changes that did not see each other, the newest first, of one campus or of all.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn conflicts(&self, campus: Option<&str>, most: usize) -> Result<Vec<Conflict>> {
        // What says that something happened can happen twice; only values are disputed.
        let forks = "select campus, key, base_stamp, base_origin from changes where (?1 is null or campus = ?1) \
                     and key not like 'purge/%' and key not like 'epoch/%' and key <> 'sign-out' \
                     group by campus, key, base_stamp, base_origin having count(*) > 1 order by max(stamp) desc limit ?2";
        let mut statement = self.tables.prepare_cached(forks)?;
        let forks = statement
            .query_map(params![campus, most], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<Result<Vec<Fork>>>()?;
        let query = format!(
            "select {COLUMNS} from changes c where c.campus = ? and c.key = ? and c.base_stamp is ? and c.base_origin is ? \
             order by c.stamp, c.origin, c.incarnation, c.seq"
        );
        let conflict = |(campus, key, stamp, origin): Fork| {
            let changes = self.pasts(&query, params![campus, key, stamp, origin])?;
            let in_force = self.pasts(
                &format!("select {COLUMNS} from changes c where c.campus = ? and c.key = ? {NEWEST} limit 1"),
                params![campus, key],
            )?;
            let open = changes.last().map(|last| &last.version) == in_force.first().map(|first| &first.version);
            Ok(Conflict { changes, open })
        };
        forks.into_iter().map(conflict).collect()
    }

    /// The publications of a campus, the newest first.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn publications(&self, campus: &str) -> Result<Vec<Published>> {
        let query = "select number, digest, stamp, actor, note from publications where campus = ? \
                     order by number desc, stamp desc, origin desc";
        let mut statement = self.tables.prepare_cached(query)?;
        let published = |row: &Row<'_>| {
            Ok(Published {
                number: row.get(0)?,
                digest: row.get(1)?,
                at: Stamp(row.get(2)?).instant(),
                by: row.get(3)?,
                note: row.get(4)?,
            })
        };
        statement.query_map([campus], published)?.collect()
    }

    /// The files of a publication.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn files(&self, campus: &str, digest: &str) -> Result<Option<BTreeMap<String, Vec<u8>>>> {
        let query = "select files from publications where campus = ? and digest = ?";
        let files: Option<String> =
            self.tables.prepare_cached(query)?.query_row([campus, digest], |row| row.get(0)).optional()?;
        files.map(|files| unpack(&files).map_err(|error| wrong(0, error))).transpose()
    }

    /// Revocations that are not over at an instant: handle, of sessions until, forgotten after.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn revocations(&self, now: Timestamp) -> Result<Vec<([u8; 16], Timestamp, Timestamp)>> {
        let mut statement = self.tables.prepare_cached("select handle, at, until from revocations where until >= ?")?;
        let instant = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        statement
            .query_map([now.as_second()], |row| Ok((row.get(0)?, instant(row.get(1)?), instant(row.get(2)?))))?
            .collect()
    }

    /// Entries that this version does not know, by kind and version.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn unknown(&self) -> Result<Vec<(String, u16, u64)>> {
        let query = "select kind, version, count(*) from unknown group by kind, version order by kind, version";
        let mut statement = self.tables.prepare_cached(query)?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    }

    /// Where the entries are that were not known when they were applied.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn unknown_places(&self) -> Result<Vec<(Stream, u64)>> {
        let mut statement = self.tables.prepare_cached("select origin, incarnation, seq from unknown")?;
        let place = |row: &Row<'_>| {
            let origin: String = row.get(0)?;
            let origin = origin.parse().map_err(|error: String| wrong(0, error))?;
            Ok((Stream { origin, incarnation: row.get(1)? }, row.get(2)?))
        };
        statement.query_map([], place)?.collect()
    }

    /// All tables but for the positions, as text: the same for the same entries, in whatever order they came.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn dump(&self) -> Result<String> {
        let mut dump = String::new();
        for (table, order) in [
            ("changes", "campus, key, stamp, origin, incarnation, seq"),
            ("publications", "campus, digest"),
            ("revocations", "handle"),
            ("unknown", "origin, incarnation, seq"),
        ] {
            let mut statement = self.tables.prepare(&format!("select * from {table} order by {order}"))?;
            let width = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let cells = (0..width).map(|cell| row.get::<_, rusqlite::types::Value>(cell));
                dump += &format!("{table} {:?}\n", cells.collect::<Result<Vec<_>>>()?);
            }
        }
        Ok(dump)
    }

    fn pasts(&self, query: &str, params: impl Params) -> Result<Vec<Past>> {
        let mut statement = self.tables.prepare_cached(query)?;
        statement.query_map(params, past)?.collect()
    }
}

fn past(row: &Row<'_>) -> Result<Past> {
    let campus: String = row.get(2)?;
    let text = |cell| row.get::<_, String>(cell);
    let value = |text: &str, cell| serde_json::from_str(text).map_err(|error| wrong(cell, error));
    let stamp = Stamp(row.get(0)?);
    let (base, base_origin): (Option<i64>, Option<String>) = (row.get(4)?, row.get(5)?);
    let before: Option<String> = row.get(8)?;
    let origin = |text: String, cell| text.parse().map_err(|error: String| wrong(cell, error));
    Ok(Past {
        version: Version { stamp, origin: origin(text(1)?, 1)? },
        at: stamp.instant(),
        campus: (!campus.is_empty()).then_some(campus),
        key: text(3)?.parse().map_err(|error: String| wrong(3, error))?,
        before: before.map_or(Ok(Value::Null), |before| value(&before, 8))?,
        value: value(&text(6)?, 6)?,
        by: text(7)?,
        base: match (base, base_origin) {
            (Some(stamp), Some(text)) => Some(Version { stamp: Stamp(stamp), origin: origin(text, 5)? }),
            _ => None,
        },
    })
}

fn wrong(cell: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(cell, Type::Text, error.into())
}

pub(super) fn applied(tables: &Connection) -> Result<BTreeMap<Stream, Applied>> {
    let mut statement = tables.prepare("select origin, incarnation, seq, hash, stamp from applied")?;
    let row = |row: &Row<'_>| {
        let origin: String = row.get(0)?;
        let origin = origin.parse().map_err(|error: String| wrong(0, error))?;
        let hash: Hash = row.get(3)?;
        let applied = Applied { seq: row.get(2)?, hash, stamp: Stamp(row.get(4)?) };
        Ok((Stream { origin, incarnation: row.get(1)? }, applied))
    };
    statement.query_map([], row)?.collect()
}

pub(super) fn pack(files: &BTreeMap<String, Vec<u8>>) -> String {
    let files: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (path, STANDARD.encode(bytes))).collect();
    serde_json::json!(files).to_string()
}

fn unpack(files: &str) -> std::result::Result<BTreeMap<String, Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
    let files: BTreeMap<String, String> = serde_json::from_str(files)?;
    files.into_iter().map(|(path, text)| Ok((path, STANDARD.decode(text)?))).collect()
}
