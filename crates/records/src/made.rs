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

    /// The field in which it tells what is wrong with a record: that is always wanted.
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
pub struct Shape<'a, F> {
    /// Names of a record, in order, and the field of that name.
    names: Vec<(&'a str, Option<F>)>,
}

impl<'a, F> Shape<'a, F> {
    /// Of fields by their names, which differ.
    #[must_use]
    pub fn new(fields: impl Iterator<Item = (&'a str, F)> + Clone, wanted: &'a Wanted) -> Self {
        let names = if wanted.of_values().is_some() {
            fields.map(|(name, field)| (name, Some(field))).collect()
        } else {
            let field = |name: &str| fields.clone().find(|(known, _)| *known == name).map(|(_, field)| field);
            wanted.names.iter().map(|(name, _)| (name.as_str(), field(name))).collect()
        };
        Self { names }
    }

    /// A record of the fields that are wanted, each made by `value`.
    ///
    /// # Errors
    /// Those of `value`.
    pub fn record<'v, E>(&self, mut value: impl FnMut(&F) -> Result<Value<'v>, E>) -> Result<Object<'v>, E>
    where
        'a: 'v,
    {
        let mut fields = Vec::with_capacity(self.names.len());
        for (name, field) in &self.names {
            let value = field.as_ref().map_or(Ok(Value::Null), &mut value)?;
            fields.push((Cow::Borrowed(*name), value));
        }
        Ok(Object::distinct(fields))
    }
}
