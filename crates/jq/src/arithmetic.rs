//! `+ - * / %` with jq's meanings for texts, arrays and objects.

use std::borrow::Cow;

use records::{Object, Value};

use crate::Fuel;
use crate::flow::{Flow, Output, fail};
use crate::order::{compare, weight};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

pub(crate) fn apply<'v, 's>(
    op: Arithmetic,
    left: Output<'v, 's>,
    right: Output<'v, 's>,
    fuel: &mut Fuel,
) -> Flow<'v, Output<'v, 's>> {
    match (&*left, &*right) {
        (Value::Int(left), Value::Int(right)) => return integers(op, *left, *right).map(Output::Made),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            return floats(op, as_float(&left), as_float(&right)).map(Output::Made);
        }
        _ => {}
    }
    match op {
        Arithmetic::Add => add(left, right, fuel),
        Arithmetic::Subtract => subtract(left, &right, fuel).map(Output::Made),
        Arithmetic::Multiply => multiply(left, right, fuel).map(Output::Made),
        Arithmetic::Divide => match (left.as_text(), &*right) {
            (Some(text), Value::Text(separator)) => split(text, separator, fuel).map(Output::Made),
            _ => unfit(&left, &right, "divided"),
        },
        Arithmetic::Remainder => unfit(&left, &right, "divided"),
    }
}

pub(crate) fn negate<'v, 's>(value: &Value<'v>) -> Flow<'v, Output<'v, 's>> {
    match value {
        Value::Int(value) => integers(Arithmetic::Subtract, 0, *value).map(Output::Made),
        Value::Float(value) => Ok(Output::Made(Value::Float(-value))),
        other => fail(format!("{} cannot be negated", other.type_name())),
    }
}

/// A number that a value can hold.
pub(crate) fn finite<'v>(value: f64) -> Flow<'v, Value<'v>> {
    if value.is_finite() { Ok(Value::Float(value)) } else { fail("the result is not a finite number") }
}

/// Zero for what is no number.
pub(crate) fn as_float(value: &Value<'_>) -> f64 {
    match value {
        Value::Int(value) => *value as f64,
        Value::Float(value) => *value,
        _ => 0.0,
    }
}

fn integers<'v>(op: Arithmetic, left: i64, right: i64) -> Flow<'v, Value<'v>> {
    let exact = match op {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide if right != 0 && left.checked_rem(right) == Some(0) => left.checked_div(right),
        Arithmetic::Divide => None,
        Arithmetic::Remainder if right == 0 => return fail("number cannot be divided because the divisor is zero"),
        // The only overflow is i64::MIN % -1.
        Arithmetic::Remainder => Some(left.checked_rem(right).unwrap_or(0)),
    };
    match exact {
        Some(value) => Ok(Value::Int(value)),
        None => floats(op, left as f64, right as f64),
    }
}

fn floats<'v>(op: Arithmetic, left: f64, right: f64) -> Flow<'v, Value<'v>> {
    match op {
        Arithmetic::Add => finite(left + right),
        Arithmetic::Subtract => finite(left - right),
        Arithmetic::Multiply => finite(left * right),
        Arithmetic::Divide if right == 0.0 => fail("number cannot be divided because the divisor is zero"),
        Arithmetic::Divide => finite(left / right),
        // jq drops the fractions first; the cast saturates.
        Arithmetic::Remainder => integers(op, left as i64, right as i64),
    }
}

/// Texts, arrays and objects grow in place where the left one was made by the expression.
pub(crate) fn add<'v, 's>(left: Output<'v, 's>, right: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Output<'v, 's>> {
    match (&*left, &*right) {
        (Value::Null, _) => Ok(right),
        (_, Value::Null) => Ok(left),
        (Value::Text(_), Value::Text(_)) | (Value::List(_), Value::List(_)) | (Value::Object(_), Value::Object(_)) => {
            grow(left.made(fuel)?, right, fuel).map(Output::Made)
        }
        _ => unfit(&left, &right, "added"),
    }
}

fn grow<'v>(left: Value<'v>, right: Output<'v, '_>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    Ok(match left {
        Value::Text(left) => {
            let right = right.as_str().unwrap_or_default();
            fuel.create(right.len() + if matches!(left, Cow::Borrowed(_)) { left.len() } else { 0 })?;
            let mut text = match left {
                Cow::Owned(text) => text,
                // Room for what is likely to be added next.
                Cow::Borrowed(left) => {
                    let mut text = String::with_capacity((left.len() + right.len()).max(64));
                    text.push_str(left);
                    text
                }
            };
            text.push_str(right);
            Value::text(text)
        }
        Value::List(mut left) => {
            if let Value::List(right) = right.made(fuel)? {
                left.extend(right);
            }
            Value::List(left)
        }
        Value::Object(left) => match right.made(fuel)? {
            Value::Object(right) => {
                fuel.steps(left.len() + right.len())?;
                left.into_iter().chain(right).collect()
            }
            _ => Value::Object(left),
        },
        other => other,
    })
}

fn subtract<'v>(left: Output<'v, '_>, right: &Value<'v>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    let (Value::List(_), Value::List(unwanted)) = (&*left, right) else { return unfit(&left, right, "subtracted") };
    let mut unwanted: Vec<_> = unwanted.iter().collect();
    unwanted.sort_by(|left, right| compare(left, right));
    let Value::List(mut values) = left.made(fuel)? else { return Ok(Value::Null) };
    let weight = values.iter().chain(unwanted.iter().copied()).map(weight).sum::<usize>();
    fuel.steps(weight.saturating_mul(unwanted.len().max(1).ilog2() as usize + 1))?;
    values.retain(|value| unwanted.binary_search_by(|probe| compare(probe, value)).is_err());
    Ok(Value::List(values))
}

fn multiply<'v>(left: Output<'v, '_>, right: Output<'v, '_>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    match (&*left, &*right) {
        (Value::Text(text), Value::Int(_) | Value::Float(_)) => repeat(text, as_float(&right), fuel),
        (Value::Int(_) | Value::Float(_), Value::Text(text)) => repeat(text, as_float(&left), fuel),
        (Value::Object(_), Value::Object(_)) => {
            let (left, right) = (left.made(fuel)?, right.made(fuel)?);
            merge(left, right, fuel)
        }
        _ => unfit(&left, &right, "multiplied"),
    }
}

/// As jq: null for no repetition, at least one for any positive number.
fn repeat<'v>(text: &str, times: f64, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    if times <= 0.0 {
        return Ok(Value::Null);
    }
    let times = times.max(1.0) as usize;
    fuel.create(text.len().saturating_mul(times))?;
    Ok(Value::text(text.repeat(times)))
}

/// Objects within both are merged; otherwise the right one wins. As deep as the values, which are bounded.
fn merge<'v>(left: Value<'v>, right: Value<'v>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    let (Value::Object(mut left), Value::Object(right)) = (left, right) else { return Ok(Value::Null) };
    let mut changed = Vec::new();
    for (name, value) in right {
        // Names are found one by one.
        fuel.steps(1 + left.len() / 8)?;
        let value = match (left.get_mut(&name), value) {
            (Some(known @ Value::Object(_)), value @ Value::Object(_)) => {
                merge(std::mem::replace(known, Value::Null), value, fuel)?
            }
            (_, value) => value,
        };
        changed.push((name, value));
    }
    Ok(Value::Object(left.into_iter().chain(changed).collect::<Object<'v>>()))
}

/// No piece for an empty text; one per character for an empty separator.
pub(crate) fn split<'v>(text: crate::flow::Text<'v, '_>, separator: &str, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    fuel.scan(&text)?;
    let mut pieces = Vec::new();
    let mut push = |piece: &str, fuel: &mut Fuel| {
        fuel.create(size_of::<Value<'_>>())?;
        pieces.push(Value::Text(text.piece(piece, fuel)?));
        Ok(())
    };
    if text.is_empty() {
        return Ok(Value::List(pieces));
    }
    if separator.is_empty() {
        for (place, char) in text.char_indices() {
            push(text.get(place..place + char.len_utf8()).unwrap_or_default(), fuel)?;
        }
    } else {
        for piece in text.split(separator) {
            push(piece, fuel)?;
        }
    }
    Ok(Value::List(pieces))
}

/// Types only: values may be personal, and messages are logged.
fn unfit<'v, T>(left: &Value<'_>, right: &Value<'_>, what: &str) -> Flow<'v, T> {
    fail(format!("{} and {} cannot be {what}", left.type_name(), right.type_name()))
}
