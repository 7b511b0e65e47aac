//! How an interface knows us: credentials on each request, and one fresh token where the old one is refused.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use outbound::{Client, Failure, FailureKind, Request, Response};
use url::Url;

use super::check::{Problems, header, is_harmless};
use super::settings::{ApiKey, AsPerson, Auth};
use super::token::Tokens;
use crate::{Call, Credential, Person, Secret};

/// What is added to each request.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    headers: HeaderMap,
    query: Option<(String, Secret)>,
    tokens: Option<Tokens>,
    person: Option<AsPerson>,
}

impl Credentials {
    pub(super) fn new(headers: BTreeMap<String, Secret>, auth: Option<Auth>, problems: &mut Problems) -> Self {
        let mut credentials = Self::default();
        for (name, value) in headers {
            credentials.add_header(&format!("headers.{name}"), &name, value.expose(), problems);
        }
        match auth {
            None => {}
            Some(Auth::Basic(basic)) => {
                let pair = BASE64_STANDARD.encode(format!("{}:{}", basic.user.expose(), basic.password.expose()));
                credentials.add_header("auth.basic", AUTHORIZATION.as_str(), &format!("Basic {pair}"), problems);
            }
            Some(Auth::Bearer(token)) => {
                let value = format!("Bearer {}", token.expose());
                credentials.add_header("auth.bearer", AUTHORIZATION.as_str(), &value, problems);
            }
            Some(Auth::ApiKey(key)) => credentials.add_key(key, problems),
            Some(Auth::Oauth2(settings)) => credentials.tokens = Tokens::new(&settings, problems),
            Some(Auth::Person(what)) => credentials.person = Some(what),
        }
        credentials
    }

    /// Whether there is anything that others may not know.
    pub(super) fn any(&self) -> bool {
        self.query.is_some()
            || self.tokens.is_some()
            || self.person.is_some()
            || self.headers.values().any(HeaderValue::is_sensitive)
    }

    /// With what of a person's session it is asked.
    pub(super) fn asks_with(&self) -> Option<Credential> {
        self.person.map(|what| match what {
            AsPerson::Token => Credential::Token,
            AsPerson::Ticket => Credential::Ticket,
        })
    }

    /// Where tokens come from.
    pub(super) fn token_url(&self) -> Option<&Url> {
        self.tokens.as_ref().map(Tokens::url)
    }

    /// Whether tokens are fetched in plain text.
    pub(super) fn reach_plain_text(&self) -> bool {
        self.tokens.as_ref().is_some_and(Tokens::are_plain_text)
    }

    /// Sends a request as us, or as the person.
    pub(super) async fn send(
        &self,
        client: &Client,
        mut request: Request,
        call: &Call<'_>,
    ) -> Result<Response, Failure> {
        for (name, value) in &self.headers {
            request.headers.insert(name, value.clone());
        }
        if let Some((name, value)) = &self.query {
            set_query(&mut request.url, name, [value.expose()]);
        }
        if let Some(what) = self.person {
            what.add(&mut request, call.person).await?;
        }
        // A ticket is used up by whoever sees it.
        if self.person == Some(AsPerson::Ticket) {
            return client.send_once(request).await;
        }
        let Some(tokens) = &self.tokens else { return client.send(request).await };
        let token = tokens.get(client, call.now, None).await?;
        request.headers.insert(AUTHORIZATION, token.clone());
        let response = client.send(request.clone()).await?;
        if response.status != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        request.headers.insert(AUTHORIZATION, tokens.get(client, call.now, Some(&token)).await?);
        client.send(request).await
    }

    fn add_header(&mut self, key: &str, name: &str, value: &str, problems: &mut Problems) {
        let Some(name) = header(key, name, problems) else { return };
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(!is_harmless(&name));
                self.headers.insert(name, value);
            }
            Err(_) => problems.add(key, "has a line end or another control character, which no header can carry"),
        }
    }

    fn add_key(&mut self, key: ApiKey, problems: &mut Problems) {
        match (key.header, key.query) {
            (Some(name), None) => self.add_header("auth.api_key", &name, key.value.expose(), problems),
            (None, Some(name)) => self.query = Some((name, key.value)),
            _ => problems.add("auth.api_key", "write either header = \"NAME\" or query = \"NAME\""),
        }
    }
}

impl AsPerson {
    async fn add(self, request: &mut Request, person: Option<&Person>) -> Result<(), Failure> {
        match self {
            Self::Token => {
                let token = person.and_then(|person| person.access_token.as_ref()).ok_or_else(|| {
                    refused("the person's session carries no access token of the identity provider: sign in again")
                })?;
                let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                    .map_err(|_| refused("the person's access token cannot be sent in a header"))?;
                value.set_sensitive(true);
                request.headers.insert(AUTHORIZATION, value);
            }
            Self::Ticket => {
                let tickets = person
                    .and_then(|person| person.tickets.as_ref())
                    .ok_or_else(|| refused("the person's session carries no proxy-granting ticket: sign in again"))?;
                let ticket = tickets.ticket(&request.url).await?;
                set_query(&mut request.url, "ticket", [ticket.expose()]);
            }
        }
        Ok(())
    }
}

fn refused(message: &str) -> Failure {
    Failure::new(FailureKind::Refused, message)
}

/// Sets a query parameter in place of its former values.
pub(super) fn set_query<'v>(url: &mut Url, name: &str, values: impl IntoIterator<Item = &'v str>) {
    let others: Vec<(String, String)> = url.query_pairs().filter(|(known, _)| known != name).map(own).collect();
    let mut pairs = url.query_pairs_mut();
    pairs.clear().extend_pairs(others).extend_pairs(values.into_iter().map(|value| (name, value)));
}

fn own((name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}
