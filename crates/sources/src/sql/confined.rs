//! Files of a campus: in its folder or in a directory that the operator opened, links included.

use std::path::{Path, PathBuf};

use outbound::{Failure, FailureKind};

use crate::Context;

/// The real path of a regular file, where it lies in the campus folder or in one of the operator's directories.
pub(super) fn confined(path: &Path, context: &Context) -> Result<PathBuf, Failure> {
    let failed = |kind, what: String| Failure::new(kind, format!("{} {what}", name(path)));
    let real = context.folder.join(path).canonicalize();
    let real = real.map_err(|error| failed(FailureKind::Unavailable, format!("cannot be opened: {}", error.kind())))?;
    let folders = std::iter::once(&context.folder).chain(&context.directories);
    if !folders.filter_map(|folder| folder.canonicalize().ok()).any(|folder| real.starts_with(folder)) {
        let outside = "is neither in the campus folder nor in a directory that the operator opened";
        return Err(failed(FailureKind::Rejected, outside.into()));
    }
    // Opening a pipe would wait for who writes into it.
    if real.is_file() { Ok(real) } else { Err(failed(FailureKind::Rejected, "is no regular file".into())) }
}

/// What messages call a file.
pub(super) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
