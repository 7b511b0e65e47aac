//! Says where a value departs from a JSON Schema; knows the keywords that kinds use and panics at others.

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

/// What is wrong with a value, by its place: `news.published: not of format "date-time"`.
pub fn check(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        let mut holds = |holds: bool| wrong.extend((!holds).then(|| format!("{place}: not of {keyword} {rule}")));
        match keyword.as_str() {
            "$schema" | "title" | "description" | "contentMediaType" => {}
            "type" => holds(is(rule.as_str().unwrap(), value)),
            "format" => holds(has_format(rule.as_str().unwrap(), value)),
            "pattern" => holds(has_pattern(rule.as_str().unwrap(), value)),
            "enum" => holds(rule.as_array().unwrap().contains(value)),
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    wrong.extend(check(rule, item, &format!("{place}[{at}]")));
                }
            }
            "required" => {
                let missing =
                    rule.as_array().unwrap().iter().filter(|name| value.get(name.as_str().unwrap()).is_none());
                wrong.extend(missing.map(|name| format!("{place}: lacks {name}")));
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(rule) => wrong.extend(check(rule, part, &format!("{place}.{name}"))),
                        None => wrong.push(format!("{place}: does not know \"{name}\"")),
                    }
                }
            }
            "additionalProperties" => assert_eq!(rule, false),
            other => panic!("the checker does not know \"{other}\""),
        }
    }
    wrong
}

fn is(ty: &str, value: &Value) -> bool {
    match ty {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the checker does not know the type \"{other}\""),
    }
}

fn has_format(format: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match format {
        "date-time" => text.len() == "2026-11-23T10:15:00+01:00".len() && text.parse::<Timestamp>().is_ok(),
        "date" => text.len() == "2026-11-23".len() && text.parse::<Date>().is_ok(),
        "uri" => text.contains(':') && !text.contains(char::is_whitespace),
        other => panic!("the checker does not know the format \"{other}\""),
    }
}

fn has_pattern(pattern: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match pattern {
        "^([01][0-9]|2[0-3]):[0-5][0-9]$" => text.len() == 5 && text.parse::<jiff::civil::Time>().is_ok(),
        "^(https?|mailto|tel|geo):" => {
            ["https:", "http:", "mailto:", "tel:", "geo:"].iter().any(|start| text.starts_with(start))
        }
        other => panic!("the checker does not know the pattern {other}"),
    }
}
