//! A mapping's value into a field's type: written as JSON, or refused with a reason.

mod instant;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kinds::{Field, Type};
use records::Value;

use instant::Instant;
pub(crate) use instant::Zone;

/// Why a value does not convert.
#[derive(Debug)]
pub(crate) struct Reason {
    pub reason: String,
    pub value: Option<String>,
}

impl Reason {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), value: None }
    }

    fn of(value: &Value<'_>, expected: &str) -> Self {
        let reason = format!("{} where {expected} is expected", value.type_name());
        Self { reason, value: Some(excerpt(value)) }
    }
}

/// A field's name as JSON, and the colon.
pub(crate) fn name(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    json(&mut out, name);
    out.push(b':');
    out
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// There was nothing to write: `null`, an empty text or list.
    Nothing,
    Something,
    /// An instant, so many seconds since the epoch.
    Instant(i64),
}

impl From<bool> for Written {
    fn from(something: bool) -> Self {
        if something { Self::Something } else { Self::Nothing }
    }
}

/// Writes a value as its type.
pub(crate) fn write(out: &mut Vec<u8>, value: &Value<'_>, ty: &Type, zone: &Zone) -> Result<Written, Reason> {
    if matches!(value, Value::Null) || value.as_str().is_some_and(|text| text.chars().all(char::is_whitespace)) {
        return Ok(Written::Nothing);
    }
    match ty {
        Type::Text => return text(out, value).map(Written::from),
        Type::Html => return html(out, value).map(Written::from),
        Type::Number => number(value).map(|number| write_number(out, number)),
        Type::Integer => integer(value).map(|number| json(out, &number)),
        Type::Boolean => boolean(value).map(|truth| json(out, &truth)),
        Type::Instant => {
            let instant = instant(value, zone)?;
            quoted(out, |out| instant.write(out));
            return Ok(Written::Instant(instant.timestamp.as_second()));
        }
        Type::Date => date(value, zone).map(|date| quoted(out, |out| instant::date(out, date))),
        Type::TimeOfDay => {
            time_of_day(value).map(|time| quoted(out, |out| instant::time_of_day(out, time.hour(), time.minute())))
        }
        Type::Url => address(value).map(|address| json(out, &address)),
        Type::Choice(words) => choice(value, words).map(|word| json(out, word)),
        Type::List(of) => return list(out, value, of, zone).map(Written::from),
        Type::Object(fields) => return object(out, value, fields, zone).map(Written::from),
    }
    .map(|()| Written::Something)
}

/// When a date that was just written starts and ends, in seconds since the epoch.
pub(crate) fn day(written: &[u8], zone: &Zone) -> (Option<i64>, Option<i64>) {
    let text = written.strip_prefix(b"\"").and_then(|text| str::from_utf8(text.strip_suffix(b"\"")?).ok());
    let Some(day) = text.and_then(|text| text.parse::<Date>().ok()) else { return (None, None) };
    let midnight = |day: Date| zone.midnight(day).map(Timestamp::as_second);
    (midnight(day), day.tomorrow().ok().and_then(midnight))
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn json<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Writing text, numbers and booleans to memory has no way to fail.
    let _ = serde_json::to_writer(out, value);
}

fn excerpt(value: &Value<'_>) -> String {
    cut(jq::to_json(value))
}

fn cut(mut shown: String) -> String {
    if let Some((end, _)) = shown.char_indices().nth(80) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

fn scalar<'v>(value: &'v Value<'_>, expected: &str) -> Result<Cow<'v, str>, Reason> {
    match value {
        Value::Text(text) => Ok(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => Ok(Cow::Owned(jq::to_json(value))),
        _ => Err(Reason::of(value, expected)),
    }
}

fn text(out: &mut Vec<u8>, value: &Value<'_>) -> Result<bool, Reason> {
    let text = scalar(value, "text")?;
    if is_plain(&text) {
        quoted(out, |out| out.extend_from_slice(text.as_bytes()));
        return Ok(true);
    }
    let text = if markup(&text) { Cow::Owned(jq::html_text(&text)) } else { text };
    let text = if text.contains(unprintable) { Cow::Owned(text.replace(unprintable, "")) } else { text };
    json(out, text.trim());
    Ok(!text.trim().is_empty())
}

/// Whether a text can be written as it is, as most can: nothing to trim, escape, decode or drop.
fn is_plain(text: &str) -> bool {
    // C2 and E2 begin the characters that would have to go, and others.
    let kept = |byte: u8| !matches!(byte, ..b' ' | b'"' | b'\\' | b'<' | b'&' | 0x7F | 0xC2 | 0xE2);
    let (first, last) = (text.bytes().next(), text.bytes().next_back());
    // The other blanks are E1 9A 80 and E3 80 80.
    let trimmed = !matches!(first, None | Some(b' ' | 0xE1 | 0xE3)) && !matches!(last, None | Some(b' ' | 0x80));
    trimmed && text.bytes().fold(true, |all, byte| all & kept(byte))
}

/// Control characters, and those that reverse the direction of what follows.
fn unprintable(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text is really HTML: a tag or an entity of HTML, not just `a < b` or `R&D`.
fn markup(text: &str) -> bool {
    const TAGS: &str = "a article b blockquote br center code div em font h1 h2 h3 h4 h5 h6 hr i iframe img li ol p pre \
                        script section small span strong style table td th tr u ul";
    let tag = text.split('<').skip(1).any(|rest| {
        let inner = rest.split_once('>').map(|(inner, _)| inner.strip_prefix('/').unwrap_or(inner));
        let name = inner.and_then(|inner| inner.split([' ', '\n', '/']).next());
        name.is_some_and(|name| TAGS.split(' ').any(|tag| tag.eq_ignore_ascii_case(name)))
    });
    let entity = || {
        text.split('&').skip(1).any(|rest| {
            let name = rest.find(';').and_then(|end| rest.get(..end)).unwrap_or_default();
            (2..=8).contains(&name.len()) && name.trim_start_matches('#').bytes().all(|b| b.is_ascii_alphanumeric())
        })
    };
    tag || entity()
}

fn html(out: &mut Vec<u8>, value: &Value<'_>) -> Result<bool, Reason> {
    let clean = ammonia::clean(&scalar(value, "HTML")?);
    json(out, clean.trim());
    Ok(!clean.trim().is_empty())
}

fn number(value: &Value<'_>) -> Result<f64, Reason> {
    let number = match value {
        #[expect(clippy::cast_precision_loss, reason = "a JSON number is a double to its readers")]
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Text(text) => {
            let digits: String =
                text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
            digits.parse().unwrap_or(f64::NAN)
        }
        _ => return Err(Reason::of(value, "a number")),
    };
    if number.is_finite() { Ok(number) } else { Err(refusal(value, "not a number")) }
}

/// `20`, not `20.0`, whatever the source wrote.
#[expect(clippy::cast_possible_truncation, reason = "whole and within the range that a double holds exactly")]
fn write_number(out: &mut Vec<u8>, number: f64) {
    if number.fract() == 0.0 && number.abs() < 9e15 { json(out, &(number as i64)) } else { json(out, &number) }
}

fn integer(value: &Value<'_>) -> Result<i64, Reason> {
    let whole = match value {
        Value::Int(number) => Some(*number),
        Value::Text(digits) => digits.trim().parse().ok(),
        _ => None,
    };
    if let Some(whole) = whole {
        return Ok(whole);
    }
    let number = number(value)?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the range that a double holds exactly")]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Ok(number as i64)
    } else {
        Err(refusal(value, "not a whole number"))
    }
}

fn boolean(value: &Value<'_>) -> Result<bool, Reason> {
    match value {
        Value::Bool(truth) => return Ok(*truth),
        Value::Int(1) => return Ok(true),
        Value::Int(0) => return Ok(false),
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "oui" | "o" | "vrai" | "t" => return Ok(true),
            "false" | "0" | "no" | "n" | "non" | "faux" | "f" => return Ok(false),
            _ => {}
        },
        _ => {}
    }
    Err(refusal(value, "neither true nor false"))
}

fn refusal(value: &Value<'_>, what: &str) -> Reason {
    Reason { reason: what.to_owned(), value: Some(excerpt(value)) }
}

fn instant(value: &Value<'_>, zone: &Zone) -> Result<Instant, Reason> {
    const REFUSED: &str =
        "not an instant: give RFC 3339 or ISO 8601, or convert with datetime(\"%d/%m/%Y %H:%M\") or epoch";
    let instant = value.as_str().and_then(|text| Instant::read(text.trim(), zone));
    instant.ok_or_else(|| refusal(value, REFUSED))
}

fn date(value: &Value<'_>, zone: &Zone) -> Result<Date, Reason> {
    instant(value, zone)
        .map(|instant| instant.local.date())
        .map_err(|_| refusal(value, "not a date: give YYYY-MM-DD, or convert with date(\"%d/%m/%Y\")"))
}

/// `08:30`, `8:30:00`, and French `8h30`, `8 h`; `24:00` is the midnight that ends a day.
fn time_of_day(value: &Value<'_>) -> Result<Time, Reason> {
    let refused = || refusal(value, "not a time of day: give HH:MM");
    let text = value.as_str().ok_or_else(refused)?.trim().to_lowercase();
    let (hour, rest) = text.split_once([':', 'h']).ok_or_else(refused)?;
    let minute = rest.split(':').next().filter(|minute| !minute.is_empty()).unwrap_or("0");
    let parse = |digits: &str| digits.trim().parse::<i8>().map_err(|_| refused());
    match (parse(hour)?, parse(minute)?) {
        (24, 0) => Ok(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).map_err(|_| refused()),
    }
}

fn address(value: &Value<'_>) -> Result<String, Reason> {
    let refused = || refusal(value, "not an absolute address (https:, http:, mailto:, tel: or geo:)");
    let address = url::Url::parse(value.as_str().ok_or_else(refused)?.trim()).map_err(|_| refused())?;
    if matches!(address.scheme(), "https" | "http" | "mailto" | "tel" | "geo") {
        // People write `tel:+33 3 00 00 00 00`; wherever blanks could matter, parsing has encoded them.
        Ok(address.as_str().replace(' ', ""))
    } else {
        Err(refused())
    }
}

fn choice<'w>(value: &Value<'_>, words: &'w [String]) -> Result<&'w str, Reason> {
    let text = scalar(value, "a word")?;
    words
        .iter()
        .find(|word| word.eq_ignore_ascii_case(text.trim()))
        .map(String::as_str)
        .ok_or_else(|| refusal(value, &format!("not one of {}", words.join(", "))))
}

fn list(out: &mut Vec<u8>, value: &Value<'_>, of: &Type, zone: &Zone) -> Result<bool, Reason> {
    let Value::List(values) = value else {
        return Err(Reason {
            reason: format!("{} where a list is expected: wrap it in [ ]", value.type_name()),
            value: Some(excerpt(value)),
        });
    };
    out.push(b'[');
    let start = out.len();
    for value in values {
        let before = out.len();
        if before > start {
            out.push(b',');
        }
        if write(out, value, of, zone)? == Written::Nothing {
            out.truncate(before);
        }
    }
    out.push(b']');
    Ok(out.len() > start + 1)
}

fn object(out: &mut Vec<u8>, value: &Value<'_>, fields: &[Field], zone: &Zone) -> Result<bool, Reason> {
    let Value::Object(given) = value else { return Err(Reason::of(value, "an object")) };
    if let Some((unknown, _)) = given.iter().find(|(name, _)| !fields.iter().any(|field| field.name == *name)) {
        let known = fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Reason::new(format!("no part \"{}\" here: its parts are {known}", cut(unknown.to_string()))));
    }
    out.push(b'{');
    let start = out.len();
    for field in fields {
        let before = out.len();
        if before > start {
            out.push(b',');
        }
        out.extend_from_slice(&name(&field.name));
        let within = |mut reason: Reason| {
            reason.reason = format!("{}: {}", field.name, reason.reason);
            reason
        };
        let written = match given.get(&field.name) {
            Some(value) => write(out, value, &field.ty, zone).map_err(within)?,
            None => Written::Nothing,
        };
        if written == Written::Nothing {
            out.truncate(before);
            if field.required {
                return Err(within(Reason::new("no value, and this part is required")));
            }
        }
    }
    out.push(b'}');
    Ok(out.len() > start + 1)
}

#[cfg(test)]
mod tests;
