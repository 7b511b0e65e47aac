//! A checked expression, ready to run: functions resolved, patterns compiled, constants in place.

use std::fmt::Debug;
use std::sync::Arc;

use records::Value;
use regex::Regex;

use crate::Fuel;
use crate::access::Step;
use crate::arithmetic::Arithmetic;
use crate::flow::{Flow, Output};
use crate::order::Comparison;

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) op: Op,
    /// May give more than one output; without it, evaluation needs no callbacks.
    pub(crate) many: bool,
    /// At most so many frames deep does evaluation go, and so much deeper than its input can an output be.
    pub(crate) depth: usize,
}

/// A function of its input alone.
pub(crate) type Plain = for<'v, 's> fn(Output<'v, 's>, &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>>;
/// A function of its input and a computed argument.
pub(crate) type With = for<'v, 's> fn(Output<'v, 's>, Output<'v, 's>, &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>>;

/// A function whose arguments were known at compile time: a pattern, a format, a table.
pub(crate) trait Ready: Debug + Send + Sync {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>>;
}

#[derive(Debug)]
pub(crate) enum Op {
    Input,
    Constant(Value<'static>),
    /// How many bindings up.
    Variable(usize),
    Path(Vec<Step>),
    Each {
        optional: bool,
    },
    Index {
        of: Box<Plan>,
        key: Box<Plan>,
        optional: bool,
    },
    Slice {
        of: Box<Plan>,
        from: Box<Plan>,
        to: Box<Plan>,
        optional: bool,
    },
    /// Pieces one after the other, the spliced ones shown by the format.
    Text(Plain, Vec<Piece>),
    Array(Box<Plan>),
    /// Names and values by turns.
    Object(Vec<Plan>),
    Negate(Box<Plan>),
    Empty,
    Pipe(Vec<Plan>),
    Comma(Vec<Plan>),
    Alternative(Vec<Plan>),
    /// `and`, `or`: the value that decides early, and the operands.
    Logic(bool, Vec<Plan>),
    Compare(Comparison, Box<[Plan; 2]>),
    /// Operands and what stands before each but the first.
    Chain(Vec<Plan>, Vec<Arithmetic>),
    Bind(Box<[Plan; 2]>),
    /// Condition, then, else.
    If(Box<[Plan; 3]>),
    Try(Box<Plan>, Option<Box<Plan>>),
    Plain(Plain),
    /// A function that gives its input as it is, or nothing.
    Keep(Plain),
    /// A function that gives its input as it is, or in an array.
    Wrap(Plain),
    With(With, Box<Plan>),
    Ready(Arc<dyn Ready>),
    Over(Over, Vec<Plan>),
    Replace {
        pattern: Regex,
        all: bool,
        with: Box<Plan>,
    },
}

#[derive(Debug)]
pub(crate) enum Piece {
    /// The program's own text.
    Own(String),
    Spliced(Plan),
}

/// Functions that evaluate an argument for each element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    MapValues,
    Any,
    All,
    First,
    Last,
    Limit,
    SortBy,
    GroupBy,
    UniqueBy,
    MinBy,
    MaxBy,
}

impl Plan {
    pub(crate) fn new(op: Op) -> Self {
        let parts = op.parts();
        let many = match &op {
            Op::Each { .. } | Op::Comma(_) | Op::Over(Over::Limit, _) => true,
            Op::Array(_) | Op::Over(..) => false,
            _ => parts.iter().any(|part| part.many),
        };
        let deepest = parts.iter().map(|part| part.depth).max().unwrap_or(0);
        let depth = match &op {
            // Each part runs within the output of the one before.
            Op::Pipe(_) | Op::Bind(_) => parts.iter().map(|part| part.depth).sum(),
            Op::Comma(_) | Op::Alternative(_) => 1 + deepest,
            Op::Chain(operands, _) if !many => operands.len() + deepest,
            _ if many => 1 + parts.iter().map(|part| part.depth).sum::<usize>(),
            _ => 1 + deepest,
        };
        Self { op, many, depth }
    }

    pub(crate) fn constant(value: Value<'static>) -> Self {
        Self::new(Op::Constant(value))
    }

    pub(crate) fn input() -> Self {
        Self::new(Op::Input)
    }

    /// One after the other; pipes within are opened, paths that follow each other joined.
    pub(crate) fn pipe(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut stages: Vec<Self> = Vec::new();
        for part in parts {
            match part.op {
                Op::Input => {}
                Op::Pipe(inner) => stages.extend(inner),
                Op::Path(steps) => match stages.last_mut() {
                    Some(Self { op: Op::Path(before), .. }) => before.extend(steps),
                    _ => stages.push(Self::new(Op::Path(steps))),
                },
                op => stages.push(Self::new(op)),
            }
        }
        match stages.pop() {
            None => Self::input(),
            Some(only) if stages.is_empty() => only,
            Some(last) => {
                stages.push(last);
                Self::new(Op::Pipe(stages))
            }
        }
    }

    /// How many functions within hold what was made ready when they were compiled.
    pub(crate) fn ready(&self) -> usize {
        let own = usize::from(matches!(self.op, Op::Ready(_) | Op::Replace { .. }));
        own + self.op.parts().into_iter().map(Self::ready).sum::<usize>()
    }

    /// The elements of an array that names lead to, those names, and what follows; else all of it, and nothing more.
    pub(crate) fn split(self) -> (Self, Option<Vec<String>>, Self) {
        let mut stages = match self.op {
            Op::Pipe(stages) => stages,
            op => vec![Self::new(op)],
        };
        let (path, end) = match stages.as_slice() {
            [Self { op: Op::Each { .. }, .. }, ..] => (Some(Vec::new()), 1),
            [Self { op: Op::Path(steps), .. }, Self { op: Op::Each { .. }, .. }, ..] => {
                (steps.iter().map(Step::name).collect(), 2)
            }
            _ => (None, stages.len()),
        };
        let rest = stages.split_off(if path.is_some() { end } else { stages.len() });
        (Self::pipe(stages), path, Self::pipe(rest))
    }
}

impl Op {
    /// The plans within, in the order of evaluation where that shows (jq takes the right operand first).
    pub(crate) fn parts(&self) -> Vec<&Plan> {
        match self {
            Self::Input | Self::Constant(_) | Self::Variable(_) | Self::Path(_) | Self::Each { .. } | Self::Empty => {
                Vec::new()
            }
            Self::Plain(_) | Self::Keep(_) | Self::Wrap(_) | Self::Ready(_) => Vec::new(),
            Self::Index { of, key, .. } => vec![key, of],
            Self::Slice { of, from, to, .. } => vec![from, to, of],
            Self::Text(_, pieces) => pieces.iter().rev().filter_map(Piece::spliced).collect(),
            Self::Chain(operands, _) => operands.iter().rev().collect(),
            Self::Compare(_, operands) => operands.iter().rev().collect(),
            Self::Array(part) | Self::Negate(part) | Self::With(_, part) | Self::Replace { with: part, .. } => {
                vec![part]
            }
            Self::Object(parts) | Self::Pipe(parts) | Self::Comma(parts) | Self::Alternative(parts) => {
                parts.iter().collect()
            }
            Self::Logic(_, parts) | Self::Over(_, parts) => parts.iter().collect(),
            Self::Bind(parts) => parts.iter().collect(),
            Self::If(parts) => parts.iter().collect(),
            Self::Try(body, handler) => std::iter::once(&**body).chain(handler.as_deref()).collect(),
        }
    }
}

impl Piece {
    pub(crate) fn spliced(&self) -> Option<&Plan> {
        match self {
            Self::Own(_) => None,
            Self::Spliced(plan) => Some(plan),
        }
    }
}
