//! Tests of `json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::borrow::Cow;

use proptest::prelude::*;

use super::decode;
use crate::{Limits, Value, Wanted};

fn read(json: &str) -> Result<Value<'_>, String> {
    decode(json.as_bytes(), Wanted::all(), &Limits::default()).map_err(|error| error.message)
}

/// What serde_json makes of the same text.
fn same(value: &serde_json::Value) -> Value<'static> {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Int)
        }
        serde_json::Value::String(text) => Value::text(text.clone()),
        serde_json::Value::Array(values) => Value::List(values.iter().map(same).collect()),
        serde_json::Value::Object(names) => {
            names.iter().map(|(name, value)| (Cow::Owned(name.clone()), same(value))).collect()
        }
    }
}

#[test]
fn text_is_borrowed_unless_it_has_an_escape() {
    let value = read(r#"{"plain": "été", "with\tescape": "a\nb"}"#).unwrap();
    let Value::Object(object) = value else { panic!("not an object") };
    let pairs: Vec<_> = object.into_iter().collect();
    assert!(matches!(&pairs[0], (Cow::Borrowed("plain"), Value::Text(Cow::Borrowed("été")))));
    assert!(
        matches!(&pairs[1], (Cow::Owned(name), Value::Text(Cow::Owned(text))) if name == "with\tescape" && text == "a\nb")
    );
}

#[test]
fn the_last_of_a_repeated_name_wins() {
    assert_eq!(read(r#"{"a": 1, "b": 2, "a": 3}"#), read(r#"{"b": 2, "a": 3}"#));
}

#[test]
fn whole_numbers_that_fit_stay_whole() {
    let numbers = read("[9223372036854775807, -9223372036854775808, 9223372036854775808, 1.0, 1e3]").unwrap();
    let expected = [
        Value::Int(i64::MAX),
        Value::Int(i64::MIN),
        Value::Float(9_223_372_036_854_775_808.0),
        Value::Float(1.0),
        Value::Float(1000.0),
    ];
    assert_eq!(numbers, Value::List(expected.to_vec()));
}

#[test]
fn says_where_it_is_wrong() {
    insta::assert_snapshot!(read("{\n  \"a\": oui}").unwrap_err(), @"not JSON: expected value at line 2 column 8");
    insta::assert_snapshot!(read("<html>").unwrap_err(), @"not JSON: expected value at line 1 column 1");
    insta::assert_snapshot!(read("[1] [2]").unwrap_err(), @"not JSON: trailing characters at line 1 column 5");
    insta::assert_snapshot!(read("").unwrap_err(), @"not JSON: EOF while parsing a value at line 1 column 0");
    insta::assert_snapshot!(read("[1e400]").unwrap_err(), @"not JSON: number out of range at line 1 column 6");
    insta::assert_snapshot!(read(r#"["\ud800"]"#).unwrap_err(), @"not JSON: unexpected end of hex escape at line 1 column 9");
}

#[test]
fn is_bounded_in_depth_and_values() {
    let limits = Limits { depth: 3, values: 5 };
    assert!(decode(b"[[[1, 2]]]", Wanted::all(), &limits).is_ok());
    insta::assert_snapshot!(decode(b"[[[[1]]]]", Wanted::all(), &limits).unwrap_err(), @"not JSON: nested deeper than 3 levels at line 1 column 4");
    insta::assert_snapshot!(decode(b"[1, 2, 3, 4,\n 5]", Wanted::all(), &limits).unwrap_err(), @"not JSON: more than 5 values at line 2 column 1");
    insta::assert_snapshot!(read(&"[".repeat(1_000_000)).unwrap_err(), @"not JSON: nested deeper than 64 levels at line 1 column 65");
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Into::into),
            prop::collection::hash_map(any::<String>(), inner, 0..20).prop_map(|names| names.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_json(value in json()) {
        let text = value.to_string();
        prop_assert_eq!(read(&text).unwrap(), same(&serde_json::from_str(&text).unwrap()));
    }

    #[test]
    fn refuses_what_serde_json_refuses(text in r#"[\[\]{}",:0-9eE.+\-tfn \\u]{0,24}"#) {
        let theirs = serde_json::from_str(&text).map(|value| same(&value)).ok();
        prop_assert_eq!(read(&text).ok(), theirs);
    }

    #[test]
    fn survives_any_bytes(bytes: Vec<u8>) {
        let _ = decode(&bytes, Wanted::all(), &Limits::default());
    }
}
