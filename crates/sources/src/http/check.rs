//! Settings into a source and its questions; every problem is told at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderName, HeaderValue};
use outbound::Rules;
use url::Url;

use super::Api;
use super::ask::{Content, Question};
use super::auth::Credentials;
use super::expression::{Disguise, compile};
use super::pages::{Pages, Paging};
use super::settings::{Body, Method, Pagination, RequestSettings, SourceSettings, Texts};
use crate::template::{Place, Template};
use crate::{Context, SettingError};
use ::settings::wrong;

const MOST_PAGES: u32 = 1000;

/// Problems found so far.
#[derive(Default)]
pub(super) struct Problems(Vec<SettingError>);

impl Problems {
    pub(super) fn add(&mut self, key: &str, message: impl Into<String>) {
        self.0.push(wrong(key, message));
    }

    /// The value, or its problems among the others.
    pub(super) fn keep<T>(&mut self, outcome: Result<T, Vec<SettingError>>) -> Option<T> {
        outcome.map_err(|errors| self.0.extend(errors)).ok()
    }

    fn or<T>(self, value: Option<T>) -> Result<T, Vec<SettingError>> {
        value.filter(|_| self.0.is_empty()).ok_or(self.0)
    }
}

pub(super) fn source(settings: SourceSettings, context: &Context) -> Result<Api, Vec<SettingError>> {
    let mut problems = Problems::default();
    let rules = Rules { plain_http: settings.plain_http, ..context.rules.clone() };
    let base = address("url", settings.url.expose(), &mut problems);
    let disguise = disguise(settings.fails_when, settings.failure_message, &context.zone, &mut problems);
    let credentials = Credentials::new(settings.headers, settings.auth, &mut problems);
    if let Some(base) = &base
        && settings.plain_http
        && (credentials.reach_plain_text() || (base.scheme() == "http" && (credentials.any() || has_user(base))))
    {
        problems
            .add("plain_http", "credentials are never sent in plain text: write https, or leave the credentials out");
    }
    let timeout = rules.total_timeout;
    let max_bytes = rules.max_body;
    let client = context.outbound.client(rules);
    let (credentials, zone, limits) = (Arc::new(credentials), context.zone.clone(), context.limits);
    problems.or(base.map(|base| Api { client, base, credentials, disguise, zone, limits, max_bytes, timeout }))
}

pub(super) fn question(settings: RequestSettings, params: &[String], api: &Api) -> Result<Question, Vec<SettingError>> {
    let mut problems = Problems::default();
    let path = path(&settings.path, params, &mut problems);
    let query = fields("query", settings.query, params, &mut problems);
    let headers = headers(settings.headers, params, &mut problems);
    let content = settings.body.and_then(|body| content(body, params, &mut problems));
    let method = match settings.method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
    };
    if content.is_some() && method == http::Method::GET {
        problems.add("body", "a body needs method = \"POST\"");
    }
    let delimiter = settings.delimiter.and_then(|delimiter| {
        let byte = u8::try_from(delimiter).ok().filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n'));
        if byte.is_none() {
            problems.add("delimiter", format!("{delimiter:?} cannot stand between fields: write one ASCII character"));
        }
        byte
    });
    let paging = settings.pagination.and_then(|pagination| paging(pagination, api, &mut problems));
    let own = disguise(settings.fails_when, settings.failure_message, &api.zone, &mut problems);
    let disguise = own.or_else(|| api.disguise.clone());
    let (api, format) = (api.clone(), settings.format);
    problems.or(path.map(|path| Question {
        api,
        method,
        path,
        query,
        headers,
        content,
        format,
        delimiter,
        paging,
        disguise,
    }))
}

/// A web address; the message never shows it.
pub(super) fn address(key: &str, text: &str, problems: &mut Problems) -> Option<Url> {
    match Url::parse(text) {
        Ok(mut url) if matches!(url.scheme(), "http" | "https") => {
            url.set_fragment(None);
            return Some(url);
        }
        Ok(_) => problems.add(key, "not a web address: write https://…"),
        Err(error) => problems.add(key, format!("not a web address ({error}): write https://…")),
    }
    None
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn disguise(
    fails_when: Option<String>,
    message: Option<String>,
    zone: &jiff::tz::TimeZone,
    problems: &mut Problems,
) -> Option<Disguise> {
    if fails_when.is_none() && message.is_some() {
        problems.add("failure_message", "needs fails_when, which says what is a failure");
    }
    let message = message.and_then(|text| problems.keep(compile("failure_message", &text, zone)));
    let fails_when = problems.keep(compile("fails_when", &fails_when?, zone))?;
    Some(Disguise { fails_when, message })
}

fn path(text: &str, params: &[String], problems: &mut Problems) -> Option<Template> {
    if text.contains("://") || text.starts_with("//") {
        problems.add("path", "the path is appended to the source's url: write the part after it");
    } else if text.contains(['?', '#']) {
        problems.add("path", "a path has no ? or #: write what follows under query, as query = { name = \"value\" }");
    } else if text.split(['/', '\\']).any(|segment| matches!(segment, "." | "..")) {
        problems.add("path", "a path has no . or .. segments");
    }
    problems.keep(Template::compile(Place::Path, "path", text, params))
}

fn fields(
    key: &str,
    fields: BTreeMap<String, Texts>,
    params: &[String],
    problems: &mut Problems,
) -> Vec<(String, Template)> {
    let mut templates = Vec::new();
    for (name, texts) in fields {
        let texts = match texts {
            Texts::One(text) => vec![text],
            Texts::Number(number) => vec![number.to_string()],
            Texts::Many(texts) => texts,
        };
        for text in texts {
            let template = Template::compile(Place::Field, &format!("{key}.{name}"), &text, params);
            templates.extend(problems.keep(template).map(|template| (name.clone(), template)));
        }
    }
    templates
}

fn headers(
    headers: BTreeMap<String, String>,
    params: &[String],
    problems: &mut Problems,
) -> Vec<(HeaderName, Template)> {
    let mut templates = Vec::new();
    for (name, text) in headers {
        let key = format!("headers.{name}");
        if HeaderValue::from_str(&text).is_err() {
            problems.add(&key, "a header has no line ends or control characters");
        }
        let (name, template) = (header(&key, &name, problems), Template::compile(Place::Header, &key, &text, params));
        templates.extend(name.zip(problems.keep(template)));
    }
    templates
}

/// A header's name, unless it is one that the client sets by itself.
pub(super) fn header(key: &str, name: &str, problems: &mut Problems) -> Option<HeaderName> {
    let own = [HOST, CONTENT_LENGTH, CONNECTION, TRANSFER_ENCODING, TE, UPGRADE, ACCEPT_ENCODING];
    match HeaderName::try_from(name) {
        Ok(known) if own.contains(&known) => problems.add(key, format!("{name} is set by Préau itself")),
        Ok(name) => return Some(name),
        Err(_) => problems.add(key, format!("{name:?} is not the name of a header")),
    }
    None
}

fn content(body: Body, params: &[String], problems: &mut Problems) -> Option<Content> {
    match body {
        Body::Json(text) => {
            problems.keep(Template::compile(Place::Json, "body.json", &text, params)).map(Content::Json)
        }
        Body::Text(text) => {
            problems.keep(Template::compile(Place::Text, "body.text", &text, params)).map(Content::Text)
        }
        Body::Form(form) => Some(Content::Form(fields("body.form", form, params, problems))),
    }
}

fn paging(settings: Pagination, api: &Api, problems: &mut Problems) -> Option<Paging> {
    let max = settings.max_pages.unwrap_or(20);
    if !(1..=MOST_PAGES).contains(&max) {
        problems.add("pagination.max_pages", format!("{max} is not between 1 and {MOST_PAGES}"));
    }
    let only_numbered = settings.first.is_some() || settings.size.is_some() || settings.records.is_some();
    if only_numbered && settings.page.is_none() {
        problems.add("pagination", "first, size and records belong to page");
    }
    if settings.param.is_some() != settings.cursor.is_some() {
        problems.add("pagination", "cursor and param belong together");
    }
    let mut expression = |key, text: &str| problems.keep(compile(key, text, &api.zone));
    let pages = match (settings.link, settings.next, settings.cursor.zip(settings.param), settings.page) {
        (Some(true), None, None, None) => Pages::Link,
        (None, Some(next), None, None) => Pages::Next(expression("pagination.next", &next)?),
        (None, None, Some((cursor, param)), None) => {
            Pages::Cursor { cursor: expression("pagination.cursor", &cursor)?, param }
        }
        (None, None, None, Some(param)) => Pages::Numbered {
            param,
            first: settings.first.unwrap_or(1),
            size: settings.size.map_or(1, |size| size.max(1)),
            records: expression("pagination.records", settings.records.as_deref().unwrap_or(".[]"))?,
        },
        _ => {
            problems.add("pagination", "write exactly one of link = true, next, cursor with param, and page");
            return None;
        }
    };
    Some(Paging { pages, max })
}

/// Whether a header tells nothing about us that others may not know.
pub(super) fn is_harmless(name: &HeaderName) -> bool {
    name.as_str().starts_with("accept") || matches!(name.as_str(), "prefer" | "user-agent") || *name == CONTENT_TYPE
}
