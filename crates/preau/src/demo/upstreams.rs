//! The demo's upstreams: two schools' systems as real servers on loopback sockets and real files, dated around now.

mod answer;
mod clock;
pub(super) mod colline;
mod icalendar;
mod lessons;
mod passages;
mod provider;
mod records;
pub(super) mod rivage;
mod table;
mod text;
mod venues;
mod wall;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use axum::Router;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use clock::Clock;

/// The demo schools' systems, running. Dropping it stops them too, without waiting for requests under way.
#[derive(Debug)]
pub struct Upstreams {
    /// What the campus.toml files of `examples/` refer to as `{ env = "NAME" }`.
    pub environment: BTreeMap<String, String>,
    stopping: watch::Sender<()>,
    servers: Vec<JoinHandle<io::Result<()>>>,
}

/// Starts both schools as they are at `now`; afterwards their clock runs on with real time. Files (records of
/// students) are written into `folder`, one folder per campus.
///
/// # Errors
/// A socket that cannot be opened, a file that cannot be written.
pub async fn start(now: Timestamp, folder: &Path) -> io::Result<Upstreams> {
    let clock = Clock::new(now)?;
    let mut upstreams =
        Upstreams { environment: BTreeMap::new(), stopping: watch::Sender::new(()), servers: Vec::new() };
    let (listener, base) = listen().await?;
    let rivage = rivage::start(&clock, &base, &own_folder(folder, "rivage").await?).await?;
    upstreams.serve(listener, rivage);
    let (listener, base) = listen().await?;
    let colline = colline::start(&clock, &base, &own_folder(folder, "colline").await?).await?;
    upstreams.serve(listener, colline);
    Ok(upstreams)
}

impl Upstreams {
    /// Stops both schools; requests under way are answered first.
    ///
    /// # Errors
    /// The first server that had failed before.
    pub async fn stop(self) -> io::Result<()> {
        drop(self.stopping);
        for server in self.servers {
            server.await.map_err(io::Error::other)??;
        }
        Ok(())
    }

    fn serve(&mut self, listener: TcpListener, school: School) {
        self.environment.extend(school.environment.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let mut stopping = self.stopping.subscribe();
        let stopped = async move {
            // An error is the sender's end, which is what stops a server.
            while stopping.changed().await.is_ok() {}
        };
        let serving = axum::serve(listener, school.router).with_graceful_shutdown(stopped);
        self.servers.push(tokio::spawn(serving.into_future()));
    }
}

/// What a school runs, and how its campus.toml finds it.
pub struct School {
    router: Router,
    environment: Vec<(&'static str, String)>,
}

async fn listen() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    Ok((listener, base))
}

async fn own_folder(folder: &Path, campus: &str) -> io::Result<std::path::PathBuf> {
    let own = folder.join(campus);
    tokio::fs::create_dir_all(&own).await?;
    Ok(own)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests;
