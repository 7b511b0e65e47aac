//! Copies of personal data where the school authorised them: for the sign-in that made them, and gone with it.

use testbed::{Nginx, need};

use super::visitors::{ELSEWHERE, Phone, items_of, own_set, person};
use crate::schools::{CAMPUSES, Schools, website};

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        for set in ["grades", "loans"] {
            server.write(&format!("www/{campus}/{set}-adupont.json"), items_of("adupont", campus, 3));
        }
    }
    Schools::new(|campus| {
        let lasting = "]\nserver_copy = \"authorised\"\nfresh_for = \"5m\"\nstale_for = \"1h\"\n";
        let authorised = own_set("grades").replacen("]\n", lasting, 1);
        [ELSEWHERE, &website(&server.url(&format!("/{campus}"))), &authorised, &own_set("loans")].concat()
    })
}

#[tokio::test]
async fn a_fresh_copy_answers_by_itself_and_an_old_one_when_the_source_is_down() {
    let mut server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let phones = CAMPUSES.map(|campus| schools.phone(campus, person("adupont", &[])));
    let calls = |server: &Nginx, phone: &Phone| server.calls(&format!("/{}/grades-adupont.json", phone.campus));
    for phone in &phones {
        let first = schools.get_by(phone, "/api/data/grades").await;
        assert_eq!((first.items().len(), first.header("cache-status")), (3, "Preau; fwd=bypass"));
    }
    schools.pass(299);
    for phone in &phones {
        let hit = schools.get_by(phone, "/api/data/grades").await;
        assert_eq!((hit.items().len(), hit.header("cache-status"), hit.header("age")), (3, "Preau; hit; ttl=1", "299"));
        assert_eq!((hit.header("cache-control"), calls(&server, phone)), ("private, no-store", 1));
        let some = schools.get_by(phone, "/api/data/grades?limit=1").await;
        assert_eq!((some.each("id"), calls(&server, phone)), (vec!["adupont-1".to_owned()], 1));
    }
    schools.pass(2);
    for phone in &phones {
        assert_eq!(schools.get_by(phone, "/api/data/grades").await.header("age"), "0", "asked again");
        assert_eq!(calls(&server, phone), 2);
    }
    server.stop();
    schools.pass(301);
    for phone in &phones {
        let phone = schools.renewed(phone);
        let old = schools.get_by(&phone, "/api/data/grades").await;
        assert_eq!((old.items().len(), old.header("age")), (3, "301"));
        assert_eq!(old.header("cache-status"), "Preau; hit; ttl=-1; detail=source-unavailable");
        let several = schools.get_by(&phone, "/api/data?names=grades").await.json();
        assert_eq!(several["data"]["grades"]["stale"], true);
        let other = schools.phone(phone.campus, person("adupont", &[]));
        assert_eq!(schools.get_by(&other, "/api/data/grades").await.problem(), "source-unavailable", "another sign-in");
    }
    schools.pass(3600);
    for phone in phones.map(|phone| schools.renewed(&phone)) {
        assert_eq!(schools.get_by(&phone, "/api/data/grades").await.problem(), "source-unavailable", "too old");
    }
}

#[tokio::test]
async fn another_sign_in_of_the_same_person_asks_for_itself() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        for calls in 1..=3 {
            let phone = schools.phone(campus, person("adupont", &[]));
            for _ in 0..2 {
                assert_eq!(schools.get_by(&phone, "/api/data/grades").await.items().len(), 3);
                assert_eq!(server.calls(&format!("/{campus}/grades-adupont.json")), calls);
            }
        }
    }
}

#[tokio::test]
async fn a_copy_is_gone_with_its_session() {
    let server = need!(testbed::nginx(""));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        assert_eq!(schools.get_by(&phone, "/api/data/grades").await.status, 200);
        let headers = [("authorization", &*phone.bearer())];
        let ended = schools.post(campus, "/api/session/end", &headers, &[("refresh_token", &phone.refresh)]).await;
        assert_eq!(ended.status, 200, "{}", ended.text());
        assert_eq!(schools.get_by(&phone, "/api/data/grades").await.problem(), "sign-in-required");
    }
}

#[tokio::test]
async fn what_is_not_authorised_is_never_kept() {
    let mut server = need!(testbed::nginx(""));
    let schools = schools(&server);
    let phones = CAMPUSES.map(|campus| schools.phone(campus, person("adupont", &[])));
    for phone in &phones {
        for calls in 1..=2 {
            assert_eq!(schools.get_by(phone, "/api/data/loans").await.status, 200);
            assert_eq!(server.calls(&format!("/{}/loans-adupont.json", phone.campus)), calls);
        }
    }
    server.stop();
    for phone in &phones {
        assert_eq!(schools.get_by(phone, "/api/data/loans").await.problem(), "source-unavailable");
    }
}
