//! What holds for any document and any mapping.

use kinds::Type;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

// The checker of the kinds' own tests: what a schema means is said once.
#[path = "../../../../kinds/tests/it/schema.rs"]
mod schema;

/// Values as sources answer them, with some that convert.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[-+]?[0-9]{1,6}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(Z|[-+][0-9]{2}:[0-9]{2})?)?)?"
            .prop_map(Value::from),
        "[0-9]{1,2}(h|:)[0-9]{0,2}".prop_map(Value::from),
        "(https?|tel|mailto|geo):[ -~é]{0,12}".prop_map(Value::from),
        "(<p>|<b|&[a-z]{1,4};|\u{202e}|[ -~]){0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(names(), inner, 0..4).prop_map(|parts| Value::Object(parts.into_iter().collect())),
        ]
    })
}

/// Names that fields and parts have, and a few others.
fn names() -> impl Strategy<Value = String> {
    let known: Vec<String> =
        ["id", "title", "start", "end", "day", "opens", "closes", "name", "dishes", "x"].map(str::to_owned).to_vec();
    proptest::sample::select(known)
}

fn records() -> impl Strategy<Value = Value> {
    let record = prop_oneof![4 => btree_map(names(), values(), 0..8).prop_map(|parts| json!(parts)), 1 => values()];
    prop_oneof![8 => vec(record, 0..8).prop_map(Value::from), 1 => values()]
}

/// A kind that phones know, and an expression for each of its fields: most fit the field's type, some are anything.
fn mappings() -> impl Strategy<Value = Mapping> {
    const WILD: [&str; 12] = [
        ".",
        ".id",
        ".title",
        ".start",
        ".end // .day",
        ".x.name",
        ".[0]",
        ".dishes[]",
        "empty",
        "1 / 0",
        ".opens | tonumber",
        "error(\"no\")",
    ];
    let each = proptest::sample::select(vec![".[]", ".[]?", ".[] | select(.id)", ".", ".x[]", ".[] | .[]?"]);
    let kind = proptest::sample::select(kinds::all());
    let most = kinds::all().iter().map(|kind| kind.fields.len()).max().unwrap();
    let wild = vec(proptest::option::weighted(0.15, proptest::sample::select(WILD.to_vec())), most);
    (kind, each, wild).prop_map(|(kind, each, wild)| {
        let expressions = kind.fields.iter().zip(wild);
        let expressions: Vec<_> =
            expressions.map(|(field, wild)| wild.map_or_else(|| fitting(&field.ty), str::to_owned)).collect();
        let fields = kind.fields.iter().map(|field| field.name.as_str()).zip(expressions.iter().map(String::as_str));
        let declared = Declared { each, fields: fields.collect() };
        Mapping::compile(&declared, kind.clone(), &scope()).unwrap()
    })
}

/// An expression whose values convert to this type, whatever the record holds.
fn fitting(ty: &Type) -> String {
    match ty {
        Type::Text | Type::Html => "[.id?, .title?, .name?] | tostring".to_owned(),
        Type::Number | Type::Integer => "tostring | length".to_owned(),
        Type::Boolean => ". == null".to_owned(),
        Type::Instant | Type::Date => "\"2026-12-0\\(tostring | length | . % 9 + 1)\"".to_owned(),
        Type::TimeOfDay => "\"8h30\"".to_owned(),
        Type::Url => "\"https://univ-demo.fr/\\(tostring)\"".to_owned(),
        Type::Choice(words) => format!("\"{}\"", words[0]),
        Type::List(of) => format!("[{}, null]", fitting(of)),
        Type::Object(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| format!("{}: ({})", part.name, fitting(&part.ty))).collect();
            format!("{{{}}}", parts.join(", "))
        }
    }
}

proptest! {
    #[test]
    fn any_document_gives_items_of_the_kind_or_a_reason(documents in vec(records(), 0..3), mapping in mappings()) {
        let pages: Vec<_> = documents.iter().map(page).collect();
        let Ok((items, account)) = mapping.run(&pages, &Budget::default()) else { return Ok(()) };
        prop_assert_eq!(account.received, account.mapped + account.rejected);
        prop_assert_eq!(account.mapped, items.len() as u64);
        let all: Vec<Value> = serde_json::from_slice(items.json()).unwrap();
        let rules = kinds::document::item_schema(&mapping.kind);
        for item in &all {
            prop_assert_eq!(schema::check(&rules, item, "item"), Vec::<String>::new(), "{}", item);
        }
        let single: Vec<Value> = items.iter().map(|(_, item)| serde_json::from_slice(item).unwrap()).collect();
        prop_assert_eq!(single, all);
        let (again, same) = mapping.run(&pages, &Budget::default()).unwrap();
        prop_assert_eq!((again.digest(), same), (items.digest(), account));
    }

    #[test]
    fn any_value_converts_or_is_left_out(kind in proptest::sample::select(kinds::all()), values in vec(values(), 24)) {
        let mut kind = kinds::Kind::clone(&kind);
        kind.fields.iter_mut().for_each(|field| field.required = false);
        let named = kind.fields.iter().map(|field| field.name.clone()).zip(values);
        let mut record: serde_json::Map<_, _> = named.collect();
        record.insert("id".to_owned(), json!(1));
        let kind = Arc::new(kind);
        let (items, account) = run(&same_names(&kind), &[json!([record])]);
        prop_assert_eq!((account.received, account.mapped), (1, 1));
        let (_, item) = items.iter().next().unwrap();
        let item: Value = serde_json::from_slice(item).unwrap();
        let wrong = schema::check(&kinds::document::item_schema(&kind), &item, "item");
        prop_assert_eq!(wrong, Vec::<String>::new(), "{}", item);
    }

    #[test]
    fn any_expression_compiles_or_is_a_mistake(each in ".{0,24}", title in "[.a-z0-9|\\[\\](){}\"\\\\ ]{0,24}") {
        let fields = vec![("id", ".id"), ("title", title.as_str()), ("start", ".start")];
        let compiled = Mapping::compile(&Declared { each: &each, fields }, exams(), &scope());
        if let Ok(mapping) = compiled {
            let _ = mapping.run(&[page(&json!([{ "id": 1, "start": "2026-12-01" }]))], &Budget::default());
        }
    }
}
