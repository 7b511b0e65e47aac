//! `sql`: rows of a school's own PostgreSQL, MySQL, MariaDB or SQLite database, read and never written.
//!
//! What a campus cannot do with it: interpolate (parameters are bound), write (each query runs in a read-only
//! transaction that is rolled back), wait or take without end (time, rows and bytes are bounded), send a password in
//! plain text over a network (any host but loopback must show a certificate of its name), or read a SQLite file
//! outside of its folders.
//!
//! What remains: a database function may do anything that its account may, so the account should only be allowed to
//! read; a single row is held in memory before its size is known; and of a host name the driver asks the addresses a
//! second time, after ours were checked: a name server that changes its answer in between gains a connection on which
//! nothing is said until the certificate has proven the name.

mod address;
mod answer;
mod failure;
mod mysql;
mod pool;
mod postgres;
mod sqlite;
mod statement;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use outbound::{Destination, Failure};

use self::address::{Address, Door, Product};
use self::mysql::MySql;
use self::pool::{Engine, Pool};
use self::postgres::Postgres;
use self::sqlite::Sqlite;
use self::statement::Statement;
pub use self::trust::machine_authorities;
use crate::confined::{Unreadable, confined};
use crate::{Call, Connector, Context, Fetch, Lasting, Reply, Secret, SettingError, Source};
use settings::{read, wrong};

/// The connector.
pub(crate) struct Sql;

/// `[sources.NAME]` with `connector = "sql"`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Where the database is: `postgres://user:password@host/database`, the same with `mysql://` or `mariadb://`, or
    /// `sqlite:records.db`, a file in the campus folder. Another host than loopback must show a certificate of its name.
    url: Secret,
    /// Connections at most. A query waits for one as long as for a new connection, then fails.
    #[serde(default = "default_pool")]
    #[schemars(range(min = 1, max = 32))]
    pool: u32,
    /// How long a query may take, on the database's side.
    #[serde(default = "default_timeout")]
    timeout: Lasting,
}

/// The keys of `[data.NAME]` for a `sql` source.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// One statement that reads: `select`, `with`, `values` or `table`. `:name` stands for a request parameter, whose
    /// value never becomes part of the statement. In MySQL and MariaDB say what it is compared with, `:name::text` or
    /// `:name::int`; PostgreSQL finds that out, SQLite takes a text unless told `:name::int`.
    query: String,
    /// More rows than this are an error, not a shorter answer.
    #[serde(default = "default_rows")]
    #[schemars(range(min = 1, max = 1_000_000))]
    max_rows: usize,
    /// More bytes than this, in all rows, are an error.
    #[serde(default = "default_bytes")]
    #[schemars(range(min = 1, max = 268_435_456))]
    max_bytes: usize,
}

fn default_pool() -> u32 {
    4
}

fn default_timeout() -> Lasting {
    Lasting(Duration::from_secs(10))
}

fn default_rows() -> usize {
    10_000
}

fn default_bytes() -> usize {
    16 << 20
}

/// Less would round to none, which the products take for no limit.
const TIMEOUTS: std::ops::RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(300);

impl Connector for Sql {
    fn name(&self) -> &'static str {
        "sql"
    }

    fn about(&self) -> &'static str {
        "Rows of a PostgreSQL, MySQL, MariaDB or SQLite database, read with one query and never written."
    }

    fn placeholder(&self, key: &str) -> &'static str {
        if key == "url" { "postgres://missing@missing.invalid/missing" } else { "missing" }
    }

    fn source_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn request_schema(&self) -> schemars::Schema {
        schemars::schema_for!(Question)
    }

    fn source(&self, settings: serde_json::Value, context: &Context) -> Result<Arc<dyn Source>, Vec<SettingError>> {
        let settings: Settings = read(settings)?;
        let mut errors = Vec::new();
        if !(1..=32).contains(&settings.pool) {
            errors.push(wrong("pool", format!("{} connections are not between 1 and 32", settings.pool)));
        }
        if !TIMEOUTS.contains(&settings.timeout.0) {
            errors.push(wrong("timeout", "a query may take between 10 ms and 5 min"));
        }
        // The driver trusts Mozilla's authorities besides any other, and connects from whatever address it likes.
        if context.rules.tls.as_ref().is_some_and(|tls| tls.settings().authority_only) {
            errors.push(wrong("tls.authority_only", "a database's driver always trusts public authorities too"));
        }
        if context.rules.local_address.is_some() {
            errors.push(wrong("egress", "a database is reached from whatever address the machine chooses"));
        }
        let address = Address::parse(settings.url.expose()).map_err(|error| errors.push(error)).ok();
        let (Some(address), true) = (address, errors.is_empty()) else { return Err(errors) };
        let bounds = pool::Bounds {
            connections: settings.pool,
            connect: context.rules.connect_timeout,
            statement: settings.timeout.0,
            gate: context.rules.gate.clone(),
        };
        Ok(match address {
            Address::Server(server) => {
                let door = Door { server, trust: trust::authorities(context), context: context.clone() };
                match door.server.product {
                    Product::Postgres => Database::open(Postgres { door }, bounds),
                    Product::MySql => Database::open(MySql { door }, bounds),
                }
            }
            Address::File(path) => {
                if let Err(error @ Unreadable::Outside) = confined(&path, &context.folder, &context.directories) {
                    return Err(vec![wrong("url", format!("the file {error}"))]);
                }
                Database::open(Sqlite { path, context: context.clone() }, bounds)
            }
        })
    }
}

/// One database of a campus.
struct Database<E: Engine>(Arc<Pool<E>>);

impl<E: Engine> Database<E> {
    fn open(engine: E, bounds: pool::Bounds) -> Arc<dyn Source> {
        Arc::new(Self(Arc::new(Pool::new(engine, bounds))))
    }
}

impl<E: Engine> Source for Database<E> {
    fn destinations(&self) -> Vec<Destination> {
        self.0.engine().destination().into_iter().collect()
    }

    fn request(&self, settings: serde_json::Value, params: &[String]) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
        let question: Question = read(settings)?;
        let statement = Statement::parse(&question.query, E::DIALECT, params)?;
        let question = pool::Question { statement, max_rows: question.max_rows, max_bytes: question.max_bytes };
        Ok(Arc::new(Query { pool: Arc::clone(&self.0), question }))
    }
}

/// The query of one data set.
struct Query<E: Engine> {
    pool: Arc<Pool<E>>,
    question: pool::Question,
}

#[async_trait]
impl<E: Engine> Fetch for Query<E> {
    async fn fetch(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        let values = self.question.statement.bind(call.params)?;
        let answer = self.pool.ask(&self.question, &values).await?;
        Ok(Reply::Records { pages: vec![answer.page], validators: None, bytes: answer.bytes })
    }
}
