//! `preau try`: one fetch, and what became of every record.

use insta::assert_snapshot;
use serde_json::Value;

use crate::process::{Ended, Preau};
use crate::school::{School, nowhere};
use crate::site::Site;

fn attempt(arguments: &[&str]) -> Ended {
    Preau::run(&[&["try", "--demo"], arguments].concat())
}

fn refusal(arguments: &[&str]) -> String {
    let ended = attempt(arguments);
    assert_eq!((ended.code, ended.out.as_str(), ended.left_behind), (Some(1), "", 0));
    ended.err
}

#[test]
fn shows_items_in_a_table() {
    let ended = attempt(&["rivage", "menus"]);
    assert_eq!((ended.code, ended.err.as_str(), ended.left_behind), (Some(0), "", 0), "{}", ended.out);
    for words in ["menus (kind menus, for public) from the source \"crous\"", "0 rejected", "RU des Bernaches", "lunch"]
    {
        assert!(ended.out.contains(words), "{words}: {}", ended.out);
    }
}

#[test]
fn shows_everything_as_one_json_document() {
    let ended = attempt(&["rivage", "menus", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let shown: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&shown["name"], &shown["source"]), (&"menus".into(), &"crous".into()));
    assert_eq!(shown["account"]["rejected"], 0);
    assert_eq!(shown["account"]["mapped"], shown["items"].as_array().unwrap().len());
}

#[test]
fn fetches_a_personal_set_for_the_person_that_is_named() {
    let shown = attempt(&["rivage", "grades", "--param", "user=22204518", "--json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert!(!shown["items"].as_array().unwrap().is_empty(), "{shown:#}");
    let nobody = attempt(&["colline", "grades", "--param", "user=22204518"]);
    assert_eq!(nobody.code, Some(0));
    assert!(nobody.out.contains("no records: `each` found none in the answer"), "{}", nobody.out);
    assert_snapshot!(refusal(&["rivage", "grades"]), @"preau: this set is personal: say whose with --param user=…");
}

#[test]
fn shows_a_teacher_who_teaches_at_both_schools_once_per_class_at_each() {
    let items = |campus: &str, name: &str, user: &str| {
        let shown = attempt(&[campus, name, "--param", &format!("user={user}"), "--json"]);
        serde_json::from_str::<Value>(&shown.out).unwrap()["items"].as_array().unwrap().clone()
    };
    let mut taken: Vec<(String, String)> = Vec::new();
    for (campus, user) in [("rivage", "V0217"), ("colline", "tmarchand")] {
        assert_eq!(items(campus, "profile", user)[0]["name"], "Théo Marchand");
        let classes = items(campus, "timetable", user);
        assert!(classes.len() > 30 && classes.iter().all(|class| class["teacher"] == "Théo Marchand"), "{classes:?}");
        let text = |class: &Value, field: &str| class[field].as_str().unwrap().to_owned();
        taken.extend(classes.iter().map(|class| (text(class, "start"), text(class, "end"))));
    }
    taken.sort();
    assert!(taken.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{taken:?}");
}

#[test]
fn passes_parameters_on() {
    let group =
        |group: &str| attempt(&["rivage", "group-timetable", "--param", &format!("group={group}"), "--json"]).out;
    let items = |shown: &str| serde_json::from_str::<Value>(shown).unwrap()["items"].clone();
    assert_ne!(items(&group("4101")), items(&group("4210")));
}

#[test]
fn says_what_there_is_where_a_name_is_unknown() {
    assert_snapshot!(refusal(&["riviere", "menus"]), @r#"preau: no demo campus "riviere": there are colline, rivage"#);
    assert_snapshot!(refusal(&["../rivage", "menus"]), @r#"preau: no demo campus "../rivage": there are colline, rivage"#);
    assert_snapshot!(refusal(&["rivage", "menu"]), @r#"preau: no data set "menu": there are absences, clubs, courses, departures, directory, documents, events, grades, group-timetable, links, loans, menus, news, notices, opening, pages, places, posts, profile, timetable"#);
    assert_snapshot!(refusal(&["rivage", "menus", "--param", "day=1"]), @r#"preau: --param day: "menus" takes no parameter"#);
    assert_snapshot!(refusal(&["rivage", "menus", "--param", "user=22204518"]), @r#"preau: --param user: "menus" takes no parameter"#);
    assert_snapshot!(refusal(&["rivage", "group-timetable", "--param", "groupe=4101"]), @r#"preau: --param groupe: "group-timetable" takes only group"#);
    assert_snapshot!(refusal(&["rivage", "group-timetable", "--param", "group=1"]), @r#"preau: the parameter "group" is one of 4101, 4102, 4210, 4305"#);
    assert_snapshot!(refusal(&["rivage", "group-timetable", "--param", "group"]), @"preau: --param group: write NAME=VALUE");
}

#[test]
fn says_which_system_does_not_answer() {
    let address = nowhere();
    let site = Site::new(&address, "");
    let ended = Preau::run(&["try", &site.text("campuses/lac"), "links", "--settings", &site.text("preau.toml")]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    let place = address.trim_start_matches("http://").trim_end_matches('/');
    assert_eq!(
        ended.err,
        format!("preau: the source \"portal\": Unavailable: {place} refuses connections: is the server running?")
    );
}

#[test]
fn ends_with_status_1_where_a_record_is_rejected_and_says_why() {
    let school = School::start(|_| (200, r#"[{"id": 1, "title": "Sans adresse"}]"#.to_owned()));
    let site = Site::new(&school.url(), "");
    let ended = Preau::run(&["try", &site.text("campuses/lac"), "links", "--settings", &site.text("preau.toml")]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    assert!(ended.out.contains("1 rejected") && ended.out.contains("url"), "{}", ended.out);
}
