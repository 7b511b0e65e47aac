//! What one person may cost a school's systems, and that nobody else pays for it.

use futures_util::future::join_all;
use identity::Tokens;
use testbed::{Nginx, need};

use super::visitors::{Phone, items_of, own_set, person};
use crate::schools::{CAMPUSES, Schools, website};

/// A login that gives tokens, and that no scenario reaches.
const ELSEWHERE: &str = "[login]\nmethod = \"oidc\"\nissuer = \"https://sso.invalid\"\nclient_id = \"preau\"\n\n";

/// What lies in `www/guarded` is for who brings the right token.
const GUARDED: &str = r#"location /guarded/ { if ($http_authorization != "Bearer right") { return 401; } }"#;

fn schools(server: &Nginx) -> Schools {
    for campus in CAMPUSES {
        for user in ["adupont", "bmartin"] {
            server.write(&format!("www/{campus}/grades-{user}.json"), items_of(user, campus, 1));
            server.write(&format!("www/guarded/{campus}/loans-{user}.json"), items_of(user, campus, 1));
        }
    }
    Schools::new(|campus| {
        let param = "[data.grades.params.year]\ndefault = \"2026\"\n";
        let guarded = website(&server.url(&format!("/guarded/{campus}"))).replace("website", "guarded");
        let guarded = guarded.trim_end().to_owned() + "\nauth = { person = \"token\" }\n\n";
        let loans = own_set("loans").replace("website", "guarded");
        [ELSEWHERE, &website(&server.url(&format!("/{campus}"))), &own_set("grades"), param, &guarded, &loans].concat()
    })
}

fn tokens(access: &str, until: Option<i64>) -> Tokens {
    Tokens { access: Some(access.to_owned()), access_until: until, ..Tokens::default() }
}

#[tokio::test]
async fn sixty_calls_a_minute_are_one_persons_and_the_next_waits() {
    let server = need!(testbed::nginx(GUARDED));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let [mine, others] = ["adupont", "bmartin"].map(|user| schools.phone(campus, person(user, &[])));
        let elsewhere = schools.phone(campus, person("adupont", &[]));
        for _ in 0..60 {
            assert_eq!(schools.get_by(&mine, "/api/data/grades").await.status, 200);
        }
        for phone in [&mine, &elsewhere] {
            let refused = schools.get_by(phone, "/api/data/grades").await;
            assert_eq!((refused.status, refused.problem().as_str()), (429, "too-many-requests"));
            assert_eq!(refused.header("retry-after"), "1");
        }
        let several = schools.get_by(&mine, "/api/data?names=grades").await.json();
        assert_eq!(several["data"]["grades"]["status"], 429);
        assert_eq!(schools.get_by(&others, "/api/data/grades").await.status, 200);
        assert_eq!(server.calls(&format!("/{campus}/grades-adupont.json")), 60);
        schools.pass(1);
        assert_eq!(schools.get_by(&mine, "/api/data/grades").await.status, 200);
        assert_eq!(schools.get_by(&mine, "/api/data/grades").await.status, 429);
    }
}

#[tokio::test]
async fn asking_everything_at_once_costs_no_more() {
    let server = need!(testbed::nginx(GUARDED));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let phone = schools.phone(campus, person("adupont", &[]));
        let paths: Vec<_> = (0..90).map(|year| format!("/api/data/grades?year={year}")).collect();
        let answers = join_all(paths.iter().map(|path| schools.get_by(&phone, path))).await;
        let count = |status| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(200), count(429)), (60, 30));
        assert_eq!(server.calls(&format!("/{campus}/grades-adupont.json")), 60);
    }
}

#[tokio::test]
async fn a_source_that_refused_a_person_three_times_is_left_alone_for_a_quarter_of_an_hour() {
    let server = need!(testbed::nginx(GUARDED));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let calls = |user: &str| server.calls(&format!("/guarded/{campus}/loans-{user}.json"));
        let wrong = schools.phone_with(campus, person("adupont", &[]), tokens("wrong", None), None);
        let read = async |phone: &Phone| schools.get_by(&schools.renewed(phone), "/api/data/loans").await;
        for _ in 0..3 {
            let answer = read(&wrong).await;
            assert_eq!((answer.status, answer.problem().as_str()), (502, "source-refused"));
        }
        let refused = read(&wrong).await;
        assert_eq!((refused.status, refused.problem().as_str()), (429, "too-many-requests"));
        assert_eq!(refused.header("retry-after"), "900");
        for _ in 0..20 {
            assert_eq!(read(&wrong).await.status, 429);
        }
        assert_eq!(calls("adupont"), 3);

        let right = schools.phone_with(campus, person("bmartin", &[]), tokens("right", None), None);
        assert_eq!(read(&right).await.each("id"), ["bmartin-1"]);
        assert_eq!(schools.get_by(&wrong, "/api/data/grades").await.status, 200, "another source");
        schools.pass(899);
        assert_eq!((read(&wrong).await.header("retry-after"), calls("adupont")), ("1", 3));
        schools.pass(1);
        assert_eq!((read(&wrong).await.status, calls("adupont")), (502, 4));
        assert_eq!((read(&wrong).await.status, calls("adupont")), (429, 4));
    }
}

#[tokio::test]
async fn no_source_is_asked_with_a_token_that_is_over_or_not_there() {
    let server = need!(testbed::nginx(GUARDED));
    let schools = schools(&server);
    for campus in CAMPUSES {
        let now = schools.now().as_second();
        for (tokens, problem) in [
            (tokens("right", Some(now)), "session-expired"),
            (tokens("right", Some(now - 1000)), "session-expired"),
            (Tokens::default(), "sign-in-required"),
        ] {
            let phone = schools.phone_with(campus, person("adupont", &[]), tokens, None);
            // More often than a source may refuse: none of it is a refusal by the source.
            for _ in 0..5 {
                let answer = schools.get_by(&phone, "/api/data/loans").await;
                assert_eq!((answer.status, answer.problem().as_str()), (401, problem));
            }
        }
        assert_eq!(server.requests(), [""; 0]);
    }
    for campus in CAMPUSES {
        let until = schools.now().as_second() + 60;
        let phone = schools.phone_with(campus, person("adupont", &[]), tokens("right", Some(until)), None);
        assert_eq!(schools.get_by(&phone, "/api/data/loans").await.each("id"), ["adupont-1"]);
    }
}
