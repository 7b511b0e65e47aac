//! The campuses that are served now: replaced one by one, atomically, and only by versions without errors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;

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
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.join("campus.toml").is_file()
                && let Some(id) = path.file_name()
            {
                campuses.reload(&id.to_string_lossy());
            }
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
            self.change(|state| {
                state.broken.remove(id);
                state.remove(id);
            });
            tracing::info!(campus = id, "removed");
            return;
        }
        let checked = check(&path, &self.surroundings);
        for problem in &checked.problems {
            let place = problem.line_and_column().map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
            let help = problem.help.as_deref().unwrap_or_default();
            match problem.severity {
                Severity::Error => {
                    tracing::error!(campus = id, "{}{place}: {} ({help})", problem.file, problem.message)
                }
                Severity::Warning => {
                    tracing::warn!(campus = id, "{}{place}: {} ({help})", problem.file, problem.message)
                }
            }
        }
        match checked.campus {
            Some(campus) => self.replace(id, Arc::new(campus)),
            None => {
                tracing::error!(campus = id, "not loaded: the former version, if any, stays in service");
                let broken = Arc::new(Broken { problems: checked.problems });
                self.change(|state| drop(state.broken.insert(id.to_owned(), Arc::clone(&broken))));
            }
        }
    }

    fn replace(&self, id: &str, campus: Arc<Campus>) {
        self.change(|state| {
            state.broken.remove(id);
            state.remove(id);
            state.by_id.insert(Arc::clone(&campus.id), Arc::clone(&campus));
            for host in &campus.hosts {
                // The first to declare a host keeps it: no campus takes over another's address.
                state.by_host.entry(host.clone()).or_insert_with(|| Arc::clone(&campus));
            }
            state.by_host.insert(format!("{id}.localhost"), Arc::clone(&campus));
        });
        tracing::info!(campus = id, version = campus.version, data = campus.data.len(), "loaded");
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
    fn remove(&mut self, id: &str) {
        self.by_id.remove(id);
        self.by_host.retain(|_, campus| &*campus.id != id);
    }
}
