//! From what is written to what runs: names resolved, arguments counted, constants folded, depth bounded.

use records::Value;

use crate::access::{Key, Step};
use crate::functions::{self, Call, Function, Make, formats};
use crate::parse::MOST_ERRORS;
use crate::plan::{Op, Piece, Plain, Plan};
use crate::syntax::{Expr, Format, Kind, Part, Span};
use crate::{Error, Scope};

/// Frames of evaluation, hence also levels that an output can be deeper than its input: stacks are of fixed size.
const DEEPEST: usize = 256;

/// Patterns and tables take memory of their own: up to a megabyte each.
const HEAVIEST: usize = 32;

/// The plan, as far as there is one; problems are added to `errors`.
pub(crate) fn compile(expr: &Expr, source: &str, scope: &Scope, errors: &mut Vec<Error>) -> Plan {
    let mut compiler = Compiler { source, scope, errors, variables: Vec::new(), heavy: 0 };
    let plan = compiler.plan(expr);
    if plan.depth > DEEPEST {
        let help = Some("write several fields, or shorter chains of `|` and `+`".to_owned());
        let message =
            format!("the expression needs {} levels of evaluation; at most {DEEPEST} are allowed", plan.depth);
        compiler.errors.push(Error { span: expr.span.clone(), message, help });
    }
    plan
}

/// Longer names resemble nothing: likeness costs the product of the lengths.
const LONGEST_NAME: usize = 64;

/// The known name that was probably meant: it begins much the same, or is a slip or two away.
#[must_use]
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &str| {
        let slips = match known.chars().count() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let near = strsim::osa_distance(name, known) <= slips;
        strsim::jaro_winkler(name, known).max(if near { 0.81 } else { 0.0 })
    };
    let known = known.into_iter().filter(|known| name.len().max(known.len()) <= LONGEST_NAME);
    known
        .map(|known| (likeness(known), known))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, known)| known)
}

struct Compiler<'a> {
    source: &'a str,
    scope: &'a Scope,
    errors: &'a mut Vec<Error>,
    variables: Vec<String>,
    /// Calls that hold a pattern or a table.
    heavy: usize,
}

impl Compiler<'_> {
    fn plan(&mut self, expr: &Expr) -> Plan {
        let op = match &expr.kind {
            Kind::Identity | Kind::Wrong => Op::Input,
            Kind::Literal(value) => Op::Constant(value.clone()),
            Kind::Text(format, parts) => return self.text(format.as_ref(), parts),
            Kind::Format(format) => Op::Plain(self.format(format)),
            Kind::Variable(name) => self.variable(name, &expr.span),
            Kind::Index { of, key, optional } => return self.index(of, key, *optional),
            Kind::Slice { of, from, to, optional } => {
                let mut bound = |bound: &Option<Box<Expr>>| match bound {
                    Some(bound) => self.boxed(bound),
                    None => Box::new(Plan::constant(Value::Null)),
                };
                let (from, to) = (bound(from), bound(to));
                Op::Slice { of: self.boxed(of), from, to, optional: *optional }
            }
            Kind::Each { of, optional } => {
                return Plan::pipe([self.plan(of), Plan::new(Op::Each { optional: *optional })]);
            }
            Kind::Array(inner) => {
                Op::Array(inner.as_ref().map_or_else(|| Box::new(Plan::new(Op::Empty)), |inner| self.boxed(inner)))
            }
            Kind::Object(entries) => {
                Op::Object(entries.iter().flat_map(|(name, value)| [self.plan(name), self.plan(value)]).collect())
            }
            Kind::Negate(inner) => return self.negate(inner),
            Kind::Pipe(stages) => return Plan::pipe(self.plans(stages)),
            Kind::Comma(parts) => Op::Comma(self.plans(parts)),
            Kind::Alternative(parts) => Op::Alternative(self.plans(parts)),
            Kind::Or(parts) => Op::Logic(true, self.plans(parts)),
            Kind::And(parts) => Op::Logic(false, self.plans(parts)),
            Kind::Compare(comparison, operands) => {
                Op::Compare(*comparison, Box::new([self.plan(&operands.0), self.plan(&operands.1)]))
            }
            Kind::Chain(first, rest) => {
                let operands = std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand));
                Op::Chain(
                    operands.map(|operand| self.plan(operand)).collect(),
                    rest.iter().map(|(op, _)| *op).collect(),
                )
            }
            Kind::Bind { source, name, body } => {
                let source = self.plan(source);
                self.variables.push(name.clone());
                let body = self.plan(body);
                self.variables.pop();
                Op::Bind(Box::new([source, body]))
            }
            Kind::If { branches, otherwise } => return self.condition(branches, otherwise.as_deref()),
            Kind::Try(body, handler) => Op::Try(self.boxed(body), handler.as_ref().map(|handler| self.boxed(handler))),
            Kind::Call(name, args) => return self.call(name, args, &expr.span),
        };
        Plan::new(op)
    }

    fn boxed(&mut self, expr: &Expr) -> Box<Plan> {
        Box::new(self.plan(expr))
    }

    fn plans(&mut self, exprs: &[Expr]) -> Vec<Plan> {
        exprs.iter().map(|expr| self.plan(expr)).collect()
    }

    fn error(&mut self, span: &Span, message: String, help: Option<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(Error { span: span.clone(), message, help });
        }
    }

    fn text(&mut self, format: Option<&Format>, parts: &[Part]) -> Plan {
        let format = format.map_or(formats::FORMATS[0].3, |format| self.format(format));
        match parts {
            [] => return Plan::constant(Value::text("")),
            [Part::Chars(chars)] => return Plan::constant(Value::text(chars.clone())),
            _ => {}
        }
        let pieces = parts.iter().map(|part| match part {
            Part::Chars(chars) => Piece::Own(chars.clone()),
            Part::Expr(expr) => Piece::Spliced(self.plan(expr)),
        });
        Plan::new(Op::Text(format, pieces.collect()))
    }

    fn format(&mut self, format: &Format) -> Plain {
        if let Some((.., function)) = formats::FORMATS.iter().find(|(name, ..)| *name == format.name) {
            return *function;
        }
        let known = formats::FORMATS.map(|(name, ..)| format!("@{name}")).join(", ");
        self.error(
            &format.span,
            format!("unknown format `@{}`", format.name),
            Some(format!("the formats are {known}")),
        );
        formats::FORMATS[0].3
    }

    fn variable(&mut self, name: &str, span: &Span) -> Op {
        if let Some(up) = self.variables.iter().rev().position(|known| known == name) {
            return Op::Variable(up);
        }
        let help = match did_you_mean(name, self.variables.iter().map(String::as_str)) {
            _ if name == "ENV" => "an expression sees its input only".to_owned(),
            Some(near) => format!("did you mean `${near}`?"),
            None => format!("write `… as ${name} | …` before it"),
        };
        self.error(span, format!("unknown variable `${name}`"), Some(help));
        Op::Input
    }

    /// A constant key is a step of a path; any other is evaluated where the whole term is.
    fn index(&mut self, of: &Expr, key: &Expr, optional: bool) -> Plan {
        let of = self.plan(of);
        let key = self.plan(key);
        let constant = match &key.op {
            Op::Constant(Value::Text(name)) => Key::Field(name.to_string()),
            Op::Constant(Value::Int(place)) => Key::At(*place),
            _ => return Plan::new(Op::Index { of: Box::new(of), key: Box::new(key), optional }),
        };
        Plan::pipe([of, Plan::new(Op::Path(vec![Step::new(constant, optional)]))])
    }

    fn negate(&mut self, inner: &Expr) -> Plan {
        match self.plan(inner) {
            Plan { op: Op::Constant(Value::Int(value)), .. } => Plan::constant(Value::Int(-value)),
            Plan { op: Op::Constant(Value::Float(value)), .. } => Plan::constant(Value::Float(-value)),
            inner => Plan::new(Op::Negate(Box::new(inner))),
        }
    }

    fn condition(&mut self, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Plan {
        let branches: Vec<_> =
            branches.iter().map(|(condition, then)| (self.plan(condition), self.plan(then))).collect();
        let otherwise = otherwise.map_or_else(Plan::input, |otherwise| self.plan(otherwise));
        let nest = |otherwise, (condition, then)| Plan::new(Op::If(Box::new([condition, then, otherwise])));
        branches.into_iter().rev().fold(otherwise, nest)
    }

    fn call(&mut self, name: &str, args: &[Expr], span: &Span) -> Plan {
        let known: Vec<&Function> = functions::all().filter(|function| function.name() == name).collect();
        let args: Vec<_> = args.iter().map(|arg| (self.plan(arg), arg.span.clone())).collect();
        let Some(function) = known.iter().find(|function| function.arity() == args.len()) else {
            self.unknown(name, &known, span);
            return Plan::input();
        };
        // An argument that could not be parsed was reported: what it stands for cannot be judged.
        if self.errors.iter().any(|error| span.start <= error.span.start && error.span.end <= span.end)
            && matches!(function.make, Make::Build(_))
        {
            return Plan::input();
        }
        self.heavy += usize::from(function.is_heavy());
        if self.heavy > HEAVIEST {
            self.error(span, format!("more than {HEAVIEST} patterns and lookups in one expression"), None);
            return Plan::input();
        }
        let call = Call { name, span: span.clone(), args, scope: self.scope };
        function.make.plan(call).unwrap_or_else(|error| {
            self.error(&error.span, error.message, error.help);
            Plan::input()
        })
    }

    fn unknown(&mut self, name: &str, known: &[&Function], span: &Span) {
        let place = span.start..span.start + name.len();
        if self.errors.len() >= MOST_ERRORS {
            return;
        }
        if !known.is_empty() {
            let usages = known.iter().map(|function| format!("`{}`", function.usage)).collect::<Vec<_>>().join(" or ");
            return self.error(
                span,
                format!("`{name}` is called with the wrong number of arguments"),
                Some(format!("write {usages}")),
            );
        }
        let (message, help) = match (functions::instead_of(name), self.hyphened(span)) {
            (Some(help), _) => (format!("`{name}` is not part of this language"), Some(help.to_owned())),
            (None, Some(help)) => (format!("unknown function `{name}`"), Some(help)),
            (None, None) => {
                let near = did_you_mean(name, functions::all().map(Function::name));
                let help = near
                    .map(|near| format!("did you mean `{near}`?"))
                    .or_else(|| Some(format!("write `.{name}` if it is a field")));
                (format!("unknown function `{name}`"), help)
            }
        };
        self.error(&place, message, help);
    }

    /// `.dc-title` subtracts: a field's name with a hyphen needs quotes.
    fn hyphened(&self, span: &Span) -> Option<String> {
        let before = self.source.get(..span.start)?.strip_suffix('-')?;
        let start = before.rfind(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')?;
        let field = before.get(start..)?.strip_prefix('.').filter(|field| !field.is_empty())?;
        let end = self
            .source
            .get(span.start..)?
            .split(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')
            .next()?;
        Some(format!("write `.\"{field}-{end}\"` if that is the field's name"))
    }
}
