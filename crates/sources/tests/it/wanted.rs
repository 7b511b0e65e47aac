//! What is wanted of a record is what the whole record has there, and nothing else is made but what is wrong with it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use outbound::Rules;
use proptest::prelude::*;
use proptest::sample::subsequence;
use records::{Limits, Part, Payload, Value, Wanted};
use serde_json::json;

use crate::upstream::{ask, context};

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:c\\,1\r\nDTSTAMP:20261001T000000Z\r\n\
    DTSTART;TZID=Europe/Paris:20261006T080000\r\nDTEND;TZID=Europe/Paris:20261006T100000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n\
    SUMMARY:Alg\u{e8}bre\r\nDESCRIPTION:\\n\\nGroupe : L3 INFO\\nMARTIN Jean\\n(Export\u{e9} le:03/01/2026 15:11)\r\n\
    LOCATION:Amphi A\\,B\r\nCATEGORIES:CM,TD\r\nORGANIZER;CN=Scolarit\u{e9}:mailto:s@univ.example\r\nURL:https://u.example/\r\n\
    SEQUENCE:7\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const FEED: &str = "<rss><channel><item><title>Gala &amp; f\u{ea}te</title><link>https://www.example/1</link>\
    <pubDate>Mon, 23 Nov 2026 09:15:00 +0100</pubDate><category>Campus</category><author>a@u.example (Anne)</author>\
    <description>&lt;p&gt;&lt;img src=\"a.png\"&gt;Le &lt;b&gt;gala&lt;/b&gt;&lt;/p&gt;</description></item>\
    <item><description>Sans titre</description></item></channel></rss>";

/// The records that a connector makes of an answer.
fn records(connector: &str, answer: &'static str) -> Payload {
    let connector = sources::find(connector).unwrap();
    let source = connector.source(json!({ "url": "https://www.example/" }), &context(Rules::default()));
    let fetch = source.unwrap_or_else(|errors| panic!("{errors:?}")).request(json!({}), &[]);
    let mut pages = fetch.unwrap_or_else(|errors| panic!("{errors:?}")).sample(answer.into()).unwrap().unwrap();
    pages.remove(0)
}

fn listed(payload: &Payload, wanted: &Wanted) -> Vec<Value<'static>> {
    match payload.wanted(wanted, &Limits::default()).unwrap().into_owned().into_owned() {
        Value::List(records) => records,
        other => panic!("{other:?}"),
    }
}

fn fields(record: &Value<'_>) -> Vec<String> {
    match record {
        Value::Object(fields) => fields.iter().map(|(name, _)| name.to_owned()).collect(),
        other => panic!("{other:?}"),
    }
}

/// What is wanted of each element of a list.
fn of_each(names: &[String]) -> Wanted {
    let paths: Vec<[Part; 2]> = names.iter().map(|name| [Part::Each, Part::Name(name.clone())]).collect();
    Wanted::paths(paths.iter().map(|path| (path.as_slice(), true)))
}

fn holds(payload: &Payload, wanted: &[String]) {
    let all = listed(payload, Wanted::all());
    let some = listed(payload, &of_each(wanted));
    assert_eq!(some.len(), all.len());
    for (some, all) in some.iter().zip(&all) {
        let told = (!wanted.iter().any(|name| name == "problem")).then(|| "problem".to_owned());
        assert_eq!(fields(some), wanted.iter().cloned().chain(told).collect::<Vec<_>>());
        for name in wanted {
            assert_eq!(some.get(name), Some(all.get(name).unwrap_or(&Value::Null)), "{name}");
        }
    }
}

proptest! {
    #[test]
    fn some_fields_are_as_they_are_among_all(
        choice in prop_oneof![Just(("ical", CALENDAR)), Just(("feed", FEED))].prop_flat_map(|(connector, answer)| {
            let payload = records(connector, answer);
            let mut names = fields(&listed(&payload, Wanted::all())[0]);
            names.push("no such field".to_owned());
            let most = names.len();
            (Just((connector, answer)), subsequence(names, 1..=most).prop_shuffle())
        }),
    ) {
        let ((connector, answer), wanted) = choice;
        holds(&records(connector, answer), &wanted);
    }
}

#[tokio::test]
async fn a_column_that_nothing_can_be_made_of_harms_only_whoever_wants_it() {
    let context = context(Rules::default());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("records.db"), []).unwrap();
    let context = sources::Context { folder: folder.path().to_owned(), ..context };
    let source = sources::find("sql").unwrap().source(json!({ "url": "sqlite:records.db" }), &context);
    let query = "select 1 as id, x'00' as photo, 'Élodie' as name union all select 2, null, 'Ugo'";
    let fetch = source.unwrap_or_else(|errors| panic!("{errors:?}")).request(json!({ "query": query }), &[]);
    let fetch = fetch.unwrap_or_else(|errors| panic!("{errors:?}"));
    let reply = ask(&*fetch, &sources::Params::new(), None).await.unwrap();
    let sources::Reply::Records { pages, .. } = reply else { panic!("unchanged") };
    let wanted = of_each(&["name".to_owned(), "id".to_owned()]);
    let records = listed(&pages[0], &wanted);
    let ids: Vec<_> = records.iter().map(|record| (record.get("id"), record.get("name"))).collect();
    let (one, two) = (Value::Int(1), Value::Int(2));
    let (elodie, ugo) = (Value::text("Élodie"), Value::text("Ugo"));
    assert_eq!(ids, [(Some(&one), Some(&elodie)), (Some(&two), Some(&ugo))]);
    let error = pages[0].value(&Limits::default()).unwrap_err();
    insta::assert_snapshot!(error.message, @"records.db has the column `photo` of type blob: write `hex(…)`, or `cast(… as text)` where it is text, in the query");
}
