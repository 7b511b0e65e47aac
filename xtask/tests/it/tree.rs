//! The repository as the tests read it: its files, and its crates as cargo sees them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The repository's own folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Paths, from the root, of the files that are tracked or about to be.
pub fn files() -> Vec<PathBuf> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let listed = String::from_utf8(output(git)).unwrap();
    listed.split_terminator('\0').map(PathBuf::from).filter(|path| root().join(path).is_file()).collect()
}

/// Those with this extension.
pub fn files_named(extension: &str) -> Vec<PathBuf> {
    files().into_iter().filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// A file's text; empty where it is not text.
pub fn text(path: &Path) -> String {
    String::from_utf8(std::fs::read(root().join(path)).unwrap()).unwrap_or_default()
}

/// Places, as `path:line: text`, where a line of these files is found.
pub fn lines_where(files: &[PathBuf], found: impl Fn(&str) -> bool) -> Vec<String> {
    let places = |path: &PathBuf| -> Vec<String> {
        let text = text(path);
        let hits = text.lines().enumerate().filter(|(_, line)| found(line));
        hits.map(|(number, line)| format!("{}:{}: {}", path.display(), number + 1, line.trim())).collect()
    };
    files.iter().flat_map(places).collect()
}

/// Fails with the remedy and the list, unless the list is empty.
#[track_caller]
pub fn none(found: &[String], remedy: &str) {
    assert!(found.is_empty(), "{remedy}:\n  {}\n", found.join("\n  "));
}

/// A crate of the workspace.
pub struct Member {
    pub name: String,
    /// Its folder, from the root.
    pub folder: PathBuf,
    pub dependencies: Vec<Dependency>,
}

/// What a crate declares that it needs.
pub struct Dependency {
    pub name: String,
    pub development: bool,
}

/// The crates of the workspace.
pub fn members() -> Vec<Member> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).current_dir(root());
    let metadata: Value = serde_json::from_slice(&output(cargo)).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(member).collect()
}

fn member(package: &Value) -> Member {
    let dependency = |declared: &Value| Dependency {
        name: declared["name"].as_str().unwrap().to_owned(),
        development: declared["kind"] == "dev",
    };
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    Member {
        name: package["name"].as_str().unwrap().to_owned(),
        folder: manifest.parent().unwrap().strip_prefix(root()).unwrap().to_owned(),
        dependencies: package["dependencies"].as_array().unwrap().iter().map(dependency).collect(),
    }
}

fn output(mut command: Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
