//! Records that do not do: they alone are lost, and the account says why without saying what they held.

use serde_json::{Value, json};
use testbed::need;

use crate::schools::{CAMPUSES, Schools, mark, set, website};

#[tokio::test]
async fn a_bad_record_is_lost_alone_and_the_account_says_which_field_and_why() {
    let server = need!(testbed::nginx(""));
    let secret = "planted-value";
    for campus in CAMPUSES {
        let title = mark(campus);
        let records = json!([
            { "id": "1", "title": title, "published": "2026-10-01T08:00:00Z" },
            { "id": "2", "published": "2026-10-02T08:00:00Z", "summary": secret },
            { "id": "3", "title": title, "published": format!("31/31/2026 {secret}") },
            { "id": "4", "title": title, "published": "2026-10-04T08:00:00Z", "url": format!("javascript:{secret}") },
            { "id": "1", "title": secret, "published": "2026-10-05T08:00:00Z" },
            { "id": secret, "title": { "rendered": secret }, "published": "2026-10-05T08:00:00Z" },
            [secret],
        ]);
        server.write(&format!("www/{campus}/news.json"), records.to_string());
        server.write(&format!("www/{campus}/events.json"), json!([{ "id": secret }, {}]).to_string());
        server.write(&format!("www/{campus}/places.json"), "[]");
    }
    let schools = Schools::new(|campus| {
        let sets = [set("news", "news"), set("events", "events"), set("places", "places")];
        website(&server.url(&format!("/{campus}"))) + &sets.concat()
    });
    for campus in CAMPUSES {
        let explain = async |name: &str| schools.get(campus, &format!("/api/explain/{name}")).await;
        assert_eq!(explain("news").await.json()["why"]["reason"], "not-asked-yet");
        assert_eq!(explain("news").await.json()["source"]["state"], "unknown");

        assert_eq!(schools.get(campus, "/api/data/news").await.each("id"), ["4", "1"]);
        let explained = explain("news").await;
        assert!(!explained.text().contains(secret), "{}", explained.text());
        let explained = explained.json();
        assert_eq!(explained["why"]["reason"], "some-records-rejected");
        assert_eq!(explained["items"], 2);
        insta::allow_duplicates! { insta::assert_snapshot!(brief(&explained["account"]), @r#"
        received 7, mapped 2, rejected 5, omitted 1
        record 2 rejected: title: no value, and the field is required
        record 3 rejected: published: not an instant: give RFC 3339 or ISO 8601, or convert with datetime("%d/%m/%Y %H:%M") or epoch
        record 4 omitted: url: not an absolute address (https:, http:, mailto:, tel: or geo:)
        record 5 rejected: id: another record has this id already: ids must be unique and stable
        record 6 rejected: title: object where text is expected
        record 7 rejected: id: cannot index array with "id"
        "#) };

        assert!(schools.get(campus, "/api/data/events").await.items().is_empty());
        assert_eq!(explain("events").await.json()["why"]["reason"], "all-records-rejected");
        assert!(!explain("events").await.text().contains(secret));
        assert!(schools.get(campus, "/api/data/places").await.items().is_empty());
        assert_eq!(explain("places").await.json()["why"]["reason"], "empty-at-the-source");
    }
}

/// An account as lines.
fn brief(account: &Value) -> String {
    let count = |name: &str| format!("{name} {}", account[name]);
    let mut lines = vec![["received", "mapped", "rejected", "omitted"].map(count).join(", ")];
    for complaint in account["complaints"].as_array().unwrap() {
        let fate = if complaint["rejected"] == true { "rejected" } else { "omitted" };
        let [field, reason] = ["field", "reason"].map(|name| complaint[name].as_str().unwrap());
        lines.push(format!("record {} {fate}: {field}: {reason}", complaint["record"]));
        assert!(complaint.get("value").is_none() && complaint.get("id").is_none());
    }
    lines.join("\n")
}
