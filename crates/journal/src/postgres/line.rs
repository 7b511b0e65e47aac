//! Connections to a database that may be dead, slow or restarting at any moment: bounded in number and in time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::address::Address;
use super::trouble::Trouble;
use crate::Failure;

/// What every connection asks of its server: nothing waits for ever there either, a frozen process does not keep the
/// head of the journal locked, and a commit is on the disk and waits for nobody else's.
pub(super) const MANNERS: [(&str, &str); 5] = [
    ("statement_timeout", "5s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "5s"),
    ("tcp_user_timeout", "5s"),
    ("synchronous_commit", "local"),
];

/// Connections to one database.
pub(super) struct Line {
    site: String,
    options: PgConnectOptions,
    patience: Duration,
    room: Semaphore,
    idle: Mutex<Vec<PgConnection>>,
}

impl Line {
    /// At most `most` connections, none of them yet. A piece of work may take as long as `patience`.
    pub(super) fn new(address: &Address, most: usize, patience: Duration) -> Self {
        Self::with(address, &MANNERS, most, patience)
    }

    /// The same with other manners.
    pub(super) fn with(address: &Address, manners: &[(&str, &str)], most: usize, patience: Duration) -> Self {
        let (room, idle) = (Semaphore::new(most), Mutex::default());
        Self { site: address.site(), options: address.options(manners), patience, room, idle }
    }

    /// Does a piece of work. Where anything goes wrong in it, its connection ends with it.
    pub(super) async fn ask<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        let asked = async {
            let _room = self.room.acquire().await.map_err(|_| Trouble::Slow)?;
            let mut connection = self.connection().await?;
            let answer = work(&mut connection).await?;
            self.idle().push(connection);
            Ok(answer)
        };
        timeout(self.patience, asked).await.unwrap_or(Err(Trouble::Slow)).map_err(|trouble| {
            // Where one connection broke, each of the others would cost as much time to find out.
            self.idle().clear();
            trouble.at(&self.site)
        })
    }

    /// A connection whose server was there a moment ago.
    async fn connection(&self) -> Result<PgConnection, Trouble> {
        loop {
            let idle = self.idle().pop();
            let Some(mut connection) = idle else { break };
            if connection.ping().await.is_ok() {
                return Ok(connection);
            }
        }
        Ok(self.options.connect().await?)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
