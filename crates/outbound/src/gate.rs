//! What a source may take of this server and this server of the source: turns at once, requests a second, a pause while it
//! fails, and few second tries. One gate for all clients of a source, so that no source uses up what others need.

mod breaker;
mod pace;
mod tries;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{Clock, Failure, FailureKind};
use breaker::{Breaker, Paused};
use pace::Pace;
use tries::Tries;

/// What one source may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Requests under way.
    pub at_once: u32,
    /// Requests begun in a second; a second's worth may come at once.
    pub per_second: u32,
    /// Requests that wait for their turn; further ones are refused at once.
    pub queue: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 16, per_second: 50, queue: 200 }
    }
}

/// The gate before one source.
pub struct Gate {
    limits: Limits,
    turns: Semaphore,
    waiting: AtomicUsize,
    /// Requests refused since the start: for want of room, and in a pause.
    busy: AtomicU64,
    paused: AtomicU64,
    state: Mutex<State>,
    clock: Clock,
}

struct State {
    pace: Pace,
    breaker: Breaker,
    tries: Tries,
    /// How long a request usually takes.
    usual: Duration,
}

/// How a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// Whether the source is asked.
    pub circuit: Circuit,
    /// Requests under way.
    pub under_way: usize,
    /// Requests that wait for their turn.
    pub waiting: usize,
    /// Requests since the start that were not sent because the source had as many as it may.
    pub busy: u64,
    /// The same because it was left alone.
    pub paused: u64,
}

/// Whether a source is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circuit {
    /// It is.
    Closed,
    /// Its pause is over, and one request finds out whether it answers again.
    HalfOpen,
    /// It is left alone.
    Open,
}

/// One request under way; dropped without an outcome, it says nothing about the source.
pub(crate) struct Pass<'g> {
    gate: &'g Gate,
    _turn: SemaphorePermit<'g>,
    began: Instant,
    /// Whether it alone finds out if a paused source answers again.
    probe: bool,
}

/// What a request says about the source.
pub(crate) enum Outcome<'o> {
    /// It works.
    Good,
    /// It fails, in these words.
    Bad(&'o str),
    /// It asks to be left alone for a while.
    Busy(&'o str, Duration),
    /// Nothing: it was never reached, or the fault is ours.
    Nothing,
}

impl Gate {
    /// A gate before a source that nothing is known of. `seed` spreads its pauses; each gate should have its own.
    #[must_use]
    pub fn new(limits: Limits, clock: Clock, seed: u64) -> Self {
        let state = State {
            pace: Pace::new(limits.per_second),
            breaker: Breaker::new(seed),
            tries: Tries::new(seed),
            usual: Duration::ZERO,
        };
        let turns = Semaphore::new(limits.at_once as usize);
        let (waiting, busy, paused) = Default::default();
        Self { limits, turns, waiting, busy, paused, state: Mutex::new(state), clock }
    }

    /// How it stands now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            circuit: self.state().breaker.circuit((self.clock)()),
            under_way: (self.limits.at_once as usize).saturating_sub(self.turns.available_permits()),
            waiting: self.waiting.load(Ordering::Relaxed),
            busy: self.busy.load(Ordering::Relaxed),
            paused: self.paused.load(Ordering::Relaxed),
        }
    }

    /// Asks a source through its gate, by a protocol that is not the web's; `within` is the longest that it takes, the wait
    /// for its turn included.
    ///
    /// # Errors
    /// `Unavailable` where the source is paused or has too much to do, and whatever asking fails with.
    pub async fn ask<T>(
        &self,
        site: &str,
        within: Duration,
        asking: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let pass = self.enter(site, Instant::now() + within).await?;
        let outcome = asking.await;
        pass.leave(&match &outcome {
            Ok(_) => Outcome::Good,
            Err(failure) => Outcome::of(failure),
        });
        outcome
    }

    /// Waits for a turn, for as long as there would still be time for an answer.
    pub(crate) async fn enter(&self, site: &str, deadline: Instant) -> Result<Pass<'_>, Failure> {
        // Nobody waits in order to be refused.
        let looked = self.state().breaker.look((self.clock)());
        looked.map_err(|paused| self.leave_alone(site, &paused))?;
        let turn = match self.turns.try_acquire() {
            Ok(turn) => turn,
            Err(_) => self.wait(site, deadline).await?,
        };
        let now = Instant::now();
        let at = {
            let mut state = self.state();
            state.tries.save();
            let latest = deadline.checked_sub(state.usual).unwrap_or(now);
            state
                .pace
                .reserve(now, latest)
                .ok_or_else(|| self.shed(site, "as many requests as it may have a second"))?
        };
        if at > now {
            sleep_until(at).await;
        }
        // Whoever waited may have been overtaken by a pause.
        let admitted = self.state().breaker.admit((self.clock)());
        let probe = admitted.map_err(|paused| self.leave_alone(site, &paused))?;
        Ok(Pass { gate: self, _turn: turn, began: Instant::now(), probe })
    }

    async fn wait(&self, site: &str, deadline: Instant) -> Result<SemaphorePermit<'_>, Failure> {
        let place = Waiting::new(&self.waiting);
        let Limits { at_once, queue, .. } = self.limits;
        let busy =
            || self.shed(site, &format!("as many requests as it may ({at_once} under way, {} waiting)", place.before));
        if place.before >= queue as usize {
            return Err(busy());
        }
        // As many rounds as there are turns' worth of requests before this one, and then its own.
        let rounds = u32::try_from(place.before).unwrap_or(u32::MAX) / at_once.max(1) + 2;
        let needed = self.state().usual.saturating_mul(rounds);
        if needed > deadline.saturating_duration_since(Instant::now()) {
            return Err(busy());
        }
        match timeout_at(deadline, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(busy()),
        }
    }

    /// Whether, and after how long, a request that changes nothing is sent once more.
    pub(crate) fn second_try(&self, tries: u32, asked: Option<Duration>, deadline: Instant) -> Option<Duration> {
        let mut state = self.state();
        let left = deadline.saturating_duration_since(Instant::now()).saturating_sub(state.usual);
        state.tries.another(tries, asked, left)
    }

    fn leave_alone(&self, site: &str, paused: &Paused) -> Failure {
        self.paused.fetch_add(1, Ordering::Relaxed);
        paused.failure(site, (self.clock)())
    }

    fn shed(&self, site: &str, what: &str) -> Failure {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Failure {
            retry_after: Some(Duration::from_secs(1)),
            ..Failure::new(FailureKind::Unavailable, format!("{site} has {what}: this one was not sent"))
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Whether this request alone finds out if a paused source answers again.
    pub(crate) fn finds_out(&self) -> bool {
        self.probe
    }

    pub(crate) fn leave(mut self, outcome: &Outcome<'_>) {
        let now = (self.gate.clock)();
        let mut state = self.gate.state();
        match outcome {
            Outcome::Nothing => return,
            Outcome::Good => state.breaker.good(self.probe),
            Outcome::Bad(what) => state.breaker.bad(what, now, self.probe),
            Outcome::Busy(what, pause) => state.breaker.busy(what, *pause, now),
        }
        state.usual = (state.usual * 7 + self.began.elapsed()) / 8;
        self.probe = false;
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.gate.state().breaker.unknown();
        }
    }
}

impl<'o> Outcome<'o> {
    /// What a failure says about the source.
    pub(crate) fn of(failure: &'o Failure) -> Self {
        match (failure.kind, failure.retry_after) {
            (FailureKind::Unavailable, Some(pause)) => Self::Busy(&failure.message, pause),
            (FailureKind::Unavailable | FailureKind::Malformed, _) => Self::Bad(&failure.message),
            (FailureKind::Refused | FailureKind::Rejected, _) => Self::Nothing,
        }
    }
}

impl Paused {
    fn failure(&self, site: &str, now: Timestamp) -> Failure {
        let left = self.until.duration_since(now).max(SignedDuration::from_secs(1));
        let times = if self.failures == 1 { "1 failure" } else { &format!("{} failures", self.failures) };
        let message = format!(
            "{site} is left alone until {:.0} after {times} since {:.0}; the last one: {}",
            self.until, self.since, self.what
        );
        Failure { retry_after: left.try_into().ok(), ..Failure::new(FailureKind::Unavailable, message) }
    }
}

/// A place in the queue, given up when dropped.
struct Waiting<'g> {
    waiting: &'g AtomicUsize,
    before: usize,
}

impl<'g> Waiting<'g> {
    fn new(waiting: &'g AtomicUsize) -> Self {
        Self { waiting, before: waiting.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
