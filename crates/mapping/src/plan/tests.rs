//! Records into items: what is found before a run, what becomes of each record in it, and what it may cost.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod hostile;
mod passing;
mod properties;

use std::collections::BTreeMap;
use std::sync::Arc;

use insta::{assert_json_snapshot, assert_snapshot};
use jiff::tz::TimeZone;
use jq::{Fuel, Scope};
use kinds::{Field, Kind};
use records::{Limits, Payload};
use serde_json::{Value, json};

use crate::{Account, Budget, Declared, Items, Mapping, Mistake, Place};

fn scope() -> Scope {
    Scope { zone: TimeZone::get("Europe/Paris").unwrap(), tables: BTreeMap::new() }
}

/// Exams in a room: `title` and `start` are required.
fn exams() -> Arc<Kind> {
    let fields = [
        Field::text("title").required().about("What is examined."),
        Field::instant("start").required().about("When it begins."),
        Field::instant("end").about("When it ends."),
        Field::integer("seats").about("How many may come."),
    ];
    Arc::new(Kind::new("exams", "Examens", "Exams").fields(fields).lasting("start", "end"))
}

fn same_names(kind: &Arc<Kind>) -> Mapping {
    let expressions: Vec<_> = kind.fields.iter().map(|field| format!(".{}", field.name)).collect();
    let fields = kind.fields.iter().map(|field| field.name.as_str()).zip(expressions.iter().map(String::as_str));
    Mapping::compile(&Declared { each: ".[]", fields: fields.collect() }, Arc::clone(kind), &scope()).unwrap()
}

fn page(document: &Value) -> Payload {
    Payload::Json(document.to_string().into())
}

fn run(mapping: &Mapping, documents: &[Value]) -> (Items, Account) {
    let pages: Vec<_> = documents.iter().map(page).collect();
    mapping.run(&pages, &Budget::default()).unwrap()
}

fn ids(items: &Items) -> Vec<String> {
    items
        .iter()
        .map(|(_, item)| serde_json::from_slice::<Value>(item).unwrap()["id"].as_str().unwrap().into())
        .collect()
}

/// Where the mistakes are, what they are, and what to write instead.
fn mistakes(each: &str, fields: &[(&str, &str)]) -> String {
    let declared = Declared { each, fields: fields.to_vec() };
    let mistakes = Mapping::compile(&declared, exams(), &scope()).unwrap_err();
    let shown = mistakes.iter().map(|mistake| {
        let place = match &mistake.place {
            Place::Whole => "whole".to_owned(),
            Place::Each => "each".to_owned(),
            Place::FieldName(name) => format!("name of {name}"),
            Place::Field(name) => name.clone(),
        };
        let help = mistake.error.help.as_deref().unwrap_or("none");
        format!("{place} {:?}: {} ({help})", mistake.error.span, mistake.error.message)
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_record_becomes_an_item_with_its_fields_in_the_order_of_the_kind() {
    let declared = Declared {
        each: ".exams[]",
        fields: vec![("start", ".at"), ("title", ".name"), ("seats", ".room.seats"), ("id", ".key")],
    };
    let mapping = Mapping::compile(&declared, exams(), &scope()).unwrap();
    let record = json!({ "name": "Algèbre", "at": "2026-12-01T08:00", "key": 7, "room": { "seats": "30" } });
    let (items, account) = run(&mapping, &[json!({ "exams": [record] })]);
    assert_snapshot!(
        str::from_utf8(items.json()).unwrap(),
        @r#"[{"id":"7","title":"Algèbre","start":"2026-12-01T08:00:00+01:00","seats":30}]"#
    );
    assert_eq!(account, Account { received: 1, mapped: 1, ..Account::default() });
    let read: Vec<_> = mapping.reads().into_iter().collect();
    assert_snapshot!(read.join(" "), @".at .exams[] .key .name .room.seats");
}

#[test]
fn a_bad_record_is_lost_alone_and_the_account_says_which_and_why() {
    let documents = [json!([
        { "id": "a", "title": "Algèbre", "start": "2026-12-01T08:00" },
        { "id": "b", "start": "2026-12-01T08:00" },
        { "id": "c", "title": "Chimie", "start": "bientôt" },
        { "title": "Danse", "start": "2026-12-01T08:00" },
        "a text",
        { "id": "e", "title": ["Espagnol"], "start": "2026-12-01T08:00" },
        { "id": "f", "title": "Français", "start": "2026-12-02T08:00" },
    ])];
    let (items, account) = run(&same_names(&exams()), &documents);
    assert_eq!(ids(&items), ["a", "f"]);
    assert_json_snapshot!(account, @r#"
    {
      "received": 7,
      "mapped": 2,
      "rejected": 5,
      "omitted": 0,
      "complaints": [
        {
          "record": 2,
          "id": "b",
          "field": "title",
          "rejected": true,
          "reason": "no value, and the field is required"
        },
        {
          "record": 3,
          "id": "c",
          "field": "start",
          "rejected": true,
          "reason": "not an instant: give RFC 3339 or ISO 8601, or convert with datetime(\"%d/%m/%Y %H:%M\") or epoch",
          "value": "\"bientôt\""
        },
        {
          "record": 4,
          "field": "id",
          "rejected": true,
          "reason": "no value, and the field is required"
        },
        {
          "record": 5,
          "field": "id",
          "rejected": true,
          "reason": "cannot index string with \"id\""
        },
        {
          "record": 6,
          "id": "e",
          "field": "title",
          "rejected": true,
          "reason": "array where text is expected",
          "value": "[\"Espagnol\"]"
        }
      ]
    }
    "#);
}

#[test]
fn an_optional_field_that_does_not_convert_is_left_out_and_counted() {
    let documents = [json!([{ "id": "a", "title": "A", "start": "2026-12-01", "end": "tard", "seats": "30 ou 40" }])];
    let (items, account) = run(&same_names(&exams()), &documents);
    assert_snapshot!(
        str::from_utf8(items.json()).unwrap(),
        @r#"[{"id":"a","title":"A","start":"2026-12-01T00:00:00+01:00"}]"#
    );
    assert_eq!((account.received, account.mapped, account.rejected, account.omitted), (1, 1, 0, 2));
    assert_json_snapshot!(account.complaints, @r#"
    [
      {
        "record": 1,
        "id": "a",
        "field": "end",
        "rejected": false,
        "reason": "not an instant: give RFC 3339 or ISO 8601, or convert with datetime(\"%d/%m/%Y %H:%M\") or epoch",
        "value": "\"tard\""
      },
      {
        "record": 1,
        "id": "a",
        "field": "seats",
        "rejected": false,
        "reason": "not a number",
        "value": "\"30 ou 40\""
      }
    ]
    "#);
}

#[test]
fn an_account_for_other_eyes_has_reasons_but_no_data() {
    let documents = [json!([{ "id": "secret-id", "title": "A", "start": "secret-value" }])];
    let (_, account) = run(&same_names(&exams()), &documents);
    assert!(format!("{account:?}").contains("secret-value"));
    let shown = format!("{:?}", account.without_values());
    assert!(shown.contains("not an instant") && !shown.contains("secret"), "{shown}");
}

#[test]
fn of_many_complaints_the_first_are_told_and_all_are_counted() {
    let records: Vec<_> = (0..200).map(|id| json!({ "id": id, "title": "A" })).collect();
    let (items, account) = run(&same_names(&exams()), &[records.into()]);
    assert!(items.is_empty());
    assert_eq!((account.rejected, account.complaints.len()), (200, Account::KEPT));
    assert_eq!(account.complaints.last().unwrap().record, Account::KEPT as u64);
}

#[test]
fn the_second_record_of_an_id_is_rejected_on_whichever_page_it_is() {
    let record = |title: &str| json!([{ "id": 1, "title": title, "start": "2026-12-01" }]);
    let (items, account) = run(&same_names(&exams()), &[record("first"), record("second")]);
    assert_eq!(items.len(), 1);
    assert!(str::from_utf8(items.json()).unwrap().contains("first"));
    assert_eq!((account.received, account.mapped, account.rejected), (2, 1, 1));
    let complaint = &account.complaints[0];
    assert_eq!((complaint.record, complaint.id.as_deref(), complaint.field.as_str()), (2, Some("1"), "id"));
}

#[test]
fn an_id_whose_record_was_rejected_is_free_again() {
    let documents = [json!([{ "id": 1, "title": "A" }, { "id": 1, "title": "B", "start": "2026-12-01" }])];
    let (items, account) = run(&same_names(&exams()), &documents);
    assert_eq!((items.len(), account.mapped, account.rejected), (1, 1, 1));
}

#[test]
fn an_expression_that_fails_on_a_record_loses_that_record_or_field_only() {
    let fields = vec![("id", ".id"), ("title", ".title | upcase"), ("start", ".start"), ("seats", ".rooms[].seats")];
    let mapping = Mapping::compile(&Declared { each: ".[]", fields }, exams(), &scope()).unwrap();
    let documents = [json!([
        { "id": 1, "title": 5, "start": "2026-12-01" },
        { "id": 2, "title": "two rooms", "start": "2026-12-01", "rooms": [{ "seats": 1 }, { "seats": 2 }] },
        { "id": 3, "title": "no room", "start": "2026-12-01", "rooms": [] },
    ])];
    let (items, account) = run(&mapping, &documents);
    assert_eq!(ids(&items), ["2", "3"]);
    let reasons: Vec<_> = account.complaints.iter().map(|found| format!("{}: {}", found.field, found.reason)).collect();
    assert_snapshot!(reasons.join("\n"), @"
    title: upcase takes a string, not number
    seats: more than one value where one is expected
    ");
}

#[test]
fn items_are_ordered_by_time_and_those_without_one_come_last() {
    let fields = [Field::text("title"), Field::date("day")];
    let kind = Kind::new("days", "Jours", "Days").fields(fields).at("day");
    let documents = [json!([
        { "id": "none" },
        { "id": "late", "day": "2026-12-03" },
        { "id": "soon", "day": "2026-12-01" },
        { "id": "as soon", "day": "2026-12-01" },
    ])];
    let (items, _) = run(&same_names(&Arc::new(kind.clone())), &documents);
    assert_eq!(ids(&items), ["soon", "as soon", "late", "none"]);
    let (items, _) = run(&same_names(&Arc::new(kind.newest_first())), &documents);
    assert_eq!(ids(&items), ["late", "soon", "as soon", "none"]);
    let timeless = Kind::new("days", "Jours", "Days").fields([Field::text("title"), Field::date("day")]);
    let (items, _) = run(&same_names(&Arc::new(timeless)), &documents);
    assert_eq!(ids(&items), ["none", "late", "soon", "as soon"]);
}

#[test]
fn the_index_knows_when_items_start_and_end() {
    let at = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap().as_second());
    let documents = [json!([
        { "id": 1, "title": "A", "start": "2026-12-01T08:00", "end": "2026-12-01T10:00" },
        { "id": 2, "title": "B", "start": "2026-12-02T08:00" },
    ])];
    let (items, _) = run(&same_names(&exams()), &documents);
    let times: Vec<_> = items.iter().map(|(item, _)| (item.start, item.end)).collect();
    assert_eq!(times[0], (at("2026-12-01T07:00:00Z"), at("2026-12-01T09:00:00Z")));
    assert_eq!(times[1], (at("2026-12-02T07:00:00Z"), at("2026-12-02T07:00:00Z")));
}

#[test]
fn the_index_knows_the_end_where_the_kind_names_it_before_the_start() {
    let declared: kinds::DeclaredKind = serde_json::from_value(json!({
        "title": { "en": "Exhibitions" },
        "time": "opens",
        "end": "closes",
        "fields": { "opens": { "type": "date" }, "closes": { "type": "date" } },
    }))
    .unwrap();
    let kind = Arc::new(declared.into_kind("exhibitions").unwrap());
    let (items, _) = run(&same_names(&kind), &[json!([{ "id": 1, "opens": "2026-12-01", "closes": "2026-12-03" }])]);
    let (item, _) = items.iter().next().unwrap();
    assert_eq!((item.end.unwrap() - item.start.unwrap()) / 86_400, 3);
}

#[test]
fn every_mistake_is_found_before_a_mapping_runs() {
    assert_snapshot!(
        mistakes(".[] | | .", &[("id", ".id"), ("title", ".titel | upercase"), ("strat", ".x"), ("colour", "blue(")]),
        @r#"
        each 6..7: unexpected `|`, expected a value such as `.title` (none)
        title 9..17: unknown function `upercase` (did you mean `upcase`?)
        name of strat 0..5: the kind "exams" has no field "strat" (did you mean "start"?)
        name of colour 0..6: the kind "exams" has no field "colour" (its fields are id, title, start, end, seats)
        "#
    );
}

#[test]
fn a_document_that_is_not_one_is_malformed() {
    let mapping = same_names(&exams());
    let fails = |page: Payload| mapping.run(&[page], &Budget::default()).unwrap_err().message;
    assert_snapshot!(fails(Payload::Json("<html>".into())), @"not JSON: expected value at line 1 column 1");
    assert_snapshot!(fails(page(&json!(12))), @"`each` cannot be applied to the answer: cannot iterate over number");
    let deep = Payload::Json(format!("{}1{}", "[".repeat(500), "]".repeat(500)).into());
    assert_snapshot!(fails(deep), @"not JSON: nested deeper than 64 levels at line 1 column 65");
}

#[test]
fn a_run_ends_with_its_budget() {
    let mapping = same_names(&exams());
    let records: Vec<_> = (0..1000).map(|id| json!({ "id": id, "title": "A", "start": "2026-12-01" })).collect();
    let pages = [page(&records.into())];
    let under =
        |budget: &Budget| mapping.run(&pages, budget).map(|(items, _)| items.len()).map_err(|error| error.message);
    let usual = Budget::default();
    assert_eq!(under(&usual), Ok(1000));
    let exhausted = Err("the answer is larger than the mapping's budget of steps and bytes".to_owned());
    assert_eq!(under(&Budget { fuel: Fuel { steps: 100, ..usual.fuel.clone() }, ..usual.clone() }), exhausted);
    assert_eq!(under(&Budget { output: 10_000, ..usual.clone() }), exhausted);
    let few = Budget { limits: Limits { values: 100, ..usual.limits }, ..usual };
    assert_snapshot!(under(&few).unwrap_err(), @"not JSON: more than 100 values at line 1 column 1061");
}

#[test]
fn the_budget_is_for_all_pages_together() {
    let mapping = same_names(&exams());
    let page = |from: u32| {
        let records: Vec<_> =
            (from..from + 100).map(|id| json!({ "id": id, "title": "A", "start": "2026-12-01" })).collect();
        self::page(&records.into())
    };
    let one = Budget { output: 8_000, ..Budget::default() };
    assert!(mapping.run(&[page(0)], &one).is_ok());
    assert!(mapping.run(&[page(0), page(100)], &one).is_err());
}

#[test]
fn the_same_items_have_the_same_digest_and_others_another() {
    let mapping = same_names(&exams());
    let record = |id: u32, title: &str, export: &str| json!({ "id": id, "title": title, "start": "2026-12-01", "export": export });
    let digest = |records: Value| run(&mapping, &[records]).0.digest();
    let first = digest(json!([record(1, "A", "monday"), record(2, "B", "monday")]));
    assert_eq!(first, digest(json!([record(1, "A", "tuesday"), record(2, "B", "tuesday")])));
    assert_ne!(first, digest(json!([record(1, "A", "monday"), record(2, "C", "monday")])));
    assert_ne!(first, digest(json!([record(1, "A", "monday")])));
}
