//! Source text into tokens. Flat: what stands in `\(…)` follows its text's pieces, so that no depth is needed here.

use std::ops::Range;

use records::Value;

use crate::Error;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind<'a> {
    /// Punctuation and operators.
    Symbol(&'static str),
    /// `.name`, without the dot.
    Field(&'a str),
    /// A function's name or a keyword.
    Name(&'a str),
    /// `$name`, without the dollar.
    Variable(&'a str),
    /// `@name`, without the at.
    Format(&'a str),
    Number(Value<'static>),
    /// Opens or closes a text.
    Quote,
    /// A piece of a text, escapes resolved.
    Chars(String),
    /// `\(` in a text; `)` closes it.
    Splice,
    End,
}

/// Longest first. The last ones are not of the language, but are seen often: the parser says what to write.
const SYMBOLS: [&str; 34] = [
    "//=", "//", "==", "!=", "<=", ">=", "..", "&&", "||", "|=", "+=", "-=", "*=", "/=", "%=", "|", ",", ":", ";", "?",
    "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%", "<", ">", ".",
];
const WRONG: [&str; 2] = ["=", "!"];

/// Tokens and what could not be read; the last token is always [`Kind::End`].
pub(crate) fn lex(source: &str) -> (Vec<Token<'_>>, Vec<Error>) {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), errors: Vec::new(), within: Vec::new() };
    while lexer.at < source.len() {
        match lexer.within.last() {
            Some(Within::Text(_)) => lexer.text(),
            _ => lexer.token(),
        }
    }
    if let Some(start) =
        lexer.within.iter().rev().find_map(|within| if let Within::Text(start) = within { Some(*start) } else { None })
    {
        lexer.error(start..start + 1, "this text is not closed", Some("write `\"` at its end".to_owned()));
    }
    lexer.push(Kind::End, source.len());
    (lexer.tokens, lexer.errors)
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
    errors: Vec<Error>,
    within: Vec<Within>,
}

enum Within {
    /// A text that opened there.
    Text(usize),
    /// `\(`, with so many parentheses open.
    Splice(usize),
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Takes all up to `end`.
    fn push(&mut self, kind: Kind<'a>, end: usize) {
        self.tokens.push(Token { kind, span: self.at..end });
        self.at = end;
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.errors.push(Error { span, message: message.into(), help });
    }

    fn token(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            _ if first.is_whitespace() => self.at += first.len_utf8(),
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '"' => {
                self.within.push(Within::Text(self.at));
                self.push(Kind::Quote, self.at + 1);
            }
            '\'' => self.apostrophes(),
            '0'..='9' => self.number(),
            '.' if rest.get(1..).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit())) => {
                self.number();
            }
            '.' if starts_name(rest.get(1..)) => {
                let name = self.name(1);
                self.push(Kind::Field(name), self.at + 1 + name.len());
            }
            '$' if starts_name(rest.get(1..)) => {
                let name = self.name(1);
                self.push(Kind::Variable(name), self.at + 1 + name.len());
            }
            '@' if starts_name(rest.get(1..)) => {
                let name = self.name(1);
                self.push(Kind::Format(name), self.at + 1 + name.len());
            }
            _ if starts_name(Some(rest)) => {
                let name = self.name(0);
                self.push(Kind::Name(name), self.at + name.len());
            }
            _ => self.symbol(first),
        }
    }

    /// A name, `skip` bytes from here; letters beyond ASCII are read, and reported.
    fn name(&mut self, skip: usize) -> &'a str {
        let rest = self.rest().get(skip..).unwrap_or_default();
        let name = rest.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
        if !name.is_ascii() {
            let help = match self.rest().starts_with('.') {
                true => format!("write `.\"{name}\"`"),
                false => format!("write `\"{name}\"` if it is a text or a field's name"),
            };
            self.error(
                self.at..self.at + skip + name.len(),
                "a name without quotes has letters a-z, digits and _ only",
                Some(help),
            );
        }
        name
    }

    fn number(&mut self) {
        let rest = self.rest();
        let digits = |from: usize| rest.get(from..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(0);
        if rest.get(end..).is_some_and(|rest| rest.starts_with('.')) {
            end += 1 + digits(end + 1);
        }
        if let Some(exponent) = rest.get(end..).and_then(|rest| rest.strip_prefix(['e', 'E'])) {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let text = rest.get(..end).unwrap_or_default();
        let value = text.parse().map(Value::Int).or_else(|_| text.parse().map(Value::Float));
        let value = match value {
            Ok(Value::Float(value)) if !value.is_finite() => {
                self.error(self.at..self.at + end, "this number is too large", None);
                Value::Null
            }
            other => other.unwrap_or(Value::Null),
        };
        self.push(Kind::Number(value), self.at + end);
    }

    fn symbol(&mut self, first: char) {
        let rest = self.rest();
        let Some(symbol) = SYMBOLS.iter().chain(&WRONG).copied().find(|symbol| rest.starts_with(symbol)) else {
            let end = self.at + first.len_utf8();
            self.error(self.at..end, format!("unexpected character `{}`", first.escape_debug()), None);
            self.at = end;
            return;
        };
        match (symbol, self.within.last_mut()) {
            ("(", Some(Within::Splice(open))) => *open += 1,
            (")", Some(Within::Splice(0))) => _ = self.within.pop(),
            (")", Some(Within::Splice(open))) => *open -= 1,
            _ => {}
        }
        self.push(Kind::Symbol(symbol), self.at + symbol.len());
    }

    /// `'…'` is read as a text, so that parsing goes on, and reported.
    fn apostrophes(&mut self) {
        let rest = self.rest();
        let inner = rest.get(1..).and_then(|rest| rest.split_once('\'')).map(|(inner, _)| inner);
        let end = self.at + inner.map_or(rest.len(), |inner| inner.len() + 2);
        let help = inner.map(|inner| format!("write `\"{inner}\"`"));
        self.error(self.at..end, "a text stands between double quotes", help);
        self.push(Kind::Quote, self.at);
        self.push(Kind::Quote, end);
    }

    /// Characters up to the closing quote or the next `\(`.
    fn text(&mut self) {
        let mut chars = String::new();
        let mut at = self.at;
        loop {
            let rest = self.source.get(at..).unwrap_or_default();
            match rest.chars().next() {
                Some('\\') if !rest.starts_with("\\(") => at += self.escape(at, &mut chars),
                Some('"' | '\\') | None => break,
                Some(char) => {
                    chars.push(char);
                    at += char.len_utf8();
                }
            }
        }
        if !chars.is_empty() {
            self.push(Kind::Chars(chars), at);
        }
        self.at = at;
        if self.rest().starts_with('"') {
            self.within.pop();
            self.push(Kind::Quote, at + 1);
        } else if self.rest().starts_with("\\(") {
            self.within.push(Within::Splice(0));
            self.push(Kind::Splice, at + 2);
        }
    }

    /// Resolves the escape at `at`; gives its length.
    fn escape(&mut self, at: usize, chars: &mut String) -> usize {
        let rest = self.source.get(at + 1..).unwrap_or_default();
        let Some(letter) = rest.chars().next() else { return 1 };
        let char = match letter {
            '"' | '\\' | '/' => letter,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => return self.unicode(at, chars),
            other => {
                let help = format!("write `\\\\{other}` for a backslash before it");
                self.error(at..at + 1 + other.len_utf8(), format!("unknown escape `\\{other}`"), Some(help));
                other
            }
        };
        chars.push(char);
        1 + letter.len_utf8()
    }

    /// `\uXXXX`, or two of them for one character beyond U+FFFF (RFC 8259, section 7).
    fn unicode(&mut self, at: usize, chars: &mut String) -> usize {
        let unit = |at: usize| -> Option<u32> {
            let digits = self.source.get(at..).and_then(|rest| rest.strip_prefix("\\u"))?.get(..4)?;
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
        };
        let (char, len) = match (unit(at), unit(at + 6)) {
            (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
                (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 12)
            }
            (Some(unit), _) => (char::from_u32(unit), 6),
            (None, _) => (None, 2),
        };
        if char.is_none() {
            self.error(
                at..at + len,
                "this escape is no character",
                Some("write `\\u` and four hexadecimal digits".to_owned()),
            );
        }
        chars.extend(char);
        len
    }
}

fn starts_name(rest: Option<&str>) -> bool {
    rest.is_some_and(|rest| rest.starts_with(|char: char| char.is_alphabetic() || char == '_'))
}
