//! A cache, the clock it lives by and the upstream it asks, all in the hands of a test.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kinds::{Audience, Lifetimes, Marked, Public};
use tokio::sync::Semaphore;

use crate::{Answer, Cache, Clock, Disk, Keep, Key, Origin, ROUNDING, Trouble, Weigh, Written};

/// Items of a test: a text that weighs its length.
#[derive(Debug, PartialEq)]
pub(crate) struct Text(pub String);

impl Weigh for Text {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.0.len() + ROUNDING
    }
}

impl Keep for Text {
    const VERSION: u32 = 1;

    fn write(&self) -> Written {
        Written { head: Vec::new(), content: self.0.clone().into_bytes() }
    }

    fn read(written: Written) -> Option<Self> {
        String::from_utf8(written.content).ok().map(Self)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Down {
    pub asked: Option<Duration>,
    pub abandoned: bool,
}

impl Trouble for Down {
    fn abandoned() -> Self {
        Self { asked: None, abandoned: true }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.asked
    }
}

pub(crate) const DOWN: Down = Down { asked: None, abandoned: false };

/// What the upstream says next.
pub(crate) type Says = Result<&'static str, Down>;

/// A cache, the clock it lives by, and the one upstream it asks.
pub(crate) struct Bench {
    pub cache: Arc<Cache<Text, Down>>,
    now: Arc<AtomicI64>,
    calls: AtomicUsize,
}

impl Bench {
    pub fn new() -> Self {
        Self::of(1 << 20)
    }

    pub fn of(capacity: u64) -> Self {
        Self::with(capacity, None)
    }

    pub fn with(capacity: u64, disk: Option<Disk>) -> Self {
        let now = Arc::new(AtomicI64::new(1_800_000_000));
        let clock = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap());
        Self { cache: Cache::new(capacity, disk, clock), now, calls: AtomicUsize::new(0) }
    }

    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Reads a key, fresh for a minute and stale for an hour, from an upstream that answers at once.
    pub async fn read(&self, key: &Key, says: Says) -> Result<Answer<Text, Down>, Down> {
        self.read_for(key, lifetimes(60, 3600), says).await
    }

    pub async fn read_for(&self, key: &Key, lifetimes: Lifetimes, says: Says) -> Result<Answer<Text, Down>, Down> {
        let depart = || {
            self.calls.fetch_add(1, Ordering::SeqCst);
            move |_, _| async move { says.map(public) }
        };
        let answer = self.cache.read(key, &lifetimes, depart).await;
        self.settle().await;
        answer
    }

    /// Reads from an upstream that answers when the gate opens.
    pub async fn read_through(&self, gate: &Arc<Semaphore>, key: &Key, says: Says) -> Result<Answer<Text, Down>, Down> {
        let depart = || {
            self.calls.fetch_add(1, Ordering::SeqCst);
            let gate = Arc::clone(gate);
            move |_, _| async move {
                let _passed = gate.acquire().await.unwrap();
                says.map(public)
            }
        };
        self.cache.read(key, &lifetimes(60, 3600), depart).await
    }

    /// Lets flights land that have all they need to.
    pub async fn settle(&self) {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn closed() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(0))
}

pub(crate) fn public<T: Into<String>>(text: T) -> Public<Text> {
    match Audience::Public.mark(Text(text.into())) {
        Marked::Public(text) => text,
        Marked::Personal(_) => unreachable!("public items"),
    }
}

pub(crate) fn lifetimes(fresh: u64, stale: u64) -> Lifetimes {
    let [fresh_for, stale_for] = [fresh, stale].map(Duration::from_secs);
    Lifetimes { fresh_for, stale_for, on_device: Duration::ZERO }
}

pub(crate) fn key(set: &str) -> Key {
    Key {
        campus: "rivage".into(),
        channel: "production".into(),
        set: set.into(),
        version: 1,
        audience: Audience::Public,
        params: BTreeMap::new(),
    }
}

/// What a reader was answered, and how.
pub(crate) fn told(answer: Result<Answer<Text, Down>, Down>) -> (String, Origin) {
    let answer = answer.unwrap();
    (answer.value.get().0.clone(), answer.origin)
}

pub(crate) fn is(text: &str, origin: Origin) -> (String, Origin) {
    (text.to_owned(), origin)
}
