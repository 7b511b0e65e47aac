//! Running a plan. What gives at most one output returns it ([`get`], [`take`]); what may give more hands each to a
//! callback ([`each`]). Depth is bounded by the plan's, never by the input.

mod each;
mod over;
mod replace;
mod strict;

use records::Value;

use crate::Fuel;
use crate::access;
use crate::flow::{Flow, Input, Output, Stop};
use crate::plan::{Op, Plan};

pub(crate) use each::each;
pub(crate) use over::sort;

/// The variables, innermost first.
#[derive(Debug)]
pub(crate) struct Binding<'v, 's> {
    value: Output<'v, 's>,
    outer: Env<'v, 's>,
}

pub(crate) type Env<'v, 's> = Option<&'s Binding<'v, 's>>;

type Answer<'v, 's> = Flow<'v, Option<Output<'v, 's>>>;

/// The output of a plan that gives at most one.
pub(crate) fn get<'v, 's>(plan: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    fuel.step()?;
    match &plan.op {
        Op::Input => Ok(Some(input.into())),
        Op::Constant(value) => Ok(Some(Output::Kept(value))),
        Op::Path(steps) => access::follow(input.into(), steps, fuel),
        Op::Variable(up) => Ok(Some(variable(env, *up))),
        Op::Plain(function) | Op::Keep(function) | Op::Wrap(function) => function(input.into(), fuel),
        Op::Ready(function) => function.call(input.into(), fuel),
        Op::Pipe(stages) => pipe(stages, input.into(), env, fuel),
        Op::Alternative(parts) => alternative(parts, input, env, fuel),
        Op::Logic(decisive, parts) => logic(*decisive, parts, input, env, fuel),
        Op::If(parts) => condition(parts, input, env, fuel),
        Op::Try(body, handler) => attempt(body, handler.as_deref(), input, env, fuel),
        Op::Bind(parts) => bind(parts, input, env, fuel),
        Op::Array(inner) => array(inner, input, env, fuel),
        Op::Over(over, args) => over::get(*over, args, input, env, fuel),
        Op::Replace { pattern, all, with } => replace::replace(pattern, *all, with, input, env, fuel),
        // The latter two may give several: they are never here.
        Op::Empty | Op::Each { .. } | Op::Comma(_) => Ok(None),
        _ => strict::get(plan, input, env, fuel),
    }
}

/// As [`get`], of a value that nobody else needs: it is moved where that spares a copy.
fn take<'v, 's>(plan: &'v Plan, input: Output<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let made = match input {
        Output::Kept(value) => return get(plan, Input::Kept(value), env, fuel),
        Output::Lent(value) => return get(plan, Input::Lent(value), env, fuel),
        Output::Made(value) => value,
    };
    match &plan.op {
        Op::Input => Ok(Some(Output::Made(made))),
        Op::Path(steps) => access::follow(Output::Made(made), steps, fuel),
        Op::Plain(function) | Op::Keep(function) | Op::Wrap(function) => {
            fuel.step()?;
            function(Output::Made(made), fuel)
        }
        Op::Ready(function) => {
            fuel.step()?;
            function.call(Output::Made(made), fuel)
        }
        Op::If(parts) => {
            let [condition, then, otherwise] = &**parts;
            match get(condition, Input::Lent(&made), env, fuel)?.map(|output| output.holds()) {
                Some(true) => take(then, Output::Made(made), env, fuel),
                Some(false) => take(otherwise, Output::Made(made), env, fuel),
                None => Ok(None),
            }
        }
        _ => get(plan, Input::Lent(&made), env, fuel)?.map(|output| output.detach(fuel)).transpose(),
    }
}

fn variable<'v, 's>(env: Env<'v, 's>, up: usize) -> Output<'v, 's> {
    let mut at = env;
    for _ in 0..up {
        at = at.and_then(|binding| binding.outer);
    }
    at.map_or(Output::Made(Value::Null), |binding| binding.value.lend())
}

fn pipe<'v, 's>(stages: &'v [Plan], input: Output<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let mut at = input;
    for stage in stages {
        match take(stage, at, env, fuel)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// The first that is neither null, false nor an error; the last as it is.
fn alternative<'v, 's>(parts: &'v [Plan], input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let Some((last, others)) = parts.split_last() else { return Ok(None) };
    for part in others {
        match get(part, input, env, fuel) {
            Ok(Some(output)) if output.holds() => return Ok(Some(output)),
            Ok(_) | Err(Stop::Error(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    get(last, input, env, fuel)
}

fn logic<'v, 's>(
    decisive: bool,
    parts: &'v [Plan],
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    for part in parts {
        match get(part, input, env, fuel)? {
            Some(output) if output.holds() == decisive => return Ok(Some(Output::Made(Value::Bool(decisive)))),
            Some(_) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(Output::Made(Value::Bool(!decisive))))
}

fn condition<'v, 's>(parts: &'v [Plan; 3], input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let [condition, then, otherwise] = parts;
    match get(condition, input, env, fuel)? {
        Some(output) => get(if output.holds() { then } else { otherwise }, input, env, fuel),
        None => Ok(None),
    }
}

fn attempt<'v, 's>(
    body: &'v Plan,
    handler: Option<&'v Plan>,
    input: Input<'v, 's>,
    env: Env<'v, 's>,
    fuel: &mut Fuel,
) -> Answer<'v, 's> {
    match (get(body, input, env, fuel), handler) {
        (Err(Stop::Error(error)), Some(handler)) => take(handler, Output::Made(error), env, fuel),
        (Err(Stop::Error(_)), None) => Ok(None),
        (answer, _) => answer,
    }
}

fn bind<'v, 's>(parts: &'v [Plan; 2], input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let [source, body] = parts;
    let Some(value) = get(source, input, env, fuel)? else { return Ok(None) };
    let binding = Binding { value, outer: env };
    get(body, input, Some(&binding), fuel)?.map(|output| output.detach(fuel)).transpose()
}

fn array<'v, 's>(inner: &'v Plan, input: Input<'v, 's>, env: Env<'v, 's>, fuel: &mut Fuel) -> Answer<'v, 's> {
    let mut values = Vec::new();
    each(inner, input, env, fuel, &mut |output, fuel| {
        values.push(output.made(fuel)?);
        Ok(())
    })?;
    Ok(Some(Output::Made(Value::List(values))))
}
