//! Parameters of a request: what is wrong is told with a remedy, and no two answers are mistaken for each other.

use serde_json::json;
use testbed::{Nginx, need};

use crate::schools::{CAMPUSES, Schools, mark, set, website};

/// `events` of a group, which may be anything up to four letters, in a language.
fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        for group in ["l3", "m1"] {
            let title = format!("{group} {}", mark(campus));
            let records = json!([{ "id": group, "title": title, "start": "2026-10-06T08:00:00Z" }]);
            server.write(&format!("www/{campus}/{group}.json"), records.to_string());
        }
        server.write(&format!("www/{campus}/places.json"), "[]");
    }
    let events = set("events", "events").replace("events.json", "{group}.json")
        + "[data.events.params.group]\nabout = \"a group\"\nmax_length = 4\n"
        + "[data.events.params.lang]\ndefault = \"fr\"\none_of = [\"fr\", \"en\"]\n";
    Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &events + &set("places", "places"))
}

#[tokio::test]
async fn each_value_has_its_own_answer() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for _ in 0..2 {
            for group in ["l3", "m1"] {
                assert_eq!(schools.get(campus, &format!("/api/data/events?group={group}")).await.each("id"), [group]);
            }
        }
        let asked = schools.get(campus, "/api/data/events?lang=fr&group=l3").await;
        assert_eq!(asked.origin(), "hit", "neither order nor a default makes another answer");
        assert_eq!(schools.get(campus, "/api/data/events?lang=en&group=l3").await.origin(), "miss");
        assert_eq!(schools.get(campus, "/api/data?names=events,places&group=l3").await.status, 200);
        let explained = schools.get(campus, "/api/explain/events?group=l3").await.json();
        assert_eq!((&explained["items"], &explained["parameters"]["lang"]), (&json!(1), &json!("fr")));
    }
    for (path, calls) in [("l3", 2), ("m1", 1), ("places", 1)] {
        assert_eq!(CAMPUSES.map(|campus| server.calls(&format!("/{campus}/{path}.json"))), [calls; 2], "{path}");
    }
}

#[tokio::test]
async fn a_wrong_parameter_is_told_with_its_remedy_and_asks_nobody() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let many: String = (0..33).map(|number| format!("p{number}=1&")).collect();
    let long = format!("/api/data/events?{}=1", "x".repeat(5000));
    for campus in CAMPUSES {
        for (path, says) in [
            ("/api/data/events?grup=l3", "unknown parameter \"grup\": did you mean \"group\"?"),
            ("/api/data/places?zzzzzz=1", "unknown parameter \"zzzzzz\": known here: cursor, from, limit, q, to"),
            ("/api/data/places?group=l3", "unknown parameter \"group\""),
            ("/api/data/events", "the parameter \"group\" is required: a group"),
            ("/api/data/events?group=l3&group=m1", "the parameter \"group\" is given twice"),
            ("/api/data/events?group=l3&%67roup=l3", "the parameter \"group\" is given twice"),
            ("/api/data/events?group=l3+L3", "longer than 4 characters"),
            ("/api/data/events?group=%00", "control characters"),
            ("/api/data/events?group=l3&lang=de", "is one of fr, en"),
            ("/api/data/events?group=l3&from=hier", "from is an instant (2026-10-05T08:00:00Z) or a day (2026-10-05)"),
            ("/api/data/events?group=l3&to=2026-13-01", "to is an instant"),
            ("/api/data/places?from=2026-10-05", "\"places\" has no time: from does not apply"),
            ("/api/data/places?limit=0", "limit is a number from 1 to 1000"),
            ("/api/data/places?limit=1001", "limit is a number from 1 to 1000"),
            ("/api/data/places?limit=-1", "limit is a number from 1 to 1000"),
            ("/api/data/places?cursor=%C3%A9", "cursor is the `next` of an earlier answer, as it was"),
            ("/api/data/places?q=a+b+c+d+e+f+g+h+i", "q has at most 8 words"),
            ("/api/data?names=places&nmes=1", "did you mean \"names\"?"),
            ("/api/data?names=places&cursor=YQ", "unknown parameter \"cursor\""),
            ("/api/data?names=", "names is a list of 1 to 20 data sets"),
            ("/api/data", "names is a list of 1 to 20 data sets"),
            (&format!("/api/data/events?{many}"), "more than 32 parameters"),
            (&long, "unknown parameter \"xxxx"),
        ] {
            let answer = schools.get(campus, path).await;
            assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-parameter"), "{path}");
            assert!(answer.detail().contains(says) && answer.body.len() < 500, "{path}: {}", answer.detail());
        }
    }
    assert_eq!(server.requests(), [""; 0]);
}
