//! Personal data sets: asked of the source in the person's name, given to that person, kept by nobody.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cache::Origin;
use campus::{Campus, DataSet, SignIn};
use identity::{Brake, Person, Session, Tokens};
use jiff::{SignedDuration, Timestamp};
use kinds::{Marked, Personal};
use settings::Secret;
use sources::{Call, Failure, FailureKind, Params, Reply, Tickets};
use tokio::time::Instant;
use url::Url;

use crate::copies::Copies;
use crate::held::Held;
use crate::path::{Found, Reading, Trouble, malformed};
use crate::reader::{Member, Reader};
use crate::together::Together;
use crate::{Gateway, Problem, steps};

/// What personal reads share while they are under way, and what slows them down.
pub(crate) struct Own {
    fetches: Arc<Together<Outcome>>,
    pub(crate) copies: Copies,
    /// Upstream calls of one person.
    calls: Brake,
    /// Refusals by a source that was asked with what the person's session carries: a few of them lock accounts out.
    refusals: Brake,
}

type Fetched = Result<(Personal<Arc<Held>>, Timestamp), Trouble>;

/// What came of it; or how long to wait, where the person has asked too often.
type Outcome = Result<Fetched, Duration>;

/// Upstream calls of one person: so many at once, and again after a minute.
const CALLS: u32 = 60;

/// Refusals of one person by one source: so many at once, then one each quarter of an hour.
const REFUSALS: u32 = 3;
const QUARTER: Duration = Duration::from_mins(15);

/// People whose calls are counted at a time.
const PEOPLE: usize = 200_000;

impl Default for Own {
    fn default() -> Self {
        Self {
            fetches: Together::new(SignedDuration::ZERO),
            copies: Copies::default(),
            calls: Brake::new(CALLS, Duration::from_mins(1), PEOPLE),
            refusals: Brake::new(REFUSALS, REFUSALS * QUARTER, PEOPLE),
        }
    }
}

/// Whom a personal data set is asked for.
#[derive(Clone, Copy)]
enum Asker<'a> {
    Session(&'a Session),
    /// Whoever has the address of this person's calendar.
    Calendar(&'a Person),
}

impl<'a> Asker<'a> {
    fn person(self) -> &'a Person {
        match self {
            Self::Session(session) => &session.person,
            Self::Calendar(person) => person,
        }
    }

    fn session(self) -> Option<&'a Session> {
        match self {
            Self::Session(session) => Some(session),
            Self::Calendar(_) => None,
        }
    }
}

impl Gateway {
    /// A personal data set for the person who asks.
    pub(crate) async fn read_own(
        self: &Arc<Self>,
        reader: &Reader,
        member: &Member,
        set: Arc<DataSet>,
        params: Params,
    ) -> Result<Reading, Problem> {
        let campus = Arc::clone(&reader.campus);
        let (session, now) = (self.whole(member)?, (self.clock)());
        let lifetimes = self.overrides.of(&campus.id, &set);
        let copy = set.server_copy.then(|| self.own.copies.of(&campus, &set, &params, &session)).flatten();
        let younger = |age: Duration| {
            let copy = copy.as_ref().filter(|copy| copy.is_younger_than(age, now))?;
            Some((copy.items(&set, lifetimes.fresh_for)?, copy.as_of))
        };
        let found = |items, as_of, origin, trouble| Reading {
            set: Arc::clone(&set),
            fresh_for: lifetimes.fresh_for,
            as_of,
            items: Found::Own(items),
            origin,
            trouble,
        };
        if let Some((items, as_of)) = younger(lifetimes.fresh_for) {
            return Ok(found(items, as_of, Some(Origin::Hit), None));
        }
        let person = format!("{}\n{}", campus.id, session.person.user);
        let source = format!("{person}\n{}", set.source);
        if set.asks_with.is_some() {
            needs_fresh_tokens(&session, now)?;
            let left = self.own.refusals.check(&source, now);
            left.map_err(|wait| Problem::too_many(wait, "the school's system refused this person several times"))?;
        }
        // Two sessions of a person may be allowed different things upstream.
        let name = format!("{source}\n{}\n{}\n{:?}\n{}", set.name, set.version, params, member.opened.id);
        let gateway = Arc::clone(self);
        let (its_campus, its_set) = (Arc::clone(&campus), Arc::clone(&set));
        let get = move || {
            // Counted here, where the source is really asked: who waits for somebody else's call makes none.
            let left = gateway.own.calls.try_now(&person, now);
            steps::carried(steps::fetch(), async move {
                left?;
                Ok(gateway.fetch_own(&its_campus, &its_set, params, Asker::Session(&session), now).await)
            })
        };
        let outcome = self.own.fetches.get(&name, now, get).await;
        let fetched = outcome.unwrap_or_else(|| Ok(Err(cache::Trouble::abandoned())));
        let too_often = |wait| Problem::too_many(wait, "this person's phone asks more often than a person can read");
        match fetched.map_err(too_often)? {
            Ok((items, as_of)) => Ok(found(items, as_of, None, None)),
            Err(trouble) => match younger(lifetimes.fresh_for.saturating_add(lifetimes.stale_for)) {
                Some((items, as_of)) => Ok(found(items, as_of, Some(Origin::Stale), Some(trouble.kind))),
                None => {
                    let pause = trouble.retry_after.and_then(|pause| pause.try_into().ok());
                    Err(Problem::upstream(&set.source, trouble.kind, pause))
                }
            },
        }
    }

    /// A personal data set about somebody whose calendar it is: nothing but their id and attributes is known of them, and
    /// nothing is kept.
    pub(crate) async fn read_about(
        self: &Arc<Self>,
        campus: &Arc<Campus>,
        set: Arc<DataSet>,
        params: Params,
        person: &Person,
    ) -> Result<Reading, Problem> {
        let now = (self.clock)();
        let left = self.own.calls.try_now(&format!("{}\n{}", campus.id, person.user), now);
        left.map_err(|wait| Problem::too_many(wait, "this person's devices ask more often than a person can read"))?;
        let fetched = self.fetch_own(campus, &set, params, Asker::Calendar(person), now).await;
        let (items, as_of) = fetched.map_err(|trouble| {
            let pause = trouble.retry_after.and_then(|pause| pause.try_into().ok());
            Problem::upstream(&set.source, trouble.kind, pause)
        })?;
        let fresh_for = self.overrides.of(&campus.id, &set).fresh_for;
        Ok(Reading { set, fresh_for, as_of, items: Found::Own(items), origin: None, trouble: None })
    }

    async fn fetch_own(
        &self,
        campus: &Arc<Campus>,
        set: &Arc<DataSet>,
        params: Params,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> Fetched {
        let began = Instant::now();
        let session = asker.session();
        let asked = asked_about(params.clone(), asker.person());
        let person = session.and_then(|session| in_the_name_of(campus, set, session));
        let call = Call { params: &asked, validators: None, person: person.as_ref(), now };
        let held = match self.ask(campus, set, &call).await {
            Ok(Reply::Records { pages, .. }) => self.map(campus, set, pages, None, now).await,
            Ok(Reply::Unchanged(_)) => {
                Err(malformed("the upstream answered \"not modified\" to a question without condition"))
            }
            Err(failure) => Err(failure),
        };
        let held = held.and_then(|held| match held {
            Marked::Personal(held) => Ok(held.map(Arc::new)),
            Marked::Public(_) => Err(malformed("this set is not personal")),
        });
        self.note(campus, set, held.as_ref().err(), began.elapsed(), now);
        match &held {
            Err(failure) if set.asks_with.is_some() && failure.kind == FailureKind::Refused => {
                // What is left after this one is looked at before the next call.
                let source = format!("{}\n{}\n{}", campus.id, asker.person().user, set.source);
                let _ = self.own.refusals.try_now(&source, now);
            }
            Ok(held)
                if set.server_copy
                    && let Some(session) = session =>
            {
                self.own.copies.keep(campus, set, &params, session, held.clone(), now, &self.identity.chance);
            }
            _ => {}
        }
        held.map(|held| (held, now)).map_err(|failure| Trouble { kind: failure.kind, retry_after: failure.retry_after })
    }
}

/// An access token that is over is renewed by refreshing the session, not by asking a source with it; a session that has
/// none, because the provider ended what it granted, by signing in.
fn needs_fresh_tokens(session: &Session, now: Timestamp) -> Result<(), Problem> {
    let Tokens { access, granting, access_until, .. } = &session.tokens;
    if access.is_none() && granting.is_none() {
        return Err(Problem::new(
            "sign-in-required",
            "the school's system is asked in the person's name: sign in again",
        ));
    }
    match access_until {
        Some(until) if *until <= now.as_second() => Err(Problem::session_expired()),
        _ => Ok(()),
    }
}

/// The request's parameters, and who it is about.
fn asked_about(mut params: Params, person: &Person) -> Params {
    params.insert("user".to_owned(), person.user.clone());
    params.extend(person.attributes.iter().map(|(name, value)| (format!("user_{name}"), value.clone())));
    params
}

/// What of the session the source is asked with, where it is asked as the person.
fn in_the_name_of(campus: &Campus, set: &DataSet, session: &Session) -> Option<sources::Person> {
    set.asks_with?;
    let tickets = campus
        .sign_in
        .clone()
        .filter(|_| session.tokens.granting.is_some())
        .map(|sign_in| Box::new(ProxyTickets { sign_in, tokens: session.tokens.clone() }) as Box<dyn Tickets>);
    Some(sources::Person { access_token: session.tokens.access.clone().map(Secret::new), tickets })
}

struct ProxyTickets {
    sign_in: Arc<SignIn>,
    tokens: Tokens,
}

#[async_trait]
impl Tickets for ProxyTickets {
    async fn ticket(&self, service: &Url) -> Result<Secret, Failure> {
        self.sign_in.login.proxy_ticket(&self.tokens, service).await.map_err(|failure| {
            let kind = match failure.kind {
                identity::FailureKind::Unavailable => FailureKind::Unavailable,
                identity::FailureKind::Misconfigured => FailureKind::Rejected,
                _ => FailureKind::Refused,
            };
            Failure::new(kind, failure.message)
        })
    }
}
