//! Who are you? The authorization endpoint: code flow with PKCE, a button per person.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use gateway::page::{Draft, Language, escape};
use http::{HeaderMap, StatusCode, Uri, header};
use url::Url;

use super::grants::What;
use super::{CALLBACK, CLIENT, Form, Person, Provider, form, random};

/// A request that holds.
struct Asked {
    redirect: Url,
    state: String,
    nonce: String,
    challenge: String,
}

/// The page of people.
pub async fn ask(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap) -> Response {
    let query = form(uri.query().unwrap_or_default().as_bytes());
    let language = language(&query, &headers);
    let asked = match provider.read(&query, language) {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    if query.get("prompt").is_some_and(|prompt| prompt == "none") {
        return provider.back(&asked.redirect, &asked.state, &[("error", "login_required")]);
    }
    provider.people(&asked, uri.query().unwrap_or_default(), language).into_response()
}

/// A button was pressed.
pub async fn answer(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let query = form(uri.query().unwrap_or_default().as_bytes());
    let Asked { redirect, state, nonce, challenge } = match provider.read(&query, language(&query, &headers)) {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let pressed = form(&body).remove("person").unwrap_or_default();
    let person = provider.settings.people.iter().position(|person| person.claim("sub") == pressed);
    let Some(person) = person else {
        return provider.back(&redirect, &state, &[("error", "access_denied")]);
    };
    let what = What::Code { redirect: redirect.to_string(), challenge, nonce };
    let added = random().map(|code| {
        let added = provider.grants(|grants, now| grants.add(code.clone(), what, person, now, now));
        added.then_some(code)
    });
    match added {
        Ok(Some(code)) => provider.back(&redirect, &state, &[("code", &code)]),
        _ => provider.back(&redirect, &state, &[("error", "temporarily_unavailable")]),
    }
}

impl Provider {
    /// Checks a request. A wrong client or redirect is told on a page, for the address cannot be trusted; anything else
    /// to the client (RFC 6749, 4.1.2.1).
    fn read(&self, query: &Form, language: Language) -> Result<Asked, Box<Response>> {
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let redirect = Url::parse(get("redirect_uri")).ok().filter(|url| self.of_campus(url));
        let redirect = redirect.filter(|url| {
            url.path() == CALLBACK && url.query().is_none() && url.fragment().is_none() && get("client_id") == CLIENT
        });
        let Some(redirect) = redirect else { return Err(Box::new(self.stranger(language))) };
        let wrong = if get("response_type") != "code" {
            Some("unsupported_response_type")
        } else if !get("scope").split(' ').any(|scope| scope == "openid") {
            Some("invalid_scope")
        } else if [get("state"), get("nonce")].iter().any(|text| text.is_empty() || text.len() > 512)
            || get("code_challenge_method") != "S256"
            || get("code_challenge").len() != 43
        {
            Some("invalid_request")
        } else {
            None
        };
        if let Some(error) = wrong {
            return Err(Box::new(self.back(&redirect, get("state"), &[("error", error)])));
        }
        let text = |name| get(name).to_owned();
        Ok(Asked { redirect, state: text("state"), nonce: text("nonce"), challenge: text("code_challenge") })
    }

    /// Sends the browser back, and says who does (RFC 9207).
    fn back(&self, redirect: &Url, state: &str, pairs: &[(&str, &str)]) -> Response {
        let mut url = redirect.clone();
        url.query_pairs_mut().extend_pairs(pairs).extend_pairs([("state", state), ("iss", &self.issuer())]);
        Redirect::to(url.as_str()).into_response()
    }

    fn people(&self, asked: &Asked, query: &str, language: Language) -> Response {
        let title = language.of("Qui êtes-vous ?", "Who are you?");
        let lead = language.of(
            "Ceci est une démonstration : ces personnes sont inventées, et aucune n’a de mot de passe.",
            "This is a demonstration: these people are made up, and none has a password.",
        );
        let cancel = language.of("Annuler", "Cancel");
        let rows: String = self.settings.people.iter().map(Person::row).collect();
        let main = format!(
            "<h1>{title}</h1>\n<p class=\"soft\">{lead}</p>\n<form method=\"post\" action=\"?{}\">\n\
             <ul class=\"rows\">\n{rows}</ul>\n\
             <button class=\"button quiet\" name=\"cancel\" value=\"1\">{cancel}</button>\n</form>\n",
            escape(query)
        );
        // Browsers apply the policy to the redirect that follows the form, too.
        let forms = format!("'self' {}", asked.redirect.origin().ascii_serialization());
        let school = self.school();
        Draft { school, language, title, main: &main, forms: Some(&forms), script: None }.page().into_response()
    }

    fn stranger(&self, language: Language) -> Response {
        let title = language.of("Application inconnue", "Unknown application");
        let what = language.of(
            "L’application qui vous envoie ici n’est pas celle de cet établissement.",
            "The application that sent you here is not this school’s.",
        );
        let main = format!("<h1>{title}</h1>\n<p class=\"soft\">{what}</p>\n");
        let school = self.school();
        let page = Draft { school, language, title, main: &main, forms: Some("'none'"), script: None }.page();
        (StatusCode::BAD_REQUEST, page).into_response()
    }
}

impl Person {
    /// One of their claims that is a text.
    pub fn claim(&self, name: &str) -> &str {
        self.claims.get(name).and_then(|claim| claim.as_str()).unwrap_or_default()
    }

    fn row(&self) -> String {
        let name = self.claim("name");
        let initials: String = name.split(' ').take(2).filter_map(|word| word.chars().next()).collect();
        format!(
            "<li><button name=\"person\" value=\"{}\"><span class=\"mark\" aria-hidden=\"true\">{}</span>\
             <span>{} <small lang=\"fr\">{}</small></span></button></li>\n",
            escape(self.claim("sub")),
            escape(&initials),
            escape(name),
            escape(&self.about)
        )
    }
}

/// What the client asks for (`ui_locales`), else the browser.
fn language(query: &Form, headers: &HeaderMap) -> Language {
    let asked = query.get("ui_locales").map(|locales| locales.replace(' ', ","));
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(asked.as_deref().or(header))
}
