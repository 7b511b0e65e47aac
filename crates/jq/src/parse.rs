//! Tokens into an expression, by precedence; goes on after an error where a bracket or a pipe lets it.

use records::Value;

use crate::Error;
use crate::arithmetic::Arithmetic;
use crate::lex::{self, Token};
use crate::order::Comparison;
use crate::syntax::{Expr, Kind, Span};

mod term;

/// Bytes of source: beyond it, no person wrote it.
const LONGEST: usize = 16 * 1024;
/// Brackets, `if`, `try`, `as` and signs within each other: parsing recurses.
const DEEPEST: usize = 64;
/// Further problems tell nothing new.
pub(crate) const MOST_ERRORS: usize = 20;

/// The expression as far as it can be read, and every problem met.
pub(crate) fn parse(source: &str) -> (Expr, Vec<Error>) {
    if source.len() > LONGEST {
        let message = format!("the expression has {} bytes; at most {LONGEST} are read", source.len());
        return (
            Expr { span: 0..source.len(), kind: Kind::Wrong },
            vec![Error { span: 0..source.len(), message, help: None }],
        );
    }
    let (tokens, errors) = lex::lex(source);
    let mut parser = Parser { source, tokens, next: 0, depth: 0, errors };
    let expr = parser.program();
    parser.errors.truncate(MOST_ERRORS);
    (expr, parser.errors)
}

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    depth: usize,
    errors: Vec<Error>,
}

/// How loosely an operator binds, from the loosest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Pipe,
    Comma,
    Alternative,
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Operand,
}

/// From the tightest.
const LEVELS: [Level; 8] = [
    Level::Product,
    Level::Sum,
    Level::Comparison,
    Level::And,
    Level::Or,
    Level::Alternative,
    Level::Comma,
    Level::Pipe,
];

/// A problem was reported; the caller recovers or gives up.
struct Fault;

type Parsed<T = Expr> = Result<T, Fault>;

impl<'a> Parser<'a> {
    fn program(&mut self) -> Expr {
        if self.at_end() {
            self.error(
                0..self.source.len(),
                "the expression is empty",
                Some("write `.` for the value itself".to_owned()),
            );
        }
        let mut wrong = false;
        while !self.at_end() {
            match self.pipe() {
                Ok(expr) if self.at_end() && !wrong => return expr,
                Ok(_) if self.at_end() => {}
                Ok(_) => _ = self.unexpected::<()>("an operator or the end"),
                Err(Fault) => {}
            }
            wrong = true;
            self.skip_to(&["|"]);
            self.next += 1;
        }
        Expr { span: 0..self.source.len(), kind: Kind::Wrong }
    }

    fn pipe(&mut self) -> Parsed {
        self.binary(Level::Pipe)
    }

    /// What may stand as a value in an object: all but a comma.
    fn without_comma(&mut self) -> Parsed {
        let start = self.span().start;
        let mut stages = vec![self.binary(Level::Alternative)?];
        while self.eat("|") {
            stages.push(self.binary(Level::Alternative)?);
        }
        Ok(self.joined(start, stages, Kind::Pipe))
    }

    /// An operand, then the operators after it from the tightest to the loosest allowed: only operators that are there
    /// take stack.
    fn binary(&mut self, loosest: Level) -> Parsed {
        let start = self.span().start;
        let mut expr = self.operand()?;
        for level in LEVELS.into_iter().filter(|level| *level >= loosest) {
            expr = match level {
                Level::Product => self.chain(start, expr, Level::Operand, |symbol| match symbol {
                    "*" => Some(Arithmetic::Multiply),
                    "/" => Some(Arithmetic::Divide),
                    "%" => Some(Arithmetic::Remainder),
                    _ => None,
                })?,
                Level::Sum => self.chain(start, expr, Level::Product, |symbol| match symbol {
                    "+" => Some(Arithmetic::Add),
                    "-" => Some(Arithmetic::Subtract),
                    _ => None,
                })?,
                Level::Comparison => self.comparison(start, expr)?,
                Level::And => self.parts(start, expr, "and", Level::Comparison, Kind::And)?,
                Level::Or => self.parts(start, expr, "or", Level::And, Kind::Or)?,
                Level::Alternative => self.parts(start, expr, "//", Level::Or, Kind::Alternative)?,
                Level::Comma => self.parts(start, expr, ",", Level::Alternative, Kind::Comma)?,
                Level::Pipe => self.parts(start, expr, "|", Level::Comma, Kind::Pipe)?,
                Level::Operand => expr,
            };
        }
        self.refuse_operators()?;
        Ok(expr)
    }

    /// What a level's operator stands between: `first` and what is tighter.
    fn tighter(&mut self, level: Level) -> Parsed {
        if level == Level::Operand { self.operand() } else { self.binary(level) }
    }

    fn parts(
        &mut self,
        start: usize,
        first: Expr,
        operator: &str,
        inner: Level,
        join: fn(Vec<Expr>) -> Kind,
    ) -> Parsed {
        let mut parts = vec![first];
        while self.eat(operator) || self.eat_name(operator) {
            parts.push(self.tighter(inner)?);
        }
        Ok(self.joined(start, parts, join))
    }

    fn chain(&mut self, start: usize, first: Expr, inner: Level, operator: fn(&str) -> Option<Arithmetic>) -> Parsed {
        let mut rest = Vec::new();
        while let lex::Kind::Symbol(symbol) = *self.kind()
            && let Some(operator) = operator(symbol)
        {
            self.next += 1;
            rest.push((operator, self.tighter(inner)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(self.expr(start, Kind::Chain(Box::new(first), rest)))
    }

    fn comparison(&mut self, start: usize, left: Expr) -> Parsed {
        let Some(comparison) = self.comparison_sign() else { return Ok(left) };
        let right = self.binary(Level::Sum)?;
        if self.comparison_sign().is_some() {
            self.next -= 1;
            return self.fault("comparisons cannot be chained", Some("write `a < b and b < c`"));
        }
        Ok(self.expr(start, Kind::Compare(comparison, Box::new((left, right)))))
    }

    fn comparison_sign(&mut self) -> Option<Comparison> {
        let comparison = match self.kind() {
            lex::Kind::Symbol("==") => Comparison::Equal,
            lex::Kind::Symbol("!=") => Comparison::Different,
            lex::Kind::Symbol("<") => Comparison::Less,
            lex::Kind::Symbol("<=") => Comparison::LessOrEqual,
            lex::Kind::Symbol(">") => Comparison::Greater,
            lex::Kind::Symbol(">=") => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.next += 1;
        Some(comparison)
    }

    /// A term with its sign.
    fn signed(&mut self) -> Parsed {
        let start = self.span().start;
        if !self.eat("-") {
            return self.term();
        }
        let inner = self.deeper(Self::signed)?;
        Ok(self.expr(start, Kind::Negate(Box::new(inner))))
    }

    /// A signed term, or `as $x | …` after it, which takes all that follows.
    fn operand(&mut self) -> Parsed {
        let start = self.span().start;
        let source = self.signed()?;
        if !self.eat_name("as") {
            return Ok(source);
        }
        let name = match *self.kind() {
            lex::Kind::Variable(name) => name.to_owned(),
            lex::Kind::Symbol("[" | "{") => {
                return self.fault(
                    "patterns after `as` are not part of this language",
                    Some("write `.[0] as $a | .[1] as $b | …`"),
                );
            }
            _ => return self.unexpected("a variable such as `$x`"),
        };
        self.next += 1;
        self.expect("|")?;
        let body = self.deeper(Self::pipe)?;
        Ok(self.expr(start, Kind::Bind { source: Box::new(source), name, body: Box::new(body) }))
    }

    fn joined(&self, start: usize, mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Kind) -> Expr {
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                self.expr(start, join(parts))
            }
        }
    }

    /// Operators of other languages, and jq's assignments, which this subset leaves out.
    fn refuse_operators(&mut self) -> Parsed<()> {
        let lex::Kind::Symbol(symbol) = *self.kind() else { return Ok(()) };
        match symbol {
            "&&" => self.fault("`&&` is not an operator", Some("write `and`")),
            "||" => self.fault("`||` is not an operator", Some("write `or`")),
            "=" => self.fault(
                "assignments are not part of this language",
                Some("write `==` to compare, `. + {name: …}` to set a field"),
            ),
            "|=" | "+=" | "-=" | "*=" | "/=" | "%=" | "//=" => self.fault(
                "assignments are not part of this language",
                Some("write `. + {name: (.name | …)}`, or `map_values(…)` for every field"),
            ),
            _ => Ok(()),
        }
    }

    fn expr(&self, start: usize, kind: Kind) -> Expr {
        let end = self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        Expr { span: start..end.max(start), kind }
    }

    fn kind(&self) -> &lex::Kind<'a> {
        self.tokens.get(self.next).map_or(&lex::Kind::End, |token| &token.kind)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.next).map_or(self.source.len()..self.source.len(), |token| token.span.clone())
    }

    fn at_end(&self) -> bool {
        *self.kind() == lex::Kind::End
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.kind(), lex::Kind::Symbol(found) if *found == symbol)
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        self.next += usize::from(found);
        found
    }

    fn eat_name(&mut self, name: &str) -> bool {
        let found = matches!(self.kind(), lex::Kind::Name(found) if *found == name);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Parsed<()> {
        if self.eat(symbol) { Ok(()) } else { self.unexpected(&format!("`{symbol}`")) }
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.errors.push(Error { span, message: message.into(), help });
    }

    /// A problem at the next token.
    fn fault<T>(&mut self, message: &str, help: Option<&str>) -> Parsed<T> {
        self.error(self.span(), message, help.map(str::to_owned));
        Err(Fault)
    }

    fn unexpected<T>(&mut self, wanted: &str) -> Parsed<T> {
        self.refuse_operators()?;
        let span = self.span();
        let found = self.source.get(span.clone()).unwrap_or_default();
        let message =
            if found.is_empty() { "the expression ends here".to_owned() } else { format!("unexpected `{found}`") };
        self.error(span, format!("{message}, expected {wanted}"), None);
        Err(Fault)
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == DEEPEST {
            return self.fault(
                &format!("more than {DEEPEST} expressions within each other"),
                Some("write it flatter, or in several fields"),
            );
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Goes forward to one of the symbols, outside brackets that open on the way, or to the end.
    fn skip_to(&mut self, symbols: &[&str]) {
        let mut open = 0_usize;
        while let Some(token) = self.tokens.get(self.next) {
            match token.kind {
                lex::Kind::End => return,
                lex::Kind::Symbol(symbol) if open == 0 && symbols.contains(&symbol) => return,
                lex::Kind::Symbol("(" | "[" | "{") | lex::Kind::Splice => open += 1,
                lex::Kind::Symbol(")" | "]" | "}") => open = open.saturating_sub(1),
                _ => {}
            }
            self.next += 1;
        }
    }
}

fn literal(name: &str) -> Option<Value<'static>> {
    Some(match name {
        "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => return None,
    })
}
