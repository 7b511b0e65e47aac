//! JSON Schema of campus.toml, from the structs that read it.

mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use identity::Method;
use kinds::DeclaredKind;
use serde_json::{Map, Value, json};
use sources::{CONNECTORS, Connector};

use crate::declared::{Declaration, DeclaredLogin, DeclaredSet, DeclaredSource};

pub(crate) use table::{Check, excluded, has_shapes, near_or_all, toml_type};

/// The schema of the whole file for editors (JSON Schema 2020-12). A data set's keys are those of any connector: which
/// one its source has, an editor cannot tell; `preau check` does.
#[must_use]
pub fn editor_schema() -> Value {
    let mut definitions = Map::new();
    let mut sources = Vec::new();
    let mut common = set(None).clone();
    let mut keys = take_properties(&mut common);
    definitions.extend(take_definitions(&mut common));
    for connector in CONNECTORS {
        let mut source = source(*connector).clone();
        let mut request = part(connector.request_schema());
        on_channels(&mut source);
        adopt(&mut definitions, &mut source, connector.name());
        adopt(&mut definitions, &mut request, connector.name());
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
    let mut kind = kind();
    adopt(&mut definitions, &mut kind, "kind");
    let logins: Vec<_> = identity::METHODS
        .iter()
        .map(|method| {
            let mut login = login(*method);
            let properties = login.get_mut("properties").and_then(Value::as_object_mut);
            properties.into_iter().flat_map(Map::values_mut).for_each(or_reference);
            adopt(&mut definitions, &mut login, method.name());
            login
        })
        .collect();
    let mut schema = declaration();
    if let Some(theme) = schema.pointer_mut("/$defs/DeclaredTheme") {
        on_channels(theme);
    }
    extend(&mut schema, "$defs", definitions);
    let login = json!({ "description": "How its people sign in.", "oneOf": logins });
    let kinds = json!({ "type": "object", "description": "Kinds of its own, by name.", "additionalProperties": kind });
    let sources = json!({ "type": "object", "description": "Upstream systems, by name.", "additionalProperties": { "oneOf": sources } });
    let data =
        json!({ "type": "object", "description": "What the campus offers, by name.", "additionalProperties": common });
    extend(
        &mut schema,
        "properties",
        Map::from_iter([
            ("login".to_owned(), login),
            ("kinds".to_owned(), kinds),
            ("sources".to_owned(), sources),
            ("data".to_owned(), data),
        ]),
    );
    schema
}

/// The schema of the top level.
pub(crate) fn declaration() -> Value {
    schemars::schema_for!(Declaration).to_value()
}

/// The schema of a kind of the campus's own.
pub(crate) fn kind() -> Value {
    part(schemars::schema_for!(DeclaredKind))
}

/// Schemas by connector. They are made once: a campus has many sources and data sets.
type ByConnector = LazyLock<HashMap<Option<&'static str>, Value>>;

fn by_connector(make: fn(Option<&dyn Connector>) -> Value) -> HashMap<Option<&'static str>, Value> {
    let connectors = CONNECTORS.iter().map(|connector| Some(*connector)).chain([None]);
    connectors.map(|connector| (connector.map(Connector::name), make(connector))).collect()
}

/// The schema of a source of this connector.
pub(crate) fn source(connector: &dyn Connector) -> &'static Value {
    static SOURCES: ByConnector =
        LazyLock::new(|| by_connector(|connector| connector.map_or(Value::Null, make_source)));
    SOURCES.get(&Some(connector.name())).unwrap_or(&Value::Null)
}

fn make_source(connector: &dyn Connector) -> Value {
    let mut schema = part(schemars::schema_for!(DeclaredSource));
    merge(&mut schema, part(connector.source_schema()));
    extend(
        &mut schema,
        "properties",
        one("connector", json!({ "const": connector.name(), "description": connector.about() })),
    );
    require(&mut schema, [json!("connector")]);
    schema
}

/// Lets a table have any of its own keys otherwise on a channel.
fn on_channels(table: &mut Value) {
    let mut keys = table.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    keys.retain(|key, _| !matches!(key.as_str(), "connector" | "on"));
    let over = json!({ "type": "object", "properties": keys, "additionalProperties": false });
    if let Some(Value::Object(on)) = table.pointer_mut("/properties/on") {
        on.insert("additionalProperties".to_owned(), over);
    }
}

/// The schema of the keys of a source that every connector has, but for `connector`.
#[must_use]
pub fn source_schema() -> Value {
    schemars::schema_for!(DeclaredSource).to_value()
}

/// The schema of a login by this method.
pub(crate) fn login(method: &dyn Method) -> Value {
    let mut schema = part(schemars::schema_for!(DeclaredLogin));
    merge(&mut schema, part(method.schema()));
    extend(&mut schema, "properties", one("method", json!({ "const": method.name(), "description": method.about() })));
    require(&mut schema, [json!("method")]);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    schema
}

/// The schema of the keys of `[login]` that every method has.
#[must_use]
pub fn login_schema() -> Value {
    schemars::schema_for!(DeclaredLogin).to_value()
}

/// The schema of a data set whose source has this connector; of the common keys only without one.
pub(crate) fn set(connector: Option<&dyn Connector>) -> &'static Value {
    static SETS: ByConnector = LazyLock::new(|| by_connector(make_set));
    SETS.get(&connector.map(Connector::name)).unwrap_or(&Value::Null)
}

fn make_set(connector: Option<&dyn Connector>) -> Value {
    let mut schema = part(schemars::schema_for!(DeclaredSet));
    if let Some(connector) = connector {
        merge(&mut schema, part(connector.request_schema()));
    }
    schema
}

/// Gives a schema the keys of another one too.
fn merge(schema: &mut Value, mut more: Value) {
    extend(schema, "$defs", take_definitions(&mut more));
    extend(schema, "properties", take_properties(&mut more));
    require(schema, more.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
    for alternatives in ["oneOf", "anyOf"] {
        if let (Some(schema), Some(groups)) = (schema.as_object_mut(), more.get(alternatives)) {
            schema.insert(alternatives.to_owned(), groups.clone());
        }
    }
}

/// Lets a reference stand for a text, as it may wherever a text stands.
fn or_reference(property: &mut Value) {
    let plain = |of: Option<&Value>| matches!(of, Some(Value::String(name)) if name == "string");
    let may_be_text = match property.get("type") {
        Some(Value::Array(types)) => types.iter().any(|of| plain(Some(of))),
        of => plain(of),
    };
    if may_be_text {
        let description = property.get("description").cloned();
        *property = json!({ "description": description, "$ref": "#/$defs/Secret" });
    }
}

/// The keys that a schema knows.
pub(crate) fn keys(schema: &Value) -> Vec<String> {
    schema.get("properties").and_then(Value::as_object).map(|known| known.keys().cloned().collect()).unwrap_or_default()
}

/// A schema within another.
fn part(schema: schemars::Schema) -> Value {
    let mut schema = schema.to_value();
    take(&mut schema, "$schema");
    schema
}

/// Moves a part's definitions to those of the whole: where one of its name says something else, under a longer name.
fn adopt(definitions: &mut Map<String, Value>, part: &mut Value, owner: &str) {
    for (name, definition) in part.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default() {
        if definitions.get(&name).is_some_and(|known| *known != definition) {
            rename(part, &name, &format!("{owner}-{name}"));
        }
    }
    definitions.extend(take_definitions(part));
}

/// Calls a definition otherwise, wherever it stands and is referred to.
fn rename(schema: &mut Value, from: &str, to: &str) {
    match schema {
        Value::Object(parts) => {
            if let Some(Value::Object(definitions)) = parts.get_mut("$defs")
                && let Some(definition) = definitions.remove(from)
            {
                definitions.insert(to.to_owned(), definition);
            }
            for (key, part) in parts.iter_mut() {
                match part {
                    Value::String(path) if key == "$ref" && *path == format!("#/$defs/{from}") => {
                        *path = format!("#/$defs/{to}");
                    }
                    _ => rename(part, from, to),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| rename(part, from, to)),
        _ => {}
    }
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
