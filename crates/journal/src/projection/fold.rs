//! The rules by which an entry changes the tables. None depends on what came before it.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Applied, News};
use crate::{Change, Entry, Fact, Publication, Revocation, Stream};

pub(super) fn entry(tables: &Connection, entry: &Entry, news: &mut News) -> Result<()> {
    match Fact::read(&entry.record) {
        Ok(Fact::Change(change)) => changed(tables, entry, change, news),
        Ok(Fact::Publication(publication)) => published(tables, entry, publication, news),
        Ok(Fact::Revocation(revocation)) => revoked(tables, revocation, news),
        Err(crate::Unknown) => unknown(tables, entry, news),
    }
}

/// A set of changes; of those with the same idempotency key, the earliest.
fn changed(tables: &Connection, entry: &Entry, change: Change, news: &mut News) -> Result<()> {
    let campus = change.campus.as_deref().unwrap_or_default();
    let place = (entry.stamp.0, entry.stream.origin.as_str(), entry.stream.incarnation, entry.seq);
    if let Some(key) = &entry.record.key {
        let same = "select stamp, origin, incarnation, seq from changes where campus = ? and idempotency = ?";
        let known: Option<(i64, String, i64, u64)> = tables
            .prepare_cached(same)?
            .query_row(params![campus, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        if let Some((stamp, origin, incarnation, seq)) = known {
            if (stamp, origin.as_str(), incarnation, seq) <= place {
                return Ok(());
            }
            let remove = "delete from changes where campus = ? and idempotency = ?";
            tables.prepare_cached(remove)?.execute(params![campus, key])?;
        }
    }
    let insert = "insert into changes (campus, key, stamp, origin, incarnation, seq, base_stamp, base_origin, value, actor, \
                  idempotency) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    tables.prepare_cached(insert)?.execute(params![
        campus,
        change.key.to_string(),
        place.0,
        place.1,
        place.2,
        place.3,
        change.base.as_ref().map(|base| base.stamp.0),
        change.base.as_ref().map(|base| base.origin.as_str()),
        change.value.to_string(),
        change.by,
        entry.record.key,
    ])?;
    news.changed.insert((change.campus, change.key));
    Ok(())
}

/// A set of declarations by digest; of the same one, the earliest.
fn published(tables: &Connection, entry: &Entry, publication: Publication, news: &mut News) -> Result<()> {
    let Publication { campus, number, digest, files, note, by } = publication;
    let upsert = "insert into publications \
                  (campus, digest, stamp, origin, incarnation, seq, number, note, actor, files) \
                  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                  on conflict (campus, digest) do update set stamp = excluded.stamp, origin = excluded.origin, \
                  incarnation = excluded.incarnation, seq = excluded.seq, number = excluded.number, \
                  note = excluded.note, actor = excluded.actor \
                  where (excluded.stamp, excluded.origin, excluded.incarnation, excluded.seq) \
                  < (stamp, origin, incarnation, seq)";
    tables.prepare_cached(upsert)?.execute(params![
        campus,
        digest,
        entry.stamp.0,
        entry.stream.origin.as_str(),
        entry.stream.incarnation,
        entry.seq,
        number,
        note,
        by,
        super::query::pack(&files),
    ])?;
    news.published.insert(campus);
    Ok(())
}

/// A set of handles; of each, what ends the most.
fn revoked(tables: &Connection, revocation: Revocation, news: &mut News) -> Result<()> {
    let upsert = "insert into revocations (handle, at, until) values (?, ?, ?) \
                  on conflict (handle) do update set at = max(at, excluded.at), until = max(until, excluded.until)";
    tables.prepare_cached(upsert)?.execute(params![
        revocation.handle.as_slice(),
        revocation.at.as_second(),
        revocation.until.as_second(),
    ])?;
    news.revoked.push(revocation);
    Ok(())
}

fn unknown(tables: &Connection, entry: &Entry, news: &mut News) -> Result<()> {
    let insert = "insert into unknown (origin, incarnation, seq, kind, version) values (?, ?, ?, ?, ?)";
    tables.prepare_cached(insert)?.execute(params![
        entry.stream.origin.as_str(),
        entry.stream.incarnation,
        entry.seq,
        entry.record.kind,
        entry.record.version,
    ])?;
    news.unknown += 1;
    Ok(())
}

pub(super) fn position(tables: &Connection, stream: &Stream, now: &Applied) -> Result<()> {
    let upsert = "insert into applied (origin, incarnation, seq, hash, stamp) values (?, ?, ?, ?, ?) \
                  on conflict (origin, incarnation) do update set seq = excluded.seq, hash = excluded.hash, stamp = excluded.stamp";
    let hash = now.hash.as_slice();
    tables
        .prepare_cached(upsert)?
        .execute(params![stream.origin.as_str(), stream.incarnation, now.seq, hash, now.stamp.0])
        .map(drop)
}
