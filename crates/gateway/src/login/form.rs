//! `POST /api/login`: our own form, where the school has no sign-on of its own (LDAP).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use identity::{Failure, FailureKind, Form as Fields, WayBack};

use super::View;
use super::back::Came;
use crate::origin::{Form, From, Here};
use crate::page::{self, FormProblem};
use crate::reader::Reader;
use crate::{Gateway, Problem};

/// Who typed user and password.
pub(crate) async fn submitted(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Here(site): Here,
    From(peer): From,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Problem> {
    let sign_in = gateway.sign_in(&reader.campus)?;
    if sign_in.login.way_back() != WayBack::Form {
        return Err(Problem::new(
            "method-not-allowed",
            "this campus's people sign in at their provider: GET /api/login",
        ));
    }
    let view = View::of(&reader.campus, &headers);
    let Some(pending) = gateway.pending(&reader.campus, &headers) else {
        let failure = Failure::new(FailureKind::Stale, "a form came for no sign-in that this browser began");
        gateway.note_login(&reader.campus, Some(&failure));
        return Ok(view.failed(&failure, "/"));
    };
    let user = form.get("user").cloned().unwrap_or_default();
    let came = Came { site, query: Fields::new(), form, peer, headers: headers.clone() };
    match gateway.finish(&reader.campus, &sign_in, &pending, &came).await {
        Ok(arrived) => Ok(arrived),
        Err(failure) => {
            let (status, problem) = match failure.kind {
                FailureKind::Denied => (StatusCode::FORBIDDEN, FormProblem::Refused),
                FailureKind::TooMany => {
                    let minutes = failure.retry_after.map_or(1, |pause| pause.as_secs().div_ceil(60).max(1));
                    (StatusCode::TOO_MANY_REQUESTS, FormProblem::TooMany { minutes })
                }
                FailureKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, FormProblem::Unavailable),
                _ => return Ok(gateway.not_arrived(&view, &failure, &pending)),
            };
            let form = page::sign_in_form(view.school(), view.language, "/api/login", &user, Some(problem));
            Ok((status, form).into_response())
        }
    }
}
