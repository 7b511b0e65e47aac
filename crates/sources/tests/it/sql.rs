//! The `sql` connector against real PostgreSQL, MariaDB and SQLite.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod bounds;
mod doors;
mod questions;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::{Timestamp, tz::TimeZone};
use outbound::{Outbound, Rules};
use records::{Limits, Value};
use serde_json::json;
use sources::{Call, Context, Failure, FailureKind, Reply, Source};
use sqlx::{Connection, SqliteConnection};
use testbed::{MariaDb, Postgres};

fn postgres() -> Option<&'static Postgres> {
    static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
    SERVER.get_or_init(testbed::postgres).as_ref()
}

fn mariadb() -> Option<&'static MariaDb> {
    static SERVER: OnceLock<Option<MariaDb>> = OnceLock::new();
    SERVER.get_or_init(testbed::mariadb).as_ref()
}

/// A SQLite file in a campus folder, made by a script.
async fn sqlite(folder: &Path, name: &str, script: &'static str) {
    let url = format!("sqlite:{}?mode=rwc", folder.join(name).display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// A campus whose operator opened this machine to it.
fn context(folder: &Path) -> Context {
    let private = ["127.0.0.0/8", "::1/128"].map(|range| range.parse().unwrap()).to_vec();
    Context {
        outbound: Outbound::new(&[]).unwrap(),
        rules: Rules { private, ..Rules::default() },
        folder: folder.into(),
        directories: Vec::new(),
        zone: TimeZone::UTC,
        limits: Limits::default(),
    }
}

fn source(settings: serde_json::Value, context: &Context) -> Arc<dyn Source> {
    let connector = sources::find("sql").unwrap();
    connector.source(settings, context).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// A source on this machine, with default settings.
fn at(url: &str) -> Arc<dyn Source> {
    source(json!({ "url": url }), &context(Path::new("/")))
}

/// The rows of a question with its settings, as JSON.
async fn fetch(
    source: &dyn Source,
    settings: serde_json::Value,
    params: &[(&str, &str)],
) -> Result<serde_json::Value, Failure> {
    let names: Vec<String> = params.iter().map(|(name, _)| (*name).to_owned()).collect();
    let question = source.request(settings, &names).unwrap_or_else(|errors| panic!("{errors:?}"));
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let call = Call { params: &params, validators: None, person: None, now: Timestamp::UNIX_EPOCH };
    match question.fetch(&call).await? {
        Reply::Records { pages, .. } => {
            let value = pages[0].value(&Limits::default());
            value.map(|value| to_json(&value)).map_err(|error| Failure::new(FailureKind::Malformed, error.message))
        }
        Reply::Unchanged(_) => panic!("a database has no validators"),
    }
}

async fn rows(source: &dyn Source, query: &str, params: &[(&str, &str)]) -> serde_json::Value {
    fetch(source, json!({ "query": query }), params).await.unwrap_or_else(|failure| panic!("{query}: {failure}"))
}

/// Kind and message, of a query that fails.
async fn failure(source: &dyn Source, query: &str, params: &[(&str, &str)]) -> String {
    match fetch(source, json!({ "query": query }), params).await {
        Ok(rows) => panic!("{query}: {rows}"),
        Err(failure) => format!("{:?}: {}", failure.kind, failure.message),
    }
}

fn to_json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => json!(null),
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::List(values) => values.iter().map(to_json).collect(),
        Value::Object(object) => object.iter().map(|(name, value)| (name.to_owned(), to_json(value))).collect(),
    }
}
