//! One source: its connector found, what every source may say read, the rest handed to the connector.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use outbound::Gate;
use records::Limits;
use serde_json::Value;
use sources::{Connector, Context, Source};
use toml::de::DeTable;

use super::{Builder, digest};
use crate::declared::DeclaredSource;
use crate::document::json;
use crate::{Upstream, schema};

/// A source that was built, and how it was declared.
pub(super) struct Built {
    pub connector: &'static dyn Connector,
    pub source: Option<Arc<dyn Source>>,
    pub declared: Value,
    /// Where it processes data, where that is another zone than the campus's and the school has not said that persons may
    /// be asked about there.
    pub elsewhere: Option<String>,
    /// The address that it sees us come from, by the operator's name.
    pub egress: Option<String>,
    pub gate: Option<Arc<Gate>>,
}

impl Built {
    pub(super) fn upstream(&self) -> Option<Upstream> {
        let (connector, egress, gate) = (self.connector.name(), self.egress.clone(), self.gate.clone()?);
        Some(Upstream { connector, destinations: self.source.as_ref()?.destinations(), egress, gate })
    }
}

impl Builder<'_, '_> {
    pub(super) fn sources(&mut self, zone: TimeZone) -> BTreeMap<String, Built> {
        let context = Context {
            outbound: self.surroundings.outbound.clone(),
            rules: (self.surroundings.rules)(self.draft.id),
            folder: self.draft.folder.to_owned(),
            directories: self.surroundings.directories.clone(),
            zone,
            limits: Limits::default(),
        };
        let common = schema::keys(&schema::source_schema());
        let common: Vec<_> = common.iter().map(String::as_str).chain(["connector"]).collect();
        let mut sources = BTreeMap::new();
        for (name, name_span, table, span) in self.section("sources") {
            let Some(connector) = self.connector(name, &name_span, table) else { continue };
            let passes = self.passes(schema::source(connector), table, span, &format!("source \"{name}\""));
            let own = schema::keys(&connector.source_schema().to_value());
            let own: Vec<_> = own.iter().map(String::as_str).chain(["connector"]).collect();
            let said: Option<DeclaredSource> =
                passes.then(|| self.deserialize(json(table, &own), name_span.clone())).flatten();
            let elsewhere = said.as_ref().filter(|said| said.transfer.is_none()).and_then(|said| said.zone.as_ref());
            let elsewhere = elsewhere.map(|zone| zone.0.clone()).filter(|zone| *zone != self.zone());
            let egress = said.as_ref().and_then(|said| said.egress.clone());
            let declared = json(table, &common);
            let rules = said.map(|said| {
                let whose = format!("{}/{name}/{:x}", self.draft.id, digest(&declared.to_string()));
                self.way(&said, &whose, &context, table, &name_span)
            });
            let gate = rules.as_ref().and_then(|rules| rules.gate.clone());
            let source = rules.map(|rules| connector.source(declared.clone(), &Context { rules, ..context.clone() }));
            let source = source.and_then(|source| self.settled(source, table, &name_span));
            sources.insert(name.to_owned(), Built { connector, source, declared, elsewhere, egress, gate });
        }
        sources
    }

    fn connector(
        &mut self,
        name: &str,
        name_span: &Range<usize>,
        table: &DeTable<'_>,
    ) -> Option<&'static dyn Connector> {
        let names: Vec<_> = sources::CONNECTORS.iter().map(|connector| connector.name()).collect();
        let whose = format!("source \"{name}\"");
        self.chosen(table, ("connector", "connector"), &names, &whose, name_span).and_then(sources::find)
    }
}
