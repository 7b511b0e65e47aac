//! Fields, positions, slices and iteration.

use std::ops::Range;

use records::Value;

use crate::Fuel;
use crate::arithmetic::as_float;
use crate::flow::{Flow, Output, fail};

/// A constant step of a path.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) key: Key,
    /// `?`: no output where the step does not fit.
    pub(crate) optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Field(String),
    /// From the end where negative.
    At(i64),
}

/// Takes the steps one after the other; a made value is taken apart, not copied.
pub(crate) fn follow<'v, 's>(start: Output<'v, 's>, steps: &[Step]) -> Flow<'v, Option<Output<'v, 's>>> {
    let mut at = start;
    for step in steps {
        let (is, next) = (at.type_name(), take(at, &step.key));
        match next {
            Some(next) => at = next,
            None if step.optional => return Ok(None),
            None => return fail(mismatch(is, &step.key)),
        }
    }
    Ok(Some(at))
}

/// `of[key]` with a computed key.
pub(crate) fn index<'v, 's>(of: Output<'v, 's>, key: &Value<'v>, optional: bool) -> Flow<'v, Option<Output<'v, 's>>> {
    let key = match key {
        Value::Text(name) => Key::Field(name.to_string()),
        Value::Int(place) => Key::At(*place),
        // The cast saturates.
        Value::Float(place) => Key::At(place.floor() as i64),
        Value::Null if *of == Value::Null => return Ok(Some(of)),
        _ if optional => return Ok(None),
        other => return fail(format!("cannot index {} with {}", of.type_name(), other.type_name())),
    };
    follow(of, &[Step { key, optional }])
}

/// The value at a key, null where there is none; `None` where the type does not fit.
fn take<'v, 's>(from: Output<'v, 's>, key: &Key) -> Option<Output<'v, 's>> {
    let found = match from {
        Output::Kept(value) => find(value, key)?.map(Output::Kept),
        Output::Lent(value) => find(value, key)?.map(Output::Lent),
        Output::Made(mut value) => match (&mut value, key) {
            (Value::Null, _) => None,
            (Value::Object(object), Key::Field(name)) => object.get_mut(name).map(moved),
            (Value::List(values), Key::At(place)) => {
                position(*place, values.len()).and_then(|place| values.get_mut(place)).map(moved)
            }
            _ => return None,
        },
    };
    Some(found.unwrap_or(Output::Made(Value::Null)))
}

fn moved<'v, 's>(value: &mut Value<'v>) -> Output<'v, 's> {
    Output::Made(std::mem::replace(value, Value::Null))
}

fn find<'s, 'v>(value: &'s Value<'v>, key: &Key) -> Option<Option<&'s Value<'v>>> {
    match (value, key) {
        (Value::Null, _) => Some(None),
        (Value::Object(object), Key::Field(name)) => Some(object.get(name)),
        (Value::List(values), Key::At(place)) => {
            Some(position(*place, values.len()).and_then(|place| values.get(place)))
        }
        _ => None,
    }
}

pub(crate) fn position(place: i64, len: usize) -> Option<usize> {
    match usize::try_from(place) {
        Ok(place) => Some(place),
        Err(_) => len.checked_sub(usize::try_from(place.unsigned_abs()).ok()?),
    }
}

fn mismatch(is: &str, key: &Key) -> String {
    match key {
        Key::Field(name) => format!("cannot index {is} with \"{name}\""),
        Key::At(_) => format!("cannot index {is} with number"),
    }
}

/// Every element or field value, in order.
pub(crate) fn each<'v, 's>(
    of: Output<'v, 's>,
    fuel: &mut Fuel,
    visit: &mut dyn FnMut(Output<'v, 's>, &mut Fuel) -> Flow<'v, ()>,
) -> Flow<'v, ()> {
    match of {
        Output::Kept(Value::List(values)) => values.iter().try_for_each(|value| visit(Output::Kept(value), fuel)),
        Output::Kept(Value::Object(object)) => {
            object.iter().try_for_each(|(_, value)| visit(Output::Kept(value), fuel))
        }
        Output::Lent(Value::List(values)) => values.iter().try_for_each(|value| visit(Output::Lent(value), fuel)),
        Output::Lent(Value::Object(object)) => {
            object.iter().try_for_each(|(_, value)| visit(Output::Lent(value), fuel))
        }
        Output::Made(Value::List(values)) => values.into_iter().try_for_each(|value| visit(Output::Made(value), fuel)),
        Output::Made(Value::Object(object)) => {
            object.into_iter().try_for_each(|(_, value)| visit(Output::Made(value), fuel))
        }
        other => fail(format!("cannot iterate over {}", other.type_name())),
    }
}

pub(crate) fn can_iterate(value: &Value<'_>) -> bool {
    matches!(value, Value::List(_) | Value::Object(_))
}

/// `of[from:to]`: of an array its elements, of a text its characters.
pub(crate) fn slice<'v, 's>(
    of: Output<'v, 's>,
    from: Option<&Value<'v>>,
    to: Option<&Value<'v>>,
    fuel: &mut Fuel,
) -> Flow<'v, Output<'v, 's>> {
    let (from, to) = (bound(from, f64::floor)?, bound(to, f64::ceil)?);
    if let Some(text) = of.as_text() {
        fuel.scan(&text)?;
        let range = clamp(from, to, text.chars().count());
        let byte = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte);
        return text.cut(byte(range.start)..byte(range.end), fuel).map(Output::text);
    }
    match &*of {
        Value::Null => Ok(Output::Made(Value::Null)),
        Value::List(values) => {
            let range = clamp(from, to, values.len());
            let mut place = 0;
            let mut slice = Vec::with_capacity(range.len());
            each(of, fuel, &mut |value, fuel| {
                if range.contains(&place) {
                    slice.push(value.made(fuel)?);
                }
                place += 1;
                Ok(())
            })?;
            Ok(Output::Made(Value::List(slice)))
        }
        other => fail(format!("cannot slice {}", other.type_name())),
    }
}

fn bound<'v>(value: Option<&Value<'v>>, round: fn(f64) -> f64) -> Flow<'v, Option<i64>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Int(place)) => Ok(Some(*place)),
        Some(value @ Value::Float(_)) => Ok(Some(round(as_float(value)) as i64)),
        Some(other) => fail(format!("start and end of a slice must be numbers, not {}", other.type_name())),
    }
}

fn clamp(from: Option<i64>, to: Option<i64>, len: usize) -> Range<usize> {
    let absolute = |place: i64| position(place, len).unwrap_or(0).min(len);
    let start = from.map_or(0, absolute);
    start..to.map_or(len, absolute).max(start)
}
