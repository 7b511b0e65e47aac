//! A server under load: started, asked, its CPU time read, stopped.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::answer::{self, Answer};
use super::inputs;
use crate::packages;
use crate::step::root;

/// Ports of one run, free at its start.
pub struct Ports {
    pub upstream: u16,
    pub peer: u16,
    pub peer_tls: u16,
    pub bare: u16,
    pub bare_tls: u16,
    pub preau: u16,
    pub preau_tls: u16,
}

/// Finds them.
///
/// # Errors
/// What the system says.
pub fn free_ports() -> Result<Ports, String> {
    let listen = || TcpListener::bind("127.0.0.1:0");
    // Held together until all are known, so that they differ.
    let all = || -> std::io::Result<Ports> {
        let listeners = (0..7).map(|_| listen()).collect::<std::io::Result<Vec<_>>>()?;
        let ports = listeners.iter().map(|listener| Ok(listener.local_addr()?.port()));
        let ports = ports.collect::<std::io::Result<Vec<_>>>()?;
        let [upstream, peer, peer_tls, bare, bare_tls, preau, preau_tls] =
            ports.try_into().map_err(|_| ErrorKind::Other)?;
        Ok(Ports { upstream, peer, peer_tls, bare, bare_tls, preau, preau_tls })
    };
    all().map_err(|error| format!("no free port: {error}"))
}

/// A running server; stopped when dropped.
pub struct Server {
    name: &'static str,
    process: Child,
}

/// Where a server answers, plain or with TLS.
pub struct Site<'a> {
    pub server: &'a Server,
    port: u16,
    tls: bool,
}

impl Site<'_> {
    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}{path}", if self.tls { "https" } else { "http" }, self.port)
    }

    /// One read.
    ///
    /// # Errors
    /// The server, the path and what went wrong.
    pub fn get(&self, path: &str, header: Option<&str>) -> Result<Answer, String> {
        let answer =
            if self.tls { answer::get_over_tls(&self.url(path), header) } else { answer::get(self.port, path, header) };
        answer.map_err(|error| format!("{} at {path}: {error}", self.server.name))
    }
}

impl Server {
    /// nginx: the peer, and the upstream of both.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn nginx(folder: &Path, ports: &Ports) -> Result<Self, String> {
        let mut command = Command::new(packages::find("nginx").unwrap_or_else(|| "nginx".into()));
        command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
        Self::start("nginx", command, folder, |server| server.site(ports.peer, false).get("/ready", None))
    }

    /// hyper and rustls alone, with one worker like the others.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn bare(folder: &Path, ports: &Ports) -> Result<Self, String> {
        let mut command = Command::new(root().join("target/release/examples/bare"));
        command.arg(folder.join("www")).args([ports.bare, ports.bare_tls].map(|port| port.to_string()));
        command.args(inputs::CERTIFICATE.map(|file| folder.join(file))).env("TOKIO_WORKER_THREADS", "1");
        Self::start("hyper", command, folder, |server| server.site(ports.bare, false).get("/short.json", None))
    }

    /// Préau, with one worker like the peer.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn preau(folder: &Path, port: u16, tls: bool) -> Result<Self, String> {
        let own = folder.join(if tls { "preau-tls" } else { "preau" });
        let mut command = Command::new(root().join("target/release/preau"));
        command.arg("serve").arg("--campuses").arg(folder.join("campuses"));
        command.arg("--settings").arg(own.join("preau.toml")).args(["--listen", &format!("127.0.0.1:{port}")]);
        // What it makes (its signing key, its socket) belongs to the run.
        command.current_dir(&own).args(["--admin-socket", "admin.sock"]).env("TOKIO_WORKER_THREADS", "1");
        Self::start("preau", command, &own, |server| server.site(port, tls).get("/readyz", None))
    }

    fn start(
        name: &'static str,
        mut command: Command,
        folder: &Path,
        ask: impl Fn(&Self) -> Result<Answer, String>,
    ) -> Result<Self, String> {
        let log = folder.join(name).with_extension("log");
        let output = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let errors = output.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
        let process = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
        let process = process.map_err(|error| format!("{name} did not start: {error}"))?;
        let mut server = Self { name, process };
        server
            .wait_for(ask)
            .map_err(|problem| format!("{name} {problem}:\n{}", fs::read_to_string(&log).unwrap_or_default()))?;
        Ok(server)
    }

    fn wait_for(&mut self, ask: impl Fn(&Self) -> Result<Answer, String>) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("ended at once ({status})"));
            }
            if ask(self).is_ok_and(|answer| answer.expect(200, None).is_ok()) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        Err("does not answer".to_owned())
    }

    /// A place where it answers.
    pub fn site(&self, port: u16, tls: bool) -> Site<'_> {
        Site { server: self, port, tls }
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
