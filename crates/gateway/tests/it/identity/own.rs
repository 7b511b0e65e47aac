//! Personal data: asked in the person's name, given to that person, kept by nobody.

use std::io::Read;

use futures_util::future::join_all;
use serde_json::json;
use testbed::{Nginx, need};

use super::visitors::{ELSEWHERE, items_of, own_set, person, set_for};
use crate::schools::{CAMPUSES, Schools, mark, website};

const PEOPLE: [&str; 2] = ["adupont", "bmartin"];

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        for user in PEOPLE {
            server.write(&format!("www/{campus}/grades-{user}.json"), items_of(user, campus, 9));
        }
    }
    Schools::new(|campus| ELSEWHERE.to_owned() + &website(&server.url(&format!("/{campus}"))) + &own_set("grades"))
}

#[tokio::test]
async fn each_person_reads_their_own_and_nothing_of_it_is_kept() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for user in PEOPLE {
            let phone = schools.phone(campus, person(user, &[]));
            for round in 1..=2 {
                let answer = schools.get_by(&phone, "/api/data/grades").await;
                assert_eq!(answer.items().len(), 9);
                assert!(
                    answer.each("title").iter().all(|title| title.contains(&format!("of {user}, {}", mark(campus))))
                );
                assert_eq!((answer.header("cache-status"), answer.header("age")), ("Preau; fwd=bypass", "0"));
                assert_eq!(answer.header("set-cookie"), "");
                assert_eq!(server.calls(&format!("/{campus}/grades-{user}.json")), round, "asked each time");
            }
        }
    }
    let kept = schools.admin("GET", "/cache", json!(null)).await.json();
    assert_eq!((&kept["entries"], &kept["bytes"]), (&json!(0), &json!(0)));
    let metrics = schools.admin("GET", "/metrics", json!(null)).await.text();
    assert!(PEOPLE.iter().all(|user| !metrics.contains(user)), "{metrics}");
}

#[tokio::test]
async fn a_phone_that_has_it_already_is_told_so() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phones = PEOPLE.map(|user| schools.phone(campus, person(user, &[])));
        let tag = schools.get_by(&phones[0], "/api/data/grades").await.header("etag").to_owned();
        schools.pass(10);
        let asked = async |place: usize| {
            let headers = [("authorization", &*phones[place].bearer()), ("if-none-match", &tag)];
            schools.ask(campus, "/api/data/grades", &headers).await
        };
        let again = asked(0).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, &*tag));
        assert_eq!(again.header("cache-control"), "private, no-store");
        assert_eq!(asked(1).await.items().len(), 9, "another person's tag is not theirs");
    }
}

#[tokio::test]
async fn filters_pages_and_codings_work_as_on_public_sets() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        let found = async |query: &str| schools.get_by(&phone, &format!("/api/data/grades?{query}")).await.each("id");
        assert_eq!(found("q=grade+007").await, ["adupont-7"]);
        assert_eq!(found("from=2026-10-01T10:57:00Z").await, ["adupont-1", "adupont-2"]);
        assert_eq!(found("from=2026-10-02").await, [""; 0]);
        let first = schools.get_by(&phone, "/api/data/grades?limit=4").await;
        let next = first.json()["next"].as_str().unwrap().to_owned();
        let rest = found(&format!("cursor={next}")).await;
        assert_eq!((first.items().len(), rest.len(), rest[0].as_str()), (4, 5, "adupont-5"));
        let whole = schools.get_by(&phone, "/api/data/grades").await;
        for query in ["", "?limit=9"] {
            let headers = [("authorization", &*phone.bearer()), ("accept-encoding", "gzip")];
            let coded = schools.ask(campus, &format!("/api/data/grades{query}"), &headers).await;
            assert_eq!((coded.header("content-encoding"), coded.header("vary")), ("gzip", "Accept-Encoding"));
            let mut plain = String::new();
            flate2::read::GzDecoder::new(&*coded.body).read_to_string(&mut plain).unwrap();
            assert_eq!(plain, whole.text());
            assert!(coded.header("etag").ends_with("-gzip\""));
        }
    }
}

#[tokio::test]
async fn one_call_however_often_a_person_asks_at_once_and_one_for_each_person() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phones = PEOPLE.map(|user| schools.phone(campus, person(user, &[])));
        let reads = (0..50).map(|_| schools.get_by(&phones[0], "/api/data/grades"));
        assert!(join_all(reads).await.iter().all(|answer| answer.each("id")[0] == "adupont-1"));
        assert_eq!(server.calls(&format!("/{campus}/grades-adupont.json")), 1);

        let reads = (0..20).map(|place| schools.get_by(&phones[place % 2], "/api/data/grades"));
        for (place, answer) in join_all(reads).await.iter().enumerate() {
            assert_eq!(answer.each("id")[0], format!("{}-1", PEOPLE[place % 2]));
        }
        assert_eq!(PEOPLE.map(|user| server.calls(&format!("/{campus}/grades-{user}.json"))), [2, 1]);
    }
}

#[tokio::test]
async fn when_the_source_is_down_there_is_a_problem_and_nobodys_data() {
    let mut server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let phones = CAMPUSES.map(|campus| PEOPLE.map(|user| schools.phone(campus, person(user, &[]))));
    for phone in phones.as_flattened() {
        assert_eq!(schools.get_by(phone, "/api/data/grades").await.status, 200);
    }
    server.stop();
    for phone in phones.as_flattened() {
        let answer = schools.get_by(phone, "/api/data/grades").await;
        assert_eq!((answer.status, answer.problem().as_str()), (503, "source-unavailable"));
        assert!(!answer.text().contains("Grade") && answer.header("retry-after").parse::<u64>().unwrap() > 0);
    }
    server.start();
    for phone in phones.as_flattened() {
        assert_eq!(schools.get_by(phone, "/api/data/grades").await.items().len(), 9);
    }
}

#[tokio::test]
async fn the_request_says_who_it_is_about_and_no_name_leads_elsewhere() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/secret.json"), items_of("somebody", campus, 1));
        server.write(&format!("www/{campus}/of/adupont/ine-of-adupont.json"), items_of("adupont", campus, 1));
    }
    let schools = Schools::new(|campus| {
        let set = set_for("self", "grades").replace("grades.json", "of/{user}/{user_ine}.json");
        let attributes = ELSEWHERE.trim_end().to_owned() + "\nattributes = { ine = \".ine\" }\n\n";
        attributes + &website(&server.url(&format!("/{campus}"))) + &set
    });
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        assert_eq!(schools.get_by(&phone, "/api/data/grades").await.each("id"), ["adupont-1"]);
        for (user, ine) in [
            ("..", "secret"),
            ("../..", "secret"),
            (".", "../../secret"),
            ("adupont/..", "../../secret"),
            ("%2e%2e", "secret"),
            ("a", "..\\..\\secret"),
            ("a?b", "secret"),
            ("a#b", "secret"),
            ("", "/../secret"),
        ] {
            let mut person = person(user, &[]);
            person.attributes.insert("ine".to_owned(), ine.to_owned());
            let answer = schools.get_by(&schools.phone(campus, person), "/api/data/grades").await;
            assert_eq!((answer.status, answer.problem().as_str()), (502, "source-rejected"), "{user} {ine}");
        }
        let without = super::visitors::person("adupont", &[]);
        let without = identity::Person { attributes: [].into(), ..without };
        let answer = schools.get_by(&schools.phone(campus, without), "/api/data/grades").await;
        assert_eq!(answer.problem(), "source-rejected", "an attribute that the claims lack");
        assert_eq!(server.calls(&format!("/{campus}/secret.json")), 0);
    }
}

#[tokio::test]
async fn a_database_is_asked_for_the_person_alone() {
    let server = need!(testbed::postgres());
    for campus in CAMPUSES {
        let _ = server.create(campus);
        let rows = PEOPLE.map(|user| format!("('{user}', 'ine-of-{user}', 'Grade of {user}, {}')", mark(campus)));
        server.sql(
            campus,
            &format!(
                "create table note (etu text, ine text, titre text); insert into note values {};
                 alter table note owner to {campus};",
                rows.join(", ")
            ),
        );
    }
    let schools = Schools::new(|campus| {
        let url = format!("postgres://{campus}:password-of-{campus}@{}/{campus}", server.address());
        ELSEWHERE.trim_end().to_owned()
            + &format!(
                r#"
                attributes = {{ ine = ".ine" }}
                [sources.records]
                connector = "sql"
                url = "{url}"
                [data.grades]
                kind = "news"
                audience = "self"
                source = "records"
                query = "select * from note where etu = :user::text and ine = :user_ine::text"
                [data.grades.map]
                each = ".[]"
                id = ".etu"
                title = ".titre"
                published = "\"2026-10-01T08:00:00Z\""
                "#
            )
    });
    for campus in CAMPUSES {
        for user in PEOPLE {
            let phone = schools.phone(campus, person(user, &[]));
            assert_eq!(schools.get_by(&phone, "/api/data/grades").await.each("id"), [user]);
        }
        let mut mixed = person("adupont", &[]);
        mixed.attributes = person("bmartin", &[]).attributes;
        for person in [mixed, person("' or 1=1 --", &[]), person("%", &[])] {
            assert!(schools.get_by(&schools.phone(campus, person), "/api/data/grades").await.items().is_empty());
        }
    }
    assert_eq!(schools.admin("GET", "/cache", json!(null)).await.json()["entries"], 0);
}
