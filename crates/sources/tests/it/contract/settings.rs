//! Settings: documented, complete, and nothing unknown goes through.

use serde_json::{Value, json};
use sources::CONNECTORS;

use super::SUBJECTS;
use crate::upstream::context;

fn schemas() -> impl Iterator<Item = (String, Value)> {
    CONNECTORS.iter().flat_map(|connector| {
        let name = connector.name();
        [
            (format!("sources of {name}"), connector.source_schema().to_value()),
            (format!("data of {name}"), connector.request_schema().to_value()),
        ]
    })
}

#[test]
fn connectors_have_names_of_their_own_and_say_what_they_are() {
    let mut names: Vec<_> = CONNECTORS.iter().map(|connector| connector.name()).collect();
    assert!(CONNECTORS.iter().all(|connector| connector.about().ends_with('.')));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CONNECTORS.len());
}

#[test]
fn every_setting_is_described() {
    let found = schemas().flat_map(|(name, schema)| undescribed(&name, &schema, &schema));
    // A secret's description tells of both its forms.
    let undescribed: Vec<String> = found.filter(|setting| !setting.contains("$defs.Secret.")).collect();
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}

/// Settings anywhere in a schema without a description of their own, of their type or of the alternative they make.
fn undescribed(at: &str, schema: &Value, root: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match schema {
        Value::Array(values) => values.iter().for_each(|value| found.extend(undescribed(at, value, root))),
        Value::Object(keys) => {
            let properties = keys.get("properties").and_then(Value::as_object);
            let alternative = keys.contains_key("description") && properties.is_some_and(|all| all.len() == 1);
            for (key, property) in properties.into_iter().flatten() {
                let target = property.get("$ref").and_then(Value::as_str).unwrap_or("#");
                let target = root.pointer(target.trim_start_matches('#')).filter(|_| target != "#");
                let described = |value: &Value| value.get("description").is_some_and(|text| text != "");
                if !alternative && !described(property) && !target.is_some_and(described) {
                    found.push(format!("{at}.{key}"));
                }
            }
            for (key, value) in keys {
                found.extend(undescribed(&format!("{at}.{key}"), value, root));
            }
        }
        _ => {}
    }
    found
}

#[test]
fn unknown_settings_are_refused() {
    for (name, schema) in schemas() {
        assert_eq!(schema["additionalProperties"], false, "{name}");
    }
    for subject in SUBJECTS {
        let connector = sources::find(subject.connector).unwrap();
        let (context, settings) = (context(outbound::Rules::default()), (subject.source)("https://univ.fr/x"));
        let Ok(source) = connector.source(settings.clone(), &context) else { panic!("{}", subject.connector) };
        assert!(source.request(with_unknown((subject.request)()), &[]).is_err(), "{}", subject.connector);
        assert!(connector.source(with_unknown(settings), &context).is_err(), "{}", subject.connector);
    }
}

fn with_unknown(mut settings: Value) -> Value {
    settings["unknown"] = json!("x");
    settings
}

#[test]
fn an_address_that_is_none_is_told_without_showing_it() {
    for subject in SUBJECTS {
        for url in ["hidden", "ftp://univ.fr/hidden", "http://", "https://[hidden"] {
            let connector = sources::find(subject.connector).unwrap();
            let outcome = connector.source((subject.source)(url), &context(outbound::Rules::default()));
            let errors = outcome.err().unwrap_or_else(|| panic!("{} takes {url}", subject.connector));
            assert_eq!(errors[0].key, "url", "{}", subject.connector);
            assert!(!format!("{errors:?}").contains("hidden"), "{}: {errors:?}", subject.connector);
        }
    }
}
