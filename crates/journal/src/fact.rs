//! What entries say, each kind in a version of its own.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Key, Record, Version};

/// A fact that servers remember.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A named value was set.
    Change(Change),
    /// A declaration was published.
    Publication(Publication),
    /// Sessions ended before their time.
    Revocation(Revocation),
}

/// A named value was set: who, what, and which value they saw before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The campus; the installation without one.
    #[serde(skip)]
    pub campus: Option<String>,
    /// What is set.
    pub key: Key,
    /// The new value; `null` takes it away.
    pub value: Value,
    /// The version that whoever wrote saw. Two changes over the same version are a conflict: neither saw the other.
    pub base: Option<Version>,
    /// Who: `user:NAME` of the campus's staff, `socket:NAME` of the machine's users.
    pub by: String,
}

/// An immutable version of a campus's declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The campus.
    #[serde(skip)]
    pub campus: String,
    /// What people call it: one more than the greatest that the publishing cell knew.
    pub number: u32,
    /// SHA-256 of its files, in hexadecimal: what it is known by.
    pub digest: String,
    /// The folder's files, by their path in it.
    #[serde(with = "files")]
    pub files: BTreeMap<String, Vec<u8>>,
    /// What it is for, in the words of who published it.
    pub note: String,
    /// Who, as in [`Change::by`].
    pub by: String,
}

/// The sessions of a handle that began until `at` are over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// A keyed digest, which names nobody.
    #[serde(with = "hexadecimal")]
    pub handle: [u8; 16],
    /// Of those that began until then.
    pub at: Timestamp,
    /// When all of them are over anyway.
    pub until: Timestamp,
}

/// An entry's kind or version that this Préau does not know, or a body that is none: kept, not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

impl Fact {
    /// As it is appended.
    #[must_use]
    pub fn record(&self, key: Option<String>) -> Record {
        let (campus, kind, body) = match self {
            Self::Change(change) => (change.campus.clone(), "change", serde_json::to_string(change)),
            Self::Publication(publication) => {
                (Some(publication.campus.clone()), "publication", serde_json::to_string(publication))
            }
            Self::Revocation(revocation) => (None, "revocation", serde_json::to_string(revocation)),
        };
        // Of these types, nothing fails to be written.
        Record { campus, kind: kind.to_owned(), version: 1, key, body: body.unwrap_or_default() }
    }

    /// What a record says.
    ///
    /// # Errors
    /// It is of a later version of Préau.
    pub fn read(record: &Record) -> Result<Self, Unknown> {
        let body = record.body.as_str();
        let campus = record.campus.clone();
        match (record.kind.as_str(), record.version) {
            ("change", 1) => {
                serde_json::from_str(body).map(|change| Self::Change(Change { campus, ..change })).map_err(|_| Unknown)
            }
            ("publication", 1) => {
                let publication: Publication = serde_json::from_str(body).map_err(|_| Unknown)?;
                Ok(Self::Publication(Publication { campus: campus.ok_or(Unknown)?, ..publication }))
            }
            ("revocation", 1) => serde_json::from_str(body).map(Self::Revocation).map_err(|_| Unknown),
            _ => Err(Unknown),
        }
    }
}

mod files {
    use super::*;

    pub(super) fn serialize<S: serde::Serializer>(
        files: &BTreeMap<String, Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(files.iter().map(|(path, bytes)| (path, STANDARD.encode(bytes))))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Vec<u8>>, D::Error> {
        let files = BTreeMap::<String, String>::deserialize(deserializer)?;
        let decoded = files.into_iter().map(|(path, text)| Ok((path, STANDARD.decode(text)?)));
        decoded.collect::<Result<_, base64::DecodeError>>().map_err(serde::de::Error::custom)
    }
}

mod hexadecimal {
    use super::*;

    pub(super) fn serialize<S: serde::Serializer>(bytes: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(*bytes)))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
        let text = String::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16).map(u128::to_be_bytes).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Scope;

    fn facts() -> [Fact; 3] {
        let change = Change {
            campus: Some("rivage".to_owned()),
            key: Key::Lifetimes(Scope::Data("news".to_owned())),
            value: json!({ "fresh_for": 30 }),
            base: Some("12@dc1".parse().unwrap()),
            by: "user:jmartin".to_owned(),
        };
        let publication = Publication {
            campus: "rivage".to_owned(),
            number: 3,
            digest: "ab".repeat(32),
            files: [("campus.toml".to_owned(), b"name = \"\xff\"".to_vec())].into(),
            note: String::new(),
            by: "socket:root".to_owned(),
        };
        let (at, until) = ("2026-10-05T08:00:00Z".parse().unwrap(), "2026-11-05T08:00:00Z".parse().unwrap());
        let revocation = Revocation { handle: *b"0123456789abcdef", at, until };
        [Fact::Change(change), Fact::Publication(publication), Fact::Revocation(revocation)]
    }

    #[test]
    fn facts_are_read_as_they_are_written() {
        for fact in facts() {
            assert_eq!(Fact::read(&fact.record(None)), Ok(fact));
        }
    }

    #[test]
    fn another_version_is_not_understood() {
        for fact in facts() {
            let record = Record { version: 2, ..fact.record(None) };
            assert_eq!(Fact::read(&record), Err(Unknown));
        }
        let record = Record { kind: "campaign".to_owned(), ..facts()[0].record(None) };
        assert_eq!(Fact::read(&record), Err(Unknown));
    }
}
