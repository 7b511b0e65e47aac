//! JSON Schema of campus.toml, from the structs that read it; and the check of a table against one, with places.

use std::ops::Range;

use serde_json::{Map, Value, json};
use sources::{CONNECTORS, Connector};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::declared::{Declaration, DeclaredSet, FORMS};
use crate::document::Document;
use crate::secrets::reference;

/// The schema of the whole file for editors (JSON Schema 2020-12). A data set's keys are those of any connector: which
/// one its source has, an editor cannot tell; `preau check` does.
#[must_use]
pub fn editor_schema() -> Value {
    let mut definitions = Map::new();
    let mut sources = Vec::new();
    let mut common = set(None);
    let mut keys = take_properties(&mut common);
    definitions.extend(take_definitions(&mut common));
    for connector in CONNECTORS {
        let mut source = source(*connector);
        let mut request = connector.request_schema().to_value();
        definitions.extend(take_definitions(&mut source));
        definitions.extend(take_definitions(&mut request));
        for (key, value) in take_properties(&mut request) {
            let merged = match keys.remove(&key) {
                Some(known) => either(known, value),
                None => value,
            };
            keys.insert(key, merged);
        }
        sources.push(source);
    }
    extend(&mut common, "properties", keys);
    let mut schema = declaration();
    extend(&mut schema, "$defs", definitions);
    let sources = json!({ "type": "object", "description": "Upstream systems, by name.", "additionalProperties": { "oneOf": sources } });
    let data =
        json!({ "type": "object", "description": "What the campus offers, by name.", "additionalProperties": common });
    extend(&mut schema, "properties", Map::from_iter([("sources".to_owned(), sources), ("data".to_owned(), data)]));
    schema
}

/// The schema of the top level.
pub(crate) fn declaration() -> Value {
    schemars::schema_for!(Declaration).to_value()
}

/// The schema of a source of this connector.
pub(crate) fn source(connector: &dyn Connector) -> Value {
    let mut schema = connector.source_schema().to_value();
    extend(
        &mut schema,
        "properties",
        one("connector", json!({ "const": connector.name(), "description": connector.about() })),
    );
    require(&mut schema, [json!("connector")]);
    schema
}

/// The schema of a data set whose source has this connector; of the common keys only without one.
pub(crate) fn set(connector: Option<&dyn Connector>) -> Value {
    let mut schema = schemars::schema_for!(DeclaredSet).to_value();
    if let Some(connector) = connector {
        let mut request = connector.request_schema().to_value();
        extend(&mut schema, "$defs", take_definitions(&mut request));
        extend(&mut schema, "properties", take_properties(&mut request));
        require(&mut schema, request.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
    }
    schema
}

/// The keys that a schema knows.
pub(crate) fn keys(schema: &Value) -> Vec<String> {
    schema.get("properties").and_then(Value::as_object).map(|known| known.keys().cloned().collect()).unwrap_or_default()
}

/// Takes the keys out of a schema; a connector without settings lists none.
fn take_properties(schema: &mut Value) -> Map<String, Value> {
    take(schema, "properties")
}

fn take_definitions(schema: &mut Value) -> Map<String, Value> {
    take(schema, "$defs")
}

fn take(schema: &mut Value, part: &str) -> Map<String, Value> {
    match schema.as_object_mut().and_then(|schema| schema.remove(part)) {
        Some(Value::Object(part)) => part,
        _ => Map::new(),
    }
}

/// Adds keys and definitions to a schema.
fn extend(schema: &mut Value, part: &str, more: Map<String, Value>) {
    if let Some(Value::Object(known)) =
        schema.as_object_mut().map(|schema| schema.entry(part).or_insert_with(|| json!({})))
    {
        known.extend(more);
    }
}

fn require(schema: &mut Value, more: impl IntoIterator<Item = Value>) {
    if let Some(Value::Array(known)) =
        schema.as_object_mut().map(|schema| schema.entry("required").or_insert_with(|| json!([])))
    {
        known.extend(more);
    }
}

fn one(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}

fn either(one: Value, other: Value) -> Value {
    if one == other {
        return one;
    }
    match one {
        Value::Object(mut known) if known.len() == 1 && known.contains_key("anyOf") => {
            let mut variants =
                known.remove("anyOf").and_then(|variants| variants.as_array().cloned()).unwrap_or_default();
            if !variants.contains(&other) {
                variants.push(other);
            }
            json!({ "anyOf": variants })
        }
        one => json!({ "anyOf": [one, other] }),
    }
}

/// A table checked against a schema.
pub(crate) struct Check<'a> {
    pub document: &'a mut Document,
    /// The schema's root, where references lead.
    pub root: &'a Value,
}

impl Check<'_> {
    /// Notes everything in a table that the schema does not allow. `span` is the table's header; `what` names it.
    pub(crate) fn table(&mut self, table: &DeTable<'_>, span: Range<usize>, schema: &Value, what: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match (known.and_then(|known| known.get(name)), others) {
                (Some(schema), _) => self.value(value, schema, name),
                (None, Some(Value::Bool(false))) => {
                    let names =
                        known.map(|known| known.keys().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
                    let help = near_or_all(name, &names, "keys");
                    self.document.error(key.span(), format!("unknown key \"{name}\" in {what}"), Some(help));
                }
                (None, Some(schema)) if schema.is_object() => self.value(value, schema, name),
                (None, _) => {}
            }
        }
        for missing in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            if !table.contains_key(missing) {
                let about = known
                    .and_then(|known| known.get(missing))
                    .and_then(|schema| schema.get("description"))
                    .and_then(Value::as_str);
                let help = about.map(|about| format!("add {missing} = …: {}", one_line(about)));
                self.document.error(span.clone(), format!("{what} lacks \"{missing}\""), help);
            }
        }
    }

    /// A reference (`{ env = … }`) may stand for any value: what it leads to is checked when it is read.
    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &Value, name: &str) {
        if value.get_ref().as_table().is_some_and(|table| reference(table).is_some()) {
            return;
        }
        let (schema, form) = self.resolve(schema);
        if let (Some(form), Some(text)) = (form, value.get_ref().as_str()) {
            if let Err(message) = form(text) {
                self.document.error(value.span(), message, None);
            }
            return;
        }
        let variants = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
        if let Some(variants) = variants {
            return self.variants(value, variants, name);
        }
        if let Some(words) = words(&schema) {
            return self.word(value, &words, name);
        }
        if !type_fits(value.get_ref(), &schema) {
            let message = format!("{name} is {} and should be {}", toml_type(value.get_ref()), expected(&schema));
            self.document.error(value.span(), message, example(&schema));
            return;
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, value.span(), &schema, &format!("\"{name}\"")),
            DeValue::Array(values) => {
                for value in values {
                    if let Some(schema) = schema.get("items") {
                        self.value(value, schema, name);
                    }
                }
            }
            DeValue::Integer(number) => self.range(value.span(), number.as_str(), &schema, name),
            _ => {}
        }
    }

    /// A value that may have one of several shapes: the problems shown are those of the shape it is nearest to.
    fn variants(&mut self, value: &Spanned<DeValue<'_>>, variants: &[Value], name: &str) {
        let resolved: Vec<Value> = variants.iter().map(|variant| self.resolve(variant).0).collect();
        let words: Option<Vec<String>> =
            resolved.iter().map(words).collect::<Option<Vec<_>>>().map(|words| words.concat());
        if let Some(words) = words {
            return self.word(value, &words, name);
        }
        let before = self.document.problems.len();
        let mut best: Option<Vec<crate::Problem>> = None;
        for (variant, resolved) in variants.iter().zip(&resolved) {
            let fits = resolved.get("anyOf").is_some() || words_or_type(value.get_ref(), resolved);
            if !fits {
                continue;
            }
            self.value(value, variant, name);
            let found = self.document.problems.split_off(before);
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        match best {
            Some(problems) => self.document.problems.extend(problems),
            None => {
                let wanted: Vec<_> = resolved
                    .iter()
                    .filter(|variant| variant.get("type") != Some(&json!("null")))
                    .map(expected)
                    .collect();
                let message = format!("{name} is {} and should be {}", toml_type(value.get_ref()), wanted.join(" or "));
                self.document.error(value.span(), message, None);
            }
        }
    }

    fn word(&mut self, value: &Spanned<DeValue<'_>>, words: &[String], name: &str) {
        let given = value.get_ref().as_str();
        if given.is_some_and(|given| words.iter().any(|word| word == given)) {
            return;
        }
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let shown = given.map_or_else(|| toml_type(value.get_ref()).to_owned(), |given| format!("\"{given}\""));
        let help = near_or_all(given.unwrap_or_default(), &words, "values");
        self.document.error(value.span(), format!("{name} cannot be {shown}"), Some(help));
    }

    fn range(&mut self, span: Range<usize>, digits: &str, schema: &Value, name: &str) {
        let Ok(number) = digits.replace('_', "").parse::<f64>() else { return };
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        if bound("minimum").is_some_and(|least| number < least) || bound("maximum").is_some_and(|most| number > most) {
            let most = bound("maximum").map(|most| format!(" and at most {most}")).unwrap_or_default();
            let message =
                format!("{name} is {digits} and should be at least {}{most}", bound("minimum").unwrap_or_default());
            self.document.error(span, message, None);
        }
    }

    /// Follows a reference; the form's check where its definition has one.
    fn resolve(&self, schema: &Value) -> (Value, Option<fn(&str) -> Result<(), String>>) {
        let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) else {
            return (schema.clone(), None);
        };
        let form = FORMS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
        (self.root.get("$defs").and_then(|defs| defs.get(name)).cloned().unwrap_or_default(), form)
    }
}

/// "did you mean", or the whole list where nothing is near.
pub(crate) fn near_or_all(given: &str, known: &[&str], what: &str) -> String {
    match jq::did_you_mean(given, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if known.is_empty() => format!("there are no {what} here"),
        None => format!("the {what} are {}", known.join(", ")),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(schema: &Value) -> Option<Vec<String>> {
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![word.to_owned()]);
    }
    let words = schema.get("enum")?.as_array()?;
    Some(words.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn words_or_type(value: &DeValue<'_>, schema: &Value) -> bool {
    match words(schema) {
        Some(words) => value.as_str().is_some_and(|given| words.iter().any(|word| word == given)),
        None => type_fits(value, schema),
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_fits(value: &DeValue<'_>, schema: &Value) -> bool {
    let types = types(schema);
    types.is_empty()
        || types.iter().any(|ty| match value {
            DeValue::String(_) | DeValue::Datetime(_) => *ty == "string",
            DeValue::Integer(_) => matches!(*ty, "integer" | "number"),
            DeValue::Float(_) => *ty == "number",
            DeValue::Boolean(_) => *ty == "boolean",
            DeValue::Array(_) => *ty == "array",
            DeValue::Table(_) => *ty == "object",
        })
}

fn toml_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn expected(schema: &Value) -> String {
    let words = types(schema).into_iter().filter(|ty| *ty != "null").map(|ty| match ty {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a table",
    });
    words.collect::<Vec<_>>().join(" or ")
}

fn example(schema: &Value) -> Option<String> {
    let about = schema.get("description").and_then(Value::as_str)?;
    Some(one_line(about))
}
