//! Who may read a data set, and the two marks that keep personal items out of every store.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Who may read a data set; `public`, `members`, `group:NAME` or `self` in documents.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Audience {
    /// Everybody.
    Public,
    /// Whoever signed in at the campus.
    Members,
    /// The members of a group.
    Group(String),
    /// The person alone: the items differ from person to person and are never stored on a server.
    Personal,
}

/// Items that are the same for all their readers; servers may keep them.
///
/// Only [`Audience::mark`] makes one:
///
/// ```
/// use kinds::{Audience, Marked};
///
/// let Marked::Public(news) = Audience::Public.mark(vec!["the library opens"]) else { panic!("news are public") };
/// assert_eq!(news.get().len(), 1);
/// ```
///
/// so that nothing else can be called public:
///
/// ```compile_fail
/// let news = kinds::Public(vec!["a grade"]);
/// ```
///
/// ```compile_fail
/// let news: kinds::Public<_> = vec!["a grade"].into();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public<T>(T);

/// Items about one person; servers pass them on and forget them.
///
/// Only [`Audience::mark`] makes one:
///
/// ```
/// use kinds::{Audience, Marked};
///
/// let Marked::Personal(grades) = Audience::Personal.mark(vec!["a grade"]) else { panic!("grades are personal") };
/// assert_eq!(grades.into_answer(), ["a grade"]);
/// ```
///
/// so that personal items have one origin:
///
/// ```compile_fail
/// let grades = kinds::Personal(vec!["a grade"]);
/// ```
///
/// What keeps items takes [`Public`] ones and cannot be handed these:
///
/// ```compile_fail
/// fn keep(_: kinds::Public<Vec<&str>>) {}
///
/// if let kinds::Marked::Personal(grades) = kinds::Audience::Personal.mark(vec!["a grade"]) {
///     keep(grades);
/// }
/// ```
///
/// They have no `Debug`, so that no log can hold them:
///
/// ```compile_fail
/// if let kinds::Marked::Personal(grades) = kinds::Audience::Personal.mark(vec!["a grade"]) {
///     println!("{grades:?}");
/// }
/// ```
#[derive(Clone)]
pub struct Personal<T>(T);

/// What an audience makes of items.
pub enum Marked<T> {
    /// For all readers of the audience alike.
    Public(Public<T>),
    /// For one person.
    Personal(Personal<T>),
}

impl Audience {
    /// Marks items by who may read them. This is the only way to either mark.
    pub fn mark<T>(&self, items: T) -> Marked<T> {
        match self {
            Self::Public | Self::Members | Self::Group(_) => Marked::Public(Public(items)),
            Self::Personal => Marked::Personal(Personal(items)),
        }
    }
}

impl<T> Public<T> {
    /// The items.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }

    /// Something made of these items alone, which is as public as they are.
    pub fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Public<U> {
        Public(make(&self.0))
    }
}

impl<T> Personal<T> {
    /// The items, for the answer to their person.
    #[must_use]
    pub fn into_answer(self) -> T {
        self.0
    }

    /// Something made of these items, which is as personal as they are.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Personal<U> {
        Personal(make(self.0))
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Members => f.write_str("members"),
            Self::Group(group) => write!(f, "group:{group}"),
            Self::Personal => f.write_str("self"),
        }
    }
}

impl From<Audience> for String {
    fn from(audience: Audience) -> Self {
        audience.to_string()
    }
}

impl TryFrom<String> for Audience {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Audience {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "public" => Ok(Self::Public),
            "members" => Ok(Self::Members),
            "self" => Ok(Self::Personal),
            _ => match text.strip_prefix("group:") {
                Some(group) if !group.trim().is_empty() => Ok(Self::Group(group.to_owned())),
                _ => Err(format!(
                    "\"{}\" is not an audience; write \"public\", \"members\", \"group:NAME\" or \"self\"",
                    text.chars().take(40).collect::<String>()
                )),
            },
        }
    }
}

impl JsonSchema for Audience {
    fn schema_name() -> Cow<'static, str> {
        "Audience".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Who may read it: `public`, `members`, `group:NAME` or `self` (items about the person).",
            "pattern": "^(public|members|self|group:.*\\S.*)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        let group = Audience::Group("staff of the library".to_owned());
        for audience in [Audience::Public, Audience::Members, group, Audience::Personal] {
            assert_eq!(audience.to_string().parse(), Ok(audience));
        }
    }

    #[test]
    fn refuses_other_words_and_groups_without_a_name() {
        for text in ["", "Public", "personal", "group", "group:", "group: ", " self"] {
            let expected =
                format!("\"{text}\" is not an audience; write \"public\", \"members\", \"group:NAME\" or \"self\"");
            assert_eq!(text.parse::<Audience>(), Err(expected));
        }
    }

    #[test]
    fn is_text_in_documents() {
        assert_eq!(serde_json::to_value(Audience::Personal).ok(), Some("self".into()));
        assert_eq!(serde_json::from_str(r#""group:l3""#).ok(), Some(Audience::Group("l3".to_owned())));
        assert!(
            serde_json::from_str::<Audience>(r#""everybody""#)
                .is_err_and(|error| error.to_string().contains("group:NAME"))
        );
    }

    #[test]
    fn marks_as_personal_what_only_the_person_reads() {
        for audience in [Audience::Public, Audience::Members, Audience::Group("l3".to_owned())] {
            assert!(matches!(audience.mark(()), Marked::Public(_)), "{audience}");
        }
        assert!(matches!(Audience::Personal.mark(()), Marked::Personal(_)));
    }

    #[test]
    fn what_is_made_of_public_items_is_public() {
        let Marked::Public(items) = Audience::Members.mark(vec![1, 2]) else { unreachable!() };
        assert_eq!(items.map(Vec::len).get(), &2);
    }
}
