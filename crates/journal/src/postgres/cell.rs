//! `preau cell …`: the SQL that sets up a cell's database, joins it to the others', rebuilds it and takes leave. Each
//! command is safe to repeat, and finishes what an earlier one began.

mod init;
mod join;
mod recover;
mod settings;

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use super::address::Address;
use super::line::Line;
use super::trouble::Trouble;
use crate::{Failure, Origin};

/// Statements of an administrator hold passwords, which the server would write into its log; and what makes a slot waits
/// for transactions under way there.
const MANNERS: [(&str, &str); 6] = [
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_min_error_statement", "panic"),
    ("statement_timeout", "60s"),
    ("lock_timeout", "10s"),
    ("synchronous_commit", "local"),
];

/// How long a statement of an administrator may take.
const PATIENCE: Duration = Duration::from_secs(65);

/// How long a peer may take to answer.
const PEER_PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks at something that is under way.
const PAUSE: Duration = Duration::from_millis(200);

/// A cell, as its own settings describe it.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its name.
    pub origin: Origin,
    /// Its database, for the application's user.
    pub database: Address,
    /// Whom peers log in as at its database.
    pub guest: Login,
    /// The other cells.
    pub peers: Vec<Peer>,
}

/// A user of a database.
#[derive(Clone)]
pub struct Login {
    /// Its name.
    pub user: String,
    /// Its password, which is never shown.
    pub password: String,
}

/// Another cell.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its name.
    pub origin: Origin,
    /// Its database, for the user that it lets peers in as.
    pub address: Address,
}

/// What a command tells while it works: what it did, and what is left for a person to do.
struct Steps<'t> {
    tell: &'t mut (dyn FnMut(&str) + Send),
    left: usize,
}

impl Cell {
    /// Sets up the cell's database: itself, users, tables, publications; and looks at the server's settings, of which
    /// with `tune` those are set that need no restart. `admin` is a superuser, at a database that is there already.
    ///
    /// Returns how many things are left to do. Each was told.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn init(
        &self,
        admin: &Address,
        tune: bool,
        tell: &mut (dyn FnMut(&str) + Send),
    ) -> Result<usize, Failure> {
        let mut steps = Steps { tell, left: 0 };
        init::run(self, admin, tune, &mut steps).await?;
        Ok(steps.left)
    }

    /// Subscribes to every peer, and again where a subscription cannot go on: its slot is lost, or the peer was put back
    /// to an earlier state. Returns when all that peers had is here.
    ///
    /// Returns how many things are left to do, such as peers that did not answer. Each was told.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] of the cell's own database.
    pub async fn join(&self, admin: &Address, tell: &mut (dyn FnMut(&str) + Send)) -> Result<usize, Failure> {
        let mut steps = Steps { tell, left: 0 };
        join::run(self, &self.admin(admin), &mut steps).await?;
        Ok(steps.left)
    }

    /// Gets back from peers what this cell wrote, and what it knew of others, after its disk was lost or put back.
    ///
    /// Returns how many things are left to do. Each was told.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] of the cell's own database.
    pub async fn recover(&self, admin: &Address, tell: &mut (dyn FnMut(&str) + Send)) -> Result<usize, Failure> {
        let mut steps = Steps { tell, left: 0 };
        recover::run(self, &self.admin(admin), &mut steps).await?;
        Ok(steps.left)
    }

    /// Ends replication with a cell that left, so that nothing is kept for it. What it wrote stays.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] of the cell's own database.
    pub async fn forget(
        &self,
        admin: &Address,
        gone: &Origin,
        tell: &mut (dyn FnMut(&str) + Send),
    ) -> Result<usize, Failure> {
        let mut steps = Steps { tell, left: 0 };
        let admin = self.admin(admin);
        let there = self.peers.iter().find(|peer| peer.origin == *gone).map(Peer::line);
        join::detach(&admin, None, &subscription(gone), &slot(&self.origin)).await?;
        steps.done(&format!("{gone}: nothing is received from it any more"));
        // Most cells that are forgotten are gone: what they keep for this one goes with them.
        if let Some(there) = &there
            && let Err(failure) = join::detach(&admin, Some(there), &subscription(gone), &slot(&self.origin)).await
        {
            steps.done(&format!("{gone}: it is not told, because it does not answer ({failure})"));
        }
        admin.ask(async |connection: &mut PgConnection| Ok(drop_slot(connection, &slot(gone)).await?)).await?;
        steps.done(&format!("{gone}: nothing is kept for it any more"));
        steps.left(&format!(
            "{gone}: take it out of the settings; if it lives on, run `preau cell forget {}` there",
            self.origin
        ));
        Ok(steps.left)
    }

    /// The administrator's connection to the cell's database.
    fn admin(&self, admin: &Address) -> Line {
        Line::with(&admin.at(self.database.database()), &MANNERS, 1, PATIENCE)
    }
}

impl Peer {
    fn line(&self) -> Line {
        Line::new(&self.address, 1, PEER_PATIENCE)
    }
}

impl Steps<'_> {
    fn done(&mut self, step: &str) {
        (self.tell)(step);
    }

    fn left(&mut self, step: &str) {
        self.left += 1;
        (self.tell)(step);
    }
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.user)
    }
}

/// The subscription to a peer.
pub(super) fn subscription(peer: &Origin) -> String {
    format!("preau_from_{peer}")
}

/// The slot that keeps for a cell what it has not received, in each peer's server.
pub(super) fn slot(cell: &Origin) -> String {
    format!("preau_to_{cell}")
}

/// Runs a statement that takes no parameters: `%I` and `%L` in it are quoted by the server itself.
async fn run(connection: &mut PgConnection, template: &str, words: &[&str]) -> Result<(), sqlx::Error> {
    let format = sqlx::query_scalar("select format($1, variadic $2::text[])").bind(template).bind(words);
    let statement: String = format.fetch_one(&mut *connection).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

/// Drops a replication slot, in use or not, where there is one. It takes the right to replicate.
async fn drop_slot(connection: &mut PgConnection, slot: &str) -> Result<(), sqlx::Error> {
    let end = "select pg_terminate_backend(active_pid, 2000) from pg_replication_slots where slot_name = $1 and active";
    let drop = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1";
    let mut tries = 0;
    loop {
        sqlx::query(end).bind(slot).execute(&mut *connection).await?;
        match sqlx::query(drop).bind(slot).execute(&mut *connection).await {
            // In use: who was sent away was quick to come back.
            Err(sqlx::Error::Database(error)) if tries < 20 && error.code().as_deref() == Some("55006") => tries += 1,
            outcome => return outcome.map(|_| ()),
        }
    }
}

/// Makes what all commands rely on: a partition for every cell that is known, which peers may read and recover from.
async fn partitions(connection: &mut PgConnection, guest: &str, cells: &[&str]) -> Result<(), Trouble> {
    for cell in cells {
        let partition = format!("journal_{cell}");
        run(
            connection,
            "create table if not exists preau.%I partition of preau.journal for values in (%L)",
            &[&partition, cell],
        )
        .await?;
        run(connection, "grant select on preau.%I to %I", &[&partition, guest]).await?;
    }
    let all = "select string_agg(inhrelid::regclass::text, ', ') from pg_inherits where inhparent = 'preau.journal'::regclass";
    let all: String = sqlx::query_scalar(all).fetch_one(&mut *connection).await?;
    // The names come quoted where they need to be.
    let publish = format!("alter publication preau_recovery set table {all}");
    sqlx::raw_sql(AssertSqlSafe(publish)).execute(connection).await?;
    Ok(())
}
