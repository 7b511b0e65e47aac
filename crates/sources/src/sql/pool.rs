//! A source's few connections: opened when needed, shared in turn, closed at once when a query does not end well.
//!
//! Not sqlx's own pool: that one tries a refused connection again until time is out, so that nobody learns why, reads
//! what is left of a broken-off answer before it lets go of the connection, and resolves names by itself.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use outbound::{Destination, Failure, FailureKind, Gate};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::answer::Answer;
use super::failure::Fault;
use super::statement::{Bound, Dialect, Statement};

/// How long the server may take, beyond the statement's own time, to say that this time is over.
const GRACE: Duration = Duration::from_secs(1);

/// What differs between products.
pub(super) trait Engine: Send + Sync + 'static {
    /// How its SQL is written.
    const DIALECT: Dialect;

    /// A connection that waited longer is not used again: something between here and there may have forgotten it.
    const LONGEST_IDLE: Duration = Duration::from_secs(60);

    /// A connection; dropped, it closes without another word.
    type Connection: Send + 'static;

    /// What messages call the database.
    fn site(&self) -> String;

    /// Where it is; nowhere for a file.
    fn destination(&self) -> Option<Destination> {
        None
    }

    /// Opens a connection, if the campus may reach the database.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Fault>> + Send;

    /// Begins a transaction that can only read and takes no longer than `time`.
    fn begin(
        &self,
        connection: &mut Self::Connection,
        question: &Question,
        time: Duration,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Asks within the transaction, one value for each place of the statement, and ends it.
    fn ask(
        &self,
        connection: &mut Self::Connection,
        question: &Question,
        values: &[Bound<'_>],
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;
}

/// What a data set asks for.
pub(super) struct Question {
    pub(super) statement: Statement,
    pub(super) max_rows: usize,
    pub(super) max_bytes: usize,
}

/// What a source may cost.
pub(super) struct Bounds {
    pub(super) connections: u32,
    /// To wait for a free connection, and again to open one.
    pub(super) connect: Duration,
    pub(super) statement: Duration,
    pub(super) gate: Option<Arc<Gate>>,
}

pub(super) struct Pool<E: Engine> {
    engine: E,
    bounds: Bounds,
    turns: Semaphore,
    idle: Mutex<Vec<(E::Connection, Instant)>>,
}

impl<E: Engine> Pool<E> {
    pub(super) fn new(engine: E, bounds: Bounds) -> Self {
        let turns = Semaphore::new(bounds.connections as usize);
        Self { engine, bounds, turns, idle: Mutex::default() }
    }

    pub(super) fn engine(&self) -> &E {
        &self.engine
    }

    /// Asks, on a connection that is kept only if all went well.
    pub(super) async fn ask(&self, question: &Question, values: &[Bound<'_>]) -> Result<Answer, Failure> {
        let site = self.engine.site();
        let asking = async {
            // The driver may panic on a reply that breaks the protocol.
            let asking = AssertUnwindSafe(self.ask_in_turn(question, values)).catch_unwind().await;
            let broken = || Err(Fault::Other(FailureKind::Malformed, "broke its own protocol".into()));
            asking.unwrap_or_else(|_| broken()).map_err(|fault| fault.at(&site))
        };
        let Bounds { connect, statement, gate, .. } = &self.bounds;
        match gate {
            Some(gate) => gate.ask(&site, *connect + *statement, asking).await,
            None => asking.await,
        }
    }

    async fn ask_in_turn(&self, question: &Question, values: &[Bound<'_>]) -> Result<Answer, Fault> {
        let Bounds { connections, connect, statement, .. } = self.bounds;
        let turn = timeout(connect, self.turns.acquire()).await;
        let _turn =
            turn.map_err(|_| Fault::slow(format!("has all {connections} connections of this source in use")))?;
        let mut connection = self.ready(question).await?;
        let answer = timeout(statement + GRACE, self.engine.ask(&mut connection, question, values)).await;
        let answer = answer
            .map_err(|_| Fault::slow(format!("did not answer the query within {} s", statement.as_secs_f64())))??;
        if !E::LONGEST_IDLE.is_zero() {
            self.idle().push((connection, Instant::now()));
        }
        Ok(answer)
    }

    /// A connection within a transaction. One that was used before may have died since: its first word shows it.
    async fn ready(&self, question: &Question) -> Result<E::Connection, Fault> {
        let Bounds { connect, statement, .. } = self.bounds;
        if let Some(mut connection) = self.recent() {
            let begin = self.engine.begin(&mut connection, question, statement);
            if let Ok(Ok(())) = timeout(connect, begin).await {
                return Ok(connection);
            }
        }
        let open = async {
            let mut connection = self.engine.connect().await?;
            self.engine.begin(&mut connection, question, statement).await?;
            Ok(connection)
        };
        let slow = |_| Err(Fault::slow(format!("did not take a connection within {} s", connect.as_secs_f64())));
        timeout(connect, open).await.unwrap_or_else(slow)
    }

    fn recent(&self) -> Option<E::Connection> {
        let mut idle = self.idle();
        idle.retain(|(_, since)| since.elapsed() < E::LONGEST_IDLE);
        idle.pop().map(|(connection, _)| connection)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(E::Connection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
