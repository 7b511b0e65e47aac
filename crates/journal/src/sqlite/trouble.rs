//! What can be wrong with a journal's file, told to whoever can mend it.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::{Failure, Stream};

pub(super) enum Trouble {
    Sqlite(rusqlite::Error),
    Io(io::Error),
    /// A file of something else.
    Foreign,
    /// Made by a later version of Préau.
    Later(i64),
    /// An entry is missing, or is not what was appended.
    Broken(Stream, u64),
}

impl Trouble {
    /// The failure of a journal in this file.
    pub(super) fn of(&self, path: &Path) -> Failure {
        let damaged = |what: &str| {
            format!(
                "is damaged ({what}): move it and the files that are called -wal and -shm after it away, and put the \
                 last backup in its place"
            )
        };
        let foreign = || "is no journal of Préau: move it away, or name another file".to_owned();
        let told = match self {
            Self::Foreign => foreign(),
            Self::Later(version) => {
                format!("was made by a later Préau (version {version} of the journal): start that one, or a later one")
            }
            Self::Broken(stream, seq) => damaged(&format!("entry {seq} of {stream} is not what was appended")),
            Self::Io(error) => {
                format!("cannot be written ({error}): see that its folder is there, is yours and has room")
            }
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => {
                    "is on a full disk: make room and write again; nothing that was acknowledged is lost".to_owned()
                }
                Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                    format!(
                        "cannot be opened ({error}): see that its folder is there and that this user may write to both"
                    )
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    "is held by another program: end that one and write again".to_owned()
                }
                Some(ErrorCode::NotADatabase) => foreign(),
                // Values that are none of ours are damage as well.
                Some(ErrorCode::DatabaseCorrupt) | None => damaged(&error.to_string()),
                Some(_) => format!("cannot be read or written ({error}): see that its disk is well and has room"),
            },
        };
        Failure::Unavailable(format!("{} {told}", path.display()))
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
