//! A cell receives what others write.

use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgConnection;
use tokio::time::{sleep, timeout};

use super::super::read;
use super::super::trouble::Trouble;
use super::{
    Cell, Failure, Line, Origin, PAUSE, Peer, Steps, drop_slot, partitions, run as execute, slot, subscription,
};
use crate::Head;

/// How long a copy of everything may take.
const LONGEST: Duration = Duration::from_secs(1800);

const PUT_BACK: &str = "it was put back to an earlier state";

const WENT_PAST: &str =
    "replication went past entries that are not here, since one of us was put back to an earlier state";

/// Looks between two lines of progress.
const LINE: usize = 25;

/// A peer as it is now. What it had written by `position` of its log is what its heads say, or more.
pub(super) struct There {
    heads: Vec<Head>,
    position: i64,
    slot: Option<Slot>,
}

/// The slot that a peer keeps for this cell, and how far this cell confirmed to have received.
struct Slot {
    lost: bool,
    confirmed: i64,
}

/// A subscription here.
struct Here {
    enabled: bool,
    slot: Option<String>,
    conninfo: String,
    /// How far in the peer's log everything is applied.
    applied: i64,
}

/// What came of waiting for a peer's entries.
enum Outcome {
    Complete,
    /// Replication went past entries that are not here.
    Skipped,
}

pub(super) async fn run(cell: &Cell, admin: &Line, steps: &mut Steps<'_>) -> Result<(), Failure> {
    let peers: Vec<&str> = cell.peers.iter().map(|peer| peer.origin.as_str()).collect();
    let guest = cell.guest.user.as_str();
    admin.ask(async |connection: &mut PgConnection| partitions(connection, guest, &peers).await).await?;
    for peer in &cell.peers {
        // Its own database is asked first: what is wrong with that is wrong for all.
        let here = admin.ask(async |connection: &mut PgConnection| here(connection, &peer.origin).await).await?;
        if let Err(failure) = join(cell, admin, peer, here, steps).await {
            steps.left(&format!("{} is left out for now: {failure}", peer.origin));
        }
    }
    let known = "select substr(subname, 12) from pg_subscription where subname like 'preau\\_from\\_%'";
    let known: Vec<String> = admin
        .ask(async |connection: &mut PgConnection| Ok(sqlx::query_scalar(known).fetch_all(connection).await?))
        .await?;
    for gone in known.iter().filter(|name| !peers.contains(&name.as_str())) {
        steps.left(&format!("{gone} is not in the settings: if it left for good, run `preau cell forget {gone}`"));
    }
    Ok(())
}

/// `here` is from before the peer is looked at: of a peer that was not put back, it is not ahead.
async fn join(
    cell: &Cell,
    admin: &Line,
    peer: &Peer,
    here: Option<Here>,
    steps: &mut Steps<'_>,
) -> Result<(), Failure> {
    let (name, own, line) = (&peer.origin, slot(&cell.origin), peer.line());
    let there = there(&line, name, &own).await?;
    let mut broken = match (&here, &there.slot) {
        (None, _) => Some("it is new here"),
        (Some(here), _) if !here.enabled => Some("its subscription is disabled"),
        (Some(here), _) if here.slot.as_ref() != Some(&own) => Some("its subscription has another slot"),
        (_, None) => Some("it keeps no slot for us"),
        (_, Some(slot)) if slot.lost => Some("it could not keep all that we missed"),
        (Some(here), _) if here.applied > there.position => Some(PUT_BACK),
        _ => None,
    };
    if let Some(reason) = broken {
        steps.done(&format!("{name}: {reason}: what it has is copied"));
        attach(cell, admin, peer, &line).await?;
    }
    if let Outcome::Skipped = follow(admin, &line, name, &own, &there, steps).await? {
        broken = Some(WENT_PAST);
        steps.done(&format!("{name}: {WENT_PAST}: what it has is copied"));
        attach(cell, admin, peer, &line).await?;
        follow(admin, &line, name, &own, &there, steps).await?;
    }
    // From now on its confirmations count (see `confirm`).
    let conninfo = peer.address.conninfo(&format!("preau_{}", cell.origin));
    if here.is_none_or(|here| broken.is_some() || here.conninfo != conninfo) {
        let (alter, name) = ("alter subscription %I connection %L", subscription(name));
        admin
            .ask(async |connection: &mut PgConnection| Ok(execute(connection, alter, &[&name, &conninfo]).await?))
            .await?;
    }
    let entries: u64 = there.heads.iter().map(|head| head.seq).sum();
    steps.done(&format!("{name}: all of its {entries} entries are here"));
    Ok(())
}

/// Looks at a peer, which is to be the cell that the settings say.
pub(super) async fn there(line: &Line, name: &Origin, slot: &str) -> Result<There, Failure> {
    line.ask(async |connection: &mut PgConnection| {
        let heads = read::heads(connection).await?.into_iter().filter(|head| head.stream.origin == *name).collect();
        let look = r"
            select (select origin from preau.head) as origin, (pg_current_wal_lsn() - '0/0')::bigint as position,
                   slot_name is not null as kept, wal_status = 'lost' as lost,
                   (confirmed_flush_lsn - '0/0')::bigint as confirmed
            from (select) as one left join pg_replication_slots on slot_name = $1";
        let row = sqlx::query(look).bind(slot).fetch_one(connection).await?;
        let origin: String = row.try_get("origin")?;
        if origin != name.as_str() {
            return Err(Trouble::Said(format!("is that of the cell {origin}, not of {name}: correct the settings")));
        }
        let kept = row.try_get("kept")?;
        let slot = |row: &sqlx::postgres::PgRow| {
            let confirmed = row.try_get::<Option<_>, _>("confirmed")?.unwrap_or_default();
            Ok::<_, sqlx::Error>(Slot { lost: row.try_get("lost")?, confirmed })
        };
        let slot = if kept { Some(slot(&row)?) } else { None };
        Ok(There { heads, position: row.try_get("position")?, slot })
    })
    .await
}

async fn here(connection: &mut PgConnection, peer: &Origin) -> Result<Option<Here>, Trouble> {
    let look = r"
        select subenabled, subslotname::text, subconninfo,
               coalesce((pg_replication_origin_progress('pg_' || oid, false) - '0/0')::bigint, 0) as applied
        from pg_subscription where subname = $1";
    let Some(row) = sqlx::query(look).bind(subscription(peer)).fetch_optional(connection).await? else {
        return Ok(None);
    };
    Ok(Some(Here {
        enabled: row.try_get("subenabled")?,
        slot: row.try_get("subslotname")?,
        conninfo: row.try_get("subconninfo")?,
        applied: row.try_get("applied")?,
    }))
}

/// Subscribes anew, copying what the peer has.
async fn attach(cell: &Cell, admin: &Line, peer: &Peer, line: &Line) -> Result<(), Failure> {
    let (name, own) = (subscription(&peer.origin), slot(&cell.origin));
    detach(admin, Some(line), &name, &own).await?;
    // Another name than the last one: what it confirms before its copy is complete is not yet here.
    let conninfo = peer.address.conninfo(&format!("copying_{}", cell.origin));
    subscribe(admin, &name, &conninfo, "preau", &own).await
}

/// Makes a subscription with a copy of what is there; of it, the journal's trigger skips what is here.
pub(super) async fn subscribe(
    admin: &Line,
    name: &str,
    conninfo: &str,
    publication: &str,
    slot: &str,
) -> Result<(), Failure> {
    // Confirmations are of what is on the disk here, at once.
    let create = "create subscription %I connection %L publication %I with (slot_name = %L, synchronous_commit = on)";
    let words = [name, conninfo, publication, slot];
    admin.ask(async |connection: &mut PgConnection| Ok(execute(connection, create, &words).await?)).await
}

/// Drops a subscription, if there is one, and its slots on the other side, if that one answers.
pub(super) async fn detach(admin: &Line, there: Option<&Line>, name: &str, slot: &str) -> Result<(), Failure> {
    let copying = admin
        .ask(async |connection: &mut PgConnection| {
            let look = "select format('pg\\_%s\\_sync\\_%%\\_%s', oid, system_identifier)
                        from pg_subscription, pg_control_system() where subname = $1";
            let copying: Option<String> = sqlx::query_scalar(look).bind(name).fetch_optional(&mut *connection).await?;
            if copying.is_some() {
                execute(connection, "alter subscription %I disable", &[name]).await?;
                // It would insist on dropping its slot, which may be lost, or another server's.
                execute(connection, "alter subscription %I set (slot_name = none)", &[name]).await?;
                execute(connection, "drop subscription %I", &[name]).await?;
            }
            Ok(copying)
        })
        .await?;
    let Some(there) = there else { return Ok(()) };
    there
        .ask(async |connection: &mut PgConnection| {
            let slots = "select slot_name::text from pg_replication_slots where slot_name = $1 or slot_name like $2";
            let slots: Vec<String> = sqlx::query_scalar(slots)
                .bind(slot)
                .bind(copying.unwrap_or_default())
                .fetch_all(&mut *connection)
                .await?;
            for slot in slots {
                drop_slot(connection, &slot).await?;
            }
            Ok(())
        })
        .await
}

/// Waits until all that a peer had written is here.
async fn follow(
    admin: &Line,
    line: &Line,
    name: &Origin,
    own: &str,
    was: &There,
    steps: &mut Steps<'_>,
) -> Result<Outcome, Failure> {
    let follow = async {
        for look in 1.. {
            // In this order: what is confirmed is here already.
            let confirmed = there(line, name, own).await?.slot.map(|slot| slot.confirmed);
            let ready = async |connection: &mut PgConnection| ready(connection, &subscription(name)).await;
            let ready = admin.ask(ready).await?;
            let heads: Vec<_> = was.heads.iter().map(|head| (head, 0)).collect();
            let missing = async |connection: &mut PgConnection| Ok(read::missing(connection, &heads).await?);
            match (ready, admin.ask(missing).await?.iter().sum::<u64>()) {
                (true, 0) => break,
                (true, _) if confirmed.is_some_and(|confirmed| confirmed >= was.position) => {
                    return Ok(Outcome::Skipped);
                }
                (_, missing) if look % LINE == 0 => {
                    steps.done(&format!("{name}: {missing} entries are still to come"));
                }
                _ => {}
            }
            sleep(PAUSE).await;
        }
        Ok(Outcome::Complete)
    };
    timeout(LONGEST, follow).await.unwrap_or_else(|_| Err(Trouble::Slow.at(&format!("{name}, which is copied,"))))
}

/// Whether the first copy of a subscription is complete.
pub(super) async fn ready(connection: &mut PgConnection, subscription: &str) -> Result<bool, Trouble> {
    let ready = "
        select coalesce(bool_and(srsubstate = 'r'), false) from pg_subscription_rel
        join pg_subscription on oid = srsubid where subname = $1";
    Ok(sqlx::query_scalar(ready).bind(subscription).fetch_one(connection).await?)
}
