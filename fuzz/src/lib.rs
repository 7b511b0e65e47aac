//! What must hold of any input: nothing panics, hangs or grows without end, and what is read keeps its limits.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use campus::{Draft, Origin, Surroundings};
use jiff::tz::TimeZone;
use jq::{Fuel, Scope};
use mapping::{Budget, Declared, Mapping};
use outbound::{Outbound, Rules};
use records::{Format, Limits, Options, Payload};
use serde_json::json;
use sources::{Context, Fetch};

/// A program in the first line, an expression of a field in the second, and JSON to map.
pub fn mapping(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let mut line = || parts.next().and_then(|line| std::str::from_utf8(line).ok());
    let (Some(each), Some(field)) = (line(), line()) else { return };
    let document = parts.next().unwrap_or_default().to_vec();
    let table = Arc::new([("a".to_owned(), "b".to_owned())].into());
    let scope = Scope { zone: TimeZone::UTC, tables: [("t".to_owned(), table)].into() };
    let fields = vec![("id", ".id"), ("title", field), ("published", ".published"), ("content", field)];
    let kind = Arc::clone(kinds::find("news").expect("a kind"));
    let Ok(mapping) = Mapping::compile(&Declared { each, fields }, kind, &scope) else { return };
    let budget = Budget { fuel: Fuel { steps: 100_000, bytes: 1 << 20 }, output: 1 << 20, ..Budget::default() };
    if let Ok((_, account)) = mapping.run(&[Payload::Json(document.into())], &budget) {
        assert_eq!(account.received, account.mapped + account.rejected);
    }
}

/// RSS, Atom or JSON Feed, as a connector gets it.
pub fn feed(data: &[u8]) {
    static FEED: LazyLock<Arc<dyn Fetch>> = LazyLock::new(|| question("feed"));
    sample(FEED.as_ref(), data, 1_001);
}

/// Calendars, as a connector gets them.
pub fn ical(data: &[u8]) {
    static CALENDAR: LazyLock<Arc<dyn Fetch>> = LazyLock::new(|| question("ical"));
    sample(CALENDAR.as_ref(), data, 50_000);
}

/// Delimited text. The first byte is what stands between fields, where it is punctuation.
pub fn csv(data: &[u8]) {
    let delimiter = data.first().copied().filter(u8::is_ascii_punctuation);
    let delimiter = delimiter.filter(|byte| *byte != b'"');
    document(Format::Csv, data, &Options { delimiter, sheet: None });
}

/// XML of any charset.
pub fn xml(data: &[u8]) {
    document(Format::Xml, data, &Options::default());
}

/// JSON of any charset.
pub fn json(data: &[u8]) {
    document(Format::Json, data, &Options::default());
}

/// A campus.toml.
pub fn campus(data: &[u8]) {
    static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
    static SURROUNDINGS: LazyLock<Surroundings> = LazyLock::new(|| Surroundings {
        outbound: Outbound::new(&[]).expect("a client"),
        rules: Arc::new(|_| Rules::default()),
        directories: Vec::new(),
        zone: None,
        environment: Arc::new(|_, _, name| Ok(name.starts_with('A').then(|| "secret".to_owned()))),
        secrets_required: true,
    });
    std::fs::write(FOLDER.path().join("campus.toml"), data).expect("a file");
    let draft = Draft { id: "fuzz", folder: FOLDER.path(), origin: Origin::Publication, channel: None };
    let checked = draft.check(&SURROUNDINGS);
    assert!(checked.campus.is_some() || !checked.problems.is_empty(), "refused without a reason");
    for problem in &checked.problems {
        assert!(!problem.render(false).is_empty());
    }
}

/// A question of a connector to an address that is never asked.
fn question(connector: &str) -> Arc<dyn Fetch> {
    let context = Context {
        outbound: Outbound::new(&[]).expect("a client"),
        rules: Rules::default(),
        folder: Path::new("/").to_owned(),
        directories: Vec::new(),
        zone: TimeZone::get("Europe/Paris").expect("a zone"),
        limits: Limits::default(),
    };
    let source = sources::find(connector).expect("a connector");
    let source =
        source.source(json!({ "url": "https://univ-demo.fr/" }), &context).unwrap_or_else(|_| panic!("a source"));
    source.request(json!({}), &[]).unwrap_or_else(|_| panic!("a question"))
}

fn sample(question: &dyn Fetch, data: &[u8], most: usize) {
    let Some(Ok(pages)) = question.sample(data.to_vec().into()) else { return };
    for page in pages {
        let Ok(records) = page.value(&Limits::default()) else { return };
        assert!(matches!(records.as_ref(), records::Value::List(records) if records.len() <= most));
    }
}

fn document(format: Format, data: &[u8], options: &Options) {
    let limits = Limits { values: 100_000, ..Limits::default() };
    let payload = Payload::new(format, data.to_vec().into(), None, options, &limits);
    if let Ok(payload) = payload {
        let _ = payload.value(&limits);
    }
}
