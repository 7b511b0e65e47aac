//! What is read in passing, and decoded in part, is what the whole document gives.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use records::{Malformed, Wanted};

use super::*;

/// The same run over whole documents: nothing in passing, nothing left out.
fn whole(mapping: &mut Mapping, pages: &[Payload]) -> Result<(Items, Account), Malformed> {
    let passing = mapping.run(pages, &Budget::default());
    let each = &mut mapping.each;
    (each.path, each.wanted) = (None, Wanted::all().clone());
    let whole = mapping.run(pages, &Budget::default());
    assert_eq!(passing, whole);
    whole
}

/// JSON as text, so that names come twice, in any order, and numbers and escapes are as somebody wrote them.
fn json_text() -> impl Strategy<Value = String> {
    let name = || proptest::sample::select(vec!["id", "a", "b", "items", "x", "\\u0061", "start", "c d"]);
    let leaf = prop_oneof![
        proptest::sample::select(vec![
            "null",
            "true",
            "1",
            "-0",
            "1.0",
            "1e2",
            "12345678901234567890",
            "\"\"",
            "\"a\\u0301 \\n\"",
            "\"2026-12-01\"",
            "\"<b>x</b> &amp; y\"",
            "[]",
            "{}",
            "1e400",
            "\"\\ud800\"",
            "nul",
        ])
        .prop_map(str::to_owned),
        "[a-d é]{0,6}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|values| format!("[{}]", values.join(", "))),
            vec((name(), inner), 0..6).prop_map(|pairs| {
                let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}

fn json_document() -> impl Strategy<Value = String> {
    let record = vec((proptest::sample::select(vec!["id", "a", "b", "items", "start", "x"]), json_text()), 0..7);
    let record = record.prop_map(|pairs| {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", pairs.join(","))
    });
    let records = vec(prop_oneof![9 => record, 1 => json_text()], 0..6).prop_map(|all| format!("[{}]", all.join(",")));
    prop_oneof![
        3 => records.clone(),
        3 => (json_text(), records.clone()).prop_map(|(other, all)| format!("{{\"x\":{other},\"items\":{all}}}")),
        1 => (records.clone(), records).prop_map(|(one, other)| format!("{{\"items\":{one},\"items\":{other},\"x\":1}}")),
        1 => json_text(),
    ]
}

fn xml_document() -> impl Strategy<Value = String> {
    let name = || proptest::sample::select(vec!["id", "a", "b", "items", "x", "n:a"]);
    let leaf =
        proptest::sample::select(vec!["", "text", " 12 ", "&amp;&eacute;", "<![CDATA[<b>]]>", "2026-12-01", "<a/>"]);
    let inner = leaf.prop_map(str::to_owned).prop_recursive(5, 40, 5, move |inner| {
        let element = (name(), proptest::option::of(name()), inner).prop_map(|(name, attribute, inner)| {
            let attribute = attribute.map(|attribute| format!(" {attribute}='&lt;1'")).unwrap_or_default();
            format!("<{name}{attribute}>{inner}</{name}>")
        });
        vec(element, 0..5).prop_map(|elements| elements.concat())
    });
    prop_oneof![
        6 => inner.clone().prop_map(|inner| format!("<items>{inner}</items>")),
        1 => inner.prop_map(|inner| format!("<items>{inner}</item>")),
    ]
}

fn csv_document() -> impl Strategy<Value = String> {
    let cell =
        || proptest::sample::select(vec!["id", "a", "b", "", " x ", "\"a;b\"", "\"q\"\"q\"", "2026-12-01", "column_2"]);
    let rows = vec(vec(cell(), 0..6), 0..6);
    let broken = proptest::option::weighted(0.1, Just("\"open"));
    (vec(cell(), 0..5), rows, broken).prop_map(|(names, rows, broken)| {
        let mut text = names.join(";");
        for row in rows {
            write!(text, "\n{}", row.join(";")).unwrap();
        }
        text + "\n" + broken.unwrap_or_default()
    })
}

/// Programs over one record, with much of what is followed and what is not.
fn programs() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        ".id",
        ".a",
        ".b",
        ".a.b",
        ".a.b.c",
        ".items[]",
        ".items[0].a",
        ".items | map(.a)",
        "[.items[]?.id]",
        ".a // .b",
        ".a | as_list | map(.id?) | .[0]",
        ".items | as_list | length",
        ".items | as_list | .[-1]",
        ".a | \"x\"",
        "[.items[]? | \"x\"] | length",
        ".a | strings | \"text\"",
        "(.a // empty) | 1",
        ".items | first(.[]) | .a",
        "if .a then .b else .x end",
        ". as $r | .a | {b: $r.b, c: .} | .c",
        ".a as $x | [$x, .b] | map(tostring?) | first",
        "try .a.b catch \"caught\"",
        "{a: .a, b: .b} | .a",
        ".a + .b",
        ".a - .b",
        "[.a, .b] | add",
        ". | length",
        "keys",
        "has(\"a\")",
        "to_entries | map(.key) | join(\",\")",
        "with_entries({key, value: 1})?",
        "map_values(1) | keys | .[0]",
        "[.[]?] | length",
        "map_values(.a?) | length",
        ".[\"a\"]",
        ".[.id | tostring]?",
        ".items | sort_by(.id?) | .[0].a?",
        ".items | group_by(.a?) | map(length) | .[0]",
        "any(.items[]?; .a?)",
        ".items | any(.id?)",
        "del(.a) | length",
        ".items[1:][]?.id",
        "getpath([\"a\", \"b\"])",
        "getpath([\"items\", 0, \"id\"])",
        "getpath([.id | tostring])",
        ".items | getpath([0, \"a\"])?",
        ". as $r | .id | $r[tostring]?",
        "all(.items[]?; .id?)",
        "any(.items[]?, .a; .b?)",
        ".a | toarray | .[0].b?",
        ".items | toarray | map(.id?)",
        ".a | tostring | lines",
        ".a | strings | labels | .b",
        ".a | labels? // .b",
        ".a | composite? // .b",
        ".id | unhex? // .a",
        ".start | in_zone(\"UTC\")",
        ".a as $zone | .start | in_zone($zone)?",
        ".a as $time | .start | at_time($time)?",
        ".b as $passed | .start | later($passed)?",
        "[.a | strings | splits(\"[ ;]\")]",
        ".a | strings | words | first",
        ".a | trimstr(\"a\")",
        ".a | html_text?",
        ".a | tojson | fromjson | .b?",
        "[limit(2; .items[]?) | .a?]",
        "isempty(.items[]?)",
        ".items | min_by(.a?) | .id?",
        ".items | unique_by(.b?) | map(.a?)",
        ".items | nth(0) | .a?",
        ".items | last | .b?",
        "[.items[]? | iterables | length]",
        ".items | to_entries | map(.value.id?)",
        "[.items[]? | {key: (.id? | tostring), value: .a?}] | from_entries",
        "[.items, .x] | flatten | .[1].a?",
        "[.items, .a] | transpose | .[0]",
        ".items | reverse | .[0].id?",
        ".items | contains([.a])?",
        ".items | index(.a)?",
        "\"\\(.a)\\(.items | length)\"",
        "@uri \"\\(.a)\" | @urid",
        "last(.items[]?) | .a?",
        ".items | map(select(.a?) | {b: .b?}) | map(.b)",
    ];
    let known = || proptest::sample::select(KNOWN);
    let piped = (known(), known());
    prop_oneof![
        4 => known().prop_map(str::to_owned),
        1 => piped.clone().prop_map(|(one, other)| format!("({one}) | ({other})")),
        1 => piped.clone().prop_map(|(one, other)| format!("(({one})?) // ({other})")),
        1 => piped.prop_map(|(one, other)| format!("[({one}), ({other})] | tojson")),
    ]
}

fn mappings() -> impl Strategy<Value = Mapping> {
    const EACH: [&str; 18] = [
        ".[]",
        ".items[]",
        ".items.a[]",
        ".[]?",
        ".items[]?",
        ".items?[]",
        ".[] | select(.a)",
        ".items[] | select(.a == .b)",
        ".items[] | .items[]?",
        ".",
        ".items",
        ".items | as_list | .[]",
        ".items.a | as_list | .[]",
        ".x as $x | .items[] | {id, a: $x}",
        ".[].items",
        ".items[0]",
        ".[] | [.a, .b] | {id: .[0], a: .[1]}",
        "(.items, .x)[]?",
    ];
    let kind = Kind::new("things", "Choses", "Things").fields([
        Field::text("one"),
        Field::text("two"),
        Field::instant("start"),
    ]);
    let kind = Arc::new(kind);
    (proptest::sample::select(EACH.to_vec()), programs(), programs(), programs()).prop_map(
        move |(each, one, two, start)| {
            let (one, two) = (format!("({one}) | tojson"), format!("({two}) | tojson"));
            let fields = vec![
                ("id", ".id // (.a | tojson)"),
                ("one", one.as_str()),
                ("two", two.as_str()),
                ("start", start.as_str()),
            ];
            Mapping::compile(&Declared { each, fields }, Arc::clone(&kind), &scope()).unwrap()
        },
    )
}

#[test]
fn of_a_program_too_large_to_follow_everything_is_decoded() {
    let names = (0..40).map(|number| format!(".n{number}, ")).collect::<String>();
    let title = format!("first({names}.) | (first({}.), .x) | .title? // empty", "., ".repeat(800));
    let title = format!("first({title})");
    let fields = vec![("id", ".id"), ("title", title.as_str()), ("start", ".start")];
    let mut mapping = Mapping::compile(&Declared { each: ".[]", fields }, exams(), &scope()).unwrap();
    let record = json!({ "id": 1, "start": "2026-12-01", "n0": { "title": "T" }, "x": [1] });
    let (items, _) = whole(&mut mapping, &[page(&json!([record]))]).unwrap();
    assert!(str::from_utf8(items.json()).unwrap().contains("\"title\":\"T\""));
    assert!(mapping.reads().contains("."));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_in_passing_is_json_as_a_whole(mut mapping in mappings(), documents in vec(json_document(), 1..3)) {
        let pages: Vec<_> = documents.into_iter().map(|document| Payload::Json(document.into())).collect();
        let _ = whole(&mut mapping, &pages);
    }

    #[test]
    fn xml_in_part_is_xml_as_a_whole(mut mapping in mappings(), document in xml_document()) {
        let _ = whole(&mut mapping, &[Payload::Xml(document)]);
    }

    #[test]
    fn csv_in_passing_is_csv_as_a_whole(mut mapping in mappings(), text in csv_document()) {
        let _ = whole(&mut mapping, &[Payload::Csv { text, delimiter: b';' }]);
    }
}
