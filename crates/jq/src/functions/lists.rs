//! Functions of arrays.

use records::Value;

use super::{Call, Function, Make, some_bool};
use crate::access::{Key, Step, each};
use crate::eval::sort;
use crate::flow::{Flow, Output, fail};
use crate::order::{Comparison, compare, weight};
use crate::plan::{Op, Over, Plan};
use crate::{Error, Fuel};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "map(f)",
        doc: "The array of what f gives for each element.",
        example: ["map(.id)", r#"[{"id": 1}, {"id": 2}]"#, "[1,2]"],
        make: Make::Build(|mut call| {
            let each = Plan::new(Op::Each { optional: false });
            Ok(Plan::new(Op::Array(Box::new(Plan::pipe([each, call.plan()])))))
        }),
    },
    over("any(condition)", "Whether the condition holds for an element.", ["any(. > 2)", "[1, 3]", "true"], |call| {
        args(call, Over::Any)
    }),
    over(
        "all(condition)",
        "Whether the condition holds for all elements.",
        ["all(. > 2)", "[1, 3]", "false"],
        |call| args(call, Over::All),
    ),
    over("any", "Whether an element is true.", ["any", "[false, true]", "true"], |call| itself(call, Over::Any)),
    over("all", "Whether all elements are true.", ["all", "[true, null]", "false"], |call| itself(call, Over::All)),
    over(
        "first(f)",
        "The first output of f; nothing where it has none.",
        ["first(.[] | select(. > 1))", "[1, 2, 3]", "2"],
        |call| args(call, Over::First),
    ),
    over("last(f)", "The last output of f.", ["last(.[])", "[1, 2, 3]", "3"], |call| args(call, Over::Last)),
    over("first", "The first element, as `.[0]`.", ["first", "[1, 2]", "1"], |_| Ok(at(0))),
    over("last", "The last element, as `.[-1]`.", ["last", "[1, 2]", "2"], |_| Ok(at(-1))),
    over("nth(n)", "The element at a position, from 0.", ["nth(1)", "[1, 2]", "2"], |mut call| {
        Ok(Plan::new(Op::Index { of: Box::new(Plan::input()), key: Box::new(call.plan()), optional: false }))
    }),
    over("limit(n; f)", "At most the first n outputs of f.", ["[limit(2; .[])]", "[1, 2, 3]", "[1,2]"], |call| {
        args(call, Over::Limit)
    }),
    over("sort", "In the order of values.", ["sort", r#"["b", 2, "a", null]"#, r#"[null,2,"a","b"]"#], |_| {
        Ok(Plan::new(Op::Plain(sorted)))
    }),
    over(
        "sort_by(f)",
        "In the order of what f gives for each element.",
        ["sort_by(.n) | map(.n)", r#"[{"n": 2}, {"n": 1}]"#, "[1,2]"],
        |call| args(call, Over::SortBy),
    ),
    over(
        "group_by(f)",
        "The elements in groups of equal f, in its order.",
        ["group_by(.d) | map(length)", r#"[{"d": 2}, {"d": 1}, {"d": 2}]"#, "[1,2]"],
        |call| args(call, Over::GroupBy),
    ),
    over("unique", "Sorted, each value once.", ["unique", "[2, 1, 2]", "[1,2]"], |_| Ok(Plan::new(Op::Plain(unique)))),
    over(
        "unique_by(f)",
        "Sorted by f, one element for each value of it.",
        ["unique_by(length)", r#"["aa", "b", "c"]"#, r#"["b","aa"]"#],
        |call| args(call, Over::UniqueBy),
    ),
    over("min", "The least element; null of none.", ["min", "[3, 1]", "1"], |call| itself(call, Over::MinBy)),
    over("max", "The greatest element; null of none.", ["max", "[3, 1]", "3"], |call| itself(call, Over::MaxBy)),
    over("min_by(f)", "The element with the least f.", ["min_by(.n).n", r#"[{"n": 3}, {"n": 1}]"#, "1"], |call| {
        args(call, Over::MinBy)
    }),
    over("max_by(f)", "The element with the greatest f.", ["max_by(.n).n", r#"[{"n": 3}, {"n": 1}]"#, "3"], |call| {
        args(call, Over::MaxBy)
    }),
    over("reverse", "In the reverse order; a text from its end.", ["reverse", "[1, 2]", "[2,1]"], |_| {
        Ok(Plan::new(Op::Plain(reverse)))
    }),
    over("flatten", "Arrays within arrays opened.", ["flatten", "[1, [2, [3]]]", "[1,2,3]"], |_| {
        Ok(Plan::new(Op::Plain(|value, fuel| flatten(value, f64::INFINITY, fuel))))
    }),
    Function {
        usage: "flatten(depth)",
        doc: "The same, so many levels deep.",
        example: ["flatten(1)", "[1, [2, [3]]]", "[1,2,[3]]"],
        make: Make::With(|value, depth, fuel| match *depth {
            Value::Int(_) | Value::Float(_) => flatten(value, crate::arithmetic::as_float(&depth), fuel),
            ref other => fail(format!("flatten takes a number, not {}", other.type_name())),
        }),
    },
    Function {
        usage: "index(part)",
        doc: "The first position of a text in a text, or of a value or an array in an array; null without.",
        example: [r#"index(", ")"#, r#""a, b, c""#, "1"],
        make: Make::With(|value, part, fuel| {
            Ok(Some(Output::Made(
                indices(&value, &part, fuel)?.and_then(|all| all.into_iter().next()).unwrap_or(Value::Null),
            )))
        }),
    },
    Function {
        usage: "rindex(part)",
        doc: "The last such position.",
        example: [r#"rindex(", ")"#, r#""a, b, c""#, "4"],
        make: Make::With(|value, part, fuel| {
            Ok(Some(Output::Made(indices(&value, &part, fuel)?.and_then(|mut all| all.pop()).unwrap_or(Value::Null))))
        }),
    },
    Function {
        usage: "indices(part)",
        doc: "All such positions.",
        example: ["indices(1)", "[0, 1, 2, 1]", "[1,3]"],
        make: Make::With(|value, part, fuel| {
            Ok(Some(Output::Made(indices(&value, &part, fuel)?.map_or(Value::Null, Value::List))))
        }),
    },
    over("transpose", "Rows to columns, filled with null.", ["transpose", "[[1, 2], [3]]", "[[1,3],[2,null]]"], |_| {
        Ok(Plan::new(Op::Plain(transpose)))
    }),
    over(
        "as_list",
        "An array as it is, null as an empty one, anything else as an array of itself. Not in jq.",
        ["map(as_list)", r#"[null, 1, [2], {"a": 3}]"#, r#"[[],[1],[2],[{"a":3}]]"#],
        |_| Ok(Plan::new(Op::Wrap(as_list))),
    ),
    Function {
        usage: "isempty(f)",
        doc: "Whether f has no output.",
        example: ["isempty(.[])", "[]", "true"],
        make: Make::Build(|mut call| {
            let any = Plan::pipe([call.plan(), Plan::constant(Value::Bool(false))]);
            let first = Plan::new(Op::Over(Over::First, vec![any]));
            let parts = Plan::new(Op::Comma(vec![first, Plan::constant(Value::Bool(true))]));
            Ok(Plan::new(Op::Over(Over::First, vec![parts])))
        }),
    },
    Function {
        usage: "in(object)",
        doc: "Whether an object or array has this name or position.",
        example: [r#"in({"a": 1})"#, r#""a""#, "true"],
        make: Make::With(|key, whole, _| some_bool(super::objects::has(&whole, &key)?)),
    },
];

const fn over(
    usage: &'static str,
    doc: &'static str,
    example: [&'static str; 3],
    build: fn(Call<'_>) -> Result<Plan, Error>,
) -> Function {
    Function { usage, doc, example, make: Make::Build(build) }
}

fn args(call: Call<'_>, over: Over) -> Result<Plan, Error> {
    Ok(Plan::new(Op::Over(over, call.args.into_iter().map(|(plan, _)| plan).collect())))
}

fn itself(_: Call<'_>, over: Over) -> Result<Plan, Error> {
    Ok(Plan::new(Op::Over(over, vec![Plan::input()])))
}

fn at(place: i64) -> Plan {
    Plan::new(Op::Path(vec![Step::new(Key::At(place), false)]))
}

/// The elements themselves: moved where the array was made.
fn elements<'v>(value: Output<'v, '_>, function: &str, fuel: &mut Fuel) -> Flow<'v, Vec<Value<'v>>> {
    match &*value {
        Value::List(_) => match value.made(fuel)? {
            Value::List(values) => Ok(values),
            _ => Ok(Vec::new()),
        },
        other => fail(format!("{} cannot be {function}, as it is not an array", other.type_name())),
    }
}

fn sorted<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let mut values = elements(value, "sorted", fuel)?;
    sort(&mut values, fuel)?;
    Ok(Some(Output::Made(Value::List(values))))
}

fn unique<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let mut values = elements(value, "sorted", fuel)?;
    sort(&mut values, fuel)?;
    values.dedup_by(|left, right| compare(left, right).is_eq());
    Ok(Some(Output::Made(Value::List(values))))
}

fn reverse<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    match &*value {
        Value::Null => Ok(Some(Output::Made(Value::List(Vec::new())))),
        Value::Text(text) => {
            fuel.create(text.len())?;
            Ok(Some(Output::text(text.chars().rev().collect::<String>())))
        }
        _ => {
            let mut values = elements(value, "reversed", fuel)?;
            values.reverse();
            Ok(Some(Output::Made(Value::List(values))))
        }
    }
}

fn flatten<'v, 's>(value: Output<'v, 's>, depth: f64, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if depth < 0.0 {
        return fail("flatten depth must not be negative");
    }
    let mut flat = Vec::new();
    each(value, fuel, &mut |element, fuel| open(element, depth, &mut flat, fuel))?;
    Ok(Some(Output::Made(Value::List(flat))))
}

fn open<'v>(value: Output<'v, '_>, depth: f64, flat: &mut Vec<Value<'v>>, fuel: &mut Fuel) -> Flow<'v, ()> {
    fuel.step()?;
    if depth > 0.0 && matches!(*value, Value::List(_)) {
        return each(value, fuel, &mut |element, fuel| open(element, depth - 1.0, flat, fuel));
    }
    flat.push(value.made(fuel)?);
    Ok(())
}

/// Positions, in characters, where the part begins; they may overlap. `None` in null.
fn indices<'v>(whole: &Value<'_>, part: &Value<'_>, fuel: &mut Fuel) -> Flow<'v, Option<Vec<Value<'v>>>> {
    let places: Vec<usize> = match (whole, part) {
        (Value::Null, _) => return Ok(None),
        (Value::Text(whole), Value::Text(part)) => text_indices(whole, part, fuel)?,
        (Value::List(_), Value::List(part)) if part.is_empty() => Vec::new(),
        (Value::List(whole), Value::List(part)) => {
            let weight = whole.iter().map(weight).sum::<usize>();
            fuel.steps(weight.saturating_mul(part.len()))?;
            let equal = |window: &[Value<'_>]| {
                window.iter().zip(part).all(|(left, right)| Comparison::Equal.holds(left, right))
            };
            whole.windows(part.len()).enumerate().filter(|(_, window)| equal(window)).map(|(place, _)| place).collect()
        }
        (Value::List(whole), part) => {
            fuel.steps(whole.iter().map(weight).sum())?;
            whole
                .iter()
                .enumerate()
                .filter(|(_, value)| Comparison::Equal.holds(value, part))
                .map(|(place, _)| place)
                .collect()
        }
        (whole, part) => return fail(format!("cannot look for {} in {}", part.type_name(), whole.type_name())),
    };
    fuel.create(places.len().saturating_mul(size_of::<Value<'_>>()))?;
    Ok(Some(places.into_iter().map(|place| Value::Int(i64::try_from(place).unwrap_or(i64::MAX))).collect()))
}

fn text_indices<'v>(whole: &str, part: &str, fuel: &mut Fuel) -> Flow<'v, Vec<usize>> {
    let (mut places, mut rest, mut place) = (Vec::new(), whole, 0);
    fuel.scan(whole)?;
    while let Some(found) = rest.find(part).filter(|_| !part.is_empty()) {
        // Each search prepares the part anew.
        fuel.step()?;
        fuel.scan(part)?;
        place += rest.get(..found).unwrap_or_default().chars().count();
        places.push(place);
        let mut after = rest.get(found..).unwrap_or_default().chars();
        after.next();
        rest = after.as_str();
        place += 1;
    }
    Ok(places)
}

fn transpose<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let mut rows = Vec::new();
    for row in elements(value, "transposed", fuel)? {
        let row = if row == Value::Null { Vec::new() } else { elements(Output::Made(row), "transposed", fuel)? };
        rows.push(row.into_iter());
    }
    let width = rows.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
    fuel.create(width.saturating_mul(rows.len()).saturating_mul(size_of::<Value<'_>>()))?;
    let mut column = || Value::List(rows.iter_mut().map(|row| row.next().unwrap_or(Value::Null)).collect());
    Ok(Some(Output::Made(Value::List(std::iter::repeat_with(&mut column).take(width).collect()))))
}

fn as_list<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    Ok(Some(match &*value {
        Value::List(_) => value,
        Value::Null => Output::Made(Value::List(Vec::new())),
        _ => Output::Made(Value::List(vec![value.made(fuel)?])),
    }))
}
