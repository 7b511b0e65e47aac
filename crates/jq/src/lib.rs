//! The total subset of jq in which a school says what its records mean: compiled once, checked before it runs,
//! bounded while it runs.

mod access;
mod arithmetic;
mod compile;
mod eval;
mod flow;
mod functions;
mod json;
mod lex;
mod order;
mod parse;
mod plan;
mod reads;
mod reference;
mod syntax;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use records::{Value, Wanted};

pub use compile::did_you_mean;
use flow::{Input, Stop};
pub use functions::dates::windows::zone as windows_zone;
pub use functions::html::plain as html_text;
pub use json::to_json;
pub use reference::reference;

/// What an expression may refer to besides its input.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The zone of dates that carry none.
    pub zone: TimeZone,
    /// Tables for `lookup("NAME")`.
    pub tables: BTreeMap<String, Arc<BTreeMap<String, String>>>,
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Program {
    plan: Arc<plan::Plan>,
}

/// Why an expression does not compile: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Byte range in the expression's source.
    pub span: Range<usize>,
    /// What is wrong: `unknown function "tolower"`.
    pub message: String,
    /// What to write instead: `write "ascii_downcase"`.
    pub help: Option<String>,
}

/// Why an expression stopped on this input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The value does not fit the expression: `cannot iterate over number`. Another record may well do.
    Value(String),
    /// The steps or output bytes of the whole run are used up.
    Exhausted,
}

/// What is left of a run's budget; shared by all expressions of one mapping run, so that a run as a whole is bounded.
#[derive(Debug, Clone)]
pub struct Fuel {
    /// Evaluation steps.
    pub steps: u64,
    /// Bytes of text and values that expressions may create.
    pub bytes: u64,
}

/// Takes the outputs of a run; a failure of it ends the run.
pub type Emit<'v, 'e> = dyn FnMut(Cow<'v, Value<'v>>, &mut Fuel) -> Result<(), Failure> + 'e;

impl Program {
    /// Parses and checks an expression.
    ///
    /// # Errors
    /// Every problem found, in the order of the source.
    pub fn compile(source: &str, scope: &Scope) -> Result<Self, Vec<Error>> {
        let (expr, mut errors) = parse::parse(source);
        let plan = compile::compile(&expr, source, scope, &mut errors);
        if errors.is_empty() {
            return Ok(Self { plan: Arc::new(plan) });
        }
        errors.sort_by_key(|error| (error.span.start, error.span.end));
        Err(errors)
    }

    /// How many patterns, formats and tables it holds: a pattern may take a megabyte.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.plan.ready()
    }

    /// The fields that the expression reads from its input, as paths: `.title.rendered`, `.items[].id`. Positions and
    /// computed names are given as `[]`; `.` means all of the input.
    #[must_use]
    pub fn reads(&self) -> Vec<String> {
        reads::reads(&self.plan)
    }

    /// What of its input the program needs, where each of its outputs is read by these programs only.
    #[must_use]
    pub fn wanted<'p>(&self, readers: impl IntoIterator<Item = &'p Self>) -> Wanted {
        reads::wanted(&self.plan, readers.into_iter().map(|reader| &*reader.plan))
    }

    /// The program in two, `.items[]` and `select(.ok)` of `.items[] | select(.ok)`, with the names that lead to the
    /// array whose elements the first gives. Of any other program the second is `.`, and there are no such names.
    #[must_use]
    pub fn split(self) -> (Self, Option<Vec<String>>, Self) {
        let program = |plan| Self { plan: Arc::new(plan) };
        let (first, path, rest) = match Arc::try_unwrap(self.plan) {
            Ok(plan) => plan.split(),
            Err(shared) => return (Self { plan: shared }, None, program(plan::Plan::input())),
        };
        (program(first), path, program(rest))
    }

    /// All outputs, in order, given one by one to `emit` (so that a million records need no list of them).
    ///
    /// # Errors
    /// The first failure, of the expression or of `emit`.
    pub fn run<'v>(&'v self, input: &'v Value<'v>, fuel: &mut Fuel, emit: &mut Emit<'v, '_>) -> Result<(), Failure> {
        let mut refused = None;
        let result = eval::each(&self.plan, Input::Kept(input), None, fuel, &mut |output, fuel| {
            let output = output.cow(fuel)?;
            emit(output, fuel).map_err(|failure| {
                refused = Some(failure);
                Stop::Enough
            })
        });
        match (refused, result) {
            (Some(failure), _) => Err(failure),
            (None, Ok(()) | Err(Stop::Enough)) => Ok(()),
            (None, Err(stop)) => Err(stop.into()),
        }
    }

    /// The only output; `None` where there is none.
    ///
    /// # Errors
    /// A failure of the expression, or more than one output.
    pub fn one<'v>(&'v self, input: &'v Value<'v>, fuel: &mut Fuel) -> Result<Option<Cow<'v, Value<'v>>>, Failure> {
        if !self.plan.many {
            let output = eval::get(&self.plan, Input::Kept(input), None, fuel)?;
            return Ok(output.map(|output| output.cow(fuel)).transpose()?);
        }
        let mut only = None;
        self.run(input, fuel, &mut |output, _| match only.replace(output) {
            None => Ok(()),
            Some(_) => Err(Failure::Value("more than one value where one is expected".to_owned())),
        })?;
        Ok(only)
    }

    /// Whether the expression's only output is neither `null` nor `false`.
    ///
    /// # Errors
    /// As [`Self::one`].
    pub fn holds<'v>(&'v self, input: &'v Value<'v>, fuel: &mut Fuel) -> Result<bool, Failure> {
        if !self.plan.many {
            let output = eval::get(&self.plan, Input::Kept(input), None, fuel)?;
            return Ok(output.is_some_and(|output| output.holds()));
        }
        Ok(self.one(input, fuel)?.is_some_and(|value| !matches!(*value, Value::Null | Value::Bool(false))))
    }
}

impl From<Stop<'_>> for Failure {
    fn from(stop: Stop<'_>) -> Self {
        match stop {
            Stop::Exhausted | Stop::Enough => Self::Exhausted,
            Stop::Error(Value::Text(text)) => Self::Value(text.into_owned()),
            Stop::Error(other) => Self::Value(format!("stopped by error() with {}", other.type_name())),
        }
    }
}
