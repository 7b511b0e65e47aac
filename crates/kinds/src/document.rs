//! JSON Schema and the reference page, generated from kinds.

use std::fmt::{self, Display, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{Field, Kind, Lifetimes, Type, show_duration};

/// JSON Schema (2020-12) of one item of a kind, as phones receive it.
#[must_use]
pub fn item_schema(kind: &Kind) -> Value {
    let mut schema = object_schema(&kind.fields);
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), kind.title.en.as_str().into());
        object.insert("description".to_owned(), kind.about.as_str().into());
    }
    schema
}

/// The reference page of these kinds, in Markdown.
#[must_use]
pub fn reference(kinds: &[Arc<Kind>]) -> String {
    let mut page = String::from(INTRODUCTION);
    // Writing to a string does not fail.
    let _ = kinds.iter().try_for_each(|kind| section(&mut page, kind));
    page
}

const INTRODUCTION: &str = "\
# Data kinds

What phones understand. A data set `[data.NAME]` is of the kind of its name unless `kind = \"…\"` says otherwise. Its
mapping gives one expression per field; each value is converted to the field's type, and a record that lacks a required
field or does not convert is rejected and accounted for. A field whose expression gives `null` is left out.

| type | what it holds |
|---|---|
| text | plain text, without markup or control characters |
| html | HTML, reduced to an allow-list |
| number | a finite number; `\"12,5\"` converts |
| integer | a whole number |
| boolean | `true` or `false`; `0`, `1`, `\"oui\"`, `\"no\"` … convert |
| instant | a point in time, RFC 3339 with the campus's offset: `2026-11-23T10:15:00+01:00` |
| date | a day: `2026-11-23` |
| time | a time of day: `10:15` |
| url | an absolute `https:`, `http:`, `mailto:`, `tel:` or `geo:` address |
| choice | one of the words in parentheses |

A field *means change* where another value is news to the person: it makes the item count as changed. Lifetimes and the
audience are those of the kind; a data set may set its own. Servers keep nothing of what only the person (`self`) reads:
there, lifetimes tell the phone when to ask again.
";

fn section(page: &mut String, kind: &Kind) -> fmt::Result {
    let Lifetimes { fresh_for, stale_for, on_device } = kind.lifetimes;
    writeln!(page, "\n## {}\n", kind.name)?;
    writeln!(page, "*{} · {}.* {}\n", kind.title.en, kind.title.fr, kind.about)?;
    writeln!(page, "- Audience: `{}`", kind.audience)?;
    let [fresh, stale, device] = [fresh_for, stale_for, on_device].map(show_duration);
    writeln!(page, "- Lifetimes: fresh for {fresh}, stale for {stale}, on the device {device}")?;
    if let Some(time) = &kind.time {
        let end = time.end.as_ref().map(|end| format!(" to `{end}`")).unwrap_or_default();
        let order = if time.newest_first { "newest first" } else { "soonest first" };
        writeln!(page, "- Time: `{}`{end}, {order}", time.start)?;
    }
    writeln!(page, "\n| field | type | required | means change | about |\n|---|---|---|---|---|")?;
    rows(page, "", &kind.fields)?;
    writeln!(page, "\nThe least that a mapping says:\n\n```toml\n[data.{}.map]\neach = \".[]\"", kind.name)?;
    for field in kind.fields.iter().filter(|field| field.required) {
        writeln!(page, "{0} = \".{0}\"", field.name)?;
    }
    writeln!(page, "```")?;
    match kind.sample.as_array() {
        Some(items) if !items.is_empty() => sample(page, items, &kind.fields),
        _ => Ok(()),
    }
}

/// One row per field; those of an object's parts follow it, named `sections[].name`.
fn rows(page: &mut String, path: &str, fields: &[Field]) -> fmt::Result {
    for Field { name, ty, required, means_change, about, .. } in fields {
        let [required, means_change] = [*required, *means_change].map(|yes| if yes { "yes" } else { "" });
        let [shown, about] = [&ty.to_string(), about].map(|text| text.replace('|', "\\|").replace(['\n', '\r'], " "));
        writeln!(page, "| `{path}{name}` | {shown} | {required} | {means_change} | {about} |")?;
        let (ty, several) = match ty {
            Type::List(of) => (of.as_ref(), "[]"),
            ty => (ty, ""),
        };
        if let Type::Object(parts) = ty {
            rows(page, &format!("{path}{name}{several}."), parts)?;
        }
    }
    Ok(())
}

/// Items with a line per field, in the kind's order, which `serde_json` would not keep.
fn sample(page: &mut String, items: &[Value], fields: &[Field]) -> fmt::Result {
    let items: Vec<_> =
        items.iter().map(|item| format!("  {{\n    {}\n  }}", members(item, fields).join(",\n    "))).collect();
    writeln!(page, "\nA sample:\n\n```json\n[\n{}\n]\n```", items.join(",\n"))
}

fn members(object: &Value, fields: &[Field]) -> Vec<String> {
    let member = |field: &Field| Some(format!("\"{}\": {}", field.name, compact(object.get(&field.name)?, &field.ty)));
    fields.iter().filter_map(member).collect()
}

fn compact(value: &Value, ty: &Type) -> String {
    match (ty, value) {
        (Type::Object(parts), Value::Object(_)) => format!("{{ {} }}", members(value, parts).join(", ")),
        (Type::List(of), Value::Array(values)) => {
            format!("[{}]", values.iter().map(|value| compact(value, of)).collect::<Vec<_>>().join(", "))
        }
        _ => value.to_string(),
    }
}

fn object_schema(fields: &[Field]) -> Value {
    let property = |field: &Field| {
        let mut schema = type_schema(&field.ty);
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".to_owned(), field.about.as_str().into());
        }
        (field.name.clone(), schema)
    };
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    json!({
        "type": "object",
        "properties": fields.iter().map(property).collect::<Map<_, _>>(),
        "required": required,
        "additionalProperties": false,
    })
}

fn type_schema(ty: &Type) -> Value {
    match ty {
        Type::Text => json!({ "type": "string" }),
        Type::Html => json!({ "type": "string", "contentMediaType": "text/html" }),
        Type::Number => json!({ "type": "number" }),
        Type::Integer => json!({ "type": "integer" }),
        Type::Boolean => json!({ "type": "boolean" }),
        Type::Instant => json!({ "type": "string", "format": "date-time" }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::TimeOfDay => json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
        Type::Url => json!({ "type": "string", "format": "uri", "pattern": "^(https?|mailto|tel|geo):" }),
        Type::Choice(words) => json!({ "type": "string", "enum": words }),
        Type::List(of) => json!({ "type": "array", "items": type_schema(of) }),
        Type::Object(parts) => object_schema(parts),
    }
}

/// As in the reference page: `text`, `list of text`, `choice (lunch, dinner)`; but for lists, choices' words and
/// objects, the words of `type` in campus.toml.
impl Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(words) => write!(f, "choice ({})", words.join(", ")),
            Self::List(of) => write!(f, "list of {of}"),
            _ => f.write_str(self.word()),
        }
    }
}

impl Type {
    /// The word of `type` in campus.toml: a list's is that of what it lists.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Instant => "instant",
            Self::Date => "date",
            Self::TimeOfDay => "time",
            Self::Url => "url",
            Self::Choice(_) => "choice",
            Self::List(of) => of.word(),
            Self::Object(_) => "object",
        }
    }
}
