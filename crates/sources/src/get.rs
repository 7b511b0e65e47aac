//! A conditional GET, shared by the connectors whose source is one address.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use outbound::{Client, Failure, FailureKind, Request, Response};
use url::Url;

use crate::Validators;

/// What a conditional GET brought.
pub(crate) enum Got {
    /// 304: as the validators say; and what it says of them.
    Unchanged(Option<Validators>),
    /// A document.
    Body {
        /// The body, decompressed.
        bytes: Bytes,
        /// The media type in lower case, without parameters: `text/calendar`.
        content_type: Option<String>,
        /// What HTTP says of the charset.
        charset: Option<String>,
        /// Where it came from, after redirects: relative links start here.
        url: Url,
        /// For the next time.
        validators: Option<Validators>,
    },
}

/// Asks an address for its document, unless it is still the one that `validators` tell of.
pub(crate) async fn get(
    client: &Client,
    url: &Url,
    mut headers: HeaderMap,
    validators: Option<&Validators>,
) -> Result<Got, Failure> {
    make_conditional(&mut headers, validators);
    let conditional = headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE);
    let request = Request { method: Method::GET, url: url.clone(), headers, body: Bytes::new() };
    got(client.send(request).await?.check()?, conditional)
}

/// Adds the conditions under which a document is wanted (RFC 9110, 13.1).
pub(crate) fn make_conditional(headers: &mut HeaderMap, validators: Option<&Validators>) {
    let Some(Validators { etag, last_modified }) = validators else { return };
    // A time is compared where there is nothing better only (RFC 9110, 8.8.4): a document may change twice in a second.
    let known = [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)].into_iter();
    let mut known = known.filter_map(|(name, value)| Some((name, HeaderValue::from_str(value.as_deref()?).ok()?)));
    if let Some((name, value)) = known.next() {
        headers.insert(name, value);
    }
}

/// Takes a checked answer apart.
pub(crate) fn got(response: Response, conditional: bool) -> Result<Got, Failure> {
    let validators =
        Validators { etag: text(&response.headers, ETAG), last_modified: text(&response.headers, LAST_MODIFIED) };
    let validators = (validators != Validators::default()).then_some(validators);
    if response.status == StatusCode::NOT_MODIFIED {
        return if conditional {
            Ok(Got::Unchanged(validators))
        } else {
            let message =
                format!("{} answered 304 (not modified) to an unconditional request", outbound::site(&response.url));
            Err(Failure::new(FailureKind::Malformed, message))
        };
    }
    let (content_type, charset) = media_type(&response.headers);
    Ok(Got::Body { bytes: response.body, content_type, charset, url: response.url, validators })
}

/// `Content-Type` as its media type and its charset (RFC 9110, 8.3).
fn media_type(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let Some(value) = text(headers, CONTENT_TYPE) else { return (None, None) };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().map(str::to_ascii_lowercase).filter(|essence| essence.contains('/'));
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    });
    (essence, charset)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
