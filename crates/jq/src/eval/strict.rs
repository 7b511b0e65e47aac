//! Operators that need all their operands: one result for each combination of the operands' outputs.

use std::borrow::Cow;

use records::Value;

use super::{Answer, Env, get as get_one};
use crate::Fuel;
use crate::access;
use crate::arithmetic;
use crate::flow::{Flow, Input, Output, Sink, Stop, fail};
use crate::json::shown;
use crate::order::weigh;
use crate::plan::{Op, Piece, Plain, Plan};

pub(super) fn get<'v, 's>(plan: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    macro_rules! operand {
        ($plan:expr) => {
            match get_one($plan, input, env, fuel)? {
                Some(output) => output,
                None => return Ok(None),
            }
        };
    }
    match &plan.op {
        Op::Compare(comparison, operands) => {
            let [left, right] = &**operands;
            let right = operand!(right);
            let left = operand!(left);
            weigh(&left, &right, fuel)?;
            Ok(Some(Output::Made(Value::Bool(comparison.holds(&left, &right)))))
        }
        Op::With(function, argument) => function(input.into(), operand!(argument), fuel),
        Op::Negate(inner) => {
            let number = operand!(inner);
            arithmetic::negate(&number).map(Some)
        }
        Op::Object(parts) => {
            let mut pairs = Vec::with_capacity(parts.len() / 2);
            for [name, value] in parts.as_chunks().0 {
                let name = operand!(name);
                pairs.push((field_name(name, fuel)?, operand!(value).made(fuel)?));
            }
            Ok(Some(Output::Made(pairs.into_iter().collect())))
        }
        Op::Chain(operands, ops) => chain(operands, ops, input, env, fuel),
        Op::Text(format, pieces) => text(*format, pieces, |plan, fuel| get_one(plan, input, env, fuel), fuel),
        op => {
            let mut operands = Vec::new();
            for part in op.parts() {
                operands.push(operand!(part));
            }
            finish(op, input, operands, fuel)
        }
    }
}

/// Right before left, as jq: it decides which of two errors is met.
fn chain<'v, 's>(
    operands: &'v [Plan],
    ops: &[arithmetic::Arithmetic],
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    let Some((last, before)) = operands.split_last() else { return Ok(None) };
    let Some(right) = get_one(last, input, env, fuel)? else { return Ok(None) };
    let Some((op, ops)) = ops.split_last() else { return Ok(Some(right)) };
    match chain(before, ops, input, env, fuel)? {
        Some(left) => arithmetic::apply(*op, left, right, fuel).map(Some),
        None => Ok(None),
    }
}

pub(super) fn each<'v, 's>(
    plan: &'v Plan,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    let mut chosen = Vec::new();
    combine(&plan.op.parts(), &mut chosen, input, env, fuel, &mut |chosen, fuel| {
        let operands = chosen.iter().map(Output::lend).collect();
        match finish(&plan.op, input, operands, fuel)? {
            Some(output) => sink(output, fuel),
            None => Ok(()),
        }
    })
}

type Done<'v, 'k> = dyn FnMut(&[Output<'v, 'v>], &mut Fuel) -> Flow<'v, ()> + 'k;

fn combine<'v, 's>(
    parts: &[&'v Plan],
    chosen: &mut Vec<Output<'v, 'v>>,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    done: &mut Done<'v, '_>,
) -> Flow<'v, ()> {
    let Some((first, rest)) = parts.split_first() else { return done(chosen, fuel) };
    super::each(first, input, env, fuel, &mut |output, fuel| {
        chosen.push(output.detach(fuel)?);
        let result = combine(rest, chosen, input, env, fuel, done);
        chosen.pop();
        result
    })
}

/// The result for operands in the order of [`Op::parts`].
fn finish<'v, 's>(op: &'v Op, input: Input<'v, 's>, operands: Vec<Output<'v, 's>>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let mut operands = operands.into_iter();
    let mut next = || operands.next().unwrap_or(Output::Made(Value::Null));
    match op {
        Op::Index { optional, .. } => {
            let key = next();
            access::index(next(), &key, *optional, fuel)
        }
        Op::Slice { optional, .. } => {
            let (from, to) = (next(), next());
            match access::slice(next(), &from, &to, fuel) {
                Err(Stop::Error(_)) if *optional => Ok(None),
                slice => slice.map(Some),
            }
        }
        Op::Text(format, pieces) => {
            let mut operands = operands.rev();
            text(*format, pieces, |_, _| Ok(operands.next()), fuel)
        }
        Op::Object(_) => {
            let mut pairs = Vec::new();
            while let Some(name) = operands.next() {
                let value = operands.next().unwrap_or(Output::Made(Value::Null));
                pairs.push((field_name(name, fuel)?, value.made(fuel)?));
            }
            Ok(Some(Output::Made(pairs.into_iter().collect())))
        }
        Op::Negate(_) => arithmetic::negate(&next()).map(Some),
        Op::Compare(comparison, _) => {
            let right = next();
            let left = next();
            weigh(&left, &right, fuel)?;
            Ok(Some(Output::Made(Value::Bool(comparison.holds(&left, &right)))))
        }
        Op::Chain(_, ops) => {
            let mut operands = operands.rev();
            let first = operands.next().unwrap_or(Output::Made(Value::Null));
            let mut steps = ops.iter().zip(operands);
            steps.try_fold(first, |left, (op, right)| arithmetic::apply(*op, left, right, fuel)).map(Some)
        }
        Op::With(function, _) => function(input.into(), next(), fuel),
        _ => Ok(None),
    }
}

/// `spliced` gives the outputs of the spliced pieces, in order; none of one is none of the whole.
fn text<'v, 's>(
    format: Plain,
    pieces: &'v [Piece],
    mut spliced: impl FnMut(&'v Plan, &mut Fuel) -> Answer<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    let mut text = String::with_capacity(64);
    for piece in pieces {
        match piece {
            Piece::Own(own) => push(&mut text, own, fuel)?,
            Piece::Spliced(plan) => {
                let Some(output) = spliced(plan, fuel)? else { return Ok(None) };
                let Some(output) = format(output, fuel)? else { return Ok(None) };
                push(&mut text, &shown(&output), fuel)?;
            }
        }
    }
    Ok(Some(Output::text(text)))
}

fn push<'v>(text: &mut String, piece: &str, fuel: &mut Fuel) -> Flow<'v, ()> {
    fuel.create(piece.len())?;
    text.push_str(piece);
    Ok(())
}

fn field_name<'v>(name: Output<'v, '_>, fuel: &mut Fuel) -> Flow<'v, Cow<'v, str>> {
    match name {
        Output::Kept(Value::Text(name)) => Ok(Cow::Borrowed(name)),
        name => match name.made(fuel)? {
            Value::Text(name) => Ok(name),
            other => fail(format!("the name of a field must be a string, not {}", other.type_name())),
        },
    }
}
