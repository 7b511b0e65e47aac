//! Readers of a server whose schools fail at random, and the rules that every answer of it has to keep.

#![allow(clippy::indexing_slicing, reason = "places are remainders of the lengths")]

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::reader::{Answer, Connection};
use crate::unreliable::{Unreliable, dice};

/// The campuses of a soak.
pub const CAMPUSES: [&str; 4] = ["lac", "mont", "port", "val"];

/// Their data sets: for how many seconds each is fresh, and then usable.
const SETS: [(&str, u64, u64); 4] = [("brief", 1, 2), ("usual", 1, 30), ("long", 2, 600), ("never", 1, 600)];

/// What the readers saw.
#[derive(Debug, Default)]
pub struct Report {
    /// Answers by status, and by how a 200 was had.
    pub answers: BTreeMap<String, u64>,
    /// What no rule allows, the first few.
    pub violations: Vec<String>,
}

/// Readers, and what they know.
pub struct Soak {
    upstream: Unreliable,
    seed: u64,
    /// Until when a set certainly has an answer, as the readers saw it.
    known: Mutex<HashMap<(usize, usize), Instant>>,
    report: Mutex<Report>,
    over: AtomicBool,
}

impl Soak {
    /// A soak, with its schools' system started.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let (known, report, over) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        Self { upstream: Unreliable::start(seed), seed, known, report, over }
    }

    /// The declaration of one of the [`CAMPUSES`].
    #[must_use]
    pub fn declaration(&self, campus: &str) -> String {
        let head = format!(
            "name = \"{campus}\"\nzone = \"eu\"\ntimezone = \"Europe/Paris\"\nlanguages = [\"fr\"]\n\n\
             [sources.portal]\nconnector = \"http\"\nurl = \"{}\"\ntimeout = \"1s\"\n",
            self.upstream.url(&format!("/{campus}/"))
        );
        let set = |(name, fresh, stale): &(&str, u64, u64)| {
            format!(
                "\n[data.{name}]\nkind = \"links\"\nsource = \"portal\"\npath = \"{name}\"\naudience = \"public\"\n\
                 fresh_for = \"{fresh}s\"\nstale_for = \"{stale}s\"\n\
                 [data.{name}.map]\neach = \".[]\"\nid = \".id\"\ntitle = \".title\"\nurl = \".url\"\n"
            )
        };
        SETS.iter().fold(head, |all, each| all + &set(each))
    }

    /// Lets so many readers read, each on a connection of its own, until [`Self::end`] or until each has read so often.
    ///
    /// # Errors
    /// The server closed a connection, or did not answer.
    pub fn read(&self, server: SocketAddr, readers: u64, times: u64) -> io::Result<()> {
        thread::scope(|scope| {
            let readers: Vec<_> =
                (0..readers).map(|reader| scope.spawn(move || self.reader(server, reader, times))).collect();
            let read = |reader: thread::ScopedJoinHandle<'_, io::Result<()>>| {
                reader.join().unwrap_or_else(|_| Err(io::Error::other("a reader panicked")))
            };
            readers.into_iter().try_for_each(read)
        })
    }

    /// Ends all readers after their next answer.
    pub fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// What they saw so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let report = std::mem::take(&mut *lock(&self.report));
        let (asked, trapped) = self.upstream.asked();
        let mut report = report;
        report.answers.insert("upstream requests".to_owned(), asked);
        if trapped > 0 {
            report.violations.push(format!("{trapped} redirects to a private address were followed"));
        }
        report
    }

    fn reader(&self, server: SocketAddr, reader: u64, times: u64) -> io::Result<()> {
        let mut connection = Connection::open(server)?;
        let mut tags = HashMap::new();
        for turn in 0..times {
            if self.over.load(Ordering::SeqCst) {
                break;
            }
            let roll = |what: u64| dice(self.seed ^ (reader << 32) ^ what, turn) as usize;
            let place @ (campus, set) = (roll(1) % CAMPUSES.len(), roll(2) % SETS.len());
            let tag = tags.get(&place).filter(|_| roll(3) < 50);
            let sent = Instant::now();
            let (host, path) = (format!("{}.localhost", CAMPUSES[campus]), format!("/api/data/{}", SETS[set].0));
            let answer = connection.get(&host, &path, tag)?;
            if let Err(violation) = self.judge(place, sent, &answer, tag.is_some()) {
                let mut report = lock(&self.report);
                if report.violations.len() < 20 {
                    report.violations.push(format!("{}/{}: {violation}: {answer:?}", CAMPUSES[campus], SETS[set].0));
                }
            }
            if let Some(tag) = answer.headers.get("etag") {
                tags.insert(place, tag.clone());
            }
        }
        Ok(())
    }

    /// Holds one answer against the rules.
    fn judge(&self, place: (usize, usize), sent: Instant, answer: &Answer, conditional: bool) -> Result<(), String> {
        let (campus, (name, fresh, stale)) = (CAMPUSES[place.0], SETS[place.1]);
        let how = answer.headers.get("cache-status").map(String::as_str).unwrap_or_default();
        let how = how.trim_start_matches("Preau; ").split("; ttl").next().unwrap_or_default();
        let old =
            if answer.headers.get("cache-status").is_some_and(|how| how.contains("detail=")) { ", old" } else { "" };
        *lock(&self.report).answers.entry(format!("{} {how}{old}", answer.status)).or_default() += 1;
        let certain = lock(&self.known).get(&place).copied();
        match answer.status {
            200 | 304 => {}
            502..=504 if certain.is_none_or(|until| answer.received >= until) => {
                let problem: Option<Value> = serde_json::from_slice(&answer.body).ok();
                return problem
                    .filter(|problem| problem["type"].is_string())
                    .map(drop)
                    .ok_or("no problem document".into());
            }
            502..=504 => return Err("an error, though an answer was known that may still be given".to_owned()),
            other => return Err(format!("{other} is no status for this")),
        }
        if name == "never" {
            return Err("nothing was ever known of it".to_owned());
        }
        if answer.status == 304 && !conditional {
            return Err("304 to a question without condition".to_owned());
        }
        let age: u64 = answer.headers.get("age").and_then(|age| age.parse().ok()).ok_or("no age")?;
        // The age is told in whole seconds, and a moment after it was judged.
        if age > fresh + stale + 5 {
            return Err(format!("{age} s old, {} allowed", fresh + stale));
        }
        let as_of = sent.checked_sub(Duration::from_secs(age + 1)).ok_or("older than this run")?;
        let until = as_of + Duration::from_secs(fresh + stale);
        let mut known = lock(&self.known);
        let longest = known.get(&place).map_or(until, |known| until.max(*known));
        known.insert(place, longest);
        drop(known);
        if answer.status == 304 {
            return if answer.body.is_empty() { Ok(()) } else { Err("304 with a body".to_owned()) };
        }
        let document: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let titles: Vec<_> = document["items"].as_array().into_iter().flatten().map(|item| &item["title"]).collect();
        let first = titles.first().and_then(|title| title.as_str()).ok_or("no items")?;
        if titles.len() != 40 || titles.iter().any(|title| title.as_str() != Some(first)) {
            return Err("items of several answers".to_owned());
        }
        let (path, number) = first.rsplit_once(' ').ok_or("no number")?;
        if path != format!("/{campus}/{name}") {
            return Err("another's items".to_owned());
        }
        let given = number.parse().ok().and_then(|number| self.upstream.given(number)).ok_or("nobody gave them")?;
        if as_of > given {
            return Err("older than it says".to_owned());
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
