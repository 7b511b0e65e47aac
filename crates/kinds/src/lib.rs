//! What is asked: one file per data kind (fields, types, which mean change, default audience and lifetimes, a sample),
//! and who may read it.

mod audience;
mod builtin;
mod describe;
pub mod document;
mod duration;
mod lasting;
mod own;

use std::time::Duration;

pub use audience::{Audience, Marked, Personal, Public};
pub use builtin::{all, find};
pub use duration::show_duration;
pub use lasting::Lasting;
pub use own::{DeclaredField, DeclaredKind, DeclaredTitle, DeclaredType, Problem};

/// A data kind that the phone understands.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Its name in campus.toml and in the API: `timetable`.
    pub name: String,
    /// What people call it.
    pub title: Bilingual,
    /// What it is for and what to map into it, one or two sentences.
    pub about: String,
    /// Its fields; the first is always `id`.
    pub fields: Vec<Field>,
    /// Where items stand in time, for `from`, `to` and order; `None` for kinds without time.
    pub time: Option<Time>,
    /// Who may read it unless the data set says otherwise.
    pub audience: Audience,
    /// Lifetimes unless the data set says otherwise.
    pub lifetimes: Lifetimes,
    /// Three or so items as a phone receives them.
    pub sample: serde_json::Value,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Bilingual {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// A field of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name in mappings and in the API.
    pub name: String,
    /// What it holds; a mapping's value is converted to it or refused.
    pub ty: Type,
    /// Whether an item without it is refused.
    pub required: bool,
    /// Whether another value means that the item changed for the person: a room does, an export date does not.
    /// Parts of an object count with their object.
    pub means_change: bool,
    /// One sentence: meaning, unit, example.
    pub about: String,
    /// What people call it; phones know by themselves those of the kinds that every phone understands.
    pub title: Option<Bilingual>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Plain text without markup or control characters.
    Text,
    /// HTML reduced to an allow-list.
    Html,
    /// A finite number; `"12,5"` converts.
    Number,
    /// A whole number.
    Integer,
    /// `true` or `false`; `0`, `1`, `"oui"`, `"no"` … convert.
    Boolean,
    /// A point in time, RFC 3339 with the campus's offset.
    Instant,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A time of day, `HH:MM`.
    TimeOfDay,
    /// An absolute `https:`, `http:`, `mailto:`, `tel:` or `geo:` address.
    Url,
    /// One of these words.
    Choice(Vec<String>),
    /// Several of one type.
    List(Box<Type>),
    /// Named parts.
    Object(Vec<Field>),
}

/// Where items of a kind stand in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// The field (an instant or a date) by which items are ordered and filtered.
    pub start: String,
    /// The field of their end, where they last.
    pub end: Option<String>,
    /// Newest first (news) rather than soonest first (a timetable).
    pub newest_first: bool,
}

/// How long items of a data set are kept, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Level 2: no upstream call within this time.
    pub fresh_for: Duration,
    /// Level 2: after that, may answer with it while refreshing or when the upstream fails.
    pub stale_for: Duration,
    /// Level 1: how long a phone keeps it.
    pub on_device: Duration,
}

impl Lifetimes {
    /// These lifetimes, but for those that a declaration gives.
    #[must_use]
    pub fn declared(self, fresh_for: Option<Lasting>, stale_for: Option<Lasting>, on_device: Option<Lasting>) -> Self {
        let declared = |declared: Option<Lasting>, usual| declared.map_or(usual, |lasting| lasting.0);
        Self {
            fresh_for: declared(fresh_for, self.fresh_for),
            stale_for: declared(stale_for, self.stale_for),
            on_device: declared(on_device, self.on_device),
        }
    }
}
