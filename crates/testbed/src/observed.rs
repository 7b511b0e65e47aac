//! A Préau under observation: a process in a folder of its own, its readiness, CPU time, memory and open files.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::free_port;
use crate::reader::Connection;

/// How long a server may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running server; killed when dropped.
pub struct Observed {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it said that it was ready.
    pub started_in: Duration,
    _folder: TempDir,
}

/// What a process takes.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Resident memory, in MiB.
    pub mebibytes: f64,
    /// Open files.
    pub files: usize,
    /// CPU time so far, of all threads.
    pub cpu: Duration,
}

impl Observed {
    /// Starts a program's `serve` with one worker over these campuses (id and declaration), with more settings, and waits
    /// until it is ready.
    ///
    /// # Errors
    /// It cannot be started, or is not ready in five minutes.
    pub fn serve(program: &Path, campuses: &[(String, String)], settings: &str) -> io::Result<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_port());
        for (id, declaration) in campuses {
            let own = folder.path().join("campuses").join(id);
            fs::create_dir_all(&own)?;
            fs::write(own.join("campus.toml"), declaration)?;
        }
        let own =
            "admin_socket = \"admin.sock\"\noutbound.private = { \"*\" = [\"127.0.0.0/8\"] }\nlog.level = \"error\"\n";
        fs::write(folder.path().join("preau.toml"), format!("{own}{settings}"))?;
        let mut command = Command::new(fs::canonicalize(program)?);
        command.args(["serve", "--campuses", "campuses", "--settings", "preau.toml", "--listen", &address.to_string()]);
        Self::start(command, folder, address)
    }

    /// Starts a program's `demo`, and waits until it is ready.
    ///
    /// # Errors
    /// As [`Self::serve`].
    pub fn demo(program: &Path) -> io::Result<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_port());
        let mut command = Command::new(fs::canonicalize(program)?);
        command.args(["demo", "--listen", &address.to_string()]).stdout(Stdio::null());
        Self::start(command, folder, address)
    }

    fn start(mut command: Command, folder: TempDir, address: SocketAddr) -> io::Result<Self> {
        command.current_dir(folder.path()).env("TMPDIR", folder.path()).env("TOKIO_WORKER_THREADS", "1");
        let began = Instant::now();
        let process = command.stdin(Stdio::null()).spawn()?;
        let mut server = Self { process, address, started_in: Duration::ZERO, _folder: folder };
        let ready = || Connection::open(address)?.get("localhost", "/readyz", None);
        while !ready().is_ok_and(|answer| answer.status == 200) {
            if began.elapsed() > PATIENCE || server.process.try_wait()?.is_some() {
                return Err(io::Error::other("the server does not get ready"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    /// What it takes now.
    ///
    /// # Errors
    /// It is gone.
    pub fn sample(&self) -> io::Result<Sample> {
        let process = Path::new("/proc").join(self.process.id().to_string());
        let status = fs::read_to_string(process.join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kibibytes: f64 = line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default();
        // User and system time, in hundredths of a second (proc(5)); the name before them may hold spaces.
        let stat = fs::read_to_string(process.join("stat"))?;
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
        let ticks: u64 = fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        let files = fs::read_dir(process.join("fd"))?.count();
        Ok(Sample { mebibytes: kibibytes / 1024.0, files, cpu: Duration::from_millis(ticks * 10) })
    }

    /// A number from its metrics: the sum of all lines of a name.
    ///
    /// # Errors
    /// It does not answer.
    pub fn metric(&self, name: &str) -> io::Result<f64> {
        let answer = Connection::open(self.address)?.get("localhost", "/metrics", None)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.rsplit_once(' '));
        Ok(lines.filter_map(|(_, value)| value.parse::<f64>().ok()).sum())
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
