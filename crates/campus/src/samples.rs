//! Samples beside a mapping: `samples/NAME/reply.*` through the mapping must give `samples/NAME/expected.json`.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use mapping::Budget;
use records::{Format, Limits, Options, Payload};
use serde_json::Value;

use crate::document::Document;
use crate::{DataSet, Problem, Severity};

/// Runs the samples of a data set: `samples/NAME/`, and every folder in it.
pub(crate) fn run(folder: &Path, set: &DataSet, document: &mut Document) {
    let directory = folder.join("samples").join(&*set.name);
    let inner = std::fs::read_dir(&directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut cases: Vec<_> = inner.filter(|path| path.is_dir()).chain([directory.clone()]).collect();
    cases.sort();
    for case in cases {
        let Some(reply) = reply(&case) else { continue };
        if let Err((file, message)) = compare(&reply, &case.join("expected.json"), set) {
            let file = file.strip_prefix(folder).unwrap_or(&file);
            let campus = document.file.split('/').next().unwrap_or_default();
            document.problems.push(Problem {
                severity: Severity::Error,
                file: format!("{campus}/{}", file.display()),
                text: Arc::from(""),
                span: None,
                message: format!("the sample of \"{}\" {message}", set.name),
                help: Some(format!(
                    "`preau try` shows what the mapping makes of the source; correct [data.{}.map] or the sample",
                    set.name
                )),
            });
        }
    }
}

fn reply(case: &Path) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(case).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| path.file_stem().is_some_and(|stem| stem == "reply"))
}

type Mismatch = (std::path::PathBuf, String);

fn compare(reply: &Path, expected: &Path, set: &DataSet) -> Result<(), Mismatch> {
    let (items, account) = mapped(reply, set).map_err(|message| (reply.to_owned(), message))?;
    let wanted = match std::fs::read(expected) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err((reply.to_owned(), "has no expected.json beside it".to_owned()));
        }
        Err(error) => return Err((expected.to_owned(), format!("cannot be read: {error}"))),
        Ok(wanted) => wanted,
    };
    let wanted: Value =
        serde_json::from_slice(&wanted).map_err(|error| (expected.to_owned(), format!("is not JSON: {error}")))?;
    let found: Value =
        serde_json::from_slice(items.json()).map_err(|error| (expected.to_owned(), error.to_string()))?;
    match difference(&wanted, &found, "") {
        None => Ok(()),
        Some(difference) => {
            let why = account
                .complaints
                .first()
                .map(|complaint| format!("; record {}: {}: {}", complaint.record, complaint.field, complaint.reason));
            Err((
                expected.to_owned(),
                format!("does not come out as expected: {difference}{}", why.unwrap_or_default()),
            ))
        }
    }
}

fn mapped(reply: &Path, set: &DataSet) -> Result<(mapping::Items, mapping::Account), String> {
    let bytes = std::fs::read(reply).map_err(|error| format!("cannot be read: {error}"))?;
    let limits = Limits::default();
    let payload = match set.fetch.sample(bytes.clone().into()) {
        Some(payload) => payload,
        None => {
            let format = match reply.extension().and_then(|extension| extension.to_str()) {
                Some("xml") => Format::Xml,
                Some("csv") => Format::Csv,
                Some("xlsx") => Format::Xlsx,
                _ => Format::Json,
            };
            Payload::new(format, bytes.into(), None, &Options::default(), &limits)
        }
        .map_err(|malformed| sources::Failure::new(sources::FailureKind::Malformed, malformed.message))
        .map(|payload| vec![payload]),
    };
    let pages = payload.map_err(|failure| format!("cannot be decoded: {failure}"))?;
    set.mapping.run(&pages, &Budget::default()).map_err(|malformed| format!("cannot be mapped: {malformed}"))
}

/// The first difference, with its place: `[0].title is "a", not "b"`.
fn difference(wanted: &Value, found: &Value, place: &str) -> Option<String> {
    match (wanted, found) {
        (Value::Array(wanted), Value::Array(found)) => {
            let pairs = wanted.iter().zip(found).enumerate();
            let inner = pairs
                .filter_map(|(index, (wanted, found))| difference(wanted, found, &format!("{place}[{index}]")))
                .next();
            inner.or_else(|| {
                let list = if place.is_empty() { "the list" } else { place };
                (wanted.len() != found.len())
                    .then(|| format!("{list} has length {}, not {}", found.len(), wanted.len()))
            })
        }
        (Value::Object(wanted), Value::Object(found)) => {
            let names: std::collections::BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
            let null = Value::Null;
            let at = |object: &serde_json::Map<String, Value>, name: &String| {
                object.get(name).cloned().unwrap_or(null.clone())
            };
            names
                .into_iter()
                .find_map(|name| difference(&at(wanted, name), &at(found, name), &format!("{place}.{name}")))
        }
        (Value::Number(wanted), Value::Number(found)) if wanted.as_f64() == found.as_f64() => None,
        _ => (wanted != found).then(|| format!("{place} is {found}, not {wanted}")),
    }
}
