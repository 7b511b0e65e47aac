//! Whose fault it is when a database gives no rows. What a server says is repeated only where it speaks of the
//! statement: about values it may quote them.

use std::error::Error as _;

use outbound::{Failure, FailureKind};
use sqlx::Error;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

use FailureKind::{Malformed, Refused, Rejected, Unavailable};

/// Longer messages of a server are cut: those about syntax repeat the statement.
const LONGEST_MESSAGE: usize = 300;

const CONVERSION: &str = "cannot convert a value: is each `:name` compared with a column of its own type?";

/// A failure that does not know yet what its database is called.
pub(super) enum Fault {
    /// Said already.
    Failure(Failure),
    /// To be said after the database's name.
    Other(FailureKind, String),
    /// What the driver says.
    Driver(Error),
}

impl Fault {
    pub(super) fn slow(message: String) -> Self {
        Self::Other(Unavailable, message)
    }

    /// The failure of a database of this name.
    pub(super) fn at(self, site: &str) -> Failure {
        let (kind, message) = match self {
            Self::Failure(failure) => return failure,
            Self::Other(kind, message) => (kind, message),
            Self::Driver(error) => driver(&error),
        };
        Failure::new(kind, format!("{site} {message}"))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

fn driver(error: &Error) -> (FailureKind, String) {
    match error {
        Error::Database(error) => {
            if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
                return postgres(error.code(), error.message());
            }
            if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
                return mysql(error.number(), error.code().unwrap_or_default(), error.message());
            }
            let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
            let message = error.try_downcast_ref::<SqliteError>().map(ToString::to_string).unwrap_or_default();
            sqlite(code, message.split_once(") ").map_or("", |(_, message)| message))
        }
        Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(error) => (Unavailable, format!("offers no TLS that can be trusted: {error}")),
            None => (Unavailable, format!("cannot be talked to: {}", error.kind())),
        },
        Error::Tls(error) => (Unavailable, format!("offers no TLS that can be trusted: {error}")),
        Error::Protocol(_) | Error::Decode(_) | Error::ColumnDecode { .. } => (
            Malformed,
            format!("broke its own protocol{}", error.source().map(|_| ": a value cannot be read").unwrap_or_default()),
        ),
        _ => (Unavailable, "cannot be asked: the driver failed".into()),
    }
}

/// By SQLSTATE (PostgreSQL manual, appendix A).
fn postgres(code: &str, message: &str) -> (FailureKind, String) {
    match (code.get(..2).unwrap_or_default(), code) {
        (_, "57014") => (Unavailable, "took too long over the query, which was stopped".into()),
        (_, "53300") => (Unavailable, "has too many connections".into()),
        ("28", _) => (
            Refused,
            "does not let us in: are the user and the password right, and the certificate where it asks for one?"
                .into(),
        ),
        (_, "42501") => (Refused, format!("knows us but says no: {}", quoted(message))),
        (_, "25006") => (Rejected, format!("is only read: {}", quoted(message))),
        (_, "42P18" | "42P08") => {
            (Rejected, format!("rejects the query: {}; write `:name::text`, or its type", quoted(message)))
        }
        ("42" | "0A" | "3D" | "3F", _) => (Rejected, format!("rejects the query: {}", quoted(message))),
        ("22", _) => (Rejected, CONVERSION.into()),
        ("08" | "40" | "53" | "55" | "57" | "58" | "XX", _) => {
            (Unavailable, format!("has a fault of its own (SQLSTATE {code})"))
        }
        _ => (Rejected, format!("rejects the query (SQLSTATE {code})")),
    }
}

/// By error number, which is finer than MySQL's SQLSTATE (MySQL and MariaDB error references).
fn mysql(number: u16, state: &str, message: &str) -> (FailureKind, String) {
    match number {
        // Stopped by max_execution_time (MySQL), by max_statement_time (MariaDB), by an administrator.
        3024 | 1969 | 1317 => (Unavailable, "took too long over the query, which was stopped".into()),
        1040 | 1203 | 1226 => (Unavailable, "has too many connections".into()),
        1044 | 1045 | 1130 | 1698 | 1862 | 4151 => (
            Refused,
            "does not let us in: are the user and the password right, and the certificate where it asks for one?"
                .into(),
        ),
        1142 | 1143 | 1227 | 1370 => (Refused, format!("knows us but says no: {}", quoted(message))),
        1792 => (Rejected, format!("is only read: {}", quoted(message))),
        1205 | 1213 | 1053 | 1129 => (Unavailable, format!("has a fault of its own (error {number})")),
        _ if state.starts_with("22") => (Rejected, CONVERSION.into()),
        _ if state.starts_with("42") => (Rejected, format!("rejects the query: {}", quoted(message))),
        _ => (Rejected, format!("rejects the query (error {number})")),
    }
}

/// By primary result code, the lower byte (sqlite.org/rescode.html).
fn sqlite(code: i32, message: &str) -> (FailureKind, String) {
    match code & 0xff {
        9 => (Unavailable, "took too long over the query, which was stopped".into()),
        5 | 6 => (Unavailable, "is locked by a program that writes".into()),
        7 | 10 | 13 | 14 => (Unavailable, "cannot be opened or read".into()),
        3 | 23 => (Refused, "may not be read".into()),
        8 => (Rejected, "is only read".into()),
        11 | 26 => (Malformed, "is no SQLite file, or a damaged one".into()),
        1 => (Rejected, format!("rejects the query: {}", quoted(message))),
        20 => (Rejected, CONVERSION.into()),
        code => (Rejected, format!("rejects the query (code {code})")),
    }
}

fn quoted(message: &str) -> String {
    let line: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_MESSAGE).collect();
    line.trim().to_owned()
}
