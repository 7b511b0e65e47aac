//! MySQL and MariaDB: rows from the binary protocol, numbers and days as the server stores them.

mod value;

use std::time::Duration;

use outbound::Destination;
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{Arguments, ConnectOptions};

use self::value::{size, value};
use super::address::{Door, Server, Tls};
use super::answer::{Answer, rows};
use super::failure::Fault;
use super::pool::{Engine, Question};
use super::statement::{Bound, Dialect, trusted};

pub(super) struct MySql {
    pub(super) door: Door,
}

impl Engine for MySql {
    const DIALECT: Dialect = Dialect::MySql;

    type Connection = MySqlConnection;

    fn site(&self) -> String {
        self.door.server.site()
    }

    fn destination(&self) -> Option<Destination> {
        Some(self.door.server.destination())
    }

    async fn connect(&self) -> Result<MySqlConnection, Fault> {
        let Server { port, user, password, database, tls, .. } = &self.door.server;
        // `||` keeps the meaning that the school's server gives it. Times are those of UTC, which the driver sets.
        let mut options = MySqlConnectOptions::new()
            .port(*port)
            .username(user)
            .password(password.expose())
            .database(database)
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .ssl_mode(match tls {
                Tls::Off => MySqlSslMode::Disabled,
                Tls::Preferred => MySqlSslMode::Preferred,
                Tls::Verified => MySqlSslMode::VerifyIdentity,
            })
            .ssl_ca_from_pem(self.door.trust.clone())
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

    /// The limit of time has another name in MariaDB (seconds) than in MySQL (milliseconds): each takes the comment that
    /// is meant for it. One row more than allowed shows that there are more.
    async fn begin(&self, connection: &mut MySqlConnection, question: &Question, time: Duration) -> Result<(), Fault> {
        let begin = format!(
            "set session sql_select_limit = {} /*M!100101 , max_statement_time = {} */ /*!50708 , max_execution_time = {} */; \
             start transaction read only",
            question.max_rows.saturating_add(1),
            time.as_secs_f64(),
            time.as_millis(),
        );
        sqlx::raw_sql(trusted(begin)).execute(connection).await?;
        Ok(())
    }

    async fn ask(
        &self,
        connection: &mut MySqlConnection,
        question: &Question,
        values: &[Bound<'_>],
    ) -> Result<Answer, Fault> {
        let mut arguments = MySqlArguments::default();
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
