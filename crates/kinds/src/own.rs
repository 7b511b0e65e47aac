//! Kinds of a campus's own, as `[kinds.NAME]` declares them.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Audience, Bilingual, Field, Kind, Lasting, Lifetimes, Time, Type, find};

/// A kind of the campus's own: what phones know of it is its fields.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredKind {
    /// What people call it: `{ fr = "Associations", en = "Clubs" }`; one language stands for both.
    pub title: DeclaredTitle,
    /// What it is for, in a sentence or two.
    #[serde(default)]
    pub about: String,
    /// The field (an instant or a date) by which items are ordered and filtered; without it, items have no time.
    pub time: Option<String>,
    /// The field of their end, where they last; of the same type as `time`.
    pub end: Option<String>,
    /// Newest first (news) rather than soonest first (a timetable).
    #[serde(default)]
    pub newest_first: bool,
    /// Who may read it unless the data set says otherwise; `public` without it.
    pub audience: Option<Audience>,
    /// No upstream call within this time, unless the data set says otherwise; `15m` without it.
    pub fresh_for: Option<Lasting>,
    /// After that, how long it may be answered with while it is refreshed or its source fails; `1d` without it.
    pub stale_for: Option<Lasting>,
    /// How long a phone keeps it, unless the data set says otherwise; `7d` without it.
    pub on_device: Option<Lasting>,
    /// Its fields by name; every item has an `id` besides.
    pub fields: BTreeMap<String, DeclaredField>,
}

/// What people call a kind, or a field of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredTitle {
    /// In French.
    pub fr: Option<String>,
    /// In English.
    pub en: Option<String>,
}

/// A field of a kind of the campus's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredField {
    /// What it holds.
    #[serde(rename = "type")]
    pub ty: DeclaredType,
    /// The words of a `choice`.
    #[serde(default)]
    pub choices: Vec<String>,
    /// It holds several.
    #[serde(default)]
    pub list: bool,
    /// An item without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Another value means that the item changed for the person.
    #[serde(default)]
    pub means_change: bool,
    /// One sentence: meaning, unit, example.
    #[serde(default)]
    pub about: String,
    /// What people call it: `{ fr = "Fondée en", en = "Founded" }`; one language stands for both, its name for neither.
    pub title: Option<DeclaredTitle>,
}

/// What a declared field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeclaredType {
    /// Plain text.
    Text,
    /// HTML, reduced to an allow-list.
    Html,
    /// A finite number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A point in time.
    Instant,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// An absolute address.
    Url,
    /// One of the words of `choices`.
    Choice,
}

/// What cannot be right: the key, dotted from the kind's table and empty for the table itself; what is wrong; what to
/// write instead.
pub type Problem = (String, String, Option<String>);

/// More fields than a screen could show; `id` is not counted.
const FIELDS: usize = 64;

/// More words than a person could choose from.
const WORDS: usize = 64;

/// Longer than any word of a campus.toml has to be, in bytes.
const LENGTH: usize = 40;

impl DeclaredKind {
    /// The kind of this name. Its sample is empty.
    ///
    /// # Errors
    /// Every [`Problem`] of the declaration.
    pub fn into_kind(self, name: &str) -> Result<Kind, Vec<Problem>> {
        let mut problems = Problems(Vec::new());
        problems.check_name(name);
        let title = problems.title("title", "a kind", &self.title);
        let time = problems.time(&self);
        let lifetimes = Lifetimes::default().declared(self.fresh_for, self.stale_for, self.on_device);
        if self.fields.len() > FIELDS {
            problems.add("fields", format!("{} fields are more than {FIELDS}", self.fields.len()), None);
        }
        for (name, field) in &self.fields {
            problems.check_field(name, field);
        }
        let Some(title) = title.filter(|_| problems.0.is_empty()) else { return Err(problems.0) };
        let kind = Kind::new(name, &title.fr, &title.en)
            .about(&self.about)
            .audience(self.audience.unwrap_or(Audience::Public))
            .lifetimes(lifetimes)
            .fields(self.fields.into_iter().map(|(name, field)| field.into_field(name)));
        Ok(Kind { time, ..kind })
    }
}

impl DeclaredTitle {
    /// The title in both languages, one standing for the other where that is not said.
    #[must_use]
    pub fn bilingual(self) -> Option<Bilingual> {
        let [fr, en] = [self.fr, self.en].map(|text| text.filter(|text| !text.trim().is_empty()));
        let either = fr.clone().or_else(|| en.clone())?;
        Some(Bilingual { fr: fr.unwrap_or_else(|| either.clone()), en: en.unwrap_or(either) })
    }
}

impl DeclaredField {
    fn into_field(self, name: String) -> Field {
        let ty = match self.ty {
            DeclaredType::Text => Type::Text,
            DeclaredType::Html => Type::Html,
            DeclaredType::Number => Type::Number,
            DeclaredType::Integer => Type::Integer,
            DeclaredType::Boolean => Type::Boolean,
            DeclaredType::Instant => Type::Instant,
            DeclaredType::Date => Type::Date,
            DeclaredType::Time => Type::TimeOfDay,
            DeclaredType::Url => Type::Url,
            DeclaredType::Choice => Type::Choice(self.choices),
        };
        let ty = if self.list { Type::List(Box::new(ty)) } else { ty };
        let title = self.title.and_then(DeclaredTitle::bilingual);
        Field { name, ty, required: self.required, means_change: self.means_change, about: self.about, title }
    }
}

/// What was found so far.
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, key: impl Into<String>, message: impl Into<String>, help: Option<&str>) {
        self.0.push((key.into(), message.into(), help.map(str::to_owned)));
    }

    fn check_name(&mut self, name: &str) {
        if find(name).is_some() {
            let help = "choose another name, or let data sets use the one there is with `kind = \"…\"`";
            self.add("", format!("\"{name}\" is a kind that every phone knows"), Some(help));
        } else if !is_word(name, "-_") {
            self.add("", format!("{name:?} is not a kind's name"), Some("use lowercase letters, digits, `-` and `_`"));
        }
    }

    fn title(&mut self, key: &str, what: &str, title: &DeclaredTitle) -> Option<Bilingual> {
        let title = title.clone().bilingual();
        if title.is_none() {
            self.add(key, format!("{what} needs a title"), Some("write `title = { fr = \"…\", en = \"…\" }`"));
        }
        title
    }

    fn time(&mut self, kind: &DeclaredKind) -> Option<Time> {
        let start = kind.time.as_deref().and_then(|name| self.moment("time", name, kind));
        let end = kind.end.as_deref().and_then(|name| self.moment("end", name, kind));
        match (&kind.time, start, end) {
            (None, ..) if kind.end.is_some() => {
                self.add("end", "there is an end but no `time`", Some("name the start in `time`"));
            }
            (None, ..) if kind.newest_first => {
                self.add(
                    "newest_first",
                    "there is an order but no `time`",
                    Some("name the field to order by in `time`"),
                );
            }
            (_, Some(start), Some(end)) if start != end => {
                self.add("end", "`time` and `end` are of different types", Some("make both an instant or both a date"));
            }
            _ => {}
        }
        let start = kind.time.clone()?;
        Some(Time { start, end: kind.end.clone(), newest_first: kind.newest_first })
    }

    /// The type of the field that `key` names, where items can stand at it.
    fn moment(&mut self, key: &str, name: &str, kind: &DeclaredKind) -> Option<DeclaredType> {
        match kind.fields.get(name) {
            None => self.add(key, format!("there is no field {name:?}"), Some("name an instant or a date of `fields`")),
            Some(DeclaredField { ty: ty @ (DeclaredType::Instant | DeclaredType::Date), list: false, .. }) => {
                return Some(*ty);
            }
            Some(_) => self.add(key, format!("the field {name:?} is neither an instant nor a date"), None),
        }
        None
    }

    fn check_field(&mut self, name: &str, field: &DeclaredField) {
        let key = format!("fields.{name}");
        match name {
            "id" => self.add(&key, "every item has an `id` already", Some("remove this field and map `id`")),
            "each" => self.add(&key, "in a mapping, `each` finds the records", Some("choose another name")),
            _ if !is_word(name, "_") => {
                self.add(
                    &key,
                    format!("{name:?} is not a field's name"),
                    Some("use lowercase letters, digits and `_`"),
                );
            }
            _ => {}
        }
        if let Some(title) = &field.title {
            self.title(&format!("{key}.title"), "a field with a title", title);
        }
        let key = format!("{key}.choices");
        let distinct: BTreeSet<_> = field.choices.iter().collect();
        match (field.ty, field.choices.len()) {
            (DeclaredType::Choice, 0) => {
                self.add(key, "a choice needs its words", Some("write `choices = [\"…\", \"…\"]`"));
            }
            (DeclaredType::Choice, count) if count > WORDS => {
                self.add(key, format!("{count} words are more than {WORDS}"), None);
            }
            (DeclaredType::Choice, count) if count > distinct.len() => self.add(key, "a word comes twice", None),
            (DeclaredType::Choice, _) if distinct.iter().any(|word| word.trim().is_empty() || word.len() > LENGTH) => {
                self.add(key, format!("a word is empty or longer than {LENGTH} bytes"), None);
            }
            (DeclaredType::Choice, _) | (_, 0) => {}
            _ => self.add(key, "only a choice has words", Some("write `type = \"choice\"`")),
        }
    }
}

/// A lowercase letter, then lowercase letters, digits and these marks.
fn is_word(name: &str, marks: &str) -> bool {
    name.len() <= LENGTH
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || marks.contains(c))
}
