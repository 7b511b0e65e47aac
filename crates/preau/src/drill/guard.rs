//! A process that ends with us, however we end, and that can be killed at once, as by a power cut.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

/// The shell waits for the end of its own input, whose other end this process holds: dropped or killed, it ends. Of its
/// own group, both outlive an interrupt at the terminal until we have seen it.
const GUARD: &str = r#"
log=$1 signal=$2; shift 2
setsid "$@" </dev/null >>"$log" 2>&1 &
echo $!
read -r _
kill -s "$signal" $!
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
        self.signal(Signal::KILL);
    }

    /// Sends a signal to the process and its children, each of which may lead a group of its own.
    pub(super) fn signal(&self, signal: Signal) {
        let pid = self.pid.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?));
        // The parent first: it would start others in the place of those that end.
        for pid in std::iter::once(self.pid).chain(children.collect::<Vec<_>>()) {
            // One may have ended by itself.
            let _ = kill_process(pid, signal);
        }
    }

    /// Whether it has not ended by itself.
    pub(super) fn runs(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid.as_raw_nonzero()));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
