//! `sub` and `gsub`: the replacement is an expression over what the pattern's named groups caught.

use records::Value;
use regex::Regex;

use super::{Answer, Env, take};
use crate::Fuel;
use crate::flow::{Input, Output, fail};
use crate::functions::patterns::captured;
use crate::plan::Plan;

pub(super) fn replace<'v, 's>(
    pattern: &'v Regex,
    all: bool,
    with: &'v Plan,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    let whole = Output::from(input);
    let Some(text) = whole.as_text() else {
        return fail(format!("{} cannot be matched, as it is not a string", whole.type_name()));
    };
    fuel.scan(&text)?;
    let (mut out, mut at) = (String::new(), 0);
    for captures in pattern.captures_iter(&text).take(if all { usize::MAX } else { 1 }) {
        let Some(found) = captures.get(0) else { continue };
        let groups = captured(pattern, &captures, text, fuel)?;
        let replacement = match take(with, Output::Made(groups), env, fuel)? {
            None => return Ok(None),
            Some(output) => match &*output {
                Value::Text(replacement) => replacement.to_string(),
                other => return fail(format!("a replacement must be a string, not {}", other.type_name())),
            },
        };
        let before = text.get(at..found.start()).unwrap_or_default();
        fuel.create(before.len() + replacement.len())?;
        out.push_str(before);
        out.push_str(&replacement);
        at = found.end();
    }
    let rest = text.get(at..).unwrap_or_default();
    fuel.create(rest.len())?;
    out.push_str(rest);
    Ok(Some(Output::text(out)))
}
