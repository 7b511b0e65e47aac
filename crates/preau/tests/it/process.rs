//! The binary as a child process whose output is read line by line, and which ends with the test.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything may take on a machine that is busy with other tests; nothing waits this long that works.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running `preau`, killed when dropped.
pub struct Preau {
    child: Killed,
    pub out: Lines,
    pub err: Lines,
    temporary: TempDir,
}

/// What a `preau` that ended left.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    /// How many files and folders it left where temporary ones go.
    pub left_behind: usize,
}

impl Preau {
    /// Starts it in the repository, with an empty folder for its temporary files.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(root(), arguments, &[])
    }

    /// Starts it in a folder, with more variables.
    pub fn start_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_preau"));
        command.args(arguments).env("TMPDIR", temporary.path()).envs(variables.iter().copied()).current_dir(folder);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let (out, err) = (Lines::of(child.stdout.take().unwrap()), Lines::of(child.stderr.take().unwrap()));
        Self { child: Killed(child), out, err, temporary }
    }

    /// Runs it to its end.
    pub fn run(arguments: &[&str]) -> Ended {
        Self::start(arguments).ended()
    }

    /// Tells it to stop, as a service manager does.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.0.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits for its end, and keeps what it wrote.
    pub fn end(&mut self) -> ExitStatus {
        eventually("preau ends", || self.child.0.try_wait().unwrap())
    }

    /// Waits for its end.
    pub fn ended(self) -> Ended {
        self.ended_within(PATIENCE)
    }

    /// Waits for its end for longer.
    pub fn ended_within(mut self, patience: Duration) -> Ended {
        let status = within(patience, "preau ends", || self.child.0.try_wait().unwrap());
        let left_behind = self.temporary_files();
        Ended { code: status.code(), out: self.out.all(), err: self.err.all(), left_behind }
    }

    /// How many files and folders are where its temporary ones go.
    pub fn temporary_files(&self) -> usize {
        std::fs::read_dir(self.temporary()).unwrap().count()
    }

    /// Where its temporary files go.
    pub fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    /// The most memory that it ever had in use, in MiB.
    pub fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("a number") >> 10
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.0.id()
    }
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of a stream so far.
#[derive(Clone)]
pub struct Lines(Arc<(Mutex<Heard>, Condvar)>);

#[derive(Default)]
struct Heard {
    lines: Vec<String>,
    ended: bool,
}

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let shared = Arc::new((Mutex::new(Heard::default()), Condvar::new()));
        let reader = Arc::clone(&shared);
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                reader.0.lock().unwrap().lines.push(line);
                reader.1.notify_all();
            }
            reader.0.lock().unwrap().ended = true;
            reader.1.notify_all();
        });
        Self(shared)
    }

    /// The first line that has these words, once it is there.
    pub fn line_with(&self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut read = self.0.0.lock().unwrap();
        loop {
            if let Some(line) = read.lines.iter().find(|line| line.contains(words)) {
                return line.clone();
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!read.ended && !left.is_zero(), "no line with \"{words}\" but:\n{}", read.lines.join("\n"));
            read = self.0.1.wait_timeout(read, left).unwrap().0;
        }
    }

    /// Everything so far.
    pub fn so_far(&self) -> String {
        self.0.0.lock().unwrap().lines.join("\n")
    }

    /// Everything up to the end of the stream.
    pub fn all(&self) -> String {
        let read = self.0.0.lock().unwrap();
        let (read, _) = self.0.1.wait_timeout_while(read, PATIENCE, |read| !read.ended).unwrap();
        read.lines.join("\n")
    }
}

/// Asks until there is an answer.
pub fn eventually<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, ask)
}

fn within<T>(patience: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "not within {} s: {what}", patience.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The repository's root, where its commands are run.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
