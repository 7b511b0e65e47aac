//! PostgreSQL: parameters take the types that the server finds for them, rows come as the server's own JSON.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use outbound::Destination;
use records::Payload;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgConnectOptions, PgConnection, PgSslMode, PgTypeInfo};
use sqlx::{Arguments, Column, ConnectOptions, Either, Executor, Row, Statement as _, TypeInfo, ValueRef};

use super::address::{Door, Server, Tls};
use super::answer::{Account, Answer, names, unknown};
use super::failure::Fault;
use super::pool::{Engine, Question};
use super::statement::{Bound, Dialect, trusted};

pub(super) struct Postgres {
    pub(super) door: Door,
}

impl Engine for Postgres {
    const DIALECT: Dialect = Dialect::Postgres;

    type Connection = PgConnection;

    fn site(&self) -> String {
        self.door.server.site()
    }

    fn destination(&self) -> Option<Destination> {
        Some(self.door.server.destination())
    }

    async fn connect(&self) -> Result<PgConnection, Fault> {
        let Server { port, user, password, database, tls, .. } = &self.door.server;
        // The driver's defaults come from PG… variables of the environment: each that matters is set.
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(*port)
            .username(user)
            .password(password.expose())
            .database(database)
            .application_name("preau")
            .ssl_mode(match tls {
                Tls::Off => PgSslMode::Disable,
                Tls::Preferred => PgSslMode::Prefer,
                Tls::Verified => PgSslMode::VerifyFull,
            })
            .ssl_root_cert_from_pem(self.door.trust.clone())
            .disable_statement_logging();
        if let Some((certificate, key)) = self.door.identity() {
            options = options.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
        }
        let connect = |host: &str| {
            let options = options.clone().host(host);
            async move { options.connect().await }
        };
        self.door.open(connect).await
    }

    async fn begin(&self, connection: &mut PgConnection, _: &Question, time: Duration) -> Result<(), Fault> {
        let begin = format!("begin read only; set local statement_timeout = {}", time.as_millis());
        sqlx::raw_sql(trusted(begin)).execute(connection).await?;
        Ok(())
    }

    async fn ask(
        &self,
        connection: &mut PgConnection,
        question: &Question,
        values: &[Bound<'_>],
    ) -> Result<Answer, Fault> {
        let types = describe(connection, question).await?;
        let asked = question.statement.with(|place| mark(place, types.get(place - 1)));
        // One row more than allowed shows that there are more. `preau.*` is the row even where a column is called so.
        let limit = question.max_rows.saturating_add(1);
        let wrapped = format!("select row_to_json(preau.*)::text from (\n{asked}\n) as preau limit {limit}");
        let mut arguments = PgArguments::default();
        for value in values {
            arguments.add(Untyped(value.text)).map_err(sqlx::Error::Encode)?;
        }
        let page = read(connection, question, wrapped, arguments).await?;
        sqlx::raw_sql("rollback").execute(connection).await?;
        Ok(Answer { bytes: page.len() as u64, page: Payload::Json(page) })
    }
}

/// Lets the server find the types of the parameters, and looks at the columns. It speaks of the statement as it is
/// written; and a statement that only makes sense within another one's parentheses does not pass.
async fn describe(connection: &mut PgConnection, question: &Question) -> Result<Vec<PgTypeInfo>, Fault> {
    let bare = trusted(question.statement.with(|place| format!("${place}")));
    let statement = connection.prepare_with(bare, &[]).await?;
    names(statement.columns())?;
    for column in statement.columns() {
        if column.type_info().name().starts_with("BYTEA") {
            return Err(unknown(column.name(), "bytea", &format!("write `encode({}, 'base64')`", column.name())));
        }
    }
    match statement.parameters() {
        Some(Either::Left(types)) => Ok(types.to_vec()),
        _ => Ok(Vec::new()),
    }
}

/// A value is sent as text, which the server reads as the type that it found: `$1::text::INT4`. Where the types are
/// of text themselves, or the school's own (enumerations), the text is the value.
fn mark(place: usize, kind: Option<&PgTypeInfo>) -> String {
    const READ_AS: [&str; 22] = [
        "BOOL",
        "INT2",
        "INT4",
        "INT8",
        "OID",
        "FLOAT4",
        "FLOAT8",
        "NUMERIC",
        "MONEY",
        "DATE",
        "TIME",
        "TIMETZ",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "INTERVAL",
        "UUID",
        "INET",
        "CIDR",
        "MACADDR",
        "JSON",
        "JSONB",
        "BYTEA",
    ];
    match kind.map(TypeInfo::name) {
        Some(name) if READ_AS.contains(&name.trim_end_matches("[]")) || name == "TEXT[]" || name == "VARCHAR[]" => {
            format!("${place}::text::{name}")
        }
        _ => format!("${place}"),
    }
}

/// The rows as one JSON array.
async fn read(
    connection: &mut PgConnection,
    question: &Question,
    sql: String,
    arguments: PgArguments,
) -> Result<Bytes, Fault> {
    let mut account = Account::new(question);
    let mut page = b"[".to_vec();
    let mut rows = sqlx::query_with(trusted(sql), arguments).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let value = row.try_get_raw(0)?;
        let row = if value.is_null() { "null" } else { value.as_str().map_err(sqlx::Error::Decode)? };
        account.row()?;
        account.value(row.len())?;
        if page.len() > 1 {
            page.push(b',');
        }
        page.extend_from_slice(row.as_bytes());
    }
    page.push(b']');
    Ok(page.into())
}

/// A text whose type the server finds by itself, as for a quoted literal. The binary form of text types is the text.
struct Untyped<'v>(&'v str);

impl sqlx::Type<sqlx::Postgres> for Untyped<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl sqlx::Encode<'_, sqlx::Postgres> for Untyped<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}
