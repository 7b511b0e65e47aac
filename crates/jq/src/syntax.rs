//! An expression as written.

use std::ops::Range;

use records::Value;

use crate::arithmetic::Arithmetic;
use crate::order::Comparison;

pub(crate) type Span = Range<usize>;

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// `.`
    Identity,
    /// A number, `true`, `false`, `null`.
    Literal(Value<'static>),
    /// `"a\(b)c"`, after `@html` or another format or not.
    Text(Option<Format>, Vec<Part>),
    /// `@html` alone.
    Format(Format),
    /// `$x`, without the `$`.
    Variable(String),
    /// `t.a`, `t[0]`
    Index {
        of: Box<Expr>,
        key: Box<Expr>,
        optional: bool,
    },
    /// `t[1:3]`
    Slice {
        of: Box<Expr>,
        from: Option<Box<Expr>>,
        to: Option<Box<Expr>>,
        optional: bool,
    },
    /// `t[]`
    Each {
        of: Box<Expr>,
        optional: bool,
    },
    /// `[…]`
    Array(Option<Box<Expr>>),
    /// `{…}`
    Object(Vec<(Expr, Expr)>),
    Negate(Box<Expr>),
    Pipe(Vec<Expr>),
    Comma(Vec<Expr>),
    Alternative(Vec<Expr>),
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Compare(Comparison, Box<(Expr, Expr)>),
    /// Left to right, of one precedence.
    Chain(Box<Expr>, Vec<(Arithmetic, Expr)>),
    /// `source as $name | body`
    Bind {
        source: Box<Expr>,
        name: String,
        body: Box<Expr>,
    },
    If {
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Try(Box<Expr>, Option<Box<Expr>>),
    Call(String, Vec<Expr>),
    /// What could not be parsed; already reported.
    Wrong,
}

#[derive(Debug)]
pub(crate) enum Part {
    Chars(String),
    Expr(Expr),
}

/// A format's name without the `@`, and where it stands.
#[derive(Debug)]
pub(crate) struct Format {
    pub(crate) name: String,
    pub(crate) span: Span,
}
