//! The student app as its campus's: the page in which it starts, its files, its colours, its icons.

mod icon;
mod look;
mod png;
mod shell;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use campus::Campus;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use web::File;

pub(crate) use look::Looks;

use crate::compress::Coding;
use crate::data::not_modified;
use crate::page::Language;
use crate::reader::Reader;
use crate::routes::Name;
use crate::{Gateway, Problem, channel};

/// What changes its address when it changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What is asked for again each time, and mostly answered with a 304.
const ASK_AGAIN: &str = "no-cache";

/// Addresses of the app's files; [`anywhere`] is the rest.
pub(crate) fn router() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/assets/{*path}", get(asset))
        .route("/sw.js", get(worker))
        .route("/theme.css", get(theme))
        .route("/manifest.webmanifest", get(manifest))
        .route("/logo", get(logo))
        .route("/icons/{name}", get(icon))
}

/// Every other address: the app itself, which knows its own places, where the address may be one of them.
pub(crate) async fn anywhere(
    State(gateway): State<Arc<Gateway>>,
    method: Method,
    uri: Uri,
    reader: Result<Reader, Problem>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    if !matches!(method, Method::GET | Method::HEAD) || !is_place(uri.path()) {
        return Err(Problem::new("not-found", "nothing is here: /openapi.json lists what is"));
    }
    let campus = reader?.campus;
    let look = gateway.looks.of(&campus);
    let mut page = shown(&campus, &look.words(language(&campus, &asked)).shell, &asked, ASK_AGAIN);
    let headers = page.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
    headers.extend(
        HeaderValue::from_str(&gateway.policy(&campus)).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)),
    );
    Ok(page)
}

/// Whether a path may be a place of the app: a screen by its name, and there an item by its id, in which anything may
/// stand. A proxy that undoes dots and escapes must not find the page at another address than we do.
fn is_place(path: &str) -> bool {
    // What else a request may be for, `*` or a host and port, is no place (RFC 9112, 3.2.3 and 3.2.4).
    let rooted = path.starts_with('/');
    let path = path.trim_start_matches('/').to_ascii_lowercase();
    let first = path.split('/').next().unwrap_or_default();
    let leads_up = |name: &str| matches!(&*name.replace("%2e", "."), "." | "..");
    rooted
        && !matches!(first, "api" | "assets" | "healthz" | "readyz" | "metrics")
        && !first.contains(['.', '%', '\\'])
        && !path.split('/').any(leads_up)
}

async fn asset(State(gateway): State<Arc<Gateway>>, Name(path): Name, asked: HeaderMap) -> Result<Response, Problem> {
    let file = gateway.looks.web.file(&format!("assets/{path}"));
    file.map(|file| answer(file, &asked, FOR_EVER)).ok_or_else(gone)
}

async fn worker(State(gateway): State<Arc<Gateway>>, reader: Reader, asked: HeaderMap) -> Result<Response, Problem> {
    let look = gateway.looks.of(&reader.campus);
    look.worker.as_ref().map(|file| shown(&reader.campus, file, &asked, ASK_AGAIN)).ok_or_else(gone)
}

async fn theme(State(gateway): State<Arc<Gateway>>, reader: Reader, uri: Uri, asked: HeaderMap) -> Response {
    let theme = &gateway.looks.of(&reader.campus).theme;
    shown(&reader.campus, theme, &asked, lasting(&uri, &theme.digest))
}

async fn manifest(State(gateway): State<Arc<Gateway>>, reader: Reader, asked: HeaderMap) -> Response {
    let look = gateway.looks.of(&reader.campus);
    let words = look.words(language(&reader.campus, &asked));
    let mut manifest = shown(&reader.campus, &words.manifest, &asked, ASK_AGAIN);
    manifest.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Language"));
    manifest
}

async fn logo(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    uri: Uri,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (logo, look) = (reader.campus.theme.logo.as_ref(), gateway.looks.of(&reader.campus));
    let (digest, file) = logo.zip(look.logo.as_ref()).map(|(logo, file)| (&logo.digest, file)).ok_or_else(gone)?;
    Ok(still(shown(&reader.campus, file, &asked, lasting(&uri, digest))))
}

async fn icon(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Name(name): Name,
    uri: Uri,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let look = gateway.looks.of(&reader.campus);
    let (file, digest) = look.icon(&name).ok_or_else(gone)?;
    Ok(still(shown(&reader.campus, file, &asked, lasting(&uri, digest))))
}

/// A drawing that somebody opens by itself runs nothing.
fn still(mut picture: Response) -> Response {
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    picture.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    picture
}

fn gone() -> Problem {
    Problem::new("not-found", "no file of the app is here: load the app again")
}

/// How long an answer may be kept: an address with another digest than the file's is of another look.
fn lasting(uri: &Uri, digest: &str) -> &'static str {
    if uri.query() == Some(&format!("v={digest}")) { FOR_EVER } else { ASK_AGAIN }
}

/// The language in which the app starts: what the browser likes best, of the campus's.
fn language(campus: &Campus, asked: &HeaderMap) -> Language {
    let liked = Language::accepted(asked.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
    let speaks = |language: Language| campus.languages.iter().any(|tag| tag == language.tag());
    match (speaks(liked), campus.languages.first()) {
        (false, Some(first)) => Language::accepted(Some(first)),
        _ => liked,
    }
}

/// A file of a campus's look: what only testers may see is kept by themselves.
fn shown(campus: &Campus, file: &File, asked: &HeaderMap, control: &'static str) -> Response {
    channel::marked(answer(file, asked, control), campus)
}

/// A file as its asker takes it: compressed, or not at all where it has it already (RFC 9110, 13.1.2).
fn answer(file: &File, asked: &HeaderMap, control: &'static str) -> Response {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    let coded = file.coded.iter().find(|(coding, _)| Coding::is_accepted(coding, accepted));
    let (coding, body) = coded.map_or((None, &file.plain), |(coding, body)| (Some(*coding), body));
    let tag = format!("\"{}-{}\"", file.digest, coding.unwrap_or("plain"));
    let mut headers = HeaderMap::new();
    let mut insert =
        |name: HeaderName, value: &str| headers.extend(HeaderValue::from_str(value).map(|value| (name, value)));
    insert(header::CACHE_CONTROL, control);
    insert(header::VARY, "Accept-Encoding");
    if let Some(known) = not_modified(asked, &file.digest, || tag.clone()) {
        headers.insert(header::ETAG, known);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    insert(header::ETAG, &tag);
    insert(header::CONTENT_TYPE, file.media);
    if let Some(coding) = coding {
        insert(header::CONTENT_ENCODING, coding);
    }
    (headers, body.clone()).into_response()
}

impl Gateway {
    /// What the app may load and run, and whom it may ask: this site, and the campus's other cells.
    fn policy(&self, campus: &Campus) -> String {
        let cells: String = self.origins(campus).iter().map(|origin| format!(" {origin}")).collect();
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: blob:; font-src 'self'; \
             connect-src 'self'{cells}; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html preau"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::is_place;

    #[test]
    fn a_place_of_the_app_is_no_file_and_not_the_servers_own() {
        for path in ["/", "/timetable", "/timetable/2026-W41", "/news/https%3A%2F%2Funiv-demo.fr", "/apis"] {
            assert!(is_place(path), "{path}");
        }
        for path in
            ["/api", "/api/x", "/assets", "/.well-known/security", "/healthz", "/readyz/x", "/favicon.ico", "/a/../b"]
        {
            assert!(!is_place(path), "{path}");
        }
    }
}
