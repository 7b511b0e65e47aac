//! What every connector promises, whatever its protocol.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod faults;
mod settings;

use outbound::{Failure, FailureKind, Rules};
use serde_json::{Value, json};
use sources::{Context, Params, Reply, Validators};

use crate::upstream::{ask, context};

/// A connector as the suite knows it: how to point it at an upstream, and what that may answer.
struct Subject {
    connector: &'static str,
    /// Settings of a source at an address.
    source: fn(&str) -> Value,
    /// Settings of one data set of it.
    request: fn() -> Value,
    /// The media type of its documents.
    content_type: &'static str,
    /// A document that holds a word.
    document: fn(&str) -> String,
}

/// The connectors that ask by HTTP. `sql` has its own tests against real databases.
const SUBJECTS: &[Subject] = &[
    Subject {
        connector: "http",
        source: |url| json!({ "url": url }),
        request: || json!({ "format": "json" }),
        content_type: "application/json",
        document: |word| json!([{ "id": 1, "title": word }]).to_string(),
    },
    Subject {
        connector: "feed",
        source: |url| json!({ "url": url }),
        request: || json!({}),
        content_type: "application/rss+xml",
        document: |word| {
            format!(
                "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>\
                 <item><guid>1</guid><title>{word}</title></item></channel></rss>"
            )
        },
    },
    Subject {
        connector: "ical",
        source: |url| json!({ "url": url }),
        request: || json!({}),
        content_type: "text/calendar",
        document: |word| {
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Préau//tests//FR",
                "BEGIN:VEVENT",
                "UID:1",
                "DTSTAMP:20261001T000000Z",
                "DTSTART:20261006T080000Z",
                "DTEND:20261006T100000Z",
                &format!("SUMMARY:{word}"),
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            ]
            .join("\r\n")
        },
    },
    Subject {
        connector: "file",
        source: |url| json!({ "url": url, "format": "csv" }),
        request: || json!({}),
        content_type: "text/csv",
        document: |word| format!("id;title\r\n1;{word}\r\n"),
    },
];

/// A path and query that are as secret as a calendar's.
const HIDDEN: &str = "/hidden-path/x.ext?token=hidden-token";

impl Subject {
    async fn fetch(&self, url: &str, context: &Context, validators: Option<&Validators>) -> Result<Reply, Failure> {
        let connector = sources::find(self.connector).expect("a connector of this name");
        let source = connector.source((self.source)(url), context).unwrap_or_else(|errors| panic!("{errors:?}"));
        let fetch = source.request((self.request)(), &[]).unwrap_or_else(|errors| panic!("{errors:?}"));
        ask(&*fetch, &Params::new(), validators).await
    }

    /// Asks under rules and decodes all documents, as the mapping does: garbage may show itself only there.
    async fn decoded(&self, url: &str, rules: Rules) -> Result<String, (FailureKind, String)> {
        let context = context(rules);
        let reply = self.fetch(url, &context, None).await.map_err(|failure| (failure.kind, failure.message))?;
        let Reply::Records { pages, .. } = reply else { panic!("{}: unchanged, unasked", self.connector) };
        let mut text = String::new();
        for page in &pages {
            let value = page.value(&context.limits).map_err(|error| (FailureKind::Malformed, error.message))?;
            text.push_str(&format!("{value:?}"));
        }
        Ok(text)
    }

    /// Asks in vain: the kind of the failure, whose message must not tell what is secret.
    async fn failure(&self, url: &str, rules: Rules) -> FailureKind {
        let Err((kind, message)) = self.decoded(url, rules).await else { panic!("{} took it", self.connector) };
        assert!(!message.contains("hidden"), "{}: {message}", self.connector);
        kind
    }
}
