//! A declaration that changes while it is served.

use serde_json::json;
use testbed::{Nginx, need};

use crate::schools::{CAMPUSES, Schools, mark, news, set, website};

fn declaration(server: &Nginx, campus: &str) -> String {
    website(&server.url(&format!("/{campus}"))) + &set("news", "news") + &set("events", "events")
}

/// Both campuses, with both sets known.
async fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        let event = json!([{ "id": "1", "title": mark(campus), "start": "2026-10-06T08:00:00Z" }]);
        server.write(&format!("www/{campus}/news.json"), news(campus, 2));
        server.write(&format!("www/{campus}/events.json"), event.to_string());
    }
    let schools = Schools::new(|campus| declaration(server, campus));
    for campus in CAMPUSES {
        for set in ["news", "events"] {
            assert_eq!(schools.get(campus, &format!("/api/data/{set}")).await.origin(), "miss");
        }
    }
    schools
}

#[tokio::test]
async fn a_changed_mapping_never_answers_with_what_the_former_one_made() {
    let mut server = need!(testbed::nginx(""));
    let schools = schools(&server).await;
    let changed = declaration(&server, "rivage").replacen("title = \".title\"", "title = '\"new: \" + .title'", 1);
    schools.declare("rivage", &changed);
    let answer = schools.get("rivage", "/api/data/news").await;
    assert_eq!((answer.origin(), answer.each("title")[0].as_str()), ("miss", "new: Article 1, mark-of-rivage"));
    assert_eq!(schools.get("rivage", "/api/data/events").await.origin(), "hit", "what did not change is kept");
    assert_eq!(schools.get("colline", "/api/data/news").await.origin(), "hit");

    server.stop();
    schools.declare("rivage", &changed.replace("new: ", "newer: "));
    assert_eq!(schools.get("rivage", "/api/data/news").await.problem(), "source-unavailable", "rather than the old");
    assert_eq!(schools.get("rivage", "/api/data/events").await.origin(), "hit");
}

#[tokio::test]
async fn all_that_makes_an_item_another_one_makes_another_answer() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server).await;
    let first = declaration(&server, "rivage");
    let own_kind = "[kinds.notes.title]\nfr = \"Notes\"\nen = \"Notes\"\n[kinds.notes.fields.title]\ntype = \"text\"\nabout = \"A title.\"\n";
    let of_own_kind = first.replace("[data.news]\nkind = \"news\"", "[data.news]\nkind = \"notes\"");
    let of_own_kind = ["summary", "url", "published"]
        .iter()
        .fold(of_own_kind, |all, field| all.replacen(&format!("{field} = \".{field}\"\n"), "", 1));
    server.write("www/elsewhere/news.json", news("rivage", 5));
    server.write("www/rivage/more.json", news("rivage", 5));
    for (change, zone, declaration) in [
        ("the source", "Europe/Paris", first.replace("/rivage", "/elsewhere")),
        ("the path", "Europe/Paris", first.replace("path = \"news.json\"", "path = \"more.json\"")),
        ("the time zone", "America/Martinique", first.clone()),
        ("the kind", "Europe/Paris", of_own_kind.clone() + own_kind),
        ("a field of the kind", "Europe/Paris", of_own_kind + &own_kind.replace("\"text\"", "\"html\"")),
    ] {
        schools.declare_in(zone, "rivage", &declaration);
        let answer = schools.get("rivage", "/api/data/news").await;
        assert_eq!((answer.status, answer.origin()), (200, "miss"), "{change}");
    }
}

#[tokio::test]
async fn a_broken_declaration_changes_nothing_and_a_missing_set_is_gone_at_once() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server).await;
    schools.spoil("rivage", &declaration(&server, "rivage").replace("title = \".title\"", "titel = \".title\""));
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "hit");
    schools.declare("rivage", &declaration(&server, "rivage").replace("data.events", "data.agenda"));
    assert_eq!(schools.get("rivage", "/api/data/events").await.status, 404);
    assert_eq!(schools.get("rivage", "/api/data/news").await.origin(), "hit");
    assert_eq!(schools.get("colline", "/api/data/events").await.origin(), "hit");
    schools.remove("rivage");
    assert_eq!(schools.get("rivage", "/api/data/news").await.problem(), "unknown-campus");
    assert_eq!(schools.get("colline", "/api/data/news").await.origin(), "hit");
}
