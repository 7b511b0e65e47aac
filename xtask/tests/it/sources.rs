//! What every source file keeps to.

use std::path::{Path, PathBuf};

use crate::tree::{files_named, lines_where, none, text};

/// Longer than any file that is one thing.
const MAX_LINES: usize = 600;

#[test]
fn every_file_opens_with_a_sentence_that_says_what_it_is_for() {
    let silent = files_named("rs").into_iter().filter(|path| !text(path).starts_with("//! "));
    none(&shown(silent), "open with one `//!` sentence");
}

#[test]
fn every_file_of_the_web_opens_with_a_comment_that_says_what_it_is_for() {
    let opens = |path: &PathBuf| ["// ", "/* ", "<!-- "].iter().any(|comment| text(path).starts_with(comment));
    none(&shown(of_the_web().filter(|path| !opens(path))), "open with one comment");
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let generated = Path::new("web/app/src/api/schema.ts");
    let sources = files_named("rs").into_iter().chain(of_the_web().filter(|path| path != generated));
    let long = sources.filter(|path| text(path).lines().count() > MAX_LINES);
    none(&shown(long), "more than 600 lines: split by what a reader looks for");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TODO", "FIXME", "XXX", "HACK"];
    let unfinished = ["todo!(", "unimplemented!("];
    let found = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric()).any(|word| marks.contains(&word))
            || unfinished.iter().any(|call| line.contains(call))
    };
    let sources: Vec<PathBuf> =
        files_named("rs").into_iter().chain(of_the_web()).filter(|path| !is_test(path)).collect();
    none(&lines_where(&sources, found), "finish it, or file an issue and remove the mark");
}

#[test]
fn only_the_binary_reads_the_environment() {
    // A build script is told by it where to write, and nothing of it comes into the binary.
    let may = [
        "crates/preau",
        "crates/testbed",
        "crates/web/build.rs",
        "crates/identity/examples",
        "crates/journal/examples",
        "crates/campus/examples",
        "crates/sources/examples",
        "xtask",
    ];
    let read = ["std::env", "env::var", "env::args", "env!("];
    let found = |line: &str| {
        let code =
            line.split("//").next().unwrap_or_default().replace("env!(\"CARGO_", "").replace("env!(\"OUT_DIR", "");
        read.iter().any(|pattern| code.contains(pattern))
    };
    let sources: Vec<PathBuf> =
        files_named("rs").into_iter().filter(|path| !may.iter().any(|folder| path.starts_with(folder))).collect();
    none(&lines_where(&sources, found), "take it as a parameter; `preau` reads the environment");
}

fn of_the_web() -> impl Iterator<Item = PathBuf> {
    ["ts", "svelte", "mjs", "css"].into_iter().flat_map(files_named).filter(|path| path.starts_with("web"))
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests")
}

fn shown(paths: impl Iterator<Item = PathBuf>) -> Vec<String> {
    paths.map(|path| path.display().to_string()).collect()
}
