//! A process that ends with us, however we end, and that can be killed at once, as by a power cut.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

/// The shell waits for the end of its own input, whose other end this process holds: dropped or killed, it ends. Of its
/// own group, both outlive an interrupt at the terminal until we have seen it. What is frozen then has to go on to end.
const GUARD: &str = r#"
log=$1 signal=$2; shift 2
setsid "$@" </dev/null >>"$log" 2>&1 &
echo $!
read -r _
kill -s "$signal" $!
kill -s CONT $!
wait $!
"#;

/// A running process.
pub(super) struct Guard {
    shell: Child,
    pid: Pid,
}

impl Guard {
    /// Starts a program, which `signal` ends.
    ///
    /// # Errors
    /// The system starts nothing.
    pub(super) async fn start(program: &[String], signal: &str, log: &Path) -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("{} cannot be started: {error}", program.join(" "));
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]).arg(log).arg(signal).args(program);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = command.spawn().map_err(wrong)?;
        let out = shell.stdout.take().ok_or("a shell without output")?;
        let mut line = String::new();
        let out = tokio::process::ChildStdout::from_std(out).map_err(wrong)?;
        let read = timeout(Duration::from_secs(10), BufReader::new(out).read_line(&mut line)).await;
        let pid = line.trim().parse().ok().and_then(Pid::from_raw).filter(|_| read.is_ok());
        let Some(pid) = pid else {
            drop(shell.stdin.take());
            return Err(format!("{} was not started: its shell said nothing", program.join(" ")));
        };
        Ok(Self { shell, pid })
    }

    /// Ends the process and its children with SIGKILL, and waits until they are gone.
    pub(super) fn kill(self) {
        self.freeze().into_iter().for_each(|pid| signal(pid, Signal::KILL));
    }

    /// Stops the process and its children, each of which may lead a group of its own, where they are; which they are. The
    /// parent first: it would start others meanwhile.
    pub(super) fn freeze(&self) -> Vec<Pid> {
        stop(self.pid);
        let pid = self.pid.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?));
        let all: Vec<_> = std::iter::once(self.pid).chain(children).collect();
        all.iter().for_each(|pid| stop(*pid));
        all
    }

    /// Lets them go on.
    pub(super) fn thaw(all: &[Pid]) {
        all.iter().for_each(|pid| signal(*pid, Signal::CONT));
    }

    /// Whether it has not ended by itself.
    pub(super) fn runs(&self) -> bool {
        state(self.pid).is_some_and(|state| state != 'Z')
    }
}

/// What Linux says that a process is doing: `T` where it was stopped, `Z` where it ended (proc(5)).
fn state(pid: Pid) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Stops a process and returns when it does nothing any more: a signal takes its time on a busy machine.
fn stop(pid: Pid) {
    signal(pid, Signal::STOP);
    let end = Instant::now() + Duration::from_secs(5);
    while state(pid).is_some_and(|state| !matches!(state, 'T' | 'Z')) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn signal(pid: Pid, signal: Signal) {
    // One may have ended by itself.
    let _ = kill_process(pid, signal);
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
