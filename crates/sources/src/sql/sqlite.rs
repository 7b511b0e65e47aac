//! SQLite: a file in the campus folder, opened to be read.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use outbound::{Failure, FailureKind};
use records::Value;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{Arguments, Column, ConnectOptions, Row, TypeInfo, ValueRef};

use super::answer::{Answer, rows, unknown};
use super::failure::Fault;
use super::pool::{Engine, Question};
use super::statement::{Bound, Dialect, trusted};
use crate::confined::name;
use crate::{Context, confined};

pub(super) struct Sqlite {
    pub(super) path: PathBuf,
    pub(super) context: Context,
}

/// Steps of its virtual machine between two looks at the clock: well under a millisecond.
const STEPS: i32 = 10_000;

impl Sqlite {
    fn file(&self) -> Result<PathBuf, Failure> {
        let found = confined(&self.path, &self.context.folder, &self.context.directories);
        let file = found.map_err(|error| error.failure(&self.site()))?;
        // Opening a pipe would wait for who writes into it.
        if file.is_file() {
            Ok(file)
        } else {
            Err(Failure::new(FailureKind::Rejected, format!("{} is no regular file", self.site())))
        }
    }
}

impl Engine for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    /// Each query opens the file anew: a school puts a new one in the place of the old one.
    const LONGEST_IDLE: Duration = Duration::ZERO;

    type Connection = SqliteConnection;

    fn site(&self) -> String {
        name(&self.path)
    }

    async fn connect(&self) -> Result<SqliteConnection, Fault> {
        let options = SqliteConnectOptions::new()
            .filename(self.file()?)
            .read_only(true)
            .create_if_missing(false)
            .pragma("query_only", "on")
            .pragma("trusted_schema", "off")
            .disable_statement_logging();
        Ok(options.connect().await?)
    }

    async fn begin(&self, connection: &mut SqliteConnection, _: &Question, time: Duration) -> Result<(), Fault> {
        let end = Instant::now() + time;
        connection.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < end);
        sqlx::raw_sql("begin").execute(connection).await?;
        Ok(())
    }

    async fn ask(
        &self,
        connection: &mut SqliteConnection,
        question: &Question,
        values: &[Bound<'_>],
    ) -> Result<Answer, Fault> {
        let mut arguments = SqliteArguments::default();
        for value in values {
            let added = match value.whole {
                Some(whole) => arguments.add(whole),
                None => arguments.add(value.text),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        let asked = sqlx::query_with(trusted(question.statement.with(|_| "?".into())), arguments);
        let answer = rows(asked.fetch(&mut *connection), question, self.site(), size, value).await?;
        sqlx::raw_sql("rollback").execute(connection).await?;
        Ok(answer)
    }
}

/// A value as it is stored: SQLite's columns hold whatever was put into them.
fn value(row: &SqliteRow, place: usize) -> Result<Value<'_>, Fault> {
    let raw = row.try_get_raw(place)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let column = row.columns().get(place).map(Column::name).unwrap_or_default();
    match raw.type_info().name() {
        "INTEGER" => Ok(Value::Int(row.try_get_unchecked(place)?)),
        "REAL" => Ok(Value::Float(row.try_get_unchecked(place)?)),
        "TEXT" => Ok(Value::text(row.try_get_unchecked::<&str, _>(place)?)),
        other => Err(unknown(column, other, "write `hex(…)`, or `cast(… as text)` where it is text,")),
    }
}

/// Bytes that a value takes.
fn size(row: &SqliteRow, place: usize) -> Result<usize, sqlx::Error> {
    let raw = row.try_get_raw(place)?;
    Ok(match raw.type_info().name() {
        _ if raw.is_null() => 0,
        "TEXT" | "BLOB" => row.try_get_unchecked::<&[u8], _>(place)?.len(),
        _ => 8,
    })
}
