//! A PostgreSQL of the machine's packages, in a folder of its own, which can be killed, put back and filled up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::geteuid;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Row};
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use super::guard::Guard;
use super::told;

/// What `preau cell init` wants, and what makes a small server of it.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nmax_connections = 40\nshared_buffers = 16MB\nwal_level = logical\n\
    max_replication_slots = 16\nmax_wal_senders = 16\nmax_logical_replication_workers = 8\nmax_worker_processes = 16\n\
    wal_sender_timeout = 5s\nwal_receiver_timeout = 5s\nwal_retrieve_retry_interval = 200ms\ntcp_user_timeout = 5s\n\
    min_wal_size = 5MB\nmax_wal_size = 32MB\nmax_slot_wal_keep_size = 16MB\nfsync = on\n";

/// How long a start, which may include a recovery, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server of one cell.
pub(super) struct Database {
    folder: PathBuf,
    binaries: PathBuf,
    port: u16,
    running: Option<Guard>,
}

/// What a journal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub entries: i64,
    pub digest: String,
    pub conflicts: i64,
}

impl Database {
    /// Makes a server in a folder, and starts it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub(super) async fn create(folder: &Path, port: u16) -> Result<Self, String> {
        let mut database = Self { folder: folder.to_owned(), binaries: binaries()?, port, running: None };
        let (initdb, data) = (database.program("initdb"), database.data());
        let fixed = ["-D", &data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1"];
        let doors = ["--auth-local=trust", "--auth-host=scram-sha-256"];
        database.run(&[&[initdb.as_str()], &fixed[..], &doors].concat()).await?;
        let file = format!("{data}/postgresql.conf");
        let folder = folder.display();
        let settings = format!("{SETTINGS}port = {port}\nunix_socket_directories = '{folder}'\n");
        let known = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        std::fs::write(&file, known + &settings).map_err(|error| format!("{file}: {error}"))?;
        database.start().await?;
        Ok(database)
    }

    /// Starts it, after [`Self::kill`] too.
    ///
    /// # Errors
    /// It does not start.
    pub(super) async fn start(&mut self) -> Result<(), String> {
        let log = self.folder.join("log");
        let (home, program) = (format!("HOME={}", self.folder.display()), self.program("postgres"));
        let program = as_user(&["env", &home, &program, "-D", &self.data()]);
        let end = Instant::now() + PATIENCE;
        let mut guard = Guard::start(&program, "QUIT", &log).await?;
        let mut asked = Command::new(self.program("pg_isready"));
        asked.arg("-q").arg("-h").arg(&self.folder).args(["-p", &self.port.to_string()]);
        while !asked.status().await.is_ok_and(|status| status.success()) {
            if Instant::now() > end {
                let log = std::fs::read_to_string(&log).unwrap_or_default();
                let last = log.lines().rev().take(5).collect::<Vec<_>>().join(" | ");
                return Err(format!("PostgreSQL did not start in {}: {last}", self.folder.display()));
            }
            if !guard.runs() {
                // What a killed one held, such as its port, may not be free at once.
                sleep(Duration::from_millis(200)).await;
                guard = Guard::start(&program, "QUIT", &log).await?;
            }
            sleep(Duration::from_millis(20)).await;
        }
        self.running = Some(guard);
        Ok(())
    }

    /// Ends all its processes at once.
    pub(super) fn kill(&mut self) {
        self.running.take().into_iter().for_each(Guard::kill);
    }

    /// Whether it runs.
    pub(super) fn runs(&self) -> bool {
        self.running.as_ref().is_some_and(Guard::runs)
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Its address for the superuser.
    pub(super) fn admin_url(&self) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}:{}/postgres", self.port)
    }

    /// Copies its disk as it is at one moment.
    ///
    /// # Errors
    /// There is no room.
    pub(super) async fn snapshot(&self) -> Result<(), String> {
        let _ = std::fs::remove_dir_all(self.folder.join("snapshot"));
        let frozen = self.running.as_ref().map(Guard::freeze).unwrap_or_default();
        let copied = self.run(&["cp", "-a", &self.data(), &format!("{}/snapshot", self.folder.display())]).await;
        Guard::thaw(&frozen);
        copied
    }

    /// Puts its disk back to the snapshot, after [`Self::kill`].
    ///
    /// # Errors
    /// There is none.
    pub(super) async fn restore(&self) -> Result<(), String> {
        self.run(&["rm", "-r", &self.data()]).await?;
        self.run(&["mv", &format!("{}/snapshot", self.folder.display()), &self.data()]).await
    }

    /// Writes so much of the write-ahead log that a slot is lost whose user is away, and none of a user that keeps up.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn write_ahead(&self) -> Result<(), String> {
        let behind = "select coalesce(max(pg_current_wal_lsn() - restart_lsn), 0)::bigint from pg_replication_slots where active";
        let mut connection = self.connect().await?;
        for _ in 0..24 {
            let much = "select pg_logical_emit_message(false, 'drill', repeat('x', 1000000)); checkpoint";
            sqlx::raw_sql(much).execute(&mut connection).await.map_err(told)?;
            let mut looks = 0;
            while looks < 50
                && sqlx::query_scalar::<_, i64>(behind).fetch_one(&mut connection).await.map_err(told)? > 4 << 20
            {
                sleep(Duration::from_millis(20)).await;
                sqlx::raw_sql("checkpoint").execute(&mut connection).await.map_err(told)?;
                looks += 1;
            }
        }
        Ok(())
    }

    /// What its journal holds.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn held(&self) -> Result<Held, String> {
        let held = "
            select count(*) as entries, (select count(*) from preau.conflict) as conflicts,
                   coalesce(md5(string_agg(entry::text, '' order by origin, incarnation, seq)), '') as digest
            from preau.journal as entry";
        let row = sqlx::query(held).fetch_one(&mut self.connect().await?).await.map_err(told)?;
        let (entries, digest) = (row.try_get("entries").map_err(told)?, row.try_get("digest").map_err(told)?);
        Ok(Held { entries, digest, conflicts: row.try_get("conflicts").map_err(told)? })
    }

    /// The idempotency keys that its journal knows.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn keys(&self) -> Result<Vec<String>, String> {
        let keys = "select key from preau.journal where key is not null";
        sqlx::query_scalar(keys).fetch_all(&mut self.connect().await?).await.map_err(told)
    }

    async fn connect(&self) -> Result<PgConnection, String> {
        let options = PgConnectOptions::new_without_pgpass().socket(&self.folder).port(self.port);
        let options = options.username("postgres").database("preau").ssl_mode(PgSslMode::Disable);
        let connect = timeout(Duration::from_secs(5), options.connect()).await;
        connect.map_err(|_| "PostgreSQL does not answer".to_owned())?.map_err(told)
    }

    async fn run(&self, program: &[&str]) -> Result<(), String> {
        let program = as_user(program);
        let [name, arguments @ ..] = program.as_slice() else { return Ok(()) };
        let output = Command::new(name).args(arguments).current_dir(&self.folder).output().await;
        let output = output.map_err(|error| format!("{name}: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("{}: {said}", program.join(" "))) }
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn program(&self, name: &str) -> String {
        self.binaries.join(name).display().to_string()
    }
}

/// Makes a folder that the server may write to.
///
/// # Errors
/// There is no user for it.
pub(super) async fn folder(path: &Path) -> Result<(), String> {
    let owner: &[&str] = if geteuid().is_root() { &["-o", "postgres", "-g", "postgres"] } else { &[] };
    let made = Command::new("install").args(["-d", "-m", "0755"]).args(owner).arg(path).output().await;
    let made = made.map_err(|error| format!("install: {error}"))?;
    if made.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&made.stderr).into_owned()) }
}

/// A database refuses to run as root.
fn as_user(program: &[&str]) -> Vec<String> {
    let user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"];
    let user: &[&str] = if geteuid().is_root() { &user } else { &[] };
    user.iter().chain(program).map(ToString::to_string).collect()
}

/// Debian keeps each major version in a folder of its number.
fn binaries() -> Result<PathBuf, String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.filter(|path| path.join("bin/initdb").is_file()).max_by_key(number);
    let newest = newest.ok_or("the drill needs PostgreSQL 15 or newer on this machine: apt-get install postgresql")?;
    Ok(newest.join("bin"))
}
