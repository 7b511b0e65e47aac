//! The table of functions: what each is called, means, and is built from. The reference page is produced from it.
#![expect(clippy::needless_pass_by_value, reason = "all functions share one signature, and some move their input")]

pub(crate) mod dates;
pub(crate) mod formats;
pub(crate) mod html;
mod lists;
mod numbers;
mod objects;
pub(crate) mod patterns;
mod products;
mod refused;
mod tables;
mod texts;
mod values;

use std::sync::Arc;

use records::Value;

use crate::flow::{Output, Text, fail};
use crate::plan::{Op, Plain, Plan, Ready, With};
use crate::syntax::Span;
use crate::{Error, Scope, flow::Flow};

pub(crate) use refused::instead_of;

/// One function; the same name with other arguments is another.
pub(crate) struct Function {
    /// As it is called: `split(separator)`. Name and number of arguments are read from it.
    pub(crate) usage: &'static str,
    /// One line, for the reference page.
    pub(crate) doc: &'static str,
    /// A program, its input, and its outputs, as JSON; run as a test.
    pub(crate) example: [&'static str; 3],
    pub(crate) make: Make,
}

#[derive(Clone, Copy)]
pub(crate) enum Make {
    Plain(Plain),
    /// Gives its input as it is, or nothing.
    Keep(Plain),
    With(With),
    Build(fn(Call<'_>) -> Result<Plan, Error>),
}

/// A call with its arguments checked.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    pub(crate) span: Span,
    pub(crate) args: Vec<(Plan, Span)>,
    pub(crate) scope: &'a Scope,
}

/// All functions, by subject.
pub(crate) const SECTIONS: [(&str, &[Function]); 10] = [
    ("Values", values::FUNCTIONS),
    ("Numbers", numbers::FUNCTIONS),
    ("Texts", texts::FUNCTIONS),
    ("Patterns", patterns::FUNCTIONS),
    ("Arrays", lists::FUNCTIONS),
    ("Objects", objects::FUNCTIONS),
    ("Dates", dates::FUNCTIONS),
    ("HTML", html::FUNCTIONS),
    ("Products' texts", products::FUNCTIONS),
    ("Tables", tables::FUNCTIONS),
];

pub(crate) fn all() -> impl Iterator<Item = &'static Function> {
    SECTIONS.iter().flat_map(|(_, functions)| functions.iter())
}

impl Function {
    /// Each call holds a compiled pattern or a table of its own.
    pub(crate) fn is_heavy(&self) -> bool {
        patterns::FUNCTIONS.iter().chain(tables::FUNCTIONS).any(|heavy| heavy.usage == self.usage)
    }

    pub(crate) fn name(&self) -> &'static str {
        self.usage.split_once('(').map_or(self.usage, |(name, _)| name)
    }

    pub(crate) fn arity(&self) -> usize {
        if self.usage.contains('(') { self.usage.matches(';').count() + 1 } else { 0 }
    }
}

impl Make {
    pub(crate) fn plan(self, mut call: Call<'_>) -> Result<Plan, Error> {
        match self {
            Self::Plain(function) => Ok(Plan::new(Op::Plain(function))),
            Self::Keep(function) => Ok(Plan::new(Op::Keep(function))),
            Self::With(function) => Ok(Plan::new(Op::With(function, Box::new(call.plan())))),
            Self::Build(build) => build(call),
        }
    }
}

impl Call<'_> {
    /// The next argument.
    pub(crate) fn plan(&mut self) -> Plan {
        if self.args.is_empty() { Plan::input() } else { self.args.remove(0).0 }
    }

    /// The next argument, which must be a text written in the program.
    pub(crate) fn literal(&mut self, what: &str) -> Result<(String, Span), Error> {
        if self.args.is_empty() {
            return Ok((String::new(), self.span.clone()));
        }
        match self.args.remove(0) {
            (Plan { op: Op::Constant(Value::Text(text)), .. }, span) => Ok((text.into_owned(), span)),
            (_, span) => Err(Error {
                span,
                message: format!(
                    "{} of `{}` must be a text written here, as it is checked before it runs",
                    what, self.name
                ),
                help: Some(format!("write `{}(\"…\")`", self.name)),
            }),
        }
    }
}

fn ready(function: impl Ready + 'static) -> Plan {
    Plan::new(Op::Ready(Arc::new(function)))
}

fn error(span: Span, message: impl Into<String>, help: impl Into<Option<String>>) -> Error {
    Error { span, message: message.into(), help: help.into() }
}

/// The output as a text, or an error that names the function.
fn text_of<'v, 'l>(output: &'l Output<'v, '_>, function: &str) -> Flow<'v, Text<'v, 'l>> {
    match output.as_text() {
        Some(text) => Ok(text),
        None => fail(format!("{function} takes a string, not {}", output.type_name())),
    }
}

fn some_int<'v, 's>(value: usize) -> Flow<'v, Option<Output<'v, 's>>> {
    Ok(Some(Output::Made(Value::Int(i64::try_from(value).unwrap_or(i64::MAX)))))
}

fn some_bool<'v, 's>(value: bool) -> Flow<'v, Option<Output<'v, 's>>> {
    Ok(Some(Output::Made(Value::Bool(value))))
}

#[cfg(test)]
mod tests;
