//! The journal followed into the read model: what is new, in order, whole, and told to who listens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{State, lock};
use crate::projection::{Applied, News, Unfit};
use crate::{Entry, Failure, Head, Projection, Stream};

/// Something that an operator has to know, and do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// The journal does not answer: reads go on, writes do not.
    JournalUnavailable {
        /// What it said.
        reason: String,
    },
    /// Entries of a later version are kept and not applied: upgrade this node.
    UnknownEntries {
        /// Their kind.
        kind: String,
        /// Its version.
        version: u16,
        /// How many.
        count: u64,
    },
    /// This node applied more of a stream than the journal holds: it was put back to an earlier state.
    JournalBehind {
        /// The stream.
        stream: String,
        /// What this node applied.
        applied: u64,
        /// What the journal holds.
        held: u64,
    },
    /// The copies of a stream differ, or an entry is damaged: nothing further of it is applied.
    StreamBroken {
        /// The stream.
        stream: String,
        /// The entry.
        seq: u64,
    },
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JournalUnavailable { reason } => {
                write!(f, "{reason}: reads go on and nothing can be written until it answers")
            }
            Self::UnknownEntries { kind, version, count } => write!(
                f,
                "{count} entries of the kind {kind}, version {version}, are kept and not applied: another node is of a later \
                 version, upgrade this one"
            ),
            Self::JournalBehind { stream, applied, held } => write!(
                f,
                "this node applied {applied} entries of {stream} and the journal holds {held}: its database was put back to \
                 an earlier state, run `preau cell recover`; if that does not help, nobody has them any more: stop this \
                 node, remove its read model (state.sqlite), start it again"
            ),
            Self::StreamBroken { stream, seq } => write!(
                f,
                "entry {seq} of {stream} does not continue what this node applied, and nothing further of it is: stop this \
                 node, remove its read model (state.sqlite), start it again; if that does not help, run `preau cell recover`"
            ),
        }
    }
}

/// Entries of one transaction of the read model, at most: a page that takes several of them is written once.
const BATCH: u64 = 20_000;

/// How long to wait for a journal that does not answer.
const PAUSE: Duration = Duration::from_millis(500);

fn gone(_: tokio::task::JoinError) -> Failure {
    Failure::Unavailable("the read model's writer ended without a result".to_owned())
}

impl State {
    /// Follows the journal, for ever.
    pub async fn follow(self: Arc<Self>) {
        let mut wake = self.journal.wake();
        loop {
            wake.mark_unchanged();
            if let Err(failure) = self.catch_up().await {
                let Failure::Unavailable(reason) = failure else { continue };
                self.raise(vec![Alarm::JournalUnavailable { reason }]);
                tokio::time::sleep(PAUSE).await;
            } else if wake.changed().await.is_err() {
                return;
            }
        }
    }

    /// Applies everything that the journal holds now.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn catch_up(self: &Arc<Self>) -> Result<(), Failure> {
        // Before the heads are asked for: what is applied may well be ahead of them afterwards.
        let applied = lock(&self.projection).applied().clone();
        let heads = self.journal.heads().await?;
        let mut alarms = lost(&applied, &heads);
        for head in &heads {
            if let Some(alarm) = self.apply(head).await? {
                alarms.push(alarm);
            }
        }
        lock(&self.projection).settle().map_err(|unfit| Failure::Unavailable(unfit.to_string()))?;
        if !self.looked_back.swap(true, Ordering::SeqCst) {
            self.look_back().await?;
        }
        let unknown = self.look(Projection::unknown)?;
        alarms.extend(unknown.into_iter().map(|(kind, version, count)| Alarm::UnknownEntries { kind, version, count }));
        self.raise(alarms);
        Ok(())
    }

    /// Applies what an earlier version kept and did not know, where this one does.
    async fn look_back(self: &Arc<Self>) -> Result<(), Failure> {
        let mut entries = Vec::new();
        for (stream, seq) in self.look(Projection::unknown_places)? {
            entries.extend(self.journal.read(&stream, seq.saturating_sub(1), 1).await?);
        }
        let state = Arc::clone(self);
        let work = move || {
            for entry in &entries {
                let applied = lock(&state.projection).apply_late(entry);
                if let Some(news) = applied.map_err(|unfit| Failure::Unavailable(unfit.to_string()))? {
                    state.tell(&news)?;
                }
            }
            Ok(())
        };
        tokio::task::spawn_blocking(work).await.map_err(gone)?
    }

    /// Takes over the alarms of now; those that are new are logged.
    fn raise(&self, alarms: Vec<Alarm>) {
        let mut known = lock(&self.alarms);
        alarms.iter().filter(|alarm| !known.contains(alarm)).for_each(|alarm| tracing::error!("{alarm}"));
        *known = alarms;
    }

    /// Applies what a stream has in addition.
    async fn apply(self: &Arc<Self>, head: &Head) -> Result<Option<Alarm>, Failure> {
        let applied = |state: &Self| lock(&state.projection).applied().get(&head.stream).copied();
        let mut entries = self.after(head, applied(self).map_or(0, |applied| applied.seq)).await?;
        while let Some(last) = entries.last().map(|entry| entry.seq) {
            // What comes next is read while this is written.
            let (folded, next) = tokio::join!(self.fold(entries), self.after(head, last));
            match folded? {
                Ok(()) => entries = next?,
                Err(Unfit::Broken { stream, seq }) => return Ok(Some(self.broken(&stream, seq))),
                Err(unfit) => return Err(Failure::Unavailable(unfit.to_string())),
            }
        }
        let differs = applied(self).is_some_and(|applied| applied.seq == head.seq && applied.hash != head.hash);
        Ok(differs.then(|| self.broken(&head.stream, head.seq)))
    }

    /// Entries after a number, up to the head and no further.
    async fn after(&self, head: &Head, seq: u64) -> Result<Vec<Entry>, Failure> {
        match head.seq.saturating_sub(seq).min(BATCH) {
            0 => Ok(Vec::new()),
            count => self.journal.read(&head.stream, seq, usize::try_from(count).unwrap_or(usize::MAX)).await,
        }
    }

    /// Applies a batch, and tells who listens.
    async fn fold(self: &Arc<Self>, entries: Vec<Entry>) -> Result<Result<(), Unfit>, Failure> {
        let state = Arc::clone(self);
        // Writing thousands of rows takes a good part of a second: not on a thread that serves requests.
        let work = move || {
            let last = entries.iter().map(|entry| entry.stamp).max();
            let applied = lock(&state.projection).apply(&entries);
            let news = match applied {
                Ok(news) => news,
                Err(unfit) => return Ok(Err(unfit)),
            };
            last.into_iter().for_each(|stamp| state.clock.saw(stamp));
            state.tell(&news).map(Ok)
        };
        tokio::task::spawn_blocking(work).await.map_err(gone)?
    }

    /// Puts in force what was applied, and tells who listens.
    fn tell(&self, news: &News) -> Result<(), Failure> {
        self.refresh(news)?;
        lock(&self.listeners).iter().for_each(|listener| listener(news));
        self.followed();
        Ok(())
    }

    /// Brings what is in memory up to what was applied.
    fn refresh(&self, news: &News) -> Result<(), Failure> {
        for ((campus, key), new) in &news.changed {
            if !new.as_ref().is_some_and(|new| self.view.advance(campus, key, new)) {
                let last = self.look(|tables| tables.history(campus.as_deref(), key, 1))?;
                self.view.remove(campus, key);
                last.into_iter().for_each(|past| self.view.set(past));
            }
        }
        let now = self.clock.wall();
        news.revoked.iter().for_each(|revocation| self.view.revoke(revocation, now));
        Ok(())
    }

    /// Puts in memory what the read model holds.
    pub(super) fn load(&self) -> Result<(), Failure> {
        let now = self.clock.wall();
        let (values, revoked) = self.look(|tables| Ok((tables.in_force()?, tables.revocations(now)?)))?;
        self.view.replace(values, revoked);
        lock(&self.projection).applied().values().for_each(|applied| self.clock.saw(applied.stamp));
        self.followed();
        Ok(())
    }

    /// Lets go on who waits for what is in force now.
    fn followed(&self) {
        let applied = lock(&self.projection).applied().iter().map(|(stream, now)| (stream.clone(), now.seq)).collect();
        self.followed.send_replace(applied);
    }

    fn broken(&self, stream: &Stream, seq: u64) -> Alarm {
        Alarm::StreamBroken { stream: stream.to_string(), seq }
    }
}

/// Streams of which this node applied more than the journal holds.
fn lost(applied: &BTreeMap<Stream, Applied>, heads: &[Head]) -> Vec<Alarm> {
    let held = |stream: &Stream| heads.iter().find(|head| head.stream == *stream).map_or(0, |head| head.seq);
    let behind = |(stream, applied): (&Stream, &Applied)| {
        let (held, applied) = (held(stream), applied.seq);
        (held < applied).then_some(Alarm::JournalBehind { stream: stream.to_string(), applied, held })
    };
    applied.iter().filter_map(behind).collect()
}
