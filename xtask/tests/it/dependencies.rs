//! Every dependency has a reason and a user, and what comes from outside of cargo is installed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tree::{self, files_named, members, none};

#[test]
fn every_dependency_says_why_it_is_there() {
    let silent = declared()
        .into_iter()
        .filter(|line| !line.contains("path = ") && !line.contains("} # ") && !line.contains("\" # "));
    none(&silent.collect::<Vec<_>>(), "write the reason behind `#` on the line in Cargo.toml");
}

#[test]
fn every_dependency_of_the_workspace_is_used_by_a_crate() {
    let members = members();
    let used = |name: &str| members.iter().flat_map(|member| &member.dependencies).any(|found| found.name == name);
    let unused = declared().into_iter().filter_map(|line| {
        let name = line.split(' ').next()?.to_owned();
        (!used(&name)).then_some(name)
    });
    none(&unused.collect::<Vec<_>>(), "remove from [workspace.dependencies] what no crate uses");
}

#[test]
fn every_crate_uses_what_it_declares() {
    let sources = files_named("rs");
    let mut unused = Vec::new();
    for member in members() {
        let own = sources.iter().filter(|path| path.starts_with(&member.folder));
        let own = own.map(|path| tree::text(path)).collect::<Vec<_>>().join("\n");
        let before_colons =
            own.split("::").filter_map(|text| text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next());
        let named: BTreeSet<&str> = before_colons.collect();
        for dependency in &member.dependencies {
            if !named.contains(dependency.name.replace('-', "_").as_str()) {
                unused.push(format!("{}: {}", member.name, dependency.name));
            }
        }
    }
    none(&unused, "remove from the crate's Cargo.toml what its sources never name");
}

#[test]
fn what_the_testbed_starts_is_installed_before_the_tests() {
    let installed = tree::text(Path::new("xtask/src/packages.rs"));
    let missing = testbed::PACKAGES.iter().filter(|name| !installed.contains(&format!("debian: \"{name}\"")));
    let missing: Vec<String> = missing.map(|name| (*name).to_owned()).collect();
    none(&missing, "add to `TESTS` in xtask/src/packages.rs");
}

/// The lines of [workspace.dependencies].
fn declared() -> Vec<String> {
    let manifest = tree::text(Path::new("Cargo.toml"));
    let section = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let lines = section.take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
