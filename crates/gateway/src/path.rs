//! The data's path, in order: campus → session → kind → cache → source → mapping → response.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cache::{Key, Origin};
use campus::{Campus, DataSet};
use jiff::Timestamp;
use kinds::{Audience, Marked, Personal, Public};
use mapping::{Account, Budget, Complaint, Items};
use sources::{Call, Failure, FailureKind, Params, Reply, Validators};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, debug_span, info_span};

use crate::compress::Coding;
use crate::held::Held;
use crate::problem::failing;
use crate::reader::{Absent, Member, Reader};
use crate::steps::Step;
use crate::{Cell, Gateway, Problem, shrunk, steps};

/// A data set's answer before it is put into a response.
pub(crate) struct Reading {
    pub set: Arc<DataSet>,
    pub fresh_for: Duration,
    pub as_of: Timestamp,
    pub items: Found,
    /// How what is kept served it; `None` where the source was asked for this reader alone.
    pub origin: Option<Origin>,
    /// Why what is kept is older than it should be.
    pub trouble: Option<FailureKind>,
}

/// Items that many may read, or one.
pub(crate) enum Found {
    Shared(Arc<Public<Held>>),
    Own(Personal<Arc<Held>>),
}

impl Found {
    /// An answer to whoever may read them, made of them.
    pub(crate) fn answer<T>(&self, make: impl FnOnce(&Held) -> T) -> T {
        match self {
            Self::Shared(held) => make(held.get()),
            Self::Own(held) => make(&held.clone().into_answer()),
        }
    }
}

/// Why an upstream gave nothing; remembered by the cache.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub kind: FailureKind,
    pub retry_after: Option<Duration>,
}

impl Gateway {
    /// One data set, for whoever asks: the path after its first two steps, [`Reader::of`].
    pub(crate) async fn read(
        self: &Arc<Self>,
        reader: &Reader,
        name: &str,
        query: &BTreeMap<String, String>,
    ) -> Result<Reading, Problem> {
        let campus = &reader.campus;
        let (set, member) = debug_span!("kind").in_scope(|| {
            let set = find(campus, name)?;
            admit(&set, reader).map(|member| (set, member))
        })?;
        let params = set.params(query).map_err(Problem::bad_parameter)?;
        steps::for_data(&set.name);
        steps::ended(Step::Kind);
        let reading = match member.filter(|_| set.audience == Audience::Personal) {
            // Its future is large, and rarely made.
            Some(member) => Box::pin(self.read_own(reader, &member, set, params)).await,
            None => self.read_shared(campus, set, params).await,
        };
        steps::ended(Step::Cache);
        reading
    }

    /// A data set that is not about a person, for somebody who may read it.
    pub(crate) async fn read_shared(
        self: &Arc<Self>,
        campus: &Arc<Campus>,
        set: Arc<DataSet>,
        params: Params,
    ) -> Result<Reading, Problem> {
        let lifetimes = self.overrides.of(&campus.id, &set);
        let key = key(campus, &set, params.clone());
        let depart = || {
            let (gateway, campus, set, account) = (self.clone(), campus.clone(), set.clone(), steps::fetch());
            move |former, as_of| steps::carried(account, gateway.fetch(campus, set, params, former, as_of))
        };
        let answer = self.cache.read(&key, &lifetimes, depart).instrument(debug_span!("cache")).await;
        let origin = answer.as_ref().ok().map(|answer| answer.origin);
        self.metrics.read(&campus.id, origin);
        steps::served(origin);
        let answer = answer.map_err(|trouble| {
            let retry_in = self.cache.retry_at(&key).map(|at| at.duration_since((self.clock)()));
            Problem::upstream(&set.source, trouble.kind, retry_in)
        })?;
        Ok(Reading {
            set,
            fresh_for: lifetimes.fresh_for,
            as_of: answer.as_of,
            items: Found::Shared(answer.value),
            origin: Some(answer.origin),
            trouble: answer.trouble.map(|trouble| trouble.kind),
        })
    }

    /// The campus of a host name. What the operator gave to one as this cell's address, no other one can declare.
    pub(crate) fn campus(&self, host: &str) -> Result<Arc<Campus>, Problem> {
        let [by_id, by_host] = Cell::HOLES.map(|hole| self.cell.as_ref()?.named(hole, host));
        let here = by_id.and_then(|id| self.campuses.get(id)).or_else(|| self.campuses.at(by_host?));
        here.or_else(|| self.campuses.at(host)).ok_or_else(|| Problem::unknown_campus(host))
    }

    /// From the source through the mapping to something that may be kept.
    async fn fetch(
        self: Arc<Self>,
        campus: Arc<Campus>,
        set: Arc<DataSet>,
        params: Params,
        former: Option<Arc<Public<Held>>>,
        as_of: Timestamp,
    ) -> Result<Public<Held>, Trouble> {
        let began = Instant::now();
        let validators = former.as_ref().and_then(|former| former.get().validators());
        let call = Call { params: &params, validators, person: None, now: as_of };
        let reply = self.ask(&campus, &set, &call).await;
        let held = match reply {
            Ok(Reply::Records { pages, validators, .. }) => {
                self.map(&campus, &set, pages, validators, as_of).await.and_then(|held| match held {
                    Marked::Public(held) => {
                        let former = former.as_ref().map(|former| former.get());
                        shrunk::check(&campus.id, &set, former, held.get()).map(|()| held)
                    }
                    Marked::Personal(_) => Err(malformed("personal items are not kept")),
                })
            }
            Ok(Reply::Unchanged(validators)) => match former {
                Some(former) => {
                    let fresh_for = self.overrides.of(&campus.id, &set).fresh_for;
                    // It is compressed again: not on a thread that serves requests.
                    let confirm = move || former.map(|held| held.confirmed(as_of, fresh_for, validators));
                    let confirmed = tokio::task::spawn_blocking(confirm).await;
                    confirmed.map_err(|_| malformed("what was confirmed could not be written again"))
                }
                None => Err(malformed("the upstream answered \"not modified\" to a question without condition")),
            },
            Err(failure) => Err(failure),
        };
        self.note(&campus, &set, held.as_ref().err(), began.elapsed(), as_of);
        held.map_err(|failure| Trouble { kind: failure.kind, retry_after: failure.retry_after })
    }

    /// The source's answer to one question.
    pub(crate) async fn ask(&self, campus: &Campus, set: &DataSet, call: &Call<'_>) -> Result<Reply, Failure> {
        let span = info_span!("source", preau.campus = %campus.id, preau.source = %set.source, error.r#type = Empty);
        let began = Instant::now();
        let reply = set.fetch.fetch(call).instrument(span.clone()).await;
        steps::fetch().iter().for_each(|fetch| fetch.answered(began.elapsed()));
        span.record("error.type", reply.as_ref().err().map(|failure| failing(failure.kind)));
        reply
    }

    /// Counts and remembers how a fetch ended. What a source says about one person's question may repeat it: then only
    /// its kind is told.
    pub(crate) fn note(
        &self,
        campus: &Campus,
        set: &DataSet,
        failure: Option<&Failure>,
        took: Duration,
        as_of: Timestamp,
    ) {
        let personal = set.audience == Audience::Personal;
        let failure = failure.map(|failure| match personal {
            true => Failure::new(
                failure.kind,
                format!("{}; a personal question's answer is not shown", failing(failure.kind)),
            ),
            false => failure.clone(),
        });
        self.metrics.fetched(&campus.id, &set.source, failure.as_ref().map(|failure| failure.kind), took);
        // A source that refuses one person's own token says nothing about what it does for others.
        if !failure.as_ref().is_some_and(|failure| set.asks_with.is_some() && failure.kind == FailureKind::Refused) {
            self.health.note(&campus.id, &set.source, failure.as_ref(), as_of);
        }
        if let Some(failure) = failure {
            tracing::warn!(campus = %campus.id, data = %set.name, source = %set.source, kind = ?failure.kind, "{failure}");
        }
    }

    /// From what a source answered to items, marked by who may read them.
    pub(crate) async fn map(
        &self,
        campus: &Arc<Campus>,
        set: &Arc<DataSet>,
        pages: Vec<records::Payload>,
        validators: Option<Validators>,
        as_of: Timestamp,
    ) -> Result<Marked<Held>, Failure> {
        let fresh_for = self.overrides.of(&campus.id, set).fresh_for;
        let mapped = Arc::clone(set);
        let span = info_span!(
            "mapping",
            preau.campus = %campus.id,
            preau.data = %set.name,
            preau.records.received = Empty,
            preau.records.mapped = Empty,
            preau.records.rejected = Empty,
        );
        let (began, seen) = (Instant::now(), span.clone());
        // Decoding, mapping and compressing may take tens of milliseconds: not on a thread that serves requests.
        let work = move || span.in_scope(|| held(&mapped, &pages, validators, as_of, fresh_for));
        let mapped = tokio::task::spawn_blocking(work).await;
        let mapped = mapped.map_err(|_| malformed("the mapping ended without a result")).flatten();
        let account = mapped.as_ref().ok().map(|(_, account)| account);
        steps::fetch().iter().for_each(|fetch| fetch.mapped(began.elapsed(), account));
        let (held, account) = mapped?;
        seen.record("preau.records.received", account.received);
        seen.record("preau.records.mapped", account.mapped);
        seen.record("preau.records.rejected", account.rejected);
        self.metrics.mapped(&campus.id, &set.name, &account);
        if account.rejected > 0 {
            // A reason may show a value, which of a person's record is nobody's business.
            let shown = |complaint: &Complaint| match set.audience {
                Audience::Personal => format!("{} of a record", complaint.field),
                _ => format!("record {}: {}: {}", complaint.record, complaint.field, complaint.reason),
            };
            let first = account.complaints.first().map(shown);
            tracing::warn!(campus = %campus.id, data = %set.name, account.received, account.rejected, first, "records rejected");
        }
        Ok(held)
    }
}

/// The data set of a name.
pub(crate) fn find(campus: &Campus, name: &str) -> Result<Arc<DataSet>, Problem> {
    campus.data.get(name).cloned().ok_or_else(|| Problem::unknown_data(name, campus))
}

/// Whether the reader may read the set; as whom, where they are known.
pub(crate) fn admit(set: &DataSet, reader: &Reader) -> Result<Option<Member>, Problem> {
    let member = match (&set.audience, reader.member()) {
        (Audience::Public, member) => return Ok(member.ok()),
        (_, Err(Absent::Expired)) => return Err(Problem::session_expired()),
        (_, Err(Absent::Anonymous)) => return Err(Problem::sign_in_required(set)),
        (_, Ok(member)) => member,
    };
    match &set.audience {
        Audience::Group(group) if !member.person().groups.contains(group) => Err(Problem::not_allowed(set)),
        _ => Ok(Some(member)),
    }
}

/// What a set's answer is kept under.
pub(crate) fn key(campus: &Campus, set: &DataSet, params: Params) -> Key {
    Key {
        campus: Arc::clone(&campus.id),
        channel: Arc::clone(&campus.channel),
        set: Arc::clone(&set.name),
        version: set.version,
        audience: set.audience.clone(),
        params,
    }
}

fn held(
    set: &DataSet,
    pages: &[records::Payload],
    validators: Option<Validators>,
    as_of: Timestamp,
    fresh_for: Duration,
) -> Result<(Marked<Held>, Account), Failure> {
    let (items, account): (Items, Account) =
        set.mapping.run(pages, &Budget::default()).map_err(|error| malformed(error.message))?;
    // One reader's answer is compressed as that reader wants it.
    let codings: &[Coding] = if set.audience == Audience::Personal { &[] } else { &Coding::ALL };
    let kept = account.clone().without_values();
    let held = Held::new(&set.kind.name, items, kept, validators, as_of, fresh_for, codings);
    Ok((set.audience.mark(held), account))
}

pub(crate) fn malformed(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Malformed, message)
}

impl cache::Trouble for Trouble {
    fn abandoned() -> Self {
        Self { kind: FailureKind::Unavailable, retry_after: None }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}
