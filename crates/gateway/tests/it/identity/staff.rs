//! What staff may do, and who is staff.

use identity::{Person, Role, Staff};
use serde_json::json;

use super::visitors::{ELSEWHERE, person, set_for};
use crate::schools::{CAMPUSES, Given, Schools, website};

const SIGN_OUT: &str = "/api/staff/sign-out";

fn schools() -> Schools {
    let who = |text: &str| vec![text.parse().unwrap()];
    let staff = Staff::from([
        (Role::Operator, who("user:root")),
        (Role::Support, who("group:helpdesk")),
        (Role::Editor, who("user:editor")),
    ]);
    Schools::with(Given { staff, ..Given::default() }, |_| {
        ELSEWHERE.to_owned() + &website("http://127.0.0.1:9") + &set_for("members", "ours")
    })
}

fn claiming(user: &str, roles: &[&str]) -> Person {
    Person { roles: roles.iter().map(ToString::to_string).collect(), ..person(user, &[]) }
}

#[tokio::test]
async fn roles_come_from_claims_and_the_operators_file_and_operators_from_the_file_alone() {
    let schools = schools();
    for campus in CAMPUSES {
        for (person, roles, may) in [
            (claiming("a", &["support"]), json!(["support"]), true),
            (claiming("a", &["admin", "dean"]), json!(["admin"]), true),
            (claiming("a", &["operator"]), json!([]), false),
            (claiming("a", &["operator", "editor"]), json!(["editor"]), false),
            (claiming("a", &["Support", "SUPPORT", " support"]), json!([]), false),
            (claiming("editor", &["analyst"]), json!(["editor", "analyst"]), false),
            (person("root", &[]), json!(["operator"]), true),
            (person("a", &["helpdesk"]), json!(["support"]), true),
            (person("helpdesk", &["root"]), json!([]), false),
            (person("a", &["admin", "support"]), json!([]), false),
        ] {
            let phone = schools.phone(campus, person);
            assert_eq!(schools.get_by(&phone, "/api/me").await.json()["roles"], roles);
            let headers = [("authorization", &*phone.bearer())];
            let answer = schools.post(campus, SIGN_OUT, &headers, &[("user", "nobody")]).await;
            if may {
                assert_eq!(
                    (answer.status, answer.json()),
                    (200, json!({ "signed_out": true, "replicated": false })),
                    "{roles}"
                );
            } else {
                assert_eq!((answer.status, answer.problem().as_str()), (403, "not-allowed"), "{roles}");
            }
        }
    }
}

#[tokio::test]
async fn staff_sign_a_lost_phone_out_at_their_own_campus() {
    let schools = schools();
    for (campus, other) in [("rivage", "colline"), ("colline", "rivage")] {
        let staff = schools.phone(campus, claiming("support", &["support"]));
        let (lost, friend) =
            (schools.phone(campus, person("adupont", &[])), schools.phone(campus, person("bmartin", &[])));
        let elsewhere = schools.phone(other, person("adupont", &[]));
        let headers = [("authorization", &*staff.bearer())];
        for form in [&[][..], &[("user", "")]] {
            assert_eq!(schools.post(campus, SIGN_OUT, &headers, form).await.problem(), "bad-parameter");
        }
        let form = [("user", "adupont")];
        assert_eq!(schools.post(other, SIGN_OUT, &headers, &form).await.problem(), "sign-in-required");
        assert_eq!(schools.post(campus, SIGN_OUT, &[], &form).await.problem(), "sign-in-required");
        let signed_in = async |phone| schools.get_by(phone, "/api/me").await.json()["signed_in"] == true;
        assert!(signed_in(&lost).await && signed_in(&elsewhere).await);
        assert_eq!(schools.post(campus, SIGN_OUT, &headers, &form).await.status, 200);
        assert!(!signed_in(&lost).await && signed_in(&friend).await && signed_in(&elsewhere).await);
        schools.pass(1);
        assert!(signed_in(&schools.phone(campus, person("adupont", &[]))).await, "on the next phone");
        schools.pass(600);
        assert_eq!(schools.post(campus, SIGN_OUT, &headers, &form).await.problem(), "session-expired");
    }
}
