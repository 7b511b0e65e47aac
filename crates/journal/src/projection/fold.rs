//! The rules by which an entry changes the tables. None depends on what came before it.

use std::cmp::Ordering::{Equal, Greater, Less};
use std::collections::btree_map::Entry::{Occupied, Vacant};

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Applied, News};
use crate::{Change, Entry, Fact, InForce, Publication, Revocation, Stream, Version};

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
    let Change { campus, key, value, base, by } = change;
    let version = Version { stamp: entry.stamp, origin: entry.stream.origin.clone() };
    let mut insert = tables.prepare_cached(
        "insert into changes (campus, key, stamp, origin, incarnation, seq, base_stamp, base_origin, value, actor, \
         idempotency) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         on conflict (campus, idempotency) where idempotency is not null do nothing",
    )?;
    let (name, text, json) = (campus.as_deref().unwrap_or_default(), key.to_string(), value.to_string());
    let mut insert = || {
        insert.execute(params![
            name,
            text,
            version.stamp.0,
            version.origin.as_str(),
            entry.stream.incarnation,
            entry.seq,
            base.as_ref().map(|base| base.stamp.0),
            base.as_ref().map(|base| base.origin.as_str()),
            json,
            by,
            entry.record.key,
        ])
    };
    if insert()? == 0 {
        let Some(removed) = remove_later(tables, entry, name)? else { return Ok(()) };
        // What was in force before it is for the tables to say.
        news.changed.extend(removed.parse().ok().map(|key| ((campus.clone(), key), None)));
        insert()?;
    }
    let new = InForce { value, version, by };
    match news.changed.entry((campus, key)) {
        Vacant(place) => drop(place.insert(Some(new))),
        Occupied(mut place) => match place.get().as_ref().map(|last| last.version.cmp(&new.version)) {
            Some(Less) => drop(place.insert(Some(new))),
            Some(Equal) => drop(place.insert(None)),
            Some(Greater) | None => {}
        },
    }
    Ok(())
}

/// Removes the change with the same idempotency key where it is later than this one, and says what it had set.
fn remove_later(tables: &Connection, entry: &Entry, campus: &str) -> Result<Option<String>> {
    let remove = "delete from changes where campus = ? and idempotency = ? \
                  and (stamp, origin, incarnation, seq) > (?, ?, ?, ?) returning key";
    let Stream { origin, incarnation } = &entry.stream;
    let place = params![campus, entry.record.key, entry.stamp.0, origin.as_str(), incarnation, entry.seq];
    tables.prepare_cached(remove)?.query_row(place, |row| row.get(0)).optional()
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

/// Takes an entry off the list of those that are not known.
pub(super) fn known(tables: &Connection, entry: &Entry) -> Result<()> {
    let remove = "delete from unknown where origin = ? and incarnation = ? and seq = ?";
    let Stream { origin, incarnation } = &entry.stream;
    tables.prepare_cached(remove)?.execute(params![origin.as_str(), incarnation, entry.seq]).map(drop)
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
