//! Campus folders of tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use campus::{Checked, Surroundings, check};
use outbound::{Outbound, Rules};
use tempfile::TempDir;

/// A folder of campuses; it goes with the value.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with one campus, `demo`.
    pub fn with(declaration: &str) -> Self {
        let folder = Self::new();
        folder.write("demo/campus.toml", declaration);
        folder
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// Checks the campus `demo` as `preau check` does.
    pub fn check(&self) -> Checked {
        check(&self.path("demo"), &surroundings(&[]))
    }
}

/// Surroundings with these environment variables, where references may lead nowhere.
pub fn surroundings(variables: &[(&str, &str)]) -> Surroundings {
    let variables: BTreeMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Surroundings {
        outbound: Outbound::new(&[]).unwrap(),
        rules: Arc::new(|_| Rules::default()),
        directories: Vec::new(),
        zone: None,
        environment: Arc::new(move |_, _, name| Ok(variables.get(name).cloned())),
        secrets_required: false,
    }
}

/// What a person reads of a check.
pub fn report(checked: &Checked) -> String {
    let problems: Vec<_> = checked.problems.iter().map(|problem| problem.render(false)).collect();
    problems.join("\n\n")
}

/// The repository's example campuses.
pub fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries.filter(|path| path.join("campus.toml").exists()).collect();
    found.sort();
    found
}
