//! What becomes of a value for each type of field.

#![allow(clippy::unwrap_used)]

use jiff::tz::TimeZone;
use kinds::{Field, Type};
use records::{Limits, Payload};
use serde_json::{Value, json};

use super::{Written, Zone};

/// What is written, `nothing`, or why it is refused.
fn written(ty: &Type, value: impl Into<Value>) -> String {
    in_zone("Europe/Paris", ty, value)
}

fn in_zone(zone: &str, ty: &Type, value: impl Into<Value>) -> String {
    let document = Payload::Json(value.into().to_string().into());
    let mut out = Vec::new();
    match super::write(
        &mut out,
        &document.value(&Limits::default()).unwrap(),
        ty,
        &Zone::new(TimeZone::get(zone).unwrap()),
    ) {
        Ok(Written::Nothing) => "nothing".to_owned(),
        Ok(_) => String::from_utf8(out).unwrap(),
        Err(super::Reason { reason, value: Some(value) }) => format!("{value}: {reason}"),
        Err(super::Reason { reason, value: None }) => reason,
    }
}

/// A text as written, without its quotes.
#[track_caller]
fn becomes(ty: &Type, value: &str, expected: &str) {
    assert_eq!(written(ty, value), format!("\"{expected}\""), "{value}");
}

#[track_caller]
fn refused(ty: &Type, value: impl Into<Value>, reason: &str) {
    let value = value.into();
    assert_eq!(written(ty, value.clone()), format!("{value}: {reason}"));
}

#[test]
fn an_instant_is_read_in_the_forms_that_products_write() {
    for (text, expected) in [
        ("2026-11-23T10:15:00+01:00", "2026-11-23T10:15:00+01:00"),
        ("2026-11-23T09:15:00Z", "2026-11-23T10:15:00+01:00"),
        ("2026-07-23T09:15:00Z", "2026-07-23T11:15:00+02:00"),
        ("2026-11-23 09:15:00.987654Z", "2026-11-23T10:15:00+01:00"),
        ("2026-11-23T10:15:00", "2026-11-23T10:15:00+01:00"),
        ("2026-11-23 10:15", "2026-11-23T10:15:00+01:00"),
        (" 2026-11-23 ", "2026-11-23T00:00:00+01:00"),
        ("20261123T101500", "2026-11-23T10:15:00+01:00"),
        ("Mon, 23 Nov 2026 09:15:00 GMT", "2026-11-23T10:15:00+01:00"),
        ("23 Nov 2026 10:15:00 -0500", "2026-11-23T16:15:00+01:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:09:21+00:09"),
    ] {
        becomes(&Type::Instant, text, expected);
    }
    assert_eq!(in_zone("America/Martinique", &Type::Instant, "2026-11-23 10:15"), "\"2026-11-23T10:15:00-04:00\"");
    assert_eq!(in_zone("Asia/Kolkata", &Type::Instant, "2026-11-23 10:15"), "\"2026-11-23T10:15:00+05:30\"");
}

#[test]
fn a_local_time_that_does_not_exist_moves_on_and_one_that_comes_twice_is_the_first() {
    becomes(&Type::Instant, "2026-03-29T02:30:00", "2026-03-29T03:30:00+02:00");
    becomes(&Type::Instant, "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00");
    becomes(&Type::Instant, "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00");
}

#[test]
fn what_is_no_instant_is_refused_with_the_way_out() {
    let reason = "not an instant: give RFC 3339 or ISO 8601, or convert with datetime(\"%d/%m/%Y %H:%M\") or epoch";
    for garbage in ["23/11/2026", "demain", "0000-00-00 00:00:00", "2026-02-30", "10:15", "2026-11-23T25:00:00"] {
        refused(&Type::Instant, garbage, reason);
    }
    for beyond in ["-000044-03-15T12:00:00Z", "9999-12-31T23:59:59", "+012026-01-01T00:00:00Z", "99999-01-01"] {
        refused(&Type::Instant, beyond, reason);
    }
    for other in [json!(1_795_424_100), json!(true), json!(["2026-11-23"]), json!({})] {
        refused(&Type::Instant, other, reason);
    }
}

#[test]
fn a_date_is_the_day_in_the_campus_s_zone() {
    for (text, expected) in [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-23T00:30:00+01:00", "2026-11-23"),
        ("2026-11-23T23:30:00Z", "2026-11-24"),
        ("20261123", "2026-11-23"),
    ] {
        becomes(&Type::Date, text, expected);
    }
    refused(&Type::Date, "23/11/2026", "not a date: give YYYY-MM-DD, or convert with date(\"%d/%m/%Y\")");
    refused(&Type::Date, "-000044-03-15", "not a date: give YYYY-MM-DD, or convert with date(\"%d/%m/%Y\")");
    // Midnight does not exist on this day there.
    assert_eq!(in_zone("America/Sao_Paulo", &Type::Date, "2018-11-04"), "\"2018-11-04\"");
}

#[test]
fn a_time_of_day_is_read_as_people_write_it() {
    for (text, expected) in [
        ("08:30", "08:30"),
        ("8:30:59", "08:30"),
        ("8h30", "08:30"),
        ("8 h 30", "08:30"),
        ("18H", "18:00"),
        ("00:00", "00:00"),
        ("24:00", "00:00"),
        ("24h", "00:00"),
    ] {
        becomes(&Type::TimeOfDay, text, expected);
    }
    for garbage in ["24:30", "25:00", "48:00", "-1:00", "8:60", "8:30 PM", "midi", "0830", ":", "2026-11-23T08:30:00"] {
        refused(&Type::TimeOfDay, garbage, "not a time of day: give HH:MM");
    }
    refused(&Type::TimeOfDay, 830, "not a time of day: give HH:MM");
}

#[test]
fn a_number_may_have_a_comma_and_spaces() {
    for (value, expected) in [
        (json!("12,5"), "12.5"),
        (json!(" 1 234,50 "), "1234.5"),
        (json!("1\u{202f}234"), "1234"),
        (json!("-3"), "-3"),
        (json!("1e3"), "1000"),
        (json!(20.0), "20"),
        (json!(14.25), "14.25"),
        (json!(-0.0), "0"),
        (json!(1e300), "1e+300"),
    ] {
        assert_eq!(written(&Type::Number, value.clone()), expected, "{value}");
    }
    for garbage in ["12.5 €", "1.234,5", "ABS", "inf", "NaN", "0x10", "1e999"] {
        refused(&Type::Number, garbage, "not a number");
    }
    refused(&Type::Number, true, "boolean where a number is expected");
}

#[test]
fn a_whole_number_has_no_fraction() {
    for (value, expected) in [
        (json!(3), "3"),
        (json!("3,0"), "3"),
        (json!(3.0), "3"),
        (json!(i64::MAX), "9223372036854775807"),
        (json!("9223372036854775807"), "9223372036854775807"),
    ] {
        assert_eq!(written(&Type::Integer, value.clone()), expected, "{value}");
    }
    for garbage in [json!(3.5), json!("3,5"), json!("1e300")] {
        refused(&Type::Integer, garbage, "not a whole number");
    }
    refused(&Type::Integer, "trois", "not a number");
}

#[test]
fn a_boolean_may_be_a_word_or_a_digit() {
    for yes in [json!(true), json!(1), json!("1"), json!("Oui"), json!(" yes "), json!("VRAI"), json!("O")] {
        assert_eq!(written(&Type::Boolean, yes.clone()), "true", "{yes}");
    }
    for no in [json!(false), json!(0), json!("0"), json!("non"), json!("No"), json!("faux"), json!("f")] {
        assert_eq!(written(&Type::Boolean, no.clone()), "false", "{no}");
    }
    for neither in [json!(2), json!("peut-être"), json!(0.5), json!([true])] {
        refused(&Type::Boolean, neither, "neither true nor false");
    }
}

#[test]
fn text_has_no_markup_and_nothing_that_cannot_be_seen() {
    for (text, expected) in [
        ("  Réseaux  ", "Réseaux"),
        ("<p>Salle&nbsp;<b>B204</b></p>", "Salle B204"),
        ("Recherche &amp; d&#233;veloppement", "Recherche & développement"),
        ("avant<script>alert(1)</script> après", "avant après"),
        ("<IFRAME src='https://evil.example'></IFRAME>fin", "fin"),
        ("une ligne<br/>deux lignes", "une ligne\\ndeux lignes"),
        ("R&D", "R&D"),
        ("a < b et b > c", "a < b et b > c"),
        ("si a <b et c", "si a <b et c"),
        ("?a=1&lang=fr;b", "?a=1&lang=fr;b"),
        ("deux\r\nlignes\tet plus", "deux\\nlignes\\tet plus"),
        ("sonnerie\u{7} et\u{0} fin\u{9b}", "sonnerie et fin"),
        ("note \u{202e}02/5\u{202c}", "note 02/5"),
        ("\u{2066}isolé\u{2069}", "isolé"),
        ("👩‍🎓 été", "👩‍🎓 été"),
    ] {
        becomes(&Type::Text, text, expected);
    }
    assert_eq!(written(&Type::Text, 12.5), "\"12.5\"");
    assert_eq!(written(&Type::Text, true), "\"true\"");
    refused(&Type::Text, json!(["a"]), "array where text is expected");
}

#[test]
fn what_has_nothing_to_show_is_left_out() {
    for empty in ["", "   ", "\u{202e}\u{202c}", "\u{0} ", "<p> </p>", "<br>"] {
        assert_eq!(written(&Type::Text, empty), "nothing", "{empty:?}");
    }
    for ty in [Type::Text, Type::Html, Type::Number, Type::Instant, Type::Url, Type::List(Box::new(Type::Text))] {
        assert_eq!(written(&ty, Value::Null), "nothing");
        assert_eq!(written(&ty, " "), "nothing");
    }
    assert_eq!(written(&Type::Html, "<script>alert(1)</script>"), "nothing");
    assert_eq!(written(&Type::List(Box::new(Type::Text)), json!(["", null])), "nothing");
}

#[test]
fn html_keeps_what_is_harmless() {
    for (html, expected) in [
        ("<p>Le <strong>jury</strong></p>", "<p>Le <strong>jury</strong></p>"),
        ("<p onclick=steal()>Le jury</p><script>steal()</script>", "<p>Le jury</p>"),
        ("<img src=x onerror=steal()>", "<img src=\\\"x\\\">"),
        (
            "<a href=\"javascript:steal()\">ici</a> <a href=\"https://univ-demo.fr\">là</a>",
            "<a rel=\\\"noopener noreferrer\\\">ici</a> <a href=\\\"https://univ-demo.fr\\\" rel=\\\"noopener noreferrer\\\">là</a>",
        ),
        ("<iframe src=\"https://evil.example\"></iframe>texte", "texte"),
        ("<p>non fermé", "<p>non fermé</p>"),
    ] {
        becomes(&Type::Html, html, expected);
    }
    refused(&Type::Html, json!({}), "object where HTML is expected");
}

#[test]
fn a_choice_is_one_of_its_words() {
    let choice = Type::Choice(vec!["exam".to_owned(), "term".to_owned()]);
    becomes(&choice, " Exam ", "exam");
    refused(&choice, "année", "not one of exam, term");
    refused(&choice, 1, "not one of exam, term");
    refused(&choice, json!([]), "array where a word is expected");
}

#[test]
fn an_address_is_absolute_and_of_a_known_scheme() {
    for (text, expected) in [
        (" https://univ-demo.fr/actualités ", "https://univ-demo.fr/actualit%C3%A9s"),
        ("HTTP://univ-demo.fr", "http://univ-demo.fr/"),
        ("mailto:scolarite@univ-demo.fr", "mailto:scolarite@univ-demo.fr"),
        ("tel:+33 3 00 00 00 60", "tel:+33300000060"),
        ("mailto:a@univ-demo.fr?subject=deux mots", "mailto:a@univ-demo.fr?subject=deux%20mots"),
        ("geo:48.11,-1.67", "geo:48.11,-1.67"),
    ] {
        becomes(&Type::Url, text, expected);
    }
    let reason = "not an absolute address (https:, http:, mailto:, tel: or geo:)";
    for garbage in
        ["www.univ-demo.fr", "/actualites", "javascript:steal()", "data:text/html,x", "https://", "file:///etc"]
    {
        refused(&Type::Url, garbage, reason);
    }
}

#[test]
fn a_list_holds_what_converts_and_nothing_empty() {
    let numbers = Type::List(Box::new(Type::Number));
    assert_eq!(written(&numbers, json!(["1,5", null, "", 2])), "[1.5,2]");
    assert_eq!(written(&numbers, json!([null, 1])), "[1]");
    assert_eq!(written(&numbers, json!([])), "nothing");
    assert_eq!(written(&numbers, json!([1, "deux"])), "\"deux\": not a number");
    assert_eq!(written(&numbers, json!(1)), "1: number where a list is expected: wrap it in [ ]");
}

#[test]
fn an_object_has_its_parts_in_order_and_no_others() {
    let hours = Type::Object(vec![
        Field::text("note"),
        Field::new("opens", Type::TimeOfDay).required(),
        Field::new("closes", Type::TimeOfDay),
    ]);
    assert_eq!(written(&hours, json!({ "closes": "18h", "opens": "8h30" })), r#"{"opens":"08:30","closes":"18:00"}"#);
    assert_eq!(written(&hours, json!({ "opens": "8h30", "note": null })), r#"{"opens":"08:30"}"#);
    assert_eq!(written(&hours, json!({ "note": "x" })), "opens: no value, and this part is required");
    assert_eq!(written(&hours, json!({ "opens": "tôt" })), "\"tôt\": opens: not a time of day: give HH:MM");
    assert_eq!(
        written(&hours, json!({ "opens": "8:30", "close": "9:00" })),
        "no part \"close\" here: its parts are note, opens, closes"
    );
    refused(&hours, json!("8h30-18h"), "string where an object is expected");
    let periods = Type::List(Box::new(hours));
    assert_eq!(written(&periods, json!([{ "opens": "9:00" }, {}])), "opens: no value, and this part is required");
    let notes = Type::List(Box::new(Type::Object(vec![Field::text("note")])));
    assert_eq!(written(&notes, json!([{}, { "note": "x" }])), r#"[{"note":"x"}]"#);
}

#[test]
fn a_value_that_is_shown_is_cut_short() {
    let reason = written(&Type::Number, "é".repeat(500));
    assert_eq!(reason, format!("\"{}…: not a number", "é".repeat(79)));
}
