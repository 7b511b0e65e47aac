//! Every function's example is run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use records::{Limits, Payload, Value};

use super::{SECTIONS, formats::FORMATS};
use crate::{Fuel, Program, Scope, json};

fn value(json: &str) -> Value<'static> {
    Payload::Json(json.to_owned().into()).value(&Limits::default()).unwrap().into_owned().into_owned()
}

fn outputs(program: &str, input: &str) -> String {
    let sites = BTreeMap::from([("A".to_owned(), "Campus Nord".to_owned())]);
    let scope = Scope {
        zone: TimeZone::get("Europe/Paris").unwrap(),
        tables: BTreeMap::from([("sites".to_owned(), Arc::new(sites))]),
    };
    let program = Program::compile(program, &scope).unwrap_or_else(|errors| panic!("{program}: {errors:?}"));
    let input = value(input);
    let mut outputs = Vec::new();
    let mut fuel = Fuel { steps: 10_000, bytes: 100_000 };
    let end = program.run(&input, &mut fuel, &mut |output, _| {
        outputs.push(json::to_json(&output));
        Ok(())
    });
    end.map_or_else(|failure| format!("{failure:?}"), |()| outputs.join(", "))
}

#[test]
fn every_function_does_what_its_example_says() {
    let mut wrong = Vec::new();
    let functions =
        SECTIONS.iter().flat_map(|(_, functions)| *functions).map(|function| (function.usage, function.example));
    for (usage, [program, input, expected]) in functions.chain(FORMATS.map(|(name, _, example, _)| (name, example))) {
        let found = outputs(program, input);
        if found != expected {
            wrong.push(format!("{usage}: {program} of {input}\n  gives  {found}\n  not    {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reference_has_a_row_for_every_function() {
    let page = crate::reference();
    for function in super::all() {
        assert!(page.contains(&format!("| `{}` | ", function.usage)), "{}", function.usage);
    }
}

#[test]
fn every_function_is_described_once() {
    let mut usages: Vec<_> = SECTIONS
        .iter()
        .flat_map(|(_, functions)| functions.iter())
        .map(|function| (function.name(), function.arity()))
        .collect();
    let count = usages.len();
    usages.sort_unstable();
    usages.dedup();
    assert_eq!(usages.len(), count);
}
