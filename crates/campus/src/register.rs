//! The campuses that are served now: replaced one by one, atomically, and only by versions without errors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::check::version;
use crate::{Campus, Problem, Severity, Surroundings, check};

/// All campuses of this server.
pub struct Campuses {
    folder: PathBuf,
    surroundings: Surroundings,
    current: ArcSwap<State>,
}

#[derive(Default, Clone)]
struct State {
    by_id: BTreeMap<Arc<str>, Arc<Campus>>,
    by_host: BTreeMap<String, Arc<Campus>>,
    broken: BTreeMap<String, Arc<Broken>>,
}

/// A declaration that has errors; the campus's former version, if any, is served meanwhile.
#[derive(Debug)]
pub struct Broken {
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Campuses {
    /// Loads every folder of a folder.
    ///
    /// # Errors
    /// The folder cannot be read. A campus with errors is none: see [`Self::broken`].
    pub fn load(folder: &Path, surroundings: Surroundings) -> std::io::Result<Self> {
        let campuses = Self { folder: folder.to_owned(), surroundings, current: ArcSwap::default() };
        let paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let mut paths = paths.collect::<std::io::Result<Vec<_>>>()?;
        // Where two campuses declare one host, the same one has it after each start.
        paths.sort();
        for path in paths.iter().filter(|path| path.join("campus.toml").is_file()) {
            campuses.reload(&path.file_name().unwrap_or_default().to_string_lossy());
        }
        Ok(campuses)
    }

    /// The folder that holds the campuses' folders.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Checks one campus again and, where there is no error, replaces it; requests under way finish under the former
    /// version. A folder that is gone takes its campus with it.
    pub fn reload(&self, id: &str) {
        let path = self.folder.join(id);
        if !path.join("campus.toml").exists() {
            self.remove(id);
            return;
        }
        let checked = check(&path, &self.surroundings);
        for problem in &checked.problems {
            let place = problem.line_and_column().map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
            let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            let line = format!("{}{place}: {}{help}", problem.file, problem.message);
            match problem.severity {
                Severity::Error => tracing::error!(campus = id, "{line}"),
                Severity::Warning => tracing::warn!(campus = id, "{line}"),
            }
        }
        match checked.campus {
            Some(campus) => self.replace(id, &Arc::new(campus)),
            None => {
                tracing::error!(campus = id, "not loaded: the former version, if any, stays in service");
                let broken = Arc::new(Broken { problems: checked.problems });
                self.change(|state| drop(state.broken.insert(id.to_owned(), Arc::clone(&broken))));
            }
        }
    }

    /// Ids of campuses whose file is not what was loaded.
    pub(crate) fn outdated(&self) -> Vec<String> {
        let current = |id: &str| {
            std::fs::read_to_string(self.folder.join(id).join("campus.toml")).map(|text| version(&text)).ok()
        };
        self.all()
            .iter()
            .filter(|campus| current(&campus.id).as_ref() != Some(&campus.version))
            .map(|campus| campus.id.to_string())
            .collect()
    }

    fn replace(&self, id: &str, campus: &Arc<Campus>) {
        self.change(|state| {
            state.broken.remove(id);
            state.by_id.insert(Arc::clone(&campus.id), Arc::clone(campus));
            state.give_hosts();
        });
        for host in &campus.hosts {
            if let Some(other) = self.at(host).filter(|other| other.id != campus.id) {
                tracing::warn!(campus = id, "{host} stays with the campus \"{}\", which declared it before", other.id);
            }
        }
        tracing::info!(campus = id, version = campus.version, data = campus.data.len(), "loaded");
    }

    fn remove(&self, id: &str) {
        let known = self.get(id).is_some() || self.broken(id).is_some();
        self.change(|state| {
            state.broken.remove(id);
            state.by_id.remove(id);
            state.give_hosts();
        });
        if known {
            tracing::info!(campus = id, "removed");
        }
    }

    fn change(&self, change: impl Fn(&mut State)) {
        self.current.rcu(|state| {
            let mut next = State::clone(state);
            change(&mut next);
            next
        });
    }

    /// The campus of a host name (without port, lower case).
    #[must_use]
    pub fn at(&self, host: &str) -> Option<Arc<Campus>> {
        self.current.load().by_host.get(host).cloned()
    }

    /// The campus of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Campus>> {
        self.current.load().by_id.get(id).cloned()
    }

    /// All campuses, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Campus>> {
        self.current.load().by_id.values().cloned().collect()
    }

    /// What is wrong with the newest declaration of a campus, where something is.
    #[must_use]
    pub fn broken(&self, id: &str) -> Option<Arc<Broken>> {
        self.current.load().broken.get(id).cloned()
    }

    /// Ids of campuses whose newest declaration has errors.
    #[must_use]
    pub fn all_broken(&self) -> Vec<String> {
        self.current.load().broken.keys().cloned().collect()
    }
}

impl State {
    /// Gives each host to a campus that declares it: to the one that has it, else to the first. No campus takes over
    /// another's address, and one that is given up goes to who waits for it.
    fn give_hosts(&mut self) {
        let former = std::mem::take(&mut self.by_host);
        for (id, campus) in &self.by_id {
            for host in &campus.hosts {
                let holds = former.get(host).is_some_and(|holder| holder.id == *id);
                if holds || !self.by_host.contains_key(host) {
                    self.by_host.insert(host.clone(), Arc::clone(campus));
                }
            }
        }
        for (id, campus) in &self.by_id {
            self.by_host.insert(format!("{id}.localhost"), Arc::clone(campus));
        }
    }
}
