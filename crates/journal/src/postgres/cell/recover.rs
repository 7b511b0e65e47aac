//! A cell gets back what it forgot: its disk was lost, or put back to an earlier state.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use tokio::time::{sleep, timeout};

use super::super::trouble::Trouble;
use super::{Cell, Failure, Line, PAUSE, Peer, Steps, join, partitions};

const SUBSCRIPTION: &str = "preau_recovery";

/// How long a copy of everything may take.
const LONGEST: Duration = Duration::from_secs(1800);

pub(super) async fn run(cell: &Cell, admin: &Line, steps: &mut Steps<'_>) -> Result<(), Failure> {
    for peer in &cell.peers {
        let line = peer.line();
        let before = count(admin).await?;
        match copy(cell, admin, peer, &line).await {
            Ok(()) => steps.done(&format!("{}: {} entries came back", peer.origin, count(admin).await? - before)),
            Err(failure) => steps.left(&format!("{} is left out for now: {failure}", peer.origin)),
        }
    }
    // Whatever the next append is, it is not of a stream of before.
    let forget = "update preau.head set started = null";
    admin.ask(async |connection: &mut PgConnection| Ok(sqlx::query(forget).execute(connection).await?)).await?;
    steps.left("run `preau cell join` here, and then on every peer: what they receive from here starts anew");
    Ok(())
}

/// Copies all that a peer has, of every cell, through a subscription that lasts as long as this.
async fn copy(cell: &Cell, admin: &Line, peer: &Peer, line: &Line) -> Result<(), Failure> {
    let slot = format!("preau_recovery_{}", cell.origin);
    join::there(line, &peer.origin, &slot).await?;
    let cells = "select substr(tablename, 9) from pg_publication_tables where pubname = 'preau_recovery'";
    let cells: Vec<String> = line
        .ask(async |connection: &mut PgConnection| Ok(sqlx::query_scalar(cells).fetch_all(connection).await?))
        .await?;
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let guest = cell.guest.user.as_str();
    admin.ask(async |connection: &mut PgConnection| partitions(connection, guest, &cells).await).await?;
    join::detach(admin, Some(line), SUBSCRIPTION, &slot).await?;
    let conninfo = peer.address.conninfo("recovering");
    join::subscribe(admin, SUBSCRIPTION, &conninfo, "preau_recovery", &slot).await?;
    let ready = async {
        while !admin.ask(async |connection: &mut PgConnection| join::ready(connection, SUBSCRIPTION).await).await? {
            sleep(PAUSE).await;
        }
        Ok(())
    };
    let outcome = timeout(LONGEST, ready).await;
    join::detach(admin, Some(line), SUBSCRIPTION, &slot).await?;
    outcome.map_err(|_| Trouble::Slow.at(&format!("{}, which is copied,", peer.origin)))?
}

async fn count(admin: &Line) -> Result<i64, Failure> {
    let count = "select count(*) from preau.journal";
    admin.ask(async |connection: &mut PgConnection| Ok(sqlx::query_scalar(count).fetch_one(connection).await?)).await
}
