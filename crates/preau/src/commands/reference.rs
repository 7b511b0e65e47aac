//! `preau reference`: the reference pages, generated from the code.

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use crate::{Outcome, cli, settings};

pub(crate) fn run(arguments: &cli::Reference) -> Outcome {
    let mut stale = Vec::new();
    for (name, text) in pages() {
        let path = arguments.folder.join(name);
        if arguments.check {
            if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
                stale.push(name);
            }
        } else {
            write(&path, &text)?;
        }
    }
    if stale.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(format!("not fresh: {}; `cargo xtask docs` writes them", stale.join(", ")))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Every page: its file, its text.
fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("kinds.md", kinds::document::reference(kinds::all())),
        ("kinds.schema.json", pretty(&kind_schemas())),
        ("mapping.md", jq::reference()),
        ("connectors.md", connectors()),
        ("login.md", logins()),
        ("campus.schema.json", pretty(&campus::editor_schema())),
        ("openapi.json", pretty(&gateway::openapi::generate())),
        ("problems.md", problems()),
        ("preau.toml", settings::DEFAULT.to_owned()),
    ]
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// The items of every kind, as definitions of one schema.
fn kind_schemas() -> Value {
    let kinds = kinds::all();
    let definitions: serde_json::Map<_, _> =
        kinds.iter().map(|kind| (kind.name.clone(), kinds::document::item_schema(kind))).collect();
    serde_json::json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Items of Préau's kinds", "$defs": definitions })
}

fn problems() -> String {
    let mut page = String::from(
        "# Problems\n\nEvery error of the API is a problem detail (RFC 9457). Its `type` is stable.\n\n| type | status | title |\n|---|---|---|\n",
    );
    for (slug, status, title) in gateway::PROBLEMS {
        page.push_str(&format!("| `urn:preau:problem:{slug}` | {} | {title} |\n", status.as_u16()));
    }
    page
}

fn connectors() -> String {
    let mut page = String::from(
        "# Connectors\n\nEach connector has settings of the source (`[sources.NAME]`, beside `connector`) and settings of the question\n(`[data.NAME]`, beside the common ones). A secret is a text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`.\n\n## Every connector\n",
    );
    page.push_str(&settings_table("Source", &campus::source_schema()));
    for connector in sources::CONNECTORS {
        page.push_str(&format!("\n## {}\n\n{}\n", connector.name(), connector.about()));
        page.push_str(&settings_table("Source", &connector.source_schema().to_value()));
        page.push_str(&settings_table("Data set", &connector.request_schema().to_value()));
    }
    page
}

fn logins() -> String {
    let mut page = String::from(
        "# Login methods\n\n`[login]` of campus.toml says how people sign in: by one `method`, with its own keys beside those of every method.\n\
         A secret is a text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`. What the provider's administrator has to do is in\n\
         [Sign-in at your school](../guides/sign-in.md).\n\n## Every method\n\n\
         The provider's claims become a person of ours by expressions ([mapping functions](mapping.md));\n`preau login-check` shows both.\n",
    );
    page.push_str(&settings_table("Login", &campus::login_schema()));
    for method in identity::METHODS {
        page.push_str(&format!("\n## {}\n\n{}\n", method.name(), method.about()));
        page.push_str(&settings_table("Login", &method.schema().to_value()));
        page.push_str("\n| Default of | `user` | `name` | `groups` | `affiliation` |\n|---|---|---|---|---|\n");
        for (product, claims) in method.default_claims() {
            let [user, name, groups, affiliation] = [claims.user, claims.name, claims.groups, claims.affiliation]
                .map(|program| format!("`{}`", program.replace('|', "\\|")));
            let of = if product.is_empty() { "any provider".to_owned() } else { format!("`provider = \"{product}\"`") };
            page.push_str(&format!("| {of} | {user} | {name} | {groups} | {affiliation} |\n"));
        }
    }
    page
}

fn settings_table(title: &str, schema: &Value) -> String {
    let mut rows = String::new();
    rows_of(schema, schema, "", &mut rows);
    if rows.is_empty() {
        return format!("\n{title}: no settings of its own.\n");
    }
    format!("\n| {title} | type | default | |\n|---|---|---|---|\n{rows}")
}

/// One row per key, those of inner tables under their dotted names.
fn rows_of(schema: &Value, root: &Value, prefix: &str, rows: &mut String) {
    let required: Vec<_> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, declared) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let inner = resolved(declared, root);
        let about =
            [declared, inner].into_iter().find_map(|schema| schema.get("description")?.as_str()).unwrap_or_default();
        let about = about.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let default =
            declared.get("default").filter(|default| !default.is_null()).map(|default| format!("`{default}`"));
        let default = default
            .unwrap_or_else(|| if required.contains(&key.as_str()) { "required".to_owned() } else { String::new() });
        rows.push_str(&format!("| `{prefix}{key}` | {} | {default} | {about} |\n", type_of(declared, root)));
        for table in std::iter::once(inner).chain(variants(inner)).map(|variant| resolved(variant, root)) {
            if table.get("properties").is_some() && !is_secret(inner) {
                rows_of(table, root, &format!("{prefix}{key}."), rows);
            }
        }
    }
}

fn variants(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

/// A secret's variants are `{ env = … }` and `{ file = … }`, explained once at the top of the page.
fn is_secret(schema: &Value) -> bool {
    variants(schema).any(|variant| variant.pointer("/properties/env").is_some())
}

fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let name = |schema: &'a Value| schema.get("$ref")?.as_str()?.rsplit('/').next();
    let direct =
        variants(schema).find(|variant| variant.get("$ref").is_some()).filter(|_| schema.get("$ref").is_none());
    let Some(name) = name(schema).or_else(|| name(direct?)) else { return schema };
    root.get("$defs").and_then(|definitions| definitions.get(name)).unwrap_or(schema)
}

fn type_of(schema: &Value, root: &Value) -> String {
    let inner = resolved(schema, root);
    if is_secret(inner) {
        return "secret".to_owned();
    }
    let words: Vec<_> = std::iter::once(inner)
        .chain(variants(inner))
        .filter_map(|schema| schema.get("enum").or_else(|| schema.get("const")))
        .flat_map(|words| match words {
            Value::Array(words) => words.clone(),
            word => vec![word.clone()],
        })
        .collect();
    if !words.is_empty() {
        return words
            .iter()
            .map(|word| format!("`{}`", word.as_str().map_or_else(|| word.to_string(), str::to_owned)))
            .collect::<Vec<_>>()
            .join(", ");
    }
    let types = match inner.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).filter(|ty| *ty != "null").collect(),
        _ => vec!["object"],
    };
    let named = types.into_iter().map(|ty| match ty {
        "string" => "text",
        "object" => "table",
        "array" => "list",
        other => other,
    });
    named.collect::<Vec<_>>().join(" or ")
}
