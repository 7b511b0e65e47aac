//! What is written down stays true: the reference, and every declaration and settings file.

use std::path::{Path, PathBuf};

use crate::process::{Ended, Preau, root};

#[test]
fn the_reference_is_fresh() {
    let ended = Preau::run(&["reference", "--check", "docs/reference"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[test]
fn says_which_page_of_the_reference_is_not_fresh() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().display().to_string();
    assert_eq!(Preau::run(&["reference", &pages]).code, Some(0));
    std::fs::write(folder.path().join("kinds.md"), "old").unwrap();
    let ended = Preau::run(&["reference", "--check", &pages]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err, "preau: not fresh: kinds.md; `cargo xtask docs` writes them");
}

#[test]
fn every_settings_file_can_be_read() {
    let files: Vec<_> = toml_files().into_iter().filter(|path| path.file_name().unwrap() == "preau.toml").collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let ended = Preau::run(&["check", "examples", "--settings", &file.display().to_string()]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", file.display());
    }
}

#[test]
fn every_campus_is_in_order() {
    let files: Vec<_> = toml_files().into_iter().filter(|path| path.file_name().unwrap() == "campus.toml").collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        // A benchmark's declaration is a template.
        let text = std::fs::read_to_string(&file).unwrap().replace("{upstream}", "9");
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(file.parent().unwrap().file_name().unwrap());
        copy_folder(file.parent().unwrap(), &copy);
        std::fs::write(copy.join("campus.toml"), text).unwrap();
        let ended = Preau::run(&["check", "--offline", &copy.display().to_string()]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}: {}", file.display(), ended.out);
    }
}

#[test]
fn every_toml_text_in_a_page_can_be_used() {
    let mut checked = 0;
    for page in ["docs", "examples"].into_iter().flat_map(|folder| files(&root().join(folder), "md")) {
        let text = std::fs::read_to_string(&page).unwrap();
        for block in text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            let table: toml::Table =
                toml::from_str(block).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            let ended = check(table);
            assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}:\n{block}{}", page.display(), ended.out);
            checked += 1;
        }
    }
    assert!(checked > 0);
}

/// Checks a part of a declaration, completed, or else of the settings.
fn check(mut part: toml::Table) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let (campus, settings) = (folder.path().join("campus"), folder.path().join("preau.toml"));
    if !["name", "login", "channels", "sources", "data", "kinds"].into_iter().any(|key| part.contains_key(key)) {
        std::fs::write(&settings, part.to_string()).unwrap();
        return Preau::run(&["check", "examples", "--settings", &settings.display().to_string()]);
    }
    for set in part.get_mut("data").and_then(toml::Value::as_table_mut).into_iter().flatten() {
        complete(set.1.as_table_mut().unwrap(), "source = \"own\"\npath = \"own.json\"");
    }
    complete(&mut part, "name = \"U\"\nzone = \"eu\"\ntimezone = \"Europe/Paris\"\nlanguages = [\"fr\"]\nsources = {}");
    complete(part["sources"].as_table_mut().unwrap(), "own = { connector = \"file\", path = \".\" }");
    std::fs::create_dir(&campus).unwrap();
    std::fs::write(campus.join("campus.toml"), part.to_string()).unwrap();
    // The providers of a page exist on paper.
    Preau::run(&["check", "--offline", &campus.display().to_string()])
}

/// Adds what a table does not have of these keys.
fn complete(table: &mut toml::Table, defaults: &str) {
    for (key, value) in toml::from_str::<toml::Table>(defaults).unwrap() {
        table.entry(key).or_insert(value);
    }
}

fn toml_files() -> Vec<PathBuf> {
    ["docs", "examples", "benches"].into_iter().flat_map(|folder| files(&root().join(folder), "toml")).collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let found = entries.flat_map(|path| if path.is_dir() { files(&path, extension) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
