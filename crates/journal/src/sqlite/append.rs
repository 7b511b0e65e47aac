//! One transaction: the appends of a group, each as a whole or not at all.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::{Ack, Entry, Failure, Hash, Hybrid, Record, Stamp, Stream, Work};

/// The end of the stream, which grows.
struct End<'a> {
    transaction: &'a Transaction<'a>,
    stream: &'a Stream,
    clock: &'a Hybrid,
    seq: u64,
    stamp: Stamp,
    hash: Hash,
}

/// What is known of a record's key: the first acknowledgement, and whether it was for the same record.
type Known = Option<(Ack, bool)>;

/// Appends a group and answers each of its appends, when all of it is on the disk.
///
/// # Errors
/// Nothing of the group was appended, unless the machine stops now: what SQLite could not take back may be found then.
pub(super) fn commit(
    connection: &mut Connection,
    stream: &Stream,
    clock: &Hybrid,
    group: Vec<Work>,
) -> rusqlite::Result<Vec<Result<Vec<Ack>, Failure>>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let head = "SELECT seq, stamp, hash FROM head WHERE origin = ?1 AND incarnation = ?2";
    let (seq, stamp, hash) =
        transaction.prepare_cached(head)?.query_row(params![stream.origin.as_str(), stream.incarnation], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), Stamp(row.get(1)?), row.get(2)?))
        })?;
    // Another process may have appended since.
    clock.saw(stamp);
    let mut end = End { transaction: &transaction, stream, clock, seq, stamp, hash };
    let outcomes = group.into_iter().map(|work| end.append(work)).collect::<Result<_, _>>()?;
    end.keep()?;
    transaction.commit()?;
    Ok(outcomes)
}

impl End<'_> {
    fn append(&mut self, work: Work) -> rusqlite::Result<Result<Vec<Ack>, Failure>> {
        let known = work.iter().map(|record| self.known(record)).collect::<rusqlite::Result<Vec<Known>>>()?;
        if known.iter().all(|known| matches!(known, Some((_, true)))) {
            return Ok(Ok(known.into_iter().flatten().map(|(ack, _)| ack).collect()));
        }
        let mut own = HashSet::new();
        let used = |(record, known): &(&Record, &Known)| {
            known.is_some() || record.key.as_ref().is_some_and(|key| !own.insert(key.clone()))
        };
        if let Some((record, _)) = work.iter().zip(&known).find(used) {
            return Ok(Err(Failure::KeyReused(record.key.clone().unwrap_or_default())));
        }
        Ok(Ok(work.into_iter().map(|record| self.add(record)).collect::<rusqlite::Result<_>>()?))
    }

    fn known(&self, record: &Record) -> rusqlite::Result<Known> {
        let Some(key) = &record.key else { return Ok(None) };
        // The bodies are compared where they are: what is there may be large.
        let query = "SELECT incarnation, seq, stamp, campus IS ?3 AND kind = ?4 AND version = ?5 AND body = ?6
                     FROM entry WHERE origin = ?1 AND key = ?2";
        let Record { campus, kind, version, body, .. } = record;
        let values = params![self.stream.origin.as_str(), key, campus, kind, version, body];
        let known = self.transaction.prepare_cached(query)?.query_row(values, |row| {
            let stream = Stream { origin: self.stream.origin.clone(), incarnation: row.get(0)? };
            let seq = row.get::<_, i64>(1)?.cast_unsigned();
            let ack = Ack { stream, seq, stamp: Stamp(row.get(2)?), replicated: false, repeated: true };
            Ok((ack, row.get(3)?))
        });
        known.optional()
    }

    fn add(&mut self, record: Record) -> rusqlite::Result<Ack> {
        let entry = Entry::next(self.stream, self.seq + 1, self.clock.next(), self.hash, record);
        let insert =
            "INSERT INTO entry (origin, incarnation, seq, stamp, before, hash, campus, kind, version, key, body)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let Record { campus, kind, version, key, body } = &entry.record;
        self.transaction.prepare_cached(insert)?.execute(params![
            self.stream.origin.as_str(),
            self.stream.incarnation,
            entry.seq.cast_signed(),
            entry.stamp.0,
            entry.before,
            entry.hash,
            campus,
            kind,
            version,
            key,
            body
        ])?;
        (self.seq, self.stamp, self.hash) = (entry.seq, entry.stamp, entry.hash);
        Ok(Ack { stream: entry.stream, seq: entry.seq, stamp: entry.stamp, replicated: false, repeated: false })
    }

    fn keep(&self) -> rusqlite::Result<usize> {
        let update = "UPDATE head SET seq = ?3, stamp = ?4, hash = ?5 WHERE origin = ?1 AND incarnation = ?2";
        let stream = self.stream;
        let values =
            params![stream.origin.as_str(), stream.incarnation, self.seq.cast_signed(), self.stamp.0, self.hash];
        self.transaction.prepare_cached(update)?.execute(values)
    }
}
