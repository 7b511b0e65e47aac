//! Kinds that a campus declares.

use std::time::Duration;

use insta::assert_snapshot;
use kinds::{Audience, DeclaredKind, Field, Kind, Time, document};
use proptest::prelude::*;
use serde_json::json;

use crate::schema;

fn declared(text: &str) -> DeclaredKind {
    toml::from_str(text).unwrap()
}

fn problems(name: &str, text: &str) -> String {
    let line = |(key, message, help): (String, String, Option<String>)| {
        format!("{key}: {message} ({})", help.unwrap_or_default())
    };
    declared(text).into_kind(name).unwrap_err().into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_declaration_becomes_a_kind() {
    let kind = declared(
        r#"
        title = { fr = "Associations", en = "Clubs" }
        about = "Clubs that one may join."
        time = "start"
        newest_first = true
        audience = "group:students"
        on_device = "30d"
        [fields.name]
        type = "text"
        required = true
        means_change = true
        about = "Its name."
        [fields.start]
        type = "instant"
        [fields.fields]
        type = "choice"
        choices = ["sport", "Arts plastiques"]
        list = true
        "#,
    );
    let expected = Kind::new("clubs", "Associations", "Clubs")
        .about("Clubs that one may join.")
        .audience(Audience::Group("students".to_owned()))
        .fields([
            Field::choice("fields", &["sport", "Arts plastiques"]).list(),
            Field::text("name").required().means_change().about("Its name."),
            Field::instant("start"),
        ])
        .at("start")
        .newest_first();
    let kind = kind.into_kind("clubs").unwrap();
    assert_eq!(kind.lifetimes.on_device, Duration::from_secs(30 * 86400));
    assert_eq!(kind, Kind { lifetimes: kind.lifetimes, ..expected });
}

#[test]
fn a_short_declaration_has_sensible_defaults() {
    let kind = declared("title.fr = 'Casiers'\nfields.door.type = 'integer'").into_kind("lockers").unwrap();
    assert_eq!((kind.title.fr.as_str(), kind.title.en.as_str()), ("Casiers", "Casiers"));
    assert_eq!((&kind.audience, &kind.time, &kind.sample), (&Audience::Public, &None::<Time>, &json!([])));
    assert_eq!(kind.lifetimes.fresh_for, Duration::from_secs(15 * 60));
    let schema = document::item_schema(&kind);
    assert_eq!(schema::check(&schema, &json!({ "id": "a", "door": 4 }), "locker"), [""; 0]);
    assert_eq!(schema::check(&schema, &json!({ "door": 4 }), "locker"), ["locker: lacks \"id\""]);
}

#[test]
fn all_problems_are_told_at_once() {
    let text = r#"
        title = { fr = " " }
        time = "name"
        end = "until"
        [fields]
        id = { type = "text" }
        each = { type = "text" }
        name = { type = "text", choices = ["a"] }
        "Last Name" = { type = "text" }
        field = { type = "choice" }
        colour = { type = "choice", choices = ["red", "red"] }
        shape = { type = "choice", choices = ["round", ""] }
    "#;
    assert_snapshot!(problems("News!", text), @r#"
    : "News!" is not a kind's name (use lowercase letters, digits, `-` and `_`)
    title: a kind needs a title (write `title = { fr = "…", en = "…" }`)
    time: the field "name" is neither an instant nor a date ()
    end: there is no field "until" (name an instant or a date of `fields`)
    fields.Last Name: "Last Name" is not a field's name (use lowercase letters, digits and `_`)
    fields.colour.choices: a word comes twice ()
    fields.each: in a mapping, `each` finds the records (choose another name)
    fields.field.choices: a choice needs its words (write `choices = ["…", "…"]`)
    fields.id: every item has an `id` already (remove this field and map `id`)
    fields.name.choices: only a choice has words (write `type = "choice"`)
    fields.shape.choices: a word is empty or longer than 40 bytes ()
    "#);
}

#[test]
fn a_kind_that_phones_know_cannot_be_declared_anew() {
    let said = problems("news", "title.fr = 'Actus'\nfields.name.type = 'text'");
    assert!(said.starts_with(": \"news\" is a kind that every phone knows (choose another name"), "{said}");
}

#[test]
fn time_and_end_are_instants_or_dates_alike() {
    let fields = "
        title.fr = 'Stands'
        fields.from.type = 'date'
        fields.until.type = 'instant'
        fields.days = { type = 'date', list = true }
    ";
    for (time, expected) in [
        ("end = 'until'", "end: there is an end but no `time` (name the start in `time`)"),
        ("newest_first = true", "newest_first: there is an order but no `time` (name the field to order by in `time`)"),
        (
            "time = 'from'\nend = 'until'",
            "end: `time` and `end` are of different types (make both an instant or both a date)",
        ),
        ("time = 'days'", "time: the field \"days\" is neither an instant nor a date ()"),
    ] {
        assert_eq!(problems("stands", &format!("{time}\n{fields}")), expected);
    }
}

#[test]
fn numbers_of_fields_and_words_are_bounded() {
    let fields: String = (0..65).map(|n| format!("fields.f{n}.type = 'text'\n")).collect();
    assert_eq!(problems("many", &format!("title.fr = 'Trop'\n{fields}")), "fields: 65 fields are more than 64 ()");
    let words: String = (0..65).map(|n| format!("'w{n}',")).collect();
    let text = format!("title.fr = 'Trop'\nfields.word = {{ type = 'choice', choices = [{words}] }}");
    assert_eq!(problems("many", &text), "fields.word.choices: 65 words are more than 64 ()");
}

#[test]
fn unknown_keys_types_and_audiences_are_refused() {
    for (text, expected) in [
        ("title.fr = 'A'\ncolour = 'red'\nfields = {}", "unknown field `colour`"),
        ("title.de = 'A'\nfields = {}", "unknown field `de`"),
        ("title.fr = 'A'\nfields.a = { type = 'text', size = 3 }", "unknown field `size`"),
        ("title.fr = 'A'\nfields.a.type = 'string'", "unknown variant `string`"),
        ("title.fr = 'A'\naudience = 'everybody'\nfields = {}", "\"everybody\" is not an audience"),
    ] {
        let message = toml::from_str::<DeclaredKind>(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_settings_have_a_schema_with_each_key_explained() {
    let schema = schemars::schema_for!(DeclaredKind).to_value();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["title", "fields"]));
    for (key, property) in schema["properties"].as_object().unwrap() {
        assert!(property["description"].is_string(), "{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_declaration_panics(name in ".{0,9}", field in ".{0,9}", time in ".{0,4}", word in ".{0,50}") {
        let declaration = json!({
            "title": { "en": &name }, "about": &word, "time": &time, "end": &field,
            "fields": { field: { "type": "choice", "choices": [&word, &word] } },
        });
        let declared: DeclaredKind = serde_json::from_value(declaration).unwrap();
        prop_assert!(declared.into_kind(&name).is_err());
    }
}
