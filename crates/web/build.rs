//! Chooses which build of the student app the binary holds. It builds nothing and asks no network: `cargo xtask demo` does.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Names the folder of a build; wins over the repository's.
const VARIABLE: &str = "PREAU_WEB_DIST";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?);
    let dist = chosen(&here)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    walk(&dist, "", &mut files)?;
    let mut list = String::from("&[\n");
    for (name, path) in files {
        writeln!(list, "({name:?}, include_bytes!({path:?})),").map_err(|error| error.to_string())?;
    }
    list.push_str("]\n");
    let out = std::env::var("OUT_DIR").map_err(|error| error.to_string())?;
    std::fs::write(Path::new(&out).join("files.rs"), list).map_err(|error| error.to_string())
}

fn chosen(here: &Path) -> Result<PathBuf, String> {
    if let Ok(dist) = std::env::var(VARIABLE) {
        let dist = PathBuf::from(dist);
        return match dist.join("index.html").is_file() {
            true => Ok(dist),
            false => Err(format!("{VARIABLE} is {}, where no index.html is: build the app first", dist.display())),
        };
    }
    let app = here.join("../../web/app");
    let dist = app.join("dist");
    if dist.join("index.html").is_file() {
        return Ok(dist);
    }
    if app.is_dir() {
        // Until there is a build to look at, whatever makes one changes this folder.
        println!("cargo::rerun-if-changed={}", app.display());
    }
    println!(
        "cargo::warning=the student app is not built: the binary shows a page that says so (cargo xtask demo builds it)"
    );
    Ok(here.join("placeholder"))
}

/// The files below a folder: their paths from it, and where they are.
fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(wrong)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            walk(&path, &format!("{name}/"), files)?;
        } else {
            files.push((name, path.canonicalize().map_err(wrong)?));
        }
    }
    Ok(())
}
