//! Plans that may give several outputs: each is handed to the sink before the next is computed.

use records::Value;

use super::{Binding, Env, get, over, strict, take};
use crate::Fuel;
use crate::access;
use crate::flow::{Flow, Input, Output, Sink, Stop};
use crate::plan::{Op, Plan};

pub(crate) fn each<'v, 's>(
    plan: &'v Plan,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    if !plan.many {
        return match get(plan, input, env, fuel)? {
            Some(output) => sink(output, fuel),
            None => Ok(()),
        };
    }
    fuel.step()?;
    match &plan.op {
        Op::Each { optional } => elements(*optional, input.into(), fuel, sink),
        Op::Pipe(stages) => pipe(stages, input.into(), env, fuel, sink),
        Op::Comma(parts) => parts.iter().try_for_each(|part| each(part, input, env, fuel, sink)),
        Op::Alternative(parts) => alternative(parts, input, env, fuel, sink),
        Op::Logic(decisive, parts) => logic(*decisive, parts, input, env, fuel, sink),
        Op::If(parts) => {
            let [condition, then, otherwise] = &**parts;
            each(condition, input, env, fuel, &mut |output, fuel| {
                each(if output.holds() { then } else { otherwise }, input, env, fuel, sink)
            })
        }
        Op::Try(body, handler) => attempt(body, handler.as_deref(), input, env, fuel, sink),
        Op::Bind(parts) => {
            let [source, body] = &**parts;
            each(source, input, env, fuel, &mut |value, fuel| {
                let binding = Binding { value, outer: env };
                each(body, input, Some(&binding), fuel, sink)
            })
        }
        Op::Over(_, args) => over::limit(args, input, env, fuel, sink),
        _ => strict::each(plan, input, env, fuel, sink),
    }
}

fn elements<'v, 's>(optional: bool, of: Output<'v, 's>, fuel: &mut Fuel, sink: &mut Sink<'v, '_>) -> Flow<'v, ()> {
    if optional && !access::can_iterate(&of) {
        return Ok(());
    }
    access::each(of, fuel, &mut |value, fuel| {
        fuel.step()?;
        sink(value, fuel)
    })
}

fn pipe<'v, 's>(
    stages: &'v [Plan],
    input: Output<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    let mut at = input;
    let mut stages = stages.iter();
    while let Some(stage) = stages.next() {
        let rest = stages.as_slice();
        match &stage.op {
            _ if !stage.many => match take(stage, at, env, fuel)? {
                Some(next) => at = next,
                None => return Ok(()),
            },
            Op::Each { optional } => {
                return elements(*optional, at, fuel, &mut |value, fuel| pipe(rest, value, env, fuel, sink));
            }
            _ => return each(stage, at.input(), env, fuel, &mut |value, fuel| pipe(rest, value, env, fuel, sink)),
        }
    }
    sink(at, fuel)
}

/// All true outputs of the first part that has any; an error ends a part, not the whole, unless it comes from the sink.
fn alternative<'v, 's>(
    parts: &'v [Plan],
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    let Some((last, others)) = parts.split_last() else { return Ok(()) };
    for part in others {
        let (mut found, mut refused) = (false, false);
        let result = each(part, input, env, fuel, &mut |output, fuel| {
            if !output.holds() {
                return Ok(());
            }
            found = true;
            sink(output, fuel).inspect_err(|_| refused = true)
        });
        match result {
            Ok(()) => {}
            Err(Stop::Error(_)) if !refused => {}
            Err(stop) => return Err(stop),
        }
        if found {
            return Ok(());
        }
    }
    each(last, input, env, fuel, sink)
}

fn logic<'v, 's>(
    decisive: bool,
    parts: &'v [Plan],
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    let Some((first, rest)) = parts.split_first() else { return sink(Output::Made(Value::Bool(!decisive)), fuel) };
    each(first, input, env, fuel, &mut |output, fuel| {
        if output.holds() == decisive {
            return sink(Output::Made(Value::Bool(decisive)), fuel);
        }
        logic(decisive, rest, input, env, fuel, sink)
    })
}

/// Errors of the body only: what the sink refuses is passed on.
fn attempt<'v, 's>(
    body: &'v Plan,
    handler: Option<&'v Plan>,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
    sink: &mut Sink<'v, '_>,
) -> Flow<'v, ()> {
    let mut refused = false;
    let result = each(body, input, env, fuel, &mut |output, fuel| sink(output, fuel).inspect_err(|_| refused = true));
    match (result, handler) {
        (Err(Stop::Error(error)), Some(handler)) if !refused => each(handler, Input::Lent(&error), env, fuel, sink),
        (Err(Stop::Error(_)), None) if !refused => Ok(()),
        (result, _) => result,
    }
}
