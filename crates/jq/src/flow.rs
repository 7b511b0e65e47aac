//! What flows between expressions: values of the document, values lent for a while, values made; and why a flow stops.
#![expect(clippy::match_same_arms, reason = "arms of different lifetimes cannot share a binding")]

use std::borrow::Cow;
use std::ops::{Deref, Range};

use records::Value;

use crate::Fuel;

/// What an expression is applied to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'v, 's> {
    /// Part of the document or of the program: outlives the run.
    Kept(&'v Value<'v>),
    /// Made on the way and owned by a caller.
    Lent(&'s Value<'v>),
}

/// What an expression gives.
#[derive(Debug)]
pub(crate) enum Output<'v, 's> {
    Kept(&'v Value<'v>),
    Lent(&'s Value<'v>),
    Made(Value<'v>),
}

/// Why an evaluation ends early.
#[derive(Debug)]
pub(crate) enum Stop<'v> {
    /// An error of the expression; `try` gives its value to `catch`.
    Error(Value<'v>),
    /// No fuel left; nothing catches it.
    Exhausted,
    /// A consumer wants no more outputs; it recognises its own wish.
    Enough,
}

pub(crate) type Flow<'v, T> = Result<T, Stop<'v>>;

/// Where an expression's outputs go, one by one.
pub(crate) type Sink<'v, 'k> = dyn for<'x> FnMut(Output<'v, 'x>, &mut Fuel) -> Flow<'v, ()> + 'k;

/// An error whose value is a text.
pub(crate) fn fail<'v, T>(message: impl Into<Cow<'v, str>>) -> Flow<'v, T> {
    Err(Stop::Error(Value::text(message)))
}

impl<'v, 's> Input<'v, 's> {
    pub(crate) fn value(self) -> &'s Value<'v> {
        match self {
            Self::Kept(value) => value,
            Self::Lent(value) => value,
        }
    }
}

impl<'v, 's> From<Input<'v, 's>> for Output<'v, 's> {
    fn from(input: Input<'v, 's>) -> Self {
        match input {
            Input::Kept(value) => Self::Kept(value),
            Input::Lent(value) => Self::Lent(value),
        }
    }
}

impl<'v> Deref for Output<'v, '_> {
    type Target = Value<'v>;

    fn deref(&self) -> &Value<'v> {
        match self {
            Self::Kept(value) => value,
            Self::Lent(value) => value,
            Self::Made(value) => value,
        }
    }
}

impl<'v, 's> Output<'v, 's> {
    pub(crate) fn text(text: impl Into<Cow<'v, str>>) -> Self {
        Self::Made(Value::text(text))
    }

    /// The same value, as long as this one is held.
    pub(crate) fn input(&self) -> Input<'v, '_> {
        match self {
            Self::Kept(value) => Input::Kept(value),
            Self::Lent(value) => Input::Lent(value),
            Self::Made(value) => Input::Lent(value),
        }
    }

    pub(crate) fn lend(&self) -> Output<'v, '_> {
        self.input().into()
    }

    /// Neither `null` nor `false`.
    pub(crate) fn holds(&self) -> bool {
        !matches!(**self, Value::Null | Value::Bool(false))
    }

    /// The value itself: moved where it was made, else copied at the fuel's cost.
    pub(crate) fn made(self, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
        match self {
            Self::Kept(value) => keep(value, fuel),
            Self::Lent(value) => copy(value, fuel),
            Self::Made(value) => Ok(value),
        }
    }

    /// The same value, bound to no caller.
    pub(crate) fn detach<'o>(self, fuel: &mut Fuel) -> Flow<'v, Output<'v, 'o>> {
        Ok(match self {
            Self::Kept(value) => Output::Kept(value),
            Self::Lent(value) => Output::Made(copy(value, fuel)?),
            Self::Made(value) => Output::Made(value),
        })
    }

    pub(crate) fn cow(self, fuel: &mut Fuel) -> Flow<'v, Cow<'v, Value<'v>>> {
        Ok(match self {
            Self::Kept(value) => Cow::Borrowed(value),
            other => Cow::Owned(other.made(fuel)?),
        })
    }

    /// This text, to cut pieces from; `None` where it is no text.
    pub(crate) fn as_text(&self) -> Option<Text<'v, '_>> {
        Some(match self {
            Self::Kept(Value::Text(text)) => Text::Kept(text),
            Self::Lent(Value::Text(Cow::Borrowed(text))) | Self::Made(Value::Text(Cow::Borrowed(text))) => {
                Text::Kept(text)
            }
            Self::Lent(Value::Text(text)) | Self::Made(Value::Text(text)) => Text::Lent(text),
            _ => return None,
        })
    }
}

/// Text whose pieces need no copy where it outlives the run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'v, 's> {
    Kept(&'v str),
    Lent(&'s str),
}

impl Deref for Text<'_, '_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Kept(text) => text,
            Self::Lent(text) => text,
        }
    }
}

impl<'v> Text<'v, '_> {
    pub(crate) fn cut(self, range: Range<usize>, fuel: &mut Fuel) -> Flow<'v, Cow<'v, str>> {
        match self {
            Self::Kept(text) => Ok(Cow::Borrowed(text.get(range).unwrap_or_default())),
            Self::Lent(text) => {
                let piece = text.get(range).unwrap_or_default();
                fuel.create(piece.len())?;
                Ok(Cow::Owned(piece.to_owned()))
            }
        }
    }

    /// `piece` as a slice of this text, whose place is found again by its address.
    pub(crate) fn piece(self, piece: &str, fuel: &mut Fuel) -> Flow<'v, Cow<'v, str>> {
        let start = (piece.as_ptr() as usize).saturating_sub(self.as_ptr() as usize);
        self.cut(start..start + piece.len(), fuel)
    }
}

/// What one value costs besides its text, in bytes.
const NODE: usize = size_of::<Value<'_>>();

/// A copy that borrows all text from the document.
pub(crate) fn keep<'v>(value: &'v Value<'v>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    fuel.create(NODE)?;
    Ok(match value {
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::List(values) => Value::List(values.iter().map(|value| keep(value, fuel)).collect::<Flow<'v, _>>()?),
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| Ok((Cow::Borrowed(name), keep(value, fuel)?)))
            .collect::<Flow<'v, Value<'v>>>()?,
        scalar => scalar.clone(),
    })
}

pub(crate) fn copy<'v>(value: &Value<'v>, fuel: &mut Fuel) -> Flow<'v, Value<'v>> {
    fuel.create(size(value))?;
    Ok(value.clone())
}

fn size(value: &Value<'_>) -> usize {
    NODE + match value {
        Value::Text(text) => text.len(),
        Value::List(values) => values.iter().map(size).sum(),
        Value::Object(object) => object.iter().map(|(name, value)| name.len() + size(value)).sum(),
        _ => 0,
    }
}

impl Fuel {
    #[inline]
    pub(crate) fn step<'v>(&mut self) -> Flow<'v, ()> {
        self.steps(1)
    }

    /// Pays for work that grows with its input.
    #[inline]
    pub(crate) fn steps<'v>(&mut self, steps: usize) -> Flow<'v, ()> {
        self.steps = self.steps.checked_sub(steps as u64).ok_or(Stop::Exhausted)?;
        Ok(())
    }

    /// Pays for bytes about to be created.
    #[inline]
    pub(crate) fn create<'v>(&mut self, bytes: usize) -> Flow<'v, ()> {
        self.bytes = self.bytes.checked_sub(bytes as u64).ok_or(Stop::Exhausted)?;
        Ok(())
    }

    /// Pays for reading a text: far cheaper than as many steps.
    pub(crate) fn scan<'v>(&mut self, text: &str) -> Flow<'v, ()> {
        self.steps(text.len() / 16)
    }
}
