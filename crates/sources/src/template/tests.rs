//! Tests of `template`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn fill(place: Place, text: &str, value: &str) -> Result<String, String> {
    let template =
        Template::compile(place, "path", text, &["group".to_owned()]).map_err(|errors| errors[0].message.clone())?;
    template.fill_whole(&Params::from([("group".to_owned(), value.to_owned())])).map_err(|failure| failure.message)
}

fn errors(place: Place, text: &str) -> Vec<SettingError> {
    Template::compile(place, "path", text, &["group".to_owned()]).unwrap_err()
}

#[test]
fn fills_places_by_the_rules_of_where_they_stand() {
    for (place, text, value, filled) in [
        (Place::Path, "groups/{group}/x", "L3 INFO/a", "groups/L3%20INFO%2Fa/x"),
        (Place::Path, "a/{{b}}", "", "a/{b}"),
        (Place::Field, "before {group} after", "a&b=c", "before a&b=c after"),
        (Place::Header, "{group}", "é", "é"),
        (Place::Text, "{ me { id(g: \"{group}\") } }", "x", "{ me { id(g: \"x\") } }"),
        (Place::Json, r#"{"a": {"b": "{group}"}}"#, "say \"hi\"\n", r#"{"a": {"b": "say \"hi\"\n"}}"#),
        (Place::Json, r#"{"a":{group}}"#, "12", r#"{"a":12}"#),
        (Place::Json, r#"{"a":{group}}"#, "1, \"admin\": true", r#"{"a":"1, \"admin\": true"}"#),
        (Place::Json, r#"{"a":"{{group}}"}"#, "", r#"{"a":"{group}"}"#),
        (Place::Json, r#"{"a\"{b":"{group}"}"#, "\"", r#"{"a\"{b":"\""}"#),
    ] {
        assert_eq!(fill(place, text, value), Ok(filled.to_owned()), "{text}");
    }
}

#[test]
fn refuses_values_that_would_leave_their_place() {
    for (place, text, value) in [
        (Place::Path, "groups/{group}", ".."),
        (Place::Path, "groups/{group}/x", "."),
        (Place::Path, "groups/.{group}/x", "."),
        (Place::Path, "groups/{group}/x", ""),
        (Place::Header, "{group}", "a\r\nx: y"),
    ] {
        assert!(fill(place, text, value).is_err(), "{text} {value}");
    }
}

#[test]
fn a_parameter_without_a_value_leaves_nothing() {
    let template = Template::compile(Place::Field, "query.g", "{group}", &["group".to_owned()]).unwrap();
    assert_eq!(template.fill(&Params::new()), Ok(None));
    assert!(template.fill_whole(&Params::new()).unwrap_err().message.contains("\"group\" has no value"));
}

#[test]
fn an_unknown_name_is_told_with_its_place_and_the_likely_one() {
    let [error] = &errors(Place::Path, "groups/{groupe}/x")[..] else { unreachable!() };
    assert_eq!((error.key.as_str(), error.span.clone()), ("path", Some(7..15)));
    assert_eq!(error.help.as_deref(), Some("did you mean {group}?"));
    assert_eq!(errors(Place::Path, "{somewhere}/{else}").len(), 2);
}

#[test]
fn a_lone_brace_is_an_error_in_a_line_only() {
    assert_eq!(errors(Place::Path, "a{ b").first().unwrap().span, Some(1..2));
    assert_eq!(errors(Place::Header, "a}").first().unwrap().span, Some(1..2));
    assert!(Template::compile(Place::Text, "body.text", "a{ b}", &[]).is_ok());
}

#[test]
fn a_json_body_that_is_none_is_an_error() {
    assert!(errors(Place::Json, r#"{"group": }"#)[0].message.starts_with("not JSON"));
}

proptest! {
    #[test]
    fn a_value_never_leaves_its_json_text(value in ".*", quoted: bool) {
        let text = if quoted { r#"{"a":"{group}","b":1}"# } else { r#"{"a":{group},"b":1}"# };
        let document: serde_json::Value = serde_json::from_str(&fill(Place::Json, text, &value).unwrap()).unwrap();
        prop_assert_eq!(document.as_object().unwrap().len(), 2);
        prop_assert_eq!(&document["b"], 1);
        if quoted {
            prop_assert_eq!(document["a"].as_str(), Some(value.as_str()));
        }
    }

    #[test]
    fn a_value_never_leaves_its_segment(value in "[./%a-zA-Z\\\\?#é ]{1,8}") {
        if let Ok(path) = fill(Place::Path, "a/{group}/b", &value) {
            let mut url = url::Url::parse("https://univ.fr/").unwrap();
            url.set_path(&path);
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 3);
            let decoded = percent_encoding::percent_decode_str(segments[1]).decode_utf8().unwrap().into_owned();
            prop_assert_eq!(decoded, value);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in ".*") {
        for place in [Place::Path, Place::Field, Place::Header, Place::Json, Place::Text] {
            let _ = Template::compile(place, "path", &text, &["group".to_owned()]);
        }
    }
}
