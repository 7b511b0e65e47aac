//! `{ env = "NAME" }` and `{ file = "PATH" }`: followed before anything else reads the declaration, never written anywhere.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use identity::Method;
use sources::{Connector, Unreadable, confined};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::Document;
use crate::{Draft, Environment, Origin};

/// Where references lead.
pub(crate) struct Resolver<'a> {
    pub draft: &'a Draft<'a>,
    /// Other directories that the operator opened; a campus reads no file outside of them and its folder.
    pub directories: &'a [PathBuf],
    pub environment: &'a Environment,
    /// Whether one that leads nowhere is an error.
    pub required: bool,
    pub document: &'a mut Document,
}

/// What stands in for a text of no connector and no method.
const MISSING: &str = "missing";

/// A secret file is one value, not a document.
const MAX_FILE: u64 = 64 << 10;

impl Resolver<'_> {
    /// Puts a text in the place of each reference of a declaration: what it leads to, or what stands in for that.
    pub(crate) fn follow(&mut self, root: &mut DeTable<'_>) {
        let (connectors, method) = (connectors(root), method(root));
        for (section, value) in root.iter_mut() {
            let section = section.get_ref().as_ref();
            match value.get_mut() {
                DeValue::Table(tables) if matches!(section, "sources" | "data") => {
                    for (name, value) in tables.iter_mut() {
                        let name = name.get_ref().as_ref();
                        let named = value.get_ref().get("source").and_then(|source| source.get_ref().as_str());
                        let source = if section == "data" { named } else { Some(name) };
                        let connector = source.and_then(|source| connectors.get(source)).copied();
                        self.value(name, value, &|key| {
                            connector.map_or(MISSING, |connector| connector.placeholder(key))
                        });
                    }
                }
                _ => self.value(section, value, &|key| match (section, method) {
                    ("login", Some(method)) => method.placeholder(key),
                    _ => MISSING,
                }),
            }
        }
    }

    /// A table with the only key `env` or `file` and a text is a reference, wherever it stands.
    fn value(&mut self, key: &str, value: &mut Spanned<DeValue<'_>>, stand_in: &dyn Fn(&str) -> &'static str) {
        let span = value.span();
        let found = match value.get_mut() {
            DeValue::Array(values) => return values.iter_mut().for_each(|value| self.value(key, value, stand_in)),
            DeValue::Table(table) => match reference(table) {
                Some(reference) => {
                    if self.is_published(reference) {
                        self.document.published.push(span.clone());
                    }
                    self.find(reference)
                }
                None => return table.iter_mut().for_each(|(key, value)| self.value(key.get_ref(), value, stand_in)),
            },
            DeValue::String(text) => {
                if self.draft.origin == Origin::Publication && is_plain_secret(key, text) {
                    self.document.published.push(span);
                }
                return;
            }
            _ => return,
        };
        let text = match found {
            Ok(text) => {
                self.document.hide(&text);
                text
            }
            Err((message, help)) => {
                self.document.missing(span, message, help, self.required);
                stand_in(key).to_owned()
            }
        };
        *value.get_mut() = DeValue::String(Cow::Owned(text));
    }

    /// What a reference leads to, or why to nothing, and what to do about it.
    fn find(&self, (how, name): (&str, &str)) -> Result<String, (String, Option<String>)> {
        if how == "file" {
            return self.read(Path::new(name)).map_err(|error| (format!("the file \"{name}\" {error}"), None));
        }
        match (self.environment)(self.draft.id, self.draft.origin, name) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err((format!("the environment variable {name} is not set"), None)),
            Err(help) => Err((format!("the environment variable {name} is not bound to this campus"), Some(help))),
        }
    }

    /// Whether a reference is to a file that is published with the campus.
    fn is_published(&self, (how, name): (&str, &str)) -> bool {
        let name = Path::new(name);
        let within = match (self.draft.folder.join(name).canonicalize(), self.draft.folder.canonicalize()) {
            (Ok(file), Ok(folder)) => file.starts_with(folder),
            // What is not there would be looked for in the folder.
            _ => name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)),
        };
        self.draft.origin == Origin::Publication && how == "file" && within
    }

    fn read(&self, path: &Path) -> Result<String, String> {
        let path = confined(path, self.draft.folder, self.directories).map_err(|error| error.to_string())?;
        let text = match std::fs::metadata(&path) {
            Ok(metadata) if metadata.len() > MAX_FILE => return Err("is larger than 64 KiB".to_owned()),
            // Opening a pipe would wait for who writes into it.
            Ok(metadata) if !metadata.is_file() => return Err("is no regular file".to_owned()),
            _ => std::fs::read_to_string(path),
        };
        text.map(|text| text.trim_end().to_owned()).map_err(|error| Unreadable::Refused(error).to_string())
    }
}

/// Whether a text that may be a secret is one: by what its key is called, or as an address with a password in it.
fn is_plain_secret(key: &str, text: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let named = ["password", "secret", "token", "bearer", "key", "authorization"].iter().any(|word| key.contains(word));
    let address = url::Url::parse(text).is_ok_and(|url| url.password().is_some());
    (named && !text.is_empty()) || address
}

/// The connector of each source that names one.
pub(crate) fn connectors(root: &DeTable<'_>) -> BTreeMap<String, &'static dyn Connector> {
    let sources = root.get("sources").and_then(|sources| sources.get_ref().as_table());
    let connector =
        |source: &Spanned<DeValue<'_>>| sources::find(source.get_ref().get("connector")?.get_ref().as_str()?);
    let named = sources.into_iter().flatten();
    named.filter_map(|(name, source)| Some((name.get_ref().to_string(), connector(source)?))).collect()
}

/// The login method that a declaration names.
fn method(root: &DeTable<'_>) -> Option<&'static dyn Method> {
    identity::find(root.get("login")?.get_ref().get("method")?.get_ref().as_str()?)
}

/// What a table refers to, where it is a reference and nothing else.
pub(crate) fn reference<'a>(table: &'a DeTable<'_>) -> Option<(&'a str, &'a str)> {
    let (key, value) = table.iter().next().filter(|_| table.len() == 1)?;
    let key = key.get_ref().as_ref();
    matches!(key, "env" | "file").then_some(())?;
    Some((key, value.get_ref().as_str()?))
}
