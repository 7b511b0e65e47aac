//! One question: the request, its pages, the reply.

use std::borrow::Cow;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use outbound::{Failure, FailureKind, Request, Response, site};
use records::{Payload, Value};
use url::{Url, form_urlencoded};

use super::Api;
use super::answer::Page;
use super::expression::Disguise;
use super::pages::{Paging, Walk};
use super::settings::Format;
use crate::get::{Got, got, make_conditional};
use crate::template::Template;
use crate::{Call, Fetch, Params, Reply};

/// What one data set asks.
pub(super) struct Question {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) path: Template,
    pub(super) query: Vec<(String, Template)>,
    pub(super) headers: Vec<(HeaderName, Template)>,
    pub(super) content: Option<Content>,
    pub(super) format: Option<Format>,
    pub(super) delimiter: Option<u8>,
    pub(super) paging: Option<Paging>,
    pub(super) disguise: Option<Disguise>,
}

/// What is posted.
pub(super) enum Content {
    Json(Template),
    Form(Vec<(String, Template)>),
    Text(Template),
}

#[async_trait]
impl Fetch for Question {
    async fn fetch(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        let request = self.request(call.params)?;
        // One exchange has an end of its own, which its source's gate hears of.
        let Some(paging) = &self.paging else { return self.one(request, call).await };
        tokio::time::timeout(self.api.timeout, self.all(request, paging, call)).await.unwrap_or_else(|_| {
            let limit = self.api.timeout.as_secs_f64();
            let message = format!("{} did not finish its answer within {limit} s", site(&self.api.base));
            Err(Failure::new(FailureKind::Unavailable, message))
        })
    }
}

impl Question {
    async fn one(&self, mut request: Request, call: &Call<'_>) -> Result<Reply, Failure> {
        // Only a GET has an answer that another may be compared with.
        let validators = call.validators.filter(|_| self.method == Method::GET);
        make_conditional(&mut request.headers, validators);
        let response = self.send(request, call).await?.check()?;
        let (bytes, content_type, charset, url, validators) = match got(response, validators.is_some())? {
            Got::Unchanged(validators) => return Ok(Reply::Unchanged(validators)),
            Got::Body { bytes, content_type, charset, url, validators } => {
                (bytes, content_type, charset, url, validators)
            }
        };
        let received = bytes.len() as u64;
        let validators = validators.filter(|_| self.method == Method::GET);
        let page = Page { bytes, content_type, charset, url };
        let pages = self.payload(&page)?;
        if let (Some(disguise), Some(payload)) = (&self.disguise, &pages) {
            let answer = self.decoded(payload)?;
            disguise.check(&answer, &site(&page.url))?;
        }
        Ok(Reply::Records { pages: pages.into_iter().collect(), validators, bytes: received })
    }

    async fn all(&self, mut request: Request, paging: &Paging, call: &Call<'_>) -> Result<Reply, Failure> {
        let (mut walk, first) = Walk::new(paging, request.url.clone());
        let (mut pages, mut received) = (Vec::new(), 0);
        let mut next = Some(first);
        while let Some(url) = next.take() {
            request.url = url;
            let response = self.send(request.clone(), call).await?;
            if walk.ends_with(response.status.as_u16()) {
                break;
            }
            let headers = response.headers.clone();
            let Got::Body { bytes, content_type, charset, url, .. } = got(response.check()?, false)? else { break };
            received += bytes.len();
            if received > self.api.max_bytes {
                let message =
                    format!("{} answered more than {} bytes on all its pages", site(&url), self.api.max_bytes);
                return Err(Failure::new(FailureKind::Malformed, message));
            }
            let page = Page { bytes, content_type, charset, url };
            let Some(payload) = self.payload(&page)? else { break };
            let answer = self.decoded(&payload)?;
            if let Some(disguise) = &self.disguise {
                disguise.check(&answer, &site(&page.url))?;
            }
            next = walk.next(&headers, &page.bytes, &answer)?;
            drop(answer);
            pages.push(payload);
        }
        Ok(Reply::Records { pages, validators: None, bytes: received as u64 })
    }

    async fn send(&self, request: Request, call: &Call<'_>) -> Result<Response, Failure> {
        self.api.credentials.send(&self.api.client, request, call).await
    }

    /// The page in its format; nothing where the upstream says that it has no content (204).
    fn payload(&self, page: &Page) -> Result<Option<Payload>, Failure> {
        if page.bytes.is_empty() && page.content_type.is_none() {
            return Ok(None);
        }
        page.payload(self.format, self.delimiter, &self.api.limits).map(Some)
    }

    fn decoded<'p>(&self, payload: &'p Payload) -> Result<Cow<'p, Value<'p>>, Failure> {
        payload.value(&self.api.limits).map_err(|error| {
            let message = format!("{} answered something else than declared: {error}", site(&self.api.base));
            Failure::new(FailureKind::Malformed, message)
        })
    }

    fn request(&self, params: &Params) -> Result<Request, Failure> {
        let mut url = self.api.base.clone();
        append_path(&mut url, &self.path.fill_whole(params)?);
        append_query(&mut url, &filled(&self.query, params)?);
        let (content_type, body) = match &self.content {
            None => (None, Bytes::new()),
            Some(Content::Json(json)) => (Some("application/json"), json.fill_whole(params)?.into()),
            Some(Content::Text(text)) => (Some("text/plain; charset=utf-8"), text.fill_whole(params)?.into()),
            Some(Content::Form(fields)) => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                let body = form.extend_pairs(filled(fields, params)?).finish();
                (Some("application/x-www-form-urlencoded"), body.into())
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accepted(self.format)));
        headers.extend(content_type.map(|value| (CONTENT_TYPE, HeaderValue::from_static(value))));
        for (name, template) in &self.headers {
            let value = template.fill(params)?.map(HeaderValue::try_from);
            let value = value.transpose().map_err(|_| {
                Failure::new(
                    FailureKind::Rejected,
                    format!("the header {name} would have a value that no header can carry"),
                )
            })?;
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        Ok(Request { method: self.method.clone(), url, headers, body })
    }
}

/// Appends, where RFC 3986's joining would replace the last segment.
fn append_path(url: &mut Url, path: &str) {
    if !path.is_empty() {
        let whole = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
        url.set_path(&whole);
    }
}

fn append_query(url: &mut Url, pairs: &[(&str, String)]) {
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
}

/// Fields whose parameters have values.
fn filled<'f>(fields: &'f [(String, Template)], params: &Params) -> Result<Vec<(&'f str, String)>, Failure> {
    let mut pairs = Vec::with_capacity(fields.len());
    for (name, template) in fields {
        pairs.extend(template.fill(params)?.map(|value| (name.as_str(), value)));
    }
    Ok(pairs)
}

fn accepted(format: Option<Format>) -> &'static str {
    match format {
        None => "application/json, application/xml;q=0.9, text/csv;q=0.8, */*;q=0.1",
        Some(Format::Json) => "application/json, */*;q=0.1",
        Some(Format::Xml) => "application/xml, text/xml;q=0.9, */*;q=0.1",
        Some(Format::Csv) => "text/csv, */*;q=0.1",
    }
}
