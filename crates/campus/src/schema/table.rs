//! A table of campus.toml held against its schema: every key, type, word and form, each mistake at its place.

use std::ops::Range;

use serde_json::{Map, Value, json};
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::declared::{FORMS, Form};
use crate::document::Document;

/// A check under way.
pub(crate) struct Check<'a> {
    pub document: &'a mut Document,
    /// The schema's root, where references lead.
    pub root: &'a Value,
}

/// A schema without detours.
struct Resolved {
    schema: Value,
    /// The check of a text that has a form.
    form: Option<Form>,
    about: Option<String>,
    /// Whether it is a secret, and not one that everybody may know, such as a certificate.
    secret: bool,
}

impl Check<'_> {
    /// Notes everything in a table that the schema does not allow. `span` is the table's header; `what` names it.
    pub(crate) fn table(&mut self, table: &DeTable<'_>, span: Range<usize>, schema: &Value, what: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        let names: Vec<_> = known.into_iter().flat_map(Map::keys).map(String::as_str).collect();
        let others = schema.get("additionalProperties");
        let mut meant = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match (known.and_then(|known| known.get(name)), others) {
                (Some(schema), _) => self.value(value, schema, name),
                (None, Some(Value::Bool(false))) => {
                    meant.extend(jq::did_you_mean(name, names.iter().copied()));
                    let help = near_or_all(name, &names, "keys");
                    self.document.error(key.span(), format!("unknown key \"{name}\" in {what}"), Some(help));
                }
                (None, Some(schema)) if schema.is_object() => self.value(value, schema, name),
                (None, _) => {}
            }
        }
        let has = |key: &str| table.contains_key(key) || meant.contains(&key);
        for missing in texts(schema.get("required")).filter(|key| !has(key)) {
            let about = known.and_then(|known| about(known.get(missing)?));
            let help = about.map(|about| format!("add {missing} = …: {}", first_sentence(&about)));
            self.document.error(span.clone(), format!("{what} lacks \"{missing}\""), help);
        }
        self.alternatives(&has, span, schema, what);
    }

    /// Keys of which one group is to be there, and no other: `path` or `url`.
    fn alternatives(&mut self, has: &dyn Fn(&str) -> bool, span: Range<usize>, schema: &Value, what: &str) {
        let groups = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        let groups: Vec<Vec<_>> = groups.map(|group| texts(group.get("required")).collect()).collect();
        let begun: Vec<_> = groups.iter().filter(|group| group.iter().any(|key| has(key))).collect();
        let choice = either(&groups.iter().map(|group| group.join(" with ")).collect::<Vec<_>>());
        match *begun {
            _ if groups.is_empty() => {}
            [] => self.document.error(span, format!("{what} lacks {choice}"), None),
            [group] => {
                let (given, missing): (Vec<_>, Vec<_>) = group.iter().copied().partition(|key| has(key));
                if !missing.is_empty() {
                    let (given, missing) = (given.join(", "), missing.join(", "));
                    self.document.error(
                        span,
                        format!("{what} has {given} without {missing}"),
                        Some(format!("add {missing}")),
                    );
                }
            }
            [..] => {
                let given = begun.iter().filter_map(|group| group.iter().find(|key| has(key))).copied();
                let message = format!("{what} has {} together", given.collect::<Vec<_>>().join(" and "));
                self.document.error(span, message, Some(format!("keep one of them: {choice}")));
            }
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &Value, name: &str) {
        let Resolved { schema, form, about, secret } = resolve(self.root, schema);
        if secret {
            self.document.published_secret(&value.span());
        }
        let text = match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Datetime(datetime) => Some(datetime.to_string()),
            _ => None,
        };
        if let (Some(form), Some(text)) = (form, text) {
            if let Err(message) = form(&text) {
                let (message, help) = remedy_apart(message);
                self.document.error(value.span(), message, help);
            }
            return;
        }
        if let Some(variants) = variants(&schema) {
            return self.variants(value, variants, name, about);
        }
        if let Some(words) = words(&schema) {
            return self.word(value, &words, name);
        }
        if !type_fits(value.get_ref(), &schema) {
            let written = form.and_then(|form| remedy_apart(form("").err()?).1);
            return self.wrong_type(value, &[&schema], name, written.or(about));
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, value.span(), &schema, &format!("\"{name}\"")),
            DeValue::Array(values) => {
                for value in values {
                    if let Some(schema) = schema.get("items") {
                        self.value(value, schema, name);
                    }
                }
            }
            DeValue::Integer(number) => self.range(value.span(), number, &schema, name),
            DeValue::String(text) => self.length(value.span(), text, &schema, name),
            _ => {}
        }
    }

    /// A value that may have one of several shapes: the problems shown are those of the shape it is nearest to.
    fn variants(&mut self, value: &Spanned<DeValue<'_>>, variants: &[Value], name: &str, about: Option<String>) {
        let resolved: Vec<Value> = variants.iter().map(|variant| resolve(self.root, variant).schema).collect();
        if let Some(words) = resolved.iter().map(words).collect::<Option<Vec<_>>>() {
            return self.word(value, &words.concat(), name);
        }
        if let (DeValue::Table(table), Some(tagged)) = (value.get_ref(), tagged(&resolved)) {
            return self.table(table, value.span(), &tagged, &format!("\"{name}\""));
        }
        let before = self.document.problems.len();
        let mut best: Option<Vec<crate::Problem>> = None;
        for (variant, resolved) in variants.iter().zip(&resolved) {
            if fits(value.get_ref(), resolved) {
                self.value(value, variant, name);
                let found = self.document.problems.split_off(before);
                if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                    best = Some(found);
                }
            }
        }
        match best {
            Some(problems) => self.document.problems.extend(problems),
            None => self.wrong_type(value, &resolved.iter().collect::<Vec<_>>(), name, about),
        }
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &[&Value], name: &str, about: Option<String>) {
        let mut wanted: Vec<_> =
            wanted.iter().map(|schema| expected(schema)).filter(|words| !words.is_empty()).collect();
        wanted.dedup();
        let message = format!("{name} is {} and should be {}", toml_type(value.get_ref()), either(&wanted));
        self.document.error(value.span(), message, about.map(|about| first_sentence(&about)));
    }

    fn word(&mut self, value: &Spanned<DeValue<'_>>, words: &[String], name: &str) {
        let given = value.get_ref().as_str();
        if given.is_some_and(|given| words.iter().any(|word| word == given)) {
            return;
        }
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let shown = given.map_or_else(|| toml_type(value.get_ref()).to_owned(), |given| format!("\"{given}\""));
        let help = near_or_all(given.unwrap_or_default(), &words, "values");
        self.document.error(value.span(), format!("{name} cannot be {shown}"), Some(help));
    }

    fn range(&mut self, span: Range<usize>, number: &DeInteger<'_>, schema: &Value, name: &str) {
        let digits = number.as_str();
        let Ok(number) = i128::from_str_radix(&digits.replace('_', ""), number.radix()) else { return };
        let bound = |key: &str| schema.get(key).and_then(Value::as_i64).map(i128::from);
        let (least, most) =
            (bound("minimum").filter(|least| number < *least), bound("maximum").filter(|most| number > *most));
        let wanted = match (bound("minimum"), bound("maximum")) {
            _ if least.is_none() && most.is_none() => return,
            (Some(least), Some(most)) => format!("between {least} and {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, most) => format!("at most {}", most.unwrap_or_default()),
        };
        self.document.error(span, format!("{name} is {digits} and should be {wanted}"), None);
    }

    fn length(&mut self, span: Range<usize>, text: &str, schema: &Value, name: &str) {
        if schema.get("maxLength").and_then(Value::as_u64) == Some(1) && text.chars().count() != 1 {
            self.document.error(span, format!("{name} is \"{text}\" and should be one character"), None);
        }
    }
}

/// Follows references, and what may be left out to what it is otherwise. The outermost description is the nearest.
fn resolve(root: &Value, schema: &Value) -> Resolved {
    let (mut schema, mut form, mut described) = (schema, None, None);
    let (mut secret, public) = (false, schema.get("x-public").is_some());
    loop {
        described = described.or_else(|| about(schema));
        let definition = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        let next = match definition {
            Some(name) => {
                secret |= name == "Secret" && !public;
                form = FORMS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
                root.get("$defs").and_then(|definitions| definitions.get(name))
            }
            None => optional(schema),
        };
        match next {
            Some(next) => schema = next,
            None => return Resolved { schema: schema.clone(), form, about: described, secret },
        }
    }
}

/// Whether the value of a key may have one of several shapes, as `auth` may: another one takes the place of the whole.
pub(crate) fn has_shapes(table: &Value, key: &str) -> bool {
    let property = table.get("properties").and_then(|keys| keys.get(key));
    property.is_some_and(|property| variants(&resolve(table, property).schema).is_some())
}

/// The keys that exclude a key, as `url` excludes `path`.
pub(crate) fn excluded(table: &Value, key: &str) -> Vec<String> {
    let groups = table.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let groups: Vec<Vec<_>> = groups.map(|group| texts(group.get("required")).collect()).collect();
    match groups.iter().find(|group| group.contains(&key)) {
        Some(own) => groups.concat().into_iter().filter(|other| !own.contains(other)).map(str::to_owned).collect(),
        None => Vec::new(),
    }
}

/// "did you mean", or the whole list where nothing is near.
pub(crate) fn near_or_all(given: &str, known: &[&str], what: &str) -> String {
    match (jq::did_you_mean(given, known.iter().copied()), known) {
        (Some(near), _) => format!("did you mean \"{near}\"?"),
        (None, []) => format!("there are no {what} here"),
        (None, [only]) => format!("there is only \"{only}\""),
        (None, _) => format!("the {what} are {}", known.join(", ")),
    }
}

/// `a, b or c`.
fn either(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// What is wrong, and what to write instead where the message ends in it.
fn remedy_apart(message: String) -> (String, Option<String>) {
    let place = [": ", "; "].iter().find_map(|mark| message.find(&format!("{mark}write ")));
    match place.and_then(|place| message.split_at_checked(place)) {
        Some((wrong, remedy)) => (wrong.to_owned(), remedy.get(2..).map(str::to_owned)),
        None => (message, None),
    }
}

/// The first sentence of a description, on one line.
fn first_sentence(about: &str) -> String {
    let line = about.split_whitespace().collect::<Vec<_>>().join(" ");
    line.find(". ").and_then(|end| line.get(..=end)).unwrap_or(&line).to_owned()
}

/// What people call a value's type.
pub(crate) fn toml_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn about(schema: &Value) -> Option<String> {
    schema.get("description").and_then(Value::as_str).map(str::to_owned)
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The shapes of a value. Beside keys of its own, `oneOf` says which of them exclude each other.
fn variants(schema: &Value) -> Option<&Vec<Value>> {
    let variants = schema.get("anyOf").or_else(|| schema.get("oneOf"))?;
    variants.as_array().filter(|_| schema.get("properties").is_none())
}

/// The only shape beside `null`.
fn optional(schema: &Value) -> Option<&Value> {
    let mut others = variants(schema)?.iter().filter(|variant| types(variant) != ["null"]);
    others.next().filter(|_| others.next().is_none())
}

/// Shapes that are told apart by their only key (`{ bearer = … }`, `{ basic = … }`), as one table of which one key is
/// to be there.
fn tagged(variants: &[Value]) -> Option<Value> {
    let keys: Map<_, _> = variants.iter().filter_map(tag).map(|(tag, schema)| (tag.clone(), schema.clone())).collect();
    let groups: Vec<_> = keys.keys().map(|tag| json!({ "required": [tag] })).collect();
    (!keys.is_empty()).then(|| json!({ "properties": keys, "additionalProperties": false, "oneOf": groups }))
}

fn tag(variant: &Value) -> Option<(&String, &Value)> {
    let keys = variant.get("properties")?.as_object()?;
    keys.iter().next().filter(|(tag, _)| keys.len() == 1 && texts(variant.get("required")).eq([tag.as_str()]))
}

fn words(schema: &Value) -> Option<Vec<String>> {
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![word.to_owned()]);
    }
    Some(texts(Some(schema.get("enum")?)).map(str::to_owned).collect())
}

fn fits(value: &DeValue<'_>, schema: &Value) -> bool {
    match words(schema) {
        Some(words) => value.as_str().is_some_and(|given| words.iter().any(|word| word == given)),
        None => type_fits(value, schema),
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        several => texts(several).collect(),
    }
}

fn type_fits(value: &DeValue<'_>, schema: &Value) -> bool {
    let types = types(schema);
    types.is_empty()
        || types.iter().any(|ty| match value {
            DeValue::String(_) | DeValue::Datetime(_) => *ty == "string",
            DeValue::Integer(_) => matches!(*ty, "integer" | "number"),
            DeValue::Float(_) => *ty == "number",
            DeValue::Boolean(_) => *ty == "boolean",
            DeValue::Array(_) => *ty == "array",
            DeValue::Table(_) => *ty == "object",
        })
}

fn expected(schema: &Value) -> String {
    if let Some((tag, _)) = tag(schema) {
        return format!("{{ {tag} = … }}");
    }
    let words = types(schema).into_iter().filter(|ty| *ty != "null").map(|ty| match ty {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a table",
    });
    words.collect::<Vec<_>>().join(" or ")
}
