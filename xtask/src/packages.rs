//! Programs that tests and benchmarks run, installed where they are missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, succeeds};

/// A program and the Debian package it comes in.
pub struct Package {
    program: &'static str,
    debian: &'static str,
}

/// What `crates/testbed` starts.
pub const TESTS: &[Package] = &[
    Package { program: "nginx", debian: "nginx-light" },
    Package { program: "postgres", debian: "postgresql" },
    Package { program: "mariadbd", debian: "mariadb-server" },
];

/// What `cargo xtask bench` measures against, and with.
pub const BENCH: &[Package] =
    &[Package { program: "nginx", debian: "nginx-light" }, Package { program: "wrk", debian: "wrk" }];

/// Installs the packages whose programs are not on this machine, where they can be.
///
/// # Errors
/// One line that names the packages still missing and why.
pub fn install(packages: &[Package]) -> Result<(), String> {
    let missing: Vec<&str> =
        packages.iter().filter(|package| find(package.program).is_none()).map(|package| package.debian).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if find("apt-get").is_none() {
        return Err(format!("not installed, and there is no apt-get to install them with: {names}"));
    }
    if !succeeds(privileged("true")) {
        return Err(format!("not installed, and installing them needs root: apt-get install {names}"));
    }
    let mut update = privileged("apt-get");
    update.args(["update", "--quiet"]);
    let mut install = privileged("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing);
    step::run("package lists", update)
        .and_then(|()| step::run(&format!("packages {names}"), install))
        .map_err(|problem| format!("not installed: {names}: {problem}"))
}

/// Where a program is. Debian keeps servers out of an ordinary user's path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .chain(versions.map(|version| version.path().join("bin")))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// A command as root: as it is for root, else through a `sudo` that asks for no password.
fn privileged(program: &str) -> Command {
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    if !is_root() {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // A process's own folder belongs to its effective user.
    Path::new("/proc/self").metadata().is_ok_and(|folder| folder.uid() == 0)
}
