//! The intranet's API behind a token: menus, opening hours, people in pages with a cursor.

mod menus;
mod people;
mod services;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use crate::demo::upstreams::answer::{self, number, parameter};
use crate::demo::upstreams::clock::Clock;

pub use menus::menus;
pub use people::people;
pub use services::services;

/// What a caller shows as its bearer token.
pub const TOKEN: &str = "colline-intranet-2f6c1d";

pub fn routes(clock: &Clock) -> Router {
    let (for_menus, for_services) = (clock.clone(), clock.clone());
    let menus = move |headers: HeaderMap| async move { guarded(&headers, || answer::json(&menus(&for_menus))) };
    let services =
        move |headers: HeaderMap| async move { guarded(&headers, || answer::json(&services(&for_services.now()))) };
    let people = |uri: Uri, headers: HeaderMap| async move { guarded(&headers, || answer::json(&page(&uri))) };
    Router::new()
        .route("/intranet/api/menus", get(menus))
        .route("/intranet/api/services", get(services))
        .route("/intranet/api/annuaire", get(people))
}

fn guarded(headers: &HeaderMap, answer: impl FnOnce() -> Response) -> Response {
    if headers.get(AUTHORIZATION).is_some_and(|shown| shown.as_bytes() == format!("Bearer {TOKEN}").as_bytes()) {
        answer()
    } else {
        answer::refusal(StatusCode::UNAUTHORIZED, &json!({ "erreur": "jeton absent ou inconnu" }))
    }
}

/// `limite` people after the one whose key is `curseur`; the next cursor is `suite`, null on the last page.
pub fn page(uri: &Uri) -> Value {
    let people = people();
    let after = parameter(uri, "curseur").filter(|cursor| !cursor.is_empty());
    let start =
        after.map_or(0, |cursor| people.iter().take_while(|person| person["cle"] != cursor.as_str()).count() + 1);
    let limit = number(uri, "limite", 5).clamp(1, 50);
    let page: Vec<Value> = people.iter().skip(start).take(limit).cloned().collect();
    let next = page.last().filter(|_| start + limit < people.len()).map(|person| person["cle"].clone());
    json!({ "personnes": page, "total": people.len(), "suite": next })
}
