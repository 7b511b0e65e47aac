//! What is kept of a data set, as it is written to disk: the items for long, the rest with each fetch.

use std::time::Duration;

use cache::{Keep, Written};
use jiff::Timestamp;
use mapping::{Account, Items};
use serde::{Deserialize, Serialize};
use sources::Validators;

use super::Held;
use crate::compress::Coding;

/// Everything but the items. What is compressed is made again when it is read back.
#[derive(Serialize, Deserialize)]
struct Head<A, V> {
    kind: String,
    account: A,
    validators: V,
    as_of: Timestamp,
    fresh_for: Duration,
}

impl Keep for Held {
    const VERSION: u32 = 1;

    fn write(&self) -> Written {
        let head = Head {
            kind: self.kind.clone(),
            account: &self.account,
            validators: self.validators.as_ref(),
            as_of: self.as_of,
            fresh_for: self.bodies.load().fresh_for,
        };
        // Of these types, nothing fails to be written.
        Written { head: serde_json::to_vec(&head).unwrap_or_default(), content: self.items.pack() }
    }

    fn read(Written { head, content }: Written) -> Option<Self> {
        let Head { kind, account, validators, as_of, fresh_for } =
            serde_json::from_slice::<Head<Account, Option<Validators>>>(&head).ok()?;
        let items = Items::unpack(&content)?;
        Some(Self::new(&kind, items, account, validators, as_of, fresh_for, &Coding::ALL))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_as_it_was_written() {
        let index = br#"[{"range":{"start":1,"end":3},"start":7,"end":null}]"#;
        let items = Items::unpack(&[&(index.len() as u64).to_be_bytes()[..], index, b"[{}]"].concat());
        let validators = Some(Validators { etag: Some("\"one\"".to_owned()), last_modified: None });
        let account = Account { received: 2, mapped: 1, rejected: 1, ..Account::default() };
        let (as_of, fresh_for) = ("2026-10-05T08:00:00.5Z".parse().unwrap(), Duration::from_secs(900));
        let held = Held::new("news", items.unwrap(), account, validators, as_of, fresh_for, &Coding::ALL);
        let read = Held::read(held.write()).unwrap();
        assert_eq!((read.items(), read.account(), read.tag()), (held.items(), held.account(), held.tag()));
        assert_eq!((read.validators(), read.as_of), (held.validators(), held.as_of));
        let [one, other] = [&held, &read].map(|held| held.bodies(fresh_for).body(Some(Coding::Brotli)));
        assert_eq!(one, other);
    }

    #[test]
    fn what_another_preau_wrote_is_nothing() {
        let unread =
            |head: &str, content: &[u8]| Held::read(Written { head: head.into(), content: content.to_vec() }).is_none();
        assert!(unread("", b"") && unread("{}", b"") && unread("[1]", &[0; 8]));
    }
}
