//! The same programs in the `jq` program, where it is installed: many in one process.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use records::Value;

use super::templates::templates;
use super::{DEFINED, expression, fill, fixed, input};
use crate::{parsed, run};

const CASES: usize = 400;

/// Not in jq 1.6 or 1.8, or with another meaning there: 1.6 swallows errors behind a `try` and within some functions.
const OTHERWISE: [&str; 13] = [
    ")?}",
    ")? catch",
    ")? //",
    ")? as",
    "try ",
    "trim)",
    "implode",
    "error(",
    "error)",
    "map_values(",
    "{(",
    "last(",
    "limit(",
];

/// As jq 1.8 has it.
const ABS: &str = "def abs: if type == \"number\" and . < 0 then -. else . end;";

#[test]
fn gives_the_answers_of_jq() {
    if Command::new("jq").arg("--version").output().is_err() {
        println!("skipped: there is no jq here");
        return;
    }
    let known = |source: &String| {
        source.matches("if ").count() == source.matches(" else ").count()
            && !OTHERWISE.iter().any(|word| source.contains(word))
    };
    compare(expression('V', 3).prop_filter("not in jq 1.6", known).boxed());
    let ours = fixed(templates('J')).prop_flat_map(|template| fill(&template, 1));
    compare(ours.prop_filter("not in jq 1.6", known).boxed());
}

fn compare(sources: BoxedStrategy<String>) {
    let mut runner = TestRunner::deterministic();
    let cases = (sources, input());
    let cases: Vec<_> = (0..CASES).map(|_| cases.new_tree(&mut runner).unwrap().current()).collect();
    let wrong: Vec<_> = cases
        .iter()
        .zip(jq(&cases))
        .filter_map(|((source, input), theirs)| {
            let (outputs, end) = run(source, &parsed(input));
            let ours = Value::List(outputs.into_iter().chain(end.map(|_| Value::text("failed"))).collect());
            (!near(&ours, &theirs)).then(|| format!("{source}\nof {input}\nours {ours:?}\njq   {theirs:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {CASES}\n{}", wrong.len(), wrong[..wrong.len().min(8)].join("\n\n"));
}

/// The outputs of each program, and "failed" behind them where it fails.
fn jq(cases: &[(String, String)]) -> Vec<Value<'static>> {
    // One function for each program: jq bounds their size.
    let (mut program, mut calls) = (format!("{DEFINED}{ABS}\n"), Vec::new());
    for (place, (source, _)) in cases.iter().enumerate() {
        writeln!(program, "def p{place}: [try ({source}) catch \"failed\"];").unwrap();
        calls.push(format!("(.[{place}] | p{place})"));
    }
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oracle-{}.jq", std::process::id()));
    std::fs::write(&file, program + &calls.join(",\n")).unwrap();
    let mut child =
        Command::new("jq").arg("-c").arg("-f").arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let inputs: Vec<_> = cases.iter().map(|(_, input)| input.as_str()).collect();
    let mut stdin = child.stdin.take().unwrap();
    let document = format!("[{}]", inputs.join(","));
    std::thread::spawn(move || stdin.write_all(document.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let lines: Vec<_> = str::from_utf8(&output.stdout).unwrap().lines().map(parsed).collect();
    assert_eq!(lines.len(), cases.len(), "{}", output.status);
    lines
}

/// Equal but for the last digits of numbers.
fn near(ours: &Value<'_>, theirs: &Value<'_>) -> bool {
    let number = |value: &Value<'_>| match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    };
    match (ours, theirs) {
        (Value::List(ours), Value::List(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| near(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(name, ours)| theirs.get(name).is_some_and(|theirs| near(ours, theirs)))
        }
        _ => match (number(ours), number(theirs)) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= ours.abs() * 1e-12,
            _ => ours == theirs,
        },
    }
}
