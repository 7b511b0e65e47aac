//! The demo: the example campuses in a folder of their own, and their upstream systems in this process.

mod upstreams;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rust_embed::RustEmbed;

use crate::settings::Settings;

pub(crate) use upstreams::Upstreams;

/// The example campuses, as they are in the repository.
#[derive(RustEmbed)]
#[folder = "../../examples"]
#[include = "rivage/*"]
#[include = "colline/*"]
struct Examples;

/// A running demo; its folder goes with it.
pub(crate) struct Demo {
    folder: tempfile::TempDir,
    upstreams: Upstreams,
}

impl Demo {
    /// Writes the campuses and starts their upstream systems, with data around `now`.
    ///
    /// # Errors
    /// The folder or a socket cannot be made.
    pub(crate) async fn start(now: Timestamp) -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("preau-demo-").tempdir().map_err(|error| wrong(&error))?;
        for name in Examples::iter() {
            let Some(file) = Examples::get(&name) else { continue };
            let path = folder.path().join("campuses").join(&*name);
            std::fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(|error| wrong(&error))?;
            std::fs::write(path, file.data).map_err(|error| wrong(&error))?;
        }
        let upstreams = systems(now, &folder.path().join("files")).await?;
        Ok(Self { folder, upstreams })
    }

    /// The folder of the campuses.
    pub(crate) fn campuses(&self) -> PathBuf {
        self.folder.path().join("campuses")
    }

    /// The folder of one of them.
    ///
    /// # Errors
    /// The demo has no such campus.
    pub(crate) fn campus(&self, id: &Path) -> Result<PathBuf, String> {
        let known: BTreeSet<_> = Examples::iter().filter_map(|name| Some(name.split_once('/')?.0.to_owned())).collect();
        match id.to_str().filter(|id| known.contains(*id)) {
            Some(id) => Ok(self.campuses().join(id)),
            None => {
                let known: Vec<_> = known.into_iter().collect();
                Err(format!("no demo campus \"{}\": there are {}", id.display(), known.join(", ")))
            }
        }
    }

    /// The variables that their declarations refer to.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        self.upstreams.environment.clone()
    }

    /// Settings under which the campuses may reach their upstream systems, and nothing else is touched.
    pub(crate) fn settings(&self, mut settings: Settings) -> Settings {
        let loopback = ["127.0.0.0/8", "::1/128"].into_iter().filter_map(|range| range.parse::<ipnet::IpNet>().ok());
        settings.outbound.private.entry("*".to_owned()).or_default().extend(loopback);
        settings.directories.push(self.folder.path().join("files"));
        settings.state = self.folder.path().join("state");
        settings.session_keys = self.folder.path().join("session.keys");
        settings.admin_socket = self.folder.path().join("admin.sock");
        settings
    }

    /// Where it keeps its files while it runs.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the upstream systems.
    pub(crate) async fn stop(self) {
        stop(self.upstreams).await;
    }
}

/// Starts the upstream systems alone, with their files in a folder and data around `now`.
///
/// # Errors
/// A file or a socket cannot be made.
pub(crate) async fn systems(now: Timestamp, folder: &Path) -> Result<Upstreams, String> {
    // Campuses may run in another folder.
    let folder = std::path::absolute(folder).map_err(|error| wrong(&error))?;
    upstreams::start(now, &folder).await.map_err(|error| wrong(&error))
}

/// Stops them.
pub(crate) async fn stop(upstreams: Upstreams) {
    if let Err(error) = upstreams.stop().await {
        tracing::warn!("an upstream of the demo failed: {error}");
    }
}

fn wrong(error: &std::io::Error) -> String {
    format!("the demo cannot start: {error}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests;
