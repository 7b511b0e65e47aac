//! A declared mapping against its kind: every mistake at once, as far as a person would read them.

use std::collections::BTreeSet;

use jq::{Program, Scope};
use kinds::{Field, Kind};

use super::{Declared, Mapped, Mistake, Place};

/// Twice the fields that a kind may have: of so many, each that the kind lacks is told.
const MOST_FIELDS: usize = 128;
/// Further mistakes tell nothing new.
const MOST_MISTAKES: usize = 64;
/// Patterns, formats and tables of one mapping.
const MOST_READY: usize = 128;

/// A check under way.
pub(super) struct Check<'c> {
    kind: &'c Kind,
    scope: &'c Scope,
    ready: usize,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'c> Check<'c> {
    pub(super) fn new(kind: &'c Kind, scope: &'c Scope) -> Self {
        Self { kind, scope, ready: 0, mistakes: Vec::new() }
    }

    pub(super) fn each(&mut self, declared: &Declared<'_>) -> Option<Program> {
        self.program(declared.each, &Place::Each)
    }

    pub(super) fn fields(&mut self, declared: &Declared<'_>) -> Vec<Mapped> {
        if declared.fields.len() > MOST_FIELDS {
            let message = format!("the mapping has {} fields; at most {MOST_FIELDS} are read", declared.fields.len());
            self.mistake(Place::Whole, 0, message, Some(known_fields(self.kind)));
            return Vec::new();
        }
        let (mut fields, mut given, mut meant) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (name, source) in &declared.fields {
            if self.mistakes.len() >= MOST_MISTAKES || self.ready > MOST_READY {
                return fields;
            }
            let known = self.kind.fields.iter().enumerate().find(|(_, field)| field.name == *name);
            match known {
                _ if !given.insert(*name) => self.given_twice(name),
                None => meant.extend(self.unknown(name)),
                Some((place, field)) => {
                    let program = self.program(source, &Place::Field(field.name.clone()));
                    fields.extend(program.map(|program| Mapped::new(place, field, program, self.kind)));
                }
            }
        }
        let required = self.kind.fields.iter().filter(|field| field.required);
        for field in required.filter(|field| !given.contains(&*field.name) && !meant.contains(&&*field.name)) {
            self.missing(field);
        }
        fields
    }

    fn program(&mut self, source: &str, place: &Place) -> Option<Program> {
        match Program::compile(source, self.scope) {
            Ok(program) => {
                self.ready += program.ready();
                if self.ready > MOST_READY {
                    let message = format!("more than {MOST_READY} patterns, formats and lookups in one mapping");
                    let help = "write `startswith`, `contains` or `split` for patterns, or map fewer fields";
                    self.mistake(place.clone(), source.len(), message, Some(help.to_owned()));
                }
                Some(program)
            }
            Err(errors) => {
                self.mistakes.extend(errors.into_iter().map(|error| Mistake { place: place.clone(), error }));
                None
            }
        }
    }

    /// The known field that was probably meant.
    fn unknown(&mut self, name: &str) -> Option<&'c str> {
        let near = jq::did_you_mean(name, self.kind.fields.iter().map(|field| field.name.as_str()));
        let help = near.map_or_else(|| known_fields(self.kind), |near| format!("did you mean \"{near}\"?"));
        let message = format!("the kind \"{}\" has no field \"{name}\"", self.kind.name);
        self.mistake(Place::FieldName(name.to_owned()), name.len(), message, Some(help));
        near
    }

    fn given_twice(&mut self, name: &str) {
        let help = "keep the expression that is meant".to_owned();
        let message = format!("the field \"{name}\" is given twice");
        self.mistake(Place::FieldName(name.to_owned()), name.len(), message, Some(help));
    }

    fn missing(&mut self, field: &Field) {
        let message = format!("the kind \"{}\" requires the field \"{}\"", self.kind.name, field.name);
        let help = format!("add {} = \"…\": {}", field.name, field.about);
        self.mistake(Place::Whole, 0, message, Some(help));
    }

    /// A mistake of all of a part, which has so many bytes.
    fn mistake(&mut self, place: Place, length: usize, message: String, help: Option<String>) {
        self.mistakes.push(Mistake { place, error: jq::Error { span: 0..length, message, help } });
    }
}

fn known_fields(kind: &Kind) -> String {
    let known: Vec<_> = kind.fields.iter().map(|field| field.name.as_str()).collect();
    format!("its fields are {}", known.join(", "))
}
