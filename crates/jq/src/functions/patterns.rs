//! Regular expressions, compiled with the program: linear time, no look-around, no back-references.

use records::Value;
use regex::{Captures, Regex, RegexBuilder};

use super::{Call, Function, Make, error, ready, some_bool, text_of};
use crate::Fuel;
use crate::access::Step;
use crate::flow::{Flow, Output, Text};
use crate::plan::{Op, Plan, Ready};
use crate::syntax::Span;
use crate::{Error, access::Key};

/// Bytes of a compiled pattern; a few counted repetitions of letter classes fit.
const LARGEST: usize = 1 << 20;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "test(pattern)",
        doc: "Whether the pattern is found in the text.",
        example: [r#"test("^[A-Z]{2}\\d+$")"#, r#""TD12""#, "true"],
        make: Make::Build(test),
    },
    Function {
        usage: "test(pattern; flags)",
        doc: "The same; flags: `i` ignores case, `x` ignores blanks in the pattern, `s` lets `.` match a new line, `g` all.",
        example: [r#"test("exam"; "i")"#, r#""Examen final""#, "true"],
        make: Make::Build(test),
    },
    Function {
        usage: "capture(pattern)",
        doc: "What the named groups caught, as an object; nothing where the pattern is not found.",
        example: [r#"capture("(?<room>[A-Z]\\d+)").room"#, r#""Salle B12""#, r#""B12""#],
        make: Make::Build(capture),
    },
    Function {
        usage: "capture(pattern; flags)",
        doc: "The same with flags; `g` gives one object for each match.",
        example: [r#"[capture("(?<n>\\d+)"; "g").n]"#, r#""1, 22""#, r#"["1","22"]"#],
        make: Make::Build(capture),
    },
    Function {
        usage: "scan(pattern)",
        doc: "Every match: its text, or the texts of its groups where it has any.",
        example: [r#"[scan("\\d+")]"#, r#""1, 22""#, r#"["1","22"]"#],
        make: Make::Build(scan),
    },
    Function {
        usage: "scan(pattern; flags)",
        doc: "The same with flags.",
        example: [r#"[scan("(a)(b)"; "i")]"#, r#""abAB""#, r#"[["a","b"],["A","B"]]"#],
        make: Make::Build(scan),
    },
    Function {
        usage: "sub(pattern; replacement)",
        doc: "The text with the first match replaced; the replacement may use the named groups as fields.",
        example: [r#"sub("(?<d>\\d+)/(?<m>\\d+)"; "\(.m)-\(.d)")"#, r#""le 24/12""#, r#""le 12-24""#],
        make: Make::Build(|call| replace(call, false)),
    },
    Function {
        usage: "sub(pattern; replacement; flags)",
        doc: "The same with flags; `g` replaces every match.",
        example: [r#"sub("A"; "-"; "gi")"#, r#""banana""#, r#""b-n-n-""#],
        make: Make::Build(|call| replace(call, false)),
    },
    Function {
        usage: "gsub(pattern; replacement)",
        doc: "The text with every match replaced.",
        example: [r#"gsub("\\s+"; " ")"#, r#""a  b   c""#, r#""a b c""#],
        make: Make::Build(|call| replace(call, true)),
    },
    Function {
        usage: "gsub(pattern; replacement; flags)",
        doc: "The same with flags.",
        example: [r#"gsub("A"; "o"; "i")"#, r#""Banana""#, r#""Bonono""#],
        make: Make::Build(|call| replace(call, true)),
    },
    Function {
        usage: "split(pattern; flags)",
        doc: "The pieces between matches of a pattern.",
        example: [r#"split(" *[,;] *"; null)"#, r#""a , b;c""#, r#"["a","b","c"]"#],
        make: Make::Build(split),
    },
];

fn test(mut call: Call<'_>) -> Result<Plan, Error> {
    let (pattern, span) = call.literal("the pattern")?;
    let (pattern, _) = compile(&pattern, span, flags(&mut call)?)?;
    Ok(ready(Test(pattern)))
}

fn capture(mut call: Call<'_>) -> Result<Plan, Error> {
    let (pattern, span) = call.literal("the pattern")?;
    let (pattern, all) = compile(&pattern, span.clone(), flags(&mut call)?)?;
    if pattern.capture_names().flatten().next().is_none() {
        let help = "write `(?<name>…)` around what is wanted, or use `scan`".to_owned();
        return Err(error(span, "this pattern has no named group", help));
    }
    if all {
        return Ok(Plan::pipe([ready(Capture { pattern }), Plan::new(Op::Each { optional: false })]));
    }
    let first = Plan::new(Op::Path(vec![Step::new(Key::At(0), false)]));
    let present = Plan::new(Op::If(Box::new([Plan::input(), Plan::input(), Plan::new(Op::Empty)])));
    Ok(Plan::pipe([ready(Capture { pattern }), first, present]))
}

fn scan(mut call: Call<'_>) -> Result<Plan, Error> {
    let (pattern, span) = call.literal("the pattern")?;
    let (pattern, _) = compile(&pattern, span, flags(&mut call)?)?;
    Ok(Plan::pipe([ready(Scan(pattern)), Plan::new(Op::Each { optional: false })]))
}

fn split(mut call: Call<'_>) -> Result<Plan, Error> {
    let (pattern, span) = call.literal("the pattern")?;
    let (pattern, _) = compile(&pattern, span, flags(&mut call)?)?;
    Ok(ready(Split(pattern)))
}

fn replace(mut call: Call<'_>, all: bool) -> Result<Plan, Error> {
    let (pattern, span) = call.literal("the pattern")?;
    let place = call.args.first().map_or(call.span.clone(), |(_, span)| span.clone());
    let with = call.plan();
    if with.many {
        let help = "write `first(…)` around it, or choose one value".to_owned();
        return Err(error(place, "the replacement may give several values", help));
    }
    let (pattern, every) = compile(&pattern, span, flags(&mut call)?)?;
    Ok(Plan::new(Op::Replace { pattern, all: all || every, with: Box::new(with) }))
}

/// The last argument, where there is one; null is none, as in jq.
fn flags(call: &mut Call<'_>) -> Result<(String, Span), Error> {
    if let Some((Plan { op: Op::Constant(Value::Null), .. }, span)) = call.args.first() {
        return Ok((String::new(), span.clone()));
    }
    call.literal("the flags")
}

/// The pattern, and whether all matches are meant.
fn compile(pattern: &str, span: Span, (flags, place): (String, Span)) -> Result<(Regex, bool), Error> {
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(LARGEST).dfa_size_limit(LARGEST).nest_limit(64);
    let mut all = false;
    for flag in flags.chars() {
        match flag {
            'g' => all = true,
            'i' => _ = builder.case_insensitive(true),
            'x' => _ = builder.ignore_whitespace(true),
            's' => _ = builder.dot_matches_new_line(true),
            other => {
                let message = format!("unknown flag `{}`", other.escape_debug());
                return Err(error(place, message, "the flags are g, i, x and s".to_owned()));
            }
        }
    }
    match builder.build() {
        Ok(pattern) => Ok((pattern, all)),
        Err(problem) => {
            // The crate's message draws the pattern first; its last line says what is wrong.
            let problem = problem.to_string();
            let reason = problem.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Err(error(span, format!("this pattern cannot be used: {reason}"), None))
        }
    }
}

/// The named groups of a match, null for those that took no part.
pub(crate) fn captured<'v>(
    pattern: &Regex,
    captures: &Captures<'_>,
    text: Text<'v, '_>,
    fuel: &mut Fuel,
) -> Flow<'v, Value<'v>> {
    let mut pairs = Vec::new();
    for name in pattern.capture_names().flatten() {
        let value = match captures.name(name) {
            Some(group) => Value::Text(text.cut(group.range(), fuel)?),
            None => Value::Null,
        };
        fuel.create(name.len())?;
        pairs.push((name.to_owned().into(), value));
    }
    Ok(pairs.into_iter().collect())
}

#[derive(Debug)]
struct Test(Regex);

impl Ready for Test {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        let text = text_of(&input, "test")?;
        fuel.scan(&text)?;
        some_bool(self.0.is_match(&text))
    }
}

/// All matches' groups, as a list.
#[derive(Debug)]
struct Capture {
    pattern: Regex,
}

impl Ready for Capture {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        let text = text_of(&input, "capture")?;
        fuel.scan(&text)?;
        let matches = self.pattern.captures_iter(&text).map(|captures| captured(&self.pattern, &captures, text, fuel));
        Ok(Some(Output::Made(Value::List(matches.collect::<Flow<'v, _>>()?))))
    }
}

#[derive(Debug)]
struct Scan(Regex);

impl Ready for Scan {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        let text = text_of(&input, "scan")?;
        fuel.scan(&text)?;
        let mut matches = Vec::new();
        for captures in self.0.captures_iter(&text) {
            let mut groups = Vec::new();
            for group in captures.iter() {
                fuel.create(size_of::<Value<'_>>())?;
                groups.push(match group {
                    Some(group) => Value::Text(text.cut(group.range(), fuel)?),
                    None => Value::Null,
                });
            }
            let whole = groups.remove(0);
            matches.push(if groups.is_empty() { whole } else { Value::List(groups) });
        }
        Ok(Some(Output::Made(Value::List(matches))))
    }
}

#[derive(Debug)]
struct Split(Regex);

impl Ready for Split {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        let text = text_of(&input, "split")?;
        fuel.scan(&text)?;
        let mut pieces = Vec::new();
        for piece in self.0.split(&text) {
            fuel.create(size_of::<Value<'_>>())?;
            pieces.push(Value::Text(text.piece(piece, fuel)?));
        }
        Ok(Some(Output::Made(Value::List(pieces))))
    }
}
