//! JSON (RFC 8259) into values: what is wanted of it, the rest checked and left out.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::mem;
use std::ops::ControlFlow;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::de::{Read, SliceRead, StrRead};

use crate::payload::{Listed, Visit};
use crate::{Limits, Malformed, Object, Value, Wanted};

pub(crate) fn decode<'a>(bytes: &'a [u8], wanted: &'a Wanted, limits: &Limits) -> Result<Value<'a>, Malformed> {
    let (left, mut value) = (Cell::new(limits.values), Value::Null);
    read(bytes, Node { wanted, rest: Rest { depth: limits.depth, left: &left, limits }, into: &mut value })?;
    Ok(value)
}

/// Gives the elements of the list at the end of a path of names to `visit`, each as soon as it is read.
pub(crate) fn each(
    bytes: &[u8],
    path: &[String],
    wanted: &Wanted,
    limits: &Limits,
    visit: &mut Visit<'_>,
) -> Result<Listed, Malformed> {
    let (left, end) = (Cell::new(limits.values), Cell::new(Listed::Otherwise));
    let rest = Rest { depth: limits.depth, left: &left, limits };
    match read(bytes, Way { path, wanted, rest, end: &end, visit }) {
        Err(malformed) if end.get() == Listed::All => Err(malformed),
        _ => Ok(end.get()),
    }
}

/// Text known to be UTF-8 as a whole is not checked once more string by string.
fn read<'a, S: DeserializeSeed<'a>>(bytes: &'a [u8], seed: S) -> Result<S::Value, Malformed> {
    match str::from_utf8(bytes) {
        Ok(text) => read_from(StrRead::new(text), seed),
        Err(_) => read_from(SliceRead::new(bytes), seed),
    }
    .map_err(|error| Malformed { message: format!("not JSON: {error}") })
}

fn read_from<'a, R: Read<'a>, S: DeserializeSeed<'a>>(source: R, seed: S) -> serde_json::Result<S::Value> {
    let mut json = serde_json::Deserializer::new(source);
    let value = seed.deserialize(&mut json)?;
    json.end().map(|()| value)
}

/// What may still come: the seed of a value that is not wanted.
#[derive(Clone, Copy)]
struct Rest<'l> {
    depth: usize,
    left: &'l Cell<usize>,
    limits: &'l Limits,
}

impl Rest<'_> {
    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| E::custom(format_args!("more than {} values", self.limits.values)))?);
        Ok(())
    }

    fn inner<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1);
        let depth = depth.ok_or_else(|| E::custom(format_args!("nested deeper than {} levels", self.limits.depth)))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Rest<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rest<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while list.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while map.next_key_seed(Place(|_: &str| ()))?.is_some() {
            map.next_value_seed(inner)?;
        }
        Ok(())
    }
}

/// A value of which something is wanted. It takes the place of one that was read for the same before: lists and
/// objects are filled anew, not made anew.
struct Node<'de, 'l, 'i> {
    wanted: &'de Wanted,
    rest: Rest<'l>,
    into: &'i mut Value<'de>,
}

impl<'de> DeserializeSeed<'de> for Node<'de, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.rest.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'de, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.into = Value::Null;
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        *self.into = Value::Bool(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        *self.into = Value::Int(value);
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a number beyond 64 bits is a float, as in jq")]
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        *self.into = i64::try_from(value).map_or(Value::Float(value as f64), Value::Int);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        *self.into = Value::Float(value);
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        *self.into = Value::text(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.into = Value::text(text.to_owned());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut values = match mem::take(self.into) {
            Value::List(values) => values,
            _ => Vec::new(),
        };
        let mut length = 0;
        if let Some(wanted) = self.wanted.of_elements() {
            let rest = self.rest.inner()?;
            loop {
                let (mut next, known) = (Value::Null, values.len());
                let into = values.get_mut(length).unwrap_or(&mut next);
                if list.next_element_seed(Node { wanted, rest, into })?.is_none() {
                    break;
                }
                if length == known {
                    values.push(next);
                }
                length += 1;
            }
        } else {
            self.rest.visit_seq(list)?;
        }
        values.truncate(length);
        *self.into = Value::List(values);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { wanted, rest, into } = self;
        let rest = rest.inner()?;
        if let Some(wanted) = wanted.of_values() {
            let mut pairs = Vec::new();
            while let Some(name) = map.next_key_seed(Name)? {
                let mut value = Value::Null;
                map.next_value_seed(Node { wanted, rest, into: &mut value })?;
                pairs.push((name, value));
            }
            *into = Value::Object(pairs.into_iter().collect::<Object<'_>>());
            return Ok(());
        }
        // Of what was there, the names that do not come again are to go: a bit for each that comes.
        let mut object = match mem::take(into) {
            Value::Object(object) if wanted.names.len() <= u128::BITS as usize => object,
            _ => Object::of(wanted),
        };
        let (mut next, mut found) = (0, 0_u128);
        while let Some(place) = map.next_key_seed(Place(|name: &str| wanted.place(name, next)))? {
            match place.and_then(|place| Some((place, wanted.names.get(place)?, object.at_mut(place)?))) {
                Some((place, (_, wanted), into)) => {
                    map.next_value_seed(Node { wanted, rest, into })?;
                    found |= 1 << (place % 128);
                    next = place + 1;
                }
                None => map.next_value_seed(rest)?,
            }
        }
        object.values_mut().zip(0..u128::BITS).filter(|(_, place)| (found >> place) & 1 == 0).for_each(|(value, _)| {
            *value = Value::Null;
        });
        *into = Value::Object(object);
        Ok(())
    }
}

/// An object's name, borrowed unless it has an escape (serde's own `Cow` always owns).
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// What an object's name is to the one who reads it.
struct Place<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Place<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Place<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<T, E> {
        Ok((self.0)(name))
    }
}

/// The way to a list by names. What it leads to is [`Listed::Otherwise`] until the list is there, and again where a
/// name of the way comes twice: the last one counts, and the elements of the first are gone already.
struct Way<'w, 'l, 'v, 'k> {
    path: &'l [String],
    wanted: &'w Wanted,
    rest: Rest<'l>,
    end: &'l Cell<Listed>,
    visit: &'v mut Visit<'k>,
}

impl<'de> DeserializeSeed<'de> for Way<'de, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.rest.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Way<'de, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the way to a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if !self.path.is_empty() {
            return Err(A::Error::custom("a list on the way"));
        }
        self.end.set(Listed::All);
        let (wanted, rest, mut value) = (self.wanted, self.rest.inner()?, Value::Null);
        while list.next_element_seed(Node { wanted, rest, into: &mut value })?.is_some() {
            if (self.visit)(&value) == ControlFlow::Break(()) {
                self.end.set(Listed::Enough);
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { path, wanted, rest, end, visit } = self;
        let (name, path) = path.split_first().ok_or_else(|| A::Error::custom("no list"))?;
        let rest = rest.inner()?;
        let mut found = false;
        while let Some(is) = map.next_key_seed(Place(|known: &str| known == name))? {
            if !is {
                map.next_value_seed(rest)?;
            } else if found {
                end.set(Listed::Otherwise);
                return Err(A::Error::custom("twice on the way"));
            } else {
                map.next_value_seed(Way { path, wanted, rest, end, visit: &mut *visit })?;
                found = true;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
