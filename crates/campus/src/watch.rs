//! A changed campus folder is loaded again: at once for one machine and for development.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::{EventKind, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::Campuses;

/// An editor writes a file in several steps; what follows within this time belongs to one change.
const QUIET: Duration = Duration::from_millis(150);
/// A folder in which something is written all the time is loaded after this time all the same.
const LONGEST: Duration = Duration::from_secs(2);

/// Watches the campuses' folder and reloads what changes, be it a declaration or another file of its folder, until the
/// future is dropped. Without a folder nothing does.
///
/// # Errors
/// The folder cannot be watched.
pub async fn watch(campuses: Arc<Campuses>) -> Result<(), notify::Error> {
    let (tell, mut changed) = mpsc::unbounded_channel();
    let Some(folder) = campuses.folder() else { return std::future::pending().await };
    let folder = folder.canonicalize().map_err(notify::Error::io)?;
    let root = folder.clone();
    let mut watcher = notify::recommended_watcher(move |event: Result<notify::Event, notify::Error>| {
        let Ok(event) = event else { return };
        if !matches!(event.kind, EventKind::Access(_)) {
            for id in event.paths.iter().filter_map(|path| campus_of(&root, path)) {
                // The receiver is gone only when nobody watches any more.
                let _ = tell.send(id);
            }
        }
    })?;
    watcher.watch(&folder, RecursiveMode::Recursive)?;
    // What changed between loading and watching.
    reload(&campuses, campuses.outdated()).await;
    while let Some(first) = changed.recv().await {
        let mut ids = BTreeSet::from([first]);
        let begun = Instant::now();
        while begun.elapsed() < LONGEST
            && let Ok(Some(id)) = tokio::time::timeout(QUIET, changed.recv()).await
        {
            ids.insert(id);
        }
        reload(&campuses, ids).await;
    }
    Ok(())
}

async fn reload(campuses: &Arc<Campuses>, ids: impl IntoIterator<Item = String>) {
    for id in ids {
        let campuses = Arc::clone(campuses);
        // Reading and checking files would hold up the requests of this thread.
        let _ = tokio::task::spawn_blocking(move || campuses.reload(&id)).await;
    }
}

/// The campus a changed path belongs to. Data files (a database that is written all day) are no change of declaration.
fn campus_of(root: &Path, path: &Path) -> Option<String> {
    let mut parts = path.strip_prefix(root).ok()?.components();
    let id = parts.next()?.as_os_str().to_str()?.to_owned();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    (!extension.starts_with("sqlite") && !extension.starts_with("db")).then_some(id)
}
