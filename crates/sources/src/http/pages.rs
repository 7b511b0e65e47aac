//! Where the next page is.

use std::collections::HashSet;

use bytes::Bytes;
use http::HeaderMap;
use http::header::LINK;
use jq::Program;
use outbound::{Failure, FailureKind, site};
use records::Value;
use url::Url;

use super::auth::set_query;
use super::expression::{count, value};

/// How further pages are asked for.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    pub(super) pages: Pages,
    /// More are a failure.
    pub(super) max: u32,
}

#[derive(Debug, Clone)]
pub(super) enum Pages {
    Link,
    Next(Program),
    Cursor { cursor: Program, param: String },
    Numbered { param: String, first: u32, size: u32, records: Program },
}

/// A walk through the pages of one answer.
pub(super) struct Walk<'p> {
    paging: &'p Paging,
    first: Url,
    asked: HashSet<Url>,
    former: Bytes,
}

impl<'p> Walk<'p> {
    /// A walk, and the address of its first page.
    pub(super) fn new(paging: &'p Paging, mut first: Url) -> (Self, Url) {
        if let Pages::Numbered { param, first: number, .. } = &paging.pages {
            set_query(&mut first, param, [number.to_string().as_str()]);
        }
        let asked = HashSet::from([first.clone()]);
        (Self { paging, first: first.clone(), asked, former: Bytes::new() }, first)
    }

    /// Whether this status of a page says that the one before was the last.
    pub(super) fn ends_with(&self, status: u16) -> bool {
        matches!(self.paging.pages, Pages::Numbered { .. }) && self.asked.len() > 1 && matches!(status, 400 | 404)
    }

    /// The address of the page after this one.
    pub(super) fn next(
        &mut self,
        headers: &HeaderMap,
        bytes: &Bytes,
        answer: &Value<'_>,
    ) -> Result<Option<Url>, Failure> {
        let Some(next) = self.following(headers, answer)? else { return Ok(None) };
        let malformed = |what: String| Failure::new(FailureKind::Malformed, format!("{} {what}", site(&self.first)));
        if matches!(self.paging.pages, Pages::Numbered { .. }) && self.former == *bytes {
            return Err(malformed("answers the same page whatever its number: is pagination.page right?".to_owned()));
        }
        self.former = bytes.clone();
        if self.asked.len() >= usize::try_from(self.paging.max).unwrap_or(usize::MAX) {
            let max = self.paging.max;
            return Err(malformed(format!(
                "has more than {max} pages: ask for larger pages, or raise pagination.max_pages"
            )));
        }
        if !self.asked.insert(next.clone()) {
            return Err(malformed("leads through its pages in a circle".to_owned()));
        }
        Ok(Some(next))
    }

    fn following(&self, headers: &HeaderMap, answer: &Value<'_>) -> Result<Option<Url>, Failure> {
        let site = site(&self.first);
        match &self.paging.pages {
            Pages::Link => linked(headers).map(|target| self.target(&target)).transpose(),
            Pages::Next(next) => match value(next, answer, "pagination.next", &site)? {
                Value::Text(target) if !target.is_empty() => self.target(&target).map(Some),
                Value::Null | Value::Bool(false) | Value::Text(_) => Ok(None),
                other => Err(unusable("next", &other, &site)),
            },
            Pages::Cursor { cursor, param } => {
                let cursor = value(cursor, answer, "pagination.cursor", &site)?;
                let values = texts(&cursor).ok_or_else(|| unusable("cursor", &cursor, &site))?;
                Ok((!values.is_empty()).then(|| self.with(param, &values)))
            }
            Pages::Numbered { param, first, size, records } => {
                let found = count(records, answer, "pagination.records", &site)?;
                let number = u64::from(*first) + self.asked.len() as u64;
                let full = found >= usize::try_from(*size).unwrap_or(usize::MAX);
                Ok(full.then(|| self.with(param, &[number.to_string()])))
            }
        }
    }

    fn with(&self, param: &str, values: &[String]) -> Url {
        let mut url = self.first.clone();
        set_query(&mut url, param, values.iter().map(String::as_str));
        url
    }

    /// A next page named by the upstream. Scheme and port stay ours: behind a proxy, many products write `http` or lose
    /// the port. The host must be the same, for credentials go with the request.
    fn target(&self, target: &str) -> Result<Url, Failure> {
        let rejected = |what: String| Failure::new(FailureKind::Rejected, format!("{} {what}", site(&self.first)));
        let target = self.first.join(target);
        let target = target.map_err(|_| rejected("names a next page that is no address".to_owned()))?;
        if target.host() != self.first.host() || !matches!(target.scheme(), "http" | "https") {
            return Err(rejected(format!("names a next page on {}, which is not followed", site(&target))));
        }
        let mut url = self.first.clone();
        url.set_path(target.path());
        url.set_query(target.query());
        Ok(url)
    }
}

/// The target of `rel="next"` (RFC 8288).
fn linked(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(links)
        .find(|(_, relations)| relations.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next")))
        .map(|(target, _)| target.to_owned())
}

/// The links of one header: target and relations.
fn links(header: &str) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    let mut rest = header;
    while let Some((_, link)) = rest.split_once('<') {
        let Some((target, after)) = link.split_once('>') else { break };
        let end = end_of_link(after);
        let (params, next) = after.split_at(end);
        let relations = params.split(';').find_map(|param| {
            let (name, value) = param.split_once('=')?;
            name.trim().eq_ignore_ascii_case("rel").then(|| value.trim().trim_matches('"'))
        });
        links.extend(relations.map(|relations| (target, relations)));
        rest = next;
    }
    links
}

/// Where a link's parameters end: at a comma that is not within quotes.
fn end_of_link(params: &str) -> usize {
    let mut quoted = false;
    let end = params.find(|character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    });
    end.unwrap_or(params.len())
}

/// A cursor as query values; none on the last page.
fn texts(cursor: &Value<'_>) -> Option<Vec<String>> {
    Some(match cursor {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Text(text) if text.is_empty() => Vec::new(),
        Value::Text(text) => vec![text.clone().into_owned()],
        Value::Int(number) => vec![number.to_string()],
        Value::Float(number) => vec![number.to_string()],
        Value::List(values) => values.iter().map(texts).collect::<Option<Vec<_>>>()?.concat(),
        Value::Bool(true) | Value::Object(_) => return None,
    })
}

fn unusable(what: &str, value: &Value<'_>, site: &str) -> Failure {
    let message =
        format!("pagination.{what} gives {} on the answer of {site}, which leads to no page", value.type_name());
    Failure::new(FailureKind::Malformed, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_link_among_others() {
        for (header, target) in [
            (r#"<https://a.fr/p?page=2>; rel="next""#, Some("https://a.fr/p?page=2")),
            (r#"<a,b>; rel=prev; title="x, <y>", <c;d>; REL="last NEXT""#, Some("c;d")),
            (r#"<a>; rel="nextish""#, None),
            ("<a", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(LINK, header.parse().unwrap())]);
            assert_eq!(linked(&headers).as_deref(), target, "{header}");
        }
    }

    #[test]
    fn a_next_page_keeps_scheme_port_and_host() {
        let paging = Paging { pages: Pages::Link, max: 3 };
        let (walk, _) = Walk::new(&paging, Url::parse("https://wp.univ.fr:8443/wp-json/posts?per_page=2").unwrap());
        let next = |target: &str| walk.target(target).map(|url| url.to_string());
        assert_eq!(next("http://wp.univ.fr/x?page=2").unwrap(), "https://wp.univ.fr:8443/x?page=2");
        assert_eq!(next("?page=2").unwrap(), "https://wp.univ.fr:8443/wp-json/posts?page=2");
        assert_eq!(next("https://evil.example/x").unwrap_err().kind, FailureKind::Rejected);
        assert_eq!(next("//evil.example/x").unwrap_err().kind, FailureKind::Rejected);
        assert_eq!(next("https://user:pw@wp.univ.fr/x").unwrap(), "https://wp.univ.fr:8443/x");
    }
}
