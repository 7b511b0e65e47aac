//! What an identity provider tells or asks by itself: who signed out, our metadata, a ticket left for later.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::Campus;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use identity::{Form as Fields, Site};

use crate::origin::{Form, Here};
use crate::reader::Reader;
use crate::routes::Query;
use crate::{Gateway, Problem};

/// `POST /api/login/notice` (OpenID Connect Back-Channel Logout).
pub(crate) async fn notice(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    Form(form): Form,
) -> Result<Response, Problem> {
    let told = gateway.noticed(&reader.campus, &site, &form).await?;
    told.ok_or_else(|| Problem::bad_parameter("this is no notice that the campus's login method knows"))
}

/// `GET /api/login/metadata`: what the provider's staff need (SAML).
pub(crate) async fn metadata(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
) -> Result<Response, Problem> {
    let document = gateway.sign_in(&reader.campus)?.login.metadata(&site).map_err(|failure| {
        tracing::warn!(campus = %reader.campus.id, "metadata: {failure}");
        Problem::sign_in(&failure)
    })?;
    let document = document.ok_or_else(|| Problem::new("not-found", "this login method has no metadata"))?;
    Ok(([(CONTENT_TYPE, "application/samlmetadata+xml"), (CACHE_CONTROL, "no-cache")], document).into_response())
}

/// `GET /api/login/proxy`: a CAS server leaves a proxy-granting ticket.
pub(crate) async fn proxy(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Query(query): Query,
) -> Result<Response, Problem> {
    gateway.sign_in(&reader.campus)?.login.leave_ticket(&query, (gateway.clock)());
    Ok(([(CACHE_CONTROL, "no-store")], "").into_response())
}

impl Gateway {
    /// Ends what a provider says is over; `None` where a form is no such notice.
    pub(super) async fn noticed(
        &self,
        campus: &Campus,
        site: &Site,
        form: &Fields,
    ) -> Result<Option<Response>, Problem> {
        let (sign_in, now) = (self.sign_in(campus)?, (self.clock)());
        let ended = sign_in.login.notice(site, form, now).await.map_err(|failure| {
            tracing::warn!(campus = %campus.id, kind = ?failure.kind, "notice of the identity provider: {failure}");
            Problem::bad_parameter("the notice does not hold")
        })?;
        let Some(ended) = ended else { return Ok(None) };
        // A provider that is told that it failed tries again.
        self.revoke(self.identity.sessions.ended(&campus.id, &ended, sign_in.lasting, now)).await?;
        Ok(Some(([(CACHE_CONTROL, "no-store")], "").into_response()))
    }
}
