//! A package from a folder, and into one that is named by its digest.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{MAX_DEPTH, Package, Room, check, left_out};

impl Package {
    /// The files of a campus folder. Hidden files and those that editors leave behind are left out; links are followed
    /// within the folder.
    ///
    /// # Errors
    /// The first file that cannot be published, why, and what to do about it.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let unreadable = |error: io::Error| format!("the campus folder {} cannot be read: {error}", folder.display());
        let root = folder.canonicalize().map_err(unreadable)?;
        let mut reading = Reading { root: &root, room: Room::default(), files: BTreeMap::new() };
        reading.folder(&root, "", MAX_DEPTH)?;
        Self::from_files(reading.files)
    }

    /// Writes the files to `into/DIGEST` and gives its path. What is there already is compared and left alone, or
    /// replaced where something damaged it; several processes may do this at once.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn unpack(&self, into: &Path) -> io::Result<PathBuf> {
        let place = into.join(self.digest());
        if self.is_at(&place) {
            return Ok(place);
        }
        fs::create_dir_all(into)?;
        // Nothing is flushed to the disk: what a loss of power damages is found and written again at the next start.
        let beside = tempfile::Builder::new().prefix(".unpacking-").tempdir_in(into)?;
        for (path, content) in &self.files {
            let path = beside.path().join("new").join(path);
            fs::create_dir_all(path.parent().unwrap_or(into))?;
            fs::write(path, content)?;
        }
        if place.exists() && !self.is_at(&place) {
            // Where somebody else was faster at this, there is nothing to move.
            let _ = fs::rename(&place, beside.path().join("damaged"));
        }
        match fs::rename(beside.path().join("new"), &place) {
            Err(_) if self.is_at(&place) => Ok(place),
            renamed => renamed.map(|()| place),
        }
    }

    /// Whether a folder has all files as they are here.
    fn is_at(&self, place: &Path) -> bool {
        let same = |(path, content): (&String, &Vec<u8>)| {
            let path = place.join(path);
            let size = fs::metadata(&path).map(|found| found.len()).ok();
            size == u64::try_from(content.len()).ok() && fs::read(path).is_ok_and(|found| found == *content)
        };
        self.files.iter().all(same)
    }
}

/// A folder being read.
struct Reading<'a> {
    root: &'a Path,
    room: Room,
    files: BTreeMap<String, Vec<u8>>,
}

impl Reading<'_> {
    /// Reads a folder that lies at `above` in the campus folder and may hold paths of `depth` more names.
    fn folder(&mut self, folder: &Path, above: &str, depth: usize) -> Result<(), String> {
        let place = if above.is_empty() { "the campus folder" } else { above };
        let unreadable = |error: io::Error| format!("{place} cannot be read: {error}");
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            let shown = format!("{above}{}", name.to_string_lossy());
            let name = name.to_str().ok_or_else(|| format!("{shown}: the name is not UTF-8: rename it"))?;
            if left_out(name) {
                continue;
            }
            let real = entry.path().canonicalize().map_err(|error| format!("{shown} cannot be read: {error}"))?;
            if !real.starts_with(self.root) {
                return Err(format!("{shown} leads out of the campus folder: put what it leads to in its place"));
            }
            let kind = fs::metadata(&real).map_err(|error| format!("{shown} cannot be read: {error}"))?.file_type();
            if kind.is_dir() {
                if depth < 2 {
                    return Err(format!("{shown} is more than 8 folders deep: move it up"));
                }
                self.folder(&real, &format!("{shown}/"), depth - 1)?;
            } else if kind.is_file() {
                check(&shown).map_err(|wrong| format!("{} {wrong}", shown.escape_debug()))?;
                let content = self.file(&real).map_err(|error| format!("{shown} cannot be read: {error}"))?;
                self.room.take(&shown, content.len())?;
                self.files.insert(shown, content);
            } else {
                return Err(format!("{shown} is no regular file: move it out of the campus folder"));
            }
        }
        Ok(())
    }

    /// A file's content, as far as there is room for it and one byte more.
    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let most = u64::try_from(self.room.bytes).unwrap_or(u64::MAX).saturating_add(1);
        let mut content = Vec::new();
        fs::File::open(path)?.take(most).read_to_end(&mut content)?;
        Ok(content)
    }
}
