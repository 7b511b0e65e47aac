//! `GET /api/login` and what comes back: a browser goes to the school's identity provider and returns with a session.

mod back;
mod form;
mod notice;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::{Campus, SignIn};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use identity::{Attempt, Begun, Failure, FailureKind, Purpose, WayBack};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sources::Failure as SourceFailure;

pub(crate) use back::{callback, posted, too_large};
pub(crate) use form::submitted;
pub(crate) use notice::{metadata, notice, proxy};

use crate::cookies::{self, SameSite};
use crate::origin::Here;
use crate::page::{self, Language, School};
use crate::reader::Reader;
use crate::routes::Query;
use crate::{Gateway, Problem};

/// A sign-in under way, as the browser that began it keeps it, sealed.
#[derive(Serialize, Deserialize)]
struct Pending {
    attempt: Attempt,
    /// Where on this site the person was going.
    back: String,
    /// The native app that began, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    native: Option<Native>,
}

/// A native app that waits for a code (RFC 8252), bound to it by PKCE (RFC 7636).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Native {
    pub redirect: String,
    pub challenge: String,
    pub state: Option<String>,
}

/// How long a browser keeps a sign-in under way.
const PENDING: SignedDuration = SignedDuration::from_mins(20);

/// Starts a sign-in. `return` is where on this site it leads; a native app says `redirect_uri`, `code_challenge` and
/// `state` instead.
pub(crate) async fn begin(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let sign_in = gateway.sign_in(&reader.campus)?;
    let view = View::of(&reader.campus, &headers);
    let pending = Pending {
        attempt: Attempt::new(&gateway.identity.chance, (gateway.clock)()),
        back: local(query.get("return").map(String::as_str).unwrap_or_default()).to_owned(),
        native: native(&sign_in, &query)?,
    };
    let mut response = match sign_in.login.begin(&site, &pending.attempt, (gateway.clock)()).await {
        Ok(Begun::Redirect(to)) => redirect(to.as_str()),
        Ok(Begun::Post(to, fields)) => page::post_form(view.school(), view.language, &to, &fields).into_response(),
        Ok(Begun::Form) => page::sign_in_form(view.school(), view.language, "/api/login", "", None).into_response(),
        Err(failure) => {
            gateway.note_login(&reader.campus, Some(&failure));
            return Ok(gateway.not_arrived(&view, &failure, &pending));
        }
    };
    let sealed = gateway.identity.sessions.ring().seal(&reader.campus.id, Purpose::Attempt, &pending);
    let sealed = sealed.ok_or_else(|| Problem::bad_parameter("the parameters are too long"))?;
    let same_site = if sign_in.login.way_back() == WayBack::Post { SameSite::None } else { SameSite::Lax };
    cookies::set(response.headers_mut(), cookies::ATTEMPT, &sealed, PENDING, same_site);
    Ok(response)
}

/// A path of this site. Anything that a browser might take for another site's address leads to the start.
fn local(back: &str) -> &str {
    let path = back.strip_prefix('/').filter(|rest| !rest.starts_with(['/', '\\']));
    let plain = back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if path.is_some() && plain && back.len() <= 1024 { back } else { "/" }
}

fn native(sign_in: &SignIn, query: &identity::Form) -> Result<Option<Native>, Problem> {
    let Some(redirect) = query.get("redirect_uri") else { return Ok(None) };
    if !sign_in.native_redirects.contains(redirect) {
        return Err(Problem::bad_parameter("redirect_uri is none of the campus's native_redirects"));
    }
    let challenge = query.get("code_challenge").filter(|challenge| challenge.len() == 43);
    let challenge = challenge.filter(|_| query.get("code_challenge_method").is_some_and(|method| method == "S256"));
    let challenge = challenge.cloned();
    let challenge = challenge.ok_or_else(|| Problem::bad_parameter("a native app sends code_challenge, by S256"))?;
    Ok(Some(Native { redirect: redirect.clone(), challenge, state: query.get("state").cloned() }))
}

impl Gateway {
    /// How the people of a campus sign in: a session is the same on all channels, so that of everybody's.
    pub(crate) fn sign_in(&self, campus: &Campus) -> Result<Arc<SignIn>, Problem> {
        let none =
            || Problem::new("no-sign-in", "its campus.toml has no [login]: all that it offers can be read without");
        let campus = self.campuses.get(&campus.id).ok_or_else(none)?;
        campus.sign_in.clone().ok_or_else(none)
    }
}

/// Whether a page asks, by a form of ours, and not a program.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Sends a browser on, with a GET.
pub(crate) fn redirect(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(HeaderValue::from_str(to).map(|to| (LOCATION, to)).ok());
    response
}

impl Gateway {
    /// Remembers and tells how a sign-in ended.
    pub(crate) fn note_login(&self, campus: &Campus, failure: Option<&Failure>) {
        self.metrics.login(&campus.id, failure.map(|failure| failure.kind));
        let fault = failure.map(|failure| {
            tracing::warn!(campus = %campus.id, kind = ?failure.kind, "sign-in: {failure}");
            let kind = match failure.kind {
                FailureKind::Unavailable => sources::FailureKind::Unavailable,
                FailureKind::Misconfigured => sources::FailureKind::Rejected,
                // A person's mistake, or a stranger's: it says nothing of the provider.
                _ => return None,
            };
            Some(SourceFailure::new(kind, failure.message.clone()))
        });
        if fault != Some(None) {
            self.health.note(&campus.id, &LOGIN.into(), fault.flatten().as_ref(), (self.clock)());
        }
    }

    /// The same of one that ends in the API.
    pub(crate) fn login_problem(&self, campus: &Campus, failure: &Failure) -> Problem {
        self.note_login(campus, Some(failure));
        Problem::sign_in(failure)
    }
}

/// What the identity provider is called among the sources whose state is told.
pub(crate) const LOGIN: &str = "[login]";

/// Whose pages are shown, and in which language.
pub(crate) struct View<'a> {
    campus: &'a Campus,
    pub language: Language,
}

impl<'a> View<'a> {
    pub(crate) fn of(campus: &'a Campus, headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self { campus, language: Language::accepted(accepted) }
    }

    pub(crate) fn school(&self) -> School<'a> {
        let channel = Some(&*self.campus.channel).filter(|channel| *channel != campus::PRODUCTION);
        School { name: &self.campus.name, colour: self.campus.theme.color.as_deref(), channel }
    }

    /// The page that says why somebody could not sign in.
    fn failed(&self, failure: &Failure, back: &str) -> Response {
        let status = match failure.kind {
            FailureKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            FailureKind::Misconfigured => StatusCode::BAD_GATEWAY,
            FailureKind::Denied => StatusCode::FORBIDDEN,
            FailureKind::Invalid | FailureKind::Stale => StatusCode::BAD_REQUEST,
            FailureKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        };
        (status, page::problem(self.school(), self.language, failure.kind, back)).into_response()
    }
}

/// The name of a proof of possession's header (RFC 9449).
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn leads_nowhere_but_to_this_site() {
        for back in ["/", "/timetable", "/api/data/grades?limit=3#top", "/a//b"] {
            assert_eq!(local(back), back);
        }
        for back in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
            "evil.example",
            "/\u{2044}",
            " /",
            "/a b",
            "/a\\..\\b",
        ] {
            assert_eq!(local(back), "/", "{back:?}");
        }
        assert_eq!(local(&format!("/{}", "a".repeat(1024))), "/");
    }
}
