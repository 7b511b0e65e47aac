//! The way out (OpenID Connect RP-Initiated Logout). The provider keeps no session: it only leads back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gateway::page::{Draft, Language};
use http::{HeaderMap, Uri, header};
use url::Url;

use super::{Provider, form};

/// Back to the campus, or a page that says it is done.
pub async fn logout(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap) -> Response {
    let query = form(uri.query().unwrap_or_default().as_bytes());
    let back = query.get("post_logout_redirect_uri").and_then(|text| Url::parse(text).ok());
    if let Some(mut back) = back.filter(|url| provider.of_campus(url)) {
        if let Some(state) = query.get("state") {
            back.query_pairs_mut().append_pair("state", state);
        }
        return Redirect::to(back.as_str()).into_response();
    }
    let language = Language::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
    let title = language.of("Session fermée", "You are signed out");
    let main = format!("<h1>{title}</h1>\n");
    let school = provider.school();
    Draft { school, language, title, main: &main, forms: Some("'none'"), script: None }.page().into_response()
}
