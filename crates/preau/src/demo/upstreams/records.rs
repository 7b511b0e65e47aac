//! A school's database as a new SQLite file.

use std::io;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::clock::Clock;

/// A database being written, in one transaction.
#[derive(Debug)]
pub struct Records(SqliteConnection);

impl Records {
    /// A new file with these tables, in place of a former one.
    pub async fn create(file: &Path, tables: &'static str) -> io::Result<Self> {
        match tokio::fs::remove_file(file).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let mut records = options.connect().await.map_err(io::Error::other)?;
        sqlx::raw_sql("begin").execute(&mut records).await.map_err(io::Error::other)?;
        sqlx::raw_sql(tables).execute(&mut records).await.map_err(io::Error::other)?;
        Ok(Self(records))
    }

    /// Adds a row: a JSON list with a value for each column.
    pub async fn insert(&mut self, table: &'static str, row: &Value) -> io::Result<()> {
        let values = row.as_array().map_or(&[][..], Vec::as_slice);
        let sql = format!("insert into {table} values ({})", vec!["?"; values.len()].join(", "));
        let insert = values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |insert, value| match value {
            Value::String(text) => insert.bind(text),
            Value::Bool(truth) => insert.bind(truth),
            Value::Number(number) if number.is_i64() => insert.bind(number.as_i64()),
            other => insert.bind(other.as_f64()),
        });
        insert.execute(&mut self.0).await.map(drop).map_err(io::Error::other)
    }

    /// Commits and closes the file.
    pub async fn finish(mut self) -> io::Result<()> {
        sqlx::raw_sql("commit").execute(&mut self.0).await.map_err(io::Error::other)?;
        self.0.close().await.map_err(io::Error::other)
    }
}

/// A cell as a number of the database, null where it is empty.
pub fn number(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

/// The day so many days before the Monday of the demo's first week: marks are given on school days.
pub fn days_before_this_week(clock: &Clock, days: &str) -> io::Result<Date> {
    let days: i32 = days.parse().map_err(io::Error::other)?;
    Ok(clock.monday(0).saturating_sub(days.days()))
}
