//! What holds for every kind that phones understand.

use std::collections::BTreeSet;

use kinds::{Audience, Field, Kind, Type, all, document, find};

use crate::schema;

#[test]
fn samples_are_what_the_schema_says() {
    for kind in all() {
        let items = kind.sample.as_array().unwrap();
        assert!(!items.is_empty(), "{} has no sample", kind.name);
        let schema = document::item_schema(kind);
        let wrong: Vec<_> = items.iter().flat_map(|item| schema::check(&schema, item, &kind.name)).collect();
        assert_eq!(wrong, [""; 0]);
    }
}

#[test]
fn samples_show_most_fields_and_repeat_no_id() {
    for kind in all() {
        let items = kind.sample.as_array().unwrap();
        let ids: BTreeSet<_> = items.iter().map(|item| item["id"].as_str()).collect();
        assert_eq!(ids.len(), items.len(), "{}", kind.name);
        let used = kind.fields.iter().filter(|field| items.iter().any(|item| item.get(&field.name).is_some())).count();
        assert!(
            used * 10 >= kind.fields.len() * 7,
            "the sample of {} shows {used} of {}",
            kind.name,
            kind.fields.len()
        );
    }
}

#[test]
fn samples_stand_in_the_order_of_their_time() {
    for kind in all() {
        let Some(time) = &kind.time else { continue };
        let items = kind.sample.as_array().unwrap();
        let mut times: Vec<_> = items.iter().filter_map(|item| item.get(&time.start)?.as_str()).collect();
        if time.newest_first {
            times.reverse();
        }
        assert!(times.is_sorted(), "{}: {times:?}", kind.name);
    }
}

#[test]
fn each_item_has_a_required_id_that_never_means_change() {
    for Kind { name, fields, .. } in all().iter().map(|kind| &**kind) {
        let id = &fields[0];
        assert_eq!(
            (id.name.as_str(), &id.ty, id.required, id.means_change),
            ("id", &Type::Text, true, false),
            "{name}"
        );
    }
}

#[test]
fn names_are_words_and_unique() {
    let all = all();
    let names: BTreeSet<_> = all.iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names.len(), all.len());
    for kind in all {
        assert_eq!(find(&kind.name), Some(kind));
        assert!(is_word(&kind.name), "{}", kind.name);
        check_names(&kind.name, &kind.fields);
    }
}

/// Names are unique among their fellows; `each` is taken in a mapping.
fn check_names(place: &str, fields: &[Field]) {
    let names: BTreeSet<_> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names.len(), fields.len(), "{place}");
    for field in fields {
        let place = format!("{place}.{}", field.name);
        assert!(is_word(&field.name) && field.name != "each", "{place}");
        match inner(&field.ty) {
            Type::Object(parts) => check_names(&place, parts),
            Type::Choice(words) => {
                assert!(words.len() > 1 && words.iter().all(|word| is_word(word)), "{place}");
                assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{place}");
            }
            _ => {}
        }
    }
}

#[test]
fn everything_is_explained_in_sentences() {
    for kind in all() {
        assert!(!kind.title.fr.is_empty() && !kind.title.en.is_empty(), "{}", kind.name);
        assert!(kind.about.ends_with('.'), "{}", kind.name);
        check_abouts(&kind.name, &kind.fields);
    }
}

fn check_abouts(place: &str, fields: &[Field]) {
    for field in fields {
        let place = format!("{place}.{}", field.name);
        assert!(field.about.len() > 5 && field.about.ends_with('.'), "{place}: {:?}", field.about);
        if let Type::Object(parts) = inner(&field.ty) {
            check_abouts(&place, parts);
            assert!(parts.iter().all(|part| !part.means_change), "{place}: parts count with their object");
        }
    }
}

#[test]
fn times_are_instants_or_dates_of_the_kind() {
    for kind in all() {
        let Some(time) = &kind.time else { continue };
        let start = &kind.field(&time.start).unwrap().ty;
        assert!(matches!(start, Type::Instant | Type::Date), "{}", kind.name);
        if let Some(end) = &time.end {
            assert_eq!(&kind.field(end).unwrap().ty, start, "{}", kind.name);
        }
    }
}

#[test]
fn each_kind_says_what_means_change() {
    for kind in all() {
        assert!(kind.fields.iter().any(|field| field.means_change), "{}", kind.name);
    }
}

#[test]
fn what_is_about_a_person_is_theirs_alone() {
    let of = |audience: &Audience| -> Vec<String> {
        all().iter().filter(|kind| kind.audience == *audience).map(|kind| kind.name.clone()).collect()
    };
    let personal = ["timetable", "courses", "grades", "absences", "profile", "documents", "loans"];
    assert_eq!(of(&Audience::Personal), personal);
    assert_eq!(of(&Audience::Members), ["directory"]);
    assert_eq!(of(&Audience::Public).len(), all().len() - 8);
}

#[test]
fn lifetimes_grow_from_fresh_to_stale() {
    for Kind { name, lifetimes, .. } in all().iter().map(|kind| &**kind) {
        assert!(!lifetimes.fresh_for.is_zero() && lifetimes.fresh_for < lifetimes.stale_for, "{name}");
        assert!(lifetimes.fresh_for < lifetimes.on_device, "{name}");
    }
}

fn inner(ty: &Type) -> &Type {
    match ty {
        Type::List(of) => inner(of),
        ty => ty,
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
