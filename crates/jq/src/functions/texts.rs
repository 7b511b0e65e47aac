//! Functions of texts.

use std::borrow::Cow;

use records::Value;

use super::{Function, Make, some_bool, some_int, text_of};
use crate::Fuel;
use crate::arithmetic::split;
use crate::flow::{Flow, Output, fail};
use crate::json::shown;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "split(separator)",
        doc: "The pieces between separators; characters where the separator is empty.",
        example: [r#"split(", ")"#, r#""a, b, c""#, r#"["a","b","c"]"#],
        make: Make::With(|value, separator, fuel| {
            let separator = text_of(&separator, "split")?;
            split(text_of(&value, "split")?, &separator, fuel).map(|list| Some(Output::Made(list)))
        }),
    },
    Function {
        usage: "join(separator)",
        doc: "The elements as one text; null counts as empty.",
        example: [r#"join(", ")"#, r#"["a", 1, null]"#, r#""a, 1, ""#],
        make: Make::With(join),
    },
    Function {
        usage: "startswith(text)",
        doc: "Whether the text begins so.",
        example: [r#"startswith("Cours")"#, r#""Cours de droit""#, "true"],
        make: Make::With(|value, part, _| {
            some_bool(text_of(&value, "startswith")?.starts_with(&*text_of(&part, "startswith")?))
        }),
    },
    Function {
        usage: "endswith(text)",
        doc: "Whether the text ends so.",
        example: [r#"endswith(".pdf")"#, r#""plan.pdf""#, "true"],
        make: Make::With(|value, part, _| {
            some_bool(text_of(&value, "endswith")?.ends_with(&*text_of(&part, "endswith")?))
        }),
    },
    Function {
        usage: "ltrimstr(text)",
        doc: "Without that beginning, where it has it.",
        example: [r#"ltrimstr("Salle ")"#, r#""Salle B12""#, r#""B12""#],
        make: Make::With(|value, part, fuel| without(value, &part, |text, part| text.strip_prefix(part), fuel)),
    },
    Function {
        usage: "rtrimstr(text)",
        doc: "Without that end, where it has it.",
        example: [r#"rtrimstr(" (fin)")"#, r#""Cours (fin)""#, r#""Cours""#],
        make: Make::With(|value, part, fuel| without(value, &part, |text, part| text.strip_suffix(part), fuel)),
    },
    Function {
        usage: "trimstr(text)",
        doc: "Without that beginning and that end, where it has them.",
        example: [r#"trimstr("\"")"#, r#""\"Salle B12\"""#, r#""Salle B12""#],
        make: Make::With(|value, part, fuel| without(value, &part, trimmed, fuel)),
    },
    Function {
        usage: "trim",
        doc: "Without blanks at both ends.",
        example: ["trim", r#""  a b ""#, r#""a b""#],
        make: Make::Plain(|value, fuel| piece(&value, "trim", str::trim, fuel)),
    },
    Function {
        usage: "ltrim",
        doc: "Without blanks at the beginning.",
        example: ["ltrim", r#""  a ""#, r#""a ""#],
        make: Make::Plain(|value, fuel| piece(&value, "ltrim", str::trim_start, fuel)),
    },
    Function {
        usage: "rtrim",
        doc: "Without blanks at the end.",
        example: ["rtrim", r#""  a ""#, r#""  a""#],
        make: Make::Plain(|value, fuel| piece(&value, "rtrim", str::trim_end, fuel)),
    },
    Function {
        usage: "ascii_downcase",
        doc: "Letters A-Z to small ones.",
        example: ["ascii_downcase", r#""ÉTÉ B""#, r#""ÉtÉ b""#],
        make: Make::Plain(|value, fuel| changed(&value, "ascii_downcase", str::to_ascii_lowercase, fuel)),
    },
    Function {
        usage: "ascii_upcase",
        doc: "Letters a-z to capitals.",
        example: ["ascii_upcase", r#""été b""#, r#""éTé B""#],
        make: Make::Plain(|value, fuel| changed(&value, "ascii_upcase", str::to_ascii_uppercase, fuel)),
    },
    Function {
        usage: "downcase",
        doc: "All letters to small ones. Not in jq.",
        example: ["downcase", r#""ÉTÉ""#, r#""été""#],
        make: Make::Plain(|value, fuel| changed(&value, "downcase", str::to_lowercase, fuel)),
    },
    Function {
        usage: "upcase",
        doc: "All letters to capitals. Not in jq.",
        example: ["upcase", r#""été""#, r#""ÉTÉ""#],
        make: Make::Plain(|value, fuel| changed(&value, "upcase", str::to_uppercase, fuel)),
    },
    Function {
        usage: "words",
        doc: "The pieces between blanks. Not in jq.",
        example: ["words", r#""  Jean   Martin ""#, r#"["Jean","Martin"]"#],
        make: Make::Plain(words),
    },
    Function {
        usage: "utf8bytelength",
        doc: "Bytes of the text in UTF-8.",
        example: ["utf8bytelength", r#""été""#, "5"],
        make: Make::Plain(|value, _| some_int(text_of(&value, "utf8bytelength")?.len())),
    },
    Function {
        usage: "explode",
        doc: "The code points of the characters.",
        example: ["explode", r#""aé""#, "[97,233]"],
        make: Make::Plain(explode),
    },
    Function {
        usage: "implode",
        doc: "The text of an array of code points.",
        example: ["implode", "[97, 233]", r#""aé""#],
        make: Make::Plain(implode),
    },
];

fn join<'v, 's>(value: Output<'v, 's>, separator: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let separator = text_of(&separator, "join")?;
    let mut text = String::new();
    let mut first = true;
    crate::access::each(value, fuel, &mut |element, fuel| {
        let piece = match &*element {
            Value::Null => Cow::Borrowed(""),
            Value::List(_) | Value::Object(_) => return fail(format!("{} cannot be joined", element.type_name())),
            other => shown(other),
        };
        fuel.step()?;
        fuel.create(separator.len() + piece.len())?;
        if !std::mem::take(&mut first) {
            text.push_str(&separator);
        }
        text.push_str(&piece);
        Ok(())
    })?;
    Ok(Some(Output::text(text)))
}

fn trimmed<'t>(text: &'t str, part: &str) -> Option<&'t str> {
    let text = text.strip_prefix(part).unwrap_or(text);
    Some(text.strip_suffix(part).unwrap_or(text))
}

/// What is no text stays as it is, as in jq.
fn without<'v, 's>(
    value: Output<'v, 's>,
    part: &Value<'v>,
    strip: for<'t> fn(&'t str, &str) -> Option<&'t str>,
    fuel: &mut Fuel,
) -> Flow<'v, Option<Output<'v, 's>>> {
    let stripped = match (value.as_text(), part) {
        (Some(text), Value::Text(part)) => strip(&text, part).map(|rest| text.piece(rest, fuel)).transpose()?,
        _ => None,
    };
    Ok(Some(stripped.map_or(value, Output::text)))
}

fn piece<'v, 's>(
    value: &Output<'v, '_>,
    function: &str,
    cut: fn(&str) -> &str,
    fuel: &mut Fuel,
) -> Flow<'v, Option<Output<'v, 's>>> {
    let text = text_of(value, function)?;
    Ok(Some(Output::text(text.piece(cut(&text), fuel)?)))
}

fn changed<'v, 's>(
    value: &Output<'v, '_>,
    function: &str,
    change: fn(&str) -> String,
    fuel: &mut Fuel,
) -> Flow<'v, Option<Output<'v, 's>>> {
    let changed = change(&text_of(value, function)?);
    fuel.create(changed.len())?;
    Ok(Some(Output::text(changed)))
}

fn words<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let text = text_of(&value, "words")?;
    fuel.scan(&text)?;
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        fuel.create(size_of::<Value<'_>>())?;
        words.push(Value::Text(text.piece(word, fuel)?));
    }
    Ok(Some(Output::Made(Value::List(words))))
}

fn explode<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let text = text_of(&value, "explode")?;
    fuel.create(text.len().saturating_mul(size_of::<Value<'_>>()))?;
    Ok(Some(Output::Made(Value::List(text.chars().map(|char| Value::Int(i64::from(u32::from(char)))).collect()))))
}

fn implode<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let Value::List(points) = &*value else {
        return fail(format!("implode takes an array, not {}", value.type_name()));
    };
    fuel.create(points.len().saturating_mul(4))?;
    let char = |point: &Value<'_>| match point {
        Value::Int(point) => u32::try_from(*point).ok().and_then(char::from_u32),
        _ => None,
    };
    match points.iter().map(char).collect::<Option<String>>() {
        Some(text) => Ok(Some(Output::text(text))),
        None => fail("implode takes an array of code points"),
    }
}
