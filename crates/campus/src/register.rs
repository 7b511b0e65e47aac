//! The campuses that are served now, each on its channels: replaced one by one, atomically, and only by versions without
//! errors.

mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::check::version;
use crate::{Campus, Checked, Draft, Origin, PRODUCTION, Problem, Severity, Surroundings, check};

use state::State;

/// All campuses of this server. Those in a folder of this machine have all their channels from it; others have a
/// publication on each.
pub struct Campuses {
    folder: Option<PathBuf>,
    surroundings: Surroundings,
    current: ArcSwap<State>,
    writing: Mutex<()>,
}

/// What is published on a channel of a campus.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    /// The campus.
    pub id: &'a str,
    /// The channel.
    pub channel: &'a str,
    /// Which publication it is.
    pub number: u32,
    /// The digest of its [`Package`](crate::Package).
    pub digest: &'a str,
    /// Where that package was unpacked.
    pub folder: &'a Path,
}

/// A declaration that has errors; the campus's former version, if any, is served meanwhile.
#[derive(Debug)]
pub struct Broken {
    /// The number of the publication; none of a folder.
    pub publication: Option<u32>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Campuses {
    /// Loads every folder of a folder, where there is one.
    ///
    /// # Errors
    /// The folder cannot be read. A campus with errors is none: see [`Self::broken`].
    pub fn load(folder: Option<&Path>, surroundings: Surroundings) -> std::io::Result<Self> {
        let (current, writing) = (ArcSwap::default(), Mutex::default());
        let campuses = Self { folder: folder.map(Path::to_owned), surroundings, current, writing };
        let entries = folder.map(std::fs::read_dir).transpose()?;
        let paths = entries.into_iter().flatten().map(|entry| Ok(entry?.path()));
        let mut paths = paths.collect::<std::io::Result<Vec<_>>>()?;
        // Where two campuses declare one host, the same one has it after each start.
        paths.sort();
        paths.retain(|path| path.join("campus.toml").is_file());
        let checked = campuses.check_all(&paths);
        campuses.replace(checked);
        Ok(campuses)
    }

    /// Checks folders, on as many threads as the machine has: it is all that a start with many campuses takes.
    fn check_all(&self, paths: &[PathBuf]) -> Vec<(String, Checked)> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let one = |path: &PathBuf| {
            let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (id, check(path, &self.surroundings))
        };
        std::thread::scope(|scope| {
            let parts = paths.chunks(paths.len().div_ceil(threads).max(1));
            let parts: Vec<_> = parts.map(|part| scope.spawn(|| part.iter().map(one).collect::<Vec<_>>())).collect();
            // A check that panics leaves its part of the campuses out, and says so itself.
            parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
        })
    }

    /// Puts checked folders in the place of what was served of them.
    fn replace(&self, checked: Vec<(String, Checked)>) {
        let checked = checked.into_iter().map(|(id, checked)| {
            log(&id, &checked.problems);
            if checked.campus.is_none() {
                tracing::error!(campus = id, "not loaded: the former version, if any, stays in service");
            }
            let campuses: Vec<_> = checked.campus.into_iter().chain(checked.others).map(Arc::new).collect();
            (id, campuses, Arc::new(Broken { publication: None, problems: checked.problems }))
        });
        let checked: Vec<_> = checked.collect();
        let published: Vec<_> = self.change(|state| {
            let replaced = checked.iter().map(|(id, campuses, broken)| {
                state.folders.replace(id, campuses, broken);
                state.published.has(id)
            });
            replaced.collect()
        });
        for ((id, campuses, _), published) in checked.iter().zip(published) {
            if published {
                tracing::warn!(campus = id, "its folder on this machine is served in place of what is published");
            }
            self.tell(id, campuses);
        }
    }

    /// The folder that holds the campuses' folders.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Checks the folder of one campus again and, where there is no error, replaces the campus on all its channels;
    /// requests under way finish under the former version. A folder that is gone takes its campus with it, and leaves the
    /// place to what is published.
    pub fn reload(&self, id: &str) {
        let Some(folder) = &self.folder else { return };
        let path = folder.join(id);
        if !path.join("campus.toml").exists() {
            if self.change(|state| state.folders.remove(id)) {
                tracing::info!(campus = id, "its folder is gone");
            }
            return;
        }
        self.replace(vec![(id.to_owned(), check(&path, &self.surroundings))]);
    }

    /// Checks a publication and, where there is no error, serves the campus from it on its channel. It waits where the
    /// campus has a folder on this machine.
    ///
    /// # Errors
    /// What is wrong with it; what the channel had before stays in service.
    pub fn publish(&self, publication: &Publication<'_>) -> Result<Arc<Campus>, Arc<Broken>> {
        let Publication { id, channel, number, digest, folder } = *publication;
        let draft = Draft { id, folder, origin: Origin::Publication, channel: Some(channel) };
        let checked = draft.check(&self.surroundings);
        log(id, &checked.problems);
        let Some(mut campus) = checked.campus else {
            tracing::error!(
                campus = id,
                channel,
                number,
                "not served: the former publication, if any, stays in service"
            );
            let broken = Arc::new(Broken { publication: Some(number), problems: checked.problems });
            self.change(|state| state.published.breaks(id, channel, &broken));
            return Err(broken);
        };
        campus.publication = Some(number);
        campus.version = version(channel, digest);
        let campus = Arc::new(campus);
        let waits = self.change(|state| {
            state.published.put(&campus);
            state.folders.has(id)
        });
        if waits {
            tracing::warn!(campus = id, channel, number, "published, but its folder on this machine is served instead");
        }
        self.tell(id, std::slice::from_ref(&campus));
        Ok(campus)
    }

    /// Checks a draft as it would be served here. Nothing is contacted, nothing replaced.
    #[must_use]
    pub fn check(&self, draft: &Draft<'_>) -> Checked {
        draft.check(&self.surroundings)
    }

    /// The channels on which a publication of a campus is served, or would be if it had no errors.
    #[must_use]
    pub fn published(&self, id: &str) -> BTreeSet<String> {
        self.current.load().published.channels(id)
    }

    /// Serves no publication on a channel of a campus any more.
    pub fn withdraw(&self, id: &str, channel: &str) {
        if self.change(|state| state.published.withdraw(id, channel)) {
            tracing::info!(campus = id, channel, "withdrawn");
        }
    }

    /// Ids of campuses whose file is not what was loaded.
    pub(crate) fn outdated(&self) -> Vec<String> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let current = |id: &str| std::fs::read_to_string(folder.join(id).join("campus.toml"));
        let outdated = |campus: &Arc<Campus>| {
            !current(&campus.id).is_ok_and(|text| version(&campus.channel, &text) == campus.version)
        };
        let loaded = self.all().into_iter().filter(|campus| campus.publication.is_none());
        loaded.filter(outdated).map(|campus| campus.id.to_string()).collect()
    }

    fn tell(&self, id: &str, campuses: &[Arc<Campus>]) {
        for campus in campuses {
            let (channel, version, data) = (&*campus.channel, &campus.version, campus.data.len());
            tracing::info!(campus = id, channel, publication = campus.publication, version, data, "loaded");
        }
        for host in campuses.iter().filter(|campus| *campus.channel == *PRODUCTION).flat_map(|campus| &campus.hosts) {
            if let Some(other) = self.at(host).filter(|other| *other.id != *id) {
                tracing::warn!(campus = id, "{host} stays with the campus \"{}\", which declared it before", other.id);
            }
        }
    }

    /// Changes what is served, one change after the other, and gives what `change` gave.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // What a panicking writer held was a copy.
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = State::clone(&self.current.load());
        let given = change(&mut next);
        next.give_hosts();
        self.current.store(Arc::new(next));
        given
    }

    /// The campus of a host name (without port, lower case), as everybody has it. On the server itself, names below
    /// `ID.localhost` are the campus's too: cells on one machine have a name each, and so cookies of their own.
    #[must_use]
    pub fn at(&self, host: &str) -> Option<Arc<Campus>> {
        let current = self.current.load();
        let local = || host.strip_suffix(".localhost")?.rsplit_once('.').map(|(_, id)| format!("{id}.localhost"));
        current.by_host.get(host).or_else(|| current.by_host.get(&local()?)).cloned()
    }

    /// The host names that lead to a campus: those that it declares, in that order and where no other one has them, and
    /// its name on the server itself.
    pub fn hosts(&self, campus: &Campus) -> impl Iterator<Item = String> {
        let (current, local) = (self.current.load_full(), format!("{}.localhost", campus.id));
        let (id, hosts) = (Arc::clone(&campus.id), campus.hosts.clone().into_iter().chain([local]));
        hosts.filter(move |host| current.by_host.get(host).is_some_and(|holder| holder.id == id))
    }

    /// The campus of an id, as everybody has it.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Campus>> {
        self.on(id, PRODUCTION)
    }

    /// The campus of an id on a channel.
    #[must_use]
    pub fn on(&self, id: &str, channel: &str) -> Option<Arc<Campus>> {
        self.current.load().channels(id)?.get(channel).cloned()
    }

    /// A campus on each channel that is served, by its name.
    #[must_use]
    pub fn channels(&self, id: &str) -> BTreeMap<Arc<str>, Arc<Campus>> {
        self.current.load().channels(id).cloned().unwrap_or_default()
    }

    /// All campuses as everybody has them, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Campus>> {
        self.current.load().production().cloned().collect()
    }

    /// Whether a data set of a declaration is served, or may be again: who makes a mistake in a declaration will mend it.
    #[must_use]
    pub fn may_serve(&self, id: &str, channel: &str, set: &str, version: u64) -> bool {
        let campus = self.on(id, channel);
        let set = campus.as_ref().and_then(|campus| campus.data.get(set));
        let broken = || [channel, PRODUCTION].iter().any(|channel| self.broken_on(id, channel).is_some());
        set.is_some_and(|set| set.version == version) || broken()
    }

    /// What is wrong with the newest declaration of a campus on `production`, where something is.
    #[must_use]
    pub fn broken(&self, id: &str) -> Option<Arc<Broken>> {
        self.broken_on(id, PRODUCTION)
    }

    /// The same on another channel.
    #[must_use]
    pub fn broken_on(&self, id: &str, channel: &str) -> Option<Arc<Broken>> {
        let state = self.current.load();
        [&state.folders, &state.published].into_iter().find_map(|layer| layer.broken.get(id)?.get(channel)).cloned()
    }

    /// Ids of campuses whose newest declaration has errors on any channel.
    #[must_use]
    pub fn all_broken(&self) -> Vec<String> {
        let state = self.current.load();
        let ids: BTreeSet<_> = state.folders.broken.keys().chain(state.published.broken.keys()).collect();
        ids.into_iter().cloned().collect()
    }
}

fn log(id: &str, problems: &[Problem]) {
    for problem in problems {
        let place = problem.line_and_column().map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let line = format!("{}{place}: {}{help}", problem.file, problem.message);
        match problem.severity {
            Severity::Error => tracing::error!(campus = id, "{line}"),
            Severity::Warning => tracing::warn!(campus = id, "{line}"),
        }
    }
}
