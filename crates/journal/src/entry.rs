//! Entries, and the chain of hashes that makes a difference between two copies visible.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::Stamp;

/// The name of the cell that accepted an entry: 1 to 32 lower-case letters, digits and underscores, a letter first, so
/// that it can be part of a database's names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(Arc<str>);

/// What one cell appended without forgetting anything in between: numbered from 1 without gaps. A database that starts
/// again may have been put back to an earlier state, so its cell goes on under another incarnation, which nobody has
/// seen yet: what it forgot and what it writes now can never be taken for one another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// The cell.
    pub origin: Origin,
    /// Which life of it: the microsecond in which it began.
    pub incarnation: i64,
}

/// SHA-256 of an entry and of the hash of the one before it in its stream; zeros before the first.
pub type Hash = [u8; 32];

/// A body's bytes at most.
pub const MAX_BODY: usize = 24 << 20;

/// What is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The campus that it is about; of the installation without one.
    pub campus: Option<String>,
    /// What it is: `change`, `publication`, `revocation`.
    pub kind: String,
    /// The version of its kind's body. A reader keeps what it does not know, and does not apply it.
    pub version: u16,
    /// Who wrote with the same key means the same write: it is appended once by each cell and applied once by all.
    pub key: Option<String>,
    /// JSON.
    pub body: String,
}

/// A record that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub stream: Stream,
    /// Its number there, from 1.
    pub seq: u64,
    /// When, in hybrid logical time.
    pub stamp: Stamp,
    /// The hash of the entry before it.
    pub before: Hash,
    /// SHA-256 of all of it, and of the hash before.
    pub hash: Hash,
    /// What was appended.
    pub record: Record,
}

impl Entry {
    /// The entry that continues a stream after `before`.
    #[must_use]
    pub fn next(stream: &Stream, seq: u64, stamp: Stamp, before: Hash, record: Record) -> Self {
        let hash = Self::hash_of(stream, seq, stamp, &before, &record);
        Self { stream: stream.clone(), seq, stamp, before, hash, record }
    }

    /// Whether its hash is that of its content.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.hash == Self::hash_of(&self.stream, self.seq, self.stamp, &self.before, &self.record)
    }

    fn hash_of(stream: &Stream, seq: u64, stamp: Stamp, before: &Hash, record: &Record) -> Hash {
        let mut context = Context::new(&SHA256);
        context.update(before);
        // Each part is preceded by its length, so that no two entries give the same bytes.
        let mut part = |bytes: &[u8]| {
            context.update(&(bytes.len() as u64).to_be_bytes());
            context.update(bytes);
        };
        part(stream.origin.as_str().as_bytes());
        part(&stream.incarnation.to_be_bytes());
        part(&seq.to_be_bytes());
        part(&stamp.0.to_be_bytes());
        let optional =
            |text: &Option<String>| text.as_ref().map_or_else(Vec::new, |text| format!("+{text}").into_bytes());
        part(&optional(&record.campus));
        part(record.kind.as_bytes());
        part(&record.version.to_be_bytes());
        part(&optional(&record.key));
        part(record.body.as_bytes());
        let mut hash = Hash::default();
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }
}

impl Origin {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && text.starts_with(|first: char| first.is_ascii_lowercase());
        let shown: String = text.chars().take(40).collect();
        fits.then(|| Self(text.into())).ok_or_else(|| {
            format!("\"{shown}\" cannot be a cell's name: use up to 32 lower-case letters, digits and underscores, such as dc1")
        })
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.as_str().to_owned()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.origin, self.incarnation)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record(campus: Option<&str>, kind: &str, body: &str) -> Record {
        let campus = campus.map(ToOwned::to_owned);
        Record { campus, kind: kind.to_owned(), version: 1, key: None, body: body.to_owned() }
    }

    fn first(record: Record) -> Entry {
        let stream = Stream { origin: "dc1".parse().unwrap(), incarnation: 7 };
        Entry::next(&stream, 1, Stamp(9), Hash::default(), record)
    }

    #[test]
    fn any_other_content_has_another_hash() {
        let entries = [
            first(record(Some("a"), "b", "c")),
            first(record(None, "b", "c")),
            first(record(Some(""), "b", "c")),
            first(record(Some("ab"), "", "c")),
            first(record(Some("a"), "bc", "")),
        ];
        let hashes: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.hash).collect();
        assert_eq!(hashes.len(), entries.len());
        assert!(entries.iter().all(Entry::is_whole));
        let torn = Entry { record: record(Some("a"), "b", "d"), ..first(record(Some("a"), "b", "c")) };
        assert!(!torn.is_whole());
    }

    #[test]
    fn a_cells_name_can_be_part_of_a_databases_names() {
        assert!("dc1".parse::<Origin>().is_ok() && "paris_est".parse::<Origin>().is_ok());
        for text in ["", "1dc", "DC1", "dc-1", "dc1;drop", &"a".repeat(33)] {
            assert!(text.parse::<Origin>().unwrap_err().contains("cell's name"), "{text}");
        }
    }
}
