//! People at a campus of the test: they sign in at a real provider with a browser, and come back.

use std::sync::Arc;
use std::time::Duration;

use identity::{Answer, Attempt, Begun, Claims, Context, DeclaredClaims, Failure, Form, Given, Login, Person, Proof};
use identity::{Rehearsal, Site};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use jq::Scope;
use outbound::{Outbound, Rules};
use serde_json::Value;
use settings::Secret;
use tokio::sync::mpsc;
use url::Url;

use crate::rehearsal::provider::{Provider, answer, page};

/// A campus's own addresses: what the provider tells it by itself arrives in `notices`.
pub struct Campus {
    pub site: Site,
    pub server: Provider,
    pub notices: mpsc::UnboundedReceiver<Form>,
}

impl Campus {
    pub async fn start() -> Self {
        let (sender, notices) = mpsc::unbounded_channel();
        let server = Provider::start(move |asked| match asked.what.as_str() {
            "POST /api/login/notice" | "POST /api/login/callback" => {
                sender.send(asked.form.clone()).unwrap();
                answer(200, "", "")
            }
            _ => page("", "<title>Signed out</title>"),
        })
        .await;
        Self { site: Site::new(&server.url).unwrap(), server, notices }
    }
}

/// A browser, and what it and the campus share while somebody signs in.
pub struct Visit<'a> {
    pub browser: Rehearsal,
    pub login: Arc<dyn Login>,
    site: &'a Site,
    pub attempt: Attempt,
    user: &'static str,
}

impl<'a> Visit<'a> {
    /// Of Aline Dupont, unless it is told otherwise.
    pub fn new(site: &'a Site, login: Arc<dyn Login>, number: u8) -> Self {
        let chance: identity::Chance = Arc::new(move |bytes: &mut [u8]| bytes.fill(number));
        let context = context();
        let browser = Rehearsal::new(&context.outbound, context.rules);
        Self { browser, login, site, attempt: Attempt::new(&chance, Timestamp::now()), user: "adupont" }
    }

    pub fn of(self, user: &'static str) -> Self {
        Self { user, ..self }
    }

    /// What the provider sends the browser back with.
    pub async fn come_back(&mut self) -> Given {
        let begun = self.login.begin(self.site, &self.attempt, Timestamp::now()).await;
        let begun = begun.unwrap_or_else(|failure| panic!("{failure}"));
        let given = self.browser.sign_in(begun, self.site, self.user, &Secret::new("demo")).await;
        let given = given.unwrap_or_else(|failure| panic!("{failure}"));
        let state = given.query.get("state").or_else(|| given.form.get("RelayState"));
        assert_eq!(state.unwrap(), self.attempt.id());
        given
    }

    /// What this campus makes of it.
    pub async fn finish(&self, given: &Given) -> Result<Proof, Failure> {
        self.finish_at(self.site, given).await
    }

    /// What another campus would make of it, with the same login and the same browser.
    pub async fn finish_at(&self, site: &Site, Given { query, form }: &Given) -> Result<Proof, Failure> {
        let (attempt, now) = (Some(&self.attempt), Timestamp::now());
        self.login.finish(&Answer { site, attempt, query, form, peer: None, now }).await
    }

    pub async fn sign_in(&mut self) -> Proof {
        let given = self.come_back().await;
        proved(self.finish(&given).await)
    }

    /// Who it is by the claims of a method, where the school declares none.
    pub async fn person(&mut self) -> Person {
        let proof = self.sign_in().await;
        let scope = Scope { zone: TimeZone::UTC, tables: std::collections::BTreeMap::new() };
        let claims = Claims::compile(&DeclaredClaims::default(), self.login.default_claims(), &scope).unwrap();
        claims.person(&proof.claims).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Goes to an address that leads to no sign-in, and tells where that ends.
    pub async fn open(&mut self, url: &str) -> Failure {
        let url = Begun::Redirect(Url::parse(url).unwrap());
        let end = self.browser.sign_in(url, self.site, self.user, &Secret::new("demo")).await;
        let Err(end) = end else { panic!("a sign-in") };
        end
    }

    pub async fn sign_out(&mut self, proof: &Proof) {
        let url = self.login.sign_out(self.site, &proof.tokens, Timestamp::now()).await;
        let url = url.unwrap_or_else(|failure| panic!("{failure}")).unwrap();
        // The browser comes back to the campus, not to the callback.
        let end = self.open(url.as_str()).await;
        assert!(end.message.contains("Signed out"), "{end}");
    }
}

/// A login of a campus, over servers that may be slow on a busy machine.
pub fn login(method: &str, settings: Value) -> Arc<dyn Login> {
    let login = identity::find(method).unwrap().login(settings, &context());
    login.unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

pub fn proved(outcome: Result<Proof, Failure>) -> Proof {
    outcome.unwrap_or_else(|failure| panic!("{failure}"))
}

pub fn context() -> Context {
    let rules = Rules {
        private: vec!["127.0.0.0/8".parse().unwrap()],
        first_byte_timeout: Duration::from_secs(30),
        ..Rules::default()
    };
    Context { campus: "rivage".to_owned(), outbound: Outbound::new(&[]).unwrap(), rules }
}
