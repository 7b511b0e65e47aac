//! Formats: `@html`, `@uri` … alone or before a text, whose spliced values they convert.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use records::Value;

use super::text_of;
use crate::Fuel;
use crate::flow::{Flow, Output, fail};
use crate::json;
use crate::plan::Plain;

/// Name without the `@`, one line, an example as for functions, and the function.
pub(crate) const FORMATS: [(&str, &str, [&str; 3], Plain); 7] = [
    ("text", "As tostring.", ["@text", "[1]", r#""[1]""#], text),
    ("json", "As tojson.", ["@json", r#""a""#, r#""\"a\"""#], json),
    (
        "html",
        "Escapes `<`, `>`, `&`, `'` and `\"`.",
        [r#"@html "<b>\(.)</b>""#, r#""R&D""#, r#""<b>R&amp;D</b>""#],
        html,
    ),
    (
        "uri",
        "Escapes all but letters, digits and `-_.~`.",
        [r#"@uri "https://x.example/?q=\(.)""#, r#""à b""#, r#""https://x.example/?q=%C3%A0%20b""#],
        uri,
    ),
    ("urid", "Decodes what @uri escapes.", ["@urid", r#""%C3%A0%20b""#, r#""à b""#], urid),
    ("base64", "Encodes a text's bytes in base64.", ["@base64", r#""abc""#, r#""YWJj""#], base64),
    ("base64d", "Decodes base64 to a text.", ["@base64d", r#""YWJj""#, r#""abc""#], base64d),
];

pub(super) fn text<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if value.as_str().is_some() { Ok(Some(value)) } else { json(value, fuel) }
}

pub(super) fn json<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    created(json::to_json(&value), fuel)
}

fn html<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let shown = json::shown(&value);
    let mut out = String::with_capacity(shown.len());
    for char in shown.chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    created(out, fuel)
}

fn uri<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let shown = json::shown(&value);
    let mut out = String::with_capacity(shown.len());
    for byte in shown.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    created(out, fuel)
}

/// What is no escape stays as it is; bytes that are no text become U+FFFD.
fn urid<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let shown = json::shown(&value);
    let mut out = Vec::with_capacity(shown.len());
    let mut rest = shown.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.split_first_chunk::<2>().filter(|_| *first == b'%');
        match escaped.and_then(|(digits, after)| Some((super::products::byte(*digits)?, after))) {
            Some((byte, after)) => {
                out.push(byte);
                rest = after;
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    created(String::from_utf8_lossy(&out).into_owned(), fuel)
}

fn base64<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    created(STANDARD.encode(json::shown(&value).as_bytes()), fuel)
}

fn base64d<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    match STANDARD.decode(text_of(&value, "@base64d")?.as_bytes()) {
        Ok(bytes) => created(String::from_utf8_lossy(&bytes).into_owned(), fuel),
        Err(_) => fail("this string is not base64"),
    }
}

fn created<'v, 's>(text: String, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    fuel.create(text.len())?;
    Ok(Some(Output::Made(Value::text(text))))
}
