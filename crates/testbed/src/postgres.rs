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
    postgres_with(&[])
}

/// Starts one with more settings, such as `wal_level=logical`; those of the same name as its own win (`fsync=on`).
#[must_use]
pub fn postgres_with(settings: &[&str]) -> Option<Postgres> {
    let Some(binaries) = newest() else { return crate::missing("PostgreSQL", "postgresql") };
    // On SIGQUIT it leaves at once and, unlike on SIGKILL, gives its shared memory back.
    let process = Process::new("postgres", "QUIT");
    let (address, authority) = (free_port(), Authority::new());
    let identity = authority.identity(&["localhost"]);
    process.write("certificate.pem", identity.certificate.as_bytes());
    process.write("key.pem", identity.key.as_bytes());
    let mut server = Postgres { process, binaries, address, authority };
    server.initialise();
    let own = [
        format!("port={}", address.port()),
        format!("unix_socket_directories={}", server.process.path("")),
        format!("ssl_cert_file={}", server.process.path("certificate.pem")),
        format!("ssl_key_file={}", server.process.path("key.pem")),
        "ssl=on".into(),
        "listen_addresses=127.0.0.1".into(),
        "fsync=off".into(),
    ];
    let (program, data) = (server.program("postgres"), server.process.path("data"));
    // A subscription's connection looks for a certificate at home, which is not that of who runs the tests.
    let home = format!("HOME={}", server.process.path(""));
    let mut arguments = vec!["env", &home, &program, "-D", &data];
    own.iter().map(String::as_str).chain(settings.iter().copied()).for_each(|set| arguments.extend(["-c", set]));
    let ready = server.ready();
    server.process.start(&arguments, ready);
    Some(server)
}

/// Whether it is installed, for a test that has it started by what it tests. `None` where it is not.
#[must_use]
pub fn postgres_installed() -> Option<()> {
    newest().map(drop).or_else(|| crate::missing("PostgreSQL", "postgresql"))
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

    /// The address of a database for the superuser, who comes by the server's socket.
    #[must_use]
    pub fn superuser(&self, database: &str) -> String {
        let socket = self.process.path("").replace('/', "%2F");
        format!("postgres://postgres@{socket}:{}/{database}", self.address.port())
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
        let (psql, port) = (self.program("psql"), self.address.port().to_string());
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

    /// Ends all its processes at once with SIGKILL, as a power cut would.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.process.pause();
    }

    /// Starts it again after [`Self::kill`], at the same address with the same data.
    pub fn start(&mut self) {
        let ready = self.ready();
        self.process.resume(ready);
    }

    /// Stops all its processes where they are: its connections stay open and silent.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Copies its disk as it is at one moment, for [`Self::restore`].
    pub fn snapshot(&self) {
        self.freeze();
        self.process.run(&["cp", "-a", "--reflink=auto", "data", "snapshot"], "");
        self.thaw();
    }

    /// Puts its disk back to the snapshot, after [`Self::kill`].
    pub fn restore(&self) {
        self.process.run(&["rm", "-r", "data"], "");
        self.process.run(&["mv", "snapshot", "data"], "");
    }

    /// Gives it an empty disk, after [`Self::kill`].
    pub fn wipe(&self) {
        self.process.run(&["rm", "-r", "data"], "");
        self.initialise();
    }

    fn initialise(&self) {
        let (initdb, data) = (self.program("initdb"), self.process.path("data"));
        let arguments = ["-D", &data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        // Small segments of its log make tests of their limits small.
        let rest = ["--auth-local=trust", "--auth-host=scram-sha-256", "--wal-segsize=1"];
        self.process.run(&[&[initdb.as_str()], &arguments[..], &rest].concat(), "");
    }

    /// It accepts connections before it answers queries: only its own tool knows.
    fn ready(&self) -> impl Fn(&Process) -> bool + use<> {
        let (tool, port) = (self.program("pg_isready"), self.address.port().to_string());
        move |process| {
            let mut question = Command::new(&tool);
            question.arg("-q").arg("-h").arg(process.directory()).args(["-p", &port]).stderr(Stdio::null());
            question.status().is_ok_and(|status| status.success())
        }
    }

    /// Sends a signal to the server and all its processes, each of which leads a group of its own.
    fn signal(&self, signal: &str) {
        let file = std::fs::read_to_string(self.process.directory().join("data/postmaster.pid")).expect("it runs");
        let server = file.lines().next().expect("a process");
        let kill = |signal: &str, processes: &str| {
            let mut kill = Command::new("kill");
            kill.args(["-s", signal, server]).args(processes.split_whitespace()).stderr(Stdio::null());
            // A process may have ended by itself.
            let _ = kill.status().expect("a kill");
        };
        // The server first: it would start others meanwhile, which nobody here would know.
        kill("STOP", "");
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
        kill(signal, &children);
    }

    fn program(&self, name: &str) -> String {
        self.binaries.join(name).display().to_string()
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
