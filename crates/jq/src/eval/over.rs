//! Functions that evaluate an argument for each element of an array or object, or stop it early.

use std::cmp::Ordering;

use records::Value;

use super::{Answer, Env, each, get as get_one};
use crate::Fuel;
use crate::access;
use crate::arithmetic::as_float;
use crate::flow::{Flow, Input, Output, Sink, Stop, fail};
use crate::order::{compare, lists, weight};
use crate::plan::{Over, Plan};

pub(super) fn get<'v, 's>(
    over: Over,
    args: &'v [Plan],
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    let Some(arg) = args.first() else { return Ok(None) };
    match over {
        Over::MapValues => map_values(arg, input, env, fuel),
        Over::Any => meets(true, arg, input, env, fuel),
        Over::All => meets(false, arg, input, env, fuel),
        Over::First => first(arg, input, env, fuel),
        Over::Last => last(arg, input, env, fuel),
        Over::Limit => Ok(None),
        Over::SortBy => sort_by(arg, input, env, fuel),
        Over::GroupBy => group_by(arg, input, env, fuel),
        Over::UniqueBy => unique_by(arg, input, env, fuel),
        Over::MinBy => best_by(Ordering::Less, arg, input, env, fuel),
        Over::MaxBy => best_by(Ordering::Greater, arg, input, env, fuel),
    }
}

/// The first output of the argument for each element; elements without any are left out.
fn map_values<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let mut values = Vec::new();
    access::each(input.into(), fuel, &mut |element, fuel| {
        let value = first(arg, element.input(), env, fuel)?.map(|output| output.made(fuel)).transpose()?;
        values.push(value);
        Ok(())
    })?;
    Ok(Some(Output::Made(match input.value() {
        Value::Object(object) => {
            let mut pairs = Vec::with_capacity(values.len());
            for ((name, _), value) in object.iter().zip(values) {
                if let Some(value) = value {
                    fuel.create(name.len())?;
                    pairs.push((name.to_owned().into(), value));
                }
            }
            pairs.into_iter().collect()
        }
        _ => Value::List(values.into_iter().flatten().collect()),
    })))
}

/// `any` where `wanted` is true, `all` where it is false: stops at the first output that decides.
fn meets<'v, 's>(
    wanted: bool,
    arg: &'v Plan,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    let mut met = false;
    let result = access::each(input.into(), fuel, &mut |element, fuel| {
        each(arg, element.input(), env, fuel, &mut |output, _| {
            met = output.holds() == wanted;
            if met { Err(Stop::Enough) } else { Ok(()) }
        })
    });
    stopped(met, result)?;
    Ok(Some(Output::Made(Value::Bool(met == wanted))))
}

fn first<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    if !arg.many {
        return get_one(arg, input, env, fuel);
    }
    let mut first = None;
    let result = each(arg, input, env, fuel, &mut |output, fuel| {
        first = Some(output.detach(fuel)?);
        Err(Stop::Enough)
    });
    stopped(first.is_some(), result)?;
    Ok(first)
}

fn last<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let mut last = None;
    each(arg, input, env, fuel, &mut |output, fuel| {
        last = Some(output.detach(fuel)?);
        Ok(())
    })?;
    Ok(last)
}

/// A stop that the function itself asked for is its end.
fn stopped<'v>(mine: bool, result: Flow<'v, ()>) -> Flow<'v, ()> {
    match result {
        Err(Stop::Enough) if mine => Ok(()),
        result => result,
    }
}

/// `limit(n; f)`
pub(super) fn limit<'v, 's>(
    args: &'v [Plan],
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    let [count, body] = args else { return Ok(()) };
    each(count, input, env, fuel, &mut |count, fuel| {
        let mut left = match *count {
            Value::Int(_) | Value::Float(_) => as_float(&count).ceil() as i64,
            ref other => return fail(format!("limit takes a number, not {}", other.type_name())),
        };
        if left <= 0 {
            return Ok(());
        }
        let mut done = false;
        let result = each(body, input, env, fuel, &mut |output, fuel| {
            sink(output, fuel)?;
            left -= 1;
            done = left == 0;
            if done { Err(Stop::Enough) } else { Ok(()) }
        });
        stopped(done, result)
    })
}

/// What an element is compared by: all outputs of the argument.
type Keyed<'v> = (Vec<Value<'v>>, usize);

fn keyed<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Vec<Keyed<'v>>> {
    let Value::List(values) = input.value() else {
        return fail(format!("{} cannot be sorted, as it is not an array", input.value().type_name()));
    };
    let mut keys = Vec::with_capacity(values.len());
    access::each(input.into(), fuel, &mut |element, fuel| {
        let mut key = Vec::with_capacity(1);
        each(arg, element.input(), env, fuel, &mut |output, fuel| {
            key.push(output.made(fuel)?);
            Ok(())
        })?;
        keys.push((key, keys.len()));
        Ok(())
    })?;
    Ok(keys)
}

fn sorted<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Vec<Keyed<'v>>> {
    let mut keys = keyed(arg, input, env, fuel)?;
    sort_steps(keys.len(), keys.iter().flat_map(|(key, _)| key), fuel)?;
    keys.sort_by(|(left, _), (right, _)| lists(left, right));
    Ok(keys)
}

/// Pays for sorting: each value is compared with as many as halving goes.
fn sort_steps<'s, 'v: 's, 'f>(
    len: usize,
    values: impl Iterator<Item = &'s Value<'v>>,
    fuel: &mut Fuel,
) -> Flow<'f, ()> {
    let weight = values.map(weight).sum::<usize>();
    fuel.steps(weight.saturating_mul(len.max(1).ilog2() as usize + 1))
}

fn element<'v>(input: Input<'v, '_>, place: usize, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    at(input, place).made(fuel)
}

fn at<'v, 's>(input: Input<'v, 's>, place: usize) -> Output<'v, 's> {
    let found = match input {
        Input::Kept(Value::List(values)) => values.get(place).map(Output::Kept),
        Input::Lent(Value::List(values)) => values.get(place).map(Output::Lent),
        _ => None,
    };
    found.unwrap_or(Output::Made(Value::Null))
}

fn sort_by<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let keys = sorted(arg, input, env, fuel)?;
    let values = keys.iter().map(|(_, place)| element(input, *place, fuel)).collect::<Flow<'v, _>>()?;
    Ok(Some(Output::Made(Value::List(values))))
}

fn group_by<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let keys = sorted(arg, input, env, fuel)?;
    let mut groups = Vec::new();
    for group in keys.chunk_by(|(left, _), (right, _)| lists(left, right).is_eq()) {
        let values = group.iter().map(|(_, place)| element(input, *place, fuel)).collect::<Flow<'v, _>>()?;
        groups.push(Value::List(values));
    }
    Ok(Some(Output::Made(Value::List(groups))))
}

fn unique_by<'v, 's>(arg: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let mut keys = sorted(arg, input, env, fuel)?;
    keys.dedup_by(|(left, _), (right, _)| lists(left, right).is_eq());
    let values = keys.iter().map(|(_, place)| element(input, *place, fuel)).collect::<Flow<'v, _>>()?;
    Ok(Some(Output::Made(Value::List(values))))
}

/// The first of the least, the last of the greatest, as jq.
fn best_by<'v, 's>(
    wanted: Ordering,
    arg: &'v Plan,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    let keys = keyed(arg, input, env, fuel)?;
    fuel.steps(keys.iter().flat_map(|(key, _)| key).map(weight).sum())?;
    let best = keys.into_iter().reduce(|best, next| {
        let order = lists(&next.0, &best.0);
        if order == wanted || (wanted.is_gt() && order.is_eq()) { next } else { best }
    });
    Ok(Some(best.map_or(Output::Made(Value::Null), |(_, place)| at(input, place))))
}

/// Sorts in jq's order, at the fuel's cost.
pub(crate) fn sort<'v>(values: &mut [Value<'_>], fuel: &mut Fuel) -> Flow<'v, ()> {
    sort_steps(values.len(), values.iter(), fuel)?;
    values.sort_by(compare);
    Ok(())
}
