//! Which fields of its input a plan reads: the plan is run over paths instead of values. What it says too much is
//! harmless, what it would leave out is not: anything not followed exactly counts as read whole.

use std::collections::{BTreeMap, BTreeSet};

use records::{Part, Value, Wanted};

use crate::access::Key;
use crate::arithmetic::Arithmetic;
use crate::plan::{Op, Over, Piece, Plan};

/// The paths that are read whole, in words.
pub(crate) fn reads(plan: &Plan) -> Vec<String> {
    let mut trace = Trace::default();
    let output = trace.plan(plan, &Shape::root());
    trace.consume(&output);
    let shown = trace.paths.iter().filter(|(_, whole)| **whole).map(|(path, _)| shown(path));
    shown.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What of its input a plan needs, where others read each of its outputs.
pub(crate) fn wanted<'p>(plan: &Plan, readers: impl IntoIterator<Item = &'p Plan>) -> Wanted {
    let mut trace = Trace::default();
    let output = trace.plan(plan, &Shape::root());
    for reader in readers {
        trace.read(reader, &output);
    }
    Wanted::paths(trace.paths.iter().map(|(path, whole)| (path.as_slice(), *whole)))
}

fn shown(path: &[Part]) -> String {
    let mut out = String::new();
    for part in path {
        match part {
            Part::Name(name) => {
                out.push('.');
                let plain = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
                    && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
                if plain {
                    out.push_str(name);
                } else {
                    crate::json::quoted(name, &mut out);
                }
            }
            Part::Each | Part::Listed => out.push_str("[]"),
        }
    }
    if out.starts_with('.') { out } else { format!(".{out}") }
}

/// Beyond so many parts, a shape is not followed but read whole: programs can double it with each `as`.
const LARGEST: usize = 2_000;
/// Nor are more parts looked at for one answer: then the input is read whole. Mappings of people need a thousand or two.
const MOST_WORK: usize = 50_000;
/// Nor is a path longer than this: what it leads to is read whole.
const DEEPEST: usize = 64;

/// What a value may be: parts of the input, or an array or object made of such.
#[derive(Debug, Clone, Default)]
struct Shape {
    /// From the root: `.title.rendered`, `[].id`.
    paths: BTreeSet<Vec<Part>>,
    elements: Option<Box<Shape>>,
    fields: BTreeMap<String, Shape>,
}

impl Shape {
    fn root() -> Self {
        Self { paths: BTreeSet::from([Vec::new()]), ..Self::default() }
    }

    fn list(elements: Self) -> Self {
        Self { elements: Some(Box::new(elements)), ..Self::default() }
    }

    fn extended(&self, part: &Part) -> Self {
        let longer = |path: &Vec<Part>| {
            let mut path = path.clone();
            if path.len() < DEEPEST {
                path.push(part.clone());
            }
            path
        };
        Self { paths: self.paths.iter().map(longer).collect(), ..Self::default() }
    }

    fn field(&self, name: &str) -> Self {
        let shape = self.extended(&Part::Name(name.to_owned()));
        // A computed name may be this one.
        let computed = self.elements.as_deref().into_iter();
        computed.chain(self.fields.get(name)).fold(shape, |shape, part| shape.or(part.clone()))
    }

    fn each(&self) -> Self {
        let parts = self.elements.as_deref().into_iter().chain(self.fields.values());
        parts.fold(self.extended(&Part::Each), |shape, part| shape.or(part.clone()))
    }

    fn or(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        self.elements = match (self.elements, other.elements) {
            (Some(left), Some(right)) => Some(Box::new(left.or(*right))),
            (left, right) => left.or(right),
        };
        for (name, shape) in other.fields {
            let known = self.fields.remove(&name).unwrap_or_default();
            self.fields.insert(name, known.or(shape));
        }
        self
    }

    fn size(&self) -> usize {
        let parts = self.elements.as_deref().into_iter().chain(self.fields.values());
        let paths = self.paths.iter().map(|path| 1 + path.len());
        1 + paths.sum::<usize>() + parts.map(Self::size).sum::<usize>()
    }
}

#[derive(Default)]
struct Trace {
    /// What is looked at: all of it where the flag says so, else whether it is there and of what type.
    paths: BTreeMap<Vec<Part>, bool>,
    variables: Vec<Shape>,
    /// Parts looked at so far.
    work: usize,
}

impl Trace {
    fn consume(&mut self, shape: &Shape) {
        self.paths.extend(shape.paths.iter().map(|path| (path.clone(), true)));
        for part in shape.elements.as_deref().into_iter().chain(shape.fields.values()) {
            self.consume(part);
        }
    }

    fn touch(&mut self, shape: &Shape) {
        for path in &shape.paths {
            if !self.paths.contains_key(path) {
                self.paths.insert(path.clone(), false);
            }
        }
    }

    /// What a plan gives for an input; what it looks at on the way is read.
    fn plan(&mut self, plan: &Plan, input: &Shape) -> Shape {
        if self.work > MOST_WORK {
            self.consume(&Shape::root());
            return Shape::default();
        }
        self.touch(input);
        let shape = self.op(&plan.op, input);
        self.touch(&shape);
        let size = shape.size();
        self.work += input.size() + size;
        if size <= LARGEST {
            return shape;
        }
        self.consume(&shape);
        Shape::default()
    }

    fn op(&mut self, op: &Op, input: &Shape) -> Shape {
        match op {
            Op::Input | Op::Keep(_) => input.clone(),
            Op::Constant(_) | Op::Empty => Shape::default(),
            Op::Variable(up) => self.variables.iter().rev().nth(*up).cloned().unwrap_or_default(),
            Op::Path(steps) => steps.iter().fold(input.clone(), |shape, step| match &step.key {
                Key::Field(name) => shape.field(name),
                Key::At(_) => shape.each(),
            }),
            Op::Each { .. } => input.each(),
            Op::Index { of, key, .. } => {
                self.read(key, input);
                self.plan(of, input).each()
            }
            Op::Slice { of, from, to, .. } => {
                self.read(from, input);
                self.read(to, input);
                self.plan(of, input)
            }
            Op::Array(inner) => Shape::list(self.plan(inner, input)),
            Op::Object(parts) => self.object(parts, input),
            Op::Pipe(stages) => stages.iter().fold(input.clone(), |shape, stage| self.plan(stage, &shape)),
            Op::Comma(parts) | Op::Alternative(parts) => {
                parts.iter().fold(Shape::default(), |shape, part| shape.or(self.plan(part, input)))
            }
            Op::Chain(operands, ops) => self.chain(operands, ops, input),
            Op::Bind(parts) => {
                let [source, body] = &**parts;
                let source = self.plan(source, input);
                self.variables.push(source);
                let shape = self.plan(body, input);
                self.variables.pop();
                shape
            }
            Op::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.read(condition, input);
                self.plan(then, input).or(self.plan(otherwise, input))
            }
            Op::Try(body, handler) => {
                let shape = self.plan(body, input);
                match handler {
                    Some(handler) => shape.or(self.plan(handler, &Shape::default())),
                    None => shape,
                }
            }
            // Made values may be arrays or not: both are followed.
            Op::Wrap(_) => {
                let made = Shape { paths: BTreeSet::new(), ..input.clone() };
                Shape::list(input.extended(&Part::Listed).or(made.clone())).or(made)
            }
            Op::Over(over, args) => self.over(*over, args, input),
            Op::Text(_, pieces) => {
                for piece in pieces {
                    if let Piece::Spliced(plan) = piece {
                        self.read(plan, input);
                    }
                }
                Shape::default()
            }
            Op::Replace { with, .. } => {
                self.consume(input);
                self.read(with, &Shape::default());
                Shape::default()
            }
            Op::Plain(_) | Op::Ready(_) => {
                self.consume(input);
                Shape::default()
            }
            Op::With(_, argument) => {
                self.consume(input);
                self.read(argument, input);
                Shape::default()
            }
            Op::Negate(_) | Op::Logic(..) | Op::Compare(..) => {
                for part in op.parts() {
                    self.read(part, input);
                }
                Shape::default()
            }
        }
    }

    fn read(&mut self, plan: &Plan, input: &Shape) {
        let shape = self.plan(plan, input);
        self.consume(&shape);
    }

    fn object(&mut self, parts: &[Plan], input: &Shape) -> Shape {
        let mut object = Shape::default();
        for [name, value] in parts.as_chunks().0 {
            let shape = self.plan(value, input);
            match &name.op {
                Op::Constant(Value::Text(name)) => _ = object.fields.insert(name.to_string(), shape),
                _ => {
                    self.read(name, input);
                    object = object.or(Shape::list(shape));
                }
            }
        }
        object
    }

    /// A sum or merge may hold its operands' fields and elements; other results hold nothing of them.
    fn chain(&mut self, operands: &[Plan], ops: &[Arithmetic], input: &Shape) -> Shape {
        let mut shapes = operands.iter().map(|operand| self.plan(operand, input)).collect::<Vec<_>>().into_iter();
        let first = shapes.next().unwrap_or_default();
        ops.iter().zip(shapes).fold(first, |left, (op, right)| match op {
            Arithmetic::Add | Arithmetic::Multiply => left.or(right),
            Arithmetic::Subtract => {
                self.consume(&left);
                self.consume(&right);
                left
            }
            Arithmetic::Divide | Arithmetic::Remainder => {
                self.consume(&left);
                self.consume(&right);
                Shape::default()
            }
        })
    }

    fn over(&mut self, over: Over, args: &[Plan], input: &Shape) -> Shape {
        let Some(arg) = args.first() else { return Shape::default() };
        match over {
            Over::First | Over::Last => self.plan(arg, input),
            Over::Limit => {
                self.read(arg, input);
                args.get(1).map(|body| self.plan(body, input)).unwrap_or_default()
            }
            Over::MapValues => {
                let named = input.fields.iter().map(|(name, shape)| (name.clone(), self.plan(arg, shape))).collect();
                let others = Shape { fields: BTreeMap::new(), ..input.clone() };
                Shape { fields: named, ..Shape::list(self.plan(arg, &others.each())) }
            }
            Over::Any | Over::All => {
                self.read(arg, &input.each());
                Shape::default()
            }
            Over::SortBy | Over::UniqueBy => {
                self.read(arg, &input.each());
                input.clone()
            }
            Over::GroupBy => {
                self.read(arg, &input.each());
                Shape::list(Shape::list(input.each()))
            }
            Over::MinBy | Over::MaxBy => {
                self.read(arg, &input.each());
                input.each()
            }
        }
    }
}
