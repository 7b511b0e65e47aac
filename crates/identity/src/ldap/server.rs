//! A directory: where it is, how it is spoken to, and what its result codes mean to whom.

use std::fmt;

use settings::SettingError;
use url::Url;

use super::message::Outcome;
use crate::{Failure, FailureKind};

/// A directory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
}

/// How it is seen to that nobody on the way reads passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte: `ldaps`.
    Tls,
    /// TLS before anything else is said.
    StartTls,
    /// There is no way: the directory is on this machine.
    Loopback,
}

impl Server {
    /// The directory of an address.
    pub(super) fn parse(url: &str, start_tls: bool) -> Result<Self, SettingError> {
        let wrong = |message: &str| settings::wrong("url", message);
        let url = Url::parse(url).map_err(|_| wrong("this is no address: write ldaps://ldap.univ.fr"))?;
        let (security, port) = match (url.scheme(), start_tls) {
            ("ldaps", false) => (Security::Tls, 636),
            ("ldaps", true) => return Err(settings::wrong("start_tls", "ldaps:// begins with TLS already")),
            ("ldap", true) => (Security::StartTls, 389),
            ("ldap", false) => (Security::Loopback, 389),
            _ => return Err(wrong("a directory's address begins with ldaps:// or ldap://")),
        };
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        match url.host_str().filter(|host| !host.is_empty()) {
            Some(host) if bare && matches!(url.path(), "" | "/") => {
                Ok(Self { host: host.to_lowercase(), port: url.port().unwrap_or(port), security })
            }
            Some(_) => {
                Err(wrong("write no more than the host and its port: the rest has keys of its own, such as `base`"))
            }
            None => Err(wrong("the address has no host")),
        }
    }

    /// A failure that the school's staff have to mend.
    pub(super) fn misconfigured(&self, what: &str) -> Failure {
        Failure::new(FailureKind::Misconfigured, format!("{self} {what}"))
    }

    /// The same answer to whoever is unknown and whose password is wrong.
    pub(super) fn denied(&self) -> Failure {
        Failure::new(FailureKind::Denied, format!("{self} does not know this user with this password"))
    }

    /// What a person's own bind means.
    pub(super) fn proven(&self, outcome: &Outcome) -> Result<(), Failure> {
        let because = |reason| Err(Failure::new(FailureKind::Denied, format!("{self} says that {reason}")));
        if let Some(reason) = reason(outcome) {
            return because(reason);
        }
        match outcome.code {
            SUCCESS => Ok(()),
            INAPPROPRIATE | INVALID_CREDENTIALS | NO_SUCH_OBJECT | INVALID_DN => Err(self.denied()),
            CONSTRAINT => because("this account has seen too many wrong passwords: wait, or ask the school"),
            NO_RIGHT | UNWILLING => because("this account may not sign in: ask the school"),
            _ => Err(self.failed(outcome, "does not let people bind")),
        }
    }

    /// What the service account's bind means.
    pub(super) fn admitted(&self, outcome: &Outcome) -> Result<(), Failure> {
        match outcome.code {
            SUCCESS => Ok(()),
            _ => Err(self.failed(outcome, "refuses the account of `bind_dn`: check it and `bind_password`")),
        }
    }

    /// What the end of a search means.
    pub(super) fn searched(&self, outcome: &Outcome) -> Result<(), Failure> {
        let wrong = match outcome.code {
            SUCCESS => return Ok(()),
            NO_SUCH_OBJECT => "has no `base` of this name, or does not show it to who asks",
            REFERRAL => "refers to another directory for `base`: name that one in `url`",
            TOO_MANY => "finds several people for one name: make `filter` narrower",
            OPERATIONS | NO_RIGHT => "does not let who asks search: name an account in `bind_dn`",
            _ => "does not answer searches",
        };
        Err(self.failed(outcome, wrong))
    }

    fn failed(&self, outcome: &Outcome, else_wrong: &str) -> Failure {
        match outcome.code {
            TIME_LIMIT | ADMIN_LIMIT | BUSY | UNAVAILABLE | OTHER => Failure::new(
                FailureKind::Unavailable,
                format!("{self} is too busy to answer (result {})", outcome.code),
            ),
            STRONGER | CONFIDENTIALITY => self.misconfigured("wants TLS: write ldaps:// or start_tls = true"),
            code => self.misconfigured(&format!("{else_wrong} (result {code})")),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.port, self.security) {
            (636, Security::Tls) | (389, Security::StartTls | Security::Loopback) => f.write_str(&self.host),
            (port, _) => write!(f, "{}:{port}", self.host),
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "over TLS, with a certificate that is trusted",
            Self::StartTls => "over TLS after StartTLS, with a certificate that is trusted",
            Self::Loopback => "on this machine, without TLS",
        })
    }
}

/// What the person can do something about, as the password policy's control has it, or Active Directory's words: those end
/// in `data 775`, a number of Windows.
fn reason(outcome: &Outcome) -> Option<&'static str> {
    const LOCKED: &str = "this account is locked: wait, or ask the school";
    const TOO_OLD: &str = "this password is too old: change it at the school first";
    const OVER: &str = "this account is over or closed: ask the school";
    match outcome.policy {
        Some(0 | 2) => return Some(TOO_OLD),
        Some(1) => return Some(LOCKED),
        _ => {}
    }
    let (_, data) = outcome.words.split_once(", data ").filter(|_| outcome.code == INVALID_CREDENTIALS)?;
    match data.split([',', ' ']).next()? {
        "532" | "773" => Some(TOO_OLD),
        "533" | "701" => Some(OVER),
        "775" => Some(LOCKED),
        "530" | "531" => Some("this account may not sign in at this time or from here: ask the school"),
        _ => None,
    }
}

const SUCCESS: u32 = 0;
const OPERATIONS: u32 = 1;
const TIME_LIMIT: u32 = 3;
const TOO_MANY: u32 = 4;
const STRONGER: u32 = 8;
const REFERRAL: u32 = 10;
const ADMIN_LIMIT: u32 = 11;
const CONFIDENTIALITY: u32 = 13;
const CONSTRAINT: u32 = 19;
const NO_SUCH_OBJECT: u32 = 32;
const INVALID_DN: u32 = 34;
const INAPPROPRIATE: u32 = 48;
const INVALID_CREDENTIALS: u32 = 49;
const NO_RIGHT: u32 = 50;
const BUSY: u32 = 51;
const UNAVAILABLE: u32 = 52;
const UNWILLING: u32 = 53;
const OTHER: u32 = 80;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server::parse("ldaps://ldap.univ.fr", false).unwrap()
    }

    fn outcome(code: u32, words: &str, policy: Option<u32>) -> Outcome {
        Outcome { code, words: words.to_owned(), policy }
    }

    #[test]
    fn reads_addresses_and_says_what_is_wrong_with_them() {
        for (url, start_tls, host, port, security) in [
            ("ldaps://LDAP.univ.fr", false, "ldap.univ.fr", 636, Security::Tls),
            ("ldap://ldap.univ.fr:3890/", true, "ldap.univ.fr", 3890, Security::StartTls),
            ("ldap://[::1]", false, "[::1]", 389, Security::Loopback),
        ] {
            let expected = Server { host: host.to_owned(), port, security };
            assert_eq!(Server::parse(url, start_tls).unwrap(), expected);
        }
        for (url, start_tls, key) in [
            ("ldap.univ.fr", false, "url"),
            ("https://ldap.univ.fr", false, "url"),
            ("ldapi:///run/slapd", false, "url"),
            ("ldaps://a:b@ldap.univ.fr", false, "url"),
            ("ldaps://ldap.univ.fr/dc=univ,dc=fr", false, "url"),
            ("ldaps://", false, "url"),
            ("ldaps://ldap.univ.fr", true, "start_tls"),
        ] {
            assert_eq!(Server::parse(url, start_tls).unwrap_err().key, key, "{url}");
        }
    }

    #[test]
    fn tells_a_person_what_they_can_do_and_nothing_else() {
        for (outcome, word) in [
            (outcome(49, "", None), "does not know"),
            (outcome(32, "", None), "does not know"),
            (outcome(49, "80090308: LdapErr: DSID-0C09044E, comment: x error, data 52e, v2580", None), "does not know"),
            (outcome(49, "80090308: LdapErr: DSID-0C09044E, comment: x error, data 775, v2580", None), "locked"),
            (outcome(49, "80090308: LdapErr: DSID-0C09044E, comment: x error, data 532, v2580", None), "too old"),
            (outcome(49, "", Some(1)), "locked"),
            (outcome(0, "", Some(2)), "too old"),
            (outcome(53, "mark", None), "may not sign in"),
        ] {
            let failure = server().proven(&outcome).unwrap_err();
            assert!(failure.kind == FailureKind::Denied && failure.message.contains(word), "{failure}");
            assert!(!failure.message.contains("mark"));
        }
        assert_eq!(server().proven(&outcome(0, "", None)), Ok(()));
        assert_eq!(server().proven(&outcome(51, "", None)).unwrap_err().kind, FailureKind::Unavailable);
    }

    #[test]
    fn tells_staff_what_to_change() {
        for (code, word) in [(32, "`base`"), (10, "`url`"), (4, "`filter`"), (50, "`bind_dn`"), (13, "ldaps://")] {
            let failure = server().searched(&outcome(code, "mark", None)).unwrap_err();
            assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains(word), "{failure}");
        }
        let failure = server().admitted(&outcome(49, "mark", None)).unwrap_err();
        assert!(failure.kind == FailureKind::Misconfigured && failure.message.contains("`bind_password`"), "{failure}");
    }
}
