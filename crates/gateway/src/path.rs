//! The data's path, in order: campus → session → kind → cache → source → mapping → response.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cache::{Answer, Key};
use campus::{Campus, DataSet};
use jiff::Timestamp;
use kinds::{Audience, Marked, Public};
use mapping::{Account, Budget, Items};
use sources::{Call, Failure, FailureKind, Params, Reply, Validators};
use tracing::{Instrument, debug_span, info_span};

use crate::held::Held;
use crate::{Gateway, Problem};

/// The channel of everybody who is not a tester.
pub(crate) const PRODUCTION: &str = "production";

/// A data set's answer before it is put into a response.
pub(crate) struct Reading {
    pub set: Arc<DataSet>,
    pub fresh_for: Duration,
    pub answer: Answer<Held, Trouble>,
}

/// Why an upstream gave nothing; remembered by the cache.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub kind: FailureKind,
    pub retry_after: Option<Duration>,
}

impl Gateway {
    /// One data set, for whoever asks: this is the path.
    pub(crate) async fn read(
        self: &Arc<Self>,
        host: &str,
        name: &str,
        query: &BTreeMap<String, String>,
    ) -> Result<Reading, Problem> {
        let campus = debug_span!("campus").in_scope(|| self.campus(host))?;
        let set = debug_span!("kind").in_scope(|| find(&campus, name))?;
        admit(&set)?;
        let params = set.params(query).map_err(Problem::bad_parameter)?;
        let lifetimes = self.overrides.of(&campus.id, &set);
        let key = key(&campus, &set, params.clone());
        let fetch = |former: Option<Arc<Public<Held>>>, as_of| {
            self.clone().fetch(campus.clone(), set.clone(), params, former, as_of)
        };
        let answer = self.cache.read(&key, &lifetimes, fetch).instrument(debug_span!("cache")).await;
        self.metrics.read(&campus.id, answer.as_ref().ok().map(|answer| answer.origin));
        let answer = answer.map_err(|trouble| {
            let retry_at = self.cache.known(&key).trouble.map(|(_, retry_at)| retry_at);
            Problem::upstream(&set.source, trouble.kind, retry_at.map(|at| at.duration_since((self.clock)())))
        })?;
        Ok(Reading { set, fresh_for: lifetimes.fresh_for, answer })
    }

    /// The campus of a host name.
    pub(crate) fn campus(&self, host: &str) -> Result<Arc<Campus>, Problem> {
        self.campuses.at(host).ok_or_else(|| Problem::unknown_campus(host))
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
        let began = std::time::Instant::now();
        let validators = former.as_ref().and_then(|former| former.get().validators());
        let call = Call { params: &params, validators, person: None, now: as_of };
        let reply =
            set.fetch.fetch(&call).instrument(info_span!("source", campus = %campus.id, source = %set.source)).await;
        let held = match reply {
            Ok(Reply::Records { pages, validators, .. }) => self.map(&campus, &set, pages, validators, as_of).await,
            Ok(Reply::Unchanged) => match former {
                Some(former) => {
                    Ok(former.map(|held| held.confirmed(as_of, self.overrides.of(&campus.id, &set).fresh_for)))
                }
                None => {
                    Err(malformed("the upstream answered \"not modified\" to a question without condition".to_owned()))
                }
            },
            Err(failure) => Err(failure),
        };
        let failure = held.as_ref().err();
        self.metrics.fetched(&campus.id, &set.source, failure.map(|failure| failure.kind), began.elapsed());
        self.health.note(&campus.id, &set, failure, as_of);
        if let Some(failure) = failure {
            tracing::warn!(campus = %campus.id, data = %set.name, source = %set.source, kind = ?failure.kind, "{failure}");
        }
        held.map_err(|failure| Trouble { kind: failure.kind, retry_after: failure.retry_after })
    }

    async fn map(
        &self,
        campus: &Arc<Campus>,
        set: &Arc<DataSet>,
        pages: Vec<records::Payload>,
        validators: Option<Validators>,
        as_of: Timestamp,
    ) -> Result<Public<Held>, Failure> {
        let fresh_for = self.overrides.of(&campus.id, set).fresh_for;
        let mapped = Arc::clone(set);
        let span = info_span!("mapping", campus = %campus.id, data = %set.name);
        // Decoding, mapping and compressing may take tens of milliseconds: not on a thread that serves requests.
        let work = move || span.in_scope(|| held(&mapped, &pages, validators, as_of, fresh_for));
        let (held, account) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| malformed("the mapping ended without a result".to_owned()))??;
        self.metrics.mapped(&campus.id, &set.name, &account);
        if account.rejected > 0 {
            let first = account
                .complaints
                .first()
                .map(|complaint| format!("record {}: {}: {}", complaint.record, complaint.field, complaint.reason));
            tracing::warn!(campus = %campus.id, data = %set.name, account.received, account.rejected, first, "records rejected");
        }
        Ok(held)
    }
}

/// The data set of a name.
pub(crate) fn find(campus: &Campus, name: &str) -> Result<Arc<DataSet>, Problem> {
    campus.data.get(name).cloned().ok_or_else(|| Problem::unknown_data(name, campus))
}

/// Whether the reader may read the set: sessions do not exist yet, so everybody is anonymous.
pub(crate) fn admit(set: &DataSet) -> Result<(), Problem> {
    if set.audience == Audience::Public { Ok(()) } else { Err(Problem::sign_in_required(set)) }
}

/// What a set's answer is kept under.
pub(crate) fn key(campus: &Campus, set: &DataSet, params: Params) -> Key {
    Key {
        campus: Arc::clone(&campus.id),
        channel: PRODUCTION.into(),
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
) -> Result<(Public<Held>, Account), Failure> {
    let (items, account): (Items, Account) =
        set.mapping.run(pages, &Budget::default()).map_err(|error| malformed(error.message))?;
    let held = Held::new(&set.kind.name, items, account.clone().without_values(), validators, as_of, fresh_for);
    match set.audience.mark(held) {
        Marked::Public(held) => Ok((held, account)),
        Marked::Personal(_) => Err(malformed("personal items are not kept".to_owned())),
    }
}

fn malformed(message: String) -> Failure {
    Failure { kind: FailureKind::Malformed, message, retry_after: None }
}

impl cache::Trouble for Trouble {
    fn abandoned() -> Self {
        Self { kind: FailureKind::Unavailable, retry_after: None }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}
