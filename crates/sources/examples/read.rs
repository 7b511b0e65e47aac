//! What a connector makes of each document in a folder: `cargo run --example read -- feed FOLDER` (or `ical`, `file`).
//!
//! A line of JSON per document with its records or why it is refused, then how many were read, in which time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::tz::TimeZone;
use outbound::{Outbound, Rules};
use records::{Limits, Payload, Value};
use serde_json::json;
use sources::{Context, Fetch};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [connector, folder] = arguments.as_slice() else { panic!("usage: read CONNECTOR FOLDER") };
    let question = question(connector);
    let (mut read, mut refused, mut time) = (0, 0, Duration::ZERO);
    for file in files(Path::new(folder)) {
        let bytes = std::fs::read(&file).unwrap().into();
        let start = Instant::now();
        let answer = read_all(&*question, bytes);
        let took = start.elapsed();
        time += took;
        let name = file.file_name().unwrap().to_string_lossy();
        match answer {
            Ok(pages) => {
                read += 1;
                let records: Vec<_> = pages.iter().map(json).collect();
                println!("{}", json!({ "file": name, "micros": took.as_micros(), "records": records }));
            }
            Err(why) => {
                refused += 1;
                println!("{}", json!({ "file": name, "micros": took.as_micros(), "refused": why }));
            }
        }
    }
    eprintln!("{read} read, {refused} refused, in {} ms", time.as_millis());
}

fn question(connector: &str) -> std::sync::Arc<dyn Fetch> {
    let context = Context {
        outbound: Outbound::new(&[]).unwrap(),
        rules: Rules::default(),
        folder: PathBuf::from("/"),
        directories: Vec::new(),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        limits: Limits::default(),
    };
    let source = sources::find(connector).expect("a connector's name");
    let source = source.source(json!({ "url": "http://example.com/test/" }), &context).unwrap();
    source.request(json!({}), &[]).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn read_all(question: &dyn Fetch, bytes: Bytes) -> Result<Vec<Value<'static>>, String> {
    let pages = question.sample(bytes).expect("a connector that reads documents");
    let decode = |page: &Payload| page.value(&Limits::default()).map(|value| value.into_owned().into_owned());
    let pages = pages.map_err(|failure| failure.to_string())?;
    pages.iter().map(decode).collect::<Result<_, _>>().map_err(|malformed| malformed.message)
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => json!(text),
        Value::Bool(bool) => json!(bool),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.to_owned(), json(value))).collect(),
        Value::Null => json!(null),
    }
}
