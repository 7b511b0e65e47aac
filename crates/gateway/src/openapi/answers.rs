//! What the API tells of who asks and of what works, as schemas.

use serde_json::{Value, json};

use super::all;

/// Answers by the names that generated types have.
pub(super) fn schemas() -> [(&'static str, Value); 3] {
    [("me", me()), ("explanation", explanation()), ("status", status())]
}

/// A schema of another name.
pub(super) fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn me() -> Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let roles = ["operator", "admin", "editor", "analyst", "support"];
    all(
        json!({
            "campus": text, "channel": text,
            "login": nullable(&all(json!({ "method": text, "address": text }), &[])),
            "data": { "type": "object", "description": "For each data set `allowed`, or the problem that reading it would be", "additionalProperties": text },
            "signed_in": { "type": "boolean" },
            "expired": { "type": "boolean", "description": "Of who is not signed in: whether a session was, which may be refreshed" },
            "user": { "type": "string", "description": "This and what follows: of who is signed in" },
            "name": { "type": ["string", "null"] },
            "groups": texts, "affiliations": texts,
            "roles": { "type": "array", "items": { "type": "string", "enum": roles } },
            "channels": { "type": "array", "items": text, "description": "Those that the person may choose, `production` first" },
        }),
        &["expired", "user", "name", "groups", "affiliations", "roles", "channels"],
    )
}

fn explanation() -> Value {
    let (text, count, maybe) =
        (json!({ "type": "string" }), json!({ "type": "integer" }), json!({ "type": ["integer", "null"] }));
    let why = all(json!({ "reason": text, "fr": text, "en": text }), &[]);
    let complaint =
        all(json!({ "record": count, "field": text, "rejected": { "type": "boolean" }, "reason": text }), &[]);
    let account = all(
        json!({
            "received": count, "mapped": count, "rejected": count, "omitted": count,
            "complaints": { "type": "array", "items": complaint },
        }),
        &[],
    );
    all(
        json!({
            "name": text, "kind": text, "audience": text,
            "allowed": { "type": "boolean" }, "signed_in": { "type": "boolean" },
            "login": login(),
            "why": why,
            "parameters": { "type": "object", "description": "This and what follows: for who may read the set", "additionalProperties": text },
            "source": all(json!({ "name": text, "state": state(), "last_success": instant(), "last_failure": failure() }), &[]),
            "server_copy": { "type": "boolean", "description": "Of a personal set: whether the school lets servers keep a sealed copy" },
            "cache": all(json!({ "as_of": instant(), "fresh_until": instant(), "usable_until": instant(), "next_try": instant() }), &[]),
            "items": maybe,
            "account": nullable(&account),
        }),
        &["parameters", "source", "server_copy", "cache", "items", "account"],
    )
}

fn status() -> Value {
    let text = json!({ "type": "string" });
    all(
        json!({
            "campus": text, "version": text,
            "publication": { "type": ["integer", "null"] },
            "newest_declaration": { "type": "string", "enum": ["in service", "refused"] },
            "problems": { "type": "null", "description": "Told to operators only" },
            "login": login(),
            "sources": { "type": "object", "additionalProperties": seen(&json!({})) },
        }),
        &[],
    )
}

/// How the identity provider fared; nothing where nobody signs in.
fn login() -> Value {
    nullable(&seen(&json!({ "method": { "type": "string" } })))
}

/// How a system of the school fared, and more.
fn seen(more: &Value) -> Value {
    let mut seen = json!({
        "state": state(),
        "failing": { "type": "integer", "description": "Failures since the last success" },
        "last_success": instant(),
        "last_failure": failure(),
    });
    if let (Some(seen), Some(more)) = (seen.as_object_mut(), more.as_object()) {
        seen.extend(more.clone());
    }
    all(seen, &[])
}

fn state() -> Value {
    json!({ "type": "string", "enum": ["unknown", "ok", "failing"] })
}

fn failure() -> Value {
    let kinds = ["unavailable", "refused", "rejected", "malformed"];
    let failure = json!({
        "at": { "type": "string", "format": "date-time" },
        "kind": { "type": "string", "enum": kinds },
        "message": { "type": "null", "description": "Told to operators only" },
    });
    nullable(&all(failure, &["message"]))
}

fn instant() -> Value {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

fn nullable(schema: &Value) -> Value {
    json!({ "oneOf": [{ "type": "null" }, schema] })
}
