//! Why somebody could not sign in, and whose fault it is.

use std::time::Duration;

/// Why somebody could not sign in. Messages are for the school's staff and for logs: they name the provider's host and what
/// is wrong with its settings or ours, never a person, a token or an attribute's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Whose fault it is, and what the person can do.
    pub kind: FailureKind,
    /// What is wrong, and the remedy where there is one.
    pub message: String,
    /// After how long to try again.
    pub retry_after: Option<Duration>,
}

/// Whose fault it is, and what the person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The provider does not answer: try later.
    Unavailable,
    /// The provider, or the person, said no: a wrong password, no right to this application, "cancel".
    Denied,
    /// What came back does not hold: a signature, an issuer, an audience, a time, a ticket that was used before. Starting
    /// again helps an honest person; an attacker it does not.
    Invalid,
    /// The sign-in is too old, or began in another browser: start again.
    Stale,
    /// The declaration, or the provider's settings for us, are wrong: the school's staff have to act.
    Misconfigured,
    /// Too many tries: wait.
    TooMany,
}

impl Failure {
    /// A failure of a kind.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// What came back does not hold.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Invalid, message)
    }
}

impl From<outbound::Failure> for Failure {
    fn from(failure: outbound::Failure) -> Self {
        let kind = match failure.kind {
            outbound::FailureKind::Unavailable => FailureKind::Unavailable,
            _ => FailureKind::Misconfigured,
        };
        Self { kind, message: failure.message, retry_after: failure.retry_after }
    }
}
