//! `POST /api/session/…`: tokens for native apps, tokens anew, the way to other cells, the end.

mod elsewhere;
mod end;
mod native;
mod refresh;

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use campus::Campus;
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use identity::{Proof, Session, Site, dpop};
use jiff::SignedDuration;
use serde_json::json;

pub(crate) use elsewhere::{elsewhere, here};
pub(crate) use end::end;
pub(crate) use native::token;
pub(crate) use refresh::refresh;

use crate::login::{DPOP, too_large};
use crate::problem::DPOP_NONCE;
use crate::together::Together;
use crate::{Gateway, Problem};

/// What providers renewed a moment ago, by the refresh token that was used: whoever comes with it again, because an
/// answer was lost or at the same time, is given the same, so that no provider sees it twice.
pub(crate) struct Renewals(Arc<Together<Result<Option<Proof>, identity::Failure>>>);

/// How long a lost answer may be asked for again.
const LINGERING: SignedDuration = SignedDuration::from_mins(2);

impl Default for Renewals {
    fn default() -> Self {
        Self(Together::new(LINGERING))
    }
}

impl Gateway {
    /// The thumbprint of the key that a native app proves to hold.
    fn proven(&self, campus: &Campus, site: &Site, path: &str, headers: &HeaderMap) -> Result<String, Problem> {
        let (ring, now) = (self.identity.sessions.ring(), (self.clock)());
        let proof = headers.get_all(DPOP).iter().filter_map(|proof| proof.to_str().ok()).collect::<Vec<_>>();
        let url = site.at(path);
        let expected = dpop::Expected { method: "POST", url: &url, campus: &campus.id, now };
        let checked = match proof.as_slice() {
            [proof] => dpop::check(proof, &expected, &ring, &self.used),
            _ => Err(dpop::Refusal::Invalid("exactly one DPoP header is needed")),
        };
        checked.map_err(|refusal| {
            let (slug, detail) = match refusal {
                dpop::Refusal::Nonce => ("nonce-required", "try again with the nonce of this answer's DPoP-Nonce"),
                dpop::Refusal::Invalid(reason) => ("proof-required", reason),
            };
            Problem { nonce: dpop::nonce(&ring, &campus.id, now), ..Problem::new(slug, detail) }
        })
    }

    /// The tokens of a native app's session (RFC 6749, 5.1).
    fn give_tokens(&self, campus: &Campus, session: &Session) -> Result<Response, Problem> {
        let now = (self.clock)();
        let issued = self.identity.sessions.issue(&campus.id, session, now);
        let issued = issued.ok_or_else(|| self.login_problem(campus, &too_large()))?;
        let seconds = |until: jiff::Timestamp| until.duration_since(now).as_secs();
        let tokens = json!({
            "access_token": issued.access,
            "token_type": "Bearer",
            "expires_in": seconds(issued.access_until),
            "refresh_token": issued.refresh,
            "refresh_expires_in": seconds(issued.refresh_until),
        });
        // The next proof needs no answer that only brings a nonce.
        let nonce = dpop::nonce(&self.identity.sessions.ring(), &campus.id, now).map(|nonce| [(DPOP_NONCE, nonce)]);
        Ok(([(CACHE_CONTROL, "no-store")], nonce, Json(tokens)).into_response())
    }
}
