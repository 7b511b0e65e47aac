//! The list in crates/README.md is true, and imports go one way.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tree::{self, Member, members, none};

/// One row of the list: a crate and the cell that says what it imports.
struct Row {
    name: String,
    imports: String,
}

#[test]
fn every_crate_is_on_the_list_and_no_other() {
    let listed: BTreeSet<String> = rows().into_iter().map(|row| row.name).collect();
    let there: BTreeSet<String> = path_crates().into_iter().map(|member| member.name).collect();
    assert_eq!(
        listed, there,
        "the list in crates/README.md (left) is not the folders of crates/ (right): mend the list"
    );
}

#[test]
fn the_workspace_names_its_crates_in_the_order_of_the_list() {
    let manifest = tree::text(Path::new("Cargo.toml"));
    let own = manifest.lines().filter_map(|line| line.split_once(" = { path = ")).map(|(name, _)| name.to_owned());
    let listed = rows().into_iter().map(|row| row.name).filter(|name| name != "preau");
    assert_eq!(
        own.collect::<Vec<_>>(),
        listed.collect::<Vec<_>>(),
        "[workspace.dependencies] (left) and crates/README.md (right) differ: use the order of the path in both"
    );
}

#[test]
fn crates_import_what_the_list_says_and_nothing_else() {
    let rows = rows();
    let members = path_crates();
    let mut above = BTreeSet::new();
    for row in &rows {
        let member = members.iter().find(|member| member.name == row.name).unwrap();
        let imports = imports(member, &rows);
        let allowed: BTreeSet<&str> = match row.imports.as_str() {
            "all" => imports.clone(),
            "all of the above" => above.clone(),
            "" => BTreeSet::new(),
            names => names.split(", ").collect(),
        };
        assert_eq!(
            imports, allowed,
            "what `{}` imports (left) is not what crates/README.md says (right): change the dependency, or the list \
             with a reason in the commit",
            row.name
        );
        above.insert(row.name.as_str());
    }
}

#[test]
fn the_testbed_is_for_tests_only() {
    let using = users_of("testbed", |dependency| !dependency.development);
    none(&using, "move `testbed` to [dev-dependencies] of");
}

#[test]
fn connections_to_upstreams_are_made_by_outbound_only() {
    let others = users_of("reqwest", |_| true).into_iter().filter(|name| name != "outbound");
    none(&others.collect::<Vec<_>>(), "ask `outbound` instead of using reqwest in");
}

#[test]
fn databases_of_schools_are_asked_by_the_sources_only() {
    let others = users_of("sqlx", |dependency| !dependency.development)
        .into_iter()
        // The journal is in a database of our own; the demo fills the one that its campus then reads.
        .filter(|name| name != "sources" && name != "journal" && name != "preau");
    none(&others.collect::<Vec<_>>(), "ask the `sql` connector instead of using sqlx in");
}

fn users_of(wanted: &str, counts: impl Fn(&tree::Dependency) -> bool) -> Vec<String> {
    let uses = |member: &Member| member.dependencies.iter().any(|found| found.name == wanted && counts(found));
    members().into_iter().filter(uses).map(|member| member.name).collect()
}

fn imports<'a>(member: &Member, rows: &'a [Row]) -> BTreeSet<&'a str> {
    let declared = |name: &str| member.dependencies.iter().any(|found| found.name == name && !found.development);
    rows.iter().map(|row| row.name.as_str()).filter(|name| declared(name)).collect()
}

fn path_crates() -> Vec<Member> {
    members().into_iter().filter(|member| member.folder.starts_with("crates")).collect()
}

fn rows() -> Vec<Row> {
    let page = tree::text(Path::new("crates/README.md"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [name, _, imports] = cells.try_into().ok()?;
        (name != "crate" && !name.starts_with("--")).then(|| Row { name: name.to_owned(), imports: imports.to_owned() })
    };
    page.lines().filter_map(row).collect()
}
