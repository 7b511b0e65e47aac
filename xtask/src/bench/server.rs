//! A server under load: started, asked, its CPU time read, stopped.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::answer::{self, Answer};
use crate::packages;
use crate::step::root;

/// Ports of one run, free at its start.
pub struct Ports {
    pub upstream: u16,
    pub peer: u16,
    pub preau: u16,
}

/// Finds them.
///
/// # Errors
/// What the system says.
pub fn free_ports() -> Result<Ports, String> {
    let listen = || TcpListener::bind("127.0.0.1:0");
    // Held together until all are known, so that they differ.
    let all = || -> std::io::Result<Ports> {
        let (upstream, peer, preau) = (listen()?, listen()?, listen()?);
        let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
        Ok(Ports { upstream: port(&upstream)?, peer: port(&peer)?, preau: port(&preau)? })
    };
    all().map_err(|error| format!("no free port: {error}"))
}

/// A running server; stopped when dropped.
pub struct Server {
    name: &'static str,
    pub port: u16,
    process: Child,
}

impl Server {
    /// nginx: the peer, and the upstream of both.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn nginx(folder: &Path, port: u16) -> Result<Self, String> {
        let mut command = Command::new(packages::find("nginx").unwrap_or_else(|| "nginx".into()));
        command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
        Self::start("nginx", command, folder, port, "/ready")
    }

    /// Préau, with one worker like the peer.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn preau(folder: &Path, port: u16) -> Result<Self, String> {
        let mut command = Command::new(root().join("target/release/preau"));
        command.arg("serve").arg("--campuses").arg(folder.join("campuses"));
        command.arg("--settings").arg(folder.join("preau.toml")).args(["--listen", &format!("127.0.0.1:{port}")]);
        // What it makes (its signing key, its socket) belongs to the run.
        command
            .current_dir(folder)
            .arg("--admin-socket")
            .arg(folder.join("admin.sock"))
            .env("TOKIO_WORKER_THREADS", "1");
        Self::start("preau", command, folder, port, "/readyz")
    }

    fn start(name: &'static str, mut command: Command, folder: &Path, port: u16, ready: &str) -> Result<Self, String> {
        let log = folder.join(name).with_extension("log");
        let output = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let errors = output.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
        let process = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
        let process = process.map_err(|error| format!("{name} did not start: {error}"))?;
        let mut server = Self { name, port, process };
        server
            .wait_for(ready)
            .map_err(|problem| format!("{name} {problem}:\n{}", fs::read_to_string(&log).unwrap_or_default()))?;
        Ok(server)
    }

    fn wait_for(&mut self, ready: &str) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("ended at once ({status})"));
            }
            if answer::get(self.port, ready, None).is_ok_and(|answer| answer.expect(200, None).is_ok()) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        Err(format!("does not answer {ready}"))
    }

    /// One read.
    ///
    /// # Errors
    /// The server, the path and what went wrong.
    pub fn get(&self, path: &str, header: Option<&str>) -> Result<Answer, String> {
        answer::get(self.port, path, header).map_err(|error| format!("{} at {path}: {error}", self.name))
    }

    /// CPU time spent so far by the server's process and its children (nginx's worker).
    ///
    /// # Errors
    /// Where the server is gone.
    pub fn cpu(&self) -> Result<Duration, String> {
        let own = self.process.id();
        let processes = fs::read_dir("/proc").map_err(|error| format!("/proc: {error}"))?;
        let ticks: u64 = processes
            .flatten()
            .filter_map(|entry| Times::read(&entry.path().join("stat")))
            .filter(|times| times.pid == own || times.parent == own)
            .map(|times| times.ticks)
            .sum();
        // Linux reports hundredths of a second to programs, whatever its own clock (`getconf CLK_TCK`).
        if ticks == 0 { Err(format!("{} is gone", self.name)) } else { Ok(Duration::from_millis(ticks * 10)) }
    }
}

impl Drop for Server {
    /// Asks first: a killed nginx would leave its worker behind.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while matches!(self.process.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                let _ = self.process.kill();
            }
            sleep(Duration::from_millis(20));
        }
    }
}

/// Fields of /proc/PID/stat (proc(5)).
struct Times {
    pid: u32,
    parent: u32,
    /// User and system time of all threads.
    ticks: u64,
}

impl Times {
    fn read(path: &Path) -> Option<Self> {
        let stat = fs::read_to_string(path).ok()?;
        // The second field is the name in parentheses, which may hold spaces.
        let (start, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            pid: start.split(' ').next()?.parse().ok()?,
            parent: fields.get(1)?.parse().ok()?,
            ticks: number(11)? + number(12)?,
        })
    }
}
