//! Where a database is, from its URL, and how it may be reached.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use outbound::{Destination, Failure, FailureKind};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::failure::Fault;
use crate::{Context, Secret, SettingError};

/// What the setting `url` says.
pub(super) enum Address {
    Server(Server),
    /// A SQLite file, as written.
    File(PathBuf),
}

pub(super) struct Server {
    pub(super) product: Product,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: Secret,
    pub(super) database: String,
    pub(super) tls: Tls,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    Postgres,
    /// And MariaDB.
    MySql,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    /// Loopback only.
    Off,
    /// Where the server offers it, unverified: loopback only.
    Preferred,
    /// By a certificate of the host's name and of a trusted authority.
    Verified,
}

impl Address {
    /// Reads the URL, whose text is a secret and never part of an error.
    pub(super) fn parse(text: &str) -> Result<Self, SettingError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return file(path.strip_prefix("//").unwrap_or(path));
        }
        let url = Url::parse(text).map_err(|error| wrong(format!("this is no address: {error}")))?;
        let (product, port) = match url.scheme() {
            "postgres" | "postgresql" => (Product::Postgres, 5432),
            "mysql" | "mariadb" => (Product::MySql, 3306),
            other => return Err(wrong(format!("`{other}:` is none of postgres:, mysql:, mariadb: and sqlite:"))),
        };
        let (host, loopback) = match url.host() {
            Some(Host::Domain("")) | None => return Err(wrong("the address has no host")),
            // The `url` crate leaves hosts of other schemes than the web's as they are written, addresses included.
            Some(Host::Domain(name)) => match name.parse::<Ipv4Addr>() {
                Ok(ip) => (ip.to_string(), ip.is_loopback()),
                Err(_) => (decoded(name)?, name.eq_ignore_ascii_case("localhost")),
            },
            Some(Host::Ipv4(ip)) => (ip.to_string(), ip.is_loopback()),
            Some(Host::Ipv6(ip)) => (ip.to_string(), ip.is_loopback()),
        };
        let database = decoded(url.path().trim_start_matches('/'))?;
        if url.username().is_empty() || database.is_empty() {
            return Err(wrong("the address lacks its user or its database"));
        }
        Ok(Self::Server(Server {
            product,
            host,
            port: url.port().unwrap_or(port),
            user: decoded(url.username())?,
            password: Secret::new(decoded(url.password().unwrap_or_default())?),
            database,
            tls: tls(&url, loopback)?,
        }))
    }
}

impl Server {
    pub(super) fn destination(&self) -> Destination {
        Destination { host: self.host.clone(), port: self.port }
    }

    /// What messages call it.
    pub(super) fn site(&self) -> String {
        match (self.product, self.port) {
            (Product::Postgres, 5432) | (Product::MySql, 3306) => self.host.clone(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }
}

/// The way to one server, under the rules of its campus.
pub(super) struct Door {
    pub(super) server: Server,
    /// Authorities, PEM.
    pub(super) trust: Vec<u8>,
    pub(super) context: Context,
}

impl Door {
    /// The certificate and the key by which the server knows us, PEM.
    pub(super) fn identity(&self) -> Option<(&str, &str)> {
        let settings = self.context.rules.tls.as_ref()?.settings();
        settings.certificate.as_deref().zip(settings.key.as_deref())
    }

    /// Connects, once the rules allow it, to the first address that takes a connection.
    pub(super) async fn open<C, F>(&self, connect: impl Fn(&str) -> F) -> Result<C, Fault>
    where
        F: Future<Output = Result<C, sqlx::Error>>,
    {
        let mut outcome = Err(Fault::Other(FailureKind::Rejected, "is not on this machine: it needs TLS".into()));
        for host in self.hosts().await? {
            outcome = connect(&host).await.map_err(Fault::from);
            if !matches!(outcome, Err(Fault::Driver(sqlx::Error::Io(_)))) {
                break;
            }
        }
        outcome
    }

    /// What the driver shall connect to: the addresses that were checked, or the host's name where the certificate has
    /// to prove it (the driver takes one text for both).
    async fn hosts(&self) -> Result<Vec<String>, Failure> {
        let Server { host, port, tls, .. } = &self.server;
        let addresses = self.context.outbound.resolve(host, *port, &self.context.rules).await?;
        Ok(match tls {
            Tls::Verified => vec![host.clone()],
            Tls::Off | Tls::Preferred => {
                let loopback = addresses.iter().map(SocketAddr::ip).filter(IpAddr::is_loopback);
                loopback.map(|ip| ip.to_string()).collect()
            }
        })
    }
}

/// `sslmode` of PostgreSQL and `ssl-mode` of MySQL, the only option that is taken. A demand for TLS always means a
/// verified certificate, also where the product itself would be content with less.
fn tls(url: &Url, loopback: bool) -> Result<Tls, SettingError> {
    let mut tls = if loopback { Tls::Preferred } else { Tls::Verified };
    for (key, value) in url.query_pairs() {
        tls = match (key.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().replace('_', "-").as_str()) {
            ("sslmode" | "ssl-mode", "require" | "required" | "verify-ca" | "verify-full" | "verify-identity") => {
                Tls::Verified
            }
            ("sslmode" | "ssl-mode", "disable" | "disabled") if loopback => Tls::Off,
            ("sslmode" | "ssl-mode", "prefer" | "preferred") if loopback => Tls::Preferred,
            ("sslmode" | "ssl-mode", _) => {
                let help =
                    "leave it out: the certificate is verified, by the machine's authorities and by those of `ca`";
                let error = wrong("TLS with a verified certificate is needed to any host but loopback");
                return Err(SettingError { help: Some(help.into()), ..error });
            }
            _ => return Err(wrong("the address has options; `sslmode` is the only one that is taken")),
        };
    }
    Ok(tls)
}

fn file(path: &str) -> Result<Address, SettingError> {
    if path.is_empty() || path.contains(['?', '\0']) {
        return Err(wrong("a SQLite address is `sqlite:` and the path of a file, without options"));
    }
    Ok(Address::File(path.into()))
}

fn decoded(text: &str) -> Result<String, SettingError> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| wrong("a percent-encoded part of the address is not UTF-8"))
}

fn wrong(message: impl Into<String>) -> SettingError {
    settings::wrong("url", message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        match Address::parse(url) {
            Ok(Address::Server(server)) => server,
            Ok(Address::File(_)) => panic!("a file"),
            Err(error) => panic!("{}", error.message),
        }
    }

    #[test]
    fn reads_each_part_decoded() {
        let server = server("postgres://us%40er:p%2Fw@db.univ.fr:5433/re%20cords");
        assert_eq!(
            (server.user.as_str(), server.password.expose(), server.database.as_str()),
            ("us@er", "p/w", "re cords")
        );
        assert_eq!(server.site(), "db.univ.fr:5433");
    }

    #[test]
    fn verifies_certificates_of_all_hosts_but_loopback() {
        for url in [
            "postgres://u@db.univ.fr/d",
            "mysql://u@10.0.0.1/d?ssl-mode=REQUIRED",
            "postgres://u@localhost/d?sslmode=require",
        ] {
            assert!(server(url).tls == Tls::Verified, "{url}");
        }
        for url in ["postgres://u@localhost/d", "mysql://u@127.0.0.1/d", "postgres://u@[::1]/d?sslmode=prefer"] {
            assert!(server(url).tls == Tls::Preferred, "{url}");
        }
        assert!(server("mysql://u@127.0.0.1/d?ssl-mode=DISABLED").tls == Tls::Off);
    }

    #[test]
    fn refuses_what_it_does_not_know_without_repeating_it() {
        for url in [
            "hidden",
            "oracle://u:hidden@h/d",
            "postgres://u:hidden@/d",
            "postgres://u:hidden@h",
            "postgres://h/hidden",
            "postgres://u:hidden@h/d?sslmode=disable",
            "postgres://u:hidden@h/d?sslmode=prefer",
            "postgres://u:hidden@h/d?host=/var/run",
            "mysql://u:%ff@h/d",
            "sqlite:",
            "sqlite:hidden.db?mode=rwc",
        ] {
            let error = Address::parse(url).err().unwrap();
            assert!(!error.message.contains("hidden"), "{}", error.message);
        }
    }
}
