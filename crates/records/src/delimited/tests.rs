//! Tests of `delimited`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::borrow::Cow;

use proptest::prelude::*;

use super::{decode, guess};
use crate::{Limits, Value, Wanted, json};

fn read(text: &str) -> Result<Value<'_>, String> {
    decode(text, guess(text), Wanted::all(), &Limits::default()).map_err(|error| error.message)
}

#[track_caller]
fn same(text: &str, json: &str) {
    assert_eq!(read(text).unwrap(), json::decode(json.as_bytes(), Wanted::all(), &Limits::default()).unwrap());
}

#[test]
fn rows_are_records_by_the_names_of_the_first_line() {
    same(
        "\u{FEFF} room ,seats\r\nA 12, 40\r\n\"B, 1\",\r\n",
        r#"[{"room": "A 12", "seats": " 40"}, {"room": "B, 1", "seats": null}]"#,
    );
}

#[test]
fn the_delimiter_is_guessed_outside_of_quotes() {
    for (line, expected) in [
        ("a;b;c,d", b';'),
        ("a\tb", b'\t'),
        ("a|b", b'|'),
        ("\"a;b;c\",d", b','),
        ("\n\na;b", b';'),
        ("a", b','),
        ("", b','),
    ] {
        assert_eq!(guess(line), expected, "{line:?}");
    }
}

#[test]
fn quotes_hold_delimiters_lines_and_quotes() {
    same("a;b\n\"x;\n\"\"y\"\"\";2\n\"z\"tail;\"\"\n", r#"[{"a": "x;\n\"y\"", "b": "2"}, {"a": "ztail", "b": null}]"#);
}

#[test]
fn short_rows_lack_and_long_rows_number_their_cells() {
    same(
        "a,b\n1\n1,2,3,,5\n1,2,,\n",
        r#"[{"a": "1"}, {"a": "1", "b": "2", "column_3": "3", "column_4": null, "column_5": "5"}, {"a": "1", "b": "2"}]"#,
    );
}

#[test]
fn columns_without_a_name_of_their_own_are_numbered() {
    same("a,,a,b,\n1,2,3,4\n", r#"[{"a": "1", "column_2": "2", "column_3": "3", "b": "4"}]"#);
}

#[test]
fn blank_lines_are_skipped() {
    same("\n,,\na,b\n\n1,2\n,\n", r#"[{"a": "1", "b": "2"}]"#);
    same("", "[]");
    same("a,b", "[]");
}

#[test]
fn cells_are_borrowed_unless_they_have_a_quote() {
    let Value::List(rows) = read("a,b\n\"x\",\"y\"\"\"\n").unwrap() else { panic!("not a list") };
    assert!(matches!(rows[0].get("a"), Some(Value::Text(Cow::Borrowed("x")))));
}

#[test]
fn an_unclosed_quote_is_told_with_its_line() {
    insta::assert_snapshot!(read("a,b\n1,2\n3,\"4\n5,6\n").unwrap_err(), @"not delimited text: a quote is opened and never closed at line 3 column 3");
}

#[test]
fn a_delimiter_that_would_cut_characters_is_refused() {
    insta::assert_snapshot!(decode("é", 0xA9, Wanted::all(), &Limits::default()).unwrap_err(), @"the delimiter, byte 169, is no ASCII character");
}

#[test]
fn is_bounded_in_columns_and_values() {
    insta::assert_snapshot!(read(&",".repeat(10_000_000)).unwrap_err(), @"the table has more than 1000 columns");
    let limits = Limits { depth: 64, values: 5 };
    assert!(decode("a\n1\n2\n", b',', Wanted::all(), &limits).is_ok());
    insta::assert_snapshot!(decode("a\n1\n2\n3\n", b',', Wanted::all(), &limits).unwrap_err(), @"the table has more than 5 values");
}

proptest! {
    #[test]
    fn survives_any_text(text: String, delimiter: u8) {
        let _ = decode(&text, delimiter, Wanted::all(), &Limits::default());
    }

    #[test]
    fn reads_back_what_was_quoted(rows in prop::collection::vec(prop::collection::vec("[a\",;\n\r é]{1,6}", 3), 1..5)) {
        let quoted = rows.iter().map(|row| row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(","));
        let text = std::iter::once("x,y,z".to_owned()).chain(quoted).collect::<Vec<_>>().join("\r\n");
        let Value::List(records) = read(&text).unwrap() else { panic!("not a list") };
        let cells = |record: &Value<'_>| ["x", "y", "z"].map(|name| record.get(name).and_then(Value::as_str).unwrap().to_owned()).to_vec();
        prop_assert_eq!(records.iter().map(cells).collect::<Vec<_>>(), rows);
    }
}
