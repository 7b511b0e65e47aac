//! What was made of tokens already, so that the next request with one costs no cryptography: a bounded number, and none for
//! much longer than a token is good.

use std::array;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::{ACCESS, Opened};

/// A token's digest: memory holds no token.
pub(super) type Place = [u8; 32];

/// Entries at most; about a kilobyte each.
const MOST: usize = 50_000;

/// Parts with a lock each.
const SHARDS: usize = 16;

/// Opened tokens by their digests.
pub(super) struct Memory([Mutex<Shard>; SHARDS]);

/// Two generations: what is asked for is young again, and what is still old when the young ones are too many, or too long
/// here, goes.
#[derive(Default)]
struct Shard {
    young: HashMap<Place, Arc<Opened>>,
    old: HashMap<Place, Arc<Opened>>,
    /// Since when the young ones are collected, in seconds since 1970.
    since: i64,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self(array::from_fn(|_| Mutex::default()))
    }

    /// What was kept at a place; else what `open` makes, which is kept.
    ///
    /// # Errors
    /// Those of `open`.
    pub(super) fn get<E>(
        &self,
        place: Place,
        now: Timestamp,
        open: impl FnOnce() -> Result<Opened, E>,
    ) -> Result<Arc<Opened>, E> {
        if let Some(known) = self.with(place, now, |shard| shard.find(place)) {
            return Ok(known);
        }
        // Not under the lock: others need not wait for cryptography.
        let opened = Arc::new(open()?);
        self.with(place, now, |shard| shard.young.insert(place, Arc::clone(&opened)));
        Ok(opened)
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        for shard in &self.0 {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = Shard::default();
        }
    }

    fn with<T>(&self, place: Place, now: Timestamp, work: impl FnOnce(&mut Shard) -> Option<T>) -> Option<T> {
        let shard = self.0.get(usize::from(place[0]) % SHARDS)?;
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        shard.age(now.as_second());
        work(&mut shard)
    }
}

impl Shard {
    fn age(&mut self, now: i64) {
        if self.young.len() >= MOST / SHARDS / 2 || (now - self.since).abs() >= ACCESS.as_secs() {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
    }

    fn find(&mut self, place: Place) -> Option<Arc<Opened>> {
        if let Some(known) = self.young.get(&place) {
            return Some(Arc::clone(known));
        }
        let known = self.old.remove(&place)?;
        self.young.insert(place, Arc::clone(&known));
        Some(known)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Person;

    fn opened(user: &str) -> Opened {
        let person = Person {
            user: user.to_owned(),
            name: None,
            groups: vec![],
            affiliations: vec![],
            roles: vec![],
            attributes: BTreeMap::new(),
        };
        Opened { person, id: String::new(), since: 0, until: 0, handles: [None; 4] }
    }

    fn place(number: usize) -> Place {
        let mut place = [0; 32];
        place[..8].copy_from_slice(&number.to_le_bytes());
        place
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Who is at a place after a read at an instant; `"new"` where it had to be opened.
    fn read(memory: &Memory, number: usize, second: i64) -> String {
        let opened = memory.get(place(number), at(second), || Ok::<_, ()>(opened("new")));
        opened.unwrap().person.user.clone()
    }

    fn keep(memory: &Memory, number: usize, second: i64) {
        memory.get(place(number), at(second), || Ok::<_, ()>(opened("kept"))).unwrap();
    }

    #[test]
    fn opens_a_token_once_and_forgets_one_that_nobody_asks_for() {
        let memory = Memory::new();
        keep(&memory, 16, 0);
        keep(&memory, 32, 0);
        for second in [1, 599, 601, 1_199, 1_201, 1_801] {
            assert_eq!(read(&memory, 16, second), "kept", "{second}");
        }
        assert_eq!(read(&memory, 32, 1_802), "new");
    }

    #[test]
    fn keeps_nothing_of_a_token_that_does_not_open() {
        let memory = Memory::new();
        assert_eq!(memory.get(place(1), at(0), || Err("not good")).err(), Some("not good"));
        assert_eq!(read(&memory, 1, 0), "new");
    }

    #[test]
    fn holds_a_bounded_number_and_keeps_those_in_use() {
        let memory = Memory::new();
        keep(&memory, 0, 0);
        for number in 1..3 * MOST {
            keep(&memory, number, 0);
            if number % 1_000 == 0 {
                assert_eq!(read(&memory, 0, 0), "kept", "{number}");
            }
        }
        let held = |shard: &Mutex<Shard>| shard.lock().map(|shard| shard.young.len() + shard.old.len()).unwrap();
        let held: usize = memory.0.iter().map(held).sum();
        assert!((MOST / 2..=MOST + SHARDS).contains(&held), "{held}");
    }
}
