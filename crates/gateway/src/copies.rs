//! Copies of personal data that a school authorised: in memory only, each encrypted under a key that only the person's
//! token gives. Without the token nobody can find one, nor read it.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use campus::{Campus, DataSet};
use identity::{Chance, Session};
use jiff::Timestamp;
use kinds::{Marked, Personal};
use mapping::{Account, Items};
use sources::Params;

use crate::held::Held;

/// The copies of one process.
pub(crate) struct Copies {
    kept: moka::sync::Cache<[u8; 32], Arc<Sealed>>,
}

struct Sealed {
    as_of: Timestamp,
    nonce: [u8; NONCE_LEN],
    text: Vec<u8>,
}

/// A copy that its person's token opened.
pub(crate) struct Copy {
    pub as_of: Timestamp,
    items: Items,
}

/// Bytes at most.
const CAPACITY: u64 = 64 << 20;

/// No copy outlives this, whatever lifetimes say.
const LONGEST: Duration = Duration::from_hours(24);

impl Default for Copies {
    fn default() -> Self {
        let kept = moka::sync::Cache::builder()
            .max_capacity(CAPACITY)
            .weigher(|_, sealed: &Arc<Sealed>| u32::try_from(sealed.text.len() + 128).unwrap_or(u32::MAX))
            .time_to_live(LONGEST);
        Self { kept: kept.build() }
    }
}

impl Copies {
    /// The copy of a set for this session.
    pub(crate) fn of(&self, campus: &Campus, set: &DataSet, params: &Params, session: &Session) -> Option<Copy> {
        let sealed = self.kept.get(&session.derive(&name("place", campus, set, params)))?;
        let key = key(session, campus, set, params)?;
        let mut text = sealed.text.clone();
        let plain = key.open_in_place(Nonce::assume_unique_for_key(sealed.nonce), Aad::empty(), &mut text).ok()?;
        Some(Copy { as_of: sealed.as_of, items: Items::unpack(plain)? })
    }

    /// Keeps what one fetch brought, for a set of which the school authorises copies.
    #[expect(clippy::too_many_arguments, reason = "where, what, whose, when: each is one word of the sentence")]
    pub(crate) fn keep(
        &self,
        campus: &Campus,
        set: &DataSet,
        params: &Params,
        session: &Session,
        items: Personal<Arc<Held>>,
        as_of: Timestamp,
        chance: &Chance,
    ) {
        let Some(key) = key(session, campus, set, params).filter(|_| set.server_copy) else { return };
        let mut nonce = [0; NONCE_LEN];
        chance(&mut nonce);
        let mut text = items.into_answer().items().pack();
        if key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text).is_ok() {
            let sealed = Sealed { as_of, nonce, text };
            self.kept.insert(session.derive(&name("place", campus, set, params)), Arc::new(sealed));
        }
    }

    /// Lets go of what is kept for a session that ends.
    pub(crate) fn forget(&self, campus: &Campus, session: &Session) {
        for set in campus.data.values().filter(|set| set.server_copy) {
            // With parameters a set has many copies; they are unreadable from now on and go when their time is over.
            if let Ok(params) = set.params(&Params::new()) {
                self.kept.invalidate(&session.derive(&name("place", campus, set, &params)));
            }
        }
    }
}

impl Copy {
    pub(crate) fn is_younger_than(&self, age: Duration, now: Timestamp) -> bool {
        now.duration_since(self.as_of).unsigned_abs() < age
    }

    pub(crate) fn items(&self, set: &DataSet, fresh_for: Duration) -> Option<Personal<Arc<Held>>> {
        let held = Held::new(&set.kind.name, self.items.clone(), Account::default(), None, self.as_of, fresh_for, &[]);
        match set.audience.mark(Arc::new(held)) {
            Marked::Personal(held) => Some(held),
            Marked::Public(_) => None,
        }
    }
}

fn key(session: &Session, campus: &Campus, set: &DataSet, params: &Params) -> Option<LessSafeKey> {
    let key = session.derive(&name("key", campus, set, params));
    Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &key).ok()?))
}

fn name(what: &str, campus: &Campus, set: &DataSet, params: &Params) -> String {
    format!("{what}\n{}\n{}\n{}\n{params:?}", campus.id, set.name, set.version)
}
