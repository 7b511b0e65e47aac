//! The schema that editors use.

use campus::editor_schema;
use serde_json::Value;

use crate::folder::examples;

/// Whether a value is as a schema says; knows the keywords that decide about keys, types and words.
fn accepts(root: &Value, schema: &Value, value: &Value) -> bool {
    let follow = |schema: &Value| accepts(root, schema, value);
    let several = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return follow(root.pointer(reference.trim_start_matches('#')).unwrap());
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![kind_of(value)],
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties");
    let keys = value.as_object().into_iter().flatten().all(|(key, value)| {
        match properties.and_then(|known| known.get(key)).or(others) {
            Some(Value::Bool(allowed)) => *allowed,
            Some(schema) => accepts(root, schema, value),
            None => true,
        }
    });
    types.iter().any(|ty| *ty == kind_of(value) || (*ty == "number" && kind_of(value) == "integer"))
        && schema.get("const").is_none_or(|word| word == value)
        && several("enum").is_none_or(|words| words.contains(value))
        && several("required").is_none_or(|keys| keys.iter().all(|key| value.get(key.as_str().unwrap()).is_some()))
        && several("anyOf").is_none_or(|any| any.iter().any(follow))
        && several("oneOf").is_none_or(|one| one.iter().filter(|schema| follow(schema)).count() == 1)
        && keys
        && match (schema.get("items"), value.as_array()) {
            (Some(items), Some(values)) => values.iter().all(|value| accepts(root, items, value)),
            _ => true,
        }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn document(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn accepts_every_example() {
    let schema = editor_schema();
    for folder in examples() {
        let example = document(&std::fs::read_to_string(folder.join("campus.toml")).unwrap());
        for section in ["sources", "data"] {
            let rules = &schema["properties"][section]["additionalProperties"];
            for (name, table) in example[section].as_object().unwrap() {
                assert!(accepts(&schema, rules, table), "{section}.{name} of {folder:?}");
            }
        }
        assert!(accepts(&schema, &schema, &example), "{folder:?}");
    }
}

#[test]
fn keeps_apart_what_connectors_call_by_one_name() {
    let schema = editor_schema();
    let sources = &schema["properties"]["sources"]["additionalProperties"];
    for format in ["xlsx", "csv", "json", "xml"] {
        let source = document(&format!("connector = \"file\"\npath = \"rooms\"\nformat = \"{format}\""));
        assert!(accepts(&schema, sources, &source), "{format}");
    }
}

#[test]
fn knows_what_a_source_has_otherwise_on_a_channel() {
    let schema = editor_schema();
    let sources = &schema["properties"]["sources"]["additionalProperties"];
    let source = "connector = \"http\"\nurl = \"https://univ-demo.fr\"\non.beta.url = { env = \"PREPROD\" }";
    assert!(accepts(&schema, sources, &document(source)));
}

#[test]
fn refuses_what_the_check_refuses() {
    let head = "name = \"Démo\"\ntimezone = \"Europe/Paris\"\n";
    for wrong in [
        "colour = \"#123456\"",
        "languages = [\"de\"]",
        "[sources.a]\nconnector = \"fead\"\nurl = \"https://univ-demo.fr\"",
        "[sources.a]\nconnector = \"feed\"\nulr = \"https://univ-demo.fr\"",
        "[sources.a]\nurl = \"https://univ-demo.fr\"",
        "[sources.a]\nconnector = \"feed\"\nurl = \"https://univ-demo.fr\"\non.beta.ulr = \"https://univ-demo.fr\"",
        "[sources.a]\nconnector = \"feed\"\nurl = \"https://univ-demo.fr\"\non.beta.connector = \"feed\"",
        "[data.news]\nfresh_for = \"5m\"",
        "[data.news]\nsource = \"a\"\nfreshfor = \"5m\"",
        "[data.news]\nsource = \"a\"\nparams = { group = { defualt = \"L3\" } }",
        "[kinds.clubs]\ntitle = { fr = \"Clubs\" }\nfields = { name = { type = \"string\" } }",
    ] {
        let schema = editor_schema();
        assert!(accepts(&schema, &schema, &document(head)));
        assert!(!accepts(&schema, &schema, &document(&format!("{head}{wrong}"))), "{wrong}");
    }
}

#[test]
fn says_of_every_key_what_it_means() {
    let schema = editor_schema();
    let mut silent = Vec::new();
    collect_silent(&schema, &schema, "campus", &mut silent);
    assert_eq!(silent, Vec::<String>::new(), "document these fields");
}

#[test]
fn has_no_reference_that_leads_nowhere() {
    let schema = editor_schema();
    let text = schema.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(schema.pointer(reference).is_some(), "{reference}");
    }
}

/// Keys without a description, of their own, of what they refer to, or of the shape whose only key they are.
fn collect_silent(root: &Value, schema: &Value, place: &str, silent: &mut Vec<String>) {
    let described = |schema: &Value| schema.get("description").is_some();
    let keys = schema.get("properties").and_then(Value::as_object);
    for (key, property) in keys.into_iter().flatten() {
        let referred = property.get("$ref").and_then(|path| root.pointer(path.as_str()?.trim_start_matches('#')));
        let several = property.get("anyOf").and_then(Value::as_array);
        let told = described(property)
            || referred.is_some_and(described)
            || several.is_some_and(|any| any.iter().all(described))
            || (described(schema) && keys.is_some_and(|keys| keys.len() == 1));
        if !told {
            silent.push(format!("{place}.{key}"));
        }
    }
    match schema {
        Value::Object(parts) => {
            parts.iter().for_each(|(name, part)| collect_silent(root, part, &format!("{place}.{name}"), silent));
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect_silent(root, part, place, silent)),
        _ => {}
    }
}
