//! The same programs in jaq: same outputs, or an error in both at the same place.
//!
//! Left out, where jaq differs from jq and this language follows jq: the order of several outputs of operands of `+` and
//! of splices; which is met of an error and an empty operand beside it; errors left of `//`; division by zero and `%` on
//! fractions; `.[1.5]` and `{} | .[0]`; functions of null that jaq refuses, and null in `join`; `"" | tonumber`;
//! `sort_by` of one element; several outputs in `map_values`; `1.0` as text; integers beyond 64 bits; negative positions in
//! `has`. Patterns and formats need features of jaq that bring a second version of jiff: the `jq` program answers for them
//! where it is installed, `meanings.rs` everywhere. There, this language follows the crate `regex` and not jq: the flag `s`
//! lets `.` match a new line, `$` does not match before a last one, and a pattern that matches nothing does so at the end too.

mod program;
mod templates;

use std::fmt::Write;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Num, Val, read};
use proptest::prelude::*;
use records::Value;

use self::templates::{leaves, templates};
use crate::{parsed, run};

/// Definitions over functions that jaq has with other features only.
const MISSING: &str = "stderr debug halt_error logb significand pow10 drem nexttoward scalb gamma capture_of_match test scan_ \
    match capture split splits sub gsub scan todate fromdate @sh @html @htmld @uri @urid @base64 @base64d";

/// As jq 1.8 has them.
const DEFINED: &str =
    "def toarray: if type == \"array\" then . else [.] end; def trimstr($x): ltrimstr($x) | rtrimstr($x); ";

fn jaq(source: &str, input: &str) -> (Vec<Val>, bool) {
    let defs = jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs())
        .filter(|def| !MISSING.split(' ').any(|name| name == def.name));
    let funs = jaq_core::funs().chain(jaq_std::base_funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let source = &(DEFINED.to_owned() + source);
    let modules = Loader::new(defs)
        .load(&arena, File { code: source, path: () })
        .unwrap_or_else(|_| panic!("jaq cannot read {source}"));
    let filter = Compiler::default()
        .with_funs(funs)
        .compile(modules)
        .unwrap_or_else(|errors| panic!("jaq cannot compile {source}: {errors:?}"));
    let ctx = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    let mut outputs = Vec::new();
    for output in filter.id.run((ctx, read::parse_single(input.as_bytes()).unwrap())).map(unwrap_valr) {
        match output {
            Ok(value) => outputs.push(value),
            Err(_) => return (outputs, true),
        }
    }
    (outputs, false)
}

fn same(ours: &Value<'_>, theirs: &Val) -> bool {
    let float = |value: f64, num: &Num| {
        num.to_string().parse::<f64>().is_ok_and(|num| (num - value).abs() <= value.abs() * 1e-12)
    };
    match (ours, theirs) {
        (Value::Null, Val::Null) => true,
        (Value::Bool(ours), Val::Bool(theirs)) => ours == theirs,
        (Value::Int(ours), Val::Num(num)) => {
            num.as_isize().map_or_else(|| float(*ours as f64, num), |num| num as i64 == *ours)
        }
        (Value::Float(ours), Val::Num(num)) => float(*ours, num),
        (Value::Text(ours), Val::TStr(theirs)) => ours.as_bytes() == &***theirs,
        (Value::List(ours), Val::Arr(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs.iter()).all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Object(ours), Val::Obj(theirs)) => {
            let pairs = ours.iter().zip(theirs.iter());
            let key = |key: &Val, name: &str| matches!(key, Val::TStr(key) if &***key == name.as_bytes());
            ours.len() == theirs.len()
                && pairs
                    .into_iter()
                    .all(|((name, ours), (theirs_name, theirs))| key(theirs_name, name) && same(ours, theirs))
        }
        _ => false,
    }
}

fn differ(source: &str, input: &str) -> Option<String> {
    let (ours, end) = run(source, &parsed(input));
    let (theirs, failed) = jaq(source, input);
    let equal = ours.len() == theirs.len()
        && end.is_some() == failed
        && ours.iter().zip(&theirs).all(|(ours, theirs)| same(ours, theirs));
    (!equal).then(|| {
        let theirs = theirs.iter().fold(String::new(), |mut out, value| {
            write!(out, "{value} ").unwrap();
            out
        });
        format!("{source}\nof {input}\nours {ours:?} {end:?}\njaq {theirs} failed: {failed}")
    })
}

/// The fields of the input have a type each, so that most programs have a meaning; a few do not fit on purpose.
fn input() -> impl Strategy<Value = String> {
    let number =
        prop_oneof![(-20_i64..20).prop_map(|n| n.to_string()), Just("2.5".to_owned()), Just("-0.5".to_owned())];
    let text =
        prop::sample::select(vec!["\"\"", "\"a\"", "\"B,c\"", "\"été, 12\"", "\" a b \"", "\"12\"", "\"x\\ny\""])
            .prop_map(str::to_owned);
    let any = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number.clone(),
        text.clone()
    ];
    let list =
        |of: BoxedStrategy<String>| prop::collection::vec(of, 0..4).prop_map(|parts| format!("[{}]", parts.join(",")));
    let record =
        (number.clone(), text.clone(), any.clone()).prop_map(|(n, t, a)| format!("{{\"n\":{n},\"t\":{t},\"a\":{a}}}"));
    (number.clone(), text.clone(), any.clone(), list(number.boxed()), list(text.boxed()), list(record.boxed()), list(any.boxed())).prop_map(
        |(n, t, a, numbers, texts, records, anys)| {
            format!("{{\"n\":{n},\"t\":{t},\"a\":{a},\"ns\":{numbers},\"ts\":{texts},\"rs\":{records},\"as\":{anys},\"o\":{{\"x\":{n},\"y\":{t}}}}}")
        },
    )
}

fn one_of(cases: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
    proptest::strategy::Union::new(cases).boxed()
}

fn fixed(cases: &[&str]) -> BoxedStrategy<String> {
    prop::sample::select(cases.iter().map(|case| (*case).to_owned()).collect::<Vec<_>>()).boxed()
}

/// All but those that neither program has.
#[test]
fn every_function_that_an_oracle_has_is_tried() {
    let all: Vec<_> = "NTLBVJ".chars().flat_map(|kind| leaves(kind).iter().chain(templates(kind))).collect();
    let page = jq::reference();
    let rows = page.lines().filter(|row| row.starts_with("| `") && !row.contains("Not in jq."));
    let functions = rows.skip_while(|row| !row.starts_with("| `type`")).filter_map(|row| row.split('`').nth(1));
    let untried: Vec<_> = functions
        .filter(|usage| {
            let name = usage.split('(').next().unwrap();
            let arguments = usage.matches(';').count();
            !all.iter().any(|template| {
                template.match_indices(name).any(|(place, _)| {
                    let (before, after) = (&template[..place], &template[place + name.len()..]);
                    !before.ends_with(|char: char| char.is_alphabetic() || char == '_')
                        && !after.starts_with(|char: char| char.is_alphanumeric() || char == '_')
                        && (after.starts_with('(') == usage.contains('('))
                        && (arguments == 0 || after.contains(';'))
                })
            })
        })
        .collect();
    assert_eq!(untried, ["scan(pattern; flags)", "@urid"], "in neither jaq nor jq 1.6");
}

/// `N`, `T`, `L`, `B`, `V` in a template become expressions of a number, text, list, truth, anything.
fn expression(kind: char, depth: u32) -> BoxedStrategy<String> {
    if depth == 0 || matches!(kind, 'P' | 'C' | 'F') {
        return fixed(leaves(kind));
    }
    let template = fixed(templates(kind));
    let filled = template.prop_flat_map(move |template| fill(&template, depth - 1));
    one_of(vec![fixed(leaves(kind)), filled.boxed()])
}

fn fill(template: &str, depth: u32) -> BoxedStrategy<String> {
    let mut parts: Vec<BoxedStrategy<String>> = Vec::new();
    let mut quoted = false;
    for char in template.chars() {
        quoted ^= char == '"';
        let splice = template.contains("\\(T)");
        parts.push(match char {
            'N' | 'T' | 'L' | 'B' | 'V' | 'P' | 'C' | 'F' if !quoted || splice => expression(char, depth),
            other => Just(other.to_string()).boxed(),
        });
    }
    parts.prop_map(|parts| parts.concat()).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn gives_the_answers_of_jaq(source in expression('V', 4), input in input()) {
        if let Some(difference) = differ(&source, &input) {
            prop_assert!(false, "{}", difference);
        }
    }
}
