//! One statement that reads, and the places in it where parameters are bound.

mod token;

use std::ops::Range;

use outbound::{Failure, FailureKind};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use self::token::{Token, next};
use crate::{Params, SettingError};

/// How a product writes SQL, as far as it decides where texts and comments end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    MySql,
    Sqlite,
}

/// A query as its author wrote it, cut where parameters stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// One more than places.
    pieces: Vec<String>,
    places: Vec<Place>,
}

/// `:name`, or `:name::int`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    name: String,
    whole: bool,
}

/// A value for a place.
pub(super) struct Bound<'v> {
    pub(super) text: &'v str,
    /// The same as a number, where the place is said to be one.
    pub(super) whole: Option<i64>,
}

/// Longer ones are no query that a person wrote.
const LONGEST: usize = 64 << 10;

impl Statement {
    /// Reads a query that may name these parameters.
    ///
    /// # Errors
    /// Each thing that cannot be right, by its place in the query.
    pub(super) fn parse(query: &str, dialect: Dialect, params: &[String]) -> Result<Self, Vec<SettingError>> {
        let mut reader = Reader { pieces: vec![String::new()], places: Vec::new(), errors: Vec::new() };
        if query.len() > LONGEST {
            reader.wrong(0..0, format!("the query is longer than {LONGEST} bytes"), None);
            return Err(reader.errors);
        }
        let (mut rest, mut begun, mut ended) = (query, false, false);
        while !rest.is_empty() {
            let start = query.len() - rest.len();
            let (token, text) = next(rest, dialect);
            let span = start..start + text.len();
            rest = rest.get(text.len()..).unwrap_or_default();
            if matches!(token, Token::Blank) {
                reader.push(if ended { "" } else { text });
                continue;
            }
            if ended {
                reader.wrong(span, "a second statement".into(), Some("a data set asks one query".into()));
                break;
            }
            match token {
                Token::Semicolon => ended = true,
                Token::Parameter { name, kind } => reader.place(span, name, kind, dialect, params),
                Token::Foreign => {
                    let help = "write `:name`, with the name of a parameter that the data set declares".into();
                    reader.wrong(span, format!("`{text}` is no parameter here"), Some(help));
                }
                Token::Unclosed => reader.wrong(span, "a text, name or comment that is not closed".into(), None),
                Token::Hidden => reader.wrong(span, "a comment that the database would execute".into(), None),
                Token::Word | Token::Other if !begun && text != "(" && !reads(text) => {
                    let help = "begin with `select`, `with`, `values` or `table`".into();
                    reader.wrong(span, format!("`{text}` does not begin a query that reads"), Some(help));
                }
                Token::Word if text.eq_ignore_ascii_case("into") => {
                    reader.wrong(span, "`into` writes, and a data set only reads".into(), None);
                }
                Token::Blank | Token::Word | Token::Other => reader.push(text),
            }
            begun |= text != "(";
        }
        reader.finish(begun)
    }

    /// The value of each place, in order.
    ///
    /// # Errors
    /// Where there is none, or none that the place can take.
    pub(super) fn bind<'v>(&self, params: &'v Params) -> Result<Vec<Bound<'v>>, Failure> {
        let wrong =
            |name: &str, what| Failure::new(FailureKind::Rejected, format!("the query's parameter `:{name}` {what}"));
        let bind = |Place { name, whole }: &Place| {
            let text = params.get(name).ok_or_else(|| wrong(name, "has no value"))?.as_str();
            let number = || text.parse().map_err(|_| wrong(name, "is no whole number, as `::int` says"));
            Ok(Bound { text, whole: whole.then(number).transpose()? })
        };
        self.places.iter().map(bind).collect()
    }

    /// The statement with a mark of the product's own for each place, counted from 1. The one text that reaches a
    /// database without being written in this source: what a school's own administrator declared, and nothing else.
    pub(super) fn with(&self, mark: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for (place, piece) in self.pieces.iter().enumerate() {
            if place > 0 {
                text.push_str(&mark(place));
            }
            text.push_str(piece);
        }
        text
    }
}

/// Vouches for a text made of a [`Statement`], of literals in this source and of numbers: the only place that does.
pub(super) fn trusted(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

fn reads(first: &str) -> bool {
    ["select", "with", "values", "table"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

struct Reader {
    pieces: Vec<String>,
    places: Vec<Place>,
    errors: Vec<SettingError>,
}

impl Reader {
    fn push(&mut self, text: &str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.push_str(text);
        }
    }

    fn place(&mut self, span: Range<usize>, name: &str, kind: Option<&str>, dialect: Dialect, params: &[String]) {
        if !params.iter().any(|known| known == name) {
            return self.wrong(span, format!("no parameter is called `{name}`"), Some(known(name, params)));
        }
        if dialect == Dialect::MySql && kind.is_none() {
            let help =
                format!("write `:{name}::text` or `:{name}::int`: compared with a number, the text `5abc` would be 5");
            self.wrong(span, format!("MySQL and MariaDB must be told what `:{name}` is"), Some(help));
            return;
        }
        self.places.push(Place { name: name.to_owned(), whole: kind == Some("int") });
        self.pieces.push(String::new());
    }

    fn wrong(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        self.errors.push(SettingError { key: "query".into(), span: Some(span), message, help });
    }

    fn finish(mut self, begun: bool) -> Result<Statement, Vec<SettingError>> {
        if !begun {
            self.wrong(0..0, "the query is empty".into(), None);
        }
        if self.errors.is_empty() {
            Ok(Statement { pieces: self.pieces, places: self.places })
        } else {
            Err(self.errors)
        }
    }
}

fn known(name: &str, params: &[String]) -> String {
    match jq::did_you_mean(name, params.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `:{near}`?"),
        None if params.is_empty() => "declare it in the data set's `params`".to_owned(),
        None => format!("the data set knows `:{}`", params.join("`, `:")),
    }
}

#[cfg(test)]
mod tests;
