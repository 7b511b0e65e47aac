//! django-cas-server: a school's CAS server, from PyPI, with the REST protocol beside it.

use std::net::{SocketAddr, TcpStream};

use crate::authority::Authority;
use crate::process::{Process, free_port};

/// Where `cargo xtask test` installs what comes from PyPI.
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/testbed/python/bin/python");
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/django_cas.py");

/// A running CAS server. It knows `adupont` (a student, with groups) and `bmartin` (a teacher, with none), whose password
/// is `demo`, and has services declared below `/api/` of this machine's names and addresses.
pub struct DjangoCas {
    _process: Process,
    address: SocketAddr,
    authority: Authority,
}

/// Starts a CAS server of its own. `None` where it is not installed.
#[must_use]
pub fn django_cas() -> Option<DjangoCas> {
    django_cas_of("")
}

/// Starts one that knows these persons in place of its own: in JSON, attributes by their login.
#[must_use]
pub fn django_cas_of(people: &str) -> Option<DjangoCas> {
    if !std::path::Path::new(PYTHON).is_file() {
        return crate::not_fetched("django-cas-server");
    }
    // As whoever runs the tests: a server's user may not see the repository.
    let mut process = Process::new("root", "KILL");
    let (address, authority) = (free_port(), Authority::new());
    process.write("authority.pem", authority.pem().as_bytes());
    let (port, authority_file, file) =
        (address.port().to_string(), process.path("authority.pem"), process.path("people.json"));
    let mut arguments = vec![PYTHON, PROGRAM, &port, &authority_file];
    if !people.is_empty() {
        process.write("people.json", people.as_bytes());
        arguments.push(&file);
    }
    process.start(&arguments, |_| TcpStream::connect(address).is_ok());
    Some(DjangoCas { _process: process, address, authority })
}

impl DjangoCas {
    /// Its address, up to and without `/login`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/cas", self.address)
    }

    /// The authority that it trusts where it leaves proxy-granting tickets.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}
