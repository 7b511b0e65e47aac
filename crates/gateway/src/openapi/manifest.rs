//! What a manifest is, as a schema.

use campus::ICONS;
use serde_json::{Map, Value, json};

use super::{all, bilingual};

/// The schema. Whatever is always there is required, so that generated types say so.
pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let milliseconds = json!({ "type": "integer", "description": "Milliseconds" });
    let texts = ["welcome", "help", "legal", "privacy", "maintenance"];
    let texts: Map<_, _> = texts.iter().map(|name| ((*name).to_owned(), bilingual())).collect();
    all(
        json!({
            "campus": text, "name": text, "version": text, "channel": text, "zone": text, "timezone": text,
            "short_name": { "type": "string", "description": "Under the app's icon: 12 characters at most" },
            "publication": { "type": ["integer", "null"], "description": "Which publication it is; none where a folder of the server is served" },
            "languages": { "type": "array", "items": { "type": "string", "enum": ["fr", "en"] } },
            "theme": all(json!({ "color": maybe, "logo": maybe }), &[]),
            "texts": { "type": "object", "description": "Plain text, paragraphs apart by an empty line; those that the school has written", "properties": texts },
            "accessibility": { "oneOf": [{ "type": "null" }, all(
                json!({
                    "level": { "type": "string", "enum": ["none", "partial", "full"] },
                    "contact": { "type": "string", "description": "A mailto: or https: address" },
                    "statement": bilingual(),
                }),
                &["statement"],
            )] },
            "login": { "description": "How people sign in", "oneOf": [{ "type": "null" }, all(
                json!({
                    "method": text, "address": text,
                    "native": { "type": "object", "description": "What a native app needs to know to sign in by other means than a browser" },
                }),
                &[],
            )] },
            "screens": { "type": "array", "description": "Places of the app, in its order", "items": screen() },
            "data": { "type": "object", "description": "Data sets by name", "additionalProperties": set() },
            "cells": { "type": "array", "description": "Where else the campus is served, the answering one first", "items": all(json!({ "name": text, "url": text }), &[]) },
            "change_over": all(json!({ "timeout_ms": milliseconds, "come_back_after_s": seconds() }), &[]),
        }),
        &[],
    )
}

fn screen() -> Value {
    all(
        json!({
            "id": { "type": "string", "description": "Its path in the app" },
            "title": bilingual(),
            "icon": { "type": "string", "enum": ICONS, "description": "A name of lucide.dev" },
            "data": { "type": "array", "items": { "type": "string" }, "description": "The data sets that it shows" },
            "tab": { "type": "boolean", "description": "Whether it is always in sight" },
            "home": { "type": "boolean", "description": "Whether the first screen has a card of it" },
        }),
        &[],
    )
}

fn set() -> Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let types = ["text", "html", "number", "integer", "boolean", "instant", "date", "time", "url", "choice"];
    all(
        json!({
            "kind": text,
            "title": bilingual(),
            "audience": { "type": "string", "description": "public, members, group:NAME or self" },
            "fresh_for": seconds(),
            "keep": { "type": "integer", "description": "Seconds for which a phone keeps an answer, as it is now" },
            "on_device": { "type": "integer", "description": "Seconds that `keep` never exceeds under this publication" },
            "epoch": { "type": "integer", "description": "What a phone kept under a smaller one, it forgets" },
            "parameters": { "type": "object", "additionalProperties": all(
                json!({
                    "about": text, "title": bilingual(), "default": { "type": ["string", "null"] }, "one_of": texts,
                    "names": { "type": "object", "additionalProperties": text, "description": "What people call the values" },
                    "max_length": { "type": "integer" },
                }),
                &["title"],
            ) },
            "time": { "description": "By which fields items stand in time, where they do", "oneOf": [{ "type": "null" }, all(
                json!({ "start": text, "end": { "type": ["string", "null"] }, "newest_first": { "type": "boolean" } }),
                &[],
            )] },
            "changes": { "type": "array", "items": text, "description": "Fields whose other value is news to the person" },
            "fields": { "type": "array", "description": "Of a kind that the campus declares: its fields, in its order", "items": all(
                json!({ "name": text, "type": { "type": "string", "enum": types }, "list": { "type": "boolean" }, "required": { "type": "boolean" }, "choices": texts, "title": bilingual() }),
                &[],
            ) },
        }),
        &["fields"],
    )
}

fn seconds() -> Value {
    json!({ "type": "integer", "description": "Seconds" })
}
