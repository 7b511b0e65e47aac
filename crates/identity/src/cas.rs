//! CAS: the server checks a password and gives the browser a ticket for us; we ask the server whose it is.
//!
//! The service of a sign-in is [`Site::CALLBACK`] with the attempt's id as `state`: the server gives a ticket to one
//! service only, so that a ticket of another campus, application or browser does not hold. Protocol:
//! apereo/cas, CAS-Protocol-Specification, version 3.0.3, and its REST protocol.

mod ask;
mod granting;
mod logout;
mod response;
mod settings;
mod xml;

use std::sync::Arc;

use ::settings::{Secret, SettingError};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use outbound::{Client, Destination, Rules, site};
use schemars::{Schema, schema_for};
use serde_json::{Map, Value};
use url::Url;

use self::granting::Granting;
use self::settings::{Settings, is_private_enough};
use crate::method::Form;
use crate::{
    Answer, Attempt, Begun, Context, DefaultClaims, Ended, Failure, FailureKind, Login, Method, Once, Proof, Site,
    Tokens,
};

/// The method.
pub(crate) struct Cas;

/// A service ticket, in characters (CAS 3.0.3, 3.1.1).
const LONGEST_SERVICE_TICKET: usize = 256;

/// Any other ticket. Clusters put a whole encrypted token in some.
const LONGEST_TICKET: usize = 1024;

/// Longer than any server takes a service ticket, and how many are remembered for so long.
const TICKET_LIFE: SignedDuration = SignedDuration::from_mins(10);
const MOST_TICKETS: usize = 1 << 16;

/// Where its claims hold what, unless the school says otherwise.
const CLAIMS: DefaultClaims = DefaultClaims {
    user: ".user",
    name: "[.displayName // .cn] | flatten | first",
    groups: ".memberOf // .groups",
    affiliation: ".eduPersonAffiliation",
};

impl Method for Cas {
    fn name(&self) -> &'static str {
        "cas"
    }

    fn about(&self) -> &'static str {
        "Signs in at a CAS server (Apereo CAS, LemonLDAP::NG, django-cas-server), protocol 3 or 2."
    }

    fn schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn default_claims(&self) -> Vec<(&'static str, DefaultClaims)> {
        vec![("", CLAIMS)]
    }

    fn login(&self, settings: Value, context: &Context) -> Result<Arc<dyn Login>, Vec<SettingError>> {
        let settings = ::settings::read::<Settings>(settings)?.checked()?;
        let rules = Rules { max_body: xml::LARGEST, ..context.rules.clone() };
        Ok(Arc::new(CasLogin {
            client: context.outbound.client(rules),
            settings,
            used: Once::new(MOST_TICKETS),
            granting: Granting::default(),
        }))
    }
}

/// One campus's CAS server.
struct CasLogin {
    client: Client,
    settings: settings::Checked,
    used: Once,
    granting: Granting,
}

#[async_trait]
impl Login for CasLogin {
    fn default_claims(&self) -> DefaultClaims {
        CLAIMS
    }

    fn destinations(&self) -> Vec<Destination> {
        Destination::of(&self.settings.url).into_iter().collect()
    }

    async fn begin(&self, site: &Site, attempt: &Attempt, _now: Timestamp) -> Result<Begun, Failure> {
        let mut url = self.at("login", &[("service", service(site, Some(attempt)).as_str())]);
        if self.settings.renew {
            url.query_pairs_mut().append_pair("renew", "true");
        }
        Ok(Begun::Redirect(url))
    }

    async fn finish(&self, answer: &Answer<'_>) -> Result<Proof, Failure> {
        let given = match answer.attempt {
            Some(_) => answer.query.get("ticket"),
            // Anybody can redirect a browser to us with a ticket of theirs; an app posts it.
            None if self.settings.rest => answer.form.get("ticket"),
            None => return Err(Failure::invalid("this sign-in did not begin here: start again")),
        };
        let ticket = given.filter(|ticket| is_service_ticket(ticket));
        let ticket = ticket.ok_or_else(|| self.invalid("gave no service ticket: start again"))?;
        let (claims, left_as) = self.validate(answer.site, answer.attempt, ticket).await?;
        // Only now: made-up tickets would fill the memory.
        if !self.used.first(ticket, answer.now + TICKET_LIFE, answer.now) {
            return Err(self.invalid("took a ticket that was used here before, which is refused: start again"));
        }
        let granting = if self.settings.proxy { Some(self.pick_up(left_as, answer)?) } else { None };
        let tokens = Tokens { granting: granting.map(|ticket| ticket.expose().to_owned()), ..Tokens::default() };
        // The server tells of the end of a ticket, never of all sign-ins of a person.
        Ok(Proof { claims, tokens, session: Some(ticket.clone()), subject: None })
    }

    async fn sign_out(&self, site: &Site, _tokens: &Tokens, _now: Timestamp) -> Result<Option<Url>, Failure> {
        Ok(Some(self.at("logout", &[("service", site.origin().as_str())])))
    }

    async fn notice(&self, _site: &Site, form: &Form, _now: Timestamp) -> Result<Option<Ended>, Failure> {
        let Some(request) = form.get("logoutRequest") else { return Ok(None) };
        let ticket =
            logout::ticket(request).map_err(|what| Failure::invalid(format!("a sign-out notice is {what}")))?;
        Ok(Some(Ended::Session(ticket)))
    }

    fn leave_ticket(&self, query: &Form, now: Timestamp) {
        if self.settings.proxy {
            self.granting.leave(query, now);
        }
    }

    fn gives_tickets(&self) -> bool {
        self.settings.proxy
    }

    async fn proxy_ticket(&self, tokens: &Tokens, service: &Url) -> Result<Secret, Failure> {
        if !self.settings.proxy {
            return Err(wrong("this campus has no proxy tickets: proxy = true in [login]"));
        }
        let Some(granting) = &tokens.granting else {
            return Err(Failure::new(FailureKind::Stale, "this session is older than proxy = true: sign in again"));
        };
        self.proxied(granting, service).await
    }

    async fn probe(&self, site: &Site, _now: Timestamp) -> Result<Vec<String>, Failure> {
        self.rehearse(site).await
    }

    fn native(&self) -> Map<String, Value> {
        let facts = [("cas_rest", self.at("v1/tickets", &[]).into()), ("service", Site::CALLBACK.to_owned())];
        let facts = facts.into_iter().filter(|_| self.settings.rest);
        facts.map(|(name, fact): (_, String)| (name.to_owned(), fact.into())).collect()
    }
}

impl CasLogin {
    /// An address of the server.
    fn at(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.settings.url.clone();
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn host(&self) -> String {
        site(&self.settings.url)
    }

    fn invalid(&self, what: &str) -> Failure {
        Failure::invalid(format!("{} {what}", self.host()))
    }

    /// Where the server leaves proxy-granting tickets.
    fn callback(&self, site: &Site) -> Result<Url, Failure> {
        let url = self.settings.proxy_callback.clone().unwrap_or_else(|| site.at(Site::PROXY));
        if is_private_enough(&url) {
            return Ok(url);
        }
        Err(wrong(format!("CAS servers leave proxy-granting tickets by https only, and this campus is {site}")))
    }

    /// The ticket that was left while we waited for the answer that names it.
    fn pick_up(&self, left_as: Option<String>, answer: &Answer<'_>) -> Result<Secret, Failure> {
        let (host, callback) = (self.host(), self.callback(answer.site)?);
        let name = left_as.ok_or_else(|| {
            wrong(format!(
                "{host} gave no proxy-granting ticket: allow proxies for this service there, and let it reach {callback}"
            ))
        })?;
        self.granting.take(&name, answer.now).ok_or_else(|| {
            wrong(format!(
                "{host} left a proxy-granting ticket at {callback}, but not in this process: proxy_callback in [login] \
                 is an address that reaches this process only"
            ))
        })
    }
}

/// What a ticket is for: ours to check, the same when it is asked for and when it is checked.
fn service(site: &Site, attempt: Option<&Attempt>) -> Url {
    let mut url = site.at(Site::CALLBACK);
    if let Some(attempt) = attempt {
        url.query_pairs_mut().append_pair("state", attempt.id());
    }
    url
}

fn is_service_ticket(text: &str) -> bool {
    text.starts_with("ST-") && text.len() <= LONGEST_SERVICE_TICKET && is_opaque(text)
}

/// Whether a text can be a ticket at all.
fn is_opaque(text: &str) -> bool {
    (1..=LONGEST_TICKET).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Misconfigured, message)
}

#[cfg(test)]
mod tests;
