//! PostgreSQL: a school's student records, with TLS by an own authority.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::authority::Authority;
use crate::process::{Process, free_port};

/// A running PostgreSQL.
pub struct Postgres {
    process: Process,
    binaries: PathBuf,
    address: SocketAddr,
    authority: Authority,
}

/// Starts a PostgreSQL of its own. `None` where it is not installed.
#[must_use]
pub fn postgres() -> Option<Postgres> {
    let Some(binaries) = newest() else { return crate::missing("PostgreSQL", "postgresql") };
    // On SIGQUIT it leaves at once and, unlike on SIGKILL, gives its shared memory back.
    let mut process = Process::new("postgres", "QUIT");
    let (address, authority) = (free_port(), Authority::new());
    let identity = authority.identity(&["localhost"]);
    process.write("certificate.pem", identity.certificate.as_bytes());
    process.write("key.pem", identity.key.as_bytes());
    let program = |name: &str| binaries.join(name).display().to_string();
    let data = process.path("data");
    let initdb = ["-D", &data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--auth-local=trust"];
    process.run(&[&[program("initdb").as_str()], &initdb[..], &["--auth-host=scram-sha-256"]].concat(), "");
    let settings = [
        format!("port={}", address.port()),
        format!("unix_socket_directories={}", process.path("")),
        format!("ssl_cert_file={}", process.path("certificate.pem")),
        format!("ssl_key_file={}", process.path("key.pem")),
        "ssl=on".into(),
        "listen_addresses=127.0.0.1".into(),
        "fsync=off".into(),
    ];
    let server = program("postgres");
    let mut arguments = vec![server.as_str(), "-D", &data];
    settings.iter().for_each(|setting| arguments.extend(["-c", setting]));
    // It accepts connections before it answers queries: only its own tool knows.
    let (tool, port) = (program("pg_isready"), address.port().to_string());
    process.start(&arguments, |process| {
        let mut question = Command::new(&tool);
        question.arg("-q").arg("-h").arg(process.directory()).args(["-p", &port]).stderr(Stdio::null());
        question.status().is_ok_and(|status| status.success())
    });
    Some(Postgres { process, binaries, address, authority })
}

impl Postgres {
    /// Where it listens, with and without TLS.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authority behind its certificate, which is for `localhost` and no address; PEM.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.pem()
    }

    /// Creates a database and its owner of the same name, and returns its address, password included.
    #[must_use]
    pub fn create(&self, name: &str) -> String {
        self.sql(
            "postgres",
            &format!("create role {name} login password 'password-of-{name}';\ncreate database {name} owner {name};"),
        );
        format!("postgres://{name}:password-of-{name}@{}/{name}", self.address)
    }

    /// Runs a script in a database as the superuser, and returns what it printed.
    pub fn sql(&self, database: &str, script: &str) -> String {
        let (psql, port) = (self.binaries.join("psql").display().to_string(), self.address.port().to_string());
        let arguments = [
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "postgres",
            "-h",
            &self.process.path(""),
            "-p",
            &port,
        ];
        self.process.run(&[&[psql.as_str()], &arguments[..], &["-d", database]].concat(), script)
    }
}

/// Debian keeps each major version in a folder of its number.
fn newest() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest =
        versions.map(|entry| entry.path()).filter(|path| path.join("bin/initdb").is_file()).max_by_key(version)?;
    Some(newest.join("bin"))
}
