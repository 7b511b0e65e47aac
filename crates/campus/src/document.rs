//! campus.toml as a tree that knows where everything stands.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Problem, Severity};

/// A parsed file and the problems found in it so far.
pub(crate) struct Document {
    pub file: String,
    pub text: Arc<str>,
    pub problems: Vec<Problem>,
}

/// A key path and, below it, a place.
pub(crate) type Path<'p> = &'p [&'p str];

impl Document {
    pub(crate) fn new(file: String, text: &str) -> Self {
        Self { file, text: text.into(), problems: Vec::new() }
    }

    /// Parses the text, noting every syntax error.
    pub(crate) fn parse<'t>(&mut self, text: &'t str) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            self.error(span, format!("not TOML: {}", error.message().trim_end()), None);
        }
        table
    }

    pub(crate) fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.note(Severity::Error, span, message.into(), help);
    }

    pub(crate) fn warning(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.note(Severity::Warning, span, message.into(), help);
    }

    fn note(&mut self, severity: Severity, span: Range<usize>, message: String, help: Option<String>) {
        let (file, text) = (self.file.clone(), Arc::clone(&self.text));
        self.problems.push(Problem { severity, file, text, span: Some(span), message, help });
    }

    /// An error within a text value: `inner` is a byte range of the decoded text, which escapes may have shortened.
    pub(crate) fn error_within(
        &mut self,
        value: Range<usize>,
        inner: &Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        let raw = self.text.get(value.clone()).unwrap_or_default();
        let at = |decoded: usize| value.start + raw_offset(raw, decoded).min(raw.len());
        let span = at(inner.start)..at(inner.end).max(at(inner.start) + 1).min(value.end.max(value.start + 1));
        self.error(span, message, help);
    }
}

/// The value at a path below a table, as far as the path leads; the last value reached otherwise.
pub(crate) fn nearest<'a, 't>(table: &'a DeTable<'t>, path: Path<'_>) -> Option<&'a Spanned<DeValue<'t>>> {
    let (first, rest) = path.split_first()?;
    let value = table.get(*first)?;
    match value.get_ref().as_table().filter(|_| !rest.is_empty()) {
        Some(inner) => Some(nearest(inner, rest).unwrap_or(value)),
        None => Some(value),
    }
}

/// Where a key itself stands.
pub(crate) fn key_span(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    table.get_key_value(key).map(|(key, _)| key.span())
}

/// The offset in a TOML string's source of an offset in its value (TOML 1.1, String).
fn raw_offset(raw: &str, decoded: usize) -> usize {
    let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| raw.starts_with(quote)).unwrap_or_default();
    let mut place = quote.len();
    if quote.len() == 3 {
        let rest = raw.get(place..).unwrap_or_default();
        place += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    if quote.starts_with('\'') {
        return place + decoded;
    }
    let mut value = 0;
    while value < decoded {
        let rest = raw.get(place..).unwrap_or_default();
        let Some(c) = rest.chars().next() else { break };
        let (source, decoded_len) = if c == '\\' { escape(rest) } else { (c.len_utf8(), c.len_utf8()) };
        place += source;
        value += decoded_len;
    }
    place
}

/// Length of an escape in the source and in the value.
fn escape(rest: &str) -> (usize, usize) {
    let code = |digits: usize| {
        let value = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        (2 + digits, value.map_or(1, char::len_utf8))
    };
    match rest.chars().nth(1) {
        Some('x') => code(2),
        Some('u') => code(4),
        Some('U') => code(8),
        Some(c) if c.is_whitespace() => {
            let line = rest.get(1..).unwrap_or_default();
            (1 + line.len() - line.trim_start().len(), 0)
        }
        _ => (2, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::raw_offset;

    #[test]
    fn finds_a_place_in_a_string_however_it_is_quoted() {
        assert_eq!(raw_offset("'.a | b'", 5), 6);
        assert_eq!(raw_offset("\"\\\"x\\\" | b\"", 6), 9);
        assert_eq!(raw_offset("'''\n.a'''", 1), 5);
        assert_eq!(raw_offset("\"\"\"a\\\n   b\"\"\"", 1), 4);
        assert_eq!(raw_offset("\"\\u00e9b\"", 2), 7);
    }
}
