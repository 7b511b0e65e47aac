//! Tests of `xml`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::borrow::Cow;
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::{decode, each};
use crate::{Limits, Listed, Part, Value, Wanted, json};

fn read(xml: &str) -> Result<Value<'_>, String> {
    decode(xml, Wanted::all(), &Limits::default()).map_err(|error| error.message)
}

#[track_caller]
fn same(xml: &str, json: &str) {
    assert_eq!(read(xml).unwrap(), json::decode(json.as_bytes(), Wanted::all(), &Limits::default()).unwrap());
}

#[test]
fn an_element_is_its_text_or_null_or_an_object() {
    same("<a> été </a>", r#"{"a": "été"}"#);
    same("<a/>", r#"{"a": null}"#);
    same("<a>\n</a>", r#"{"a": null}"#);
    same("<a b='1'/>", r#"{"a": {"@b": "1"}}"#);
    same("<a b='1'>x<c/>y</a>", r##"{"a": {"@b": "1", "c": null, "#text": "xy"}}"##);
}

#[test]
fn what_comes_again_makes_a_list() {
    let xml =
        "<?xml version='1.0'?>\n<list>\n <room id='1'>A</room>\n <!-- -->\n <room>B</room>\n <note/><room/>\n</list>\n";
    same(xml, r##"{"list": {"room": [{"@id": "1", "#text": "A"}, "B", null], "note": null}}"##);
}

#[test]
fn prefixes_and_declarations_of_namespaces_are_dropped() {
    same(
        "<x:a xmlns='urn:a' xmlns:x='urn:x' xml:lang='fr'><x:b xmlns:y='urn:y'>1</x:b><b>2</b></x:a>",
        r#"{"a": {"@lang": "fr", "b": ["1", "2"]}}"#,
    );
}

#[test]
fn references_and_cdata_are_text() {
    same(
        "<a>&lt;b&gt; &eacute;&#233;&#xE9; &mine; R & D <![CDATA[<i>&amp;]]></a>",
        r#"{"a": "<b> ééé &mine; R & D <i>&amp;"}"#,
    );
    same("<a b='&lt;&eacute;&mine;'/>", r#"{"a": {"@b": "<é&mine;"}}"#);
}

#[test]
fn text_is_borrowed_unless_it_has_a_reference() {
    let Value::Object(root) = read("<a><b c='x'>text</b></a>").unwrap() else { panic!("not an object") };
    let b = root.get("a").and_then(|a| a.get("b")).unwrap();
    assert!(matches!(b.get("@c"), Some(Value::Text(Cow::Borrowed("x")))));
    assert!(matches!(b.get("#text"), Some(Value::Text(Cow::Borrowed("text")))));
}

#[test]
fn a_document_type_is_skipped_unless_it_declares_something() {
    same("<!DOCTYPE a SYSTEM 'a.dtd'><a>1</a>", r#"{"a": "1"}"#);
    let bomb = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
    insta::assert_snapshot!(read(bomb).unwrap_err(), @"not XML: a document type with declarations of its own is refused at line 1 column 1");
}

#[test]
fn says_where_it_is_wrong() {
    insta::assert_snapshot!(read("<a>\n<b></a>").unwrap_err(), @"not XML: ill-formed document: expected `</b>`, but `</a>` was found at line 2 column 4");
    insta::assert_snapshot!(read("<a>\n<b>").unwrap_err(), @"not XML: it ends within <b> at line 2 column 4");
    insta::assert_snapshot!(read("<a/><b/>").unwrap_err(), @"not XML: a second root element at line 1 column 5");
    insta::assert_snapshot!(read("<a/> b").unwrap_err(), @"not XML: text outside of the root element at line 1 column 5");
    insta::assert_snapshot!(read("<a b='1' b='2'/>").unwrap_err(), @"not XML: position 8: duplicated attribute, previous declaration at position 2 at line 1 column 1");
    insta::assert_snapshot!(read("<a b=1/>").unwrap_err(), @r#"not XML: position 4: attribute value must be enclosed in `"` or `'` at line 1 column 1"#);
    insta::assert_snapshot!(read("{}").unwrap_err(), @"not XML: text outside of the root element at line 1 column 1");
    insta::assert_snapshot!(read("").unwrap_err(), @"not XML: it has no element at line 1 column 1");
}

#[test]
fn is_bounded_in_depth_and_values() {
    let limits = Limits { depth: 2, values: 3 };
    assert!(decode("<a><b/><b/></a>", Wanted::all(), &limits).is_ok());
    insta::assert_snapshot!(decode("<a><b><c/></b></a>", Wanted::all(), &limits).unwrap_err(), @"not XML: nested deeper than 2 levels at line 1 column 7");
    insta::assert_snapshot!(decode("<a><b x='1'/><b/></a>", Wanted::all(), &limits).unwrap_err(), @"not XML: more than 3 values at line 1 column 14");
    insta::assert_snapshot!(read(&"<a>".repeat(200_000)).unwrap_err(), @"not XML: nested deeper than 64 levels at line 1 column 193");
}

proptest! {
    #[test]
    fn survives_any_text(text: String) {
        let _ = read(&text);
    }

    #[test]
    fn survives_almost_markup(text in r"(<a|<b:c|</a|>|/>|&|;|#|x|é| |=|'|<!\[CDATA\[|\]\]>|<!--|-->|<!DOCTYPE|<\?|\?>){0,24}") {
        let _ = read(&text);
    }
}

/// What comes in passing of the elements at a path, with their `id` and how the document has them.
fn in_passing(xml: &str, path: &[&str]) -> (Listed, Vec<String>) {
    let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
    let id = [Part::Name("id".to_owned())];
    let wanted = Wanted::paths([(id.as_slice(), true)]);
    let mut given = Vec::new();
    let listed = each(xml, &path, &wanted, &Limits::default(), &mut |value| {
        given.push(format!("{:?}", value.get("id").unwrap_or(value)));
        if given.len() < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    (listed.unwrap(), given)
}

#[test]
fn elements_that_come_again_in_one_place_are_given_as_they_end() {
    let texts = |ids: &[&str]| ids.iter().map(|id| format!("Text({id:?})")).collect::<Vec<_>>();
    let list = "<r><x/><l n='2'>text<e><id>1</id><more/></e><f/><e><id>2</id></e></l></r>";
    assert_eq!(in_passing(list, &["r", "l", "e"]), (Listed::All, texts(&["1", "2"])));
    let five = format!("<r>{}</r>", "<e><id>1</id></e>".repeat(5));
    assert_eq!(in_passing(&five, &["r", "e"]), (Listed::Enough, texts(&["1", "1", "1", "1"])));
    assert_eq!(
        in_passing("<r><e>a</e><e/></r>", &["r", "e"]),
        (Listed::All, vec!["Text(\"a\")".into(), "Null".into()])
    );
}

#[test]
fn elements_that_are_no_list_in_one_place_are_not_given_in_passing() {
    let none = |xml, path| assert_eq!(in_passing(xml, path).0, Listed::Otherwise, "{xml}");
    none("<r><e><id>1</id></e></r>", &["r", "e"]);
    none("<r><l><e/><e/></l><l><e/><e/></l></r>", &["r", "l", "e"]);
    none("<r><l><e/></l></r>", &["r", "l", "x"]);
    none("<other><e/><e/></other>", &["r", "e"]);
    none("<r>text</r>", &["r", "e"]);
}
