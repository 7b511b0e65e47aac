//! Sessions: who signed in, sealed into tokens that the phone keeps and servers only look at.

mod calendar;
mod memory;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::SHA256;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::calendar::Subscription;
use self::memory::{Memory, Place};
use crate::revocation::{Handle, Revocation, Revocations};
use crate::seal::{CampusKeys, Keyring, Purpose};
use crate::{Chance, Ended, Person, Proof, Tokens};

/// How long an access token is good.
pub const ACCESS: SignedDuration = SignedDuration::from_mins(10);

/// No access token is shorter than this, lest a phone does nothing but refresh.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// How long a code is good, with which a native app gets its first tokens or a session goes to another cell.
const CODE: SignedDuration = SignedDuration::from_mins(1);

/// Clocks of cells differ by this much at most.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// A signed-in person, as tokens carry it. It has no `Debug`, so that no log can hold it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// The same in all tokens of one sign-in.
    id: String,
    /// Who it is.
    pub person: Person,
    /// The provider's tokens.
    #[serde(default)]
    pub tokens: Tokens,
    /// How the provider names this sign-in, and the person.
    provider: (Option<String>, Option<String>),
    /// When the person signed in, in seconds since 1970.
    since: i64,
    /// The absolute end, which no refresh moves.
    ends: i64,
    /// Thumbprint of the key that a native app has to prove (RFC 7638, RFC 9449).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The secret of copies that a school authorised: what is kept for this session is encrypted under it.
    secret: String,
}

/// The tokens of a session, as they are given out.
pub struct Issued {
    /// For requests.
    pub access: String,
    /// Until when.
    pub access_until: Timestamp,
    /// For [`Sessions::refresh`].
    pub refresh: String,
    /// Until when.
    pub refresh_until: Timestamp,
}

/// An opened access token: what requests need to know, without the provider's tokens. Kept in memory for as long as the
/// token is good, so that the next request with it costs no cryptography.
pub struct Opened {
    /// Who it is.
    pub person: Person,
    /// Names the session without naming the person, for what belongs together while a request is answered.
    pub id: String,
    since: i64,
    until: i64,
    handles: Handles,
}

/// What a session is known by in the list of revocations: as itself, as its person's, and as the provider names both.
type Handles = [Option<Handle>; 4];

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is none of ours, or of another campus.
    Foreign,
    /// It was good.
    Expired,
    /// The person, the school or the provider ended it.
    Revoked,
}

#[derive(Serialize, Deserialize)]
struct Token<S> {
    /// Good until, in seconds since 1970.
    until: i64,
    session: S,
}

/// Issues and opens the tokens of all campuses.
pub struct Sessions {
    /// The operator's keys, and which of them are not believed any more.
    all: Mutex<(Keyring, BTreeSet<String>)>,
    /// Those that are.
    ring: arc_swap::ArcSwap<Keyring>,
    chance: Chance,
    revocations: Arc<dyn Revocations>,
    opened: Memory,
}

impl Sessions {
    /// Sessions under these keys.
    #[must_use]
    pub fn new(ring: Keyring, chance: Chance, revocations: Arc<dyn Revocations>) -> Self {
        let all = Mutex::new((ring.clone(), BTreeSet::new()));
        Self { all, ring: arc_swap::ArcSwap::from_pointee(ring), chance, revocations, opened: Memory::new() }
    }

    /// The keys as they are now.
    #[must_use]
    pub fn ring(&self) -> Arc<Keyring> {
        self.ring.load_full()
    }

    /// Goes on with other keys. What was opened stays open until it expires.
    pub fn rotate(&self, ring: Keyring) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.0 = ring;
        self.ring.store(Arc::new(all.0.without(&all.1)));
    }

    /// Believes no token sealed under the keys of these ids ([`Keyring::ids`]), at once; the next key seals.
    pub fn distrust(&self, ids: BTreeSet<String>) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.1 = ids;
        self.ring.store(Arc::new(all.0.without(&all.1)));
        self.opened.clear();
    }

    /// A session that begins now and lasts `lasting` at most.
    #[must_use]
    pub fn begin(
        &self,
        person: Person,
        proof: &Proof,
        key: Option<String>,
        lasting: SignedDuration,
        now: Timestamp,
    ) -> Session {
        let random = |bytes: &mut [u8]| {
            (self.chance)(bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Session {
            id: random(&mut [0; 16]),
            person,
            tokens: proof.tokens.clone(),
            provider: (proof.session.clone(), proof.subject.clone()),
            since: now.as_second(),
            ends: now.as_second().saturating_add(lasting.as_secs()),
            key,
            secret: random(&mut [0; 32]),
        }
    }

    /// The tokens of a session. `None` where they are too large for a phone to carry.
    #[must_use]
    pub fn issue(&self, campus: &str, session: &Session, now: Timestamp) -> Option<Issued> {
        let ring = self.ring.load();
        let now = now.as_second();
        let until = now.saturating_add(ACCESS.as_secs()).min(session.ends);
        // Where upstream calls carry the provider's token, ours is refreshed before that one is over.
        let upstream = session.tokens.access.as_ref().and(session.tokens.access_until);
        let until =
            upstream.filter(|end| *end >= now.saturating_add(SHORTEST.as_secs())).map_or(until, |end| end.min(until));
        let mut light = session.clone();
        (light.tokens.refresh, light.tokens.hint) = (None, None);
        Some(Issued {
            access: ring.seal(campus, Purpose::Access, &Token { until, session: &light })?,
            access_until: instant(until),
            refresh: ring.seal(campus, Purpose::Refresh, &Token { until: session.ends, session })?,
            refresh_until: instant(session.ends),
        })
    }

    /// A code with which the native app that began gets the tokens, once, within a minute.
    #[must_use]
    pub fn code<T: Serialize>(&self, campus: &str, content: &T, now: Timestamp) -> Option<String> {
        let until = now.as_second().saturating_add(CODE.as_secs());
        self.ring.load().seal(campus, Purpose::Code, &Token { until, session: content })
    }

    /// What a code holds.
    ///
    /// # Errors
    /// It is none of ours, or too old.
    pub fn redeem<T: serde::de::DeserializeOwned>(
        &self,
        campus: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<T, Refused> {
        let token: Token<T> = self.ring.load().open(campus, Purpose::Code, code).ok_or(Refused::Foreign)?;
        if now.as_second() > token.until { Err(Refused::Expired) } else { Ok(token.session) }
    }

    /// A code with which the web app carries a session to another cell, within a minute. `None` where it is too large.
    #[must_use]
    pub fn elsewhere(&self, campus: &str, session: &Session, now: Timestamp) -> Option<String> {
        let until = now.as_second().saturating_add(CODE.as_secs()).min(session.ends);
        self.ring.load().seal(campus, Purpose::Elsewhere, &Token { until, session })
    }

    /// The session that was carried here.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn arrived(&self, campus: &str, code: &str, now: Timestamp) -> Result<Session, Refused> {
        self.checked(campus, Purpose::Elsewhere, code, now)
    }

    /// Who asks with this access token.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn open(&self, campus: &str, access: &str, now: Timestamp) -> Result<Arc<Opened>, Refused> {
        let opened = self.opened.get(place(campus, access), now, || {
            let (token, keys) = self.sealed(campus, Purpose::Access, access)?;
            let handles = token.session.handles(&keys);
            let Session { person, id, since, .. } = token.session;
            Ok(Opened { person, id, since, until: token.until, handles })
        })?;
        self.good(opened.until, opened.since, &opened.handles, now)?;
        Ok(opened)
    }

    /// The whole session of an access token, with the provider's tokens: for upstream calls.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn whole(&self, campus: &str, access: &str, now: Timestamp) -> Result<Session, Refused> {
        self.checked(campus, Purpose::Access, access, now)
    }

    /// The session of a refresh token, to be issued anew.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn refresh(&self, campus: &str, refresh: &str, now: Timestamp) -> Result<Session, Refused> {
        self.checked(campus, Purpose::Refresh, refresh, now)
    }

    /// The end of one session.
    pub fn end(&self, campus: &str, session: &Session, now: Timestamp) -> Vec<Revocation> {
        self.revocations_of(campus, "session", &session.id, now, instant(session.ends))
    }

    /// The end of all sessions of a person that began until now, of which none lasts longer than `lasting`, and of the
    /// addresses of their calendars: whoever holds a lost phone reads neither.
    pub fn end_all(&self, campus: &str, user: &str, lasting: SignedDuration, now: Timestamp) -> Vec<Revocation> {
        let mut ended = self.revocations_of(campus, "user", user, now, now + lasting);
        ended.extend(self.end_calendars(campus, user, now));
        ended
    }

    /// The end of what a provider says is over.
    pub fn ended(&self, campus: &str, ended: &Ended, lasting: SignedDuration, now: Timestamp) -> Vec<Revocation> {
        let (what, name) = match ended {
            Ended::Session(name) => ("provider session", name),
            Ended::Subject(name) => ("provider subject", name),
        };
        self.revocations_of(campus, what, name, now, now + lasting)
    }

    fn revocations_of(&self, campus: &str, what: &str, name: &str, at: Timestamp, until: Timestamp) -> Vec<Revocation> {
        // A token sealed under any of the keys may be about.
        let keys = self.ring.load().all(campus);
        let end = |keys: &Arc<CampusKeys>| Revocation { handle: handle(keys, what, name), at, until: until + SKEW };
        keys.iter().map(end).collect()
    }

    fn checked(&self, campus: &str, purpose: Purpose, sealed: &str, now: Timestamp) -> Result<Session, Refused> {
        let (token, keys) = self.sealed(campus, purpose, sealed)?;
        self.good(token.until, token.session.since, &token.session.handles(&keys), now)?;
        Ok(token.session)
    }

    fn sealed(
        &self,
        campus: &str,
        purpose: Purpose,
        sealed: &str,
    ) -> Result<(Token<Session>, Arc<CampusKeys>), Refused> {
        self.ring.load().open_with_names(campus, purpose, sealed).ok_or(Refused::Foreign)
    }

    fn good(&self, until: i64, since: i64, handles: &Handles, now: Timestamp) -> Result<(), Refused> {
        if now.as_second() >= until {
            return Err(Refused::Expired);
        }
        let over = |handle: &Handle| self.revocations.revoked(*handle).is_some_and(|at| since <= at.as_second());
        if handles.iter().flatten().any(over) { Err(Refused::Revoked) } else { Ok(()) }
    }
}

impl Session {
    /// When the person signed in.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        instant(self.since)
    }

    /// The absolute end.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        instant(self.ends)
    }

    /// A key for what a server may keep for this session: 32 bytes that only the person's tokens can give.
    #[must_use]
    pub fn derive(&self, what: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&key, what.as_bytes()).as_ref());
        out
    }

    /// The same session after the provider renewed what it says.
    #[must_use]
    pub fn renewed(self, person: Option<Person>, tokens: Tokens) -> Self {
        Self { person: person.unwrap_or(self.person), tokens, ..self }
    }

    /// The same session, which ends at this instant if it did not end before.
    #[must_use]
    pub fn ending(self, at: Timestamp) -> Self {
        Self { ends: self.ends.min(at.as_second()), ..self }
    }

    /// The same session, whose refresh tokens are worth nothing without this key.
    #[must_use]
    pub fn bound_to(self, key: String) -> Self {
        Self { key: Some(key), ..self }
    }

    fn handles(&self, keys: &CampusKeys) -> Handles {
        let (session, subject) = &self.provider;
        let names = [
            ("session", Some(&self.id)),
            ("user", Some(&self.person.user)),
            ("provider session", session.as_ref()),
            ("provider subject", subject.as_ref()),
        ];
        names.map(|(what, name)| Some(handle(keys, what, name?)))
    }
}

fn handle(keys: &CampusKeys, what: &str, name: &str) -> Handle {
    let tag = hmac::sign(&keys.names, format!("{what}\n{name}").as_bytes());
    let mut handle = [0; 16];
    handle.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    Handle(handle)
}

/// Where an opened token is in memory: by its digest, so that memory holds no token.
fn place(campus: &str, token: &str) -> Place {
    let mut context = aws_lc_rs::digest::Context::new(&SHA256);
    context.update(campus.as_bytes());
    context.update(b"\n");
    context.update(token.as_bytes());
    let mut place = [0; 32];
    place.copy_from_slice(context.finish().as_ref());
    place
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
