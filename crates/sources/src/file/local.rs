//! A local file, read within bounds.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use outbound::{Failure, FailureKind};

use crate::confined::{self, Unreadable, confined};
use crate::{Context, Validators};

/// A file, found anew each time it is read.
#[derive(Clone)]
pub(super) struct Local {
    folder: PathBuf,
    directories: Vec<PathBuf>,
    path: PathBuf,
    below: Option<PathBuf>,
    max_bytes: usize,
}

/// What is read at once, and what it is known by.
pub(super) type Content = (Bytes, Validators);

impl Local {
    pub(super) fn new(path: PathBuf, context: &Context) -> Self {
        let (folder, directories) = (context.folder.clone(), context.directories.clone());
        Self { folder, directories, path, below: None, max_bytes: context.rules.max_body }
    }

    /// A file of this directory.
    pub(super) fn below(&self, path: Option<&str>) -> Self {
        Self { below: path.map(PathBuf::from), ..self.clone() }
    }

    /// What the source names.
    pub(super) fn name(&self) -> &Path {
        &self.path
    }

    /// Reads it; `None` where it is still as `known` says.
    pub(super) fn read(&self, known: Option<&Validators>) -> Result<Option<Content>, Failure> {
        let path = self.find()?;
        let failed = |error| Unreadable::Refused(error).failure(&self.called());
        // Opening a pipe would wait for who writes into it.
        if !fs::metadata(&path).map_err(failed)?.is_file() {
            return Err(self.failure(
                FailureKind::Rejected,
                "is no regular file; a data set gives the file of a directory in `path`",
            ));
        }
        let file = File::open(&path).map_err(failed)?;
        let validators = validators(&file.metadata().map_err(failed)?);
        if known == Some(&validators) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&file).take((self.max_bytes as u64).saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > self.max_bytes {
            return Err(self.failure(
                FailureKind::Malformed,
                format!("is larger than {} bytes (`limits.max_bytes`)", self.max_bytes),
            ));
        }
        if validators != self::validators(&file.metadata().map_err(failed)?) {
            return Err(self.failure(FailureKind::Unavailable, "is being written"));
        }
        Ok(Some((bytes.into(), validators)))
    }

    /// Its real path, where that lies within what the campus may read.
    fn find(&self) -> Result<PathBuf, Failure> {
        let source = self.source().map_err(|error| error.failure(&self.called()))?;
        let Some(below) = &self.below else { return Ok(source) };
        match confined(below, &source, &[]) {
            Err(Unreadable::Outside) => Err(self.failure(FailureKind::Rejected, "is not in the source's directory")),
            found => found.map_err(|error| error.failure(&self.called())),
        }
    }

    /// The real path of what the source names.
    pub(super) fn source(&self) -> Result<PathBuf, Unreadable> {
        confined(&self.path, &self.folder, &self.directories)
    }

    pub(super) fn failure(&self, kind: FailureKind, what: impl std::fmt::Display) -> Failure {
        Failure::new(kind, format!("{} {what}", self.called()))
    }

    fn called(&self) -> String {
        confined::name(self.below.as_ref().unwrap_or(&self.path))
    }
}

/// Time and size in the shape of an entity tag: a file that is replaced has another.
fn validators(metadata: &Metadata) -> Validators {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let etag = format!("\"{:x}-{:x}\"", modified.as_nanos(), metadata.len());
    Validators { etag: Some(etag), last_modified: None }
}
