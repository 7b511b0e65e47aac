//! Values as text: JSON without spaces, as jq's `tojson` writes it.

use std::borrow::Cow;
use std::fmt::Write;

use records::Value;

/// jq's `tostring`: a text as it is, anything else as JSON.
pub(crate) fn shown<'s>(value: &'s Value<'_>) -> Cow<'s, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(to_json(other)),
    }
}

/// A value as JSON text, as jq prints it.
#[must_use]
pub fn to_json(value: &Value<'_>) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a String cannot fail.
        Value::Int(value) => _ = write!(out, "{value}"),
        Value::Float(value) => out.push_str(&float(*value)),
        Value::Text(text) => quoted(text, out),
        Value::List(values) => {
            out.push('[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (place, (name, value)) in object.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                quoted(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

/// As jq after arithmetic: `2.0` is written `2`; beyond 17 digits, with an exponent.
fn float(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e17 {
        return format!("{value:.0}");
    }
    if (1e-5..1e17).contains(&value.abs()) {
        return value.to_string();
    }
    let text = format!("{value:e}");
    if value.abs() >= 1.0 { text.replacen('e', "e+", 1) } else { text }
}

pub(crate) fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' || control == '\u{7f}' => _ = write!(out, "\\u{:04x}", u32::from(control)),
            other => out.push(other),
        }
    }
    out.push('"');
}
