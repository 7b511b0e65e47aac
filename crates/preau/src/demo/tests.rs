//! People sign in at the demo's campuses as its schools' claims describe them.

use std::path::Path;
use std::sync::Arc;

use campus::{SignIn, Surroundings};
use identity::{Answer, Attempt, Chance, Person, Rehearsal, Site};
use jiff::Timestamp;

use super::Demo;
use super::upstreams::{colline, rivage};
use crate::environment;
use crate::settings::Settings;

fn sign_in(demo: &Demo, surroundings: &Surroundings, id: &str) -> Arc<SignIn> {
    let checked = campus::check(&demo.campus(Path::new(id)).unwrap(), surroundings);
    checked.campus.and_then(|campus| campus.sign_in).expect("a campus with [login]")
}

/// Whoever presses the first button of a campus's provider.
async fn first(demo: &Demo, surroundings: &Surroundings, id: &str) -> Person {
    let sign_in = sign_in(demo, surroundings, id);
    let site = Site::new(&format!("http://{id}.localhost:8080").parse().unwrap()).unwrap();
    let chance: Chance = Arc::new(|bytes| aws_lc_rs::rand::fill(bytes).unwrap());
    let now = Timestamp::now();
    let attempt = Attempt::new(&chance, now);
    let begun = sign_in.login.begin(&site, &attempt, now).await.unwrap();
    let mut browser = Rehearsal::new(&surroundings.outbound, (surroundings.rules)(id));
    let given = browser.sign_in(begun, &site, "anybody", &settings::Secret::new("")).await.unwrap();
    assert_eq!(given.query["state"], attempt.id());
    let answer =
        Answer { site: &site, attempt: Some(&attempt), query: &given.query, form: &given.form, peer: None, now };
    let Ok(proof) = sign_in.login.finish(&answer).await else { panic!("{id}: {:?}", browser.history()) };
    assert!(sign_in.login.finish(&answer).await.is_err(), "a code is good once");
    sign_in.claims.person(&proof.claims).expect("a person")
}

fn surroundings(demo: &Demo) -> Surroundings {
    let settings = demo.settings(Settings::load(None).unwrap());
    environment::surroundings(&settings, demo.environment(), true).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_signs_in_at_each_campus_as_its_records_know_the_person() {
    let demo = Demo::start(Timestamp::now()).await.unwrap();
    let surroundings = surroundings(&demo);
    let aline = first(&demo, &surroundings, "rivage").await;
    assert_eq!((aline.user.as_str(), aline.name.as_deref()), ("22204518", Some("Aline Dupont")));
    let lina = first(&demo, &surroundings, "colline").await;
    assert_eq!((lina.user.as_str(), lina.name.as_deref()), ("laubert", Some("Lina Aubert")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teacher_is_somebody_else_at_each_school_and_an_editor_at_one() {
    let demo = Demo::start(Timestamp::now()).await.unwrap();
    let surroundings = surroundings(&demo);
    let mut teachers = Vec::new();
    for (id, people) in [("rivage", rivage::accounts::people()), ("colline", colline::accounts::people())] {
        let claims = &sign_in(&demo, &surroundings, id).claims;
        let people = people.iter().map(|person| claims.person(person.claims.as_object().unwrap()).unwrap());
        let (staff, students): (Vec<_>, Vec<_>) =
            people.partition(|person| person.name.as_deref() == Some("Théo Marchand"));
        assert_eq!((staff.len(), students.len()), (1, 3));
        assert!(students.iter().all(|student| student.affiliations.contains(&"student".to_owned())));
        assert!(students.iter().all(|student| student.roles.is_empty() && !student.groups.is_empty()));
        teachers.extend(staff);
    }
    let [rivage, colline] = <[Person; 2]>::try_from(teachers).ok().unwrap();
    assert_eq!((rivage.user.as_str(), colline.user.as_str()), ("V0217", "tmarchand"));
    assert_eq!((rivage.roles, colline.roles), (vec![], vec!["editor".to_owned()]));
    assert_eq!((rivage.groups, colline.groups), (vec!["enseignants".to_owned()], vec!["enseignants".to_owned()]));
    assert!([rivage.affiliations, colline.affiliations].iter().all(|all| all.contains(&"employee".to_owned())));
}
