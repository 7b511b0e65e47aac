//! Fields, positions, slices and iteration.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use records::{Object, Value};

use crate::Fuel;
use crate::arithmetic::as_float;
use crate::flow::{Flow, Output, copy, fail, keep};

/// A constant step of a path.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) key: Key,
    /// `?`: no output where the step does not fit.
    pub(crate) optional: bool,
    /// Where the name stood in the object before: records of one answer have one shape.
    near: AtomicUsize,
}

impl Step {
    pub(crate) fn new(key: Key, optional: bool) -> Self {
        Self { key, optional, near: AtomicUsize::new(0) }
    }

    pub(crate) fn name(&self) -> Option<String> {
        match &self.key {
            Key::Field(name) => Some(name.clone()),
            Key::At(_) => None,
        }
    }

    fn find<'s, 'v>(&self, name: &str, object: &'s Object<'v>) -> &'s Value<'v> {
        let near = self.near.load(Ordering::Relaxed);
        let Some((place, value)) = object.get_near(name, near) else { return &NULL };
        if place != near {
            self.near.store(place, Ordering::Relaxed);
        }
        value
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Field(String),
    /// From the end where negative.
    At(i64),
}

/// What null gives for any key: a place that outlives every run.
static NULL: Value<'static> = Value::Null;

/// Takes the steps one after the other; a made value is taken apart, not copied.
pub(crate) fn follow<'v, 's>(
    start: Output<'v, 's>,
    steps: &[Step],
    fuel: &mut Fuel,
) -> Flow<'v, Option<Output<'v, 's>>> {
    match start {
        Output::Kept(value) => Ok(walk(value, steps, fuel)?.map(Output::Kept)),
        Output::Lent(value) => Ok(walk(value, steps, fuel)?.map(Output::Lent)),
        Output::Made(mut value) => {
            for step in steps {
                search(&value, fuel)?;
                match take(value, &step.key) {
                    Ok(next) => value = next,
                    Err(_) if step.optional => return Ok(None),
                    Err(is) => return fail(mismatch(is, &step.key)),
                }
            }
            Ok(Some(Output::Made(value)))
        }
    }
}

fn walk<'s, 'v: 's>(start: &'s Value<'v>, steps: &[Step], fuel: &mut Fuel) -> Flow<'v, Option<&'s Value<'v>>> {
    let mut at = start;
    for step in steps {
        search(at, fuel)?;
        at = match (at, &step.key) {
            (Value::Object(object), Key::Field(name)) => step.find(name, object),
            (Value::List(values), Key::At(place)) => {
                position(*place, values.len()).and_then(|place| values.get(place)).unwrap_or(&NULL)
            }
            (Value::Null, _) => &NULL,
            _ if step.optional => return Ok(None),
            (other, key) => return fail(mismatch(other.type_name(), key)),
        }
    }
    Ok(Some(at))
}

/// Pays for finding a name, which is looked for one by one.
fn search<'v>(value: &Value<'_>, fuel: &mut Fuel) -> Flow<'v, ()> {
    match value {
        Value::Object(object) => fuel.steps(object.len() / 16),
        _ => Ok(()),
    }
}

/// The value at a key, null where there is none; the type's name where it has no such keys.
fn take<'v>(mut from: Value<'v>, key: &Key) -> Result<Value<'v>, &'static str> {
    let found = match (&mut from, key) {
        (Value::Object(object), Key::Field(name)) => object.get_mut(name),
        (Value::List(values), Key::At(place)) => position(*place, values.len()).and_then(|place| values.get_mut(place)),
        (Value::Null, _) => None,
        (other, _) => return Err(other.type_name()),
    };
    Ok(found.map_or(Value::Null, |found| std::mem::replace(found, Value::Null)))
}

/// `of[key]` with a computed key.
pub(crate) fn index<'v, 's>(
    of: Output<'v, 's>,
    key: &Value<'v>,
    optional: bool,
    fuel: &mut Fuel,
) -> Flow<'v, Option<Output<'v, 's>>> {
    let is = of.type_name();
    let step = match key {
        Value::Text(name) => Some(Key::Field(name.to_string())),
        Value::Int(place) => Some(Key::At(*place)),
        // The cast saturates.
        Value::Float(place) => Some(Key::At(place.floor() as i64)),
        Value::Null if *of == Value::Null => return Ok(Some(of)),
        _ => None,
    };
    let found = match step {
        Some(key) => follow(of, &[Step::new(key, true)], fuel)?,
        None => None,
    };
    match found {
        // Never the key itself: computed, it may be personal.
        None if !optional => fail(format!("cannot index {is} with {}", key.type_name())),
        found => Ok(found),
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
    from: &Value<'v>,
    to: &Value<'v>,
    fuel: &mut Fuel,
) -> Flow<'v, Output<'v, 's>> {
    let (from, to) = (bound(from, f64::floor)?, bound(to, f64::ceil)?);
    if let Some(text) = of.as_text() {
        fuel.scan(&text)?;
        let range = clamp(from, to, text.chars().count());
        let byte = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte);
        return text.cut(byte(range.start)..byte(range.end), fuel).map(Output::text);
    }
    let len = match &*of {
        Value::Null => return Ok(Output::Made(Value::Null)),
        Value::List(values) => values.len(),
        other => return fail(format!("cannot slice {}", other.type_name())),
    };
    let range = clamp(from, to, len);
    let values = match of {
        Output::Kept(Value::List(values)) => {
            cut(values, range).iter().map(|value| keep(value, fuel)).collect::<Flow<'v, _>>()?
        }
        Output::Lent(Value::List(values)) => {
            cut(values, range).iter().map(|value| copy(value, fuel)).collect::<Flow<'v, _>>()?
        }
        Output::Made(Value::List(values)) => values.into_iter().skip(range.start).take(range.len()).collect(),
        _ => Vec::new(),
    };
    Ok(Output::Made(Value::List(values)))
}

fn cut<T>(values: &[T], range: Range<usize>) -> &[T] {
    values.get(range).unwrap_or_default()
}

fn bound<'v>(value: &Value<'v>, round: fn(f64) -> f64) -> Flow<'v, Option<i64>> {
    match value {
        Value::Null => Ok(None),
        Value::Int(place) => Ok(Some(*place)),
        Value::Float(_) => Ok(Some(round(as_float(value)) as i64)),
        other => fail(format!("start and end of a slice must be numbers, not {}", other.type_name())),
    }
}

fn clamp(from: Option<i64>, to: Option<i64>, len: usize) -> Range<usize> {
    let absolute = |place: i64| position(place, len).unwrap_or(0).min(len);
    let start = from.map_or(0, absolute);
    start..to.map_or(len, absolute).max(start)
}
