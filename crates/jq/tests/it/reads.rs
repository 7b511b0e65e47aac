//! Which fields a program reads: the privacy inventory of a campus.

use crate::compile;

#[track_caller]
fn reads(source: &str, expected: &[&str]) {
    assert_eq!(compile(source).reads(), expected, "{source}");
}

#[test]
fn follows_paths_through_pipes() {
    reads(".title.rendered", &[".title.rendered"]);
    reads(".items[] | .id", &[".items[].id"]);
    reads(".[].id", &[".[].id"]);
    reads(".", &["."]);
    reads(".a // .b // \"x\"", &[".a", ".b"]);
    reads(".[0].a, .b[1:2][].c", &[".[].a", ".b[].c"]);
    reads(".\"dc-title\".x", &[".\"dc-title\".x"]);
    reads(".a?.b?", &[".a.b"]);
}

#[test]
fn follows_conditions_variables_and_constructions() {
    reads(".[] | select(.published == 1) | .id", &[".[].id", ".[].published"]);
    reads(".items | map(select(.ok)) | sort_by(.date) | .[0].id", &[".items[].date", ".items[].id", ".items[].ok"]);
    reads(". as $x | .items[] | {a: .id, b: $x.name}", &[".items[].id", ".name"]);
    reads("{a: .person, b: .x} | .a.name", &[".person.name"]);
    reads("if .a then .b else .c end", &[".a", ".b", ".c"]);
    reads("\"\\(.first) \\(.last | upcase)\"", &[".first", ".last"]);
    reads(".tags | as_list | map(.name) | join(\", \")", &[".tags[].name"]);
    reads("[.a, .b] | add + .[0].c", &[".a", ".a.c", ".b", ".b.c"]);
    reads("group_by(.d) | map({d: .[0].d, n: map(.n) | add})", &[".[].d", ".[].n"]);
    reads("first(.[] | .a), limit(.n; .b)", &[".[].a", ".b", ".n"]);
    reads(".a + {b: .c} | .b", &[".a.b", ".c"]);
    reads("any(.x > .y)", &[".[].x", ".[].y"]);
    reads("try .a catch \"x\"", &[".a"]);
    reads("map_values(.a)", &[".[].a"]);
}

#[test]
fn reads_whole_what_it_cannot_follow() {
    reads(".a | to_entries | map(.value.x)", &[".a"]);
    reads(".[.k].b", &[".[].b", ".k"]);
    reads("{(.k): .v} | .x", &[".k", ".v"]);
    reads(".a | length", &[".a"]);
    reads("del(.secret)", &["."]);
    reads("gsub(\"a\"; \"b\")", &["."]);
    reads(".a - .b, .c / .d", &[".a", ".b", ".c", ".d"]);
}

#[test]
fn is_bounded_where_programs_double_what_they_follow() {
    let program = "{a: ., b: .} | ".repeat(60) + ".a";
    assert_eq!(compile(&program).reads(), ["."]);
    let program = "(.a, .b) | ".repeat(40) + ".c";
    assert!(compile(&program).reads().len() < 2_000);
}

#[test]
fn programs_that_multiply_paths_are_read_whole() {
    let paths = (0..400).map(|number| format!(".a{number}")).collect::<Vec<_>>().join(",");
    let reads = |times: usize| compile(&format!("first({paths}) | first({}.)", ".,".repeat(times))).reads();
    assert_eq!(reads(1).len(), 400);
    assert!(!reads(1).contains(&".".to_owned()));
    assert!(reads(5_000).contains(&".".to_owned()));
}
