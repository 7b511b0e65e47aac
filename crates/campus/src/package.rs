//! A campus folder as one value: what is published, told by its digest, the same on every machine.

mod diff;
mod folder;

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};

/// Files at most.
const MAX_FILES: usize = 2_000;
/// All contents together, in bytes.
const MAX_BYTES: usize = 16 << 20;
/// Names in a path at most, the file's own being the last.
const MAX_DEPTH: usize = 8;
/// A path at most, in bytes.
const MAX_PATH: usize = 512;
/// A name at most, in bytes: what file systems take.
const MAX_NAME: usize = 255;

/// The files of a campus folder: few, small and plainly named, whoever gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    files: BTreeMap<String, Vec<u8>>,
}

impl Package {
    /// A package of files by their paths from the campus folder, with `/` between names.
    ///
    /// # Errors
    /// The first file that no package may hold, and why: its path leads elsewhere or is not plain, or there is too much.
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Result<Self, String> {
        let mut room = Room::default();
        for (path, content) in &files {
            check(path).map_err(|wrong| format!("\"{}\" {wrong}", path.escape_debug()))?;
            let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
            if let Some(folder) = folders.into_iter().find(|folder| files.contains_key(*folder)) {
                return Err(format!("\"{folder}\" cannot be a file and the folder of \"{path}\""));
            }
            room.take(path, content.len())?;
        }
        if !files.contains_key("campus.toml") {
            return Err("there is no campus.toml: a campus is a folder with a campus.toml in it".to_owned());
        }
        Ok(Self { files })
    }

    /// The files by their paths.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The package's name: SHA-256 over all paths and contents in order, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut context = Context::new(&SHA256);
        for (path, content) in &self.files {
            // Each with its length, so that nothing can move from one to the other.
            for part in [path.as_bytes(), content] {
                context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                context.update(part);
            }
        }
        context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What may still be added.
struct Room {
    files: usize,
    bytes: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { files: MAX_FILES, bytes: MAX_BYTES }
    }
}

impl Room {
    fn take(&mut self, path: &str, bytes: usize) -> Result<(), String> {
        let remedy = "move what the campus does not read out of its folder";
        let fewer = self.files.checked_sub(1);
        self.files = fewer.ok_or_else(|| format!("{path} is one of more than {MAX_FILES} files: {remedy}"))?;
        let less = self.bytes.checked_sub(bytes);
        self.bytes = less.ok_or_else(|| format!("with {path}, the folder has more than 16 MiB: {remedy}"))?;
        Ok(())
    }
}

/// Whether a path is one that [`Package::read`] could have found; what is wrong with it otherwise.
fn check(path: &str) -> Result<(), &'static str> {
    if path.len() > MAX_PATH {
        return Err("is longer than 512 bytes: shorten the names");
    }
    if path.contains(|c: char| c == '\\' || c.is_control()) {
        return Err("has a backslash or a control character in it: rename it");
    }
    if path.split('/').count() > MAX_DEPTH {
        return Err("is more than 8 folders deep: move it up");
    }
    path.split('/').try_for_each(|name| match name {
        "" | "." | ".." => Err("is no path within the campus folder: write it from there, without \".\" and \"..\""),
        name if name.len() > MAX_NAME => Err("has a name of more than 255 bytes: shorten it"),
        name if left_out(name) => Err("is hidden or left by an editor, which is never published: rename it"),
        _ => Ok(()),
    })
}

/// Hidden files, and what editors leave beside the ones they write.
fn left_out(name: &str) -> bool {
    let endings = ["~", ".bak", ".orig", ".swp", ".tmp"];
    name.starts_with('.')
        || endings.iter().any(|end| name.ends_with(end))
        || (name.starts_with('#') && name.ends_with('#'))
}
