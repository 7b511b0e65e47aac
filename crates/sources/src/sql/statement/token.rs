//! Where texts, quoted names and comments of a statement end: what stands in them is no parameter and no statement.

use super::Dialect::{self, MySql, Postgres, Sqlite};

pub(super) enum Token<'q> {
    /// White space or a comment.
    Blank,
    /// A word without quotes.
    Word,
    Semicolon,
    /// `:name`, and what it is said to be where the product itself has no such words: `:name::int`, `:name::text`.
    Parameter {
        name: &'q str,
        kind: Option<&'q str>,
    },
    /// A mark of the product's own for parameters, which would shift ours.
    Foreign,
    /// A text, quoted name or comment without its end.
    Unclosed,
    /// `/*! … */`, which MySQL and MariaDB execute.
    Hidden,
    Other,
}

/// The first token and its text. `rest` is not empty.
pub(super) fn next(rest: &str, dialect: Dialect) -> (Token<'_>, &str) {
    let first = rest.chars().next().unwrap_or_default();
    let (token, length) = match first {
        _ if first.is_whitespace() => (Token::Blank, first.len_utf8()),
        '-' if rest.starts_with("--") && (dialect != MySql || dashes_begin_a_comment(rest)) => {
            (Token::Blank, line(rest))
        }
        '#' if dialect == MySql => (Token::Blank, line(rest)),
        '/' if rest.starts_with("/*") => comment(rest, dialect),
        '\'' => closed(quoted(rest, '\'', dialect == MySql)),
        '"' => closed(quoted(rest, '"', dialect == MySql)),
        '`' if dialect != Postgres => closed(quoted(rest, '`', false)),
        '[' if dialect == Sqlite => closed(rest.find(']').map(|end| end + 1)),
        '$' if dialect == Postgres => dollar(rest),
        '?' if dialect != Postgres => (Token::Foreign, 1),
        ';' => (Token::Semicolon, 1),
        ':' if rest.starts_with("::") => (Token::Other, 2),
        ':' => parameter(rest, dialect),
        // E'…': the one kind of text in which PostgreSQL takes a backslash for an escape.
        'e' | 'E' if dialect == Postgres && rest.get(1..2) == Some("'") => {
            closed(rest.get(1..).and_then(|text| quoted(text, '\'', true)).map(|end| end + 1))
        }
        _ if in_word(first) => (Token::Word, word(rest)),
        _ => (Token::Other, first.len_utf8()),
    };
    let length = if matches!(token, Token::Unclosed) { rest.len() } else { length };
    (token, rest.get(..length).unwrap_or(rest))
}

/// MySQL reads `5--1` as 5 - (-1).
fn dashes_begin_a_comment(rest: &str) -> bool {
    rest.chars().nth(2).is_none_or(|next| next.is_whitespace() || next.is_control())
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// PostgreSQL's comments nest, the others' do not.
fn comment(rest: &str, dialect: Dialect) -> (Token<'_>, usize) {
    if dialect == MySql && (rest.starts_with("/*!") || rest.starts_with("/*M!")) {
        return (Token::Hidden, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    let (mut depth, mut place) = (1, 2);
    while depth > 0 {
        let inside = rest.get(place..).unwrap_or_default();
        let Some(end) = inside.find("*/") else { return (Token::Unclosed, 0) };
        match inside.find("/*").filter(|open| dialect == Postgres && *open < end) {
            Some(open) => (depth, place) = (depth + 1, place + open + 2),
            None => (depth, place) = (depth - 1, place + end + 2),
        }
    }
    (Token::Blank, place)
}

/// The end of what begins with a quote; a doubled quote stays inside, as two tokens side by side.
fn quoted(rest: &str, quote: char, backslash: bool) -> Option<usize> {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = backslash && *c == '\\' && !escaped;
        ends
    });
    end.map(|(end, _)| end + 1)
}

/// `$$ … $$`, `$tag$ … $tag$`, or `$1`.
fn dollar(rest: &str) -> (Token<'_>, usize) {
    let inside = rest.get(1..).unwrap_or_default();
    if inside.starts_with(|c: char| c.is_ascii_digit()) {
        return (Token::Foreign, 1 + word(inside));
    }
    let tag = 1 + word(inside);
    if !rest.get(tag..).is_some_and(|after| after.starts_with('$')) {
        return (Token::Other, 1);
    }
    let (fence, body) = rest.split_at(tag + 1);
    closed(body.find(fence).map(|end| 2 * fence.len() + end))
}

fn parameter(rest: &str, dialect: Dialect) -> (Token<'_>, usize) {
    let after = rest.get(1..).unwrap_or_default();
    let (name, after) = after.split_at(word(after));
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return (Token::Other, 1);
    }
    let said = after.strip_prefix("::").filter(|_| dialect != Postgres);
    let kind =
        said.map(|said| said.get(..word(said)).unwrap_or_default()).filter(|kind| ["int", "text"].contains(kind));
    (Token::Parameter { name, kind }, 1 + name.len() + kind.map_or(0, |kind| 2 + kind.len()))
}

fn closed<'q>(end: Option<usize>) -> (Token<'q>, usize) {
    end.map_or((Token::Unclosed, 0), |end| (Token::Other, end))
}

fn word(rest: &str) -> usize {
    rest.find(|c| !in_word(c)).unwrap_or(rest.len())
}

fn in_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
