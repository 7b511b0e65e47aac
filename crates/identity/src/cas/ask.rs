//! Questions to the CAS server: whose a ticket is, a proxy ticket, and whether it is set up for us.

use ::settings::Secret;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method};
use outbound::{Request, site};
use serde_json::{Map, Value};
use url::Url;

use super::response::{self, Response};
use super::settings::Version;
use super::{CasLogin, is_opaque, service, wrong};
use crate::{Attempt, Failure, FailureKind, Site};

/// A ticket that no server gave.
const MADE_UP: &str = "ST-0-preau-probe";

impl CasLogin {
    /// Whose a service ticket is, and under which name a proxy-granting ticket was left.
    pub(super) async fn validate(
        &self,
        site: &Site,
        attempt: Option<&Attempt>,
        ticket: &str,
    ) -> Result<(Map<String, Value>, Option<String>), Failure> {
        match self.question(site, attempt, ticket).await? {
            Response::Success { claims, left_as } => Ok((claims, left_as)),
            Response::Failure(code) => Err(self.refusal(&code, site)),
            Response::Proxy(_) => Err(self.other("a proxy ticket where a user is expected")),
        }
    }

    /// A proxy ticket for a service.
    pub(super) async fn proxied(&self, granting: &str, service: &Url) -> Result<Secret, Failure> {
        let question = self.at("proxy", &[("pgt", granting), ("targetService", service.as_str())]);
        let (host, target) = (self.host(), site(service));
        match self.ask(question).await? {
            Response::Proxy(ticket) if is_opaque(&ticket) => Ok(Secret::new(ticket)),
            Response::Failure(code) => Err(match code.as_str() {
                // What LemonLDAP::NG calls it.
                "BAD_PGT" | "INVALID_TICKET" => {
                    Failure::new(FailureKind::Denied, format!("the sign-in at {host} is over: sign in again"))
                }
                "UNAUTHORIZED_SERVICE" | "UNAUTHORIZED_SERVICE_PROXY" | "INVALID_SERVICE" => {
                    wrong(format!("{host} gives no proxy tickets for {target}: allow them for that service there"))
                }
                other => self.unusual(other),
            }),
            _ => Err(self.other("no proxy ticket")),
        }
    }

    /// Whether the server answers, and what has to be declared there.
    pub(super) async fn rehearse(&self, site: &Site) -> Result<Vec<String>, Failure> {
        let (host, ours) = (self.host(), service(site, None));
        // `gateway`: a browser that is not signed in comes back at once, where its service is declared.
        let login = self.at("login", &[("service", ours.as_str()), ("gateway", "true")]);
        let login = self.client.hop(get(login)).await?;
        if login.status.is_client_error() {
            return Err(wrong(format!(
                "{host} answers {} in place of its login page: is `url` right, and is {ours} declared there as a service?",
                login.status.as_u16()
            )));
        }
        let location = login.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let knows_us = location.is_some_and(|location| location.starts_with(ours.as_str()));
        if !login.status.is_redirection() {
            login.check()?;
        }
        match self.question(site, None, MADE_UP).await? {
            Response::Failure(code) if code == "INVALID_TICKET" => {}
            Response::Failure(code) if code == "INVALID_SERVICE" => {
                return Err(self.refusal("UNAUTHORIZED_SERVICE", site));
            }
            Response::Failure(code) => return Err(self.refusal(&code, site)),
            _ => return Err(self.other("that a ticket holds which nobody gave")),
        }
        let mut found = vec![format!("{host} checks tickets")];
        found.push(if knows_us {
            format!("{host} knows {ours}")
        } else {
            format!("{host} may not know {ours}: declare it there as a service, with any query")
        });
        if self.settings.proxy {
            found.push(format!("{host} must be allowed to reach {}", self.callback(site)?));
        }
        Ok(found)
    }

    async fn question(&self, site: &Site, attempt: Option<&Attempt>, ticket: &str) -> Result<Response, Failure> {
        let path = match self.settings.version {
            Version::Two => "serviceValidate",
            Version::Three => "p3/serviceValidate",
        };
        let mut url = self.at(path, &[("service", service(site, attempt).as_str()), ("ticket", ticket)]);
        if self.settings.renew {
            url.query_pairs_mut().append_pair("renew", "true");
        }
        if self.settings.proxy {
            url.query_pairs_mut().append_pair("pgtUrl", self.callback(site)?.as_str());
        }
        self.ask(url).await
    }

    async fn ask(&self, url: Url) -> Result<Response, Failure> {
        let answer = self.client.send(get(url)).await?.check()?;
        let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let charset = content_type.and_then(|value| value.split_once("charset=")).map(|(_, label)| label);
        let charset = charset.map(|label| label.split(';').next().unwrap_or_default().trim().trim_matches('"'));
        response::read(&records::text(&answer.body, charset)).map_err(|what| self.other(what))
    }

    /// What a failure of validation means (CAS 3.0.3, 2.5.3).
    fn refusal(&self, code: &str, site: &Site) -> Failure {
        let (host, ours) = (self.host(), service(site, None));
        match code {
            "INVALID_TICKET" | "INVALID_TICKET_SPEC" => {
                self.invalid("does not know this ticket, or gave it too long ago: start again")
            }
            // Tickets are given to declared services only: this one is of another service or another browser's sign-in.
            "INVALID_SERVICE" => self.invalid("gave this ticket for another sign-in or service: start again"),
            "UNAUTHORIZED_SERVICE" => {
                wrong(format!("{host} does not know this campus: declare {ours} there as a service, with any query"))
            }
            "UNAUTHORIZED_USER" => {
                Failure::new(FailureKind::Denied, format!("{host} does not let this person use {site}"))
            }
            "INVALID_PROXY_CALLBACK" | "UNAUTHORIZED_SERVICE_PROXY" => match self.callback(site) {
                Ok(callback) => wrong(format!(
                    "{host} leaves no proxy-granting ticket at {callback}: allow that address there, and let {host} \
                     reach it and trust its certificate"
                )),
                Err(failure) => failure,
            },
            other => self.unusual(other),
        }
    }

    fn unusual(&self, code: &str) -> Failure {
        match code {
            "INTERNAL_ERROR" => Failure::new(
                FailureKind::Unavailable,
                format!("{} has a fault of its own (INTERNAL_ERROR)", self.host()),
            ),
            "" => self.other("a failure without a code"),
            other => self.other(&format!("the failure {other}")),
        }
    }

    /// The address is not that of a CAS server as declared.
    fn other(&self, what: &str) -> Failure {
        wrong(format!(
            "{} answered {what}: is `url` in [login] its address up to /login, and `version` right?",
            self.host()
        ))
    }
}

fn get(url: Url) -> Request {
    Request { method: Method::GET, url, headers: HeaderMap::new(), body: Bytes::new() }
}
