//! Pages lead where they say, and no file tells where it was written.

use std::path::PathBuf;

use crate::tree::{files, files_named, lines_where, none, root, text};

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    for page in files_named("md") {
        let folder = root().join(&page).parent().unwrap().to_owned();
        for target in links(&text(&page)) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !target.contains(':') && !folder.join(path).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    none(&broken, "mend the link, from the page's own folder");
}

#[test]
fn every_test_that_the_table_of_hostile_inputs_names_is_there() {
    let tests: String = files_named("rs").iter().map(|file| text(file)).collect();
    let table = text(&PathBuf::from("docs/hostile.md"));
    // What is in code marks and reads as a sentence is a test.
    let named = table.split('`').skip(1).step_by(2).filter(|name| name.matches('_').count() > 2);
    let missing: Vec<_> = named.filter(|name| !tests.contains(&format!("fn {name}("))).map(str::to_owned).collect();
    none(&missing, "docs/hostile.md names a test that is called otherwise now: write its name");
}

#[test]
fn no_file_names_the_host_of_a_package_registry() {
    // In two parts each, so that this file does not name them either.
    let hosts = [
        concat!("crates", ".io/"),
        concat!("index.crates", ".io"),
        concat!("static.crates", ".io"),
        concat!("registry.npmjs", ".org"),
        concat!("pypi", ".org"),
        concat!("files.pythonhosted", ".org"),
        concat!("deb.debian", ".org"),
        concat!("proxy.golang", ".org"),
    ];
    let found = |line: &str| hosts.iter().any(|host| line.contains(host));
    none(&lines_where(&written(), found), "name the package and its tool, not the host that it comes from");
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    let mut folders =
        vec![concat!("/ro", "ot/").to_owned(), concat!("/wo", "rk/").to_owned(), format!("{}/", root().display())];
    folders.extend(std::env::var("HOME").ok().filter(|home| home.len() > 1).map(|home| format!("{home}/")));
    // An absolute path has nothing before it that could be the rest of a longer one or of an address.
    let absolute = |line: &str, at: usize| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "._-~})>".contains(c))
    };
    let found =
        |line: &str| folders.iter().any(|folder| line.match_indices(folder.as_str()).any(|(at, _)| absolute(line, at)));
    none(&lines_where(&written(), found), "write the path from the repository's root, or leave it to a setting");
}

/// Files that a person writes; cargo writes its lock.
fn written() -> Vec<PathBuf> {
    files().into_iter().filter(|path| !path.ends_with("Cargo.lock")).collect()
}

/// Targets of links in Markdown, outside of code.
fn links(page: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let mut in_code = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second part between backquotes is code.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        let inline = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.extend(inline.filter_map(|target| target.split(' ').next()).map(str::to_owned));
        let defined = prose.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        targets.extend(defined.map(|(_, target)| target.to_owned()));
    }
    targets
}
