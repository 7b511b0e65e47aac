//! The kinds that every phone understands, one file each.

mod absences;
mod courses;
mod departures;
mod directory;
mod documents;
mod events;
mod grades;
mod links;
mod loans;
mod menus;
mod news;
mod notices;
mod opening;
mod pages;
mod places;
mod posts;
mod profile;
mod timetable;

use std::sync::{Arc, LazyLock};

use crate::Kind;

/// One line per kind, in the order of the reference page.
const KINDS: &[fn() -> Kind] = &[
    news::kind,
    notices::kind,
    events::kind,
    posts::kind,
    timetable::kind,
    courses::kind,
    grades::kind,
    absences::kind,
    profile::kind,
    documents::kind,
    directory::kind,
    loans::kind,
    opening::kind,
    menus::kind,
    departures::kind,
    places::kind,
    pages::kind,
    links::kind,
];

/// All of them, in the order of the reference page; every campus shares them.
#[must_use]
pub fn all() -> &'static [Arc<Kind>] {
    static ALL: LazyLock<Vec<Arc<Kind>>> = LazyLock::new(|| KINDS.iter().map(|kind| Arc::new(kind())).collect());
    &ALL
}

/// The kind of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Arc<Kind>> {
    all().iter().find(|kind| kind.name == name)
}
