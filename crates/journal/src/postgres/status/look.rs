//! What databases say of themselves when they are asked.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::{Kept, Lag};
use crate::postgres::cell::slot;
use crate::postgres::line::Line;
use crate::postgres::read::{heads, missing, number};
use crate::postgres::trouble::Trouble;
use crate::{Failure, Head, Hybrid, Origin, Stamp, Stream};

/// The limit is in MB, and -1 where there is none.
const SLOTS: &str = r"
    select slot_name::text, active, wal_status = 'lost' as lost,
           greatest(0, coalesce(pg_current_wal_lsn() - restart_lsn, 0))::bigint as bytes,
           (select nullif(setting::bigint, -1) * 1048576 from pg_settings where name = 'max_slot_wal_keep_size') as most
    from pg_replication_slots where slot_name like 'preau\_to\_%' and database = current_database()";

const RECEIVING: &str = "
    select stat.subname::text from pg_stat_subscription as stat join pg_subscription on oid = subid
    where pid is not null and relid is null and subenabled";

/// The cell's own database.
#[derive(Default)]
pub(super) struct Own {
    pub(super) heads: Vec<Head>,
    /// Of each head's stream, how many entries before it.
    pub(super) missing: Vec<u64>,
    pub(super) conflicts: u64,
    /// By their names.
    pub(super) slots: HashMap<String, Kept>,
    /// Names of subscriptions that are at work.
    pub(super) receiving: HashSet<String>,
}

/// A peer's database.
pub(super) struct There {
    pub(super) heads: Vec<Head>,
    /// Whether it keeps for this cell what it has not received.
    pub(super) keeps: bool,
    /// How far our clock is ahead of its.
    pub(super) skew: SignedDuration,
}

/// What one has of some streams and another has not.
#[derive(Default)]
pub(super) struct Missing {
    pub(super) entries: u64,
    /// The first missing entry of each stream.
    first: Vec<(Stream, u64)>,
}

/// Streams are known to be complete up to some numbers, so that what is looked at is what is new.
pub(super) async fn own(connection: &mut PgConnection, complete: &HashMap<Stream, u64>) -> Result<Own, Trouble> {
    let kept = |row: &PgRow| {
        let limit = row.try_get::<Option<i64>, _>("most")?.and_then(|limit| u64::try_from(limit).ok());
        let lost = row.try_get::<Option<bool>, _>("lost")?.unwrap_or_default();
        let kept = Kept { connected: row.try_get("active")?, lost, bytes: number(row, "bytes")?, limit };
        Ok((row.try_get("slot_name")?, kept))
    };
    let slots = sqlx::query(SLOTS).fetch_all(&mut *connection).await?;
    let slots = slots.iter().map(kept).collect::<Result<_, sqlx::Error>>()?;
    let receiving: Vec<String> = sqlx::query_scalar(RECEIVING).fetch_all(&mut *connection).await?;
    let conflicts = sqlx::query("select count(*) from preau.conflict").fetch_one(&mut *connection).await?;
    let conflicts = number(&conflicts, "count")?;
    let heads = heads(&mut *connection).await?;
    let after =
        |head: &Head| complete.get(&head.stream).copied().filter(|after| *after <= head.seq).unwrap_or_default();
    let news: Vec<_> = heads.iter().map(|head| (head, after(head))).collect();
    let missing = missing(connection, &news).await?;
    Ok(Own { missing, heads, conflicts, slots, receiving: receiving.into_iter().collect() })
}

pub(super) async fn there(line: &Line, name: &Origin, own: &Origin, clock: &Hybrid) -> Result<There, Failure> {
    line.ask(async |connection: &mut PgConnection| {
        let look = "
            select (select origin from preau.head) as origin,
                   exists (select from pg_replication_slots where slot_name = $1 and wal_status <> 'lost') as keeps";
        let row = sqlx::query(look).bind(slot(own)).fetch_one(&mut *connection).await?;
        let origin: String = row.try_get("origin")?;
        if origin != name.as_str() {
            return Err(Trouble::Said(format!("is that of the cell {origin}, not of {name}: correct the settings")));
        }
        let heads = heads(connection).await?;
        Ok(There { heads, keeps: row.try_get("keeps")?, skew: skew(connection, clock).await? })
    })
    .await
}

/// Half of the way there and back is taken off.
async fn skew(connection: &mut PgConnection, clock: &Hybrid) -> Result<SignedDuration, Trouble> {
    let now = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint";
    let sent = clock.wall();
    let there: i64 = sqlx::query_scalar(now).fetch_one(connection).await?;
    let middle = sent + clock.wall().duration_since(sent) / 2;
    Ok(middle.duration_since(Stamp(there).instant()))
}

impl There {
    pub(super) fn skew_ms(&self) -> Option<i64> {
        i64::try_from(self.skew.as_millis()).ok()
    }
}

impl Missing {
    /// What `has` has of the streams of some cells that `lacks` has not.
    pub(super) fn between(has: &[Head], lacks: &[Head], of: impl Fn(&Origin) -> bool) -> Self {
        let known: HashMap<&Stream, u64> = lacks.iter().map(|head| (&head.stream, head.seq)).collect();
        let mut missing = Self::default();
        for head in has.iter().filter(|head| of(&head.stream.origin)) {
            let known = known.get(&head.stream).copied().unwrap_or_default();
            if head.seq > known {
                missing.entries += head.seq - known;
                missing.first.push((head.stream.clone(), known + 1));
            }
        }
        missing
    }

    /// How many, and how old the oldest is, which is to be found at the end of the line.
    pub(super) async fn lag(&self, line: &Line, clock: &Hybrid) -> Lag {
        let oldest = async |connection: &mut PgConnection| {
            let oldest = "
                select min(stamp) from unnest($1::text[], $2::bigint[], $3::bigint[]) as first (origin, incarnation, seq)
                join preau.journal using (origin, incarnation, seq)";
            let oldest = sqlx::query_scalar(oldest)
                .bind(self.first.iter().map(|(stream, _)| stream.origin.as_str()).collect::<Vec<_>>())
                .bind(self.first.iter().map(|(stream, _)| stream.incarnation).collect::<Vec<_>>())
                .bind(self.first.iter().map(|(_, seq)| seq.cast_signed()).collect::<Vec<_>>());
            Ok(oldest.fetch_one(connection).await?)
        };
        let oldest: Option<i64> = if self.entries == 0 { None } else { line.ask(oldest).await.ok().flatten() };
        let age = oldest.map(|stamp| clock.wall().duration_since(Stamp(stamp).instant()).as_secs());
        Lag { entries: self.entries, seconds: age.and_then(|age| u64::try_from(age).ok()).unwrap_or_default() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn head(origin: &str, incarnation: i64, seq: u64) -> Head {
        let stream = Stream { origin: origin.parse().unwrap(), incarnation };
        Head { stream, seq, hash: [0; 32], stamp: Stamp(0) }
    }

    #[test]
    fn what_is_missing_is_counted_stream_by_stream() {
        let has = [head("dc1", 1, 10), head("dc1", 2, 5), head("dc2", 1, 7)];
        let lacks = [head("dc1", 1, 12), head("dc1", 2, 3)];
        let missing = Missing::between(&has, &lacks, |origin| origin.as_str() == "dc1");
        assert_eq!((missing.entries, missing.first.len()), (2, 1));
        assert_eq!(missing.first.first().map(|(stream, seq)| (stream.incarnation, *seq)), Some((2, 4)));
        assert_eq!(Missing::between(&has, &lacks, |_| true).entries, 9);
    }
}
