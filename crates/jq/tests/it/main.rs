//! The language as schools write it: meanings, messages, limits, and the same answers as jaq.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod laws;
mod limits;
mod meanings;
mod messages;
mod oracle;
mod reads;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jq::{Failure, Fuel, Program, Scope};
use records::{Limits, Payload, Value};

fn scope() -> Scope {
    let rooms =
        BTreeMap::from([("B12".to_owned(), "Bâtiment B, salle 12".to_owned()), ("7".to_owned(), "sept".to_owned())]);
    Scope {
        zone: TimeZone::get("Europe/Paris").unwrap(),
        tables: BTreeMap::from([("rooms".to_owned(), Arc::new(rooms))]),
    }
}

fn fuel() -> Fuel {
    Fuel { steps: 1_000_000, bytes: 10_000_000 }
}

fn compile(source: &str) -> Program {
    Program::compile(source, &scope()).unwrap_or_else(|errors| panic!("{source}: {errors:#?}"))
}

fn parsed(json: &str) -> Value<'static> {
    Payload::Json(json.to_owned().into()).value(&Limits::default()).unwrap().into_owned().into_owned()
}

/// All outputs, until a failure if there is one.
fn run(source: &str, input: &Value<'_>) -> (Vec<Value<'static>>, Option<Failure>) {
    let mut outputs = Vec::new();
    let program = compile(source);
    let end = program.run(input, &mut fuel(), &mut |output, _| {
        outputs.push(output.into_owned().into_owned());
        Ok(())
    });
    (outputs, end.err())
}

/// Outputs as JSON, by way of the language's own `tojson`; then the failure, if there is one.
fn shown(source: &str, input: &str) -> String {
    let (outputs, end) = run(source, &parsed(input));
    let json = |value: &Value<'_>| match &run("tojson", value).0[0] {
        Value::Text(text) => text.to_string(),
        other => panic!("{other:?}"),
    };
    let failure = end.map(|failure| match failure {
        Failure::Value(message) => format!("! {message}"),
        Failure::Exhausted => "! exhausted".to_owned(),
    });
    outputs.iter().map(json).chain(failure).collect::<Vec<_>>().join(" ")
}
