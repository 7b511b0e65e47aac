//! `GET /api/data/{name}` and `GET /api/data?names=a,b`: a reading put into a response.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cache::Origin;
use campus::DataSet;
use futures_util::future::join_all;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use kinds::Audience;
use serde::Serialize;
use serde_json::value::RawValue;
use tracing::debug_span;

use crate::compress::{Coding, PASSING, compress};
use crate::filter::{self, Filter, Selection};
use crate::held::{Held, envelope, fresh_until};
use crate::path::{Reading, find};
use crate::problem::failing;
use crate::reader::Reader;
use crate::routes::{Name, Query};
use crate::steps::Step;
use crate::{Gateway, Problem, channel, steps};

/// Data sets asked for in one request.
const MOST_NAMES: usize = 20;

/// Headers of an answer, those that all answers have included: there is room for them at once.
const MOST_HEADERS: usize = 12;

/// `Cache-Status` (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// The data set that a request reads, where its address says so without escapes.
pub(crate) fn plainly(parts: &Parts) -> Option<&str> {
    let name = parts.uri.path().strip_prefix("/api/data/").filter(|_| parts.method == Method::GET)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

/// One data set, as the router leads to it.
pub(crate) async fn routed(
    State(gateway): State<Arc<Gateway>>,
    Name(name): Name,
    parts: Parts,
) -> Result<Response, Problem> {
    one(&gateway, &parts, &name).await
}

/// One data set.
pub(crate) async fn one(gateway: &Arc<Gateway>, parts: &Parts, name: &str) -> Result<Response, Problem> {
    let reader = Reader::of(gateway, parts)?;
    let Query(query) = Query::of(parts)?;
    let filter = match query.is_empty() {
        true => None,
        false => {
            let set = find(&reader.campus, name)?;
            refuse_unknown(&query, own(&set).chain(filter::PARAMETERS))?;
            Filter::parse(&query, &set)?
        }
    };
    let reading = gateway.read(&reader, name, &query).await?;
    let now = (gateway.clock)();
    let made = |held: &Held| respond(held, &reading, filter.as_ref(), &parts.headers, now);
    let answer = debug_span!("response").in_scope(|| reading.items.answer(made))?;
    steps::ended(Step::Response);
    Ok(channel::marked(answer, &reader.campus))
}

/// Several data sets in one round trip, each with its own status.
pub(crate) async fn several(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let campus = &reader.campus;
    let names: BTreeSet<_> =
        query.get("names").map(|names| names.split(',').filter(|name| !name.is_empty()).collect()).unwrap_or_default();
    if names.is_empty() || names.len() > MOST_NAMES {
        return Err(Problem::bad_parameter(format!(
            "names is a list of 1 to {MOST_NAMES} data sets: /api/data?names=news,events"
        )));
    }
    let sets: Vec<_> = names.iter().filter_map(|name| campus.data.get(*name)).collect();
    // A cursor is a place in one data set.
    let shared = filter::PARAMETERS.into_iter().filter(|name| *name != "cursor").chain(["names"]);
    refuse_unknown(&query, sets.iter().flat_map(|set| own(set)).chain(shared))?;
    let answers = join_all(names.iter().map(|name| among(&gateway, &reader, name, &query))).await;
    debug_span!("response").in_scope(|| {
        let data = names.into_iter().zip(answers).collect();
        let body =
            serde_json::to_vec(&Several { data }).map_err(|error| Problem::new("internal", error.to_string()))?;
        let (coding, body) = coded(body.into(), accepted(&headers));
        let coding = coding.map(|coding| [(header::CONTENT_ENCODING, coding.name())]);
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
            (header::VARY, "Accept-Encoding"),
        ];
        Ok((headers, coding, body).into_response())
    })
}

#[derive(Serialize)]
struct Several<'a> {
    data: BTreeMap<&'a str, One>,
}

/// A data set among several.
#[derive(Serialize)]
#[serde(untagged)]
enum One {
    Answer { status: u16, stale: bool, answer: Box<RawValue> },
    Problem { status: u16, problem: serde_json::Value },
}

async fn among(gateway: &Arc<Gateway>, reader: &Reader, name: &str, query: &BTreeMap<String, String>) -> One {
    let answer = async {
        let filter = Filter::parse(query, &*find(&reader.campus, name)?)?;
        let reading = gateway.read(reader, name, query).await?;
        let plain = |held: &Held| -> Result<Bytes, Problem> {
            let selection = filter.as_ref().map(|filter| filter::select(held, filter)).transpose()?;
            Ok(body(held, &reading, selection.as_ref(), None).1)
        };
        let answer = serde_json::from_slice(&reading.items.answer(plain)?)
            .map_err(|error| Problem::new("internal", error.to_string()))?;
        Ok(One::Answer { status: 200, stale: reading.origin == Some(Origin::Stale), answer })
    };
    answer.await.unwrap_or_else(|problem: Problem| One::Problem {
        status: problem.status().as_u16(),
        problem: problem.document(),
    })
}

/// Parameters that a data set declares.
fn own(set: &DataSet) -> impl Iterator<Item = &str> {
    set.params.keys().map(String::as_str)
}

/// A parameter that nobody reads is a mistake of the caller, and would make one answer look like many.
fn refuse_unknown<'a>(query: &BTreeMap<String, String>, known: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    let known: BTreeSet<_> = known.collect();
    let Some(unknown) = query.keys().find(|name| !known.contains(name.as_str())) else { return Ok(()) };
    let help = match jq::did_you_mean(unknown, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known here: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let unknown: String = unknown.chars().take(80).collect();
    Err(Problem::bad_parameter(format!("unknown parameter \"{unknown}\": {help}")))
}

fn respond(
    held: &Held,
    reading: &Reading,
    filter: Option<&Filter>,
    asked: &HeaderMap,
    now: Timestamp,
) -> Result<Response, Problem> {
    let selection = filter.map(|filter| filter::select(held, filter)).transpose()?;
    let tag = selection.as_ref().map_or(held.tag(), |selection| &selection.tag);
    let mut headers = head(reading, now);
    let body = || body(held, reading, selection.as_ref(), accepted(asked));
    // All that the bytes depend on: the items, the two instants beside them, the coding.
    let etag = |coding: Option<Coding>| {
        let (before, suffix) = coding.map_or(("", ""), |coding| ("-", coding.name()));
        let (as_of, fresh_for) = (reading.as_of.as_second(), reading.fresh_for.as_secs());
        format!("\"{tag}-{as_of:x}-{fresh_for:x}{before}{suffix}\"")
    };
    if let Some(known) = not_modified(asked, tag, || etag(body().0)) {
        headers.insert(header::ETAG, known);
        return Ok(response(StatusCode::NOT_MODIFIED, headers, Body::empty()));
    }
    let (coding, body) = body();
    insert(&mut headers, header::ETAG, etag(coding));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    Ok(response(StatusCode::OK, headers, body.into()))
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// What a reading is answered with, whole or in part, in the coding that it is sent in.
fn body(
    held: &Held,
    reading: &Reading,
    selection: Option<&Selection>,
    accepted: Option<Coding>,
) -> (Option<Coding>, Bytes) {
    let Some(Selection { items, next, .. }) = selection else {
        let (coding, body) = held.bodies(reading.fresh_for).body(accepted);
        return if held.is_coded() { (coding, body) } else { coded(body, accepted) };
    };
    let body = envelope(&reading.set.kind.name, reading.as_of, reading.fresh_for, items, next.as_deref());
    coded(body.into(), accepted)
}

fn accepted(asked: &HeaderMap) -> Option<Coding> {
    asked.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).and_then(Coding::accepted)
}

/// Compresses an answer that is made for this reader.
fn coded(body: Bytes, accepted: Option<Coding>) -> (Option<Coding>, Bytes) {
    let coded = accepted.and_then(|coding| Some((coding, compress(&body, coding, &PASSING)?)));
    coded.map_or((None, body), |(coding, body)| (Some(coding), body))
}

/// The headers that a 200 and a 304 share. `Age` and the `ttl` of `Cache-Status` tell how old and how long fresh the
/// items are, on a 304 too, whose client holds an older body.
fn head(reading: &Reading, now: Timestamp) -> HeaderMap {
    let age = now.duration_since(reading.as_of).as_secs().max(0);
    let ttl = fresh_until(reading.as_of, reading.fresh_for).duration_since(now).as_secs();
    let status = match (reading.origin, reading.trouble) {
        (Some(Origin::Hit), _) => format!("Preau; hit; ttl={ttl}"),
        (Some(Origin::Stale), None) => format!("Preau; hit; ttl={ttl}; detail=refreshing"),
        (Some(Origin::Stale), Some(kind)) => format!("Preau; hit; ttl={ttl}; detail={}", failing(kind)),
        (Some(Origin::Miss), _) => format!("Preau; fwd=miss; stored; ttl={ttl}"),
        (Some(Origin::Collapsed), _) => format!("Preau; fwd=miss; collapsed; ttl={ttl}"),
        (None, _) => "Preau; fwd=bypass".to_owned(),
    };
    let mut headers = HeaderMap::with_capacity(MOST_HEADERS);
    insert(&mut headers, CACHE_STATUS, status);
    headers.insert(header::AGE, age.into());
    // A phone asks each time and mostly gets a 304: that is how a purge or a shorter lifetime reaches it.
    let control = match reading.set.audience {
        Audience::Public => "public, no-cache",
        Audience::Members | Audience::Group(_) => "private, no-cache",
        Audience::Personal => "private, no-store",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// The client's own tag, where what it holds has the same items. Its tag may be of an earlier fetch or another coding:
/// every tag is strong for its bytes, and begins with the digest of their items (docs/decisions/0003). Who asks for what is
/// none (`*`) is told the `current` tag: there is one (RFC 9110, 13.1.2).
pub(crate) fn not_modified(asked: &HeaderMap, tag: &str, current: impl FnOnce() -> String) -> Option<HeaderValue> {
    let offered = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let same = |offer: &&str| {
        let opaque = offer.trim().trim_start_matches("W/").trim_matches('"');
        opaque.strip_prefix(tag).is_some_and(|rest| rest.starts_with('-'))
    };
    match offered.map(str::trim).find(|offer| *offer == "*" || same(offer))? {
        "*" => HeaderValue::try_from(current()).ok(),
        known => HeaderValue::from_str(known).ok(),
    }
}
