//! Functions of any value: types, conversions, errors.

use records::{Format, Limits, Options, Payload, Value};

use super::{Function, Make, some_bool, some_int, text_of};
use crate::Fuel;
use crate::flow::{Flow, Output, Stop, fail};
use crate::order::{Comparison, weigh};
use crate::plan::{Op, Plan};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "type",
        doc: "The name of the type: null, boolean, number, string, array or object.",
        example: ["map(type)", "[null, 1, \"a\"]", r#"["null","number","string"]"#],
        make: Make::Plain(|value, _| Ok(Some(Output::text(value.type_name())))),
    },
    Function {
        usage: "length",
        doc: "Elements of an array, fields of an object, characters of a text, 0 of null, a number without its sign.",
        example: ["map(length)", r#"[[1, 2], {"a": 1}, "été", null, -5]"#, "[2,1,3,0,5]"],
        make: Make::Plain(length),
    },
    Function {
        usage: "not",
        doc: "False becomes true; so does null; all else becomes false.",
        example: ["map(not)", "[true, false, null, 0]", "[false,true,true,false]"],
        make: Make::Plain(|value, _| some_bool(!value.holds())),
    },
    Function {
        usage: "select(condition)",
        doc: "The value itself where the condition holds, else nothing.",
        example: [
            ".[] | select(.published == 1) | .id",
            r#"[{"id": 1, "published": 1}, {"id": 2, "published": 0}]"#,
            "1",
        ],
        make: Make::Build(|mut call| {
            Ok(Plan::new(Op::If(Box::new([call.plan(), Plan::input(), Plan::new(Op::Empty)]))))
        }),
    },
    Function {
        usage: "empty",
        doc: "No output at all.",
        example: ["[1, empty, 2]", "null", "[1,2]"],
        make: Make::Build(|_| Ok(Plan::new(Op::Empty))),
    },
    Function {
        usage: "error",
        doc: "Stops with the value as the reason.",
        example: [r#"try error catch "caught: \(.)""#, "\"bad\"", r#""caught: bad""#],
        make: Make::Plain(|value, fuel| Err(Stop::Error(value.made(fuel)?))),
    },
    Function {
        usage: "error(reason)",
        doc: "Stops with a reason; the record is rejected with it.",
        example: [r#"if . < 0 then error("below zero") else . end"#, "3", "3"],
        make: Make::With(|_, reason, fuel| Err(Stop::Error(reason.made(fuel)?))),
    },
    Function {
        usage: "values",
        doc: "The value itself unless it is null.",
        example: ["[.[] | values]", "[1, null, false]", "[1,false]"],
        make: Make::Keep(|value, _| kept(value, |value| *value != Value::Null)),
    },
    Function {
        usage: "nulls",
        doc: "Only null.",
        example: ["[.[] | nulls]", "[1, null]", "[null]"],
        make: Make::Keep(|value, _| kept(value, |value| *value == Value::Null)),
    },
    Function {
        usage: "booleans",
        doc: "The value itself if it is true or false.",
        example: ["[.[] | booleans]", "[1, true]", "[true]"],
        make: Make::Keep(|value, _| kept(value, |value| matches!(value, Value::Bool(_)))),
    },
    Function {
        usage: "numbers",
        doc: "The value itself if it is a number.",
        example: ["[.[] | numbers]", "[1, \"a\", 2.5]", "[1,2.5]"],
        make: Make::Keep(|value, _| kept(value, |value| matches!(value, Value::Int(_) | Value::Float(_)))),
    },
    Function {
        usage: "strings",
        doc: "The value itself if it is a text.",
        example: ["[.[] | strings]", "[1, \"a\"]", r#"["a"]"#],
        make: Make::Keep(|value, _| kept(value, |value| matches!(value, Value::Text(_)))),
    },
    Function {
        usage: "arrays",
        doc: "The value itself if it is an array.",
        example: ["[.[] | arrays]", "[1, [2]]", "[[2]]"],
        make: Make::Keep(|value, _| kept(value, |value| matches!(value, Value::List(_)))),
    },
    Function {
        usage: "objects",
        doc: "The value itself if it is an object.",
        example: ["[.[] | objects]", r#"[1, {"a": 2}]"#, r#"[{"a":2}]"#],
        make: Make::Keep(|value, _| kept(value, |value| matches!(value, Value::Object(_)))),
    },
    Function {
        usage: "scalars",
        doc: "The value itself unless it is an array or an object.",
        example: ["[.[] | scalars]", "[1, [2], null]", "[1,null]"],
        make: Make::Keep(|value, _| kept(value, |value| !matches!(value, Value::List(_) | Value::Object(_)))),
    },
    Function {
        usage: "iterables",
        doc: "The value itself if it is an array or an object.",
        example: ["[.[] | iterables]", "[1, [2], {}]", "[[2],{}]"],
        make: Make::Keep(|value, _| kept(value, |value| matches!(value, Value::List(_) | Value::Object(_)))),
    },
    Function {
        usage: "tostring",
        doc: "A text as it is, anything else as JSON.",
        example: ["map(tostring)", "[1, \"a\", [2]]", r#"["1","a","[2]"]"#],
        make: Make::Plain(super::formats::text),
    },
    Function {
        usage: "tojson",
        doc: "The value as JSON.",
        example: ["tojson", r#"{"a": [1, null]}"#, r#""{\"a\":[1,null]}""#],
        make: Make::Plain(super::formats::json),
    },
    Function {
        usage: "fromjson",
        doc: "The value that a JSON text holds, at most 64 levels deep.",
        example: [".meta | fromjson | .id", r#"{"meta": "{\"id\":7}"}"#, "7"],
        make: Make::Plain(from_json),
    },
    Function {
        usage: "contains(part)",
        doc: "Whether a text holds another, an array all elements of another, an object all fields of another.",
        example: [r#"contains({tags: ["sport"]})"#, r#"{"tags": ["campus", "sports"]}"#, "true"],
        make: Make::With(|whole, part, fuel| contained(&whole, &part, fuel)),
    },
    Function {
        usage: "inside(whole)",
        doc: "The reverse of contains.",
        example: [r#"inside("campus")"#, "\"camp\"", "true"],
        make: Make::With(|part, whole, fuel| contained(&whole, &part, fuel)),
    },
];

fn kept<'v, 's>(value: Output<'v, 's>, wanted: fn(&Value<'_>) -> bool) -> Flow<'v, Option<Output<'v, 's>>> {
    Ok(wanted(&value).then_some(value))
}

fn length<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    match &*value {
        Value::Null => some_int(0),
        Value::Bool(_) => fail("boolean has no length"),
        Value::Int(_) | Value::Float(_) => super::numbers::absolute(&value).map(|value| Some(Output::Made(value))),
        Value::Text(text) => {
            fuel.scan(text)?;
            some_int(text.chars().count())
        }
        Value::List(values) => some_int(values.len()),
        Value::Object(object) => some_int(object.len()),
    }
}

fn from_json<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let text = text_of(&value, "fromjson")?;
    // A value is larger than its shortest text, two bytes in a list.
    let size = text.len().saturating_mul(size_of::<Value<'_>>() / 2);
    fuel.create(size)?;
    let limits = Limits { depth: 64, values: text.len() };
    let payload = Payload::new(Format::Json, (*text).to_owned().into(), None, &Options::default(), &limits);
    match payload.as_ref().map(|payload| payload.value(&limits)) {
        Ok(Ok(value)) => Ok(Some(Output::Made(value.into_owned().into_owned()))),
        Ok(Err(_)) | Err(_) => fail("this string is not JSON"),
    }
}

fn contained<'v, 's>(whole: &Value<'_>, part: &Value<'_>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    if whole.type_name() != part.type_name() {
        return fail(format!("{} and {} cannot have their containment checked", whole.type_name(), part.type_name()));
    }
    some_bool(contains(whole, part, fuel)?)
}

/// Each element of the part is looked for in each of the whole: a step for each pair.
fn contains<'v>(whole: &Value<'_>, part: &Value<'_>, fuel: &mut Fuel) -> Flow<'v, bool> {
    fuel.step()?;
    Ok(match (whole, part) {
        (Value::Text(whole), Value::Text(part)) => {
            fuel.scan(whole)?;
            whole.contains(&**part)
        }
        (Value::List(whole), Value::List(part)) => {
            for part in part {
                let mut found = false;
                for whole in whole {
                    found = found || contains(whole, part, fuel)?;
                }
                if !found {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Object(whole), Value::Object(part)) => {
            for (name, part) in part.iter() {
                fuel.steps(whole.len() / 8)?;
                match whole.get(name) {
                    Some(whole) if contains(whole, part, fuel)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        _ => {
            weigh(whole, part, fuel)?;
            Comparison::Equal.holds(whole, part)
        }
    })
}
