//! Functions of objects.

use std::borrow::Cow;

use records::Value;

use super::{Call, Function, Make, error, ready, some_bool};
use crate::access::{Key, Step, position};
use crate::flow::{Flow, Output, fail};
use crate::json::shown;
use crate::order::sorted;
use crate::plan::{Op, Over, Plan, Ready};
use crate::{Error, Fuel};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        usage: "keys",
        doc: "The names of an object, sorted; the positions of an array.",
        example: ["keys", r#"{"b": 1, "a": 2}"#, r#"["a","b"]"#],
        make: Make::Plain(|value, fuel| keys(value, true, fuel)),
    },
    Function {
        usage: "keys_unsorted",
        doc: "The names of an object, in its order.",
        example: ["keys_unsorted", r#"{"b": 1, "a": 2}"#, r#"["b","a"]"#],
        make: Make::Plain(|value, fuel| keys(value, false, fuel)),
    },
    Function {
        usage: "has(key)",
        doc: "Whether an object has a name, or an array a position.",
        example: [r#"has("a")"#, r#"{"a": null}"#, "true"],
        make: Make::With(|value, key, _| some_bool(has(&value, &key)?)),
    },
    Function {
        usage: "map_values(f)",
        doc: "Every value replaced by the first output of f; left out where it has none.",
        example: ["map_values(. + 1)", r#"{"a": 1, "b": 2}"#, r#"{"a":2,"b":3}"#],
        make: Make::Build(|mut call| Ok(Plan::new(Op::Over(Over::MapValues, vec![call.plan()])))),
    },
    Function {
        usage: "to_entries",
        doc: "An array of objects with `key` and `value`; of an array, its positions and elements.",
        example: ["to_entries", r#"{"a": 1}"#, r#"[{"key":"a","value":1}]"#],
        make: Make::Plain(to_entries),
    },
    Function {
        usage: "from_entries",
        doc: "The object of an array of objects with `key` (`k`, `name`, `Name`, `K`, `Key`) and `value` (`v`, `Value`).",
        example: ["from_entries", r#"[{"name": "a", "value": 1}]"#, r#"{"a":1}"#],
        make: Make::Plain(from_entries),
    },
    Function {
        usage: "with_entries(f)",
        doc: "As `to_entries | map(f) | from_entries`.",
        example: [r#"with_entries(select(.key != "b"))"#, r#"{"a": 1, "b": 2}"#, r#"{"a":1}"#],
        make: Make::Build(|mut call| {
            let each = Plan::new(Op::Each { optional: false });
            let map = Plan::new(Op::Array(Box::new(Plan::pipe([each, call.plan()]))));
            Ok(Plan::pipe([Plan::new(Op::Plain(to_entries)), map, Plan::new(Op::Plain(from_entries))]))
        }),
    },
    Function {
        usage: "getpath(path)",
        doc: "The value at a computed path, an array of names and positions; null where there is none.",
        example: [r#"getpath(["texts", .lang])"#, r#"{"lang": "fr", "texts": {"fr": "Accueil"}}"#, r#""Accueil""#],
        make: Make::With(get_path),
    },
    Function {
        usage: "del(paths)",
        doc: "The value without some fields or elements, given as plain paths.",
        example: ["del(.a, .b.c)", r#"{"a": 1, "b": {"c": 2, "d": 3}}"#, r#"{"b":{"d":3}}"#],
        make: Make::Build(del),
    },
];

fn keys<'v, 's>(value: Output<'v, 's>, sort: bool, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let names = match &value {
        Output::Kept(Value::Object(object)) if sort => {
            sorted(object).into_iter().map(|(name, _)| Value::text(name)).collect()
        }
        Output::Kept(Value::Object(object)) => object.iter().map(|(name, _)| Value::text(name)).collect(),
        other => match &**other {
            Value::Object(object) if sort => {
                sorted(object).into_iter().map(|(name, _)| Value::text(name.to_owned())).collect()
            }
            Value::Object(object) => object.iter().map(|(name, _)| Value::text(name.to_owned())).collect(),
            Value::List(values) => (0_i64..).zip(values).map(|(place, _)| Value::Int(place)).collect::<Vec<_>>(),
            other => return fail(format!("{} has no keys", other.type_name())),
        },
    };
    fuel.steps(names.len())?;
    fuel.create(names.len().saturating_mul(size_of::<Value<'_>>() * 2))?;
    Ok(Some(Output::Made(Value::List(names))))
}

pub(super) fn has<'v>(value: &Value<'_>, key: &Value<'_>) -> Flow<'v, bool> {
    match (value, key) {
        (Value::Object(object), Value::Text(name)) => Ok(object.get(name).is_some()),
        (Value::List(values), Value::Int(place)) => {
            Ok(*place >= 0 && position(*place, values.len()).is_some_and(|place| place < values.len()))
        }
        _ => fail(format!("cannot check whether {} has a {} key", value.type_name(), key.type_name())),
    }
}

fn to_entries<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let pairs: Vec<_> = match value.made(fuel)? {
        Value::Object(object) => object.into_iter().map(|(name, value)| (Value::Text(name), value)).collect(),
        Value::List(values) => (0_i64..).map(Value::Int).zip(values).collect(),
        other => return fail(format!("{} has no keys", other.type_name())),
    };
    fuel.create(pairs.len().saturating_mul(size_of::<Value<'_>>() * 4))?;
    let entry = |(key, value)| [(Cow::Borrowed("key"), key), (Cow::Borrowed("value"), value)].into_iter().collect();
    Ok(Some(Output::Made(Value::List(pairs.into_iter().map(entry).collect()))))
}

fn from_entries<'v, 's>(value: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let mut pairs = Vec::new();
    crate::access::each(value, fuel, &mut |entry, fuel| {
        let Value::Object(fields) = &*entry else {
            return fail(format!("an entry must be an object, not {}", entry.type_name()));
        };
        let other = ["k", "name", "Name", "K", "Key"]
            .iter()
            .filter_map(|name| fields.get(name))
            .find(|value| !matches!(value, Value::Null | Value::Bool(false)));
        let key = match fields.get("key") {
            None | Some(Value::Null) => other.unwrap_or(&Value::Null),
            Some(key) => key,
        };
        let key = shown(key).into_owned();
        let name = ["value", "v", "Value"].into_iter().find(|name| fields.get(name).is_some());
        fuel.create(key.len())?;
        let value = match name {
            Some(name) => crate::access::index(entry, &Value::text(name), false, fuel)?
                .map_or(Ok(Value::Null), |value| value.made(fuel))?,
            None => Value::Null,
        };
        pairs.push((Cow::Owned(key), value));
        Ok(())
    })?;
    Ok(Some(Output::Made(pairs.into_iter().collect())))
}

fn get_path<'v, 's>(value: Output<'v, 's>, path: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
    let Value::List(keys) = &*path else {
        return fail(format!("getpath takes an array, not {}", path.type_name()));
    };
    let mut at = value;
    for key in keys {
        fuel.step()?;
        if *at == Value::Null {
            return Ok(Some(at));
        }
        at = crate::access::index(at, key, false, fuel)?.unwrap_or(Output::Made(Value::Null));
    }
    Ok(Some(at))
}

fn del(mut call: Call<'_>) -> Result<Plan, Error> {
    let span = call.args.first().map_or(call.span.clone(), |(_, span)| span.clone());
    let mut paths: Vec<Vec<Key>> = Vec::new();
    let plan = call.plan();
    let parts = match &plan.op {
        Op::Comma(parts) => parts.iter().collect(),
        _ => vec![&plan],
    };
    for part in parts {
        match &part.op {
            Op::Path(steps) if !steps.iter().any(|Step { key, .. }| matches!(key, Key::At(..0))) => {
                paths.push(steps.iter().map(|step| step.key.clone()).collect());
            }
            _ => {
                return Err(error(
                    span,
                    "`del` takes plain paths",
                    "write `del(.a, .b.c)`, or `map(select(…))` to drop elements".to_owned(),
                ));
            }
        }
    }
    // Later positions first, so that the earlier ones keep their places; a path twice is one deletion.
    paths.sort_by(|left, right| right.cmp(left));
    paths.dedup();
    Ok(ready(Without(paths)))
}

#[derive(Debug)]
struct Without(Vec<Vec<Key>>);

impl Ready for Without {
    fn call<'v, 's>(&'v self, input: Output<'v, 's>, fuel: &mut Fuel) -> Flow<'v, Option<Output<'v, 's>>> {
        let mut value = input.made(fuel)?;
        for path in &self.0 {
            value = without(value, path)?;
        }
        Ok(Some(Output::Made(value)))
    }
}

fn without<'v>(value: Value<'v>, path: &[Key]) -> Flow<'v, Value<'v>> {
    let Some((key, rest)) = path.split_first() else { return Ok(Value::Null) };
    Ok(match (value, key) {
        (Value::Null, _) => Value::Null,
        (Value::Object(mut object), Key::Field(name)) if !rest.is_empty() => {
            if let Some(inner) = object.get_mut(name) {
                *inner = without(std::mem::replace(inner, Value::Null), rest)?;
            }
            Value::Object(object)
        }
        (Value::Object(object), Key::Field(name)) => object.into_iter().filter(|(known, _)| known != name).collect(),
        (Value::List(mut values), Key::At(place)) => {
            if let Some(place) = position(*place, values.len()).filter(|place| *place < values.len()) {
                match values.get_mut(place) {
                    Some(inner) if !rest.is_empty() => *inner = without(std::mem::replace(inner, Value::Null), rest)?,
                    _ => _ = values.remove(place),
                }
            }
            Value::List(values)
        }
        (other, _) => return fail(format!("cannot delete a field of {}", other.type_name())),
    })
}
