//! What the cache keeps of a data set: its items, their account, and the bodies of the whole answer, ready to send.

mod disk;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use cache::ROUNDING;
use jiff::Timestamp;
use mapping::{Account, Complaint, Items};
use sources::Validators;

use crate::compress::{self, Coding, KEPT};

/// A data set's items as one fetch brought them.
pub struct Held {
    kind: String,
    items: Items,
    account: Account,
    validators: Option<Validators>,
    tag: String,
    as_of: Timestamp,
    codings: &'static [Coding],
    bodies: ArcSwap<Bodies>,
}

/// The whole answer, serialised and compressed once. It says until when it is fresh, so it holds for one `fresh_for`.
pub(crate) struct Bodies {
    fresh_for: Duration,
    identity: Bytes,
    coded: Vec<(Coding, Bytes)>,
}

impl Held {
    pub(crate) fn new(
        kind: &str,
        items: Items,
        account: Account,
        validators: Option<Validators>,
        as_of: Timestamp,
        fresh_for: Duration,
        codings: &'static [Coding],
    ) -> Self {
        let tag = short(&items.digest());
        let bodies = Bodies::new(kind, items.json(), as_of, fresh_for, codings);
        // The items are the end of the plain body, but for a brace.
        let start = bodies.identity.len().saturating_sub(items.json().len() + 1);
        let (items, bodies) = (items.within(&bodies.identity, start), ArcSwap::from_pointee(bodies));
        Self { kind: kind.to_owned(), items, account, validators, tag, as_of, codings, bodies }
    }

    /// The same items, confirmed by the upstream at another instant; what it says of them in headers is the newer (RFC 9111,
    /// 4.3.4).
    pub(crate) fn confirmed(&self, as_of: Timestamp, fresh_for: Duration, newer: Option<Validators>) -> Self {
        let (account, known) = (self.account.clone(), self.validators.as_ref());
        let validators = match newer {
            Some(newer) => Some(known.map_or_else(|| newer.clone(), |known| known.freshened(newer.clone()))),
            None => known.cloned(),
        };
        Self::new(&self.kind, self.items.clone(), account, validators, as_of, fresh_for, self.codings)
    }

    /// Whether its bodies are compressed in advance, for many readers.
    pub(crate) fn is_coded(&self) -> bool {
        !self.codings.is_empty()
    }

    pub(crate) fn items(&self) -> &Items {
        &self.items
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn validators(&self) -> Option<&Validators> {
        self.validators.as_ref()
    }

    /// Digest of the items, 16 hexadecimal digits.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    /// The bodies under a `fresh_for`. Where an operator changed it since they were made, they are made again, once.
    pub(crate) fn bodies(&self, fresh_for: Duration) -> Arc<Bodies> {
        let bodies = self.bodies.load();
        if bodies.fresh_for == fresh_for {
            return Arc::clone(&bodies);
        }
        let bodies = Arc::new(Bodies::new(&self.kind, self.items.json(), self.as_of, fresh_for, self.codings));
        self.bodies.store(Arc::clone(&bodies));
        bodies
    }
}

impl cache::Weigh for Held {
    fn weight(&self) -> usize {
        let bodies = self.bodies.load();
        let coded: usize =
            bodies.coded.iter().map(|(_, body)| size_of::<(Coding, Bytes)>() + body.len() + ROUNDING).sum();
        let validators = self.validators.iter().flat_map(|known| [&known.etag, &known.last_modified]);
        let texts = [Some(&self.kind), Some(&self.tag)].into_iter().flatten().chain(validators.flatten());
        let texts: usize = texts.map(|text| text.len() + ROUNDING).sum();
        let complaints = &self.account.complaints;
        let reasons = complaints.iter().map(|complaint| complaint.field.len() + complaint.reason.len() + 2 * ROUNDING);
        let complaints = complaints.capacity() * size_of::<Complaint>() + reasons.sum::<usize>();
        let structures = size_of::<Self>() + size_of::<Bodies>() + 8 * ROUNDING;
        structures + self.items.index_weight() + bodies.identity.len() + coded + texts + complaints
    }
}

impl Bodies {
    fn new(kind: &str, items: &Bytes, as_of: Timestamp, fresh_for: Duration, codings: &[Coding]) -> Self {
        let identity = Bytes::from(envelope(kind, as_of, fresh_for, items, None));
        let coded = codings
            .iter()
            .filter_map(|coding| Some((*coding, compress::compress(&identity, *coding, &KEPT)?)))
            .collect();
        Self { fresh_for, identity, coded }
    }

    /// The body in the coding a client would have, where there is one; plain otherwise.
    pub(crate) fn body(&self, wanted: Option<Coding>) -> (Option<Coding>, Bytes) {
        let coded = self.coded.iter().find(|(known, _)| Some(*known) == wanted);
        coded.map_or_else(|| (None, self.identity.clone()), |(coding, body)| (Some(*coding), body.clone()))
    }
}

/// `{"kind":…,"as_of":…,"fresh_until":…,"items":…}`, and `"next"` where there are more. Neither a kind's name nor a
/// cursor has a character that JSON would escape.
pub(crate) fn envelope(kind: &str, as_of: Timestamp, fresh_for: Duration, items: &[u8], next: Option<&str>) -> Vec<u8> {
    let fresh_until = fresh_until(as_of, fresh_for);
    let next = next.map(|next| format!(r#","next":"{next}""#)).unwrap_or_default();
    let head =
        format!(r#"{{"kind":"{kind}","as_of":"{}","fresh_until":"{}"{next}"#, second(as_of), second(fresh_until));
    let list = b",\"items\":";
    let mut body = Vec::with_capacity(head.len() + list.len() + items.len() + 1);
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(list);
    body.extend_from_slice(items);
    body.push(b'}');
    body
}

/// Until when an answer is fresh.
pub(crate) fn fresh_until(as_of: Timestamp, fresh_for: Duration) -> Timestamp {
    as_of.checked_add(fresh_for).unwrap_or(Timestamp::MAX)
}

/// An instant without fractions of a second, as HTTP has them.
pub(crate) fn second(instant: Timestamp) -> String {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant).to_string()
}

/// The first 16 hexadecimal digits of a digest.
pub(crate) fn short(digest: &[u8; 32]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
