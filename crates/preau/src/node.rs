//! What this node remembers: its folder, the journal as the settings have it, and the cell that it is of.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gateway::Gateway;
use jiff::Timestamp;
use journal::postgres::{self, PostgresJournal, Watch};
use journal::{Durability, Hybrid, Journal, Key, Origin, SqliteJournal, State};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::settings::Settings;

/// How long a start waits for the journal; the read model answers without it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a node looks how its cell stands among the others.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The folder of the state, which one process uses at a time.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// What a node remembers.
pub(crate) struct Node {
    pub state: Arc<State>,
    pub folder: Folder,
    /// The journal in a file, on one machine.
    pub embedded: Option<Arc<SqliteJournal>>,
    pub cell: Option<Arc<Member>>,
}

/// A cell of several, as one of its nodes sees it.
pub(crate) struct Member {
    pub origin: Origin,
    pub url: String,
    zone: Option<String>,
    watch: Watch,
}

impl Folder {
    /// The folder that the settings name, made where there is none.
    ///
    /// # Errors
    /// It cannot be made, or a server uses it.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let wrong = |error: std::io::Error| {
            format!(
                "the state's folder {} cannot be used: {error}; set `state` to one that can be written",
                path.display()
            )
        };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(wrong)?;
        let lock = File::create(path.join("lock")).map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(format!("another server uses the state's folder {}: set `state` to another one", path.display()))
            }
            Err(TryLockError::Error(error)) => Err(wrong(error)),
        }
    }

    /// One machine's journal.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("journal.sqlite")
    }

    /// The read model.
    pub(crate) fn read_model(&self) -> PathBuf {
        self.path.join("state.sqlite")
    }

    /// Where answers outlive the process.
    pub(crate) fn cache(&self) -> PathBuf {
        self.path.join("cache.sqlite")
    }

    /// Where publications are unpacked.
    pub(crate) fn publications(&self) -> PathBuf {
        self.path.join("publications")
    }

    /// Opens one machine's journal.
    ///
    /// # Errors
    /// It is none, or damaged.
    pub(crate) fn open_journal(&self, clock: &Arc<Hybrid>) -> Result<SqliteJournal, String> {
        open(&self.journal(), clock)
    }
}

/// Opens a journal in a file.
///
/// # Errors
/// It is none, or damaged.
pub(crate) fn open(path: &Path, clock: &Arc<Hybrid>) -> Result<SqliteJournal, String> {
    // It is no cell among others, and whatever name it has stays with what it wrote.
    let origin = "here".parse()?;
    SqliteJournal::open(path, origin, Arc::clone(clock)).map_err(|failure| failure.to_string())
}

/// The clock that stamps.
pub(crate) fn clock() -> Arc<Hybrid> {
    Hybrid::new(Arc::new(Timestamp::now))
}

impl Node {
    /// Opens the journal and the read model, and brings that up to date where the journal answers soon.
    ///
    /// # Errors
    /// The folder, the journal's file or the settings of the cell are not as they have to be. A database that does not
    /// answer is no error: what the read model has is served.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, String> {
        let (folder, clock) = (Folder::open(&settings.state)?, clock());
        let (mut embedded, mut cell) = (None, None);
        let journal: Arc<dyn Journal> = match &settings.cell {
            None => Arc::clone(embedded.insert(Arc::new(folder.open_journal(&clock)?))) as _,
            Some(of) => {
                let postgres::Cell { origin, database, peers, .. } = of.resolve(settings)?;
                let watch = Watch::new(&database, origin.clone(), &peers, Arc::clone(&clock));
                let (url, zone) = (of.url.clone(), settings.zone.clone());
                cell = Some(Arc::new(Member { origin: origin.clone(), url, zone, watch }));
                Arc::new(PostgresJournal::open(&database, origin, Arc::clone(&clock)))
            }
        };
        let state = State::open(journal, Some(&folder.read_model()), clock).map_err(|failure| failure.to_string())?;
        match timeout(PATIENCE, state.catch_up()).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                tracing::error!("reads are answered from the read model, and nothing can be written: {failure}");
            }
            Err(_) => {
                tracing::warn!("reads are answered from the read model, which is still catching up with the journal");
            }
        }
        Ok(Self { state, folder, embedded, cell })
    }
}

impl Member {
    /// How the cell stands now.
    pub(crate) async fn look(&self) -> postgres::Status {
        self.watch.look().await
    }

    /// Looks again and again, tells the gateway, and announces the cell to phones, for ever.
    pub(crate) async fn keep_looking(&self, state: &State, gateway: &Gateway) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut announced, mut alarms) = (false, Vec::new());
        loop {
            ticks.tick().await;
            let status = self.look().await;
            status.alarms.iter().filter(|alarm| !alarms.contains(*alarm)).for_each(|alarm| tracing::error!("{alarm}"));
            gateway.note_cell(&status);
            alarms = status.alarms;
            announced = announced || self.announce(state).await;
        }
    }

    /// Says where phones reach the cell, where that is not known; whether all know it now, or will.
    async fn announce(&self, state: &State) -> bool {
        let key = Key::Cell(self.origin.to_string());
        let value = json!({ "zone": self.zone, "url": self.url });
        if state.value(None, &key).is_some_and(|known| known.value == value) {
            return true;
        }
        let by = format!("cell:{}", self.origin);
        // Nodes of one cell that start at once mean one write.
        let before = state.change(None, key.clone(), value.clone(), &by).base;
        let once = before.map_or_else(|| by.clone(), |before| format!("{by}:{before}"));
        match state.set(None, key, value, &by, Some(&once), Durability::Local).await {
            Ok(_) => tracing::info!(cell = %self.origin, url = self.url, "announced"),
            Err(failure) => {
                tracing::warn!("this cell is not announced to phones yet: {failure}");
                return false;
            }
        }
        true
    }
}
