//! MariaDB: a school's timetable database, with TLS by an own authority.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::authority::Authority;
use crate::process::{Process, free_port, installed};

/// A running MariaDB.
pub struct MariaDb {
    process: Process,
    address: SocketAddr,
    authority: Authority,
}

/// Starts a MariaDB of its own. `None` where it is not installed.
#[must_use]
pub fn mariadb() -> Option<MariaDb> {
    if !installed("mariadbd") || !installed("mariadb-install-db") {
        return crate::missing("MariaDB", "mariadb-server");
    }
    let mut process = Process::new("mysql", "KILL");
    let (address, authority) = (free_port(), Authority::new());
    let identity = authority.identity(&["localhost"]);
    process.write("certificate.pem", identity.certificate.as_bytes());
    process.write("key.pem", identity.key.as_bytes());
    let data = format!("--datadir={}", process.path("data"));
    // In a shared one, a server that starts deletes the temporary tables of another that runs.
    let temporary = format!("--tmpdir={}", process.path(""));
    let rights = "--auth-root-authentication-method=normal";
    process.run(&["mariadb-install-db", "--no-defaults", &data, &temporary, rights, "--skip-test-db"], "");
    let arguments = [
        temporary,
        format!("--socket={}", process.path("socket")),
        format!("--pid-file={}", process.path("pid")),
        format!("--port={}", address.port()),
        format!("--ssl-cert={}", process.path("certificate.pem")),
        format!("--ssl-key={}", process.path("key.pem")),
    ];
    let mut program = vec!["mariadbd", "--no-defaults", &data, "--bind-address=127.0.0.1", "--skip-name-resolve"];
    program.extend(arguments.iter().map(String::as_str));
    process.start(&program, |process| {
        let mut question = Command::new("mariadb-admin");
        question.args(["--no-defaults", "--silent", "-uroot", "-S", &process.path("socket"), "ping"]);
        question.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    });
    Some(MariaDb { process, address, authority })
}

impl MariaDb {
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

    /// Creates a database and a user of the same name who may do anything in it, and returns its address, password included.
    #[must_use]
    pub fn create(&self, name: &str) -> String {
        self.sql(
            "mysql",
            &format!(
                "create database {name} character set utf8mb4; create user {name}@'127.0.0.1' identified by 'password-of-{name}';
                 grant all on {name}.* to {name}@'127.0.0.1';"
            ),
        );
        format!("mariadb://{name}:password-of-{name}@{}/{name}", self.address)
    }

    /// Runs a script in a database as root, and returns what it printed.
    pub fn sql(&self, database: &str, script: &str) -> String {
        let socket = self.process.path("socket");
        self.process.run(
            &[
                "mariadb",
                "--no-defaults",
                "--default-character-set=utf8mb4",
                "-N",
                "-B",
                "-uroot",
                "-S",
                &socket,
                database,
            ],
            script,
        )
    }
}
