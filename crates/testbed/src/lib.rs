//! Real servers for tests, development only: Debian's own packages on free loopback ports, each in its own directory,
//! and gone with the test that started them, however it ends.

#![allow(clippy::expect_used, reason = "a test server that does not start is a failed test")]

mod authority;
mod chromium;
mod cut_off;
mod django_cas;
mod icalendar;
mod lemonldap;
mod mariadb;
mod nginx;
mod observed;
mod oidc_provider;
mod postgres;
mod process;
mod raw;
mod reader;
mod simplesamlphp;
mod slapd;
pub mod soak;
mod sshd;
mod unreliable;
mod xmlsec;

pub use authority::{Authority, Identity, rsa};
pub use chromium::{Chromium, chromium};
pub use cut_off::CutOff;
pub use django_cas::{DjangoCas, django_cas, django_cas_of};
pub use icalendar::{expand_rules, read_calendar};
pub use lemonldap::{Applications, LemonLdap, lemonldap};
pub use mariadb::{MariaDb, mariadb};
pub use nginx::{FAULTS, Nginx, nginx, nginx_with};
pub use observed::{Observed, Sample};
pub use oidc_provider::{OidcProvider, oidc_provider};
pub use postgres::{Postgres, postgres, postgres_installed, postgres_with};
pub use process::free_port;
pub use raw::{Raw, raw};
pub use reader::{Answer, Connection};
pub use simplesamlphp::{SimpleSamlPhp, simplesamlphp};
pub use slapd::{PEOPLE, Slapd, slapd};
pub use sshd::{Sshd, sshd};
pub use unreliable::Unreliable;
pub use xmlsec::{XmlSec, xmlsec};

/// Debian packages behind these servers, for whoever installs them.
pub const PACKAGES: &[&str] = &[
    "nginx-light",
    "postgresql",
    "mariadb-server",
    "slapd",
    "lemonldap-ng",
    "liblemonldap-ng-portal-perl",
    "libplack-perl",
    "starman",
    "liblasso-perl",
    "libnet-ldap-perl",
    "libunicode-string-perl",
    "libio-socket-timeout-perl",
    "libgd-securityimage-perl",
    "libcrypt-openssl-bignum-perl",
    "libconvert-base32-perl",
    "libipc-run-perl",
    "libimage-magick-perl",
    "libxml-simple-perl",
    "libstring-random-perl",
    "npm",
    "chromium",
    "chromium-driver",
    "simplesamlphp",
    "php-cli",
    "php-xml",
    "xmlsec1",
    "faketime",
    "openssh-server",
];

/// The server, or the end of the test where its package is not installed.
///
/// ```no_run
/// # fn test() {
/// let website = testbed::need!(testbed::nginx(testbed::FAULTS));
/// # }
/// ```
#[macro_export]
macro_rules! need {
    ($server:expr) => {
        match $server {
            Some(server) => server,
            None => return,
        }
    };
}

/// Says that a program is missing.
///
/// # Panics
/// Where the environment has `CI`: there, a test that does not run is a failure.
fn missing<T>(program: &str, package: &str) -> Option<T> {
    skipped(&format!("skipped: {program} is not installed (apt-get install {package})"))
}

/// Says that something is missing which comes from PyPI or npm, below `target/testbed`.
///
/// # Panics
/// As above.
fn not_fetched<T>(program: &str) -> Option<T> {
    skipped(&format!("skipped: {program} is not installed (cargo xtask test installs it)"))
}

fn skipped<T>(line: &str) -> Option<T> {
    assert!(std::env::var_os("CI").is_none(), "{line}");
    eprintln!("{line}");
    None
}
