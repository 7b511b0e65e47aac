//! Whole sign-ins at real providers: django-cas-server, and OpenLDAP behind our own form.

use std::time::Duration;

use identity::{Begun, Rehearsal, Site};
use outbound::{Outbound, Rules};
use serde_json::json;
use settings::Secret;
use testbed::{Nginx, Slapd, need};
use url::{Url, form_urlencoded};

use super::visitors::{Browser, items_of, own_set};
use crate::schools::{Answer, CAMPUSES, Given, Schools, website};

fn schools(server: &Nginx, login: &str) -> Schools {
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/grades-22204518.json"), items_of("22204518", campus, 1));
    }
    Schools::with(Given { patience: Duration::from_secs(30), ..Given::default() }, |campus| {
        format!("[login]\n{login}\n\n") + &website(&server.url(&format!("/{campus}"))) + &own_set("grades")
    })
}

#[tokio::test]
async fn a_cas_server_signs_people_in_and_they_read_what_is_theirs() {
    let (server, cas) = (need!(testbed::nginx("")), need!(testbed::django_cas()));
    let schools =
        schools(&server, &format!("method = \"cas\"\nurl = \"{}\"\nuser = \".supannEtuId // .user\"", cas.url()));
    let rules = Rules {
        private: vec!["127.0.0.0/8".parse().unwrap()],
        first_byte_timeout: Duration::from_secs(30),
        ..Rules::default()
    };
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        let away = browser.get("/api/login?return=/api/data/grades").await;
        let begun = Begun::Redirect(Url::parse(away.header("location")).unwrap());
        let site = Site::new(&Url::parse(&format!("http://{campus}.localhost")).unwrap()).unwrap();
        let mut person = Rehearsal::new(&Outbound::new(&[]).unwrap(), rules.clone());
        let given =
            person.sign_in(begun, &site, "adupont", &Secret::new("demo")).await.unwrap_or_else(|e| panic!("{e}"));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&given.query).finish();
        let back = browser.get(&format!("/api/login/callback?{query}")).await;
        assert_eq!((back.status, back.header("location")), (303, "/api/data/grades"), "{}", back.text());

        let me = browser.get("/api/me").await.json();
        assert_eq!((&me["user"], &me["name"]), (&json!("22204518"), &json!("Aline Dupont")));
        assert_eq!(me["affiliations"], json!(["member", "student"]));
        assert_eq!(browser.get(back.header("location")).await.each("id"), ["22204518-1"]);
        assert_eq!(browser.post("/api/session/end", &[]).await.status, 200);
        assert_eq!(browser.get("/api/data/grades").await.problem(), "sign-in-required");
    }
}

/// A directory without TLS, on this machine.
fn directory(slapd: &Slapd) -> String {
    let [base, reader, password] = [Slapd::BASE, Slapd::READER, Slapd::READER_PASSWORD];
    format!(
        "method = \"ldap\"\nurl = \"ldap://{}\"\nbase = \"{base}\"\nbind_dn = \"{reader}\"\nbind_password = \"{password}\"",
        slapd.address()
    )
}

#[tokio::test]
async fn our_own_form_signs_people_in_against_a_directory() {
    let (server, slapd) = (need!(testbed::nginx("")), need!(testbed::slapd(testbed::PEOPLE)));
    let schools = schools(&server, &directory(&slapd));
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        let form = browser.get("/api/login?return=/api/data/grades").await;
        assert_eq!((form.status, form.header("cache-control")), (200, "no-store"));
        assert!(form.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(form.text().contains("<form method=\"post\" action=\"/api/login\">"));

        let typed = [("user", "adupont\"><b>"), ("password", "planted-password")];
        let wrong = browser.post("/api/login", &typed).await;
        assert_eq!((wrong.status, browser.is_signed_in()), (403, false));
        assert!(
            wrong.text().contains("value=\"adupont&quot;&gt;&lt;b&gt;\"") && wrong.text().contains("role=\"alert\"")
        );
        assert!(!wrong.text().contains("planted-password"));
        for empty in [&[][..], &[("user", "adupont")], &[("user", "adupont"), ("password", "")]] {
            assert_eq!(browser.post("/api/login", empty).await.status, 403);
        }
        let right = browser.post("/api/login", &[("user", "adupont"), ("password", "demo")]).await;
        assert_eq!((right.status, right.header("location")), (303, "/api/data/grades"), "{}", right.text());
        assert_eq!(browser.get("/api/me").await.json()["user"], "22204518");
        assert_eq!(browser.get("/api/data/grades").await.each("id"), ["22204518-1"]);
        let ended = browser.post("/api/session/end", &[]).await;
        assert_eq!((ended.json(), browser.is_signed_in()), (json!({ "provider": null, "replicated": false }), false));

        let started_elsewhere = Browser::new(&schools, campus);
        let binds = slapd.binds("uid=adupont");
        let stale = started_elsewhere.post("/api/login", &[("user", "adupont"), ("password", "demo")]).await;
        assert_eq!((stale.status, started_elsewhere.is_signed_in()), (400, false), "no sign-in began in this browser");
        assert_eq!(slapd.binds("uid=adupont"), binds);
    }
}

#[tokio::test]
async fn who_guesses_is_slowed_down_before_the_directory_locks_anybody_out() {
    let (server, slapd) = (need!(testbed::nginx("")), need!(testbed::slapd(testbed::PEOPLE)));
    let schools = schools(&server, &directory(&slapd));
    for campus in CAMPUSES {
        let browser = Browser::new(&schools, campus);
        assert_eq!(browser.get("/api/login").await.status, 200);
        let guess = async |password: &str| -> Answer {
            browser.post("/api/login", &[("user", "adupont"), ("password", password)]).await
        };
        for number in 0..5 {
            assert_eq!(guess(&format!("wrong-{number}")).await.status, 403);
        }
        let binds = slapd.binds("uid=adupont");
        for number in 0..20 {
            let answer = guess(&format!("more-{number}")).await;
            assert_eq!((answer.status, browser.is_signed_in()), (429, false));
            assert!(answer.text().contains("role=\"alert\""));
        }
        assert_eq!(guess("demo").await.status, 429, "even with the right one: nobody learns which it is");
        assert_eq!(slapd.binds("uid=adupont"), binds, "the directory saw none of them");

        let friend = Browser::new(&schools, campus);
        friend.get("/api/login").await;
        assert_eq!(friend.post("/api/login", &[("user", "bmartin"), ("password", "demo")]).await.status, 303);
        schools.pass(60);
        assert_eq!(guess("demo").await.status, 303, "after a minute");
        let metrics = schools.admin("GET", "/metrics", json!(null)).await.text();
        let line = format!("preau_sign_ins_total{{campus=\"{campus}\",outcome=\"too_many\"}} 21\n");
        assert!(metrics.contains(&line), "{metrics}");
    }
}
