//! How people sign in: the login's method found, its settings and claims checked.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use identity::{Claims, Method};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use sources::Credential;
use toml::de::DeTable;

use super::Builder;
use crate::declared::DeclaredLogin;
use crate::document::{json, key_span};
use crate::schema;
use crate::{DataSet, SignIn};

/// Nobody stays signed in for longer without being asked.
const LONGEST: Duration = Duration::from_hours(400 * 24);

impl Builder<'_, '_> {
    pub(super) fn sign_in(&mut self, zone: &TimeZone, passes_tokens: bool) -> Option<SignIn> {
        let value = self.table.get("login")?;
        let table = value.get_ref().as_table()?;
        let name_span = key_span(self.table, "login").unwrap_or(value.span());
        let method = self.method(table, &name_span)?;
        if !self.passes(&schema::login(method), table, value.span(), "[login]") {
            return None;
        }
        let own = schema::keys(&method.schema().to_value());
        let own: Vec<_> = own.iter().map(String::as_str).chain(["method"]).collect();
        let common: DeclaredLogin = self.deserialize(json(table, &own), name_span.clone())?;
        if common.session.0 > LONGEST || common.session.0.is_zero() {
            let span = self.place(table, "session").unwrap_or(name_span.clone());
            self.document.error(span, "session is up to 400 days", Some("write session = \"30d\"".to_owned()));
        }
        self.check_redirects(&common.native_redirects, table, &name_span);
        let keys = table.keys().map(|key| key.get_ref().as_ref());
        let others: Vec<_> = keys.filter(|key| !own.contains(key) || *key == "method").collect();
        let context = identity::Context {
            campus: self.draft.id.to_owned(),
            outbound: self.surroundings.outbound.clone(),
            rules: (self.surroundings.rules)(self.draft.id),
        };
        let login = method.login(json(table, &others), &context);
        let login = self.settled(login, table, &name_span);
        // Where the login's settings are wrong, the claims are read all the same, for their own mistakes.
        let defaults = login.as_ref().map(|login| login.default_claims());
        let defaults = defaults.or_else(|| Some(method.default_claims().first()?.1))?;
        let scope = jq::Scope { zone: zone.clone(), tables: BTreeMap::new() };
        let claims = Claims::compile(&common.claims, defaults, &scope);
        let (claims, login) = (self.settled(claims, table, &name_span)?, login?);
        Some(SignIn {
            method: method.name(),
            login,
            claims,
            lasting: SignedDuration::try_from(common.session.0).unwrap_or(SignedDuration::MAX),
            native_redirects: common.native_redirects,
            passes_tokens,
            complete: !self.document.lacks_within(value),
        })
    }

    /// Where a code may go: to an app by its own scheme or by a web address that it has claimed (RFC 8252, 7.1 and 7.2).
    fn check_redirects(&mut self, redirects: &[String], table: &DeTable<'_>, name_span: &Range<usize>) {
        for redirect in redirects {
            let fits = url::Url::parse(redirect).is_ok_and(|url| {
                let private = url.scheme().contains('.') && url.fragment().is_none();
                private || (url.scheme() == "https" && url.fragment().is_none() && url.host_str().is_some())
            });
            if !fits {
                let span = self.place(table, "native_redirects").unwrap_or(name_span.clone());
                let help = "write the app's own scheme, which holds a dot, or an https address that it has claimed";
                let message = format!("\"{redirect}\" is no address of a native app");
                self.document.error(span, message, Some(help.to_owned()));
            }
        }
    }

    /// The parameters that tell who a personal set is about.
    pub(super) fn person_params(&self) -> Vec<String> {
        let attributes = self.table.get("login").and_then(|login| login.get_ref().get("attributes"));
        let attributes = attributes.and_then(|attributes| attributes.get_ref().as_table()).into_iter().flatten();
        let named = attributes.map(|(name, _)| format!("user_{}", name.get_ref()));
        std::iter::once("user".to_owned()).chain(named).collect()
    }

    fn method(&mut self, table: &DeTable<'_>, name_span: &Range<usize>) -> Option<&'static dyn Method> {
        let names: Vec<_> = identity::METHODS.iter().map(|method| method.name()).collect();
        self.chosen(table, ("method", "login method"), &names, "[login]", name_span).and_then(identity::find)
    }

    /// Sources can be asked with what the login gives only.
    pub(super) fn check_credentials(&mut self, data: &BTreeMap<Arc<str>, Arc<DataSet>>, sign_in: Option<&SignIn>) {
        let Some(sign_in) = sign_in else { return };
        for (name, span, ..) in self.section("data") {
            let (what, given, help) = match data.get(name).and_then(|set| set.asks_with) {
                None => continue,
                Some(Credential::Token) => ("access token", sign_in.login.gives_tokens(), "sign in by oidc"),
                Some(Credential::Ticket) => {
                    ("proxy ticket", sign_in.login.gives_tickets(), "sign in by cas, with proxy = true in [login]")
                }
            };
            if !given {
                let message =
                    format!("the source of \"{name}\" is asked with the person's {what}, and [login] gives none");
                self.document.error(span, message, Some(format!("{help}, or give the source a service account")));
            }
        }
    }
}
