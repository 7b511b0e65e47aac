//! What can be wrong with a journal's database, told to whoever can mend it.

use std::fmt::Display;
use std::io::ErrorKind;

use sqlx::Error;

use crate::Failure;

pub(super) enum Trouble {
    Sql(Error),
    /// It took longer than it may.
    Slow,
    /// Said already, but for the database's name.
    Said(String),
}

impl Trouble {
    /// The failure of a database of this name. Details of the server's messages may quote values, so they stay out.
    pub(super) fn at(self, site: &str) -> Failure {
        let told = match self {
            Self::Said(told) => told,
            Self::Slow => {
                "does not answer in time: see that its machine and the network are well, and what holds it up (pg_stat_activity, iostat)".to_owned()
            }
            Self::Sql(Error::Database(error)) => {
                let code = error.code().unwrap_or_default().into_owned();
                format!("{} (SQLSTATE {code}: {})", mend(&code), error.message())
            }
            // What TLS refuses comes as data that are not valid.
            Self::Sql(Error::Io(error)) if error.kind() == ErrorKind::InvalidData => no_tls(&error),
            Self::Sql(Error::Tls(error)) => no_tls(&error),
            Self::Sql(Error::Io(error)) => {
                format!("cannot be talked to ({error}): see that PostgreSQL runs there (systemctl status postgresql) and that the network lets us through")
            }
            Self::Sql(error) => format!("cannot be asked: {error}"),
        };
        Failure::Unavailable(format!("the database at {site} {told}"))
    }
}

fn no_tls(error: &impl Display) -> String {
    format!("offers no TLS that can be trusted ({error}): see its certificate, its host name and our authorities")
}

/// By SQLSTATE (PostgreSQL manual, appendix A).
fn mend(code: &str) -> &'static str {
    match code {
        "08006" | "08001" | "08004" => "cannot reach the other one: see that network, TLS and password let it through",
        "57014" | "55P03" | "25P03" => "took too long: see what holds it up (pg_stat_activity, iostat)",
        "57P01" | "57P02" | "57P03" => "is starting or stopping: wait, or see its log",
        "53100" => "is on a full disk: make room and write again; nothing that was acknowledged is lost",
        "53300" => "has too many connections: raise max_connections, or end what holds them",
        "25006" => "is only read: this is a standby, name the primary",
        "3D000" | "3F000" | "42P01" | "42883" => "is not set up for this cell: run `preau cell init` there",
        "42501" => {
            "does not let this user do that: `preau cell` needs a superuser, and what it gave the application's user is gone"
        }
        _ if code.starts_with("28") => {
            "does not let us in: see user, password and pg_hba.conf, and whether `preau cell init` was run there"
        }
        _ => "refuses: see its log",
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}
