//! What may be used once: assertions, proofs of possession, codes. A bounded memory of those that were.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

/// A bounded memory of identifiers that were used, each until it would be refused for its age anyway. It keeps digests.
#[derive(Debug)]
pub struct Once {
    most: usize,
    used: Mutex<HashMap<[u8; 16], i64>>,
}

impl Once {
    /// A memory of at most `most` identifiers.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, used: Mutex::default() }
    }

    /// Whether this is the first use of an identifier. It is remembered until `until`. Where the memory is full of
    /// identifiers that still count, the answer is no: refusing is safe, forgetting is not.
    pub fn first(&self, id: &str, until: Timestamp, now: Timestamp) -> bool {
        let mut key = [0; 16];
        key.iter_mut().zip(digest(&SHA256, id.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.as_second();
        if used.len() >= self.most {
            used.retain(|_, until| *until >= now);
        }
        if used.len() >= self.most || used.get(&key).is_some_and(|until| *until >= now) {
            return false;
        }
        used.insert(key, until.as_second());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_each_identifier_once_until_it_is_too_old_to_matter() {
        let (once, now) = (Once::new(2), Timestamp::UNIX_EPOCH);
        let later = |seconds| now + jiff::SignedDuration::from_secs(seconds);
        assert!(once.first("a", later(60), now));
        assert!(!once.first("a", later(60), later(60)));
        assert!(once.first("a", later(120), later(61)));
    }

    #[test]
    fn refuses_rather_than_forgets_when_it_is_full() {
        let (once, now) = (Once::new(2), Timestamp::UNIX_EPOCH);
        let later = |seconds| now + jiff::SignedDuration::from_secs(seconds);
        assert!(once.first("a", later(60), now) && once.first("b", later(90), now));
        assert!(!once.first("c", later(60), now));
        assert!(once.first("c", later(99), later(61)), "the first one has no meaning any more");
    }
}
