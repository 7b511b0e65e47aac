//! What the provider has granted: codes, access tokens and refresh tokens, in memory until they end.

use std::collections::HashMap;

/// Nobody's demo has more.
const MOST: usize = 10_000;

/// What was granted, by the random text that stands for it.
#[derive(Default)]
pub struct Grants(HashMap<String, Grant>);

#[derive(Clone)]
pub struct Grant {
    pub what: What,
    /// The person's place among those of the school.
    pub person: usize,
    /// When they signed in, in seconds since 1970.
    pub since: i64,
    /// Until when it is good.
    until: i64,
}

#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// An authorization code, with what its exchange has to repeat.
    Code {
        redirect: String,
        challenge: String,
        nonce: String,
    },
    Access,
    Refresh,
}

impl What {
    /// How long it is good, in seconds.
    pub fn lasting(&self) -> i64 {
        match self {
            Self::Code { .. } => 60,
            Self::Access => 600,
            Self::Refresh => 12 * 3600,
        }
    }
}

impl Grants {
    /// Grants something under a name; false where there is no room.
    pub fn add(&mut self, name: String, what: What, person: usize, since: i64, now: i64) -> bool {
        if self.0.len() >= MOST {
            self.0.retain(|_, grant| grant.until > now);
        }
        let until = now + what.lasting();
        let room = self.0.len() < MOST;
        if room {
            self.0.insert(name, Grant { what, person, since, until });
        }
        room
    }

    /// What a name stands for.
    pub fn find(&self, name: &str, now: i64) -> Option<Grant> {
        self.0.get(name).filter(|grant| grant.until > now).cloned()
    }

    /// What a name stands for, for the last time.
    pub fn take(&mut self, name: &str, now: i64) -> Option<Grant> {
        self.0.remove(name).filter(|grant| grant.until > now)
    }
}
