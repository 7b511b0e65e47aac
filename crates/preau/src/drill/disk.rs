//! A small disk of memory, which can be filled up.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::told;

/// It is taken away when its input ends, as processes are (see `guard`).
const MOUNT: &str = r#"mount -t tmpfs -o size=400m,mode=0755,uid=postgres,gid=postgres tmpfs "$1" && echo mounted
read -r _
umount -l "$1""#;

pub(super) struct Disk {
    shell: Child,
    folder: PathBuf,
}

impl Disk {
    /// A disk at a folder; `None` where nothing may be mounted.
    pub(super) fn mount(folder: &Path) -> Option<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", MOUNT, "disk"]).arg(folder);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = command.spawn().ok()?;
        let said = shell.stdout.take()?;
        let disk = Self { shell, folder: folder.to_owned() };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).ok().filter(|read| *read > 0).map(|_| disk)
    }

    /// Leaves no room.
    ///
    /// # Errors
    /// The disk is gone.
    pub(super) fn fill(&self) -> Result<(), String> {
        let mut file = File::create(self.filler()).map_err(told)?;
        let much = vec![0; 64 << 10];
        while file.write_all(&much).is_ok() {}
        Ok(())
    }

    /// Makes room.
    pub(super) fn clear(&self) {
        // Where it was not filled, there is room.
        let _ = std::fs::remove_file(self.filler());
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
