//! `GET /openapi.json`: the phone's API as OpenAPI 3.1, from the routes, the kinds and the problems.

use axum::Json;
use serde_json::{Map, Value, json};

use crate::PROBLEMS;

/// An address of the API: path, operation, summary, what it answers, parameters.
struct Operation {
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    answer: fn() -> Value,
    parameters: &'static [&'static str],
}

const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/manifest",
        id: "manifest",
        summary: "What the campus's app is: name, theme, screens, data sets with their lifetimes. Signed: `Signature` covers `Content-Digest` (RFC 9421), with a key of /api/keys.",
        answer: || json!({ "$ref": "#/components/schemas/manifest" }),
        parameters: &["If-None-Match"],
    },
    Operation {
        path: "/api/keys",
        id: "keys",
        summary: "The public keys of manifests, a JWK set (RFC 7517).",
        answer: || json!({ "type": "object", "required": ["keys"], "properties": { "keys": { "type": "array", "items": { "type": "object" } } } }),
        parameters: &[],
    },
    Operation {
        path: "/api/data/{name}",
        id: "data",
        summary: "The items of a data set. A 304 says that the client's items are current whatever their age: `Age` and the `ttl` of `Cache-Status` tell it. Parameters of the data set's own (see the manifest) are query parameters too.",
        answer,
        parameters: &["name", "from", "to", "q", "limit", "cursor", "If-None-Match"],
    },
    Operation {
        path: "/api/data",
        id: "several",
        summary: "Several data sets in one round trip, each with its own status.",
        answer: several,
        parameters: &["names", "from", "to", "q", "limit"],
    },
    Operation {
        path: "/api/explain/{name}",
        id: "explain",
        summary: "Why a data set is empty or old: rights, state of the source, age, rejected records, and a sentence in French and English.",
        answer: || json!({ "type": "object" }),
        parameters: &["name"],
    },
    Operation {
        path: "/api/status",
        id: "status",
        summary: "The state of each source of the campus, as real traffic saw it.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
    },
    Operation {
        path: "/healthz",
        id: "healthz",
        summary: "The process runs.",
        answer: || json!({ "type": "string" }),
        parameters: &[],
    },
    Operation {
        path: "/readyz",
        id: "readyz",
        summary: "The process serves at least one campus (200), or none (503).",
        answer: || json!({ "type": "object" }),
        parameters: &[],
    },
    Operation {
        path: "/metrics",
        id: "metrics",
        summary: "Counts in the OpenMetrics text format; to the machine itself only.",
        answer: || json!({ "type": "string" }),
        parameters: &[],
    },
    Operation {
        path: "/openapi.json",
        id: "openapi",
        summary: "This document.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
    },
];

/// The document.
pub(crate) async fn document() -> Json<Value> {
    Json(generate())
}

/// Generates the document.
#[must_use]
pub fn generate() -> Value {
    let paths: Map<_, _> =
        OPERATIONS.iter().map(|operation| (operation.path.to_owned(), json!({ "get": describe(operation) }))).collect();
    let kinds = kinds::all();
    let mut schemas: Map<_, _> =
        kinds.iter().map(|kind| (kind.name.clone(), kinds::document::item_schema(kind))).collect();
    schemas.insert("problem".to_owned(), problem());
    schemas.insert("manifest".to_owned(), manifest());
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
    let plain = matches!(operation.path, "/healthz" | "/metrics");
    let media = if plain { "text/plain" } else { "application/json" };
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
    json!({ "operationId": operation.id, "summary": operation.summary, "parameters": parameters, "responses": responses })
}

fn parameter(name: &str) -> Value {
    let (place, about, schema) = match name {
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
        _ => ("header", "`ETag` of an earlier answer", json!({ "type": "string" })),
    };
    json!({ "name": name, "in": place, "required": matches!(name, "name" | "names"), "description": about, "schema": schema })
}

fn answer() -> Value {
    let items: Vec<_> =
        kinds::all().iter().map(|kind| json!({ "$ref": format!("#/components/schemas/{}", kind.name) })).collect();
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
                "answer": answer(),
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

fn manifest() -> Value {
    let text = json!({ "type": "string" });
    let seconds = json!({ "type": "integer", "description": "Seconds" });
    json!({
        "type": "object",
        "required": ["campus", "name", "version", "channel", "timezone", "languages", "screens", "data"],
        "properties": {
            "campus": text, "name": text, "version": text, "channel": text, "zone": text, "timezone": text,
            "languages": { "type": "array", "items": text },
            "theme": { "type": "object", "properties": { "color": text } },
            "screens": { "type": "array", "items": text, "description": "Data sets in the order of the app" },
            "cells": { "type": "array", "items": text },
            "data": { "type": "object", "additionalProperties": {
                "type": "object",
                "properties": {
                    "kind": text,
                    "title": { "type": "object", "properties": { "fr": text, "en": text } },
                    "audience": { "type": "string", "description": "public, members, group:NAME or self" },
                    "on_device": seconds, "fresh_for": seconds,
                    "parameters": { "type": "object" },
                },
            } },
        },
    })
}
