//! A request's account: how long each step of the path took, and with what. It travels with the request's task, and with
//! the fetch that the request started.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cache::Origin;
use futures_util::future::Either;
use mapping::Account;

tokio::task_local! {
    static STEPS: Arc<Steps>;
}

/// A step of the path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Campus,
    Session,
    Kind,
    /// All the waiting for an answer, `Source` and `Mapping` included.
    Cache,
    Source,
    Mapping,
    Response,
}

/// What is known of a request under way. Names in it are declared ones.
pub(crate) struct Steps {
    began: Instant,
    /// Microseconds from the beginning to the end of the latest step.
    latest: AtomicU64,
    micros: [AtomicU64; 7],
    route: OnceLock<Cow<'static, str>>,
    pub campus: OnceLock<Arc<str>>,
    pub data: OnceLock<Arc<str>>,
    pub origin: OnceLock<&'static str>,
    pub records: OnceLock<Records>,
}

/// A mapping's account without its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Records {
    pub received: u64,
    pub mapped: u64,
    pub rejected: u64,
}

impl Steps {
    pub(crate) fn begin() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            latest: AtomicU64::default(),
            micros: Default::default(),
            route: OnceLock::new(),
            campus: OnceLock::new(),
            data: OnceLock::new(),
            origin: OnceLock::new(),
            records: OnceLock::new(),
        })
    }

    /// Does the work of a request, whose account this is.
    pub(crate) fn around<F: Future>(self: &Arc<Self>, work: F) -> impl Future<Output = F::Output> {
        STEPS.scope(Arc::clone(self), work)
    }

    /// The time since the beginning.
    pub(crate) fn so_far(&self) -> Duration {
        self.began.elapsed()
    }

    /// The template of the address; empty where it is none of the API.
    pub(crate) fn route(&self) -> &str {
        self.route.get().map_or("", |route| route)
    }

    /// Milliseconds of a step; 0 where the request did not come so far.
    pub(crate) fn millis(&self, step: Step) -> u64 {
        self.of(step).load(Relaxed) / 1000
    }

    #[expect(clippy::indexing_slicing, reason = "as many places as steps")]
    fn of(&self, step: Step) -> &AtomicU64 {
        &self.micros[step as usize]
    }
}

/// A step is over which began when the one before it ended.
pub(crate) fn ended(step: Step) {
    let _ = STEPS.try_with(|steps| {
        let now = micros(steps.so_far());
        let before = steps.latest.swap(now, Relaxed);
        steps.of(step).fetch_add(now.saturating_sub(before), Relaxed);
    });
}

/// A step took so long, beside others.
pub(crate) fn took(step: Step, time: Duration) {
    let _ = STEPS.try_with(|steps| steps.of(step).fetch_add(micros(time), Relaxed));
}

/// The request is for an address of this template.
pub(crate) fn routed(route: Cow<'static, str>) {
    let _ = STEPS.try_with(|steps| steps.route.set(route));
}

/// The request is for this campus.
pub(crate) fn at(campus: &Arc<str>) {
    let _ = STEPS.try_with(|steps| steps.campus.set(Arc::clone(campus)));
}

/// The request is for this data set.
pub(crate) fn for_data(name: &Arc<str>) {
    let _ = STEPS.try_with(|steps| steps.data.set(Arc::clone(name)));
}

/// What is kept served it like this.
pub(crate) fn served(origin: Option<Origin>) {
    let _ = STEPS.try_with(|steps| steps.origin.set(word(origin)));
}

/// Records were mapped.
pub(crate) fn mapped(account: &Account) {
    let &Account { received, mapped, rejected, .. } = account;
    let _ = STEPS.try_with(|steps| steps.records.set(Records { received, mapped, rejected }));
}

/// The account of the request that this task works for.
pub(crate) fn current() -> Option<Arc<Steps>> {
    STEPS.try_with(Arc::clone).ok()
}

/// Work that another task does for a request.
pub(crate) fn carried<F: Future>(steps: Option<Arc<Steps>>, work: F) -> impl Future<Output = F::Output> {
    match steps {
        Some(steps) => Either::Left(STEPS.scope(steps, work)),
        None => Either::Right(work),
    }
}

/// How what is kept served a read: `hit`.
pub(crate) fn word(origin: Option<Origin>) -> &'static str {
    match origin {
        Some(Origin::Hit) => "hit",
        Some(Origin::Stale) => "stale",
        Some(Origin::Miss) => "miss",
        Some(Origin::Collapsed) => "collapsed",
        None => "failed",
    }
}

fn micros(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}
