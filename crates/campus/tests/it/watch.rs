//! Changes of a campus folder, picked up while it is served.

use std::sync::Arc;
use std::time::Duration;

use campus::{Campuses, watch};

use crate::folder::{Folder, surroundings};

/// Longer than any machine needs to tell of a change.
const PATIENCE: Duration = Duration::from_secs(20);

fn declaration(name: &str) -> String {
    format!("name = \"{name}\"\ntimezone = \"Europe/Paris\"\n")
}

/// Waits until something holds of the campuses, and makes the change again meanwhile: nobody knows when a watch begins.
async fn until(campuses: &Campuses, change: impl Fn(), holds: impl Fn(&Campuses) -> bool) {
    let changing = async {
        loop {
            change();
            for _ in 0..50 {
                if holds(campuses) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, changing).await.unwrap();
}

#[tokio::test]
async fn a_change_is_picked_up_and_a_removal_too() {
    let folder = Folder::with(&declaration("Before"));
    let campuses = Arc::new(Campuses::load(Some(&folder.path("")), surroundings(&[])).unwrap());
    let watching = tokio::spawn(watch(Arc::clone(&campuses)));
    let named = |id: &'static str, name: &'static str| {
        move |campuses: &Campuses| campuses.get(id).is_some_and(|campus| campus.name == name)
    };
    until(&campuses, || folder.write("demo/campus.toml", &declaration("After")), named("demo", "After")).await;
    until(&campuses, || folder.write("new/campus.toml", &declaration("New")), named("new", "New")).await;
    until(
        &campuses,
        || folder.write("demo/campus.toml", "name = 1"),
        |campuses| campuses.broken("demo").is_some() && campuses.get("demo").is_some(),
    )
    .await;
    let remove = || drop(std::fs::remove_dir_all(folder.path("new")));
    until(&campuses, remove, |campuses| campuses.get("new").is_none()).await;
    watching.abort();
}

#[tokio::test]
async fn a_change_of_a_file_that_the_declaration_names_is_one_of_the_campus() {
    let drawing = |side: u8| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\"/>");
    let folder = Folder::with(&(declaration("Drawn") + "theme.logo = \"art/logo.svg\"\n"));
    folder.write("demo/art/logo.svg", &drawing(1));
    let campuses = Arc::new(Campuses::load(Some(&folder.path("")), surroundings(&[])).unwrap());
    let watching = tokio::spawn(watch(Arc::clone(&campuses)));
    let shows = |text: String| {
        move |campuses: &Campuses| {
            campuses.get("demo").unwrap().theme.logo.as_ref().unwrap().bytes[..] == *text.as_bytes()
        }
    };
    until(&campuses, || folder.write("demo/art/logo.svg", &drawing(2)), shows(drawing(2))).await;
    let spoil = || folder.write("demo/art/logo.svg", "<svg><script/></svg>");
    until(&campuses, spoil, |campuses| campuses.broken("demo").is_some()).await;
    assert!(shows(drawing(2))(&campuses), "the former one stays in service");
    until(&campuses, || folder.write("demo/art/logo.svg", &drawing(3)), shows(drawing(3))).await;
    watching.abort();
}

#[tokio::test]
async fn a_folder_that_never_rests_is_loaded_all_the_same() {
    let folder = Folder::with(&declaration("Before"));
    let campuses = Arc::new(Campuses::load(Some(&folder.path("")), surroundings(&[])).unwrap());
    let watching = tokio::spawn(watch(Arc::clone(&campuses)));
    folder.write("demo/campus.toml", &declaration("After"));
    let noisy = async {
        while campuses.get("demo").unwrap().name != "After" {
            folder.write("demo/export.csv", "id;title\n");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, noisy).await.unwrap();
    watching.abort();
}
