//! `GET /openapi.json`: the phone's API as OpenAPI 3.1, from the routes, the kinds and the problems.

use axum::Json;
use identity::Site;
use serde_json::{Map, Value, json};

use crate::PROBLEMS;

/// An address of the API: path, operation, summary, what it answers, parameters, fields of the form that is posted.
struct Operation {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    answer: fn() -> Value,
    parameters: &'static [&'static str],
    form: &'static [(&'static str, &'static str)],
}

const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/manifest",
        id: "manifest",
        summary: "What the campus's app is: name, theme, screens, data sets with their lifetimes. Signed: `Signature` covers `Content-Digest` (RFC 9421), with a key of /api/keys.",
        answer: || json!({ "$ref": "#/components/schemas/manifest" }),
        parameters: &["If-None-Match"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/keys",
        id: "keys",
        summary: "The public keys of manifests, a JWK set (RFC 7517).",
        answer: || json!({ "type": "object", "required": ["keys"], "properties": { "keys": { "type": "array", "items": { "type": "object" } } } }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/data/{name}",
        id: "data",
        summary: "The items of a data set. A 304 says that the client's items are current whatever their age: `Age` and the `ttl` of `Cache-Status` tell it. Parameters of the data set's own (see the manifest) are query parameters too.",
        answer,
        parameters: &["name", "from", "to", "q", "limit", "cursor", "If-None-Match"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/data",
        id: "several",
        summary: "Several data sets in one round trip, each with its own status.",
        answer: several,
        parameters: &["names", "from", "to", "q", "limit"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/explain/{name}",
        id: "explain",
        summary: "Why a data set is empty or old: rights, state of the source, age, rejected records, and a sentence in French and English.",
        answer: || json!({ "type": "object" }),
        parameters: &["name"],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/status",
        id: "status",
        summary: "The state of each source of the campus, as real traffic saw it.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/me",
        id: "me",
        summary: "Who asks, and what they may do: roles, channels, and for each data set `allowed` or the problem that reading it would be.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/api/login",
        id: "login",
        summary: "Starts a sign-in in a browser, which comes back to `return` with cookies. A native app gives `redirect_uri`, `code_challenge` (S256) and `state`, and gets a `code` there.",
        answer: page,
        parameters: &["return", "redirect_uri", "code_challenge", "code_challenge_method", "state"],
        form: &[],
    },
    Operation {
        method: "post",
        path: "/api/login",
        id: "submitLogin",
        summary: "User and password, from the page that GET /api/login shows where the school has no sign-on of its own (LDAP).",
        answer: page,
        parameters: &[],
        form: &[("user", "As the directory knows the person"), ("password", "Seen by the directory only")],
    },
    Operation {
        method: "get",
        path: Site::CALLBACK,
        id: "callback",
        summary: "Where the identity provider sends the browser back to (OpenID Connect, CAS).",
        answer: page,
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "post",
        path: Site::CALLBACK,
        id: "postedCallback",
        summary: "Where the identity provider's page posts its answer (SAML), and a CAS server its single logout.",
        answer: page,
        parameters: &[],
        form: &[
            ("SAMLResponse", "SAML 2.0 bindings, 3.5"),
            ("RelayState", "Of the sign-in"),
            ("logoutRequest", "CAS, 2.3.3"),
        ],
    },
    Operation {
        method: "post",
        path: Site::NOTICE,
        id: "notice",
        summary: "Where the identity provider tells who signed out (OpenID Connect Back-Channel Logout).",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[("logout_token", "Signed by the provider")],
    },
    Operation {
        method: "get",
        path: Site::METADATA,
        id: "metadata",
        summary: "The service provider's metadata (SAML).",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: Site::PROXY,
        id: "proxy",
        summary: "Where a CAS server leaves proxy-granting tickets (`pgtUrl`).",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "post",
        path: "/api/session/token",
        id: "token",
        summary: "A native app's first tokens, with a proof of its key in `DPoP` (RFC 9449). A 401 brings the nonce that proofs need.",
        answer: tokens,
        parameters: &["DPoP"],
        form: &[
            ("grant_type", "`authorization_code`, or `cas_ticket` where the manifest says that the school allows it"),
            ("code", "From the redirect that ended the sign-in; good for a minute, once"),
            ("code_verifier", "RFC 7636"),
            ("redirect_uri", "As at the beginning"),
            ("ticket", "A service ticket for this campus's callback, which the app got from the school by itself"),
        ],
    },
    Operation {
        method: "post",
        path: "/api/session/refresh",
        id: "refresh",
        summary: "Tokens anew, until the session's absolute end: cookies for the web app (204), JSON for a native app, which proves its key. A refresh token may be used again.",
        answer: tokens,
        parameters: &["DPoP"],
        form: &[("refresh_token", "Of a native app; the web app's is its cookie")],
    },
    Operation {
        method: "post",
        path: "/api/session/end",
        id: "end",
        summary: "Signs out. `provider` is where the browser signs out at the identity provider too.",
        answer: || json!({ "type": "object", "properties": { "provider": { "type": ["string", "null"] } } }),
        parameters: &[],
        form: &[("everywhere", "`true` ends all sessions of the person"), ("refresh_token", "Of a native app")],
    },
    Operation {
        method: "post",
        path: "/api/staff/sign-out",
        id: "staffSignOut",
        summary: "Ends all sessions of a person; for staff with the role support, admin or operator.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[("user", "The person's id")],
    },
    Operation {
        method: "get",
        path: "/healthz",
        id: "healthz",
        summary: "The process runs.",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/readyz",
        id: "readyz",
        summary: "The process serves at least one campus (200), or none (503).",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/metrics",
        id: "metrics",
        summary: "Counts in the OpenMetrics text format; to the machine itself only.",
        answer: || json!({ "type": "string" }),
        parameters: &[],
        form: &[],
    },
    Operation {
        method: "get",
        path: "/openapi.json",
        id: "openapi",
        summary: "This document.",
        answer: || json!({ "type": "object" }),
        parameters: &[],
        form: &[],
    },
];

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
    let media = match operation.path {
        "/healthz" | "/metrics" | Site::NOTICE | Site::PROXY => "text/plain",
        "/api/login" | Site::CALLBACK => "text/html",
        Site::METADATA => "application/samlmetadata+xml",
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

/// A page, or the address where the browser goes on.
fn page() -> Value {
    json!({ "type": "string", "description": "A page, or a 303 to where the browser goes on" })
}

/// RFC 6749, 5.1.
fn tokens() -> Value {
    let (text, seconds) = (json!({ "type": "string" }), json!({ "type": "integer", "description": "Seconds" }));
    json!({
        "type": "object",
        "properties": {
            "access_token": text, "token_type": text, "expires_in": seconds,
            "refresh_token": text, "refresh_expires_in": seconds,
        },
    })
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
        "return" => ("query", "Where on this site the sign-in leads", json!({ "type": "string" })),
        "redirect_uri" => ("query", "One of the campus's native_redirects", json!({ "type": "string" })),
        "code_challenge" => ("query", "RFC 7636", json!({ "type": "string" })),
        "code_challenge_method" => ("query", "RFC 7636", json!({ "const": "S256" })),
        "state" => ("query", "Handed back with the code", json!({ "type": "string" })),
        "DPoP" => ("header", "A proof of possession of the app's key (RFC 9449)", json!({ "type": "string" })),
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
            "login": { "type": ["object", "null"], "description": "How people sign in", "properties": {
                "method": text, "address": text,
                "native": { "type": "object", "description": "What a native app needs to know to sign in by other means than a browser" },
            } },
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
