//! `ldap`: user and password in a form of ours, proven by binding to the school's directory. For schools without single
//! sign-on; what is learned of a person is what the directory says of them at that moment.

mod connection;
mod entry;
mod message;
mod server;
mod supann;
mod who;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ldap3::Scope;
use outbound::Destination;
use serde_json::Value;
use settings::{Secret, SettingError, wrong};
use tokio::sync::Semaphore;

use self::connection::{Connection, Found};
use self::message::Entry;
use self::server::Server;
use self::who::Who;
use crate::{
    Answer, Attempt, Begun, Brake, Context, DefaultClaims, Failure, FailureKind, Login, Method, Proof, Site, Tokens,
    WayBack,
};

/// The method.
pub(crate) struct Ldap;

/// `[login]` with `method = "ldap"`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Where the directory is: `ldaps://ldap.univ.fr`, or `ldap://ldap.univ.fr` with `start_tls`. Without either it must be
    /// on this machine, and the operator must have opened loopback.
    url: String,
    /// Whether to ask the directory for TLS on the port of plain LDAP.
    #[serde(default)]
    start_tls: bool,
    /// Below what people are searched: `ou=people,dc=univ,dc=fr`.
    base: Option<String>,
    /// How one of them is found; `{user}` stands for what was typed. `(uid={user})` unless declared.
    filter: Option<String>,
    /// The account that searches and reads. Without it the search is anonymous, and each person reads their own entry.
    bind_dn: Option<String>,
    /// Its password.
    bind_password: Option<Secret>,
    /// In place of a search: how the directory names a person, `uid={user},ou=people,dc=univ,dc=fr`.
    user_dn: Option<String>,
    /// Attributes to read, which become claims of the same names; the usual ones of inetOrgPerson, eduPerson, SupAnn and
    /// Active Directory unless declared.
    #[schemars(length(min = 1, max = 100))]
    read_attributes: Option<Vec<String>>,
    /// How long a sign-in may take at the directory, `10s` unless declared, one minute at most.
    timeout: Option<String>,
}

/// Where its claims hold what, unless the school says otherwise.
const CLAIMS: DefaultClaims = DefaultClaims {
    user: ".supannEtuId // .uid",
    name: ".displayName // .cn",
    groups: ".memberOf",
    affiliation: ".eduPersonAffiliation",
};

impl Method for Ldap {
    fn name(&self) -> &'static str {
        "ldap"
    }

    fn about(&self) -> &'static str {
        "User and password in a form of ours, proven by the school's LDAP directory; for schools without single sign-on."
    }

    fn schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }

    fn default_claims(&self) -> Vec<(&'static str, DefaultClaims)> {
        vec![("", CLAIMS)]
    }

    fn login(&self, settings: Value, context: &Context) -> Result<Arc<dyn Login>, Vec<SettingError>> {
        let settings: Settings = settings::read(settings)?;
        let mut mistakes = Vec::new();
        let server = Server::parse(&settings.url, settings.start_tls).map_err(|error| mistakes.push(error)).ok();
        let who = Who::declared(&settings).map_err(|error| mistakes.push(error)).ok();
        let attributes = attributes(settings.read_attributes).map_err(|error| mistakes.push(error)).ok();
        let timeout = timeout(settings.timeout.as_deref()).map_err(|error| mistakes.push(error)).ok();
        let (Some(server), Some(who), Some(attributes), Some(timeout)) = (server, who, attributes, timeout) else {
            return Err(mistakes);
        };
        Ok(Arc::new(Directory {
            server,
            who,
            attributes,
            timeout,
            context: context.clone(),
            seats: Semaphore::new(SEATS),
            users: Brake::new(5, Duration::from_mins(5), KEYS),
            sources: Brake::new(30, Duration::from_mins(5), KEYS),
        }))
    }
}

/// Sign-ins at a directory at a time; the others wait for their turn.
const SEATS: usize = 32;

/// Users, and sources, whose wrong passwords are counted.
const KEYS: usize = 50_000;

/// A user's name, characters; a password, bytes.
const LONGEST_USER: usize = 256;
const LONGEST_PASSWORD: usize = 1024;

fn attributes(declared: Option<Vec<String>>) -> Result<Vec<String>, SettingError> {
    let Some(attributes) = declared else { return Ok(entry::USUAL.iter().map(ToString::to_string).collect()) };
    let named = |name: &String| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-;".contains(letter))
    };
    match attributes.iter().find(|name| !named(name) || name.eq_ignore_ascii_case("userPassword")) {
        Some(name) => Err(wrong(
            "read_attributes",
            format!("{name:?} is no attribute that can be read: name each, as in \"uid\""),
        )),
        None => Ok(attributes),
    }
}

fn timeout(declared: Option<&str>) -> Result<Duration, SettingError> {
    let parsed =
        declared.unwrap_or("10s").parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    parsed
        .filter(|time| (Duration::from_secs(1)..=Duration::from_mins(1)).contains(time))
        .ok_or_else(|| wrong("timeout", "write between \"1s\" and \"60s\""))
}

/// One school's directory.
struct Directory {
    server: Server,
    who: Who,
    attributes: Vec<String>,
    timeout: Duration,
    context: Context,
    seats: Semaphore,
    users: Brake,
    sources: Brake,
}

#[async_trait]
impl Login for Directory {
    fn default_claims(&self) -> DefaultClaims {
        CLAIMS
    }

    fn destinations(&self) -> Vec<Destination> {
        vec![Destination { host: self.server.host.clone(), port: self.server.port }]
    }

    fn way_back(&self) -> WayBack {
        WayBack::Form
    }

    async fn begin(&self, _site: &Site, _attempt: &Attempt, _now: Timestamp) -> Result<Begun, Failure> {
        Ok(Begun::Form)
    }

    async fn finish(&self, answer: &Answer<'_>) -> Result<Proof, Failure> {
        let field = |name: &str| answer.form.get(name).map_or("", String::as_str);
        let (user, password) = (field("user").trim(), field("password"));
        let right_size = (1..=LONGEST_USER).contains(&user.chars().count())
            // The directory takes a bind with an empty password for an anonymous one, and lets it succeed.
            && (1..=LONGEST_PASSWORD).contains(&password.len());
        if !right_size || user.chars().any(char::is_control) {
            return Err(self.server.denied());
        }
        let (person, source) = (spelling(user), answer.peer.map(network));
        self.users.try_now(&person, answer.now).map_err(|wait| self.too_many(wait))?;
        if let Some(source) = &source {
            self.sources.try_now(source, answer.now).map_err(|wait| {
                self.users.give_back(&person);
                self.too_many(wait)
            })?;
        }
        let outcome = self.in_time(self.sign_in(user, password, answer.now)).await;
        if !is_guess(&outcome) {
            self.users.give_back(&person);
            source.iter().for_each(|source| self.sources.give_back(source));
        }
        let attributes: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        let claims = entry::claims(&outcome?, &attributes, &self.server)?;
        Ok(Proof { claims, tokens: Tokens::default(), session: None, subject: None })
    }

    async fn probe(&self, _site: &Site, _now: Timestamp) -> Result<Vec<String>, Failure> {
        self.in_time(async {
            let mut connection = self.connect().await?;
            let mut found = vec![format!("{} answers, {}", self.server, self.server.security)];
            found.push(self.who.probe(&mut connection, self.timeout).await?);
            connection.close().await;
            Ok(found)
        })
        .await
    }
}

impl Directory {
    async fn sign_in(&self, user: &str, password: &str, now: Timestamp) -> Result<Entry, Failure> {
        let mut connection = self.connect().await?;
        let outcome = self.ask(&mut connection, user, password, now).await;
        connection.close().await;
        outcome
    }

    async fn ask(
        &self,
        connection: &mut Connection<'_>,
        user: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Entry, Failure> {
        let attributes: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        let found = self.who.find(connection, user, &attributes, self.timeout).await?;
        let Some(entry) = found else {
            // As long a way as with a wrong password, so that nobody learns who exists.
            connection.bind(&self.who.nobody(), password).await?;
            return Err(self.server.denied());
        };
        // By whichever of their names and spellings somebody is tried, it is one account that could be locked.
        let account = entry.dn.to_lowercase();
        self.users.try_now(&account, now).map_err(|wait| self.too_many(wait))?;
        let proven = connection.bind(&entry.dn, password).await.and_then(|outcome| self.server.proven(&outcome));
        if !is_guess(&proven) {
            self.users.give_back(&account);
        }
        proven?;
        if self.who.reads() {
            return Ok(entry);
        }
        let own = (entry.dn.as_str(), Scope::Base);
        match connection.search(own, who::anything(), &attributes, self.timeout).await? {
            Found::One(entry) => Ok(entry),
            Found::None | Found::Several => {
                Err(self.server.misconfigured("does not let people read their own entry: name an account in `bind_dn`"))
            }
        }
    }

    async fn connect(&self) -> Result<Connection<'_>, Failure> {
        Connection::open(&self.server, &self.context.outbound, &self.context.rules).await
    }

    /// Does something at the directory when there is a seat, and not for longer than is declared.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let seated = async {
            let _seat = self.seats.acquire().await;
            work.await
        };
        tokio::time::timeout(self.timeout, seated).await.unwrap_or_else(|_| {
            let message = format!("{} did not answer within {} s", self.server, self.timeout.as_secs_f64());
            Err(Failure::new(FailureKind::Unavailable, message))
        })
    }

    fn too_many(&self, wait: Duration) -> Failure {
        let message = format!("too many wrong passwords for {}: wait before the next one", self.server);
        Failure { retry_after: Some(wait), ..Failure::new(FailureKind::TooMany, message) }
    }
}

/// Whether this may have been a guess: only a right password, or a directory that could not tell, is none.
fn is_guess<T>(outcome: &Result<T, Failure>) -> bool {
    outcome.as_ref().is_err_and(|failure| matches!(failure.kind, FailureKind::Denied | FailureKind::TooMany))
}

/// A name in the one spelling that the directory, for which case and the number of spaces do not matter, makes of it.
fn spelling(user: &str) -> String {
    user.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Where somebody comes from: an IPv4 address, or the network that one IPv6 subscriber has.
fn network(peer: IpAddr) -> String {
    match peer.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => (u128::from(ip) >> 64).to_string(),
    }
}

#[cfg(test)]
mod tests;
