//! The words in which a kind is described, so that its file reads as a table of its fields.

use crate::{Audience, Bilingual, Field, Kind, Lifetimes, Time, Type, duration};

impl Kind {
    /// A kind that has an `id` and nothing else: public, without time, kept for a quarter of an hour.
    #[must_use]
    pub fn new(name: &str, fr: &str, en: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: Bilingual { fr: fr.to_owned(), en: en.to_owned() },
            about: String::new(),
            fields: vec![Field::text("id").required().about(ID)],
            time: None,
            audience: Audience::Public,
            lifetimes: Lifetimes::default(),
            sample: serde_json::Value::Array(Vec::new()),
        }
    }

    /// What it is for and what to map into it.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }

    /// Where a stable id is found in usual sources; it completes what is said of every `id`.
    #[must_use]
    pub fn identified_by(mut self, hint: &str) -> Self {
        if let Some(id) = self.fields.first_mut() {
            id.about = format!("{ID} {hint}");
        }
        self
    }

    /// Adds fields after those it has.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Items stand at this field's time, soonest first.
    #[must_use]
    pub fn at(mut self, start: &str) -> Self {
        self.time = Some(Time { start: start.to_owned(), end: None, newest_first: false });
        self
    }

    /// Items last from one field's time to another's, soonest first.
    #[must_use]
    pub fn lasting(mut self, start: &str, end: &str) -> Self {
        self.time = Some(Time { start: start.to_owned(), end: Some(end.to_owned()), newest_first: false });
        self
    }

    /// Turns the order of [`Self::at`] or [`Self::lasting`] round: newest first.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        if let Some(time) = &mut self.time {
            time.newest_first = true;
        }
        self
    }

    /// Who may read it unless the data set says otherwise.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Lifetimes unless the data set says otherwise.
    #[must_use]
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// Items as a phone receives them.
    #[must_use]
    pub fn sample(mut self, items: serde_json::Value) -> Self {
        self.sample = items;
        self
    }

    /// The field of a name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

const ID: &str = "Unique within the data set and the same at each fetch: changes are found by it.";

impl Field {
    /// A field that is neither required nor means change.
    #[must_use]
    pub fn new(name: &str, ty: Type) -> Self {
        Self { name: name.to_owned(), ty, required: false, means_change: false, about: String::new(), title: None }
    }

    /// A field of plain text.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self::new(name, Type::Text)
    }

    /// A field of reduced HTML.
    #[must_use]
    pub fn html(name: &str) -> Self {
        Self::new(name, Type::Html)
    }

    /// A field of a finite number.
    #[must_use]
    pub fn number(name: &str) -> Self {
        Self::new(name, Type::Number)
    }

    /// A field of a whole number.
    #[must_use]
    pub fn integer(name: &str) -> Self {
        Self::new(name, Type::Integer)
    }

    /// A field that is true or false.
    #[must_use]
    pub fn boolean(name: &str) -> Self {
        Self::new(name, Type::Boolean)
    }

    /// A field of a point in time.
    #[must_use]
    pub fn instant(name: &str) -> Self {
        Self::new(name, Type::Instant)
    }

    /// A field of a day.
    #[must_use]
    pub fn date(name: &str) -> Self {
        Self::new(name, Type::Date)
    }

    /// A field of a time of day.
    #[must_use]
    pub fn time_of_day(name: &str) -> Self {
        Self::new(name, Type::TimeOfDay)
    }

    /// A field of an absolute address.
    #[must_use]
    pub fn url(name: &str) -> Self {
        Self::new(name, Type::Url)
    }

    /// A field of one of these words.
    #[must_use]
    pub fn choice(name: &str, words: &[&str]) -> Self {
        Self::new(name, Type::Choice(words.iter().map(|&word| word.to_owned()).collect()))
    }

    /// A field of named parts.
    #[must_use]
    pub fn object(name: &str, parts: impl IntoIterator<Item = Field>) -> Self {
        Self::new(name, Type::Object(parts.into_iter().collect()))
    }

    /// Several of what it held so far.
    #[must_use]
    pub fn list(mut self) -> Self {
        self.ty = Type::List(Box::new(self.ty));
        self
    }

    /// An item without it is refused.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Another value means that the item changed for the person.
    #[must_use]
    pub fn means_change(mut self) -> Self {
        self.means_change = true;
        self
    }

    /// One sentence: meaning, unit, example.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }
}

/// What suits content that changes a few times a day: fresh for 15 minutes, old for a day more, a week on the phone.
impl Default for Lifetimes {
    fn default() -> Self {
        Self { fresh_for: duration::minutes(15), stale_for: duration::days(1), on_device: duration::days(7) }
    }
}
