//! `GET /api/data/{name}` and `GET /api/data?names=a,b`: a reading put into a response.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cache::Origin;
use campus::DataSet;
use futures_util::future::join_all;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::compress::Coding;
use crate::filter::{self, Filter, Selection};
use crate::held::{envelope, fresh_until};
use crate::path::{Reading, find};
use crate::routes::{Host, Query};
use crate::{Gateway, Problem};

/// Data sets asked for in one request.
const MOST_NAMES: usize = 20;

/// `Cache-Status` (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// One data set.
pub(crate) async fn one(
    State(gateway): State<Arc<Gateway>>,
    Host(host): Host,
    Path(name): Path<String>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let set = gateway.campus(&host).and_then(|campus| find(&campus, &name))?;
    refuse_unknown(&query, &[&set], &[])?;
    let filter = Filter::parse(&query, &set)?;
    let reading = gateway.read(&host, &name, &query).await?;
    let span = tracing::info_span!("response");
    span.in_scope(|| respond(&reading, filter.as_ref(), &headers, (gateway.clock)()))
}

/// Several data sets in one round trip, each with its own status.
pub(crate) async fn several(
    State(gateway): State<Arc<Gateway>>,
    Host(host): Host,
    Query(query): Query,
) -> Result<Response, Problem> {
    let campus = gateway.campus(&host)?;
    let names: Vec<_> =
        query.get("names").map(|names| names.split(',').filter(|name| !name.is_empty()).collect()).unwrap_or_default();
    if names.is_empty() || names.len() > MOST_NAMES {
        return Err(Problem::bad_parameter(format!(
            "names is a list of 1 to {MOST_NAMES} data sets: /api/data?names=news,events"
        )));
    }
    let sets: Vec<_> = names.iter().filter_map(|name| find(&campus, name).ok()).collect();
    refuse_unknown(&query, &sets.iter().collect::<Vec<_>>(), &["names"])?;
    let answers = join_all(names.iter().map(|name| answer(&gateway, &host, name, &query))).await;
    let answers: BTreeMap<_, _> = names.iter().zip(answers).collect();
    let body = serde_json::to_string(&serde_json::json!({ "data": answers }))
        .map_err(|error| Problem::new("internal", error.to_string()))?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

async fn answer(gateway: &Arc<Gateway>, host: &str, name: &str, query: &BTreeMap<String, String>) -> serde_json::Value {
    let answer = async {
        let reading = gateway.read(host, name, query).await?;
        let held = reading.answer.value.get();
        let body = match Filter::parse(query, &reading.set)? {
            None => held.bodies(reading.fresh_for).body(None).1,
            Some(filter) => {
                let selection = filter::select(held, &filter)?;
                envelope(
                    &reading.set.kind.name,
                    reading.answer.as_of,
                    reading.fresh_for,
                    &selection.items,
                    selection.next.as_deref(),
                )
                .into()
            }
        };
        let body: Box<RawValue> =
            serde_json::from_slice(&body).map_err(|error| Problem::new("internal", error.to_string()))?;
        Ok::<_, Problem>(
            serde_json::json!({ "status": 200, "stale": reading.answer.origin == Origin::Stale, "answer": body }),
        )
    };
    answer.await.unwrap_or_else(
        |problem| serde_json::json!({ "status": problem.status().as_u16(), "problem": problem.document() }),
    )
}

/// A parameter that nobody reads is a mistake of the caller, and would make one answer look like many.
fn refuse_unknown(query: &BTreeMap<String, String>, sets: &[&Arc<DataSet>], more: &[&str]) -> Result<(), Problem> {
    let own = sets.iter().flat_map(|set| set.params.keys().map(String::as_str));
    let known: Vec<_> = own.chain(filter::PARAMETERS.iter().copied()).chain(more.iter().copied()).collect();
    let Some(unknown) = query.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let help = match jq::did_you_mean(unknown, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known here: {}", known.join(", ")),
    };
    Err(Problem::bad_parameter(format!(
        "unknown parameter \"{}\": {help}",
        unknown.chars().take(80).collect::<String>()
    )))
}

fn respond(reading: &Reading, filter: Option<&Filter>, asked: &HeaderMap, now: Timestamp) -> Result<Response, Problem> {
    let held = reading.answer.value.get();
    let coding =
        asked.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).and_then(Coding::accepted);
    let (tag, coding, body) = match filter {
        None => {
            let (coding, body) = held.bodies(reading.fresh_for).body(coding);
            (held.tag().to_owned(), coding, body)
        }
        Some(filter) => {
            let Selection { items, next, tag } = filter::select(held, filter)?;
            let body =
                envelope(&reading.set.kind.name, reading.answer.as_of, reading.fresh_for, &items, next.as_deref());
            let (coding, body) = coded(body.into(), coding);
            (tag, coding, body)
        }
    };
    let mut headers = head(reading, now);
    if let Some(known) = not_modified(asked, &tag) {
        headers.insert(header::ETAG, known);
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let suffix = coding.map(|coding| format!("-{}", coding.name())).unwrap_or_default();
    let etag = format!("\"{tag}-{:x}{suffix}\"", reading.answer.as_of.as_second());
    insert(&mut headers, header::ETAG, &etag);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    Ok((headers, body).into_response())
}

/// Compresses a filtered answer: made for this reader, so only with what costs little.
fn coded(body: Bytes, accepted: Option<Coding>) -> (Option<Coding>, Bytes) {
    let coded = accepted.and_then(|coding| Some((coding, crate::compress::compress(&body, coding)?)));
    coded.map_or((None, body), |(coding, body)| (Some(coding), body))
}

/// The headers that a 200 and a 304 share. `Age` and the `ttl` of `Cache-Status` tell how old and how long fresh the
/// items are, on a 304 too, whose client holds an older body.
fn head(reading: &Reading, now: Timestamp) -> HeaderMap {
    let age = now.duration_since(reading.answer.as_of).as_secs().max(0);
    let ttl = fresh_until(reading.answer.as_of, reading.fresh_for).duration_since(now).as_secs();
    let status = match reading.answer.origin {
        Origin::Hit => format!("Preau; hit; ttl={ttl}"),
        Origin::Stale => match &reading.answer.trouble {
            Some(trouble) => format!("Preau; hit; ttl={ttl}; detail=\"stale: {:?}\"", trouble.kind)
                .to_lowercase()
                .replace("preau", "Preau"),
            None => format!("Preau; hit; ttl={ttl}; detail=\"stale: refreshing\""),
        },
        Origin::Miss => format!("Preau; fwd=miss; stored; ttl={ttl}"),
        Origin::Collapsed => format!("Preau; fwd=miss; collapsed; ttl={ttl}"),
    };
    let mut headers = HeaderMap::new();
    insert(&mut headers, CACHE_STATUS, &status);
    insert(&mut headers, header::AGE, &age.to_string());
    // A phone asks each time and mostly gets a 304: that is how a purge or a shorter lifetime reaches it.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The client's own tag, where what it holds has the same items. Its tag may be of an earlier fetch or another coding:
/// every tag is strong for its bytes, and begins with the digest of their items (docs/decisions/0003).
fn not_modified(asked: &HeaderMap, tag: &str) -> Option<HeaderValue> {
    let offered = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let same = |offer: &&str| {
        let opaque = offer.trim().trim_start_matches("W/").trim_matches('"');
        opaque.strip_prefix(tag).is_some_and(|rest| rest.starts_with('-'))
    };
    offered.map(str::trim).find(|offer| same(offer)).and_then(|offer| HeaderValue::from_str(offer).ok())
}
