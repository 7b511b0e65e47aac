//! One data set: its source and kind found, its mapping compiled, its request built.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use kinds::{Audience, DeclaredTitle, Kind};
use mapping::{Mapping, Place};
use serde_json::Value;
use sources::{Connector, DefaultMap, Fetch};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Builder, Built, digest};
use crate::declared::{DeclaredParam, DeclaredSet, percent};
use crate::document::{json, key_span};
use crate::schema::{self, near_or_all, toml_type};
use crate::{DataSet, Param};

/// One data set in the making.
pub(super) struct SetBuilder<'b, 'a, 't> {
    pub builder: &'b mut Builder<'a, 't>,
    pub name: &'a str,
    pub name_span: Range<usize>,
    pub table: &'a DeTable<'t>,
    pub span: Range<usize>,
}

impl<'a> SetBuilder<'_, 'a, '_> {
    pub(super) fn build(
        mut self,
        kinds: &BTreeMap<String, Arc<Kind>>,
        sources: &BTreeMap<String, Built>,
        zone: &TimeZone,
    ) -> Option<DataSet> {
        let before = self.builder.document.problems.len();
        self.check_name();
        let source_name = self.text("source").unwrap_or_default();
        let source = sources.get(source_name);
        if source.is_none() {
            self.unknown_source(source_name, sources);
        }
        let kind = self.kind(kinds);
        let connector = source.map(|built| built.connector);
        // Without its source, the keys of its connector are unknown: they are not to blame.
        let settings = connector.and_then(|connector| self.settings(connector));
        let mapping = kind.as_ref().and_then(|kind| self.mapping(kind, connector, zone));
        let (declared, request) = settings?;
        let audience = declared.audience.or_else(|| kind.as_ref().map(|kind| kind.audience.clone()));
        // A set of an unknown kind may well be personal.
        let personal = audience.as_ref().is_none_or(|audience| *audience == Audience::Personal);
        let person_params = if personal { self.builder.person_params() } else { Vec::new() };
        let known: Vec<_> = declared.params.keys().chain(&person_params).cloned().collect();
        let fetch = self.fetch(source?, request, &known);
        let asks_with = source?.source.as_ref().and_then(|source| source.asks_with());
        self.check_personal(audience.as_ref(), asks_with.is_some(), declared.server_copy.is_some());
        self.check_transfer(audience.as_ref(), source?);
        if self.builder.document.failed_since(before) {
            return None;
        }
        let kind = kind?;
        let lifetimes = kind.lifetimes.declared(declared.fresh_for, declared.stale_for, declared.on_device);
        Some(DataSet {
            name: self.name.into(),
            version: self.version(source?, &kind, zone),
            title: declared.title.and_then(DeclaredTitle::bilingual).unwrap_or_else(|| kind.title.clone()),
            kind,
            source: source_name.into(),
            audience: audience?,
            lifetimes,
            may_shrink_to: declared.may_shrink_to.and_then(|share| percent(&share.0)),
            params: declared.params.into_iter().map(|(name, param)| (name, param.into())).collect(),
            person_params,
            mapping: mapping?,
            server_copy: declared.server_copy.is_some(),
            asks_with,
            fetch: fetch?,
        })
    }

    /// What every data set may say, and the settings of its connector.
    fn settings(&mut self, connector: &'static dyn Connector) -> Option<(DeclaredSet, Value)> {
        let what = format!("data set \"{}\"", self.name);
        if !self.builder.passes(schema::set(Some(connector)), self.table, self.span.clone(), &what) {
            return None;
        }
        let common = schema::keys(schema::set(None));
        let common: Vec<_> = common.iter().map(String::as_str).collect();
        let keys = self.table.keys().map(|key| key.get_ref().as_ref());
        let rest: Vec<_> = keys.filter(|key| !common.contains(key)).collect();
        let declared = self.builder.deserialize(json(self.table, &rest), self.name_span.clone())?;
        Some((declared, json(self.table, &common)))
    }

    /// The question to the source, which may name these parameters.
    fn fetch(&mut self, source: &Built, request: Value, params: &[String]) -> Option<Arc<dyn Fetch>> {
        let fetch = source.source.as_ref()?.request(request, params);
        self.builder.settled(fetch, self.table, &self.name_span)
    }

    /// What only personal sets may do, and what they need.
    fn check_personal(&mut self, audience: Option<&Audience>, as_person: bool, server_copy: bool) {
        let Some(audience) = audience else { return };
        let document = &mut *self.builder.document;
        if *audience == Audience::Personal {
            if let Some(given) = self.table.get("may_shrink_to") {
                let message =
                    format!("\"{}\" is personal: nothing is kept of it that an answer is compared with", self.name);
                document.error(given.span(), message, Some("leave may_shrink_to out".to_owned()));
            }
        } else {
            let span = |key: &str| self.table.get(key).map_or(self.name_span.clone(), Spanned::span);
            let help = "write audience = \"self\"".to_owned();
            if as_person {
                let message = format!(
                    "the source of \"{}\" is asked as the person, and its answer is kept for others",
                    self.name
                );
                document.error(span("source"), message, Some(help.clone()));
            }
            if server_copy {
                document.error(span("server_copy"), "server_copy is for personal data sets", Some(help));
            }
        }
        if *audience != Audience::Public && !self.builder.table.contains_key("login") {
            let message = format!("nobody can read \"{}\": it is not public, and the campus has no [login]", self.name);
            document.warning(self.name_span.clone(), message, Some("add [login] with method = \"…\"".to_owned()));
        }
    }

    /// What is not public stays in the campus's zone, unless the school has decided otherwise.
    fn check_transfer(&mut self, audience: Option<&Audience>, source: &Built) {
        let (Some(zone), Some(audience)) = (&source.elsewhere, audience) else { return };
        let whom = match audience {
            Audience::Public => return,
            Audience::Personal => "about persons",
            Audience::Members | Audience::Group(_) => "for members",
        };
        let (name, own) = (self.name, self.builder.zone());
        let message = format!("\"{name}\" is {whom}, and comes from the zone \"{zone}\" to a campus of \"{own}\"");
        let source = self.text("source").unwrap_or_default();
        let help = format!("where the school has decided so, write transfer = \"authorised\" in [sources.{source}]");
        let span = self.table.get("source").map_or(self.name_span.clone(), Spanned::span);
        self.builder.document.error(span, message, Some(help));
    }

    /// Digest of all that decides what is fetched and what becomes of it.
    fn version(&self, source: &Built, kind: &Kind, zone: &TimeZone) -> u64 {
        let (connector, settings, set) = (source.connector.name(), &source.declared, json(self.table, &[]));
        digest(&format!("{connector}{settings}{set}{kind:?}{:?}", zone.iana_name()))
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.table.get(key)?.get_ref().as_str()
    }

    fn check_name(&mut self) {
        let name = self.name;
        let fits = (1..=63).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !fits {
            let help = "it is part of an address: use lower-case letters, digits and hyphens".to_owned();
            self.builder.document.error(
                self.name_span.clone(),
                format!("\"{name}\" cannot be a data set's name"),
                Some(help),
            );
        }
        for (param, value) in
            self.table.get("params").and_then(|params| params.get_ref().as_table()).into_iter().flatten()
        {
            let param_name = param.get_ref().as_ref();
            if matches!(param_name, "from" | "to" | "q" | "limit" | "cursor" | "names" | "user")
                || param_name.starts_with("user_")
            {
                let help = Some("choose another name: this one has a meaning of its own in the API".to_owned());
                self.builder.document.error(
                    param.span(),
                    format!("a parameter cannot be called \"{param_name}\""),
                    help,
                );
            }
            let default =
                value.get_ref().get("default").and_then(|default| Some((default.span(), default.get_ref().as_str()?)));
            let one_of = value.get_ref().get("one_of").and_then(|list| list.get_ref().as_array());
            if let (Some((span, default)), Some(list)) = (default, one_of)
                && !list.iter().any(|known| known.get_ref().as_str() == Some(default))
            {
                let words: Vec<_> = list.iter().filter_map(|known| known.get_ref().as_str()).collect();
                let help = near_or_all(default, &words, "values");
                self.builder.document.error(span, format!("the default \"{default}\" is not in one_of"), Some(help));
            }
        }
    }

    fn unknown_source(&mut self, given: &str, sources: &BTreeMap<String, Built>) {
        let Some(value) = self.table.get("source") else {
            let help = Some("add source = \"…\": a name of [sources]".to_owned());
            return self.builder.document.error(
                self.name_span.clone(),
                format!("data set \"{}\" lacks \"source\"", self.name),
                help,
            );
        };
        // A source that is declared but broken has been reported where it stands.
        if self.builder.section("sources").iter().any(|(name, ..)| *name == given) {
            return;
        }
        let names: Vec<_> = sources.keys().map(String::as_str).collect();
        let message = match value.get_ref() {
            DeValue::String(_) => format!("unknown source \"{given}\""),
            other => format!("source is {} and should be a text", toml_type(other)),
        };
        self.builder.document.error(value.span(), message, Some(near_or_all(given, &names, "sources")));
    }

    fn kind(&mut self, kinds: &BTreeMap<String, Arc<Kind>>) -> Option<Arc<Kind>> {
        let name = self.text("kind").unwrap_or(self.name).to_owned();
        if let Some(kind) = kinds.get(&name) {
            return Some(Arc::clone(kind));
        }
        let names: Vec<_> = kinds.keys().map(String::as_str).collect();
        if let Some(value) = self.table.get("kind") {
            let near = near_or_all(&name, &names, "kinds");
            self.builder.document.error(value.span(), format!("unknown kind \"{name}\""), Some(near));
        } else {
            let message = format!("\"{name}\" is not a kind, and the data set does not say which kind it is");
            let help = match jq::did_you_mean(&name, names.iter().copied()) {
                Some(near) => format!("add kind = \"{near}\", or call the data set so"),
                None => format!("add kind = \"…\", one of {}; or declare [kinds.{name}]", names.join(", ")),
            };
            self.builder.document.error(self.name_span.clone(), message, Some(help));
        }
        None
    }

    fn mapping(
        &mut self,
        kind: &Arc<Kind>,
        connector: Option<&'static dyn Connector>,
        zone: &TimeZone,
    ) -> Option<Mapping> {
        let map = self.table.get("map").and_then(|map| map.get_ref().as_table());
        let default = connector.and_then(|connector| connector.default_map(&kind.name));
        if map.is_none() && default.is_none() {
            connector?;
            let help = format!("add [data.{}.map] with each = \"…\" and one expression per field", self.name);
            self.builder.document.error(
                self.name_span.clone(),
                format!("data set \"{}\" has no mapping", self.name),
                Some(help),
            );
            return None;
        }
        let declared = declared_map(map, default.as_ref());
        let tables = self.tables();
        let scope = jq::Scope { zone: zone.clone(), tables };
        let mistakes = match Mapping::compile(&declared, Arc::clone(kind), &scope) {
            Ok(mapping) => return Some(mapping),
            Err(mistakes) => mistakes,
        };
        // Without its source, the connector's own mapping is unknown: what it would bring is not missing.
        for mistake in mistakes.iter().filter(|mistake| connector.is_some() || mistake.place != Place::Whole) {
            self.mistake(map, mistake);
        }
        None
    }

    fn mistake(&mut self, map: Option<&DeTable<'_>>, mistake: &mapping::Mistake) {
        let error = mistake.error.clone();
        let value = |key: &str| map.and_then(|map| map.get(key)).map(Spanned::span);
        let place = match &mistake.place {
            Place::Whole => None,
            Place::Each => value("each"),
            Place::Field(name) => value(name),
            Place::FieldName(name) => {
                let span = map.and_then(|map| key_span(map, name)).unwrap_or(self.name_span.clone());
                return self.builder.document.error(span, error.message, error.help);
            }
        };
        match place {
            Some(place) => self.builder.document.error_within(place, &error.span, error.message, error.help),
            None => {
                let header = self.table.get("map").map_or(self.name_span.clone(), Spanned::span);
                self.builder.document.error(header, error.message, error.help);
            }
        }
    }

    fn tables(&self) -> BTreeMap<String, Arc<BTreeMap<String, String>>> {
        let tables = self.table.get("tables").and_then(|tables| tables.get_ref().as_table());
        let texts = |table: &DeValue<'_>| {
            let pairs = table.as_table().into_iter().flatten();
            pairs
                .filter_map(|(from, to)| Some((from.get_ref().to_string(), to.get_ref().as_str()?.to_owned())))
                .collect()
        };
        let tables = tables.into_iter().flatten();
        tables.map(|(name, table)| (name.get_ref().to_string(), Arc::new(texts(table.get_ref())))).collect()
    }
}

impl From<DeclaredParam> for Param {
    fn from(declared: DeclaredParam) -> Self {
        let DeclaredParam { about, default, title, one_of, names, max_length } = declared;
        let title = title.and_then(DeclaredTitle::bilingual);
        Self { about, default, title, one_of, names, max_length: max_length.into() }
    }
}

/// The connector's own mapping of its records, overridden field by field by the school's.
fn declared_map<'m>(map: Option<&'m DeTable<'_>>, default: Option<&DefaultMap>) -> mapping::Declared<'m> {
    let mut each = default.as_ref().map_or(".[]", |default| default.each);
    let mut fields: BTreeMap<&str, &str> = default.iter().flat_map(|default| default.fields.iter().copied()).collect();
    for (key, value) in map.into_iter().flatten() {
        let Some(expression) = value.get_ref().as_str() else { continue };
        match key.get_ref().as_ref() {
            "each" => each = expression,
            field => drop(fields.insert(field, expression)),
        }
    }
    mapping::Declared { each, fields: fields.into_iter().collect() }
}
