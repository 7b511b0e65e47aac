//! `{ env = "NAME" }` and `{ file = "PATH" }`: resolved when the declaration is loaded, never written anywhere.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where references lead.
pub(crate) struct Resolver<'a> {
    pub folder: &'a Path,
    /// Other directories that the operator opened; a campus reads no file outside of them and its folder.
    pub directories: &'a [PathBuf],
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What stands in for a reference that leads nowhere, by the key it is the value of.
    pub placeholder: &'a dyn Fn(&str) -> &'static str,
    /// References that lead nowhere: where they stand, and why.
    pub missing: Vec<(Range<usize>, String)>,
}

/// A secret file is one value, not a document.
const MAX_FILE: u64 = 64 << 10;

impl Resolver<'_> {
    /// The JSON of a TOML table without the keys that `skip` names, references replaced by what they lead to.
    pub(crate) fn table(&mut self, table: &DeTable<'_>, skip: &[&str]) -> Value {
        let pairs = table.iter().filter(|(key, _)| !skip.contains(&key.get_ref().as_ref()));
        Value::Object(
            pairs
                .map(|(key, value)| (key.get_ref().to_string(), self.value(key.get_ref(), value)))
                .collect::<Map<_, _>>(),
        )
    }

    fn value(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Value {
        match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Integer(number) => {
                i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).map_or(Value::Null, Value::from)
            }
            DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().map_or(Value::Null, Value::from),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
            DeValue::Array(values) => Value::Array(values.iter().map(|value| self.value(key, value)).collect()),
            DeValue::Table(table) => match reference(table) {
                Some((how, name)) => self.follow(key, how, name, value.span()),
                None => self.table(table, &[]),
            },
        }
    }

    fn follow(&mut self, key: &str, how: &str, name: &str, span: Range<usize>) -> Value {
        let found = match how {
            "env" => (self.environment)(name).ok_or_else(|| format!("the environment variable {name} is not set")),
            _ => self
                .read(&self.folder.join(name))
                .map_err(|error| format!("the file \"{name}\" cannot be read: {error}")),
        };
        Value::String(found.unwrap_or_else(|message| {
            self.missing.push((span, message));
            (self.placeholder)(key).to_owned()
        }))
    }

    fn read(&self, path: &Path) -> std::io::Result<String> {
        let path = path.canonicalize()?;
        let allowed = |directory: &Path| directory.canonicalize().is_ok_and(|directory| path.starts_with(directory));
        if !allowed(self.folder) && !self.directories.iter().any(|directory| allowed(directory)) {
            return Err(std::io::Error::other(
                "it is outside of the campus folder and of the operator's `directories`",
            ));
        }
        if std::fs::metadata(&path)?.len() > MAX_FILE {
            return Err(std::io::Error::other("larger than 64 KiB"));
        }
        Ok(std::fs::read_to_string(path)?.trim_end().to_owned())
    }
}

/// What a table refers to, where it is a reference and nothing else.
pub(crate) fn reference<'a>(table: &'a DeTable<'_>) -> Option<(&'a str, &'a str)> {
    let (key, value) = table.iter().next().filter(|_| table.len() == 1)?;
    let key = key.get_ref().as_ref();
    matches!(key, "env" | "file").then_some(())?;
    Some((key, value.get_ref().as_str()?))
}
