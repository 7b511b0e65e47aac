//! A mapping: one expression that finds records, one per field of the kind; compiled once, run per fetch.

mod check;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jq::{Failure, Fuel, Program, Scope};
use kinds::{Field, Kind};
use records::{Limits, Listed, Malformed, Payload, Value, Wanted};

use crate::convert::{self, Reason, Written, Zone};
use crate::{Account, Complaint, Item, Items};

use check::Check;

/// A mapping as declared.
#[derive(Debug, Clone)]
pub struct Declared<'a> {
    /// Finds the records in a document: `.[]`.
    pub each: &'a str,
    /// Field of the kind, and the expression of its value over one record.
    pub fields: Vec<(&'a str, &'a str)>,
}

/// A mistake in a mapping, found before it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Which part of the mapping.
    pub place: Place,
    /// What is wrong; its span is within that part.
    pub error: jq::Error,
}

/// A part of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The mapping as a whole: a required field is missing.
    Whole,
    /// The expression that finds records.
    Each,
    /// The name of a field: the kind has none of that name.
    FieldName(String),
    /// The expression of a field.
    Field(String),
}

/// What one run may cost.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Size of a decoded document.
    pub limits: Limits,
    /// Steps and created bytes of all expressions together.
    pub fuel: Fuel,
    /// Bytes of all items together.
    pub output: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { limits: Limits::default(), fuel: Fuel { steps: 50_000_000, bytes: 256 << 20 }, output: 32 << 20 }
    }
}

/// A checked mapping.
#[derive(Debug)]
pub struct Mapping {
    kind: Arc<Kind>,
    zone: TimeZone,
    reads: BTreeSet<String>,
    each: Each,
    fields: Vec<Mapped>,
}

/// A field and the expression of its value.
#[derive(Debug)]
struct Mapped {
    /// Of the kind.
    place: usize,
    program: Program,
    /// Its name as JSON, with the colon.
    name: Vec<u8>,
    role: Role,
}

/// What the index of items needs of a field.
#[derive(Debug, Clone, Copy)]
enum Role {
    None,
    Id,
    Start,
    End,
}

impl Mapped {
    fn new(place: usize, field: &Field, program: Program, kind: &Kind) -> Self {
        let is = |name: Option<&String>| name == Some(&field.name);
        let role = match &kind.time {
            _ if field.name == "id" => Role::Id,
            Some(time) if is(Some(&time.start)) => Role::Start,
            Some(time) if is(time.end.as_ref()) => Role::End,
            _ => Role::None,
        };
        Self { place, program, name: convert::name(&field.name), role }
    }
}

/// How records are found: of `.items[] | select(.ok)`, the list's elements, the names that lead to it, and the rest.
#[derive(Debug)]
struct Each {
    elements: Program,
    path: Option<Vec<String>>,
    rest: Program,
    /// What of a document is needed, and what of an element of the list.
    wanted: Wanted,
    wanted_of_element: Wanted,
}

impl Each {
    fn new(each: Program, fields: &[Mapped]) -> Self {
        let fields = fields.iter().map(|field| &field.program);
        let wanted = each.wanted(fields.clone());
        let (elements, path, rest) = each.split();
        let wanted_of_element = rest.wanted(fields);
        Self { elements, path, rest, wanted, wanted_of_element }
    }
}

impl Mapping {
    /// Checks a mapping against its kind.
    ///
    /// # Errors
    /// Every mistake at once.
    pub fn compile(declared: &Declared<'_>, kind: Arc<Kind>, scope: &Scope) -> Result<Self, Vec<Mistake>> {
        let mut check = Check::new(&kind, scope);
        let each = check.each(declared);
        let mut fields = check.fields(declared);
        let mistakes = check.mistakes;
        fields.sort_by_key(|field| field.place);
        match (each, mistakes.is_empty()) {
            (Some(each), true) => {
                let reads = each.reads().into_iter().chain(fields.iter().flat_map(|field| field.program.reads()));
                let reads = reads.collect();
                let each = Each::new(each, &fields);
                Ok(Self { kind, zone: scope.zone.clone(), reads, each, fields })
            }
            _ => Err(mistakes),
        }
    }

    /// The fields of the source that the mapping reads: a data set's part of the campus's privacy inventory.
    #[must_use]
    pub fn reads(&self) -> BTreeSet<String> {
        self.reads.clone()
    }

    /// The zone of its instants: the campus's.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Makes items of an answer's documents.
    ///
    /// # Errors
    /// [`Malformed`] where a document cannot be decoded, `each` fails on it, or the budget is used up. A record that
    /// does not do is not an error: it is left out, and the account says why.
    pub fn run(&self, pages: &[Payload], budget: &Budget) -> Result<(Items, Account), Malformed> {
        let run = match self.in_passing(pages, budget)? {
            Some(run) => run,
            None => self.decoded(pages, budget)?,
        };
        let order = self.kind.time.as_ref().map(|time| time.newest_first);
        Ok((Items::new(&run.written, run.found, order), run.account))
    }

    /// Records mapped as soon as each is read; `None` where a document does not have them in a plain list, or where
    /// `each` fails on one, which matters only if the document is well-formed to its end.
    fn in_passing(&self, pages: &[Payload], budget: &Budget) -> Result<Option<Run<'_>>, Malformed> {
        let Some(path) = &self.each.path else { return Ok(None) };
        let (mut run, mut fuel) = (Run::new(self, budget), budget.fuel.clone());
        let mut failed = None;
        for page in pages {
            run.problem = page.problem();
            let listed = page.each(path, &self.each.wanted_of_element, &budget.limits, &mut |element| match run
                .element(element, &mut fuel)
            {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            })?;
            match (listed, &failed) {
                (Listed::All, _) => {}
                (_, Some(failure @ Failure::Exhausted)) => return Err(whole_run(failure)),
                _ => return Ok(None),
            }
        }
        Ok(Some(run))
    }

    fn decoded(&self, pages: &[Payload], budget: &Budget) -> Result<Run<'_>, Malformed> {
        let (mut run, mut fuel) = (Run::new(self, budget), budget.fuel.clone());
        for page in pages {
            run.problem = page.problem();
            let document = page.wanted(&self.each.wanted, &budget.limits)?;
            self.each
                .elements
                .run(&document, &mut fuel, &mut |element, fuel| run.element(&element, fuel))
                .map_err(|failure| whole_run(&failure))?;
        }
        Ok(run)
    }
}

fn whole_run(failure: &Failure) -> Malformed {
    let message = match failure {
        Failure::Value(message) => format!("`each` cannot be applied to the answer: {message}"),
        Failure::Exhausted => "the answer is larger than the mapping's budget of steps and bytes".to_owned(),
    };
    Malformed { message }
}

/// A run under way.
struct Run<'m> {
    mapping: &'m Mapping,
    zone: Zone,
    output: usize,
    /// The field in which the source tells what is wrong with a record.
    problem: Option<&'static str>,
    written: Vec<u8>,
    found: Vec<Item>,
    /// The ids so far, as written.
    ids: HashSet<Box<[u8]>>,
    account: Account,
}

impl<'m> Run<'m> {
    fn new(mapping: &'m Mapping, budget: &Budget) -> Self {
        Self {
            mapping,
            zone: Zone::new(mapping.zone.clone()),
            output: budget.output,
            problem: None,
            written: Vec::new(),
            found: Vec::new(),
            ids: HashSet::new(),
            account: Account::default(),
        }
    }

    /// The records that an element of the list is.
    fn element(&mut self, element: &Value<'_>, fuel: &mut Fuel) -> Result<(), Failure> {
        self.mapping.each.rest.run(element, fuel, &mut |record, fuel| self.record(&record, fuel))
    }

    fn record(&mut self, record: &Value<'_>, fuel: &mut Fuel) -> Result<(), Failure> {
        self.account.received += 1;
        let start = self.written.len();
        match self.item(record, fuel) {
            Ok(item) => {
                self.account.mapped += 1;
                self.found.push(item);
            }
            Err(Refused::Record(complaint)) => {
                self.written.truncate(start);
                self.account.complain(*complaint);
            }
            Err(Refused::Exhausted) => return Err(Failure::Exhausted),
        }
        if self.written.len() > self.output { Err(Failure::Exhausted) } else { Ok(()) }
    }

    fn item(&mut self, record: &Value<'_>, fuel: &mut Fuel) -> Result<Item, Refused> {
        let mapping = self.mapping;
        let start = self.written.len();
        let mut item = Item { range: start..start, start: None, end: None };
        let mut id = None;
        self.written.push(b'{');
        for mapped in &mapping.fields {
            let Some(field) = mapping.kind.fields.get(mapped.place) else { continue };
            let before = self.written.len();
            if before > start + 1 {
                self.written.push(b',');
            }
            self.written.extend_from_slice(&mapped.name);
            let value_start = self.written.len();
            match value(&mapped.program, record, field, &self.zone, fuel, &mut self.written) {
                Ok(Written::Nothing) => self.written.truncate(before),
                Ok(written) => match mapped.role {
                    Role::None => {}
                    Role::Id => id = Some((value_start..self.written.len(), field)),
                    Role::Start => {
                        let (start, end) = self.times(written, value_start);
                        // A kind of the campus's own may have its end before its start.
                        (item.start, item.end) = (start, item.end.or(end));
                    }
                    Role::End => item.end = self.times(written, value_start).1.or(item.end),
                },
                Err(Stop::Exhausted) => return Err(Refused::Exhausted),
                Err(Stop::Reason(reason)) => {
                    self.written.truncate(before);
                    let complaint = self.complaint(reason, id.as_ref(), field);
                    if field.required {
                        return Err(Refused::Record(Box::new(complaint)));
                    }
                    self.account.complain(complaint);
                    continue;
                }
            }
            if field.required && self.written.len() == before {
                let reason = Reason::new(self.lacking(record));
                return Err(Refused::Record(Box::new(self.complaint(reason, id.as_ref(), field))));
            }
        }
        self.written.push(b'}');
        item.range.end = self.written.len();
        // Two items of one id would make every change detection lie.
        if let Some((range, field)) = &id
            && !self.ids.insert(self.written.get(range.clone()).unwrap_or_default().into())
        {
            let reason = Reason::new("another record has this id already: ids must be unique and stable");
            return Err(Refused::Record(Box::new(self.complaint(reason, id.as_ref(), field))));
        }
        Ok(item)
    }

    /// When what was just written starts and ends.
    fn times(&self, written: Written, from: usize) -> (Option<i64>, Option<i64>) {
        match written {
            Written::Instant(second) => (Some(second), Some(second)),
            _ => convert::day(self.written.get(from..).unwrap_or_default(), &self.zone),
        }
    }

    /// Why a record lacks a field that is required.
    fn lacking(&self, record: &Value<'_>) -> String {
        let why = self.problem.and_then(|problem| record.get(problem)?.as_str());
        why.map_or_else(|| NO_VALUE.to_owned(), |why| format!("{NO_VALUE}: {why}"))
    }

    /// About the present record, whose id was written there.
    fn complaint(&self, reason: Reason, id: Option<&(Range<usize>, &Field)>, field: &Field) -> Complaint {
        let id = id.and_then(|(range, _)| self.written.get(range.clone()));
        Complaint {
            record: self.account.received,
            id: id.and_then(|id| serde_json::from_slice(id).ok()),
            field: field.name.clone(),
            rejected: field.required,
            reason: reason.reason,
            value: reason.value,
        }
    }
}

const NO_VALUE: &str = "no value, and the field is required";

enum Refused {
    Record(Box<Complaint>),
    Exhausted,
}

enum Stop {
    Reason(Reason),
    Exhausted,
}

fn value(
    program: &Program,
    record: &Value<'_>,
    field: &Field,
    zone: &Zone,
    fuel: &mut Fuel,
    out: &mut Vec<u8>,
) -> Result<Written, Stop> {
    let value = match program.one(record, fuel) {
        Ok(value) => value.unwrap_or(Cow::Owned(Value::Null)),
        Err(Failure::Value(message)) => return Err(Stop::Reason(Reason::new(message))),
        Err(Failure::Exhausted) => return Err(Stop::Exhausted),
    };
    convert::write(out, &value, &field.ty, zone).map_err(Stop::Reason)
}

#[cfg(test)]
mod tests;
