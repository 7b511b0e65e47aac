//! jq's total order of values: null, false, true, numbers, texts, arrays, objects.

use std::cmp::Ordering;

use records::{Object, Value};

use crate::Fuel;
use crate::flow::Flow;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Comparison {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(crate) fn holds(self, left: &Value<'_>, right: &Value<'_>) -> bool {
        let order = compare(left, right);
        match self {
            Self::Equal => order.is_eq(),
            Self::Different => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

pub(crate) fn compare(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => floats(*left, *right),
        (Value::Int(left), Value::Float(right)) => int_float(*left, *right),
        (Value::Float(left), Value::Int(right)) => int_float(*right, *left).reverse(),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::List(left), Value::List(right)) => lists(left, right),
        (Value::Object(left), Value::Object(right)) => objects(left, right),
        _ => rank(left).cmp(&rank(right)),
    }
}

/// Pays for comparing two values.
pub(crate) fn weigh<'v>(left: &Value<'_>, right: &Value<'_>, fuel: &mut Fuel) -> Flow<'v, ()> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => fuel.steps(left.len().min(right.len()) / 64),
        (Value::List(_), Value::List(_)) | (Value::Object(_), Value::Object(_)) => {
            fuel.steps(weight(left).min(weight(right)))
        }
        _ => Ok(()),
    }
}

/// How many comparisons a value is worth.
pub(crate) fn weight(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) => 1 + text.len() / 64,
        Value::List(values) => 1 + values.iter().map(weight).sum::<usize>(),
        Value::Object(object) => 1 + object.iter().map(|(_, value)| 1 + weight(value)).sum::<usize>(),
        _ => 1,
    }
}

/// Element by element, as arrays are ordered.
pub(crate) fn lists(left: &[Value<'_>], right: &[Value<'_>]) -> Ordering {
    left.iter()
        .zip(right)
        .map(|(left, right)| compare(left, right))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| left.len().cmp(&right.len()))
}

/// First the sorted names, then the values in that order.
fn objects(left: &Object<'_>, right: &Object<'_>) -> Ordering {
    if left.len() == right.len() && left.iter().zip(right.iter()).all(|((left, _), (right, _))| left == right) {
        let equal = left.iter().zip(right.iter()).all(|((_, left), (_, right))| compare(left, right).is_eq());
        if equal {
            return Ordering::Equal;
        }
    }
    let (left, right) = (sorted(left), sorted(right));
    let names = left.iter().map(|(name, _)| name).cmp(right.iter().map(|(name, _)| name));
    names.then_with(|| {
        let values = left.iter().zip(&right).map(|((_, left), (_, right))| compare(left, right));
        values.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    })
}

/// Names and values, in the order of the names.
pub(crate) fn sorted<'s, 'v>(object: &'s Object<'v>) -> Vec<(&'s str, &'s Value<'v>)> {
    let mut pairs: Vec<_> = object.iter().collect();
    pairs.sort_unstable_by_key(|(name, _)| *name);
    pairs
}

fn rank(value: &Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Int(_) | Value::Float(_) => 3,
        Value::Text(_) => 4,
        Value::List(_) => 5,
        Value::Object(_) => 6,
    }
}

/// Not-a-number cannot be decoded; should it come, it is below all numbers, so that sorting has a total order.
fn floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| right.is_nan().cmp(&left.is_nan()))
}

/// Exact: rounding the integer to a float would make unequal integers equal to one float, and sorting inconsistent.
fn int_float(int: i64, float: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() || float < -BEYOND {
        return Ordering::Greater;
    }
    if float >= BEYOND {
        return Ordering::Less;
    }
    let whole = float.trunc();
    int.cmp(&(whole as i64)).then_with(|| floats(0.0, float - whole))
}
