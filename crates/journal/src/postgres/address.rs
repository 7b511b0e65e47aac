//! Where a cell's database is, from its URL. The password of an address is never shown.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

/// The authorities that Debian's `ca-certificates` keeps, which PostgreSQL does not look for by itself.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A database, its user and how they are reached: TLS with a verified certificate, or this machine.
#[derive(Clone)]
pub struct Address {
    host: String,
    port: u16,
    user: String,
    password: String,
    database: String,
    tls: bool,
    /// A file of authorities on the machine of whatever *server* connects there.
    authorities: String,
    /// Authorities that this process trusts, PEM.
    trusted: Vec<u8>,
}

impl Address {
    /// Reads `postgres://user:password@host:port/database`. The host may be a socket's folder
    /// (`%2Fvar%2Frun%2Fpostgresql`). `?sslrootcert=PATH` names the authorities that a database server trusts when it
    /// is the one to connect; without it, those of its machine. `trusted` are those that this process trusts, PEM.
    ///
    /// # Errors
    /// What is wrong, without a word of the URL: it is a secret.
    pub fn parse(text: &str, trusted: Vec<u8>) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("this is no address: {error}"))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err("an address of PostgreSQL begins with postgres://".to_owned());
        }
        let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
            Ok(text) if !text.contains('\0') => Ok(text.into_owned()),
            _ => Err("a percent-encoded part of the address is not UTF-8 text".to_owned()),
        };
        let host = decoded(url.host_str().unwrap_or_default().trim_matches(['[', ']']))?;
        let (user, database) = (decoded(url.username())?, decoded(url.path().trim_start_matches('/'))?);
        if host.is_empty() || user.is_empty() || database.is_empty() {
            return Err("the address lacks its host, its user or its database".to_owned());
        }
        let here = host.starts_with('/')
            || host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let (mut tls, mut authorities) = (!here, AUTHORITIES.to_owned());
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("sslmode", "verify-full") => tls = true,
                ("sslmode", _) if !here => {
                    return Err("to another machine, TLS with a verified certificate is needed: leave `sslmode` out, or write verify-full".to_owned());
                }
                ("sslmode", "disable" | "prefer") => tls = false,
                ("sslrootcert", path) if path.starts_with('/') => authorities = path.to_owned(),
                _ => {
                    return Err(
                        "of options, the address takes sslmode=verify-full and sslrootcert=/PATH only".to_owned()
                    );
                }
            }
        }
        let (port, password) = (url.port().unwrap_or(5432), decoded(url.password().unwrap_or_default())?);
        Ok(Self { host, port, user, password, database, tls, authorities, trusted })
    }

    /// What messages call it.
    #[must_use]
    pub fn site(&self) -> String {
        format!("{}:{}/{}", self.host, self.port, self.database)
    }

    /// The same server and user, another database.
    pub(super) fn at(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    pub(super) fn user(&self) -> &str {
        &self.user
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    pub(super) fn database(&self) -> &str {
        &self.database
    }

    pub(super) fn tls(&self) -> bool {
        self.tls
    }

    /// For the driver. Its defaults come from PG… variables of the environment: each that matters is set.
    pub(super) fn options(&self, settings: &[(&str, &str)]) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&self.host)
            .port(self.port)
            .username(&self.user)
            .password(&self.password)
            .database(&self.database)
            .application_name("preau")
            .ssl_mode(if self.tls { PgSslMode::VerifyFull } else { PgSslMode::Disable })
            .ssl_root_cert_from_pem(self.trusted.clone())
            .options(settings.iter().copied())
            .disable_statement_logging();
        if self.host.starts_with('/') { options.socket(&self.host) } else { options }
    }

    /// For a database server that connects there (libpq), under a name; it notices a dead peer within seconds.
    pub(super) fn conninfo(&self, name: &str) -> String {
        let port = self.port.to_string();
        let mut parts = vec![
            ("host", self.host.as_str()),
            ("port", &port),
            ("user", &self.user),
            ("password", &self.password),
            ("dbname", &self.database),
            ("application_name", name),
            ("connect_timeout", "5"),
            ("keepalives_idle", "5"),
            ("keepalives_interval", "2"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "5000"),
        ];
        if self.tls {
            parts.extend([("sslmode", "verify-full"), ("sslrootcert", self.authorities.as_str())]);
        } else {
            parts.push(("sslmode", "disable"));
        }
        let quoted = |text: &str| text.replace('\\', r"\\").replace('\'', r"\'");
        parts.iter().map(|(key, value)| format!("{key}='{}'", quoted(value))).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.site())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, String> {
        Address::parse(text, Vec::new())
    }

    #[test]
    fn another_machine_is_reached_by_verified_tls_only() {
        for url in ["postgres://u:p@db.univ.fr/d", "postgres://u@10.0.0.1/d?sslmode=verify-full"] {
            assert!(parse(url).unwrap().tls, "{url}");
        }
        for url in ["postgres://u@127.0.0.1/d", "postgres://u@[::1]:5433/d", "postgres://u@%2Fvar%2Frun%2Fpostgresql/d"]
        {
            assert!(!parse(url).unwrap().tls, "{url}");
        }
        for mode in ["disable", "prefer", "require", "verify-ca"] {
            assert!(parse(&format!("postgres://u@10.0.0.1/d?sslmode={mode}")).unwrap_err().contains("verify-full"));
        }
    }

    #[test]
    fn a_password_is_given_to_the_server_and_shown_to_nobody() {
        let address = parse("postgres://u:it%27s%5Chidden@db.univ.fr/d").unwrap();
        assert!(address.conninfo("preau_dc1").contains(r"password='it\'s\\hidden'"));
        assert!(!format!("{address:?} {}", address.site()).contains("hidden"));
        for url in [
            "hidden",
            "mysql://u:hidden@h/d",
            "postgres://u:hidden@/d",
            "postgres://u:hidden@h",
            "postgres://u:p@h/d?hidden=1",
        ] {
            assert!(!parse(url).unwrap_err().contains("hidden"));
        }
    }
}
