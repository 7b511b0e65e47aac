//! Documents and mappings that mean harm: a clear answer, on a stack that a server's threads have.

use allocation_counter::AllocationInfo;

use super::*;

/// As the stacks of tokio's threads, or less.
const STACK: usize = 1_536 << 10;

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(test).unwrap().join().unwrap();
}

/// What is made, and what it takes of the allocator: the same on any machine, however busy.
fn measured<T>(make: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut made = None;
    let taken = allocation_counter::measure(|| made = Some(make()));
    (made.unwrap(), taken)
}

/// What a mapping that names a few fields makes of a document: how many items, or why none.
fn outcome(each: &str, page: Payload) -> Result<usize, String> {
    let fields = vec![("id", ".id"), ("title", ".title // \"t\""), ("start", ".start // \"2026-12-01\"")];
    let mapping = Mapping::compile(&Declared { each, fields }, exams(), &scope()).unwrap();
    let budget = Budget { fuel: Fuel { steps: 200, bytes: 10_000 }, output: 1_000, ..Budget::default() };
    let (run, taken) = measured(|| mapping.run(&[page], &budget));
    assert!(taken.bytes_max < 256 << 10 && taken.count_total < 2_100_000, "{taken:?}");
    run.map(|(items, _)| items.len()).map_err(|error| error.message)
}

fn json_text(text: impl Into<Vec<u8>>) -> Payload {
    Payload::Json(text.into().into())
}

#[test]
fn depth_is_refused_also_where_nothing_is_wanted() {
    on_a_small_stack(|| {
        let million = "[".repeat(1_000_000);
        for text in [million.clone(), format!("{{\"x\":{million}"), format!("{{\"items\":[{{\"y\":{million}")] {
            let message = outcome(".items[]", json_text(text)).unwrap_err();
            assert!(message.starts_with("not JSON: nested deeper than 64 levels at line 1 column "), "{message}");
        }
        let xml = format!("<items>{}", "<y>".repeat(200_000));
        let message = outcome(".items.item[]", Payload::Xml(xml)).unwrap_err();
        assert_snapshot!(message, @"not XML: nested deeper than 64 levels at line 1 column 197");
    });
}

#[test]
fn values_are_counted_also_where_nothing_is_wanted() {
    let zeros = "0,".repeat(2_100_000);
    let message = outcome(".items[]", json_text(format!("{{\"x\":[{zeros}0],\"items\":[]}}"))).unwrap_err();
    assert!(message.starts_with("not JSON: more than 2000000 values at line 1 column "), "{message}");
    let xml = format!("<items>{}</items>", "<y a='1'/>".repeat(1_100_000));
    let message = outcome(".items.item[]", Payload::Xml(xml)).unwrap_err();
    assert!(message.starts_with("not XML: more than 2000000 values at line 1 column "), "{message}");
    let wide = Payload::Csv { text: "a;".repeat(10_000_000), delimiter: b';' };
    assert_snapshot!(outcome(".[]", wide).unwrap_err(), @"the table has more than 1000 columns");
}

#[test]
fn what_is_no_json_is_refused_also_where_nothing_is_wanted() {
    for wrong in ["1e400", "NaN", "\"\\ud800\"", "\"a\u{0}b\"", "01", "tru", "\"\\x\"", "[1,]", "{\"a\":1,}"] {
        let text = format!("{{\"items\":[{{\"id\":1}},{{\"id\":2,\"x\":{wrong}}}]}}");
        let message = outcome(".items[]", json_text(text)).unwrap_err();
        assert!(message.starts_with("not JSON: "), "{wrong}: {message}");
    }
    let tail = outcome(".items[]", json_text("{\"items\":[{\"id\":1}]} x")).unwrap_err();
    assert_snapshot!(tail, @"not JSON: trailing characters at line 1 column 22");
    let bytes = outcome(".items[]", json_text(b"{\"items\":[{\"id\":1,\"x\":\"\xFF\"}]}".to_vec())).unwrap_err();
    assert_snapshot!(bytes, @"not JSON: invalid unicode code point at line 1 column 24");
}

#[test]
fn of_a_name_that_comes_twice_the_last_counts() {
    let twice = "{\"items\":[{\"id\":1},{\"id\":2}],\"items\":[{\"id\":3,\"id\":4}]}";
    assert_eq!(outcome(".items[]", json_text(twice)), Ok(1));
    let gone = "{\"items\":[{\"id\":1}],\"items\":null}";
    assert_snapshot!(
        outcome(".items[]", json_text(gone)).unwrap_err(),
        @"`each` cannot be applied to the answer: cannot iterate over null"
    );
    let many = format!("[{{{}\"id\":1}}]", "\"title\":\"x\",".repeat(100_000));
    assert_eq!(outcome(".[]", json_text(many)), Ok(1));
}

#[test]
fn a_field_of_the_record_before_is_not_in_the_next() {
    let fields = vec![("id", ".id"), ("title", ".a.t // \"none\""), ("start", ".start"), ("seats", ".a.list[0].n")];
    let mapping = Mapping::compile(&Declared { each: ".[]", fields }, exams(), &scope()).unwrap();
    let full = json!({ "id": 1, "start": "2026-12-01", "a": { "t": "T", "list": [{ "n": 1 }, { "n": 2 }] } });
    let documents = [json!([
        full,
        { "id": 2, "start": "2026-12-02", "a": {} },
        { "id": 3, "start": "2026-12-03", "a": { "list": [{}] } },
        { "id": 4, "start": "2026-12-04" },
    ])];
    let (items, _) = run(&mapping, &documents);
    let titles: Vec<Value> =
        items.iter().map(|(_, item)| serde_json::from_slice::<Value>(item).unwrap()["title"].clone()).collect();
    assert_eq!(titles, ["T", "none", "none", "none"]);
    assert_eq!(str::from_utf8(items.json()).unwrap().matches("seats").count(), 1);
}

#[test]
fn mappings_of_hostile_size_are_refused_or_bounded() {
    on_a_small_stack(|| {
        let compiled = |each: &str, title: &str| {
            let fields = vec![("id", ".id"), ("title", title), ("start", ".start")];
            Mapping::compile(&Declared { each, fields }, exams(), &scope())
        };
        let nested = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
        let constant = format!("\"{}\"", "x".repeat(1 << 20));
        for title in [nested.as_str(), &constant, &".a // ".repeat(200_000), &".a | ".repeat(3_000)] {
            assert!(compiled(".[]", title).is_err(), "{}", title.len());
        }
        // Long paths, and programs that branch at each step: what is wanted stays small.
        let document = [page(&json!([{ "id": 1, "start": "2026-12-01" }]))];
        let branching = "(.a, .[]?) | ".repeat(20) + "1";
        let paths = [(".a".repeat(60), true), (".a".repeat(8_000), false), (".[]?".repeat(200), false)];
        for (title, compiles) in paths.into_iter().chain([(format!("first({branching})"), true)]) {
            let (mapping, taken) = measured(|| compiled(".[]", &title));
            assert!(taken.bytes_max < 1 << 20 && taken.count_total < 100_000, "{taken:?}");
            let budget = Budget { fuel: Fuel { steps: 20_000, bytes: 10_000 }, output: 1_000, ..Budget::default() };
            assert_eq!(mapping.is_ok(), compiles, "{}", title.len());
            let run = mapping.map(|mapping| measured(|| mapping.run(&document, &budget).is_ok()));
            assert!(!run.is_ok_and(|(ended, taken)| !ended || taken.bytes_max > 10_000), "{}", title.len());
        }
    });
}

fn checked(each: &str, fields: &[(&str, &str)], kind: &Arc<Kind>) -> (Result<Mapping, Vec<Mistake>>, AllocationInfo) {
    let declared = Declared { each, fields: fields.to_vec() };
    measured(|| Mapping::compile(&declared, Arc::clone(kind), &scope()))
}

/// A kind of as many fields as one of the campus's own can have.
fn widest() -> Arc<Kind> {
    let fields = (0..64).map(|number| Field::text(&format!("field_{number}")));
    Arc::new(Kind::new("widest", "Large", "Wide").fields(fields))
}

#[test]
fn more_fields_than_a_kind_may_have_are_one_mistake() {
    let names: Vec<_> = (0..200).map(|number| format!("field_{number}")).collect();
    let mut fields: Vec<_> = names.iter().map(|name| (name.as_str(), ".title")).collect();
    fields.insert(0, ("id", ".id"));
    assert!(checked(".[]", &fields[..65], &widest()).0.is_ok_and(|mapping| mapping.fields.len() == 65));
    let mistakes = checked(".[]", &fields, &widest()).0.unwrap_err();
    assert_eq!((mistakes.len(), &mistakes[0].place), (1, &Place::Whole));
    assert_eq!(mistakes[0].error.message, "the mapping has 201 fields; at most 128 are read");
    assert!(mistakes[0].error.help.as_ref().unwrap().starts_with("its fields are id, field_0, field_1, "));
    let mistakes = checked(".[]", &fields[..128], &widest()).0.unwrap_err();
    assert_eq!((mistakes.len(), &mistakes[62].place), (63, &Place::FieldName("field_126".to_owned())));
}

#[test]
fn a_field_given_twice_is_a_mistake() {
    assert_snapshot!(
        mistakes(".[]", &[("id", ".id"), ("title", ".a"), ("start", ".at"), ("title", ".b |"), ("x", "1"), ("x", "2")]),
        @r#"
        name of title 0..5: the field "title" is given twice (keep the expression that is meant)
        name of x 0..1: the kind "exams" has no field "x" (its fields are id, title, start, end, seats)
        name of x 0..1: the field "x" is given twice (keep the expression that is meant)
        "#
    );
}

#[test]
fn patterns_of_a_mapping_are_bounded_together() {
    let names: Vec<_> = (0..64).map(|number| format!("field_{number}")).collect();
    let patterns = format!("[{}1]", "test(\"a\"),".repeat(32));
    let fields: Vec<_> = names.iter().map(|name| (name.as_str(), patterns.as_str())).collect();
    assert!(checked(".[]", &fields[..4], &widest()).0.unwrap_err().iter().all(|mistake| mistake.place == Place::Whole));
    let mistakes = checked(".[]", &fields, &widest()).0.unwrap_err();
    assert_eq!((mistakes.len(), &mistakes[0].place), (1, &Place::Field("field_4".to_owned())));
    assert_eq!(mistakes[0].error.message, "more than 128 patterns, formats and lookups in one mapping");
}

#[test]
fn checking_a_mapping_costs_little_whatever_is_declared() {
    let names: Vec<_> = (0..10_000).map(|number| format!("feild_{number}")).collect();
    let all = |expression| names.iter().map(|name| (name.as_str(), expression)).collect::<Vec<_>>();
    let (long_name, long) = ("x".repeat(1 << 20), ".title | ".repeat(1 << 17));
    let paths = (0..400).map(|number| format!(".a{number}")).collect::<Vec<_>>().join(",");
    let deep = (0..80).map(|number| format!("{}.b{number}", ".a".repeat(62))).collect::<Vec<_>>().join(",");
    let id = vec![("id", ".id")];
    let many = |of: &str, part: &str, count| format!("first({of}) | first({}.)", part.repeat(count));
    for (what, each, fields, most) in [
        ("fields that there are not", ".[]", all(".a"), 10_000),
        ("a few of them", ".[]", all(".a")[..128].to_vec(), 50_000),
        ("a long name", ".[]", vec![(long_name.as_str(), ".a")], 1_000),
        ("a long expression", ".[]", vec![("field_1", &*long), ("field_2", &*long)], 1_000),
        ("a long `each`", &long, vec![], 1_000),
        ("paths", &many(&paths, ".,", 6_000), id.clone(), 500_000),
        ("long paths", &many(&deep, ".,", 2_500), id.clone(), 500_000),
        ("long paths that are read", &many(&deep, "not,", 900), id.clone(), 500_000),
        ("objects", &format!("first({paths}) as $x | [{}1]", "{$x},".repeat(2_000)), id.clone(), 500_000),
        ("conditions", &many(&paths, "if . then . else . end,", 500), id.clone(), 500_000),
        ("a pattern too large", ".[] | test(\"\\\\w{99}\")", id.clone(), 200_000),
    ] {
        let (_, taken) = checked(each, &fields, &widest());
        assert!(taken.count_total < most && taken.bytes_max < 8 << 20, "{what}: {taken:?}");
    }
}
