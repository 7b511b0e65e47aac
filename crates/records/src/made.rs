//! Records that a connector makes of a form of its own: calendars, feeds, rows.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;

use crate::{Malformed, Object, Value, Visit, Wanted};

/// An answer in a connector's own form, whose records are made one by one, each as often as the answer is read.
pub trait Records: Send + Sync {
    /// Gives each record to `visit`, with what is `wanted` of it at least, until that wants no more. How many there may be
    /// and what they may hold is bounded by whoever makes them.
    ///
    /// # Errors
    /// [`Malformed`] where the answer is not what it should be: what was visited until then is to be forgotten.
    fn each(&self, wanted: &Wanted, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Malformed>;

    /// The field in which it tells what is wrong with a record, which is given whether it is wanted or not.
    fn problem(&self) -> Option<&'static str> {
        None
    }
}

impl fmt::Debug for dyn Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(records)")
    }
}

/// Records that have the same fields, of which only some may be wanted.
#[derive(Debug)]
pub struct Shape<'a> {
    /// Names of a record, in order, and which of the fields each is.
    names: Vec<(&'a str, Option<usize>)>,
}

impl<'a> Shape<'a> {
    /// Of fields with these names, which differ.
    #[must_use]
    pub fn new(fields: impl Iterator<Item = &'a str> + Clone, wanted: &'a Wanted) -> Self {
        let names = if wanted.of_values().is_some() {
            fields.enumerate().map(|(place, name)| (name, Some(place))).collect()
        } else {
            let place = |name: &str| fields.clone().position(|field| field == name);
            wanted.names.iter().map(|(name, _)| (name.as_str(), place(name))).collect()
        };
        Self { names }
    }

    /// With one of the fields whether it is wanted or not.
    #[must_use]
    pub fn with(mut self, fields: impl IntoIterator<Item = &'a str>, name: &str) -> Self {
        let found = fields.into_iter().enumerate().find(|(_, field)| *field == name);
        if let Some((place, field)) = found.filter(|_| !self.names.iter().any(|(known, _)| *known == name)) {
            self.names.push((field, Some(place)));
        }
        self
    }

    /// A record of the fields that are wanted: `value` makes the one at a place among all.
    ///
    /// # Errors
    /// Those of `value`.
    pub fn record<'v, E>(&self, mut value: impl FnMut(usize) -> Result<Value<'v>, E>) -> Result<Object<'v>, E>
    where
        'a: 'v,
    {
        let mut fields = Vec::with_capacity(self.names.len());
        for (name, place) in &self.names {
            let value = place.map_or(Ok(Value::Null), &mut value)?;
            fields.push((Cow::Borrowed(*name), value));
        }
        Ok(Object::distinct(fields))
    }
}
