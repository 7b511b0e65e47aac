//! Functions of numbers.

use records::Value;

use super::{Function, Make};
use crate::Fuel;
use crate::arithmetic::{Arithmetic, apply, as_float, finite};
use crate::flow::{Flow, Output, fail};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "tonumber",
        doc: "The number that a text holds; a number as it is.",
        example: ["map(tonumber)", r#"["12", " 7.5 ", 3]"#, "[12,7.5,3]"],
        make: Make::Plain(to_number),
    },
    Function {
        usage: "floor",
        doc: "The greatest whole number not above.",
        example: ["map(floor)", "[1.7, -1.2]", "[1,-2]"],
        make: Make::Plain(|value, _| rounded(&value, "floor", f64::floor)),
    },
    Function {
        usage: "ceil",
        doc: "The least whole number not below.",
        example: ["map(ceil)", "[1.2, -1.7]", "[2,-1]"],
        make: Make::Plain(|value, _| rounded(&value, "ceil", f64::ceil)),
    },
    Function {
        usage: "round",
        doc: "The nearest whole number, halves away from zero.",
        example: ["map(round)", "[1.5, 2.4, -1.5]", "[2,2,-2]"],
        make: Make::Plain(|value, _| rounded(&value, "round", f64::round)),
    },
    Function {
        usage: "abs",
        doc: "The number without its sign.",
        example: ["map(abs)", "[-3, 2.5]", "[3,2.5]"],
        make: Make::Plain(|value, _| absolute(&value).map(|value| Some(Output::Made(value)))),
    },
    Function {
        usage: "fabs",
        doc: "As abs.",
        example: ["fabs", "-1.5", "1.5"],
        make: Make::Plain(|value, _| absolute(&value).map(|value| Some(Output::Made(value)))),
    },
    Function {
        usage: "sqrt",
        doc: "The square root of a number that is not below zero.",
        example: ["sqrt", "9", "3"],
        make: Make::Plain(|value, _| finite(number(&value, "sqrt")?.sqrt()).map(|value| Some(Output::Made(value)))),
    },
    Function {
        usage: "add",
        doc: "The sum of all elements: numbers, texts, arrays or objects; null of none.",
        example: ["add", "[1, 2, 3]", "6"],
        make: Make::Plain(add),
    },
];

fn number<'v>(value: &Value<'_>, function: &str) -> Flow<'v, f64> {
    match value {
        Value::Int(_) | Value::Float(_) => Ok(as_float(value)),
        other => fail(format!("{function} takes a number, not {}", other.type_name())),
    }
}

pub(super) fn absolute<'v>(value: &Value<'_>) -> Flow<'v, Value<'v>> {
    match value {
        Value::Int(value) => Ok(value.checked_abs().map_or(Value::Float((*value as f64).abs()), Value::Int)),
        other => number(other, "abs").map(|value| Value::Float(value.abs())),
    }
}

/// A whole number is an integer again where it fits.
fn rounded<'v, 's>(value: &Value<'_>, function: &str, round: fn(f64) -> f64) -> Flow<'v, Option<Output<'v, 's>>> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    Ok(Some(Output::Made(match value {
        Value::Int(value) => Value::Int(*value),
        other => match round(number(other, function)?) {
            whole if (-BEYOND..BEYOND).contains(&whole) => Value::Int(whole as i64),
            whole => Value::Float(whole),
        },
    })))
}

/// Digits, a sign, a point, an exponent; blanks around them. Neither `nan` nor `inf`.
fn to_number<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let text = match &*value {
        Value::Int(_) | Value::Float(_) => return Ok(Some(value)),
        Value::Text(text) => text.trim(),
        other => return fail(format!("{} cannot be parsed as a number", other.type_name())),
    };
    fuel.scan(text)?;
    if let Ok(number) = text.parse() {
        return Ok(Some(Output::Made(Value::Int(number))));
    }
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(number) if plain => finite(number).map(|value| Some(Output::Made(value))),
        _ => fail("this string cannot be parsed as a number"),
    }
}

fn add<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let mut sum = Output::Made(Value::Null);
    crate::access::each(value, fuel, &mut |element, fuel| {
        fuel.step()?;
        let before = std::mem::replace(&mut sum, Output::Made(Value::Null));
        sum = apply(Arithmetic::Add, before, element, fuel)?;
        Ok(())
    })?;
    Ok(Some(sum))
}
