//! Who asks: a handler's signature is its authorization. It asks for a `Reader` (anybody), a `Member` (signed in) or
//! `Staff<D>` (of a duty), and cannot run without.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use campus::Campus;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use identity::{Opened, Person, Refused, Role, Session};
use tracing::{Level, Span, debug_span, span_enabled};

use crate::routes::Host;
use crate::steps::Step;
use crate::{Gateway, Problem, channel, cookies, steps};

/// Whoever asks, and the campus they ask.
pub(crate) struct Reader {
    pub campus: Arc<Campus>,
    gateway: Arc<Gateway>,
    token: Option<Token>,
    /// Opened when first asked for: what everybody may read, is read without.
    session: OnceLock<Result<Arc<Opened>, Absent>>,
}

/// An access token as it came.
#[derive(Clone)]
pub(crate) struct Token(Arc<str>);

/// Why there is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// No token came, or none of ours.
    Anonymous,
    /// A token came that was good.
    Expired,
}

/// Somebody who signed in at the campus that they ask.
#[derive(Clone)]
pub(crate) struct Member {
    pub campus: Arc<Campus>,
    pub opened: Arc<Opened>,
    token: Token,
}

/// A member who has a duty.
pub(crate) struct Staff<D> {
    pub member: Member,
    duty: PhantomData<D>,
}

/// What staff are needed for, and the roles that may.
pub(crate) trait Duty: Send + Sync {
    const ROLES: &'static [Role];
}

impl Reader {
    /// Whoever sent a request: the first two steps of the path. A tester who chose another channel is given the campus as
    /// it is there.
    pub(crate) fn of(gateway: &Arc<Gateway>, parts: &Parts) -> Result<Self, Problem> {
        let host = Host::of(parts);
        let campus = debug_span!("campus").in_scope(|| gateway.campus(&host))?;
        steps::at(&campus.id);
        // Only now is it known to be no name that somebody made up.
        if span_enabled!(Level::DEBUG) {
            Span::current().record("server.address", &*host);
        }
        steps::ended(Step::Campus);
        let reader = debug_span!("session").in_scope(|| {
            let (gateway, token) = (Arc::clone(gateway), Token::of(&parts.headers));
            let mut reader = Self { campus, gateway, token, session: OnceLock::new() };
            if let Some(channel) = channel::chosen(&parts.headers)
                && let Ok(opened) = reader.session()
                && let Some(tested) = reader.gateway.tested(&reader.campus, &channel, &opened.person)
            {
                reader.campus = tested;
            }
            reader
        });
        steps::ended(Step::Session);
        Ok(reader)
    }

    /// The member who asks.
    pub(crate) fn member(&self) -> Result<Member, Absent> {
        let opened = Arc::clone(self.session()?);
        let token = self.token.clone().ok_or(Absent::Anonymous)?;
        Ok(Member { campus: Arc::clone(&self.campus), opened, token })
    }

    fn session(&self) -> Result<&Arc<Opened>, Absent> {
        let opened = self.session.get_or_init(|| self.gateway.session(&self.campus, self.token.as_ref()));
        opened.as_ref().map_err(|absent| *absent)
    }
}

impl Member {
    pub(crate) fn person(&self) -> &Person {
        &self.opened.person
    }
}

impl Gateway {
    /// The session of an access token at a campus.
    pub(crate) fn session(&self, campus: &Campus, token: Option<&Token>) -> Result<Arc<Opened>, Absent> {
        let Token(token) = token.ok_or(Absent::Anonymous)?;
        self.identity.sessions.open(&campus.id, token, (self.clock)()).map_err(|refused| match refused {
            Refused::Expired => Absent::Expired,
            Refused::Foreign | Refused::Revoked => Absent::Anonymous,
        })
    }

    /// The whole session of a member, with what upstream calls need.
    pub(crate) fn whole(&self, member: &Member) -> Result<Session, Problem> {
        let whole = self.identity.sessions.whole(&member.campus.id, &member.token.0, (self.clock)());
        whole.map_err(|_| Problem::session_expired())
    }

    /// The roles of a member.
    pub(crate) fn roles(&self, campus: &Campus, person: &Person) -> Vec<Role> {
        Role::of(person, self.identity.staff.get(&*campus.id))
    }
}

impl FromRequestParts<Arc<Gateway>> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, Problem> {
        Self::of(gateway, parts)
    }
}

impl Token {
    /// A bearer token wins over a cookie: whoever sends one means it.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer =
            bearer.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let token = bearer.map(|(_, token)| Cow::Borrowed(token.trim()));
        token.or_else(|| cookies::read(headers, cookies::ACCESS)).map(|token| Self(token.into()))
    }
}

impl FromRequestParts<Arc<Gateway>> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, Problem> {
        let reader = Reader::from_request_parts(parts, gateway).await?;
        reader.member().map_err(|absent| match absent {
            Absent::Expired => Problem::session_expired(),
            Absent::Anonymous => Problem::new("sign-in-required", "this needs a session"),
        })
    }
}

impl<D: Duty> FromRequestParts<Arc<Gateway>> for Staff<D> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, Problem> {
        let member = Member::from_request_parts(parts, gateway).await?;
        let roles = gateway.roles(&member.campus, member.person());
        if D::ROLES.iter().any(|role| roles.contains(role)) {
            return Ok(Self { member, duty: PhantomData });
        }
        let needed: Vec<_> = D::ROLES.iter().map(ToString::to_string).collect();
        Err(Problem::new("not-allowed", format!("this needs one of the roles {}", needed.join(", "))))
    }
}
