//! `GET /openapi.json`: the phone's API as OpenAPI 3.1, from the routes, the kinds and the problems.

mod answers;
mod manifest;
mod operations;

use std::sync::Arc;

use axum::Json;
use identity::Site;
use serde_json::{Map, Value, json};

use self::operations::{OPERATIONS, Operation};
use crate::PROBLEMS;

/// The document.
pub(crate) async fn document() -> Json<Value> {
    Json(generate())
}

/// Generates the document.
#[must_use]
pub fn generate() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        if let Value::Object(methods) = paths.entry(operation.path).or_insert_with(|| json!({})) {
            methods.insert(operation.method.to_owned(), describe(operation));
        }
    }
    let kinds = kinds::all();
    let mut schemas: Map<_, _> =
        kinds.iter().map(|kind| (kind.name.clone(), kinds::document::item_schema(kind))).collect();
    schemas.insert("problem".to_owned(), problem());
    schemas.insert("manifest".to_owned(), manifest::schema());
    schemas.insert("item".to_owned(), item());
    schemas.insert("kinds".to_owned(), by_kind());
    schemas.insert("answer".to_owned(), answer());
    schemas.extend(answers::schemas().map(|(name, schema)| (name.to_owned(), schema)));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Préau: the phone's API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The campus is told by the host name. Errors are problem details (RFC 9457).",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": { "schemas": schemas, "responses": { "problem": {
            "description": "A problem",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } },
        } } },
    })
}

fn describe(operation: &Operation) -> Value {
    let media = match operation.path {
        "/healthz" | "/metrics" | Site::NOTICE | Site::PROXY => "text/plain",
        "/api/login" | Site::CALLBACK => "text/html",
        Site::METADATA => "application/samlmetadata+xml",
        "/api/calendar/{file}" => "text/calendar",
        _ => "application/json",
    };
    let mut responses =
        json!({ "200": { "description": "The answer", "content": { media: { "schema": (operation.answer)() } } } });
    if operation.path.starts_with("/api/")
        && let Some(responses) = responses.as_object_mut()
    {
        responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/problem" }));
        if operation.parameters.contains(&"If-None-Match") {
            responses.insert("304".to_owned(), json!({ "description": "The client's items are current" }));
        }
    }
    let parameters: Vec<_> = operation.parameters.iter().map(|name| parameter(name)).collect();
    let mut described = json!({ "operationId": operation.id, "summary": operation.summary, "parameters": parameters, "responses": responses });
    if let (false, Some(described)) = (operation.form.is_empty(), described.as_object_mut()) {
        let field =
            |(name, about): &(&str, &str)| ((*name).to_owned(), json!({ "type": "string", "description": about }));
        let fields: Map<_, _> = operation.form.iter().map(field).collect();
        let form =
            json!({ "application/x-www-form-urlencoded": { "schema": { "type": "object", "properties": fields } } });
        described.insert("requestBody".to_owned(), json!({ "content": form }));
    }
    described
}

fn parameter(name: &str) -> Value {
    let (place, about, schema) = match name {
        "file" => (
            "path",
            "The last part of a calendar's address, or a public data set of the manifest and `.ics`",
            json!({ "type": "string" }),
        ),
        "name" => ("path", "A data set of the manifest", json!({ "type": "string" })),
        "names" => ("query", "Up to 20 data sets, separated by commas", json!({ "type": "string" })),
        "from" => ("query", "Items that end after this instant or day", json!({ "type": "string" })),
        "to" => ("query", "Items that start before this instant or day", json!({ "type": "string" })),
        "q" => {
            ("query", "Words that all occur in an item, whatever their case and accents", json!({ "type": "string" }))
        }
        "limit" => (
            "query",
            "Items at most; `next` is then the cursor of the next page",
            json!({ "type": "integer", "minimum": 1, "maximum": 1000 }),
        ),
        "cursor" => ("query", "`next` of the former page", json!({ "type": "string" })),
        "return" => ("query", "Where on this site the sign-in leads", json!({ "type": "string" })),
        "redirect_uri" => ("query", "One of the campus's native_redirects", json!({ "type": "string" })),
        "code_challenge" => ("query", "RFC 7636", json!({ "type": "string" })),
        "code_challenge_method" => ("query", "RFC 7636", json!({ "const": "S256" })),
        "state" => ("query", "Handed back with the code", json!({ "type": "string" })),
        "after" => ("query", "The version of the last change that is known", json!({ "type": "string" })),
        "Idempotency-Key" => (
            "header",
            "Who sends a write again with the same key means the same write (draft-ietf-httpapi-idempotency-key-header)",
            json!({ "type": "string", "minLength": 1, "maxLength": 64 }),
        ),
        "DPoP" => ("header", "A proof of possession of the app's key (RFC 9449)", json!({ "type": "string" })),
        _ => ("header", "`ETag` of an earlier answer", json!({ "type": "string" })),
    };
    json!({ "name": name, "in": place, "required": matches!(name, "name" | "names" | "file"), "description": about, "schema": schema })
}

fn answer() -> Value {
    let of_kind = |kind: &Arc<kinds::Kind>| json!({ "$ref": format!("#/components/schemas/{}", kind.name) });
    let items: Vec<_> =
        kinds::all().iter().map(of_kind).chain([json!({ "$ref": "#/components/schemas/item" })]).collect();
    json!({
        "type": "object",
        "required": ["kind", "as_of", "fresh_until", "items"],
        "properties": {
            "kind": { "type": "string", "description": "What the items are: a kind of Préau's, or one that the campus declares" },
            "as_of": { "type": "string", "format": "date-time", "description": "When the source was last known to say this" },
            "fresh_until": { "type": "string", "format": "date-time", "description": "Until when the server answers without asking the source" },
            "next": { "type": "string", "description": "The cursor of the next page, where there is one" },
            "items": { "type": "array", "items": { "anyOf": items } },
        },
    })
}

/// What an item of a kind of the campus's own is: the manifest tells its other fields.
fn item() -> Value {
    json!({
        "type": "object",
        "description": "An item of a kind that the campus declares; `fields` of the manifest tells what else it has",
        "required": ["id"],
        "properties": { "id": { "type": "string" } },
        "additionalProperties": true,
    })
}

/// What items of each kind are, by its name.
fn by_kind() -> Value {
    let kinds = kinds::all();
    let of_kind =
        |kind: &Arc<kinds::Kind>| (kind.name.clone(), json!({ "$ref": format!("#/components/schemas/{}", kind.name) }));
    json!({
        "type": "object",
        "description": "An item of each kind, by the kind's name",
        "required": kinds.iter().map(|kind| &kind.name).collect::<Vec<_>>(),
        "properties": kinds.iter().map(of_kind).collect::<Map<_, _>>(),
    })
}

fn several() -> Value {
    json!({
        "type": "object",
        "required": ["data"],
        "properties": { "data": { "type": "object", "additionalProperties": {
            "type": "object",
            "required": ["status"],
            "properties": {
                "status": { "type": "integer" },
                "stale": { "type": "boolean", "description": "The answer is past its freshness" },
                "answer": { "$ref": "#/components/schemas/answer" },
                "problem": { "$ref": "#/components/schemas/problem" },
            },
        } } },
    })
}

fn problem() -> Value {
    let types: Vec<_> = PROBLEMS.iter().map(|(slug, ..)| format!("urn:preau:problem:{slug}")).collect();
    json!({
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "enum": types },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
        },
    })
}

fn bilingual() -> Value {
    all(json!({ "fr": { "type": "string" }, "en": { "type": "string" } }), &[])
}

/// An object that has all of these, but for those that may be absent.
fn all(properties: Value, but: &[&str]) -> Value {
    let names = properties.as_object().into_iter().flat_map(Map::keys);
    let required: Vec<_> = names.filter(|name| !but.contains(&name.as_str())).cloned().collect();
    let mut schema = json!({ "type": "object", "required": required });
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("properties".to_owned(), properties);
    }
    schema
}
