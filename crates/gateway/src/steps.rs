//! A request's account: how long each step of the path took, and with what. It travels with the request's task; what a
//! fetch adds to it travels with the fetch.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cache::Origin;
use futures_util::future::Either;
use mapping::Account;
use tokio::time::Instant;

tokio::task_local! {
    static STEPS: Steps;
    static FETCH: Arc<Fetch>;
}

/// A step of the path that the request's own task takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Campus,
    Session,
    Kind,
    /// All the waiting for an answer, a fetch included.
    Cache,
    Response,
}

/// What is known of a request under way. Names in it are declared ones.
pub(crate) struct Steps {
    began: Instant,
    /// When each step ended, for the last time where a request takes it several times.
    ends: [Cell<Option<Instant>>; 5],
    route: OnceCell<Cow<'static, str>>,
    pub campus: OnceCell<Arc<str>>,
    pub data: OnceCell<Arc<str>>,
    pub origin: OnceCell<&'static str>,
    fetch: OnceCell<Arc<Fetch>>,
}

/// What is known of the fetch that a request began.
#[derive(Debug, Default)]
pub(crate) struct Fetch {
    /// Milliseconds until the source had answered.
    pub source: AtomicU64,
    /// Milliseconds until its answer was mapped.
    pub mapping: AtomicU64,
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
    fn begin() -> Self {
        Self {
            began: Instant::now(),
            ends: Default::default(),
            route: OnceCell::new(),
            campus: OnceCell::new(),
            data: OnceCell::new(),
            origin: OnceCell::new(),
            fetch: OnceCell::new(),
        }
    }

    /// The time since the beginning.
    pub(crate) fn so_far(&self) -> Duration {
        self.began.elapsed()
    }

    /// The template of the address; empty where it is none of the API.
    pub(crate) fn route(&self) -> &str {
        self.route.get().map_or("", |route| route)
    }

    /// Milliseconds of a step, from the end of the one before it; 0 where the request did not come so far.
    pub(crate) fn millis(&self, step: Step) -> u64 {
        let before = self.ends.iter().take(step as usize).filter_map(Cell::get).max().unwrap_or(self.began);
        let end = self.ends.get(step as usize).and_then(Cell::get);
        end.map_or(0, |end| millis(end.saturating_duration_since(before)))
    }

    /// The fetch that the request began, where it did.
    pub(crate) fn fetch(&self) -> Option<&Fetch> {
        self.fetch.get().map(|fetch| &**fetch)
    }
}

/// Does the work of a request, and then looks at its account.
pub(crate) async fn accounted<T>(work: impl Future<Output = T>, look: impl FnOnce(&Steps, &T)) -> T {
    let whole = async {
        let done = work.await;
        let _ = STEPS.try_with(|steps| look(steps, &done));
        done
    };
    STEPS.scope(Steps::begin(), whole).await
}

/// A step is over which began when the one before it ended.
pub(crate) fn ended(step: Step) {
    let _ = STEPS.try_with(|steps| steps.ends.get(step as usize).map(|end| end.set(Some(Instant::now()))));
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

/// The account of the fetch that this task does, or begins.
pub(crate) fn fetch() -> Option<Arc<Fetch>> {
    let begun = || STEPS.try_with(|steps| Arc::clone(steps.fetch.get_or_init(Arc::default)));
    FETCH.try_with(Arc::clone).or_else(|_| begun()).ok()
}

/// A fetch that another task does.
pub(crate) fn carried<F: Future>(fetch: Option<Arc<Fetch>>, work: F) -> impl Future<Output = F::Output> {
    match fetch {
        Some(fetch) => Either::Left(FETCH.scope(fetch, work)),
        None => Either::Right(work),
    }
}

impl Fetch {
    /// The source answered after so long.
    pub(crate) fn answered(&self, took: Duration) {
        self.source.fetch_add(millis(took), Relaxed);
    }

    /// Its answer was mapped in so long.
    pub(crate) fn mapped(&self, took: Duration, account: Option<&Account>) {
        self.mapping.fetch_add(millis(took), Relaxed);
        if let Some(&Account { received, mapped, rejected, .. }) = account {
            let _ = self.records.set(Records { received, mapped, rejected });
        }
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

pub(crate) fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}
