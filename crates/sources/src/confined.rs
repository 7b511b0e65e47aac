//! Files that a campus may read: in its folder or in a directory that the operator opened, links followed.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use outbound::{Failure, FailureKind};

/// Why a campus cannot read a file.
#[derive(Debug)]
pub enum Unreadable {
    /// It lies where a campus may not read, whether there is one or not.
    Outside,
    /// It is not there, or the system refuses it.
    Refused(io::Error),
}

/// The real path of what `path` names from the campus folder, where that lies in it or in one of the directories.
///
/// # Errors
/// [`Unreadable`]: the path leads elsewhere, or nowhere.
pub fn confined(path: &Path, folder: &Path, directories: &[PathBuf]) -> Result<PathBuf, Unreadable> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let opened = directories.iter().flat_map(|directory| [Some(directory.clone()), directory.canonicalize().ok()]);
    let roots: Vec<PathBuf> = opened.flatten().chain([folder.clone()]).collect();
    let within = |path: &Path| roots.iter().any(|root| path.starts_with(root));
    let named = folder.join(path);
    match named.canonicalize() {
        Ok(real) if within(&real) => Ok(real),
        // What is not there lies where its name says.
        Err(error) if within(&plain(&named)) => Err(Unreadable::Refused(error)),
        _ => Err(Unreadable::Outside),
    }
}

/// What messages call a file.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

impl Unreadable {
    /// The same as a failure of the file that messages call `name`.
    pub(crate) fn failure(&self, name: &str) -> Failure {
        let kind = match self {
            Self::Outside => FailureKind::Rejected,
            Self::Refused(error) if error.kind() == ErrorKind::PermissionDenied => FailureKind::Refused,
            Self::Refused(_) => FailureKind::Unavailable,
        };
        Failure::new(kind, format!("{name} {self}"))
    }
}

/// As it follows a file's name.
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("is neither in the campus folder nor in a directory that the operator opened"),
            Self::Refused(error) if error.kind() == ErrorKind::NotFound => f.write_str("is not there"),
            Self::Refused(error) => write!(f, "cannot be read: {}", error.kind()),
        }
    }
}

/// A path without `.` and `..`, links not followed.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_lies_in_the_folder_or_an_opened_directory_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        for folder in ["campus/data", "campus-2", "opened"] {
            std::fs::create_dir_all(path(folder)).unwrap();
            std::fs::write(path(folder).join("file"), "").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(path("campus-2"), path("campus/link")).unwrap();
        let told = |name: &str| {
            let found = confined(Path::new(name), &path("campus"), &[path("opened")]);
            found.map_or_else(|error| error.to_string(), |_| "found".to_owned())
        };
        let opened = path("opened/file").display().to_string();
        for inside in ["data/file", "./data/../data/file", "../opened/file", &opened] {
            assert_eq!(told(inside), "found", "{inside}");
        }
        for absent in ["data/none", "none/../none", "../opened/none"] {
            assert_eq!(told(absent), "is not there", "{absent}");
        }
        for outside in ["../campus-2/file", "link/file", "../none", "data/../../campus-2", "/etc/passwd", "/none"] {
            assert!(told(outside).starts_with("is neither in the campus folder"), "{outside}: {}", told(outside));
        }
    }
}
