//! What a cell needs of its server's settings, and what happens without.

use sqlx::postgres::PgConnection;

use super::super::trouble::Trouble;
use super::{Cell, Steps, run};

/// A setting: the values that will do, in the unit of `pg_settings`, and what to write.
struct Wish {
    name: &'static str,
    fits: Fits,
    write: &'static str,
    /// What it is for.
    why: &'static str,
}

enum Fits {
    Is(&'static str),
    Between(i64, i64),
}

const fn wish(name: &'static str, fits: Fits, write: &'static str, why: &'static str) -> Wish {
    Wish { name, fits, write, why }
}

const WISHES: [Wish; 13] = [
    wish("wal_level", Fits::Is("logical"), "logical", "nothing is replicated without"),
    wish("max_replication_slots", Fits::Between(10, i64::MAX), "10", "each peer takes one, and more while it copies"),
    wish("max_wal_senders", Fits::Between(10, i64::MAX), "10", "each peer takes one, and more while it copies"),
    wish("max_logical_replication_workers", Fits::Between(8, i64::MAX), "8", "copies wait for each other with fewer"),
    wish("max_worker_processes", Fits::Between(12, i64::MAX), "12", "replication shares them with other work"),
    wish("fsync", Fits::Is("on"), "on", "a power cut loses what was acknowledged without"),
    wish("full_page_writes", Fits::Is("on"), "on", "a power cut can tear pages without"),
    wish(
        "max_slot_wal_keep_size",
        Fits::Between(1, i64::MAX),
        "10GB",
        "a cell that is away for long fills the disk without a limit",
    ),
    wish("wal_sender_timeout", Fits::Between(1, 5000), "5s", "a peer that is gone is noticed late"),
    wish("wal_receiver_timeout", Fits::Between(1, 5000), "5s", "a peer that is gone is noticed late"),
    wish("wal_retrieve_retry_interval", Fits::Between(1, 500), "500ms", "a peer that is back is noticed late"),
    wish("tcp_user_timeout", Fits::Between(1, 5000), "5s", "a connection that is cut is noticed late"),
    wish("ssl", Fits::Is("on"), "on", "peers and the application come over the network"),
];

/// What this session has for itself (a socket has no TCP timeout) is not what others get.
const SETTING: &str = "
    select reset_val, context = 'postmaster', source = 'command line' from pg_settings where name = $1";

/// Says of each setting that does not fit what to write, or with `tune` sets it where no restart is needed.
pub(super) async fn check(
    connection: &mut PgConnection,
    cell: &Cell,
    tune: bool,
    steps: &mut Steps<'_>,
) -> Result<(), Trouble> {
    let far = cell.database.tls() || cell.peers.iter().any(|peer| peer.address.tls());
    for wish in WISHES.iter().filter(|wish| far || wish.name != "ssl") {
        let (value, restart, fixed): (String, bool, bool) =
            sqlx::query_as(SETTING).bind(wish.name).fetch_one(&mut *connection).await?;
        let fits = match wish.fits {
            Fits::Is(text) => value == text,
            Fits::Between(least, most) => value.parse().is_ok_and(|value| (least..=most).contains(&value)),
        };
        let Wish { name, write, why, .. } = wish;
        if fits {
            continue;
        }
        if tune && !restart && !fixed {
            run(connection, "alter system set %I = %L", &[name, write]).await?;
            steps.done(&format!("{name} is {write} from now on ({why})"));
        } else {
            let place = if fixed { "on its command line" } else { "in postgresql.conf" };
            let then = if restart || fixed { "restart" } else { "reload" };
            steps.left(&format!("{name} is {value} ({why}): write `{name} = {write}` {place} and {then} PostgreSQL"));
        }
    }
    sqlx::query("select pg_reload_conf()").execute(&mut *connection).await?;
    if far { doors(connection, cell, steps).await } else { Ok(()) }
}

/// Whether peers on other machines are let in.
async fn doors(connection: &mut PgConnection, cell: &Cell, steps: &mut Steps<'_>) -> Result<(), Trouble> {
    let (database, guest) = (cell.database.database(), cell.guest.user.as_str());
    let open = "
        select exists (
            select from pg_hba_file_rules where type in ('host', 'hostssl') and error is null
            and database && array['all', $1] and user_name && array['all', $2]
            and address not in ('127.0.0.1', '::1', 'localhost', 'samehost')
        )";
    if !sqlx::query_scalar(open).bind(database).bind(guest).fetch_one(connection).await? {
        steps.left(&format!(
            "pg_hba.conf lets no peer in: write `hostssl {database} {guest} ADDRESS/32 scram-sha-256` for each and reload PostgreSQL"
        ));
    }
    Ok(())
}
