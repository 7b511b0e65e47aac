//! The one value type: JSON's shapes, text borrowed from the document where it can be.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::Wanted;

/// A decoded value. Text is borrowed from the document unless decoding had to change it (an escape, an entity).
// The discriminant is a word, as all else in it: values are then moved by words, not by words and single bytes, which
// processors can only read back slowly (measured: a tenth of a mapping's time).
#[derive(Debug, Clone, Default, PartialEq)]
#[repr(u64)]
pub enum Value<'a> {
    /// JSON's `null`, SQL's `NULL`, an empty cell of a sheet.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other finite number.
    Float(f64),
    /// Text, decoded.
    Text(Cow<'a, str>),
    /// Values in order.
    List(Vec<Value<'a>>),
    /// Values by name.
    Object(Object<'a>),
}

/// Values by name, in the order of the document; a name that comes again replaces the former value, as in jq.
#[derive(Debug, Clone, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Value<'a> {
    /// Text that outlives any document.
    #[must_use]
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// The name that jq's `type` gives: `null`, `boolean`, `number`, `string`, `array`, `object`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The text, where this is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a name, where this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Self::Object(object) => object.get(name),
            _ => None,
        }
    }

    /// The same value, owning all its text.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::List(values) => Value::List(values.into_iter().map(Value::into_owned).collect()),
            Self::Object(object) => Value::Object(
                object.0.into_iter().map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect(),
            ),
        }
    }
}

impl<'a> Object<'a> {
    /// An object without names.
    #[must_use]
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// How many names it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value of a name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.0.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Of names that differ.
    pub(crate) fn distinct(pairs: Vec<(Cow<'a, str>, Value<'a>)>) -> Self {
        Self(pairs)
    }

    /// All wanted names, null so far.
    pub(crate) fn of(wanted: &'a Wanted) -> Self {
        Self(wanted.names.iter().map(|(name, _)| (Cow::Borrowed(name.as_str()), Value::Null)).collect())
    }

    pub(crate) fn at_mut(&mut self, place: usize) -> Option<&mut Value<'a>> {
        self.0.get_mut(place).map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value<'a>> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The value of a name, and where it stands, looked for where another object of its shape had it.
    #[must_use]
    pub fn get_near(&self, name: &str, place: usize) -> Option<(usize, &Value<'a>)> {
        match self.0.get(place) {
            Some((known, value)) if known == name => Some((place, value)),
            _ => self.0.iter().enumerate().find(|(_, (known, _))| known == name).map(|(at, (_, value))| (at, value)),
        }
    }

    /// Sets a name, in place where it is known, else at the end. Linear in the number of names.
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let name = name.into();
        match self.get_mut(&name) {
            Some(known) => *known = value,
            None => self.0.push((name, value)),
        }
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Cow<'a, str>, Value<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The last value of a repeated name wins; about linear in the number of names.
impl<'a> FromIterator<(Cow<'a, str>, Value<'a>)> for Object<'a> {
    fn from_iter<T: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(pairs: T) -> Self {
        let pairs: Vec<_> = pairs.into_iter().collect();
        if pairs.len() <= SMALL {
            if !repeats(&pairs) {
                return Self(pairs);
            }
            let mut object = Self::new();
            pairs.into_iter().for_each(|(name, value)| object.insert(name, value));
            return object;
        }
        let mut places = HashMap::with_capacity(pairs.len());
        let mut object: Vec<(Cow<'a, str>, Value<'a>)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            match places.entry(name.clone()) {
                Entry::Occupied(known) => {
                    if let Some((_, former)) = object.get_mut(*known.get()) {
                        *former = value;
                    }
                }
                Entry::Vacant(new) => {
                    new.insert(object.len());
                    object.push((name, value));
                }
            }
        }
        Self(object)
    }
}

/// Below this many names, comparing each with each is cheaper than hashing.
const SMALL: usize = 32;

fn repeats(pairs: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    pairs.iter().enumerate().any(|(place, (name, _))| pairs.iter().take(place).any(|(known, _)| known == name))
}

impl<'a> FromIterator<(Cow<'a, str>, Value<'a>)> for Value<'a> {
    fn from_iter<T: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(pairs: T) -> Self {
        Self::Object(pairs.into_iter().collect())
    }
}

/// Order of names does not matter, as in jq.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}
