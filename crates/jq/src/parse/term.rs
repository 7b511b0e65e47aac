//! Terms: what an operator stands between, with the paths that follow it.

use super::{Fault, Parsed, Parser, literal};
use crate::lex;
use crate::syntax::{Expr, Format, Kind, Part, Span};
use records::Value;

/// Keywords of jq that this language leaves out, and what to write.
const REFUSED: [(&str, &str); 8] = [
    ("def", "write the expression out: functions cannot be defined"),
    ("reduce", "write `add`, `min`, `max`, `any`, `all`, `join` or `group_by`"),
    ("foreach", "write `map(…)`, or `to_entries` for positions of an object's fields"),
    ("label", "write `first(…)` or `limit(n; …)` to stop early"),
    ("break", "write `first(…)` or `limit(n; …)` to stop early"),
    ("import", "write the expression out: there are no modules"),
    ("include", "write the expression out: there are no modules"),
    ("__loc__", "write the place as a text"),
];

/// Words that cannot begin a term.
const KEYWORDS: [&str; 8] = ["and", "or", "then", "elif", "else", "end", "as", "catch"];

impl Parser<'_> {
    pub(super) fn term(&mut self) -> Parsed {
        let start = self.span().start;
        let mut term = self.atom()?;
        loop {
            let kind = match *self.kind() {
                lex::Kind::Field(name) => {
                    let key = self.name_here(name);
                    Kind::Index { of: Box::new(term), key: Box::new(key), optional: self.optional() }
                }
                lex::Kind::Symbol(".") if self.follows(1, &lex::Kind::Quote) => {
                    self.next += 1;
                    let key = self.text(None)?;
                    Kind::Index { of: Box::new(term), key: Box::new(key), optional: self.optional() }
                }
                lex::Kind::Symbol(".") if self.follows(1, &lex::Kind::Symbol("[")) => {
                    self.next += 1;
                    self.brackets(term)?
                }
                lex::Kind::Symbol("[") => self.brackets(term)?,
                lex::Kind::Symbol("?") => {
                    self.next += 1;
                    Kind::Try(Box::new(term), None)
                }
                _ => return Ok(term),
            };
            // A path's length counts as depth: it is nested in the tree.
            term = self.expr(start, kind);
            self.steps_bounded(&term)?;
        }
    }

    fn atom(&mut self) -> Parsed {
        let span = self.span();
        let kind = match *self.kind() {
            lex::Kind::Symbol(".") if self.follows(1, &lex::Kind::Quote) => {
                self.next += 1;
                let key = self.text(None)?;
                let of = Expr { span: span.start..span.start + 1, kind: Kind::Identity };
                Kind::Index { of: Box::new(of), key: Box::new(key), optional: self.optional() }
            }
            lex::Kind::Field(name) => {
                let of = Expr { span: span.start..span.start + 1, kind: Kind::Identity };
                let key = self.name_here(name);
                Kind::Index { of: Box::new(of), key: Box::new(key), optional: self.optional() }
            }
            lex::Kind::Symbol("..") => {
                return self.fault(
                    "`..` is not part of this language",
                    Some("write the path that is meant, such as `.items[].id`"),
                );
            }
            lex::Kind::Symbol("!") => return self.fault("`!` is not an operator", Some("write `… | not`")),
            lex::Kind::Symbol("(") => return self.within(")", Self::pipe),
            lex::Kind::Symbol("[") => self.array()?,
            lex::Kind::Symbol("{") => self.object()?,
            lex::Kind::Quote => return self.text(None),
            lex::Kind::Name("if") => return self.deeper(Self::condition),
            lex::Kind::Name("try") => return self.deeper(Self::attempt),
            lex::Kind::Name(name) => return self.call(name, span),
            lex::Kind::Symbol(".") => self.one(Kind::Identity),
            lex::Kind::Number(ref value) => {
                let value = value.clone();
                self.one(Kind::Literal(value))
            }
            lex::Kind::Variable(name) => self.one(Kind::Variable(name.to_owned())),
            lex::Kind::Format(name) => {
                let format = Format { name: name.to_owned(), span: span.clone() };
                self.next += 1;
                if *self.kind() == lex::Kind::Quote {
                    return self.text(Some(format));
                }
                Kind::Format(format)
            }
            _ => return self.unexpected("a value such as `.title`"),
        };
        Ok(self.expr(span.start, kind))
    }

    fn one(&mut self, kind: Kind) -> Kind {
        self.next += 1;
        kind
    }

    fn follows(&self, ahead: usize, kind: &lex::Kind<'_>) -> bool {
        self.tokens.get(self.next + ahead).is_some_and(|token| token.kind == *kind)
    }

    fn optional(&mut self) -> bool {
        let mut optional = false;
        while self.eat("?") {
            optional = true;
        }
        optional
    }

    /// The name at the next token, as a text.
    fn name_here(&mut self, name: &str) -> Expr {
        let span = self.span();
        self.next += 1;
        Expr { span, kind: Kind::Literal(Value::text(name.to_owned())) }
    }

    fn steps_bounded(&mut self, term: &Expr) -> Parsed<()> {
        let mut steps = 0;
        let mut at = term;
        while let Kind::Index { of, .. } | Kind::Slice { of, .. } | Kind::Each { of, .. } | Kind::Try(of, None) =
            &at.kind
        {
            at = of;
            steps += 1;
        }
        if steps <= super::DEEPEST { Ok(()) } else { self.fault("this path has too many steps", None) }
    }

    /// Parses between brackets; after a fault within, goes on behind the closing one.
    fn within(&mut self, close: &'static str, parse: fn(&mut Self) -> Parsed) -> Parsed {
        let start = self.span().start;
        self.next += 1;
        let parsed = self.deeper(|parser| {
            let inner = parse(parser)?;
            if parser.is(close) { Ok(inner) } else { parser.unexpected(&format!("an operator or `{close}`")) }
        });
        self.closed(start, close, parsed)
    }

    fn closed(&mut self, start: usize, close: &str, parsed: Parsed) -> Parsed {
        match parsed {
            Ok(expr) => {
                self.next += 1;
                Ok(expr)
            }
            Err(Fault) => {
                self.skip_to(&[close]);
                self.next += usize::from(!self.at_end());
                if self.at_end() { Err(Fault) } else { Ok(self.expr(start, Kind::Wrong)) }
            }
        }
    }

    fn array(&mut self) -> Parsed<Kind> {
        if self.follows(1, &lex::Kind::Symbol("]")) {
            self.next += 2;
            return Ok(Kind::Array(None));
        }
        Ok(Kind::Array(Some(Box::new(self.within("]", Self::pipe)?))))
    }

    /// `[]`, `[key]`, `[from:to]` after a term.
    fn brackets(&mut self, of: Expr) -> Parsed<Kind> {
        let of = Box::new(of);
        if self.follows(1, &lex::Kind::Symbol("]")) {
            self.next += 2;
            return Ok(Kind::Each { of, optional: self.optional() });
        }
        self.next += 1;
        self.deeper(|parser| {
            let from = if parser.is(":") { None } else { Some(Box::new(parser.pipe()?)) };
            if parser.eat(":") {
                let to = if parser.is("]") { None } else { Some(Box::new(parser.pipe()?)) };
                if from.is_none() && to.is_none() {
                    return parser.unexpected("the end of the slice");
                }
                parser.expect("]")?;
                return Ok(Kind::Slice { of, from, to, optional: parser.optional() });
            }
            parser.expect("]")?;
            match from {
                Some(key) => Ok(Kind::Index { of, key, optional: parser.optional() }),
                None => Err(Fault),
            }
        })
    }

    fn object(&mut self) -> Parsed<Kind> {
        let mut entries = Vec::new();
        self.next += 1;
        if self.eat("}") {
            return Ok(Kind::Object(entries));
        }
        loop {
            match self.deeper(Self::entry).and_then(|entry| self.entry_end().map(|last| (entry, last))) {
                Ok((entry, last)) => {
                    entries.push(entry);
                    if last {
                        return Ok(Kind::Object(entries));
                    }
                }
                Err(Fault) => {
                    self.skip_to(&["}"]);
                    return if self.eat("}") { Ok(Kind::Object(entries)) } else { Err(Fault) };
                }
            }
        }
    }

    /// Behind an entry: whether it is the last.
    fn entry_end(&mut self) -> Parsed<bool> {
        match (self.eat(","), self.is("}")) {
            (true, _) => Ok(false),
            (false, true) => {
                self.next += 1;
                Ok(true)
            }
            (false, false) => self.unexpected("`,` or `}`"),
        }
    }

    fn entry(&mut self) -> Parsed<(Expr, Expr)> {
        let span = self.span();
        let (key, short) = match *self.kind() {
            lex::Kind::Name(name) => {
                let key = self.name_here(name);
                let of = Box::new(Expr { span: span.clone(), kind: Kind::Identity });
                let again = Box::new(Expr { span: span.clone(), kind: Kind::Literal(Value::text(name.to_owned())) });
                (key, Some(Kind::Index { of, key: again, optional: false }))
            }
            lex::Kind::Variable(name) => {
                self.next += 1;
                let variable = Kind::Variable(name.to_owned());
                if self.is(":") {
                    (Expr { span: span.clone(), kind: variable }, None)
                } else {
                    (Expr { span: span.clone(), kind: Kind::Literal(Value::text(name.to_owned())) }, Some(variable))
                }
            }
            lex::Kind::Quote => {
                let start = self.next;
                let key = self.text(None)?;
                let short = if self.is(":") {
                    None
                } else {
                    let end = std::mem::replace(&mut self.next, start);
                    let again = Box::new(self.text(None)?);
                    self.next = end;
                    let of = Box::new(Expr { span: span.clone(), kind: Kind::Identity });
                    Some(Kind::Index { of, key: again, optional: false })
                };
                (key, short)
            }
            lex::Kind::Format(name) if self.follows(1, &lex::Kind::Quote) => {
                self.next += 1;
                (self.text(Some(Format { name: name.to_owned(), span: span.clone() }))?, None)
            }
            lex::Kind::Symbol("(") => (self.within(")", Self::pipe)?, None),
            _ => return self.unexpected("a field's name"),
        };
        match short {
            Some(kind) if !self.is(":") => Ok((key, self.expr(span.start, kind))),
            _ => {
                self.expect(":")?;
                Ok((key, self.without_comma()?))
            }
        }
    }

    /// A text and what is spliced into it.
    fn text(&mut self, format: Option<Format>) -> Parsed {
        let start = format.as_ref().map_or(self.span().start, |format| format.span.start);
        self.next += 1;
        let mut parts = Vec::new();
        loop {
            match self.kind().clone() {
                lex::Kind::Chars(chars) => {
                    self.next += 1;
                    parts.push(Part::Chars(chars));
                }
                lex::Kind::Splice => parts.push(Part::Expr(self.within(")", Self::pipe)?)),
                lex::Kind::Quote => {
                    self.next += 1;
                    return Ok(self.expr(start, Kind::Text(format, parts)));
                }
                // The lexer has reported the missing quote.
                _ => return Err(Fault),
            }
        }
    }

    fn condition(&mut self) -> Parsed {
        let start = self.span().start;
        let mut branches = Vec::new();
        let mut otherwise = None;
        self.next += 1;
        loop {
            let condition = self.pipe()?;
            self.expect_name("then")?;
            branches.push((condition, self.pipe()?));
            if self.eat_name("elif") {
                continue;
            }
            if self.eat_name("else") {
                otherwise = Some(Box::new(self.pipe()?));
            }
            self.expect_name("end")?;
            return Ok(self.expr(start, Kind::If { branches, otherwise }));
        }
    }

    fn expect_name(&mut self, name: &str) -> Parsed<()> {
        if self.eat_name(name) { Ok(()) } else { self.unexpected(&format!("`{name}`")) }
    }

    fn attempt(&mut self) -> Parsed {
        let start = self.span().start;
        self.next += 1;
        let body = Box::new(self.signed()?);
        let handler = if self.eat_name("catch") { Some(Box::new(self.signed()?)) } else { None };
        Ok(self.expr(start, Kind::Try(body, handler)))
    }

    fn call(&mut self, name: &str, span: Span) -> Parsed {
        if let Some((_, help)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            return self.fault(&format!("`{name}` is not part of this language"), Some(help));
        }
        if KEYWORDS.contains(&name) {
            return self.unexpected("a value such as `.title`");
        }
        self.next += 1;
        if let Some(value) = literal(name) {
            return Ok(self.expr(span.start, Kind::Literal(value)));
        }
        let mut arguments = Vec::new();
        if self.eat("(") {
            loop {
                arguments.push(self.argument()?);
                if self.eat(")") {
                    break;
                }
                self.expect(";")?;
            }
        }
        Ok(self.expr(span.start, Kind::Call(name.to_owned(), arguments)))
    }

    /// An argument, behind which `;` or `)` stands; after a fault within, goes on there.
    fn argument(&mut self) -> Parsed {
        let start = self.span().start;
        let parsed = self.deeper(|parser| {
            let argument = parser.pipe()?;
            if parser.is(";") || parser.is(")") {
                Ok(argument)
            } else {
                parser.unexpected("`;` between arguments, or `)`")
            }
        });
        parsed.or_else(|Fault| {
            self.skip_to(&[";", ")"]);
            if self.at_end() { Err(Fault) } else { Ok(self.expr(start, Kind::Wrong)) }
        })
    }
}
