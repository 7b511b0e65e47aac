//! One transaction: the appends of a group, each as a whole or not at all.

use std::collections::{HashMap, HashSet};

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::read::{number, stream};
use super::trouble::Trouble;
use crate::{Ack, Entry, Failure, Hash, Hybrid, Origin, Record, Stamp, Stream, Work};

/// What another one than this cell's transactions may change is decided under this lock, one node after another.
const HEAD: &str = "
    select origin, incarnation, seq, hash, stamp,
           coalesce(started = pg_postmaster_start_time() and written = xmin, false) as goes_on
    from preau.head for update";

/// Of several entries with one key, the earliest counts, as for whoever applies them.
const KNOWN: &str = "
    select wanted.key, known.* from unnest($1::text[]) as wanted (key), lateral (
        select origin, incarnation, seq, stamp, before, hash from preau.journal as entry
        where entry.key = wanted.key order by stamp, origin limit 1
    ) as known";

const INSERT: &str = "
    insert into preau.journal (origin, incarnation, seq, stamp, before, hash, campus, kind, version, key, body)
    select $1, $2, * from unnest(
        $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[])";

const KEEP: &str = "
    update preau.head set incarnation = $1, seq = $2, hash = $3, stamp = $4,
        started = pg_postmaster_start_time(), written = pg_current_xact_id()::xid";

/// The end of the stream, which grows.
struct End<'a> {
    clock: &'a Hybrid,
    stream: Stream,
    seq: u64,
    hash: Hash,
    known: HashMap<String, Known>,
    new: Vec<Entry>,
}

/// The entry that a key was used for, but for what was appended.
struct Known {
    stream: Stream,
    seq: u64,
    stamp: Stamp,
    before: Hash,
    hash: Hash,
}

/// Appends a group and answers each of its appends, when all of it is on the disk.
///
/// # Errors
/// Nothing of the group was appended, unless the server was lost at the very end.
pub(super) async fn commit(
    connection: &mut PgConnection,
    origin: &Origin,
    clock: &Hybrid,
    group: Vec<Work>,
) -> Result<Vec<Result<Vec<Ack>, Failure>>, Trouble> {
    // Whoever waited for the lock sees what was committed meanwhile.
    sqlx::raw_sql("begin isolation level read committed").execute(&mut *connection).await?;
    let mut end = End::find(connection, origin, clock).await?;
    end.look_up(connection, &group).await?;
    let outcomes = group.into_iter().map(|work| end.append(work)).collect();
    end.keep(connection).await?;
    sqlx::raw_sql("commit").execute(connection).await?;
    Ok(outcomes)
}

impl<'a> End<'a> {
    async fn find(connection: &mut PgConnection, origin: &Origin, clock: &'a Hybrid) -> Result<Self, Trouble> {
        let row = sqlx::query(HEAD).fetch_optional(&mut *connection).await?;
        let row = row.ok_or_else(|| Trouble::Said("is not set up: run `preau cell init` there".to_owned()))?;
        let Stream { origin: there, incarnation } = stream(&row)?;
        if there != *origin {
            return Err(Trouble::Said(format!(
                "is that of the cell {there}, not of {origin}: name this cell's own database"
            )));
        }
        // Another node may have appended since, by another clock.
        clock.saw(Stamp(row.try_get("stamp")?));
        let goes_on = row.try_get("goes_on")?;
        let (seq, hash) = if goes_on { (number(&row, "seq")?, row.try_get("hash")?) } else { (0, Hash::default()) };
        let incarnation = if goes_on { incarnation } else { begin(connection, origin, incarnation, clock).await? };
        let stream = Stream { origin: there, incarnation };
        Ok(Self { clock, stream, seq, hash, known: HashMap::new(), new: Vec::new() })
    }

    async fn look_up(&mut self, connection: &mut PgConnection, group: &[Work]) -> Result<(), sqlx::Error> {
        let keys: Vec<&str> = group.iter().flatten().filter_map(|record| record.key.as_deref()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let known = |row: &PgRow| {
            Ok((
                row.try_get("key")?,
                Known {
                    stream: stream(row)?,
                    seq: number(row, "seq")?,
                    stamp: Stamp(row.try_get("stamp")?),
                    before: row.try_get("before")?,
                    hash: row.try_get("hash")?,
                },
            ))
        };
        let rows = sqlx::query(KNOWN).bind(keys).fetch_all(connection).await?;
        self.known = rows.iter().map(known).collect::<Result<_, sqlx::Error>>()?;
        Ok(())
    }

    fn append(&mut self, work: Work) -> Result<Vec<Ack>, Failure> {
        let repeated: Option<Vec<Ack>> = work.iter().map(|record| self.repeated(record)).collect();
        if let Some(acks) = repeated {
            return Ok(acks);
        }
        let mut own = HashSet::new();
        for key in work.iter().filter_map(|record| record.key.as_ref()) {
            if self.known.contains_key(key) || !own.insert(key) {
                return Err(Failure::KeyReused(key.clone()));
            }
        }
        Ok(work.into_iter().map(|record| self.add(record)).collect())
    }

    /// The acknowledgement of the very same record, where its key is known.
    fn repeated(&self, record: &Record) -> Option<Ack> {
        let Known { stream, seq, stamp, before, hash } = self.known.get(record.key.as_ref()?)?;
        // The hash speaks for the content, which may be large and stays where it is.
        let same = Entry::next(stream, *seq, *stamp, *before, record.clone()).hash == *hash;
        let ack = || Ack { stream: stream.clone(), seq: *seq, stamp: *stamp, replicated: false, repeated: true };
        same.then(ack)
    }

    fn add(&mut self, record: Record) -> Ack {
        let entry = Entry::next(&self.stream, self.seq + 1, self.clock.next(), self.hash, record);
        (self.seq, self.hash) = (entry.seq, entry.hash);
        let Entry { seq, stamp, before, hash, .. } = entry;
        if let Some(key) = &entry.record.key {
            self.known.insert(key.clone(), Known { stream: self.stream.clone(), seq, stamp, before, hash });
        }
        self.new.push(entry);
        Ack { stream: self.stream.clone(), seq, stamp, replicated: false, repeated: false }
    }

    async fn keep(&self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let Some(last) = self.new.last() else { return Ok(()) };
        let column = |of: fn(&Entry) -> i64| self.new.iter().map(of).collect::<Vec<_>>();
        let inserted = sqlx::query(INSERT)
            .bind(self.stream.origin.as_str())
            .bind(self.stream.incarnation)
            .bind(column(|entry| entry.seq.cast_signed()))
            .bind(column(|entry| entry.stamp.0))
            .bind(self.new.iter().map(|entry| &entry.before[..]).collect::<Vec<_>>())
            .bind(self.new.iter().map(|entry| &entry.hash[..]).collect::<Vec<_>>())
            .bind(self.new.iter().map(|entry| entry.record.campus.as_deref()).collect::<Vec<_>>())
            .bind(self.new.iter().map(|entry| entry.record.kind.as_str()).collect::<Vec<_>>())
            .bind(self.new.iter().map(|entry| i32::from(entry.record.version)).collect::<Vec<_>>())
            .bind(self.new.iter().map(|entry| entry.record.key.as_deref()).collect::<Vec<_>>())
            .bind(self.new.iter().map(|entry| entry.record.body.as_str()).collect::<Vec<_>>())
            .execute(&mut *connection)
            .await?;
        // The trigger skips numbers that are taken, which is never right here.
        if inserted.rows_affected() != self.new.len() as u64 {
            return Err(Trouble::Said(format!(
                "has entries of {} that its head does not know, as after a snapshot of a running machine: restart PostgreSQL there",
                self.stream
            )));
        }
        let keep = sqlx::query(KEEP).bind(self.stream.incarnation).bind(self.seq.cast_signed());
        keep.bind(self.hash).bind(last.stamp.0).execute(connection).await?;
        Ok(())
    }
}

/// The server was started since the last append, perhaps from an earlier state, or a dump was restored: another
/// incarnation, later than any that is known of here.
async fn begin(connection: &mut PgConnection, origin: &Origin, last: i64, clock: &Hybrid) -> Result<i64, sqlx::Error> {
    let greatest = "select greatest($2, max(incarnation)) from preau.journal where origin = $1";
    let greatest: i64 = sqlx::query_scalar(greatest).bind(origin.as_str()).bind(last).fetch_one(connection).await?;
    Ok(clock.wall().as_microsecond().max(greatest + 1))
}
