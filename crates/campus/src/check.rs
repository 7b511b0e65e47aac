//! A declaration checked as a whole: held against the schemas, its mappings compiled, its samples run.

mod channels;
mod draft;
mod look;
mod screens;
mod set;
mod sign_in;
mod source;
mod way;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use kinds::Kind;
use outbound::{Outbound, Rules};
use serde::de::DeserializeOwned;
use serde_json::Value;
use settings::SettingError;
use toml::Spanned;
use toml::de::DeTable;

use crate::declared::{Declaration, Language, eu};
use crate::document::{Document, json, nearest};
use crate::schema::{self, Check, near_or_all, toml_type};
use crate::{Campus, DataSet, samples};

pub use draft::{Checked, Draft, Origin, check};
use set::SetBuilder;
use source::Built;

/// What surrounds a campus: the door out, the operator's allowances, the environment as the binary sees it.
#[derive(Clone)]
pub struct Surroundings {
    /// The door out.
    pub outbound: Outbound,
    /// Egress rules of a campus, by its id.
    pub rules: Arc<dyn Fn(&str) -> Rules + Send + Sync>,
    /// Directories that the operator opened for local files.
    pub directories: Vec<PathBuf>,
    /// The zone of this server, which refuses campuses of another; without one, it serves all.
    pub zone: Option<String>,
    /// Environment variables.
    pub environment: Arc<Environment>,
    /// Whether a reference to a variable or file that is not there is an error (to serve) or a warning (to check a
    /// declaration where its secrets are not).
    pub secrets_required: bool,
}

/// Reads an environment variable for a campus, by the campus's id and where its declaration comes from, and by the
/// variable's name. An error says what the operator has to write so that this campus may have it.
pub type Environment = dyn Fn(&str, Origin, &str) -> Result<Option<String>, String> + Send + Sync;

/// One campus in the making.
struct Builder<'a, 't> {
    draft: &'a Draft<'a>,
    channel: &'a str,
    surroundings: &'a Surroundings,
    document: &'a mut Document,
    table: &'a DeTable<'t>,
}

type Tables<'a, 't> = Vec<(&'a str, Range<usize>, &'a DeTable<'t>, Range<usize>)>;

impl<'a, 't> Builder<'a, 't> {
    fn build(mut self) -> Option<Campus> {
        self.check_id();
        self.check_zone();
        let root = schema::declaration();
        Check { document: self.document, root: &root }.table(self.table, 0..0, &root, "campus.toml");
        // A wrong zone has been noted; the rest is checked all the same.
        let zone = self.text(&["timezone"]).and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
        let kinds = self.kinds();
        let sources = self.sources(zone.clone());
        let data = self.data(&kinds, &sources, &zone);
        self.check_channels();
        let theme = self.theme();
        let screens = self.screens(&data);
        let sign_in = self.sign_in(&zone, data.values().any(|set| set.asks_with.is_some()));
        self.check_credentials(&data, sign_in.as_ref());
        if self.document.failed_since(0) {
            return None;
        }
        let declaration: Declaration =
            self.deserialize(json(self.table, &["theme", "screens", "login", "kinds", "sources", "data"]), 0..0)?;
        Some(Campus {
            id: self.draft.id.into(),
            channel: self.channel.into(),
            publication: None,
            short_name: declaration.short_name.map_or_else(|| look::short(&declaration.name), |name| name.0),
            name: declaration.name,
            zone: declaration.zone.0,
            timezone: TimeZone::get(&declaration.timezone.0).ok()?,
            languages: declaration
                .languages
                .iter()
                .map(|language| {
                    match language {
                        Language::Fr => "fr",
                        Language::En => "en",
                    }
                    .to_owned()
                })
                .collect(),
            hosts: declaration.hosts.into_iter().map(|host| host.0).collect(),
            theme,
            screens,
            texts: look::texts(declaration.texts),
            accessibility: declaration.accessibility.map(look::accessibility),
            sign_in: sign_in.map(Arc::new),
            channels: declaration
                .channels
                .into_iter()
                .map(|(name, channel)| (name, channels::testers(channel.testers, &zone)))
                .collect(),
            upstreams: sources
                .iter()
                .filter_map(|(name, built)| Some((name.as_str().into(), built.upstream()?)))
                .collect(),
            data,
            version: version(self.channel, &self.document.text),
        })
    }

    fn check_id(&mut self) {
        let id = self.draft.id;
        let label = (1..=63).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !id.starts_with('-')
            && !id.ends_with('-');
        if !label {
            let message = format!("\"{id}\" cannot be a campus's id");
            let help = match self.draft.origin {
                Origin::Folder => "rename the folder: lower-case letters, digits and hyphens, as in a host name",
                Origin::Publication => "choose one of lower-case letters, digits and hyphens, as in a host name",
            };
            let help = help.to_owned();
            self.document.whole(message, Some(help));
        }
    }

    /// Whether the campus may be served here.
    fn check_zone(&mut self) {
        let (zone, surroundings) = (self.zone(), self.surroundings);
        let Some(own) = surroundings.zone.as_ref().filter(|own| **own != zone) else { return };
        let message = format!("the campus is of the zone \"{zone}\", and this server of \"{own}\"");
        let help = Some(format!("serve it in a cell of \"{zone}\": nowhere else may its data be processed"));
        match nearest(self.table, &["zone"]) {
            Some(value) => self.document.error(value.span(), message, help),
            None => self.document.whole(message, help),
        }
    }

    /// Where the campus's data may be processed.
    fn zone(&self) -> String {
        self.text(&["zone"]).map_or_else(|| eu().0, str::to_owned)
    }

    fn text(&self, path: &[&str]) -> Option<&'a str> {
        nearest(self.table, path)?.get_ref().as_str()
    }

    /// The tables of a section, each with its name's and its own place.
    fn section(&self, section: &str) -> Tables<'a, 't> {
        let tables = self.table.get(section).and_then(|section| section.get_ref().as_table());
        let named = tables.into_iter().flatten();
        named
            .filter_map(|(name, value)| {
                Some((name.get_ref().as_ref(), name.span(), value.get_ref().as_table()?, value.span()))
            })
            .collect()
    }

    /// Reads a table that passed its schema; what only reading can find is noted at `span`.
    fn deserialize<T: DeserializeOwned>(&mut self, value: Value, span: Range<usize>) -> Option<T> {
        let read = serde_json::from_value(value);
        if let (Err(error), false) = (&read, self.document.lacks_references()) {
            self.document.error(span, error.to_string(), None);
        }
        read.ok()
    }

    fn kinds(&mut self) -> BTreeMap<String, Arc<Kind>> {
        let mut kinds: BTreeMap<_, _> =
            kinds::all().into_iter().map(|kind| (kind.name.clone(), Arc::new(kind))).collect();
        let schema = schema::kind();
        for (name, name_span, table, span) in self.section("kinds") {
            let before = self.document.problems.len();
            let passes = self.passes(&schema, table, span.clone(), &format!("kind \"{name}\""));
            // What is wrong by the schema has been noted; the rest is read all the same, for its own mistakes.
            let declared = json(table, &self.wrong_keys(table, before));
            let declared =
                if passes { self.deserialize(declared, span) } else { serde_json::from_value(declared).ok() };
            let Some(declared): Option<kinds::DeclaredKind> = declared else { continue };
            match declared.into_kind(name) {
                Ok(mut kind) if passes => {
                    // What every item has stands first, the rest as it is written.
                    let place = |name: &str| self.place(table, &format!("fields.{name}")).map(|span| span.start);
                    kind.fields.sort_by_key(|field| (field.name != "id", !field.required, place(&field.name)));
                    kinds.insert(name.to_owned(), Arc::new(kind));
                }
                Ok(_) => {}
                Err(mistakes) => {
                    for (key, message, help) in mistakes {
                        let span = self.place(table, &key).unwrap_or(name_span.clone());
                        self.document.error(span, message, help);
                    }
                }
            }
        }
        kinds
    }

    /// Whether a table is as its schema says; what is not has been noted.
    fn passes(&mut self, schema: &Value, table: &DeTable<'_>, span: Range<usize>, what: &str) -> bool {
        let before = self.document.problems.len();
        Check { document: self.document, root: schema }.table(table, span, schema, what);
        !self.document.failed_since(before)
    }

    /// The keys of a table in whose values something was noted since `before`.
    fn wrong_keys<'k>(&self, table: &'k DeTable<'_>, before: usize) -> Vec<&'k str> {
        let noted: Vec<_> =
            self.document.problems.iter().skip(before).filter_map(|problem| problem.span.clone()).collect();
        let wrong = |place: &Range<usize>| noted.iter().any(|span| place.start <= span.start && span.end <= place.end);
        let keys = table.iter().filter(|(key, value)| wrong(&(key.span().start..value.span().end)));
        keys.map(|(key, _)| key.get_ref().as_ref()).collect()
    }

    fn place(&self, table: &DeTable<'_>, dotted: &str) -> Option<Range<usize>> {
        let path: Vec<_> = dotted.split('.').collect();
        nearest(table, &path).map(Spanned::span)
    }

    /// The word that a table chooses, of those that are known, by a key and what its words are called.
    fn chosen(
        &mut self,
        table: &DeTable<'_>,
        (key, noun): (&str, &str),
        names: &[&'static str],
        whose: &str,
        name_span: &Range<usize>,
    ) -> Option<&'static str> {
        let Some(given) = table.get(key) else {
            let help = format!("add {key} = \"…\": one of {}", names.join(", "));
            self.document.error(name_span.clone(), format!("{whose} lacks \"{key}\""), Some(help));
            return None;
        };
        let all = format!("{key}s");
        let Some(word) = given.get_ref().as_str() else {
            let message = format!("{key} is {} and should be a text", toml_type(given.get_ref()));
            self.document.error(given.span(), message, Some(near_or_all("", names, &all)));
            return None;
        };
        let found = names.iter().copied().find(|name| *name == word);
        if found.is_none() {
            let help = near_or_all(word, names, &all);
            self.document.error(given.span(), format!("unknown {noun} \"{word}\""), Some(help));
        }
        found
    }

    /// What a connector built, or its complaints at their places.
    fn settled<T>(
        &mut self,
        built: Result<T, Vec<SettingError>>,
        table: &DeTable<'_>,
        name_span: &Range<usize>,
    ) -> Option<T> {
        let mistakes = match built {
            Ok(built) => return Some(built),
            Err(mistakes) => mistakes,
        };
        for mistake in mistakes {
            let place = self.place(table, &mistake.key).unwrap_or(name_span.clone());
            match mistake.span {
                Some(inner) => self.document.error_within(place, &inner, mistake.message, mistake.help),
                None => self.document.error(place, mistake.message, mistake.help),
            }
        }
        None
    }

    fn data(
        &mut self,
        kinds: &BTreeMap<String, Arc<Kind>>,
        sources: &BTreeMap<String, Built>,
        zone: &TimeZone,
    ) -> BTreeMap<Arc<str>, Arc<DataSet>> {
        let mut data = BTreeMap::new();
        for (name, name_span, table, span) in self.section("data") {
            let set = SetBuilder { builder: self, name, name_span, table, span }.build(kinds, sources, zone);
            if let Some(set) = set {
                samples::run(self.draft.folder, &set, self.document);
                data.insert(Arc::clone(&set.name), Arc::new(set));
            }
        }
        data
    }
}

/// The version of a channel's snapshot, by what decides about it: the declaration's text, or a publication's digest.
#[must_use]
pub fn version(channel: &str, content: &str) -> String {
    format!("{:016x}", digest(&format!("{channel}\n{content}")))
}

/// FNV-1a: another declaration has another digest, which is all that is asked of it.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
