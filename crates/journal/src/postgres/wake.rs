//! News of entries: the database notifies, and a slow look makes up for what it may not have told.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Error, Executor};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How often whoever follows looks anyway.
const TICK: Duration = Duration::from_secs(1);

/// How long connecting, or a sign of life, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Wakes whenever the trigger of the journal says so, and every second; connects again for as long as it runs.
pub(super) async fn listen(options: PgConnectOptions, wake: watch::Sender<()>) {
    loop {
        // A dead server is for those to report who read from it.
        let _ = follow(options.clone(), &wake).await;
        wake.send_replace(());
        sleep(TICK).await;
    }
}

async fn follow(options: PgConnectOptions, wake: &watch::Sender<()>) -> Result<(), Error> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen("preau_journal").await?;
    loop {
        // Whatever came while there was no listener is found now.
        wake.send_replace(());
        match timeout(TICK, listener.try_recv()).await {
            Ok(heard) => {
                if heard?.is_none() {
                    return Ok(());
                }
            }
            // A connection whose other end is gone without a word is silent too.
            Err(_) => {
                timeout(PATIENCE, listener.execute("")).await.map_err(|_| Error::PoolTimedOut)??;
            }
        }
    }
}
