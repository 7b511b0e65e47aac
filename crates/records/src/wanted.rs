//! Which parts of a document are wanted: decoders check the rest and leave it out.

use std::borrow::Cow;

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The value of a name.
    Name(String),
    /// Every element of a list and every value of an object.
    Each,
    /// Every element of a list; of anything else, the value itself.
    Listed,
}

/// What is wanted of a value. Whatever it is, its type is told, and a scalar is given; of objects and lists only what
/// is named here. Where names are wanted and nothing else, an object has all of them, null for those that are absent:
/// who asks for a name cannot tell the difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub(crate) all: bool,
    pub(crate) names: Vec<(String, Wanted)>,
    /// Of each element of a list.
    pub(crate) elements: Option<Box<Wanted>>,
    /// Of each value of an object.
    pub(crate) values: Option<Box<Wanted>>,
}

/// A way down so long leads to everything below it; so do all ways together that would make more nodes than this.
const DEEPEST: usize = 64;
const MOST: usize = 4_096;

static ALL: Wanted = Wanted { all: true, names: Vec::new(), elements: None, values: None };
static TYPE: Wanted = Wanted { all: false, names: Vec::new(), elements: None, values: None };

impl Wanted {
    /// All of the value.
    #[must_use]
    pub fn all() -> &'static Self {
        &ALL
    }

    /// Its type, and the value of a scalar.
    pub(crate) fn type_only() -> &'static Self {
        &TYPE
    }

    /// What these paths lead to: all of it where the flag says so, else its type alone.
    #[must_use]
    pub fn paths<'p>(paths: impl IntoIterator<Item = (&'p [Part], bool)>) -> Self {
        let (mut wanted, mut left) = (Self::default(), MOST);
        for (path, all) in paths {
            if wanted.add(path, all || path.len() >= DEEPEST, &mut left).is_none() {
                return ALL.clone();
            }
        }
        wanted
    }

    fn add(&mut self, path: &[Part], all: bool, left: &mut usize) -> Option<()> {
        *left = left.checked_sub(1)?;
        if self.all {
            return Some(());
        }
        let Some((part, rest)) = path.split_first() else {
            if all {
                *self = ALL.clone();
            }
            return Some(());
        };
        match part {
            Part::Name(name) => self.named(name)?.add(rest, all, left),
            Part::Each => {
                self.values.get_or_insert_default().add(rest, all, left)?;
                self.elements.get_or_insert_default().add(rest, all, left)
            }
            Part::Listed => {
                self.elements.get_or_insert_default().add(rest, all, left)?;
                self.add(rest, all, left)
            }
        }
    }

    fn named(&mut self, name: &str) -> Option<&mut Self> {
        let known = self.names.iter().position(|(known, _)| known == name);
        let place = known.unwrap_or(self.names.len());
        if known.is_none() {
            self.names.push((name.to_owned(), Self::default()));
        }
        self.names.get_mut(place).map(|(_, wanted)| wanted)
    }

    /// The same, and the value of a name.
    pub(crate) fn with(&self, name: &str) -> Cow<'_, Self> {
        if self.of_values().is_some() || self.place(name, 0).is_some() {
            return Cow::Borrowed(self);
        }
        let mut more = self.clone();
        more.names.push((name.to_owned(), ALL.clone()));
        Cow::Owned(more)
    }

    /// What is wanted of the elements of a list.
    pub(crate) fn of_elements(&self) -> Option<&Self> {
        if self.all { Some(self) } else { self.elements.as_deref() }
    }

    /// Whether an object keeps all its names, and of each value what.
    pub(crate) fn of_values(&self) -> Option<&Self> {
        match &self.values {
            _ if self.all => Some(self),
            // What one name has of both is not worked out.
            Some(_) if !self.names.is_empty() => Some(&ALL),
            values => values.as_deref(),
        }
    }

    /// Which of the wanted names this is; the one after the former is likely to come next.
    pub(crate) fn place(&self, name: &str, guess: usize) -> Option<usize> {
        let is = |(_, (known, _)): &(usize, &(String, Self))| known == name;
        let mut names = self.names.iter().enumerate();
        let behind = names.clone().skip(guess).find(is);
        behind.or_else(|| names.by_ref().take(guess).find(is)).map(|(place, _)| place)
    }
}
