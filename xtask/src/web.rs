//! The web apps that the binary embeds: built when their sources changed, and shown by the demo.

mod node;

use std::convert::Infallible;
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

pub use node::Node;

use crate::step::{self, cargo, root};

/// What `npm` makes or a browser test leaves; no source.
const MADE: [&str; 4] = ["node_modules", "dist", "e2e", "test-results"];

/// Builds the apps, unless their sources are those of the last build.
///
/// # Errors
/// What could not be read, or what npm could not do.
pub fn build(node: &Node) -> Result<(), String> {
    let (web, stamp) = (root().join("web"), root().join("target/web/built"));
    let sources = fingerprint(&files_below(&web)?)?;
    if is_stamped(&stamp, &sources) && web.join("app/dist/index.html").is_file() && is_installed()? {
        println!("the web apps are built from these sources: nothing to do");
        return Ok(());
    }
    install(node)?;
    step::run("web apps", node.npm("run --silent build"))?;
    stamped(&stamp, &sources)
}

/// Installs what the apps are built with, unless it is that of the lock file.
fn install(node: &Node) -> Result<(), String> {
    if is_installed()? {
        return Ok(());
    }
    step::run("packages of the web apps", node.npm("ci --ignore-scripts --no-audit --no-fund"))?;
    stamped(&installed(), &lock()?)
}

/// Writes the app's types of the API again from its description.
///
/// # Errors
/// There is no Node.js, or npm failed.
pub fn types() -> Result<(), String> {
    let node = Node::find_or_fetch()?;
    install(&node)?;
    step::run("types of the API", node.npm("run --silent api"))
}

/// Builds the apps, then becomes the demo; where there is no Node.js, the demo serves a page that says so.
///
/// # Errors
/// The apps do not build, or cargo does not start.
pub fn demo(options: &[&str]) -> Result<Infallible, String> {
    match Node::find_or_fetch() {
        Ok(node) => build(&node)?,
        Err(problem) => println!("the app is not built: {problem}"),
    }
    let mut demo = cargo("run --package preau -- demo");
    demo.args(options);
    Err(format!("cargo does not start: {}", demo.exec()))
}

fn is_installed() -> Result<bool, String> {
    Ok(is_stamped(&installed(), &lock()?))
}

/// Beside what was installed: who removes the one removes the other.
fn installed() -> PathBuf {
    root().join("web/node_modules/.installed")
}

fn lock() -> Result<String, String> {
    fingerprint(&["package.json", "package-lock.json", "app/package.json"].map(|file| root().join("web").join(file)))
}

fn is_stamped(stamp: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

fn stamped(stamp: &Path, text: &str) -> Result<(), String> {
    let folder = stamp.parent().unwrap_or(stamp);
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(stamp, text)).map_err(|error| wrong(stamp, &error))
}

/// Changes when one of the files does.
fn fingerprint(files: &[PathBuf]) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        (file, std::fs::read(file).map_err(|error| wrong(file, &error))?).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The sources in a folder, in the order of their names.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let read = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut found: Vec<PathBuf> =
        read.map_err(|error| wrong(folder, &error))?.iter().map(std::fs::DirEntry::path).collect();
    found.sort();
    let mut files = Vec::new();
    for path in found {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if path.is_dir() && !MADE.contains(&name) {
            files.extend(files_below(&path)?);
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

fn wrong(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
