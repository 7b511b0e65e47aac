//! How a source is reached: the operator's rules with the source's own limits, TLS and address.

use std::ops::Range;
use std::time::Duration;

use outbound::{Limits, Rules, TlsSettings};
use settings::Secret;
use sources::Context;
use toml::de::DeTable;

use super::Builder;
use crate::declared::DeclaredSource;
use crate::schema::near_or_all;

const SECOND: Duration = Duration::from_secs(1);

impl Builder<'_, '_> {
    /// The rules of one source, which has its gate under the name `whose`.
    pub(super) fn way(
        &mut self,
        said: &DeclaredSource,
        whose: &str,
        context: &Context,
        table: &DeTable<'_>,
        name_span: &Range<usize>,
    ) -> Rules {
        let (limits, usual) = (&said.limits, Limits::default());
        let mut rules = context.rules.clone();
        rules.gate = Some(context.outbound.gate(
            whose,
            Limits {
                at_once: limits.at_once.unwrap_or(usual.at_once),
                per_second: limits.per_second.unwrap_or(usual.per_second),
                queue: limits.queue.unwrap_or(usual.queue),
            },
        ));
        for (key, given, most, rule) in [
            ("connect", &limits.connect, 30 * SECOND, &mut rules.connect_timeout),
            ("first_byte", &limits.first_byte, 300 * SECOND, &mut rules.first_byte_timeout),
            ("between_bytes", &limits.between_bytes, 60 * SECOND, &mut rules.between_bytes_timeout),
            ("total", &limits.total, 300 * SECOND, &mut rules.total_timeout),
        ] {
            let Some(given) = given else { continue };
            if given.0 > most {
                let span = self.place(table, &format!("limits.{key}")).unwrap_or(name_span.clone());
                let message = format!("{key} is longer than anybody waits");
                self.document.error(span, message, Some(format!("write \"{}s\" or less", most.as_secs())));
            }
            *rule = given.0;
        }
        rules.max_body = limits.max_bytes.unwrap_or(rules.max_body);
        self.egress(said, context, &mut rules, table, name_span);
        self.tls(said, context, &mut rules, table, name_span);
        rules
    }

    fn egress(
        &mut self,
        said: &DeclaredSource,
        context: &Context,
        rules: &mut Rules,
        table: &DeTable<'_>,
        name_span: &Range<usize>,
    ) {
        let Some(name) = &said.egress else { return };
        let known = context.outbound.egress();
        rules.local_address = known.get(name).copied();
        if rules.local_address.is_none() {
            let span = self.place(table, "egress").unwrap_or(name_span.clone());
            let known: Vec<_> = known.keys().map(String::as_str).collect();
            let help = match known[..] {
                [] => "the operator can give addresses names in preau.toml, [outbound.egress]".to_owned(),
                _ => near_or_all(name, &known, "addresses"),
            };
            self.document.error(span, format!("this server has no address called \"{name}\""), Some(help));
        }
    }

    fn tls(
        &mut self,
        said: &DeclaredSource,
        context: &Context,
        rules: &mut Rules,
        table: &DeTable<'_>,
        name_span: &Range<usize>,
    ) {
        // What stands in for a secret that is not here is no certificate.
        let Some(tls) = &said.tls else { return };
        if table.get("tls").is_some_and(|tls| self.document.lacks_within(tls)) {
            return;
        }
        let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        let settings = TlsSettings {
            authority: text(&tls.authority),
            authority_only: tls.authority_only,
            certificate: text(&tls.certificate),
            key: text(&tls.key),
        };
        match context.outbound.tls(settings) {
            Ok(tls) => rules.tls = Some(tls),
            Err((key, message)) => {
                let span = self.place(table, &format!("tls.{key}")).unwrap_or(name_span.clone());
                self.document.error(span, message, None);
            }
        }
    }
}
