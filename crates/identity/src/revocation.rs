//! Which sessions ended before their time: a short list that expires with the tokens it is about.

use jiff::Timestamp;

/// What a session is known by in the list: a keyed digest, which names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub [u8; 16]);

/// The end of some sessions, for whoever keeps the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "nobody is signed out before it is in the list"]
pub struct Revocation {
    /// Of the sessions of this handle,
    pub handle: Handle,
    /// those that began until then are over.
    pub at: Timestamp,
    /// It may be forgotten after this, when none of them is good any more.
    pub until: Timestamp,
}

/// The list as it is now. This is all that servers remember about sessions.
pub trait Revocations: Send + Sync {
    /// Sessions of this handle that began until this instant are over.
    fn revoked(&self, handle: Handle) -> Option<Timestamp>;
}
