//! What products write into one text: lines, labels, composites, codes.

use std::borrow::Cow;

use records::{Object, Value};

use super::{Function, Make, text_of};
use crate::Fuel;
use crate::flow::{Flow, Output, Text, fail};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "lines",
        doc: "The lines of a text that are not blank, without blanks at their ends; of null none. Not in jq.",
        example: ["lines", r#""\nL3 INFO\r\n MARTIN Jean \n""#, r#"["L3 INFO","MARTIN Jean"]"#],
        make: Make::Plain(lines),
    },
    Function {
        usage: "labels",
        doc: "The values of lines such as `Salle : B12`, by their labels; of one that stands twice, both with a comma. Not in jq.",
        example: [
            r#"labels | .["Matière"], .Salle"#,
            r#""Matière : Algèbre\nSalle : B12\nà 10:30\nSalle : B14""#,
            r#""Algèbre", "B12, B14""#,
        ],
        make: Make::Plain(labels),
    },
    Function {
        usage: "composite",
        doc: "The parts of a SupAnn composite, by name; one that stands twice is an array. Not in jq.",
        example: [
            r#"composite | .etab, .affil"#,
            r#""[etab={UAI}0753364Z][affil=student][anneeinsc=2026]""#,
            r#""{UAI}0753364Z", "student""#,
        ],
        make: Make::Plain(composite),
    },
    Function {
        usage: "unhex",
        doc: "The text whose bytes hexadecimal digits are. Not in jq.",
        example: [
            r#"ltrimstr("ADE60") | unhex"#,
            r#""ADE60554841323032352d323032362d393932""#,
            r#""UHA2025-2026-992""#,
        ],
        make: Make::Plain(unhex),
    },
];

/// Labels kept of one text, and parts of one composite.
const MOST: usize = 64;

/// The pieces of a text, as a list.
fn list<'v, 'p>(pieces: impl Iterator<Item = &'p str>, text: Text<'v, '_>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    let mut values = Vec::new();
    for piece in pieces {
        fuel.create(size_of::<Value<'_>>())?;
        values.push(Value::Text(text.piece(piece, fuel)?));
    }
    Ok(Value::List(values))
}

fn filled(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn lines<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null {
        return Ok(Some(Output::Made(Value::List(Vec::new()))));
    }
    let text = text_of(&value, "lines")?;
    fuel.scan(&text)?;
    list(filled(&text), text, fuel).map(|lines| Some(Output::Made(lines)))
}

fn labels<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null {
        return Ok(Some(value));
    }
    let text = text_of(&value, "labels")?;
    fuel.scan(&text)?;
    let mut labels = Object::new();
    for (label, value) in filled(&text).filter_map(|line| line.split_once(':')) {
        let (label, value) = (label.trim(), value.trim());
        // Neither a time of day nor an address.
        let is_label = label.starts_with(char::is_alphabetic) && label.chars().count() <= 40;
        if !is_label || value.is_empty() || value.starts_with("//") {
            continue;
        }
        fuel.create(label.len() + value.len())?;
        let full = labels.len() >= MOST;
        match labels.get_mut(label) {
            Some(Value::Text(known)) => known.to_mut().extend([", ", value]),
            _ if !full => labels.insert(label.to_owned(), Value::text(value.to_owned())),
            _ => {}
        }
    }
    Ok(Some(Output::Made(Value::Object(labels))))
}

/// SupAnn 2021: `[name=value]`, one after the other.
fn composite<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null {
        return Ok(Some(value));
    }
    let text = text_of(&value, "composite")?;
    fuel.scan(&text)?;
    let mut parts = Object::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let part = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some(((name, value), after)) = part.and_then(|(part, after)| Some((part.split_once('=')?, after))) else {
            return fail("this string is no composite such as [etab={UAI}0751717J][affil=student]");
        };
        rest = after.trim_start();
        fuel.create(name.len() + value.len() + size_of::<Value<'_>>())?;
        let (value, full) = (Value::text(value.to_owned()), parts.len() >= MOST);
        match parts.get_mut(name) {
            Some(Value::List(values)) => values.push(value),
            Some(known) => *known = Value::List(vec![std::mem::take(known), value]),
            None if !full => parts.insert(Cow::Owned(name.to_owned()), value),
            None => return fail(format!("a composite of more than {MOST} parts")),
        }
    }
    Ok(Some(Output::Made(Value::Object(parts))))
}

fn unhex<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if *value == Value::Null {
        return Ok(Some(value));
    }
    let text = text_of(&value, "unhex")?;
    fuel.create(text.len() / 2)?;
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    match pairs.iter().map(|pair| byte(*pair)).collect::<Option<Vec<u8>>>() {
        Some(bytes) if odd.is_empty() => Ok(Some(Output::text(String::from_utf8_lossy(&bytes).into_owned()))),
        _ => fail("this string is not hexadecimal"),
    }
}

/// The byte of two hexadecimal digits.
pub(super) fn byte(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    Some(high? * 16 + low?)
}
