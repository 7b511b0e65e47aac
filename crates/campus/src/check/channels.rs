//! Channels: their names, and what a source has otherwise on one of them.

use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Builder;
use crate::declared::{DeclaredTester, DeclaredUntil, end_of};
use crate::document::Document;
use crate::schema::{self, toml_type};
use crate::secrets::{connectors, reference};
use crate::snapshot::Tester;
use crate::{PRODUCTION, Testers};

/// Channels besides `production` at most: each is checked and served by itself.
const MAX_CHANNELS: usize = 8;

/// The channels that a declaration has besides `production`.
pub(super) fn declared<'a>(root: &'a DeTable<'_>) -> Vec<&'a str> {
    let channels = root.get("channels").and_then(|channels| channels.get_ref().as_table());
    let names = channels.into_iter().flatten().map(|(name, _)| name.get_ref().as_ref());
    names.filter(|name| *name != PRODUCTION).take(MAX_CHANNELS).collect()
}

/// Puts what sources and the theme have otherwise on a channel, `[sources.NAME.on.CHANNEL]` and `[theme.on.CHANNEL]`, into
/// its place, and takes away what they have on others.
pub(super) fn overlay(root: &mut DeTable<'_>, channel: &str, document: &mut Document) {
    let known: Vec<_> = declared(root).into_iter().map(str::to_owned).collect();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let connectors = connectors(root);
    if let Some(DeValue::Table(theme)) = root.get_mut("theme").map(Spanned::get_mut) {
        put_over(theme, "theme", None, (channel, &known), document);
    }
    let Some(DeValue::Table(sources)) = root.get_mut("sources").map(Spanned::get_mut) else { return };
    for (name, source) in sources.iter_mut() {
        let DeValue::Table(source) = source.get_mut() else { continue };
        let schema = connectors.get(name.get_ref().as_ref()).map(|connector| schema::source(*connector));
        put_over(source, &format!("sources.{}", name.get_ref()), schema, (channel, &known), document);
    }
}

/// Puts what a table has otherwise on a channel over it.
fn put_over(
    table: &mut DeTable<'_>,
    place: &str,
    schema: Option<&serde_json::Value>,
    (channel, known): (&str, &[&str]),
    document: &mut Document,
) {
    let Some(on) = table.remove("on") else { return };
    let DeValue::Table(overlays) = on.get_ref() else {
        let message = format!("on is {} and should be a table", toml_type(on.get_ref()));
        document.error(on.span(), message, Some(format!("write [{place}.on.CHANNEL] with what is otherwise there")));
        return;
    };
    for (named, over) in overlays {
        if check(named, over, known, document)
            && named.get_ref() == channel
            && let DeValue::Table(over) = over.get_ref()
        {
            merge(table, over, schema);
        }
    }
}

/// Whether an overlay is one of a channel; what is wrong has been noted.
fn check(
    name: &Spanned<std::borrow::Cow<'_, str>>,
    over: &Spanned<DeValue<'_>>,
    known: &[&str],
    document: &mut Document,
) -> bool {
    let named = name.get_ref().as_ref();
    if named == PRODUCTION {
        let help = "move its keys up: without a channel's own, they are everybody's".to_owned();
        document.error(name.span(), "production is what it is without `on`", Some(help));
        return false;
    }
    if !known.contains(&named) {
        let help = match jq::did_you_mean(named, known.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("add [channels.{named}] with its testers"),
        };
        document.error(name.span(), format!("unknown channel \"{named}\""), Some(help));
        return false;
    }
    let DeValue::Table(table) = over.get_ref() else {
        let message = format!("{named} is {} and should be a table", toml_type(over.get_ref()));
        document.error(over.span(), message, Some("write the keys that are otherwise there".to_owned()));
        return false;
    };
    let own = table.iter().filter(|(key, _)| matches!(key.get_ref().as_ref(), "connector" | "on"));
    for (key, _) in own {
        let help = "remove it: what differs more is another source".to_owned();
        document.error(key.span(), format!("a channel cannot have another \"{}\"", key.get_ref()), Some(help));
    }
    !table.contains_key("connector") && !table.contains_key("on")
}

/// Puts one table over another: tables key by key, anything else in the other's place.
fn merge<'t>(base: &mut DeTable<'t>, over: &DeTable<'t>, schema: Option<&serde_json::Value>) {
    for (key, value) in over {
        let name = key.get_ref().as_ref();
        for excluded in schema.map(|schema| schema::excluded(schema, name)).unwrap_or_default() {
            base.remove(excluded.as_str());
        }
        let whole = schema.is_some_and(|schema| schema::has_shapes(schema, name));
        match (base.get_mut(name).map(Spanned::get_mut), value.get_ref()) {
            (Some(DeValue::Table(base)), DeValue::Table(over))
                if !whole && reference(base).is_none() && reference(over).is_none() =>
            {
                merge(base, over, None);
            }
            _ => {
                // With its key, so that what is wrong with it is told where it stands.
                base.remove(name);
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Who may choose a channel, from what passed the schema; days are those of the time zone.
pub(super) fn testers(declared: Vec<DeclaredTester>, zone: &TimeZone) -> Testers {
    let tester = |declared| match declared {
        DeclaredTester::Always(who) => Some(Tester { who: who.0.parse().ok()?, until: None }),
        DeclaredTester::Until(DeclaredUntil { who, until }) => {
            Some(Tester { who: who.0.parse().ok()?, until: Some(end_of(&until.0, zone)?) })
        }
    };
    Testers(declared.into_iter().filter_map(tester).collect())
}

impl Builder<'_, '_> {
    /// The names of channels: they are part of cache keys and of what people read.
    pub(super) fn check_channels(&mut self) {
        for (place, (name, span, ..)) in self.section("channels").into_iter().enumerate() {
            let label = (1..=30).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !label || name == PRODUCTION {
                let help = "choose a name of lower-case letters, digits and hyphens other than \"production\", such as \"beta\"";
                self.document.error(span, format!("a channel cannot be called \"{name}\""), Some(help.to_owned()));
            } else if place >= MAX_CHANNELS {
                let message = format!("a campus has {MAX_CHANNELS} channels at most besides \"production\"");
                self.document.error(span, message, Some("remove one that nobody tests any more".to_owned()));
            }
        }
    }
}
