//! The campuses of a server: replaced one by one, and only by versions without errors.

use std::sync::Arc;

use campus::Campuses;

use crate::folder::{Folder, surroundings};

fn declaration(name: &str, hosts: &str) -> String {
    format!("name = \"{name}\"\ntimezone = \"Europe/Paris\"\nhosts = [{hosts}]\n")
}

fn load(folder: &Folder) -> Campuses {
    Campuses::load(Some(&folder.path("")), surroundings(&[])).unwrap()
}

fn name_at(campuses: &Campuses, host: &str) -> Option<String> {
    campuses.at(host).map(|campus| campus.name.clone())
}

#[test]
fn every_folder_with_a_declaration_is_loaded_and_found_by_its_hosts() {
    let folder = Folder::new();
    folder.write("colline/campus.toml", &declaration("Colline", "\"app.colline.fr\""));
    folder.write("rivage/campus.toml", &declaration("Rivage", ""));
    folder.write("notes/README.md", "no campus");
    folder.write("README.md", "no folder");
    let campuses = load(&folder);
    let ids: Vec<_> = campuses.all().iter().map(|campus| campus.id.to_string()).collect();
    assert_eq!(ids, ["colline", "rivage"]);
    assert_eq!(name_at(&campuses, "app.colline.fr").as_deref(), Some("Colline"));
    assert_eq!(name_at(&campuses, "rivage.localhost").as_deref(), Some("Rivage"));
    assert_eq!(name_at(&campuses, "notes.localhost"), None);
    assert_eq!(name_at(&campuses, "dc1.rivage.localhost").as_deref(), Some("Rivage"));
    assert_eq!(name_at(&campuses, "rivage.dc1.localhost"), None);
    assert!(campuses.get("rivage").is_some() && campuses.get("notes").is_none());
}

#[test]
fn a_reload_replaces_a_campus_and_leaves_requests_under_way_their_version() {
    let folder = Folder::with(&declaration("Before", "\"old.univ-demo.fr\""));
    let campuses = load(&folder);
    let under_way = campuses.at("old.univ-demo.fr").unwrap();
    folder.write("demo/campus.toml", &declaration("After", "\"new.univ-demo.fr\""));
    campuses.reload("demo");
    assert_eq!(under_way.name, "Before");
    assert_eq!(name_at(&campuses, "new.univ-demo.fr").as_deref(), Some("After"));
    assert_eq!(name_at(&campuses, "demo.localhost").as_deref(), Some("After"));
    assert_eq!(name_at(&campuses, "old.univ-demo.fr"), None);
    assert_ne!(campuses.get("demo").unwrap().version, under_way.version);
}

#[test]
fn a_broken_edit_keeps_the_running_version_and_is_told() {
    let folder = Folder::with(&declaration("Good", "\"app.univ-demo.fr\""));
    folder.write("other/campus.toml", &declaration("Other", ""));
    let campuses = load(&folder);
    let running = campuses.get("demo").unwrap();
    folder.write("demo/campus.toml", "name = \"Bad\"\ntimezone = \"Europe/Pari\"\n");
    campuses.reload("demo");
    assert!(Arc::ptr_eq(&campuses.get("demo").unwrap(), &running));
    assert_eq!(name_at(&campuses, "app.univ-demo.fr").as_deref(), Some("Good"));
    assert_eq!(campuses.broken("demo").unwrap().problems[0].message, "\"Europe/Pari\" is no time zone");
    assert_eq!(campuses.all_broken(), ["demo"]);
    assert!(campuses.broken("other").is_none());

    folder.write("demo/campus.toml", &declaration("Mended", ""));
    campuses.reload("demo");
    assert_eq!(campuses.get("demo").unwrap().name, "Mended");
    assert!(campuses.broken("demo").is_none() && campuses.all_broken().is_empty());
}

#[test]
fn a_campus_that_was_broken_from_the_start_is_told_and_hinders_nobody() {
    let folder = Folder::with("name = ");
    folder.write("other/campus.toml", &declaration("Other", ""));
    let campuses = load(&folder);
    assert_eq!((campuses.all().len(), campuses.all_broken()), (1, vec!["demo".to_owned()]));
}

#[test]
fn a_removed_folder_takes_its_campus_with_it() {
    let folder = Folder::with(&declaration("Demo", "\"app.univ-demo.fr\""));
    folder.write("broken/campus.toml", "name = ");
    let campuses = load(&folder);
    for id in ["demo", "broken", "never-there"] {
        let _ = std::fs::remove_dir_all(folder.path(id));
        campuses.reload(id);
    }
    assert!(campuses.all().is_empty() && campuses.all_broken().is_empty());
    assert!(campuses.at("app.univ-demo.fr").is_none() && campuses.at("demo.localhost").is_none());
}

#[test]
fn a_host_stays_with_the_campus_that_has_it() {
    let (contested, free) = ("\"app.univ-demo.fr\"", "\"free.univ-demo.fr\"");
    let folder = Folder::new();
    folder.write("late/campus.toml", &declaration("First", contested));
    let campuses = load(&folder);
    folder.write("early/campus.toml", &declaration("Second", &format!("{contested}, {free}, \"late.localhost\"")));
    campuses.reload("early");
    assert_eq!(name_at(&campuses, "app.univ-demo.fr").as_deref(), Some("First"));
    assert_eq!(name_at(&campuses, "late.localhost").as_deref(), Some("First"));
    assert_eq!(name_at(&campuses, "free.univ-demo.fr").as_deref(), Some("Second"));

    folder.write("late/campus.toml", &declaration("First, edited", contested));
    campuses.reload("late");
    assert_eq!(name_at(&campuses, "app.univ-demo.fr").as_deref(), Some("First, edited"));

    folder.write("late/campus.toml", &declaration("First", ""));
    campuses.reload("late");
    assert_eq!(
        name_at(&campuses, "app.univ-demo.fr").as_deref(),
        Some("Second"),
        "given up, it goes to who waits for it"
    );
}

#[test]
fn campuses_that_declare_one_host_are_told_in_the_log_and_the_same_has_it_after_each_start() {
    let folder = Folder::new();
    for id in ["c", "a", "b"] {
        folder.write(&format!("{id}/campus.toml"), &declaration(id, "\"app.univ-demo.fr\""));
    }
    for _ in 0..3 {
        assert_eq!(name_at(&load(&folder), "app.univ-demo.fr").as_deref(), Some("a"));
    }
}
