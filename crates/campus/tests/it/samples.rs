//! Samples beside a mapping, run by the check.

use crate::folder::{Folder, report};

const DECLARATION: &str = r#"
name = "Démo"
timezone = "Europe/Paris"

[sources.api]
connector = "http"
url = "https://api.univ-demo.fr/v1"

[data.news]
source = "api"

[data.news.map]
each = ".posts[]"
id = ".id"
title = ".title"
published = ".date"
"#;

const REPLY: &str =
    r#"{ "posts": [{ "id": 1, "title": "La rentrée", "date": "2026-09-01" }, { "id": 2, "title": "?" }] }"#;

fn checked(files: &[(&str, &str)]) -> String {
    let folder = Folder::with(DECLARATION);
    for (file, text) in files {
        folder.write(&format!("demo/samples/news/{file}"), text);
    }
    let checked = folder.check();
    assert_eq!(checked.campus.is_some(), checked.problems.is_empty());
    report(&checked)
}

#[test]
fn a_sample_that_comes_out_as_expected_is_in_order() {
    let expected = r#"[{ "id": "1", "title": "La rentrée", "published": "2026-09-01T00:00:00+02:00" }]"#;
    assert_eq!(checked(&[("reply.json", REPLY), ("expected.json", expected)]), "");
    assert_eq!(checked(&[("autumn/reply.json", REPLY), ("autumn/expected.json", expected)]), "");
}

#[test]
fn a_sample_that_does_not_come_out_as_expected_says_where_and_why() {
    let both = r#"[{ "id": "1", "title": "La rentrée", "published": "2026-09-01T00:00:00+02:00" }, { "id": "2", "title": "?" }]"#;
    insta::assert_snapshot!(checked(&[("reply.json", REPLY), ("expected.json", both)]), @r#"
    error: the sample of "news" does not come out as expected: the list has length 1, not 2; record 2: published: no value, and the field is required
    --> demo/samples/news/expected.json
     = help: `preau try` shows what the mapping makes of the source; correct [data.news.map] or the sample
    "#);
    let other = r#"[{ "id": "1", "title": "Rentrée", "published": "2026-09-01T00:00:00+02:00" }]"#;
    insta::assert_snapshot!(checked(&[("autumn/reply.json", REPLY), ("autumn/expected.json", other)]), @r#"
    error: the sample of "news" does not come out as expected: [0].title is "La rentrée", not "Rentrée"; record 2: published: no value, and the field is required
    --> demo/samples/news/autumn/expected.json
     = help: `preau try` shows what the mapping makes of the source; correct [data.news.map] or the sample
    "#);
}

#[test]
fn a_sample_that_cannot_be_run_says_what_is_wrong_with_it() {
    insta::assert_snapshot!(checked(&[("reply.json", REPLY)]), @r#"
    error: the sample of "news" has no expected.json beside it
    --> demo/samples/news/reply.json
     = help: `preau try` shows what the mapping makes of the source; correct [data.news.map] or the sample
    "#);
    insta::assert_snapshot!(checked(&[("reply.json", REPLY), ("expected.json", "[{]")]), @r#"
    error: the sample of "news" is not JSON: key must be a string at line 1 column 3
    --> demo/samples/news/expected.json
     = help: `preau try` shows what the mapping makes of the source; correct [data.news.map] or the sample
    "#);
    insta::assert_snapshot!(checked(&[("reply.json", "<html>"), ("expected.json", "[]")]), @r#"
    error: the sample of "news" cannot be mapped: not JSON: expected value at line 1 column 1
    --> demo/samples/news/reply.json
     = help: `preau try` shows what the mapping makes of the source; correct [data.news.map] or the sample
    "#);
    insta::assert_snapshot!(checked(&[("reply.json", "{ \"posts\": 5 }"), ("expected.json", "[]")]), @r#"
    error: the sample of "news" cannot be mapped: `each` cannot be applied to the answer: cannot iterate over number
    --> demo/samples/news/reply.json
     = help: `preau try` shows what the mapping makes of the source; correct [data.news.map] or the sample
    "#);
}

#[test]
fn what_a_connector_knows_of_a_record_is_told_where_the_record_does_not_do() {
    let source = "[sources.edt]\nconnector = \"ical\"\nurl = \"https://edt.univ-demo.fr/\"\n[data.timetable]\nsource = \"edt\"\n";
    let folder = Folder::with(&format!("name = \"Démo\"\ntimezone = \"Europe/Paris\"\n{source}"));
    let event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Algèbre\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    folder.write("demo/samples/timetable/reply.ics", event);
    folder.write("demo/samples/timetable/expected.json", "[{}]");
    let report = report(&folder.check());
    assert!(report.contains("record 1: start: no value, and the field is required: DTSTART is missing"), "{report}");
}
