//! Entries and heads, from rows.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Error, Row};

use crate::{Entry, Hash, Head, Record, Stamp, Stream};

/// At most so many rows; those after about 8 MiB of bodies are left for the next time.
const ENTRIES: &str = "
    select seq, stamp, before, hash, campus, kind, version, key, body from (
        select *, sum(octet_length(body)) over (order by seq) - octet_length(body) as earlier from preau.journal
        where origin = $1 and incarnation = $2 and seq > $3 order by seq limit $4
    ) as page where earlier < 8388608 order by seq";

/// From one stream to the next by the primary key, and to the end of each: never through the entries.
const HEADS: &str = r"
    with recursive stream as (
        (select origin, incarnation from preau.journal order by origin, incarnation limit 1)
        union all
        select next.* from stream, lateral (
            select origin, incarnation from preau.journal as other
            where (other.origin, other.incarnation) > (stream.origin, stream.incarnation)
            order by origin, incarnation limit 1
        ) as next
    )
    select stream.origin, stream.incarnation, head.seq, head.hash, head.stamp from stream, lateral (
        select seq, hash, stamp from preau.journal as entry
        where entry.origin = stream.origin and entry.incarnation = stream.incarnation order by seq desc limit 1
    ) as head";

/// Entries of a stream after a number, as far as there is none missing.
pub(super) async fn entries(
    connection: &mut PgConnection,
    stream: &Stream,
    after: u64,
    max: usize,
) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query(ENTRIES)
        .bind(stream.origin.as_str())
        .bind(stream.incarnation)
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(i64::try_from(max).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    let mut entries = Vec::with_capacity(rows.len());
    for (row, seq) in rows.iter().zip(after.saturating_add(1)..) {
        let entry = entry(stream, row)?;
        if entry.seq != seq {
            break;
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// The last entry of each stream.
pub(super) async fn heads(connection: &mut PgConnection) -> Result<Vec<Head>, Error> {
    let rows = sqlx::query(HEADS).fetch_all(connection).await?;
    rows.iter().map(head).collect()
}

/// How many entries are missing in each stream between a number (excluded) and that of its head (included).
pub(super) async fn missing(connection: &mut PgConnection, heads: &[(&Head, u64)]) -> Result<Vec<u64>, Error> {
    let missing = "
        select seq - after - (
            select count(*) from preau.journal as entry
            where entry.origin = head.origin and entry.incarnation = head.incarnation
            and entry.seq > head.after and entry.seq <= head.seq
        ) as missing
        from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
            with ordinality as head (origin, incarnation, after, seq, place)
        order by place";
    let rows = sqlx::query(missing)
        .bind(heads.iter().map(|(head, _)| head.stream.origin.as_str()).collect::<Vec<_>>())
        .bind(heads.iter().map(|(head, _)| head.stream.incarnation).collect::<Vec<_>>())
        .bind(heads.iter().map(|(_, after)| after.cast_signed()).collect::<Vec<_>>())
        .bind(heads.iter().map(|(head, _)| head.seq.cast_signed()).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| number(row, "missing")).collect()
}

fn head(row: &PgRow) -> Result<Head, Error> {
    let stream = stream(row)?;
    Ok(Head { stream, seq: number(row, "seq")?, hash: row.try_get("hash")?, stamp: Stamp(row.try_get("stamp")?) })
}

/// Of a row with `origin` and `incarnation`.
pub(super) fn stream(row: &PgRow) -> Result<Stream, Error> {
    let origin = row.try_get::<&str, _>("origin")?.parse().map_err(|error: String| Error::Decode(error.into()))?;
    Ok(Stream { origin, incarnation: row.try_get("incarnation")? })
}

/// A count or a sequence number, which PostgreSQL keeps with a sign.
pub(super) fn number(row: &PgRow, column: &str) -> Result<u64, Error> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|error| Error::Decode(error.into()))
}

fn entry(stream: &Stream, row: &PgRow) -> Result<Entry, Error> {
    let version = u16::try_from(row.try_get::<i32, _>("version")?).map_err(|error| Error::Decode(error.into()))?;
    let record = Record {
        campus: row.try_get("campus")?,
        kind: row.try_get("kind")?,
        version,
        key: row.try_get("key")?,
        body: row.try_get("body")?,
    };
    let (stamp, before, hash): (_, Hash, Hash) =
        (Stamp(row.try_get("stamp")?), row.try_get("before")?, row.try_get("hash")?);
    Ok(Entry { stream: stream.clone(), seq: number(row, "seq")?, stamp, before, hash, record })
}
