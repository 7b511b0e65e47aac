//! Who may read what.

use serde_json::json;
use testbed::{Nginx, need};

use super::visitors::{ELSEWHERE, Phone, own_set, person, set_for};
use crate::schools::{CAMPUSES, Schools, news, website};

const SETS: [&str; 4] = ["open", "ours", "theirs", "mine"];

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        for name in ["open", "ours", "theirs", "mine-adupont", "mine-bmartin"] {
            server.write(&format!("www/{campus}/{name}.json"), news(campus, 2));
        }
    }
    Schools::new(|campus| {
        let sets = [set_for("public", "open"), set_for("members", "ours"), set_for("group:l3 info", "theirs")];
        ELSEWHERE.to_owned() + &website(&server.url(&format!("/{campus}"))) + &sets.concat() + &own_set("mine")
    })
}

#[tokio::test]
async fn each_audience_reads_its_own_and_everybody_is_told_the_same() {
    const FINE: [&str; 4] = ["allowed"; 4];
    const NOBODY: [&str; 4] = ["allowed", "sign-in-required", "sign-in-required", "sign-in-required"];
    const OVER: [&str; 4] = ["allowed", "session-expired", "session-expired", "session-expired"];
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let phones = |groups: &[&str]| CAMPUSES.map(|campus| schools.phone(campus, person("adupont", groups)));
    let old = phones(&["l3 info"]);
    schools.pass(600);
    let (plain, grouped, ended) = (phones(&["l3"]), phones(&["autres", "l3 info"]), phones(&["l3 info"]));
    for phone in &ended {
        let session = schools.session(phone);
        schools.remember(schools.sessions.end(phone.campus, &session, schools.now())).await;
    }
    for (place, campus) in CAMPUSES.into_iter().enumerate() {
        let bearer = |phones: &[Phone; 2]| ("authorization", phones[place].bearer());
        let cookie = |phones: &[Phone; 2]| ("cookie", phones[place].cookies());
        let stranger = &grouped[1 - place];
        let readers = [
            ("nobody", ("accept", "*/*".to_owned()), NOBODY, false),
            ("a member", bearer(&plain), ["allowed", "allowed", "not-allowed", "allowed"], true),
            ("a member in a browser", cookie(&plain), ["allowed", "allowed", "not-allowed", "allowed"], true),
            ("one of the group", bearer(&grouped), FINE, true),
            ("one of the group in a browser", cookie(&grouped), FINE, true),
            ("another campus's", ("authorization", stranger.bearer()), NOBODY, false),
            ("another campus's in a browser", ("cookie", stranger.cookies()), NOBODY, false),
            ("a session that is over", bearer(&old), OVER, false),
            ("a session that is over in a browser", cookie(&old), OVER, false),
            ("somebody who signed out", bearer(&ended), NOBODY, false),
            (
                "a refresh token as a bearer",
                ("authorization", format!("Bearer {}", grouped[place].refresh)),
                NOBODY,
                false,
            ),
            ("a made-up token", ("authorization", "Bearer AAAA".to_owned()), NOBODY, false),
            ("another scheme", ("authorization", format!("Basic {}", grouped[place].access)), NOBODY, false),
        ];
        for (who, (header, value), expected, signed_in) in readers {
            let ask = async |path: &str| schools.ask(campus, path, &[(header, &value)]).await;
            let me = ask("/api/me").await;
            assert_eq!((me.status, me.header("cache-control")), (200, "private, no-store"));
            let me = me.json();
            assert_eq!((&me["signed_in"], &me["campus"]), (&json!(signed_in), &json!(campus)), "{who}");
            assert_eq!(me["login"], json!({ "method": "cas", "address": "/api/login" }));
            let several = ask("/api/data?names=open,ours,theirs,mine").await.json();
            for (name, outcome) in SETS.into_iter().zip(expected) {
                let answer = ask(&format!("/api/data/{name}")).await;
                let (status, control) = match (outcome, name) {
                    ("allowed", "open") => (200, "public, no-cache"),
                    ("allowed", "mine") => (200, "private, no-store"),
                    ("allowed", _) => (200, "private, no-cache"),
                    ("not-allowed", _) => (403, "no-store"),
                    _ => (401, "no-store"),
                };
                assert_eq!((answer.status, answer.header("cache-control")), (status, control), "{who}: {name}");
                assert_eq!(answer.header("www-authenticate"), if status == 401 { "Bearer" } else { "" });
                assert_eq!(answer.header("set-cookie"), "");
                if status != 200 {
                    assert_eq!(answer.problem(), outcome, "{who}: {name}");
                }
                assert_eq!(me["data"][name], outcome, "{who}: {name}");
                assert_eq!(several["data"][name]["status"], status, "{who}: {name}");
                let explained = ask(&format!("/api/explain/{name}")).await.json();
                assert_eq!(explained["allowed"], outcome == "allowed");
                assert_eq!(explained["signed_in"], signed_in);
            }
        }
    }
}

#[tokio::test]
async fn what_the_reader_is_allowed_asks_nobody_before_it_is_known() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        assert_eq!(schools.get(campus, "/api/data?names=ours,theirs,mine").await.status, 200);
        assert_eq!(schools.get_by(&phone, "/api/data/theirs").await.problem(), "not-allowed");
        assert_eq!(schools.get_by(&phone, "/api/data/mine?user=bmartin").await.problem(), "bad-parameter");
        assert_eq!(schools.get_by(&phone, "/api/data/mine?user_ine=1").await.problem(), "bad-parameter");
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn what_many_may_read_is_kept_once_for_all_of_them() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for user in ["adupont", "bmartin"] {
            let phone = schools.phone(campus, person(user, &["l3 info"]));
            for name in ["open", "ours", "theirs"] {
                assert_eq!(schools.get_by(&phone, &format!("/api/data/{name}")).await.items().len(), 2);
                assert_eq!(server.calls(&format!("/{campus}/{name}.json")), 1);
            }
        }
    }
}

#[tokio::test]
async fn me_says_who_one_is_and_which_channels_one_may_choose() {
    let schools = Schools::new(|_| {
        let channels = "[channels.beta]\ntesters = [\"user:adupont\"]\n\
                        [channels.next]\ntesters = [{ who = \"group:dsi\", until = \"2026-10-05\" }]\n\n";
        ELSEWHERE.to_owned() + channels + &website("http://127.0.0.1:9") + &set_for("members", "ours")
    });
    for campus in CAMPUSES {
        for (user, groups, channels) in [
            ("adupont", &["l3"][..], json!(["production", "beta"])),
            ("bmartin", &["dsi"][..], json!(["production", "next"])),
            ("dsi", &["adupont"][..], json!(["production"])),
        ] {
            let phone = schools.phone(campus, person(user, groups));
            let me = schools.get_by(&phone, "/api/me").await.json();
            assert_eq!((&me["user"], &me["name"]), (&json!(user), &json!(format!("Name of {user}"))));
            assert_eq!((&me["groups"], &me["affiliations"]), (&json!(groups), &json!(["student"])));
            assert_eq!((&me["roles"], &me["channels"]), (&json!([]), &channels), "{user}");
        }
        let me = schools.get(campus, "/api/me").await.json();
        assert!(me.get("user").is_none() && me.get("channels").is_none(), "{me}");
    }
    // To the last second of that day in Paris, and one more.
    schools.pass(14 * 3600 - 1);
    for next in [true, false] {
        let me = schools.get_by(&schools.phone(CAMPUSES[0], person("bmartin", &["dsi"])), "/api/me").await.json();
        assert_eq!(me["channels"].as_array().unwrap().contains(&json!("next")), next, "{me}");
        schools.pass(1);
    }
}

#[tokio::test]
async fn an_audience_that_changes_holds_at_once_for_what_is_kept_too() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &["l3 info"]));
        let source = ELSEWHERE.to_owned() + &website(&server.url(&format!("/{campus}")));
        let statuses = async || {
            let mine = schools.get_by(&phone, "/api/data/open").await;
            let nobodys = schools.get(campus, "/api/data/open").await;
            (mine.status, mine.header("cache-control").to_owned(), nobodys.status)
        };
        for (audience, control, anonymous) in [
            ("public", "public, no-cache", 200),
            ("members", "private, no-cache", 401),
            ("self", "private, no-store", 401),
            ("group:l3 info", "private, no-cache", 401),
            ("public", "public, no-cache", 200),
        ] {
            schools.declare(campus, &(source.clone() + &set_for(audience, "open")));
            assert_eq!(statuses().await, (200, control.to_owned(), anonymous), "{audience}");
        }
        schools.declare(campus, &(source + &set_for("group:l2", "open")));
        assert_eq!(schools.get_by(&phone, "/api/data/open").await.problem(), "not-allowed");
    }
}
