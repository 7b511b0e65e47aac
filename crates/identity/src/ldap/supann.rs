//! Composite values of SupAnn, the French schools' directory schema: `[etab={UAI}0751717J][anneeinsc=2025]`.

use serde_json::{Map, Value};

/// Parts of one composite at most; the schema has eleven.
const MOST: usize = 40;

/// The structure of an attribute's values, one for each in their order, or nothing where none of them has any.
///
/// A composite becomes an object of its parts, a repeated part a list. A label in braces, which says by which nomenclature
/// the value is meant, is left out: `{UAI}0751717J` and `[etab={UAI}0751717J]` both say `0751717J`. Whatever is malformed
/// stays the text that it is.
pub(super) fn parse(values: &[&str]) -> Option<Vec<Value>> {
    let parsed: Vec<Value> =
        values.iter().map(|value| composite(value).unwrap_or_else(|| unlabelled(value).into())).collect();
    let changed = values.iter().zip(&parsed).any(|(value, parsed)| parsed.as_str() != Some(*value));
    changed.then_some(parsed)
}

fn composite(value: &str) -> Option<Value> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?;
    let mut parts = Map::new();
    for part in inside.split("][").take(MOST + 1) {
        let (key, value) = part.split_once('=').filter(|(key, _)| is_key(key) && !part.contains(['[', ']']))?;
        let value = Value::from(unlabelled(value));
        match parts.get_mut(key) {
            None => drop(parts.insert(key.to_owned(), value)),
            Some(Value::Array(several)) => several.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    (inside.split("][").nth(MOST).is_none()).then_some(Value::Object(parts))
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
}

/// A value without the label of its nomenclature: `{UAI:0751717J}L3INFO-101` is `L3INFO-101`.
fn unlabelled(value: &str) -> &str {
    let label = value.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    match label {
        Some((label, rest)) if !label.is_empty() && !label.contains('{') => rest,
        _ => value,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn several_composites_are_several_enrolments() {
        let values = [
            "[etab={UAI}0751717J][anneeinsc=2025][cursusann={SUPANN}L3][affect=IUT][etape={UAI:0751717J}L3INFO-101]",
            "[etab={UAI}0753364Z][anneeinsc=2025][cursusann={SUPANN}L1]",
        ];
        assert_eq!(
            json!(parse(&values).unwrap()),
            json!([
                {"etab": "0751717J", "anneeinsc": "2025", "cursusann": "L3", "affect": "IUT", "etape": "L3INFO-101"},
                {"etab": "0753364Z", "anneeinsc": "2025", "cursusann": "L1"},
            ])
        );
    }

    #[test]
    fn labels_are_left_out_and_repeated_parts_become_lists() {
        assert_eq!(json!(parse(&["{UAI}0751717J", "other"]).unwrap()), json!(["0751717J", "other"]));
        assert_eq!(
            json!(parse(&["[eltpedago={UAI:0751717J}INF301][eltpedago=INF302][eltpedago=][a=b=c]"]).unwrap()),
            json!([{"eltpedago": ["INF301", "INF302", ""], "a": "b=c"}])
        );
    }

    #[test]
    fn plain_values_have_no_structure() {
        assert_eq!(parse(&["student", "member", "", "{", "{}x", "a{UAI}"]), None);
    }

    #[test]
    fn what_is_malformed_stays_text() {
        let many = "[a=b]".repeat(MOST + 1);
        for value in [
            "[",
            "[]",
            "[a]",
            "[=b]",
            "[a=b",
            "a=b]",
            "[a=b]x[c=d]",
            "[a=b] [c=d]",
            "[a=[b]]",
            "[a=b][]",
            "[é=b]",
            &many,
        ] {
            assert_eq!(json!(parse(&[value, "{UAI}1"]).unwrap()), json!([value, "1"]), "{value}");
        }
        assert!(parse(&["[a=b]".repeat(MOST).as_str()]).is_some());
    }

    proptest! {
        #[test]
        fn every_text_has_a_structure_or_stays(value in "[\\[\\]={}a-z]{0,40}") {
            let parsed = parse(&[value.as_str()]);
            prop_assert!(parsed.is_none_or(|parsed| parsed.len() == 1));
        }
    }
}
