//! One server process in its own directory, stopped and removed when dropped or when the test process dies.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The server is stopped by a shell that waits for the end of its own input, whose other end this process holds: dropped
/// or killed, it ends. (The kernel's parent-death signal follows the *thread* that started the child, and a test's
/// thread ends long before a server shared between tests.) A line instead of the end keeps the directory. The server
/// leads a process group, so that workers which outlive their master are found and ended too.
const GUARD: &str = r#"
directory=$1 signal=$2; shift 2
setsid "$@" </dev/null >>"$directory/output" 2>&1 &
read -r keep
kill -s "$signal" $!
wait $!
kill -s KILL -- -$! 2>/dev/null
[ -n "$keep" ] || rm -rf "$directory"
"#;

/// How long a server may take to answer its first connection, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Process {
    directory: PathBuf,
    /// Whom the server runs as: `Some` where this process is root, which databases refuse to be.
    user: Option<&'static str>,
    signal: &'static str,
    program: Vec<String>,
    guard: Option<Child>,
}

impl Process {
    /// A directory for a server that, where this process is root, runs as `user`.
    pub(crate) fn new(user: &'static str, signal: &'static str) -> Self {
        let directory = tempfile::Builder::new().prefix("testbed-").tempdir().expect("a directory").keep();
        let root = std::fs::metadata(&directory).expect("its owner").uid() == 0;
        let user = root.then_some(user);
        own(&directory, user);
        Self { directory, user, signal, program: Vec::new(), guard: None }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// A path below the directory, as programs take it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }

    /// Makes a folder that the server may write to.
    pub(crate) fn folder(&self, name: &str) {
        let path = self.directory.join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        own(&path, self.user);
    }

    /// Writes a file that only the server may read, which keys must be.
    pub(crate) fn write(&self, name: &str, contents: &[u8]) {
        let path = self.directory.join(name);
        std::fs::create_dir_all(path.parent().expect("below the directory")).expect("a folder");
        std::fs::write(&path, contents).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
        own(&path, self.user);
    }

    /// Runs a program to its end as the server's user.
    pub(crate) fn run(&self, program: &[&str], input: &str) -> String {
        let [program, arguments @ ..] = &self.as_user(program)[..] else { unreachable!("a program") };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.directory);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the server and returns when `ready`.
    pub(crate) fn start(&mut self, program: &[&str], ready: impl Fn(&Self) -> bool) {
        self.program = self.as_user(program);
        self.resume(ready);
    }

    /// Starts it once more after [`Self::pause`].
    pub(crate) fn resume(&mut self, ready: impl Fn(&Self) -> bool) {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]).arg(&self.directory).arg(self.signal).args(&self.program);
        // An own process group: an interrupt at the terminal must not take the guard away before it has cleaned up.
        command.current_dir(&self.directory).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.guard = Some(command.spawn().expect("a shell"));
        let end = Instant::now() + PATIENCE;
        while !ready(self) {
            let output = || std::fs::read_to_string(self.directory.join("output")).unwrap_or_default();
            assert!(Instant::now() < end, "{} did not start: {}", self.program.join(" "), output());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops the server, keeping its directory.
    pub(crate) fn pause(&mut self) {
        self.end(b"keep\n");
    }

    fn end(&mut self, word: &[u8]) {
        let Some(mut guard) = self.guard.take() else { return };
        // Where the guard is gone already there is nobody to tell.
        let _ = guard.stdin.take().map(|mut input| input.write_all(word));
        let _ = guard.wait();
    }

    fn as_user(&self, program: &[&str]) -> Vec<String> {
        let user = self.user.map(|user| ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]);
        user.iter().flatten().chain(program).map(ToString::to_string).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end(b"");
        // A server that was paused, or never started, has no guard that removes its directory.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Ports of this process's servers: the system may offer one again until somebody listens there.
static GIVEN: Mutex<BTreeSet<SocketAddr>> = Mutex::new(BTreeSet::new());

/// A loopback port that nobody listens on, another one each time.
///
/// # Panics
/// There is none.
#[must_use]
pub fn free_port() -> SocketAddr {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(address) {
            return address;
        }
    }
}

/// Whether a program can be found as a shell would.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps servers in `sbin`, which is not on everybody's path.
    std::env::split_paths(&path).chain(["/usr/sbin".into()]).any(|folder| folder.join(program).is_file())
}

fn own(path: &Path, user: Option<&str>) {
    let Some(user) = user else { return };
    let users = std::fs::read_to_string("/etc/passwd").expect("the users");
    let mut fields =
        users.lines().find(|line| line.split(':').next() == Some(user)).expect("a user").split(':').skip(2);
    let mut id = || fields.next().and_then(|id| id.parse().ok());
    chown(path, id(), id()).expect("a new owner");
}
