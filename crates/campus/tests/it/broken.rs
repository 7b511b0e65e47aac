//! Broken declarations, `broken/*.toml`, and what a person reads of each, `broken/*.snap`.

use std::path::Path;

use campus::{Severity, check};

use crate::folder::{Folder, report, surroundings};

#[test]
fn every_mistake_is_told_with_its_place_and_a_remedy() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/broken");
    let files = std::fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&cases);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let folder = Folder::with(&std::fs::read_to_string(&file).unwrap());
        let checked = folder.check();
        assert!(checked.campus.is_none(), "{name}");
        assert!(checked.problems.iter().any(|problem| problem.severity == Severity::Error), "{name}");
        let report = report(&checked);
        assert!(!report.contains(folder.path("").to_str().unwrap()), "{name} shows a path of this machine:\n{report}");
        settings.bind(|| insta::assert_snapshot!(name, report));
    }
}

#[test]
fn a_folder_s_name_that_is_no_host_name_is_no_id() {
    let folder = Folder::new();
    folder.write("Univ Démo/campus.toml", "name = \"Démo\"\ntimezone = \"Europe/Paris\"\n");
    let checked = check(&folder.path("Univ Démo"), &surroundings(&[]));
    insta::assert_snapshot!(report(&checked), @r#"
    error: "Univ Démo" cannot be a campus's id
    --> Univ Démo/campus.toml
     = help: rename the folder: lower-case letters, digits and hyphens, as in a host name
    "#);
}

#[test]
fn a_folder_without_a_declaration_is_no_campus() {
    let folder = Folder::new();
    insta::assert_snapshot!(report(&folder.check()), @"
    error: campus.toml cannot be read: No such file or directory (os error 2)
    --> demo/campus.toml
     = help: a campus is a folder with a campus.toml in it
    ");
    folder.write("demo/campus.toml", "");
    std::fs::write(folder.path("demo/campus.toml"), b"name = \"\xe9cole\"").unwrap();
    insta::assert_snapshot!(report(&folder.check()), @"
    error: campus.toml cannot be read: stream did not contain valid UTF-8
    --> demo/campus.toml
    ");
    folder.write("demo/campus.toml", &"# never ends\n".repeat(100_000));
    insta::assert_snapshot!(report(&folder.check()), @"
    error: campus.toml cannot be read: it is larger than 1 MiB
    --> demo/campus.toml
    ");
}

#[test]
fn a_place_is_a_line_and_a_column_in_characters() {
    let checked = Folder::with("name = \"é\"\ntimezone = \"Europe/Paris\"\nhosts = [\"é\", \"\"]\n").check();
    let places: Vec<_> = checked.problems.iter().map(|problem| problem.line_and_column().unwrap()).collect();
    assert_eq!(places, [(3, 10), (3, 15)]);
}
