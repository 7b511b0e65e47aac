//! Changes while running: written to the journal by whoever may, in force wherever the journal reaches.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use cache::Epoch;
use campus::{Campus, Campuses};
use http::request::Parts;
use identity::{Handle, Revocation};
use jiff::Timestamp;
use journal::{Durability, Fact, Failure, Key, News, Scope, State, Written};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use crate::lifetimes::Change;
use crate::{Gateway, Problem};

/// How long a write waits for another cell to have it too.
pub(crate) const ELSEWHERE: Durability = Durability::AnyRemote(Duration::from_secs(2));

/// The `Idempotency-Key` of a request: who sends a write again with the same one means the same write.
pub(crate) struct Once(pub Option<String>);

/// Who asks for a change, as it is remembered, and under which idempotency key.
pub(crate) struct Author {
    pub by: String,
    pub once: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = key.to_str().ok().map(|key| key.trim_matches('"'));
        let fits = |key: &&str| (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        let key = key.filter(fits).ok_or_else(|| {
            Problem::bad_parameter("Idempotency-Key is 1 to 64 visible ASCII characters, such as a UUID")
        })?;
        Ok(Self(Some(key.to_owned())))
    }
}

/// Sessions that ended, as the state knows them.
pub struct Revoked(pub Arc<State>);

impl identity::Revocations for Revoked {
    fn revoked(&self, Handle(handle): Handle) -> Option<Timestamp> {
        self.0.revoked(handle)
    }
}

/// The last purge of what a key is within, by its stamp: a server that was stopped or killed meanwhile does not answer with
/// what it kept on its disk before.
pub(crate) fn epoch(state: &Arc<State>, campuses: &Arc<Campuses>) -> Epoch {
    let (state, campuses) = (Arc::clone(state), Arc::clone(campuses));
    Arc::new(move |key| {
        let campus = campuses.on(&key.campus, &key.channel);
        let set = campus.as_ref().and_then(|campus| campus.data.get(&key.set));
        let narrower = set.map(|set| {
            let [data, kind, source] = [&*set.name, &set.kind.name, &set.source].map(ToOwned::to_owned);
            [Scope::Data(data), Scope::Kind(kind), Scope::Source(source)]
        });
        let scopes = narrower.into_iter().flatten().chain([Scope::Campus]);
        let purges = scopes.filter_map(|scope| state.value(Some(&key.campus), &Key::Purge(scope)));
        purges.map(|purge| purge.version.stamp.0).max().unwrap_or_default()
    })
}

impl Gateway {
    /// Puts in force what the state holds, and what it brings from now on.
    pub(crate) fn follow_state(self: &Arc<Self>) {
        for campus in self.state.campuses() {
            self.overrides.load(&self.state, &campus);
            self.show(&campus);
        }
        self.distrust();
        let gateway = Arc::downgrade(self);
        self.state.listen(move |news| {
            if let Some(gateway) = gateway.upgrade() {
                gateway.hear(news);
            }
        });
    }

    fn hear(&self, news: &News) {
        let mut shown: BTreeSet<&str> = news.published.iter().map(String::as_str).collect();
        for (campus, key) in news.changed.keys() {
            match (campus, key) {
                (Some(campus), Key::Lifetimes(_)) => self.overrides.load(&self.state, campus),
                (Some(campus), Key::Purge(scope)) => self.forget(campus, scope),
                (Some(campus), Key::Channel(_)) => drop(shown.insert(campus)),
                (None, Key::SessionKey(_)) => self.distrust(),
                _ => {}
            }
        }
        shown.into_iter().for_each(|campus| self.show(campus));
    }

    fn distrust(&self) {
        self.identity.sessions.distrust(self.distrusted());
    }

    /// The ids of session keys that are not believed any more.
    pub(crate) fn distrusted(&self) -> BTreeSet<String> {
        let stolen = self.state.values(None).into_iter().filter_map(|(key, _)| match key {
            Key::SessionKey(id) => Some(id),
            _ => None,
        });
        stolen.collect()
    }

    /// Forgets what is kept of a scope, on all channels.
    fn forget(&self, campus: &str, scope: &Scope) {
        let channels = self.campuses.channels(campus);
        let (id, within) = (campus.to_owned(), scope.clone());
        let purged = self.cache.purge(move |key| {
            let set = channels.get(&key.channel).and_then(|campus| campus.data.get(&key.set));
            // What is no data set any more is nobody's.
            *key.campus == *id && set.is_none_or(|set| within.includes(&set.name, &set.kind.name, &set.source))
        });
        tracing::info!(campus, %scope, purged, "cache purged");
    }

    /// Forgets what no campus declares any more, now and every hour, for ever.
    pub async fn tidy(&self) {
        let mut hours = tokio::time::interval(Duration::from_hours(1));
        hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            hours.tick().await;
            let campuses = Arc::clone(&self.campuses);
            self.cache.purge(move |key| !campuses.may_serve(&key.campus, &key.channel, &key.set, key.version));
        }
    }

    /// Changes lifetimes of a scope; an empty change goes back to what is declared.
    pub(crate) async fn change_lifetimes(
        &self,
        campus: &Campus,
        scope: Scope,
        change: Change,
        author: &Author,
    ) -> Result<Written, Problem> {
        change.check().map_err(Problem::bad_parameter)?;
        self.check_scope(campus, &scope)?;
        self.check_keep(campus, &scope, change.keep)?;
        let value = if change == Change::default() { Value::Null } else { json!(change) };
        self.write(&[self.change(&campus.id, Key::Lifetimes(scope), value, author)], author).await
    }

    /// Forgets what servers keep of a scope; with `devices`, what phones keep too.
    pub(crate) async fn purge(
        &self,
        campus: &Campus,
        scope: Scope,
        devices: bool,
        author: &Author,
    ) -> Result<Written, Problem> {
        self.check_scope(campus, &scope)?;
        let purge = self.change(&campus.id, Key::Purge(scope.clone()), json!({ "devices": devices }), author);
        let epoch = devices.then(|| self.change(&campus.id, Key::Epoch(scope), json!({}), author));
        self.write(&std::iter::once(purge).chain(epoch).collect::<Vec<_>>(), author).await
    }

    /// Remembers that sessions are over.
    pub(crate) async fn revoke(&self, ended: Vec<Revocation>) -> Result<Written, Problem> {
        let fact = |Revocation { handle: Handle(handle), at, until }| {
            Fact::Revocation(journal::Revocation { handle, at, until })
        };
        let facts: Vec<_> = ended.into_iter().map(fact).collect();
        self.state.write(&facts, None, ELSEWHERE).await.map_err(unwritten)
    }

    pub(crate) fn change(&self, campus: &str, key: Key, value: Value, author: &Author) -> Fact {
        Fact::Change(self.state.change(Some(campus), key, value, &author.by))
    }

    pub(crate) async fn write(&self, facts: &[Fact], author: &Author) -> Result<Written, Problem> {
        self.state.write(facts, author.once.as_deref(), ELSEWHERE).await.map_err(unwritten)
    }

    /// Phones keep nothing for longer than the publications that are shown promise.
    fn check_keep(&self, campus: &Campus, scope: &Scope, keep: Option<u64>) -> Result<(), Problem> {
        let channels = self.campuses.channels(&campus.id);
        let sets = channels.values().flat_map(|campus| campus.data.values());
        let within = sets.filter(|set| scope.includes(&set.name, &set.kind.name, &set.source));
        let longest = within.map(|set| set.lifetimes.on_device.as_secs()).max().unwrap_or_default();
        match keep.is_some_and(|keep| keep > longest) {
            true => Err(Problem::bad_parameter(format!(
                "keep is at most {longest} s here, the longest on_device that is published: publish a longer one first"
            ))),
            false => Ok(()),
        }
    }

    /// A scope that no data set is within, on any channel, is a slip of the keyboard.
    fn check_scope(&self, campus: &Campus, scope: &Scope) -> Result<(), Problem> {
        if let Scope::Data(name) = scope {
            crate::path::find(campus, name)?;
        }
        let channels = self.campuses.channels(&campus.id);
        let mut sets = channels.values().flat_map(|campus| campus.data.values());
        if *scope == Scope::Campus || sets.any(|set| scope.includes(&set.name, &set.kind.name, &set.source)) {
            return Ok(());
        }
        let (what, name) = match scope {
            Scope::Source(name) => ("comes from a source", name),
            Scope::Kind(name) => ("is of a kind", name),
            Scope::Data(_) | Scope::Campus => return Ok(()),
        };
        Err(Problem::bad_parameter(format!("no data set of \"{}\" {what} \"{name}\"", campus.id)))
    }
}

/// The scope that a request names by one of three; the whole campus by none.
pub(crate) fn scope(data: Option<String>, kind: Option<String>, source: Option<String>) -> Result<Scope, Problem> {
    match (data, kind, source) {
        (None, None, None) => Ok(Scope::Campus),
        (Some(data), None, None) => Ok(Scope::Data(data)),
        (None, Some(kind), None) => Ok(Scope::Kind(kind)),
        (None, None, Some(source)) => Ok(Scope::Source(source)),
        _ => Err(Problem::bad_parameter("give one of data, kind and source, or none for the whole campus")),
    }
}

/// What became of a write, for who asked for it.
pub(crate) fn written(written: &Written, facts: Value) -> axum::Json<Value> {
    let mut answer = json!({ "version": written.version, "replicated": written.replicated });
    if let (Value::Object(answer), Value::Object(facts)) = (&mut answer, facts) {
        answer.extend(facts);
    }
    axum::Json(answer)
}

/// Why a write was not accepted.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` has to give")]
pub(crate) fn unwritten(failure: Failure) -> Problem {
    let slug = match failure {
        Failure::Unavailable(_) => "journal-unavailable",
        Failure::KeyReused(_) => "key-reused",
        Failure::TooLarge(_) => "too-large",
        Failure::NotText(_) => "bad-parameter",
        Failure::ClockAhead(_) => "clock-ahead",
    };
    tracing::warn!("a write was not accepted: {failure}");
    let retry_after = (slug == "journal-unavailable").then_some(2);
    Problem { retry_after, ..Problem::new(slug, failure.to_string()) }
}

impl Author {
    /// A member of the campus's staff.
    pub(crate) fn staff(user: &str, Once(once): Once) -> Self {
        Self { by: format!("user:{user}"), once }
    }
}
