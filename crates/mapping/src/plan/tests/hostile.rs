//! Documents and mappings that mean harm: a clear answer, on a stack that a server's threads have.

use super::*;

/// As the stacks of tokio's threads, or less.
const STACK: usize = 1_536 << 10;

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(test).unwrap().join().unwrap();
}

/// What a mapping that names a few fields makes of a document: how many items, or why none.
fn outcome(each: &str, page: Payload) -> Result<usize, String> {
    let fields = vec![("id", ".id"), ("title", ".title // \"t\""), ("start", ".start // \"2026-12-01\"")];
    let mapping = Mapping::compile(&Declared { each, fields }, exams(), &scope()).unwrap();
    mapping.run(&[page], &Budget::default()).map(|(items, _)| items.len()).map_err(|error| error.message)
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
        for title in [".a".repeat(8_000), "first(".to_owned() + &branching + ")", ".[]?".repeat(200)] {
            if let Ok(mapping) = compiled(".[]", &title) {
                let _ = mapping.run(&document, &Budget::default());
            }
        }
    });
}
