//! Tests of `feed`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod atom;
mod lenient;
mod rss;

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use records::{Limits, Value, Wanted};
use serde_json::json;
use url::Url;

use super::read::Reading;
use super::{Connector, Feed};

fn read(document: impl AsRef<[u8]>) -> Result<Value<'static>, String> {
    let reading = Reading {
        charset: None,
        url: Url::parse("https://user:secret@univ-demo.fr/flux/hidden.xml?token=hidden").unwrap(),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        limits: Limits::default(),
    };
    let mut records = Vec::new();
    let _ = reading.each(document.as_ref(), Wanted::all(), &mut |record| {
        records.push(record.clone().into_owned());
        ControlFlow::Continue(())
    })?;
    Ok(Value::List(records))
}

/// All records, as JSON; without what the feed does not say.
fn records(document: impl AsRef<[u8]>) -> serde_json::Value {
    fn json(value: &Value<'_>) -> serde_json::Value {
        match value {
            Value::Text(text) => text.as_ref().into(),
            Value::List(values) => values.iter().map(json).collect(),
            Value::Object(object) => object
                .iter()
                .filter(|(_, value)| **value != Value::Null)
                .map(|(name, value)| (name.to_owned(), json(value)))
                .collect(),
            other => panic!("a feed has no {}", other.type_name()),
        }
    }
    json(&read(document).unwrap())
}

/// One field of the only record.
#[track_caller]
fn field(document: impl AsRef<[u8]>, name: &str) -> String {
    let records = records(document);
    assert_eq!(records.as_array().map(Vec::len), Some(1), "{records}");
    records[0][name].as_str().unwrap_or("(none)").to_owned()
}

#[test]
fn a_json_feed_is_read() {
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://bde.univ-demo.fr/",
        "authors": [{ "name": "BDE" }],
        "items": [
            {
                "id": 12,
                "url": "/gala",
                "title": "Gala & <fête>",
                "content_html": "<p onclick=x>Le <a href='places'>gala</a></p><script>x</script>",
                "image": "gala.jpg",
                "date_published": "2026-11-18T12:00:00+01:00",
                "tags": ["Vie étudiante", "Fête"],
                "attachments": [{ "url": "gala.pdf", "mime_type": "application/pdf" }],
            },
            { "id": "b", "content_text": "1 < 2", "author": { "name": "Anne" } },
        ],
    });
    insta::assert_json_snapshot!(records(feed.to_string()), @r#"
    [
      {
        "author": "BDE",
        "categories": [
          "Vie étudiante",
          "Fête"
        ],
        "content": "<p>Le <a href=\"https://bde.univ-demo.fr/places\" rel=\"noopener\">gala</a></p>",
        "enclosure": "https://bde.univ-demo.fr/gala.pdf",
        "id": "12",
        "image": "https://bde.univ-demo.fr/gala.jpg",
        "published": "2026-11-18T11:00:00Z",
        "summary": "Le gala",
        "text": "Le gala",
        "title": "Gala & <fête>",
        "url": "https://bde.univ-demo.fr/gala"
      },
      {
        "author": "Anne",
        "categories": [],
        "id": "b",
        "summary": "1 < 2",
        "text": "1 < 2"
      }
    ]
    "#);
}

#[test]
fn what_is_no_feed_is_told_apart() {
    insta::assert_snapshot!(read("<!DOCTYPE html><html><head><title>Connexion</title><body><p>a<br>").unwrap_err(), @"an HTML page, not a feed");
    insta::assert_snapshot!(read("\n<html><body>Maintenance</body></html>").unwrap_err(), @"an HTML page, not a feed");
    insta::assert_snapshot!(read("{\"error\": \"no\"}").unwrap_err(), @"JSON, not a feed");
    insta::assert_snapshot!(read("{oops").unwrap_err(), @"something that is not JSON: key must be a string at line 1 column 2");
    insta::assert_snapshot!(read("<opml/>").unwrap_err(), @"neither RSS nor Atom nor JSON Feed");
    insta::assert_snapshot!(read("").unwrap_err(), @"neither RSS nor Atom nor JSON Feed");
    insta::assert_snapshot!(read("<rss><channel>\n<item><title>a</title>\n<it").unwrap_err(), @"no readable feed: syntax error: tag not closed: `>` not found before end of input at line 3");
}

#[test]
fn is_bounded_in_depth_elements_and_entries() {
    insta::assert_snapshot!(read(format!("<rss>{}", "<a>".repeat(200_000))).unwrap_err(), @"no readable feed: nested deeper than 64 levels at line 1");
    insta::assert_snapshot!(read(format!("<rss>{}", "<a/>".repeat(200_000))).unwrap_err(), @"no readable feed: more than 200000 elements at line 1");
    let many = format!("<rss><channel>{}</channel></rss>", "<item><title>a</title></item>".repeat(2_000));
    let records = records(many);
    assert_eq!(records.as_array().map(Vec::len), Some(1_001));
    assert_eq!(records[1_000], serde_json::json!({ "problem": "1000 more entries: 1000 are taken" }));
}

#[test]
fn a_path_and_a_schema_are_what_a_school_may_write() {
    assert_eq!(Feed.default_map("grades"), None);
    assert!(Feed.default_map("news").is_some_and(|map| map.each == ".[]"));
    for schema in [Feed.source_schema(), Feed.request_schema()] {
        assert_eq!(schema.get("additionalProperties"), Some(&json!(false)));
    }
}

proptest! {
    #[test]
    fn survives_any_bytes(bytes: Vec<u8>) {
        let _ = read(bytes);
    }

    #[test]
    fn survives_almost_feeds(text in r"(<rss>|<channel>|<item>|</item>|<entry xmlns=.http://www\.w3\.org/2005/Atom.>|<title>|</title>|<link href=.a.>|<content type=.xhtml.>|<media:group>|<pubDate>|1 Jan|&|é|<!\[CDATA\[|\]\]>|<b|/>| xml:base=.b/.|<guid>|-->){0,24}") {
        let _ = read(format!("<rss><channel>{text}"));
    }
}
