//! Named values of a campus or of the installation: the last write wins.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a change sets. As text, `lifetimes/kind/news`: what follows the last known word is a name and may hold anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Key {
    /// The publication that a channel of a campus shows: `{"digest", "number"}`.
    Channel(String),
    /// Level-2 lifetimes that win over what is declared: `{"fresh_for", "stale_for"}`, in seconds.
    Lifetimes(Scope),
    /// The last purge: what servers keep of the scope from before it is forgotten.
    Purge(Scope),
    /// The last purge of phones: its stamp is the scope's epoch in the manifest.
    Epoch(Scope),
    /// A cell of the installation: `{"zone", "url"}`; `null` takes it out.
    Cell(String),
    /// Sessions that staff ended: `{"handle"}`, which names nobody.
    SignOut,
    /// A session key that is not believed any more: `{}`.
    SessionKey(String),
}

/// Which data sets of a campus a change is about. Where several fit, the narrowest wins: data, kind, source, campus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All of them.
    Campus,
    /// Those of a source.
    Source(String),
    /// Those of a kind.
    Kind(String),
    /// One, by its name.
    Data(String),
}

impl Scope {
    /// Whether a data set of this name, kind and source is within.
    #[must_use]
    pub fn includes(&self, data: &str, kind: &str, source: &str) -> bool {
        match self {
            Self::Campus => true,
            Self::Source(name) => name == source,
            Self::Kind(name) => name == kind,
            Self::Data(name) => name == data,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Campus => f.write_str("campus"),
            Self::Source(name) => write!(f, "source/{name}"),
            Self::Kind(name) => write!(f, "kind/{name}"),
            Self::Data(name) => write!(f, "data/{name}"),
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = |name: &str| name.to_owned();
        match text.split_once('/') {
            None if text == "campus" => Ok(Self::Campus),
            Some(("source", source)) => Ok(Self::Source(name(source))),
            Some(("kind", kind)) => Ok(Self::Kind(name(kind))),
            Some(("data", data)) => Ok(Self::Data(name(data))),
            _ => Err(format!("\"{text}\" is no scope: write campus, source/NAME, kind/NAME or data/NAME")),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(name) => write!(f, "channel/{name}"),
            Self::Lifetimes(scope) => write!(f, "lifetimes/{scope}"),
            Self::Purge(scope) => write!(f, "purge/{scope}"),
            Self::Epoch(scope) => write!(f, "epoch/{scope}"),
            Self::Cell(name) => write!(f, "cell/{name}"),
            Self::SignOut => f.write_str("sign-out"),
            Self::SessionKey(id) => write!(f, "session-key/{id}"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = |name: &str| name.to_owned();
        match text.split_once('/') {
            None if text == "sign-out" => Ok(Self::SignOut),
            Some(("channel", channel)) => Ok(Self::Channel(name(channel))),
            Some(("lifetimes", scope)) => scope.parse().map(Self::Lifetimes),
            Some(("purge", scope)) => scope.parse().map(Self::Purge),
            Some(("epoch", scope)) => scope.parse().map(Self::Epoch),
            Some(("cell", cell)) => Ok(Self::Cell(name(cell))),
            Some(("session-key", id)) => Ok(Self::SessionKey(name(id))),
            _ => Err(format!("\"{text}\" is not known to this version")),
        }
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let keys = [
            Key::Channel("beta".to_owned()),
            Key::Lifetimes(Scope::Kind("news".to_owned())),
            Key::Purge(Scope::Campus),
            Key::Epoch(Scope::Campus),
            Key::Purge(Scope::Source("a/b".to_owned())),
            Key::Cell("dc1".to_owned()),
            Key::SignOut,
            Key::SessionKey("00ff".to_owned()),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert!("tomorrow/x".parse::<Key>().is_err() && "purge/everything".parse::<Key>().is_err());
    }
}
