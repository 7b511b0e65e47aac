//! Proxy-granting tickets that the CAS server left and a sign-in under way has not picked up yet.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use settings::Secret;

use crate::method::Form;

/// How long a ticket waits. The server leaves it before it answers the question that we wait for.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// Tickets at a time. Anybody can leave something here: the oldest give way, so that a flood would have to be this long
/// within the moment between leaving and picking up.
const MOST: usize = 4096;

/// Tickets that wait, oldest first.
#[derive(Default)]
pub(super) struct Granting {
    waiting: Mutex<VecDeque<Left>>,
}

struct Left {
    name: String,
    ticket: Secret,
    until: Timestamp,
}

impl Granting {
    /// Takes `pgtIou` and `pgtId`, where they look like tickets.
    pub(super) fn leave(&self, query: &Form, now: Timestamp) {
        let part = |key: &str| query.get(key).filter(|text| super::is_opaque(text));
        let (Some(name), Some(ticket)) = (part("pgtIou"), part("pgtId")) else { return };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|left| left.until >= now);
        if waiting.len() >= MOST {
            waiting.pop_front();
        }
        waiting.push_back(Left { name: name.clone(), ticket: Secret::new(ticket.as_str()), until: now + PATIENCE });
    }

    /// The ticket that was left under a name, once.
    pub(super) fn take(&self, name: &str, now: Timestamp) -> Option<Secret> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.iter().position(|left| left.name == name && left.until >= now)?;
        waiting.remove(place).map(|left| left.ticket)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn left(name: &str, ticket: &str) -> Form {
        [("pgtIou", name), ("pgtId", ticket)].map(|(key, value)| (key.to_owned(), value.to_owned())).into()
    }

    #[test]
    fn gives_a_ticket_once_and_for_a_minute() {
        let (granting, now) = (Granting::default(), Timestamp::UNIX_EPOCH);
        granting.leave(&left("PGTIOU-1", "PGT-1"), now);
        assert!(granting.take("PGTIOU-2", now).is_none());
        assert_eq!(granting.take("PGTIOU-1", now + PATIENCE).unwrap().expose(), "PGT-1");
        assert!(granting.take("PGTIOU-1", now).is_none());
        granting.leave(&left("PGTIOU-1", "PGT-1"), now);
        assert!(granting.take("PGTIOU-1", now + PATIENCE * 2).is_none());
    }

    #[test]
    fn ignores_what_is_no_ticket_and_stays_within_its_bound() {
        let (granting, now) = (Granting::default(), Timestamp::UNIX_EPOCH);
        for (name, ticket) in [("", "PGT-1"), ("PGTIOU-1", ""), ("PGTIOU-1", "PGT 1"), ("PGTIOU-1", &"a".repeat(2000))]
        {
            granting.leave(&left(name, ticket), now);
        }
        granting.leave(&Form::new(), now);
        assert!(granting.waiting.lock().unwrap().is_empty());
        for number in 0..=MOST {
            granting.leave(&left(&format!("PGTIOU-{number}"), "PGT-1"), now);
        }
        assert_eq!(granting.waiting.lock().unwrap().len(), MOST);
        assert!(granting.take("PGTIOU-0", now).is_none() && granting.take("PGTIOU-1", now).is_some());
        granting.leave(&left("PGTIOU-late", "PGT-1"), now + PATIENCE * 2);
        assert_eq!(granting.waiting.lock().unwrap().len(), 1);
    }
}
