//! `GET /api/manifest`: what a campus's app is, signed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::{Campus, DataSet, SignIn};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::routes::Host;
use crate::signature::{SignedHeaders, SigningKey};
use crate::{Gateway, Problem};

/// The signing key, and the manifests signed with it so far: one per campus, made again when its body changes.
pub(crate) struct Signed {
    key: SigningKey,
    known: Mutex<HashMap<Arc<str>, Arc<Manifest>>>,
}

struct Manifest {
    body: String,
    etag: String,
    headers: SignedHeaders,
}

/// The manifest of the campus at this host.
pub(crate) async fn manifest(
    State(gateway): State<Arc<Gateway>>,
    Host(host): Host,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let campus = gateway.campus(&host)?;
    let manifest = gateway.manifests.of(&campus, document(&campus), (gateway.clock)());
    let shared = [(header::CACHE_CONTROL, "public, no-cache"), (header::ETAG, &manifest.etag)];
    let known = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(&manifest.etag));
    if known {
        return Ok((StatusCode::NOT_MODIFIED, shared).into_response());
    }
    let signed = [
        (header::CONTENT_TYPE.as_str(), "application/json"),
        ("content-digest", &manifest.headers.content_digest),
        ("signature-input", &manifest.headers.signature_input),
        ("signature", &manifest.headers.signature),
    ];
    Ok((shared, signed, manifest.body.clone()).into_response())
}

/// `GET /api/keys`: the public key of manifests.
pub(crate) async fn keys(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    Json(gateway.manifests.key.jwks())
}

impl Signed {
    pub(crate) fn new(key: SigningKey) -> Self {
        Self { key, known: Mutex::default() }
    }

    fn of(&self, campus: &Campus, body: String, now: Timestamp) -> Arc<Manifest> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(manifest) = known.get(&campus.id).filter(|manifest| manifest.body == body) {
            return Arc::clone(manifest);
        }
        let headers = self.key.sign(body.as_bytes(), now);
        let etag = format!("\"{}\"", headers.content_digest.trim_start_matches("sha-256=:").trim_end_matches(':'));
        let manifest = Arc::new(Manifest { body, etag, headers });
        known.insert(Arc::clone(&campus.id), Arc::clone(&manifest));
        manifest
    }
}

fn document(campus: &Campus) -> String {
    let data: serde_json::Map<_, _> = campus.data.values().map(|set| (set.name.to_string(), entry(set))).collect();
    json!({
        "campus": campus.id,
        "name": campus.name,
        "version": campus.version,
        "channel": campus::PRODUCTION,
        "zone": campus.zone,
        "timezone": campus.timezone.iana_name(),
        "languages": campus.languages,
        "theme": campus.theme,
        "login": campus.sign_in.as_ref().map(|sign_in| login(sign_in)),
        "screens": screens(campus),
        "data": data,
        "cells": [],
    })
    .to_string()
}

/// How people sign in: a browser at `address`; a native app may know more ways.
fn login(sign_in: &SignIn) -> Value {
    json!({ "method": sign_in.method, "address": "/api/login", "native": sign_in.login.native() })
}

fn entry(set: &DataSet) -> Value {
    json!({
        "kind": set.kind.name,
        "title": { "fr": set.kind.title.fr, "en": set.kind.title.en },
        "audience": set.audience.to_string(),
        "on_device": set.lifetimes.on_device.as_secs(),
        "fresh_for": set.lifetimes.fresh_for.as_secs(),
        "parameters": set.params,
    })
}

/// One screen per data set, in the order in which kinds are listed.
pub(crate) fn screens(campus: &Campus) -> Vec<&str> {
    let order = kinds::all();
    let place = |set: &DataSet| order.iter().position(|kind| kind.name == set.kind.name).unwrap_or(usize::MAX);
    let mut sets: Vec<_> = campus.data.values().collect();
    sets.sort_by_key(|set| place(set));
    sets.into_iter().map(|set| &*set.name).collect()
}
