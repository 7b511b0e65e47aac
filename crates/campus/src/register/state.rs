//! What is served at one moment: campuses of folders, published ones where there is no folder, and who has which host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Broken;
use crate::{Campus, PRODUCTION};

/// What is served at one moment.
#[derive(Default, Clone)]
pub(super) struct State {
    /// Campuses of folders of this machine.
    pub folders: Layer,
    /// Published ones; those of which there is a folder wait.
    pub published: Layer,
    /// Who answers at a host name.
    pub by_host: BTreeMap<String, Arc<Campus>>,
}

/// Campuses that come from one place, by id and channel.
#[derive(Default, Clone)]
pub(super) struct Layer {
    served: BTreeMap<Arc<str>, Channels>,
    pub broken: BTreeMap<String, BTreeMap<String, Arc<Broken>>>,
}

/// A campus on its channels.
type Channels = BTreeMap<Arc<str>, Arc<Campus>>;

impl State {
    /// A campus on its channels, all from one place.
    pub(super) fn channels(&self, id: &str) -> Option<&Channels> {
        let of_folder = self.folders.served.get(id).filter(|_| self.folders.has(id));
        of_folder.or_else(|| self.published.served.get(id))
    }

    /// All campuses as everybody has them, by id.
    pub(super) fn production(&self) -> impl Iterator<Item = &Arc<Campus>> {
        let published = self.published.served.keys().filter(|id| !self.folders.served.contains_key(*id));
        let mut ids: Vec<_> = self.folders.served.keys().chain(published).collect();
        ids.sort();
        ids.into_iter().filter_map(|id| self.channels(id)?.get(PRODUCTION))
    }

    /// Gives each host to a campus that declares it: to the one that has it, else to the first. No campus takes over
    /// another's address, and one that is given up goes to who waits for it.
    pub(super) fn give_hosts(&mut self) {
        let former = std::mem::take(&mut self.by_host);
        let campuses: Vec<_> = self.production().cloned().collect();
        for campus in &campuses {
            for host in &campus.hosts {
                let holds = former.get(host).is_some_and(|holder| holder.id == campus.id);
                if holds || !self.by_host.contains_key(host) {
                    self.by_host.insert(host.clone(), Arc::clone(campus));
                }
            }
        }
        for campus in campuses {
            self.by_host.insert(format!("{}.localhost", campus.id), campus);
        }
    }
}

impl Layer {
    /// Whether a campus is served from here for everybody.
    pub(super) fn has(&self, id: &str) -> bool {
        self.served.get(id).is_some_and(|channels| channels.contains_key(PRODUCTION))
    }

    /// The channels of a campus that are served from here, or would be if their declarations had no errors.
    pub(super) fn channels(&self, id: &str) -> BTreeSet<String> {
        let served = self.served.get(id).into_iter().flatten().map(|(channel, _)| channel.to_string());
        let broken = self.broken.get(id).into_iter().flatten().map(|(channel, _)| channel.clone());
        served.chain(broken).collect()
    }

    /// Puts a campus on its channel.
    pub(super) fn put(&mut self, campus: &Arc<Campus>) {
        self.mends(&campus.id, &campus.channel);
        let channels = self.served.entry(Arc::clone(&campus.id)).or_default();
        channels.insert(Arc::clone(&campus.channel), Arc::clone(campus));
    }

    /// Puts one declaration of a campus on all its channels. A channel on which it is broken keeps what it had; one that
    /// the declaration does not know goes. Where it is broken as a whole, all stay.
    pub(super) fn replace(&mut self, id: &str, campuses: &[Arc<Campus>], broken: &Arc<Broken>) {
        let Some(first) = campuses.first() else { return self.breaks(id, PRODUCTION, broken) };
        self.broken.remove(id);
        for campus in campuses {
            self.put(campus);
        }
        let known: Vec<_> = first.channels.keys().map(String::as_str).chain([PRODUCTION]).collect();
        if let Some(channels) = self.served.get_mut(id) {
            channels.retain(|channel, _| known.contains(&&**channel));
        }
        let built = |channel: &str| campuses.iter().any(|campus| *campus.channel == *channel);
        for channel in known.into_iter().filter(|channel| !built(channel)) {
            self.breaks(id, channel, broken);
        }
    }

    /// Takes a campus off a channel; whether it was on it.
    pub(super) fn withdraw(&mut self, id: &str, channel: &str) -> bool {
        self.mends(id, channel);
        let Some(channels) = self.served.get_mut(id) else { return false };
        let known = channels.remove(channel).is_some();
        if channels.is_empty() {
            self.served.remove(id);
        }
        known
    }

    /// Takes a campus off all channels; whether it was on any.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        let (served, broken) = (self.served.remove(id), self.broken.remove(id));
        served.is_some() || broken.is_some()
    }

    /// Notes that the newest declaration for a channel has errors.
    pub(super) fn breaks(&mut self, id: &str, channel: &str, broken: &Arc<Broken>) {
        self.broken.entry(id.to_owned()).or_default().insert(channel.to_owned(), Arc::clone(broken));
    }

    fn mends(&mut self, id: &str, channel: &str) {
        if let Some(channels) = self.broken.get_mut(id) {
            channels.remove(channel);
            if channels.is_empty() {
                self.broken.remove(id);
            }
        }
    }
}
