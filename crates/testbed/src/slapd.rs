//! OpenLDAP: a school's directory with eduPerson and a part of SupAnn, over LDAPS and StartTLS, by an own authority.

use std::net::{SocketAddr, TcpStream};

use crate::authority::Authority;
use crate::process::{Process, free_port, installed};

/// A student with two enrolments, a teacher, a locked account and a homonym, below `ou=people`; passwords `demo`.
pub const PEOPLE: &str = include_str!("slapd/people.ldif");

/// A running directory.
pub struct Slapd {
    process: Process,
    plain: SocketAddr,
    tls: SocketAddr,
    authority: Authority,
}

/// Starts a directory of these entries (LDIF, such as [`PEOPLE`]), below [`Slapd::BASE`] and `ou=people` there. `None`
/// where it is not installed.
#[must_use]
pub fn slapd(entries: &str) -> Option<Slapd> {
    if !installed("slapd") {
        return crate::missing("OpenLDAP", "slapd");
    }
    let mut process = Process::new("openldap", "INT");
    let (plain, tls, authority) = (free_port(), free_port(), Authority::new());
    let identity = authority.identity(&["localhost"]);
    process.write("certificate.pem", identity.certificate.as_bytes());
    process.write("key.pem", identity.key.as_bytes());
    process.write("school.schema", include_bytes!("slapd/school.schema"));
    process.write("slapd.conf", include_str!("slapd/slapd.conf").replace("DIRECTORY", &process.path("")).as_bytes());
    process.write("entries.ldif", format!("{}\n{entries}", include_str!("slapd/school.ldif")).as_bytes());
    process.folder("data");
    let (configuration, entries) = (process.path("slapd.conf"), process.path("entries.ldif"));
    process.run(&["slapadd", "-q", "-f", &configuration, "-l", &entries], "");
    let addresses = format!("ldap://{plain} ldaps://{tls}");
    process.start(&["slapd", "-d", "stats", "-f", &configuration, "-h", &addresses], |_| {
        TcpStream::connect(plain).is_ok() && TcpStream::connect(tls).is_ok()
    });
    Some(Slapd { process, plain, tls, authority })
}

impl Slapd {
    /// Where entries are.
    pub const BASE: &str = "dc=univ-demo,dc=fr";
    /// The account that may search and read all but passwords. Nobody searches without having bound.
    pub const READER: &str = "cn=reader,dc=univ-demo,dc=fr";
    /// Its password.
    pub const READER_PASSWORD: &str = "password-of-reader";

    /// Where it speaks plain LDAP, and TLS after StartTLS.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.plain
    }

    /// Where it speaks TLS from the beginning.
    #[must_use]
    pub fn tls_address(&self) -> SocketAddr {
        self.tls
    }

    /// The authority behind its certificate, which is for `localhost` and no address; PEM.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.pem()
    }

    /// Requests to bind as a DN that contains `part`, since it started.
    #[must_use]
    pub fn binds(&self, part: &str) -> usize {
        self.log()
            .lines()
            .filter(|line| line.contains(" BIND dn=") && line.contains("method=") && line.contains(part))
            .count()
    }

    /// What it logged: a line per request, written before it answers.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.process.directory().join("output")).expect("a log")
    }
}
