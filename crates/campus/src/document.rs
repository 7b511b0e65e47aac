//! campus.toml as a tree that knows where everything stands.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Problem, Severity};

/// A parsed file and the problems found in it so far.
pub(crate) struct Document {
    pub file: String,
    pub text: Arc<str>,
    pub problems: Vec<Problem>,
    /// Required references that lead nowhere: the declaration is in order, and cannot be served here.
    pub lacking: Vec<Problem>,
    /// References to files that are published with the campus, and texts that would be.
    pub published: Vec<Range<usize>>,
    /// What references led to: no message repeats it.
    hidden: Vec<String>,
    /// References that lead nowhere: what stands in for them is not to blame for anything.
    missing: Vec<Range<usize>>,
}

/// A key path and, below it, a place.
pub(crate) type Path<'p> = &'p [&'p str];

impl Document {
    pub(crate) fn new(file: String, text: Arc<str>) -> Self {
        let (problems, lacking, published) = (Vec::new(), Vec::new(), Vec::new());
        Self { file, text, problems, lacking, published, hidden: Vec::new(), missing: Vec::new() }
    }

    /// Parses the text, noting every syntax error.
    pub(crate) fn parse<'t>(&mut self, text: &'t str) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().trim_end();
            self.error(span, format!("not TOML: {message}"), remedy(message));
        }
        table
    }

    pub(crate) fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.note(Severity::Error, Some(span), message.into(), help);
    }

    pub(crate) fn warning(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.note(Severity::Warning, Some(span), message.into(), help);
    }

    /// An error of the declaration as a whole, which has no place in it.
    pub(crate) fn whole(&mut self, message: impl Into<String>, help: Option<String>) {
        self.note(Severity::Error, None, message.into(), help);
    }

    /// Whether errors were noted since there were `before` problems.
    pub(crate) fn failed_since(&self, before: usize) -> bool {
        self.problems.iter().skip(before).any(|problem| problem.severity == Severity::Error)
    }

    /// A reference that leads nowhere.
    pub(crate) fn missing(&mut self, span: Range<usize>, message: String, help: Option<String>, required: bool) {
        if required {
            self.lacking.extend(self.problem(Severity::Error, Some(span.clone()), message, help));
        } else {
            let help = help.unwrap_or_else(|| "it is needed where this campus is served".to_owned());
            self.note(Severity::Warning, Some(span.clone()), message, Some(help));
        }
        self.missing.push(span);
    }

    /// Notes that a secret stands in what is published with the campus, where it does.
    pub(crate) fn published_secret(&mut self, span: &Range<usize>) {
        if self.published.contains(span) {
            // Of what is not there, nothing else would be noted.
            let missing = std::mem::take(&mut self.missing);
            let help = "put the file into a directory that the operator opened, or write { env = \"NAME\" }".to_owned();
            self.error(span.clone(), "this secret would be published with the campus", Some(help));
            self.missing = missing;
        }
    }

    /// Whether a reference leads nowhere, so that a value may not be what the declaration means.
    pub(crate) fn lacks_references(&self) -> bool {
        !self.missing.is_empty()
    }

    /// Whether a reference within a value leads nowhere.
    pub(crate) fn lacks_within(&self, value: &Spanned<DeValue<'_>>) -> bool {
        match value.get_ref() {
            DeValue::Table(table) => table.values().any(|value| self.lacks_within(value)),
            DeValue::Array(values) => values.iter().any(|value| self.lacks_within(value)),
            _ => self.missing.contains(&value.span()),
        }
    }

    /// Keeps a text out of all messages.
    pub(crate) fn hide(&mut self, secret: &str) {
        // One or two characters are in every message; nobody learns them from it.
        if secret.chars().count() > 2 {
            let quoted = format!("{secret:?}");
            let escaped = quoted.trim_matches('"').to_owned();
            self.hidden.extend([secret.to_owned(), escaped]);
        }
    }

    fn note(&mut self, severity: Severity, span: Option<Range<usize>>, message: String, help: Option<String>) {
        let problem = self.problem(severity, span, message, help);
        self.problems.extend(problem);
    }

    /// A problem without secrets, unless something that is not there stands for what is wrong.
    fn problem(
        &self,
        severity: Severity,
        span: Option<Range<usize>>,
        message: String,
        help: Option<String>,
    ) -> Option<Problem> {
        let within = |outer: &Range<usize>, inner: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
        if span.as_ref().is_some_and(|span| self.missing.iter().any(|missing| within(missing, span))) {
            return None;
        }
        let hidden = |text: String| self.hidden.iter().fold(text, |text, secret| text.replace(secret, "(secret)"));
        let (message, help) = (hidden(message), help.map(hidden));
        let (file, text) = (self.file.clone(), Arc::clone(&self.text));
        Some(Problem { severity, file, text, span, message, help })
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
        // The text of a reference stands elsewhere.
        if !raw.starts_with(['"', '\'']) {
            return self.error(value, message, help);
        }
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

/// The JSON of a table without the keys that `skip` names.
pub(crate) fn json(table: &DeTable<'_>, skip: &[&str]) -> Value {
    let pairs = table.iter().filter(|(key, _)| !skip.contains(&key.get_ref().as_ref()));
    Value::Object(
        pairs.map(|(key, value)| (key.get_ref().to_string(), json_value(value.get_ref()))).collect::<Map<_, _>>(),
    )
}

fn json_value(value: &DeValue<'_>) -> Value {
    let float = |digits: &str| digits.replace('_', "").parse::<f64>().map_or(Value::Null, Value::from);
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map_or_else(|_| float(number.as_str()), Value::from),
        DeValue::Float(number) => float(number.as_str()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(values) => Value::Array(values.iter().map(|value| json_value(value.get_ref())).collect()),
        DeValue::Table(table) => json(table, &[]),
    }
}

/// Where a key itself stands.
pub(crate) fn key_span(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    table.get_key_value(key).map(|(key, _)| key.span())
}

/// What to write instead of what is no TOML, where the parser's own words do not say it.
fn remedy(message: &str) -> Option<String> {
    let remedies = [
        ("duplicate key", "keep one of the two"),
        ("unquoted key", "write a name with other letters between quotes"),
        ("string values must be quoted", "write it between quotes: \"…\""),
        ("invalid basic string", "close the text with \" on its line, or write \"\"\" around a text of several lines"),
        ("invalid literal string", "close the text with ' on its line, or write ''' around a text of several lines"),
    ];
    remedies.iter().find(|(known, _)| message.contains(known)).map(|(_, help)| (*help).to_owned())
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
