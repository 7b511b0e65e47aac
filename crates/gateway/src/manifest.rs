//! `GET /api/manifest`: what a campus's app is, signed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::{Campus, DataSet, PRODUCTION, SignIn};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use journal::{InForce, Key, Scope};
use kinds::{Bilingual, Field, Kind, Type};
use serde_json::{Map, Value, json};
use url::Url;

use crate::reader::Reader;
use crate::signature::{SignedHeaders, SigningKey};
use crate::{Cell, Gateway, Problem};

/// The signing key, and the manifests signed with it so far: one per campus and channel, made again when its body changes.
pub(crate) struct Signed {
    key: SigningKey,
    known: Mutex<HashMap<Place, Arc<Manifest>>>,
}

/// A campus and a channel.
type Place = (Arc<str>, Arc<str>);

struct Manifest {
    body: String,
    etag: String,
    headers: SignedHeaders,
}

/// How a phone changes over to another cell: after this time without an answer, in milliseconds, in the order of the list
/// (its own place in it may be random); and how long it stays there before it looks whether the first one answers again.
const TIMEOUT_MS: u32 = 2000;
const COME_BACK_AFTER_S: u32 = 300;

/// The manifest of the campus at this host, on the channel of who asks.
pub(crate) async fn manifest(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let campus = &reader.campus;
    let manifest = gateway.manifests.of(campus, gateway.document(campus), (gateway.clock)())?;
    let control = if *campus.channel == *PRODUCTION { "public, no-cache" } else { "private, no-cache" };
    let shared = [(header::CACHE_CONTROL, control), (header::ETAG, &manifest.etag)];
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

    fn of(&self, campus: &Campus, body: String, now: Timestamp) -> Result<Arc<Manifest>, Problem> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (Arc::clone(&campus.id), Arc::clone(&campus.channel));
        if let Some(manifest) = known.get(&place).filter(|manifest| manifest.body == body) {
            return Ok(Arc::clone(manifest));
        }
        let headers = self.key.sign(body.as_bytes(), now).map_err(|error| Problem::new("internal", error))?;
        let etag = format!("\"{}\"", headers.content_digest.trim_start_matches("sha-256=:").trim_end_matches(':'));
        let manifest = Arc::new(Manifest { body, etag, headers });
        known.insert(place, Arc::clone(&manifest));
        Ok(manifest)
    }
}

impl Gateway {
    fn document(&self, campus: &Campus) -> String {
        let epochs: Vec<_> = self.epochs(campus);
        let cells = self.cells(campus).into_iter().map(|(name, url)| json!({ "name": name, "url": url }));
        let data: Map<_, _> =
            campus.data.values().map(|set| (set.name.to_string(), self.entry(campus, set, &epochs))).collect();
        json!({
            "campus": campus.id,
            "name": campus.name,
            "short_name": campus.short_name,
            "version": campus.version,
            "publication": campus.publication,
            "channel": campus.channel,
            "zone": campus.zone,
            "timezone": campus.timezone.iana_name(),
            "languages": campus.languages,
            "theme": {
                "color": campus.theme.color,
                "logo": campus.theme.logo.as_ref().map(|logo| format!("/logo?v={}", logo.digest)),
            },
            "texts": campus.texts,
            "accessibility": campus.accessibility,
            "login": campus.sign_in.as_ref().map(|sign_in| login(sign_in)),
            "screens": campus.screens,
            "data": data,
            "cells": cells.collect::<Vec<_>>(),
            "change_over": { "timeout_ms": TIMEOUT_MS, "come_back_after_s": COME_BACK_AFTER_S },
        })
        .to_string()
    }

    /// Where pages of the campus come from that ask several cells (RFC 6454): the cells' addresses, and the campus's own
    /// names, at which people open the app. Names of this machine are reached in plain text, at the ports of its cells.
    pub(crate) fn origins(&self, campus: &Campus) -> Vec<String> {
        let cells: Vec<_> = self.cells(campus).iter().filter_map(|(_, url)| Url::parse(url).ok()).collect();
        let mut origins: Vec<_> = cells.iter().map(|url| url.origin().ascii_serialization()).collect();
        for host in self.campuses.hosts(campus) {
            if host.ends_with(".localhost") {
                let ports = cells.iter().filter(|url| url.scheme() == "http").filter_map(Url::port_or_known_default);
                let plain = ports.filter_map(|port| Url::parse(&format!("http://{host}:{port}")).ok());
                origins.extend(plain.map(|url| url.origin().ascii_serialization()));
            } else if !cells.is_empty() {
                origins.push(format!("https://{host}"));
            }
        }
        origins
    }

    /// The cells of the campus's zone and its address there, this one first.
    fn cells(&self, campus: &Campus) -> Vec<(String, String)> {
        let host = self.campuses.hosts(campus).next().unwrap_or_default();
        let [by_id, by_host] = Cell::HOLES;
        let mut cells: Vec<_> = self
            .state
            .values(None)
            .into_iter()
            .filter_map(|(key, value)| match key {
                Key::Cell(name) => Some((name, value.value)),
                _ => None,
            })
            .filter(|(_, cell)| cell.get("zone").and_then(Value::as_str) == Some(&campus.zone))
            .filter_map(|(name, cell)| {
                let url = cell.get("url")?.as_str()?.replace(by_id, &campus.id).replace(by_host, &host);
                Some((name, url))
            })
            .collect();
        let here = self.cell.as_ref().map(|cell| &cell.name);
        cells.sort_by_key(|(name, _)| Some(name) != here);
        cells
    }

    fn entry(&self, campus: &Campus, set: &DataSet, epochs: &[(Scope, i64)]) -> Value {
        let mut entry = shape(&set.kind);
        let fitting = epochs.iter().filter(|(scope, _)| scope.includes(&set.name, &set.kind.name, &set.source));
        let now = self.overrides.of(&campus.id, set);
        let own = json!({
            "kind": set.kind.name,
            "title": set.title,
            "audience": set.audience.to_string(),
            "fresh_for": now.fresh_for.as_secs(),
            "keep": now.on_device.as_secs(),
            "on_device": set.lifetimes.on_device.as_secs(),
            // A phone forgets what it kept of the set under a smaller one.
            "epoch": fitting.map(|(_, epoch)| *epoch).max().unwrap_or_default(),
            "parameters": set.params,
        });
        if let Value::Object(own) = own {
            entry.extend(own);
        }
        Value::Object(entry)
    }

    /// The last purge of phones, by scope, in milliseconds since 1970.
    fn epochs(&self, campus: &Campus) -> Vec<(Scope, i64)> {
        let epoch = |(key, value): (Key, InForce)| match key {
            Key::Epoch(scope) => Some((scope, value.version.stamp.instant().as_millisecond())),
            _ => None,
        };
        self.state.values(Some(&campus.id)).into_iter().filter_map(epoch).collect()
    }
}

/// How people sign in: a browser at `address`; a native app may know more ways.
fn login(sign_in: &SignIn) -> Value {
    json!({ "method": sign_in.method, "address": "/api/login", "native": sign_in.login.native() })
}

/// Where items stand in time, and which of their fields are news to a person. Of the kinds that every phone understands,
/// it knows the fields.
fn shape(kind: &Kind) -> Map<String, Value> {
    let time = kind.time.as_ref();
    let time = time.map(|time| json!({ "start": time.start, "end": time.end, "newest_first": time.newest_first }));
    let changes: Vec<_> = kind.fields.iter().filter(|field| field.means_change).map(|field| &field.name).collect();
    let fields: Vec<_> = kind.fields.iter().filter(|field| field.name != "id").map(field).collect();
    let own = kinds::find(&kind.name).is_none().then(|| ("fields", json!(fields)));
    let told = [("time", json!(time)), ("changes", json!(changes))].into_iter().chain(own);
    told.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn field(field: &Field) -> Value {
    let (of, list) = match &field.ty {
        Type::List(of) => (&**of, true),
        of => (of, false),
    };
    let choices = match of {
        Type::Choice(words) => words.as_slice(),
        _ => &[],
    };
    let named = || Bilingual { fr: spoken(&field.name), en: spoken(&field.name) };
    json!({
        "name": field.name,
        "type": of.word(),
        "list": list,
        "required": field.required,
        "choices": choices,
        "title": field.title.clone().unwrap_or_else(named),
    })
}

/// `opening_day` as people would write it.
fn spoken(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|c| if c == '_' { ' ' } else { c }).collect()
}
