//! `preau check`: every mistake at once, with its place and remedy.

use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::process::{Preau, root};
use crate::site::{Site, declaration};

const UPSTREAM: &str = "https://www.univ-demo.fr/";

#[test]
fn finds_the_examples_in_order() {
    let ended = Preau::run(&["check", "examples"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    assert!(ended.out.contains("colline: 14 data sets in order"), "{}", ended.out);
    assert!(ended.out.contains("2 campuses, 0 errors, "), "{}", ended.out);
}

#[test]
fn takes_campuses_and_folders_of_them_together() {
    let site = Site::new(UPSTREAM, "");
    let ended = Preau::run(&["check", &site.text("campuses"), "examples/rivage"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for line in
        ["lac: 1 data set in order", "mont: 1 data set in order", "rivage: 16 data sets in order", "3 campuses, "]
    {
        assert!(ended.out.contains(line), "{line}: {}", ended.out);
    }
}

#[test]
fn shows_every_mistake_with_its_place_and_remedy() {
    let site = Site::new(UPSTREAM, "");
    let broken =
        declaration("Université du Lac", UPSTREAM).replace("title =", "titel =").replace("\"portal\"", "\"portl\"");
    site.declare("lac", &broken);
    let ended = Preau::run(&["check", &site.text("campuses")]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    assert_snapshot!(ended.out, @r#"
    error: unknown source "portl"
      --> lac/campus.toml:12:10
       |
    12 | source = "portl"
       |          ^^^^^^^
       |
       = help: did you mean "portal"?

    error: the kind "links" has no field "titel"
      --> lac/campus.toml:19:1
       |
    19 | titel = ".title"
       | ^^^^^
       |
       = help: did you mean "title"?

    mont: 1 data set in order
    2 campuses, 2 errors, 0 warnings
    "#);
}

#[test]
fn knows_secrets_in_directories_that_the_settings_open() {
    let site = Site::new(UPSTREAM, "");
    site.write("secrets/key", "k");
    let headers = format!("headers = {{ x-key = {{ file = {:?} }} }}\n[data.links]", site.text("secrets/key"));
    site.declare("lac", &declaration("Université du Lac", UPSTREAM).replace("[data.links]", &headers));
    let alone = Preau::run(&["check", &site.text("campuses")]);
    assert!(alone.out.ends_with("2 campuses, 0 errors, 1 warning"), "{}", alone.out);
    site.write("preau.toml", &format!("directories = [{:?}]", site.text("secrets")));
    let with_settings = Preau::run(&["check", &site.text("campuses"), "--settings", &site.text("preau.toml")]);
    assert!(with_settings.out.ends_with("2 campuses, 0 errors, 0 warnings"), "{}", with_settings.out);
}

#[test]
fn says_which_folder_is_missing_or_holds_no_campus() {
    let missing = Preau::run(&["check", "examples", "exemples"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(1), ""));
    assert_snapshot!(missing.err, @"preau: exemples: No such file or directory (os error 2)");
    let folder = tempfile::tempdir().unwrap();
    let empty = Preau::run(&["check", &folder.path().display().to_string()]);
    assert_eq!(empty.code, Some(1));
    assert!(
        empty.err.ends_with("is no campus and holds none: a campus is a folder with a campus.toml in it"),
        "{empty:?}"
    );
}

#[test]
fn minds_nobody_who_stops_reading() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_preau"));
    command.args(["check", "examples"]).current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
