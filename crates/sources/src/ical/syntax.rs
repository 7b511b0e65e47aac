//! Content lines (RFC 5545, 3.1): bytes unfolded, decoded and nested into components.

use std::borrow::Cow;

/// Lines, unfolded, that one body may have: 50,000 events of twenty lines.
const LINES: usize = 1_000_000;

/// How deep components may nest; an alarm in an event in a calendar is 3.
const DEPTH: usize = 8;

/// A part between `BEGIN` and `END`.
#[derive(Debug)]
pub(super) struct Component<'a> {
    pub name: &'a str,
    pub properties: Vec<Property<'a>>,
    pub children: Vec<Component<'a>>,
}

/// One content line. Parameters stay as written until one is asked for.
#[derive(Debug)]
pub(super) struct Property<'a> {
    name: &'a str,
    params: &'a str,
    pub value: &'a str,
}

/// The body as text, one content line per line.
///
/// Lines are unfolded before the charset is looked at, since some products fold in the middle of a character.
pub(super) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    records::text(&mend(&unfold(bytes)), charset)
}

/// Joins folded lines, whatever ends them, and drops blank ones.
fn unfold(bytes: &[u8]) -> Vec<u8> {
    let mut unfolded = Vec::with_capacity(bytes.len());
    for line in bytes.split(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r").unwrap_or(line) {
            [b' ' | b'\t', rest @ ..] => unfolded.extend_from_slice(rest),
            [] => {}
            line => {
                unfolded.push(b'\n');
                unfolded.extend_from_slice(line);
            }
        }
    }
    unfolded
}

/// Some products write the lines of a description without escaping their ends: a line that cannot be a content line
/// continues a text before it. Elsewhere it is dropped.
fn mend(unfolded: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(unfolded.len());
    let mut in_text = false;
    for line in unfolded.split(|byte| *byte == b'\n') {
        match name(line) {
            Some(name) => {
                in_text = TEXTS.iter().any(|text| text.eq_ignore_ascii_case(name));
                mended.push(b'\n');
                mended.extend_from_slice(line);
            }
            None if in_text => {
                mended.extend_from_slice(b"\\n");
                mended.extend_from_slice(line);
            }
            // What is no calendar at all is kept for the message that says so.
            None if mended.is_empty() => mended.extend_from_slice(line),
            None => {}
        }
    }
    mended
}

const TEXTS: [&[u8]; 5] = [b"DESCRIPTION", b"SUMMARY", b"LOCATION", b"COMMENT", b"X-ALT-DESC"];

/// The name with which a content line begins.
fn name(line: &[u8]) -> Option<&[u8]> {
    let end = line.iter().position(|byte| matches!(byte, b':' | b';'))?;
    let name = line.get(..end)?.trim_ascii();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (!name.is_empty() && name.iter().all(is_name)).then_some(name)
}

/// The calendars of a text. Anything may be missing or out of place within them, but they must be there, and whole: half
/// a calendar would read as many cancelled courses.
pub(super) fn calendars(text: &str) -> Result<Vec<Component<'_>>, String> {
    let text = text.trim_start_matches(['\u{feff}', '\n', ' ']);
    let mut open: Vec<Component> = Vec::new();
    let mut calendars = Vec::new();
    for (count, line) in text.split('\n').enumerate() {
        let Some(property) = Property::parse(line) else { continue };
        if count >= LINES {
            return Err(format!("a calendar of more than {LINES} lines"));
        }
        if property.is("BEGIN") {
            let name = property.value.trim();
            close(&mut open, &mut calendars, parents(name));
            if open.len() >= DEPTH {
                return Err(format!("a calendar whose parts are nested deeper than {DEPTH}"));
            }
            open.push(Component { name, properties: Vec::new(), children: Vec::new() });
        } else if property.is("END") {
            let name = property.value.trim();
            if let Some(depth) = open.iter().rposition(|component| component.is(name)) {
                close(&mut open, &mut calendars, depth);
            }
        } else if let Some(component) = open.last_mut() {
            component.properties.push(property);
        }
    }
    if calendars.is_empty() && open.is_empty() {
        return Err(guess(text).to_owned());
    }
    if !open.is_empty() {
        return Err("a calendar that is cut off: it ends before END:VCALENDAR".to_owned());
    }
    Ok(calendars)
}

/// How many components may stay open where this one begins: an unclosed event does not swallow the next.
fn parents(name: &str) -> usize {
    match name.to_ascii_uppercase().as_str() {
        "VCALENDAR" => 0,
        "VEVENT" | "VTODO" | "VJOURNAL" | "VFREEBUSY" | "VTIMEZONE" => 1,
        _ => DEPTH,
    }
}

/// Closes components until `depth` are open.
fn close<'a>(open: &mut Vec<Component<'a>>, calendars: &mut Vec<Component<'a>>, depth: usize) {
    while open.len() > depth {
        let Some(component) = open.pop() else { return };
        match open.last_mut() {
            Some(parent) => parent.children.push(component),
            None if component.is("VCALENDAR") => calendars.push(component),
            None => {}
        }
    }
}

/// What a body is that is no calendar.
fn guess(text: &str) -> &'static str {
    match text.as_bytes() {
        [] => "nothing, not even an empty calendar",
        [b'<', b'?', ..] => "XML, not a calendar",
        [b'<', ..] => "an HTML page, not a calendar: the address is wrong or asks for a login",
        [b'{' | b'[', ..] => "JSON, not a calendar",
        [b'B' | b'b', ..] if text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:")) => {
            "parts of a calendar without the calendar: BEGIN:VCALENDAR is missing"
        }
        _ => "something else than a calendar",
    }
}

impl<'a> Component<'a> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The first property of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Property<'a>> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &Property<'a>> {
        self.properties.iter().filter(move |property| property.is(name))
    }

    /// The text of a name's first property, unless it is blank.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(Property::text).filter(|text| !text.trim().is_empty())
    }

    /// Bytes as written, without the children.
    pub(super) fn bytes(&self) -> usize {
        self.properties.iter().map(|property| property.name.len() + property.params.len() + property.value.len()).sum()
    }
}

impl<'a> Property<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (head, value) = split_unquoted(line, b':').or_else(|| line.split_once(':'))?;
        let (name, params) = head.split_once(';').unwrap_or((head, ""));
        Some(Self { name: name.trim(), params, value })
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// A parameter's value, without quotes.
    pub(super) fn param(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.params;
        while !rest.is_empty() {
            let (param, after) = split_unquoted(rest, b';').unwrap_or((rest, ""));
            if let Some((known, value)) = param.split_once('=')
                && known.trim().eq_ignore_ascii_case(name)
            {
                return Some(value.trim().trim_matches('"'));
            }
            rest = after;
        }
        None
    }

    /// The value with its escapes resolved and real line ends. Some products re-export calendars with every escape
    /// doubled; a backslash followed by n that is left after the first pass betrays them.
    pub(super) fn text(&self) -> Cow<'a, str> {
        match unescape(self.value) {
            Cow::Owned(text) if text.contains("\\n") || text.contains("\\N") => unescape(&text).into_owned().into(),
            text => text,
        }
    }

    /// The texts of a value separated by commas.
    pub(super) fn texts(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let mut escaped = false;
        let is_separator = move |c: char| {
            let separates = c == ',' && !escaped;
            escaped = c == '\\' && !escaped;
            separates
        };
        self.value.split(is_separator).map(|text| trimmed(unescape(text))).filter(|text| !text.is_empty())
    }
}

/// Splits at the first `stop` that does not stand between double quotes.
fn split_unquoted(text: &str, stop: u8) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == stop && !quoted
    })?;
    text.split_at_checked(at).and_then(|(before, rest)| Some((before, rest.get(1..)?)))
}

/// Without white space around it.
pub(super) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') && !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut unescaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\r']) {
        let (before, special) = rest.split_at(at);
        unescaped.push_str(before);
        let mut chars = special.chars();
        if chars.next() == Some('\\') {
            match chars.next() {
                Some('n' | 'N') => unescaped.push('\n'),
                Some(c @ ('\\' | ',' | ';' | ':' | '"')) => unescaped.push(c),
                Some(c) => unescaped.extend(['\\', c]),
                None => unescaped.push('\\'),
            }
        }
        rest = chars.as_str();
    }
    unescaped.push_str(rest);
    Cow::Owned(unescaped)
}
